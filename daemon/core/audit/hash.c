/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/audit/entry.h"

#include <string.h>

/* The two hashes of an entry that a lookup pays for. */

static uint64_t load_le64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
	       (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static uint64_t load_rest(const uint8_t *p, size_t size)
{
	uint8_t last[8] = { 0 };

	if (size > 0) {
		memcpy(last, p, size);
	}
	return load_le64(last);
}

/* ---- SipHash-2-4 ------------------------------------------------------------------
 */

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	sip_round(s);
	s->v0 ^= word;
}

uint64_t audit_siphash(
	const uint8_t key[AUDIT_TAG_KEY_BYTES], const void *data, size_t size)
{
	uint64_t k0 = load_le64(key), k1 = load_le64(key + 8);
	struct sip s = { k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d), k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573) };
	const uint8_t *at = data;
	size_t left = size;

	for (; left >= 8; left -= 8, at += 8) {
		sip_word(&s, load_le64(at));
	}
	sip_word(&s, load_rest(at, left) | (uint64_t)size << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++) {
		sip_round(&s);
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

#define TAGGED_MAX 512

uint64_t audit_tag(const uint8_t key[AUDIT_TAG_KEY_BYTES], enum audit_tag what,
	const void *data, size_t size)
{
	uint8_t text[1 + TAGGED_MAX];
	uint64_t tag;

	size = size < TAGGED_MAX ? size : TAGGED_MAX;
	text[0] = (uint8_t)what;
	memcpy(text + 1, data, size);
	tag = audit_siphash(key, text, 1 + size);
	return tag == 0 ? 1 : tag;
}

/* ---- the sum ----------------------------------------------------------------------
 */

/* For one word both ways of changing it are one to one: no change of a single word goes
 * unseen. */
static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

static uint64_t mix_all(uint64_t sum, const uint8_t *data, size_t size)
{
	for (; size >= 8; size -= 8, data += 8) {
		sum = mix(sum, load_le64(data));
	}
	return size == 0 ? sum : mix(sum, load_rest(data, size));
}

uint32_t audit_entry_sum(uint64_t place, struct bytes plain, struct bytes secret)
{
	uint64_t sum = mix(UINT64_C(0x636f72646f6e0001), place);
	uint8_t first[8];

	memcpy(first, plain.data, sizeof(first));
	memset(first + AUDIT_ENTRY_SUM_AT, 0, 4);
	sum = mix(sum, load_le64(first));
	sum = mix_all(sum, plain.data + 8, plain.size - 8);
	sum = mix_all(sum, secret.data, secret.size);
	return (uint32_t)(sum >> 32) ^ (uint32_t)sum;
}
