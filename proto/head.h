/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_HEAD_H
#define PROTO_HEAD_H

#include <openssl/evp.h>

#include "proto/digest.h"

/*
 * Heads: an owner's signed statement on a list.  The content (all but the time)
 * is hashed; the hash names the head in chains and bases; the signature covers
 * hash and time, so that an idle repeat is the same head at a later time.
 */

#define HEAD_MEMBERS_MAX 64
#define HEAD_BASES_MAX 16
#define HEAD_BYTES_MAX 8192
#define KEY_ID_BYTES 8

struct epoch {
	uint64_t number; /* 0: none */
	uint64_t tag;
};

struct head_base {
	struct epoch epoch;
	uint64_t sequence;
	uint8_t hash[HASH_BYTES];
};

struct head {
	struct list_id list;
	struct epoch epoch;
	struct head_base bases[HEAD_BASES_MAX];
	size_t bases_count;
	uint64_t sequence;
	uint64_t floor;
	uint64_t live_count;
	uint8_t digest[HASH_BYTES];
	struct state shared_with[HEAD_MEMBERS_MAX]; /* sorted, without the owner */
	size_t shared_with_count;
	bool has_previous;
	uint8_t previous[HASH_BYTES];
	int64_t time_s;
	uint8_t hash[HASH_BYTES]; /* of the content; set by sign and parse */
};

/* Number and tag; CORDON_EPROTO for NULL and for number 0. */
int epoch_from_message(
	const Cordon__Epoch *message, struct epoch *epoch, struct errmsg *msg);
void epoch_to_message(const struct epoch *epoch, Cordon__Epoch *message);

bool epoch_equal(const struct epoch *a, const struct epoch *b);
/* By (epoch number, sequence, time): <0, 0, >0.  Tags are compared by nobody here:
 * two tags of one number are a fork. */
int head_compare(const struct head *a, const struct head *b);
/* The owner itself, or named in shared_with. */
bool head_shared_with(const struct head *head, const struct state *member);

struct head_key; /* a private or public key and its id */

/*
 * PEM: a private key (refused when others than its owner may read the file), or a
 * public one.  Any algorithm of OpenSSL's that signs: Ed25519 by default.
 * CORDON_ECONFIG with the path.
 */
int head_key_load_private(const char *path, struct head_key **key, struct errmsg *msg);
int head_key_load_public(const char *path, struct head_key **key, struct errmsg *msg);
void head_key_destroy(struct head_key *key);
const uint8_t *head_key_id(const struct head_key *key); /* KEY_ID_BYTES */

/*
 * Packs and signs head with its time_s and sets head->hash.  *packed (message
 * Head) is in arena memory.  CORDON_EINVAL for a head that head_parse would refuse
 * and for a public key.
 */
int head_sign(struct head *head, const struct head_key *key, struct arena *arena,
	struct bytes *packed, struct errmsg *msg);

/*
 * Unpacks and checks the form; no signature.  CORDON_EPROTO.  Sets hash, of the
 * content's bytes as received.  Strict: one encoding for one content, lists sorted
 * and unique, floor <= sequence, live count <= sequence, bases of lower epochs only.
 * Fields of a newer protocol version are hashed with the rest and not looked at.
 */
int head_parse(struct bytes packed, struct head *head, struct errmsg *msg);

/*
 * Checks the signature of packed by any of the keys.  CORDON_ESIGNATURE when none
 * fits.  Thread-safe.
 */
int head_verify(struct bytes packed, const struct head_key *const *keys,
	size_t keys_count, struct errmsg *msg);

#define ACK_BYTES_MAX 16384

/* An acknowledgement (message Ack), signed by a node's TLS key. */
struct ack {
	struct list_id list;
	struct epoch epoch;
	uint64_t sequence;
	uint8_t head_hash[HASH_BYTES];
	struct identity node;
	int64_t time_s;
};

int ack_sign(const struct ack *ack, EVP_PKEY *key, struct bytes certificate,
	struct arena *arena, struct bytes *packed, struct errmsg *msg);

/*
 * Unpacks and checks the signature against the certificate inside, whose DER is
 * borrowed in *certificate for the caller to check against the node's CA
 * (tls_profile_check_certificate).  CORDON_EPROTO, CORDON_EIDENTITY when the
 * certificate is another's, CORDON_ESIGNATURE.
 */
int ack_open(struct bytes packed, struct ack *ack, struct bytes *certificate,
	struct errmsg *msg);

#endif
