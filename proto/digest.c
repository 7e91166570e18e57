/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/digest.h"

#include <pthread.h>
#include <string.h>

#include <openssl/evp.h>

#define DOMAIN "cordon entry 1" /* with its NUL */
#define PREIMAGE_MAX                                                                   \
	(sizeof(DOMAIN) + 3 + 2 + 8 + 1 + CORDON_ID_MAX + 8 + 1 + 8 + HASH_BYTES)

/* Looked up once: by the name, libcrypto would search its providers for every hash.
 * Nothing changes them afterwards; they live as long as the process. */
static struct algorithms {
	EVP_MD *sha256, *shake128;
} algorithms;

static void fetch_algorithms(void)
{
	algorithms.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	algorithms.shake128 = EVP_MD_fetch(NULL, "SHAKE128", NULL);
}

/* NULL where libcrypto has not got them. */
static const struct algorithms *fetched(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	return pthread_once(&once, fetch_algorithms) == 0 &&
			       algorithms.sha256 != NULL && algorithms.shake128 != NULL
		       ? &algorithms
		       : NULL;
}

static bool hash_with(
	EVP_MD_CTX *ctx, const void *data, size_t size, uint8_t out[HASH_BYTES])
{
	return EVP_DigestInit_ex2(ctx, algorithms.sha256, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, data, size) == 1 &&
	       EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

int hash_bytes(const void *data, size_t size, uint8_t out[HASH_BYTES])
{
	uint8_t hash[HASH_BYTES];

	if (fetched() == NULL ||
		EVP_Digest(data, size, hash, NULL, algorithms.sha256, NULL) != 1) {
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

/* What hashing needs, for one entry after another. */
struct hasher {
	EVP_MD_CTX *sha256, *shake128;
};

static void hasher_finish(struct hasher *hasher)
{
	EVP_MD_CTX_free(hasher->sha256);
	EVP_MD_CTX_free(hasher->shake128);
}

static int hasher_init(struct hasher *hasher)
{
	if (fetched() == NULL) {
		return CORDON_EINTERNAL;
	}
	hasher->sha256 = EVP_MD_CTX_new();
	hasher->shake128 = EVP_MD_CTX_new();
	if (hasher->sha256 == NULL || hasher->shake128 == NULL) {
		hasher_finish(hasher);
		return CORDON_ENOMEM;
	}
	return 0;
}

static bool expand(struct hasher *hasher, const uint8_t seed[HASH_BYTES],
	uint8_t out[DIGEST_BYTES])
{
	EVP_MD_CTX *ctx = hasher->shake128;

	return EVP_DigestInit_ex2(ctx, algorithms.shake128, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, seed, HASH_BYTES) == 1 &&
	       EVP_DigestFinalXOF(ctx, out, DIGEST_BYTES) == 1;
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

static int make_element(struct hasher *hasher, const struct list_id *list,
	const struct entry *entry, struct digest *element)
{
	uint8_t preimage[PREIMAGE_MAX], seed[HASH_BYTES], lanes[DIGEST_BYTES];
	struct writer w;

	writer_init(&w, preimage, sizeof(preimage));
	if (!write_preimage(list, entry, &w) ||
		!hash_with(hasher->sha256, preimage, w.used, seed) ||
		!expand(hasher, seed, lanes)) {
		return CORDON_EINTERNAL;
	}
	digest_load(element, lanes);
	return 0;
}

int digest_element(
	const struct list_id *list, const struct entry *entry, struct digest *element)
{
	struct hasher hasher;
	int error = hasher_init(&hasher);

	if (error == 0) {
		error = make_element(&hasher, list, entry, element);
		hasher_finish(&hasher);
	}
	return error;
}

int digest_sum(const struct list_id *list, const struct entry *entries, size_t count,
	struct digest *sum)
{
	struct digest element, out;
	struct hasher hasher;
	int error = hasher_init(&hasher);

	if (error != 0) {
		return error;
	}
	memset(&out, 0, sizeof(out));
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = make_element(&hasher, list, &entries[i], &element);
		if (error == 0) {
			digest_add(&out, &element);
		}
	}
	hasher_finish(&hasher);
	if (error == 0) {
		*sum = out;
	}
	return error;
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
