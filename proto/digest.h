/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_DIGEST_H
#define PROTO_DIGEST_H

#include "proto/entry.h"

/*
 * LtHash over the entries of a list: 1,024 lanes of 16 bits, added modulo 2^16
 * (Lewi, Kim, Maykov, Weis 2019).  Equal sets have equal digests, whatever the
 * order of the changes that led there.
 */
#ifndef DIGEST_LANES /* the simulator's light digest has fewer */
#define DIGEST_LANES 1024
#endif
#define DIGEST_BYTES (2 * DIGEST_LANES) /* stored little-endian */

struct digest {
	uint16_t lanes[DIGEST_LANES];
};

/* An entry's element: SHAKE128 of SHA-256(list, sequence, id, version, state,
 * ends_at_s, sealed_hash), PROTOCOL.md "Digest".  0, CORDON_ENOMEM or CORDON_EINTERNAL.
 */
int digest_element(
	const struct list_id *list, const struct entry *entry, struct digest *element);

/* The SHA-256 that an entry's element is made of: names the entry as it stands. */
int digest_seed(const struct list_id *list, const struct entry *entry,
	uint8_t seed[HASH_BYTES]);

/*
 * Sums the elements of count entries into *sum, which starts at zero.  What a caller
 * with many entries takes: one context of libcrypto serves them all.  0,
 * CORDON_ENOMEM or CORDON_EINTERNAL.
 */
int digest_sum(const struct list_id *list, const struct entry *entries, size_t count,
	struct digest *sum);

/* element is another one than digest. */
void digest_add(struct digest *digest, const struct digest *element);
void digest_subtract(struct digest *digest, const struct digest *element);

/* SHA-256 of the 2,048 bytes: what heads carry and people see. */
int digest_hash(const struct digest *digest, uint8_t out[HASH_BYTES]);

void digest_store(const struct digest *digest, uint8_t out[DIGEST_BYTES]);
void digest_load(struct digest *digest, const uint8_t in[DIGEST_BYTES]);

/* SHA-256 through libcrypto.  0 or CORDON_EINTERNAL. */
int hash_bytes(const void *data, size_t size, uint8_t out[HASH_BYTES]);

#endif
