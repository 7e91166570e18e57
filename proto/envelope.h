/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ENVELOPE_H
#define PROTO_ENVELOPE_H

#include <openssl/evp.h>

#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/errmsg.h"

/*
 * A few bytes that only the holder of a private key can read: an X25519, X448, EC or
 * RSA public key seals, the private one opens.  PROTOCOL.md, "Access log", has the
 * bytes.
 */

#define ENVELOPE_SECRET_MAX 256
#define ENVELOPE_BYTES_MAX 2048

/* PEM.  CORDON_ECONFIG with the path, also for a key that cannot be sealed to. */
int envelope_load_public(const char *path, EVP_PKEY **key, struct errmsg *msg);

/* secret: at most ENVELOPE_SECRET_MAX bytes.  *sealed is in arena memory. */
int envelope_seal(EVP_PKEY *to, struct bytes secret, struct arena *arena,
	struct bytes *sealed, struct errmsg *msg);

/* Opens into out, which the secret must fill (size).  CORDON_EDENIED: it was sealed to
 * another key; CORDON_ECORRUPT: it was changed. */
int envelope_open(EVP_PKEY *key, struct bytes sealed, uint8_t *out, size_t size,
	struct errmsg *msg);

/*
 * Many blocks under one secret key: AES-256-GCM, each block with a number of its own
 * that is never used twice with the key.
 */
#define BOX_KEY_BYTES 32
#define BOX_TAG_BYTES 16

struct box;

int box_create(const uint8_t key[BOX_KEY_BYTES], struct box **box, struct errmsg *msg);
/* Wipes the key. */
void box_destroy(struct box *box);

/* In place; the tag follows at tag.  lane: tells blocks of one number apart. */
int box_close(struct box *box, uint64_t number, uint32_t lane, uint8_t *data,
	size_t size, uint8_t tag[BOX_TAG_BYTES]);
/* CORDON_ECORRUPT: not what was closed under this number; out is then of no use. */
int box_open(struct box *box, uint64_t number, uint32_t lane, struct bytes data,
	const uint8_t tag[BOX_TAG_BYTES], uint8_t *out);

#endif
