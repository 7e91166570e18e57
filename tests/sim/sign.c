/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "proto/head_content.h"
#include "proto/head_key.h"
#include "tests/sim/sim.h"

/* Heads signed and verified as nodes do: Ed25519, each owner's key made of its name. */

#define KEYS_MAX 8

static struct head_key keys[KEYS_MAX];
static struct state owners[KEYS_MAX];
static size_t keys_count;

static struct head_key *key_of(const struct state *owner)
{
	struct head_key *key;
	uint8_t secret[32] = { 0 };

	for (size_t i = 0; i < keys_count; i++) {
		if (ident_state_equal(&owners[i], owner)) {
			return &keys[i];
		}
	}
	if (keys_count == KEYS_MAX) {
		abort();
	}
	memcpy(secret, owner->code, 3);
	key = &keys[keys_count];
	key->pkey = EVP_PKEY_new_raw_private_key(
		EVP_PKEY_ED25519, NULL, secret, sizeof(secret));
	if (key->pkey == NULL) {
		abort();
	}
	key->can_sign = true;
	memcpy(key->id, secret, KEY_ID_BYTES);
	owners[keys_count++] = *owner;
	return key;
}

void sim_sign(struct sim_paper *paper)
{
	struct bytes packed;
	struct arena arena;
	Cordon__Head *message;

	arena_init(&arena, 0);
	if (head_sign(&paper->head, key_of(&paper->head.list.owner), &arena, &packed,
		    NULL) != 0) {
		abort();
	}
	message = cordon__head__unpack(NULL, packed.size, packed.data);
	if (message == NULL || message->signature.len != SIM_SIGNATURE_BYTES) {
		abort();
	}
	memcpy(paper->signature, message->signature.data, SIM_SIGNATURE_BYTES);
	cordon__head__free_unpacked(message, NULL);
	arena_finish(&arena);
}

/* As it would come over the wire. */
static bool pack(const struct sim_paper *paper, const struct head_key *key,
	struct arena *arena, struct bytes *packed)
{
	struct bytes content, id = { key->id, KEY_ID_BYTES };
	struct bytes signature = { paper->signature, SIM_SIGNATURE_BYTES };
	Cordon__Head message = CORDON__HEAD__INIT;

	if (head_content_pack(&paper->head, arena, &content) != 0) {
		abort();
	}
	message.content = message_data_bytes(content);
	message.time_s = paper->head.time_s;
	message.key_id = message_data_bytes(id);
	message.signature = message_data_bytes(signature);
	return message_pack(&message.base, arena, packed) == 0;
}

bool sim_authentic(const struct sim_paper *paper)
{
	const struct head_key *key = key_of(&paper->head.list.owner);
	struct bytes packed;
	struct arena arena;
	struct head head;
	bool good;

	arena_init(&arena, 0);
	good = pack(paper, key, &arena, &packed) &&
	       head_parse(packed, &head, NULL) == 0 &&
	       memcmp(head.hash, paper->head.hash, HASH_BYTES) == 0 &&
	       head_verify(packed, &key, 1, NULL) == 0;
	arena_finish(&arena);
	return good;
}
