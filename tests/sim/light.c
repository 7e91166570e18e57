/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/head_content.h"
#include "tests/sim/sim.h"

/*
 * In place of proto/digest.c and Ed25519: the same interfaces, good enough against
 * liars that do not compute, and a thousand times faster.
 */

static uint64_t mix(uint64_t print, uint64_t word)
{
	print = (print ^ word) * 0x9e3779b97f4a7c15u;
	return print ^ (print >> 29);
}

static uint64_t mix_bytes(uint64_t print, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size > 0) {
		size_t taken = size < 8 ? size : 8;
		uint64_t word = size;

		memcpy(&word, bytes, taken);
		print = mix(print, word);
		bytes += taken;
		size -= taken;
	}
	return print;
}

static void spread(uint64_t print, uint8_t out[HASH_BYTES])
{
	for (size_t i = 0; i < HASH_BYTES; i += 8) {
		print = mix(print, i);
		memcpy(&out[i], &print, 8);
	}
}

/* ---- digest: lanes that hold one sum of 64 bits ---- */

_Static_assert(sizeof(struct digest) == 8, "built with -DDIGEST_LANES=4");

static uint64_t sum_of(const struct digest *digest)
{
	uint64_t sum;

	memcpy(&sum, digest->lanes, 8);
	return sum;
}

static void set_sum(struct digest *digest, uint64_t sum)
{
	memcpy(digest->lanes, &sum, 8);
}

static uint64_t entry_print(const struct list_id *list, const struct entry *entry)
{
	uint64_t print = mix_bytes(list->kind, list->owner.code, 3);

	if (!SIM_BUG(unsigned_sequence)) {
		print = mix(print, entry->sequence);
	}
	if (!SIM_BUG(unsigned_validity)) {
		print = mix(print, (uint64_t)entry->ends_at_s);
	}
	print = mix(print, entry->state);
	print = mix(print, entry->version);
	print = mix_bytes(print, entry->id.data, entry->id.size);
	return mix_bytes(print, entry->sealed_hash, HASH_BYTES);
}

int digest_seed(
	const struct list_id *list, const struct entry *entry, uint8_t seed[HASH_BYTES])
{
	spread(entry_print(list, entry), seed);
	return 0;
}

int digest_element(
	const struct list_id *list, const struct entry *entry, struct digest *element)
{
	set_sum(element, entry_print(list, entry));
	return 0;
}

void digest_add(struct digest *digest, const struct digest *element)
{
	set_sum(digest, sum_of(digest) + sum_of(element));
}

void digest_subtract(struct digest *digest, const struct digest *element)
{
	set_sum(digest, sum_of(digest) - sum_of(element));
}

int digest_hash(const struct digest *digest, uint8_t out[HASH_BYTES])
{
	spread(sum_of(digest), out);
	return 0;
}

void digest_store(const struct digest *digest, uint8_t out[DIGEST_BYTES])
{
	memcpy(out, digest->lanes, DIGEST_BYTES);
}

void digest_load(struct digest *digest, const uint8_t in[DIGEST_BYTES])
{
	memcpy(digest->lanes, in, DIGEST_BYTES);
}

int hash_bytes(const void *data, size_t size, uint8_t out[HASH_BYTES])
{
	spread(mix_bytes(size, data, size), out);
	return 0;
}

/* ---- signatures: a secret that no hostile node looks at ---- */

#define SECRET 0x452821e638d01377u

static uint64_t content_print(const struct head *head)
{
	uint64_t print = mix_bytes(head->list.kind, head->list.owner.code, 3);

	print = mix(mix(print, head->epoch.number), head->epoch.tag);
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		print = mix(mix(print, base->epoch.number), base->epoch.tag);
		print = mix_bytes(mix(print, base->sequence), base->hash, HASH_BYTES);
	}
	print = mix(mix(print, head->sequence), head->floor);
	print = mix_bytes(mix(print, head->live_count), head->digest, HASH_BYTES);
	print = mix_bytes(print, head->shared_with,
		head->shared_with_count * sizeof(head->shared_with[0]));
	return head->has_previous ? mix_bytes(print, head->previous, HASH_BYTES)
				  : print;
}

static uint64_t signature_of(const struct head *head)
{
	return mix(mix_bytes(SECRET, head->hash, HASH_BYTES), (uint64_t)head->time_s);
}

void sim_sign(struct sim_paper *paper)
{
	const char *fault = head_content_fault(&paper->head);
	uint64_t signature;

	if (fault != NULL) {
		fprintf(stderr, "an owner would sign that %s\n", fault);
		abort();
	}
	spread(content_print(&paper->head), paper->head.hash);
	signature = signature_of(&paper->head);
	memcpy(paper->signature, &signature, sizeof(signature));
}

bool sim_authentic(const struct sim_paper *paper)
{
	uint64_t signature = signature_of(&paper->head);
	uint8_t hash[HASH_BYTES];

	spread(content_print(&paper->head), hash);
	return memcmp(hash, paper->head.hash, HASH_BYTES) == 0 &&
	       memcmp(paper->signature, &signature, sizeof(signature)) == 0;
}
