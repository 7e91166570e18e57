/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/digest.h"

#include <string.h>

#include <openssl/evp.h>

#define DOMAIN "cordon entry 1" /* with its NUL */
#define PREIMAGE_MAX                                                                   \
	(sizeof(DOMAIN) + 3 + 2 + 8 + 1 + CORDON_ID_MAX + 8 + 1 + 8 + HASH_BYTES)

int hash_bytes(const void *data, size_t size, uint8_t out[HASH_BYTES])
{
	uint8_t hash[HASH_BYTES];

	if (EVP_Digest(data, size, hash, NULL, EVP_sha256(), NULL) != 1) {
		return CORDON_EINTERNAL;
	}
	memcpy(out, hash, HASH_BYTES);
	return 0;
}

/* Every value has one place and one width, but for the id, whose length is before it:
 * two entries never have one preimage. */
static bool write_preimage(
	const struct list_id *list, const struct entry *entry, struct writer *w)
{
	writer_bytes(w, DOMAIN, sizeof(DOMAIN));
	writer_bytes(w, list->owner.code, 3);
	writer_u16(w, list->kind);
	writer_u64(w, entry->sequence);
	writer_u8(w, (uint8_t)entry->id.size);
	writer_bytes(w, entry->id.data, entry->id.size);
	writer_u64(w, entry->version);
	writer_u8(w, (uint8_t)entry->state);
	writer_u64(w, (uint64_t)entry->ends_at_s);
	writer_bytes(w, entry->sealed_hash, HASH_BYTES);
	return !w->bad;
}

static bool expand(const uint8_t seed[HASH_BYTES], uint8_t out[DIGEST_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_shake128(), NULL) == 1 &&
		  EVP_DigestUpdate(ctx, seed, HASH_BYTES) == 1 &&
		  EVP_DigestFinalXOF(ctx, out, DIGEST_BYTES) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

int digest_seed(
	const struct list_id *list, const struct entry *entry, uint8_t seed[HASH_BYTES])
{
	uint8_t preimage[PREIMAGE_MAX];
	struct writer w;

	writer_init(&w, preimage, sizeof(preimage));
	return write_preimage(list, entry, &w) ? hash_bytes(preimage, w.used, seed)
					       : CORDON_EINTERNAL;
}

int digest_element(
	const struct list_id *list, const struct entry *entry, struct digest *element)
{
	uint8_t seed[HASH_BYTES], lanes[DIGEST_BYTES];

	if (digest_seed(list, entry, seed) != 0 || !expand(seed, lanes)) {
		return CORDON_EINTERNAL;
	}
	digest_load(element, lanes);
	return 0;
}

/* restrict lets the compiler add lanes by the vector. */
static void add_lanes(uint16_t *restrict lanes, const uint16_t *restrict more)
{
	for (size_t i = 0; i < DIGEST_LANES; i++) {
		lanes[i] = (uint16_t)(lanes[i] + more[i]);
	}
}

static void subtract_lanes(uint16_t *restrict lanes, const uint16_t *restrict less)
{
	for (size_t i = 0; i < DIGEST_LANES; i++) {
		lanes[i] = (uint16_t)(lanes[i] - less[i]);
	}
}

void digest_add(struct digest *digest, const struct digest *element)
{
	add_lanes(digest->lanes, element->lanes);
}

void digest_subtract(struct digest *digest, const struct digest *element)
{
	subtract_lanes(digest->lanes, element->lanes);
}

void digest_store(const struct digest *digest, uint8_t out[DIGEST_BYTES])
{
	for (size_t i = 0; i < DIGEST_LANES; i++) {
		out[2 * i] = (uint8_t)digest->lanes[i];
		out[2 * i + 1] = (uint8_t)(digest->lanes[i] >> 8);
	}
}

void digest_load(struct digest *digest, const uint8_t in[DIGEST_BYTES])
{
	for (size_t i = 0; i < DIGEST_LANES; i++) {
		digest->lanes[i] = (uint16_t)(in[2 * i] | in[2 * i + 1] << 8);
	}
}

int digest_hash(const struct digest *digest, uint8_t out[HASH_BYTES])
{
	uint8_t lanes[DIGEST_BYTES];

	digest_store(digest, lanes);
	return hash_bytes(lanes, sizeof(lanes), out);
}
