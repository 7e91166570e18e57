/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/head.h"

#include <string.h>

#include "proto/head_content.h"
#include "proto/head_key.h"
#include "proto/signature.h"

#define DOMAIN "cordon head 1" /* with its NUL */
#define SIGNED_BYTES (sizeof(DOMAIN) + HASH_BYTES + 8)
/* more than any good head needs, so that a bad one cannot ask for much */
#define UNPACKED_BYTES_MAX (16 * HEAD_BYTES_MAX)

int head_compare(const struct head *a, const struct head *b)
{
	if (a->epoch.number != b->epoch.number) {
		return a->epoch.number < b->epoch.number ? -1 : 1;
	}
	if (a->sequence != b->sequence) {
		return a->sequence < b->sequence ? -1 : 1;
	}
	return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}

bool head_shared_with(const struct head *head, const struct state *member)
{
	if (ident_state_equal(member, &head->list.owner)) {
		return true;
	}
	for (size_t i = 0; i < head->shared_with_count; i++) {
		if (ident_state_equal(member, &head->shared_with[i])) {
			return true;
		}
	}
	return false;
}

/* What the signature is over, written to out. */
static struct bytes signed_bytes(
	const uint8_t hash[HASH_BYTES], int64_t time_s, uint8_t out[SIGNED_BYTES])
{
	struct bytes bytes = { out, SIGNED_BYTES };
	struct writer w;

	writer_init(&w, out, SIGNED_BYTES);
	writer_bytes(&w, DOMAIN, sizeof(DOMAIN));
	writer_bytes(&w, hash, HASH_BYTES);
	writer_u64(&w, (uint64_t)time_s);
	return bytes;
}

static int sign_content(struct bytes content, const struct head *head,
	const struct head_key *key, struct arena *arena, struct bytes *packed,
	struct errmsg *msg)
{
	struct bytes id = { key->id, KEY_ID_BYTES }, signature;
	Cordon__Head message = CORDON__HEAD__INIT;
	uint8_t data[SIGNED_BYTES];
	int error = signature_make(key->pkey,
		signed_bytes(head->hash, head->time_s, data), arena, &signature, msg);

	if (error != 0) {
		return error;
	}
	message.content = message_data_bytes(content);
	message.time_s = head->time_s;
	message.key_id = message_data_bytes(id);
	message.signature = message_data_bytes(signature);
	return message_pack(&message.base, arena, packed);
}

int head_sign(struct head *head, const struct head_key *key, struct arena *arena,
	struct bytes *packed, struct errmsg *msg)
{
	const char *fault = head_content_fault(head);
	struct head signed_head = *head;
	struct bytes content;
	int error;

	if (fault != NULL || !key->can_sign) {
		return errmsg_set(msg, CORDON_EINVAL, "head: %s",
			fault != NULL ? fault : "a public key does not sign");
	}
	error = head_content_pack(head, arena, &content);
	if (error == 0) {
		error = hash_bytes(content.data, content.size, signed_head.hash);
	}
	if (error == 0) {
		error = sign_content(content, &signed_head, key, arena, packed, msg);
	}
	if (error != 0) {
		return error;
	}
	memcpy(head->hash, signed_head.hash, HASH_BYTES);
	return 0;
}

/* The message around the content; its bytes are the arena's. */
static int unpack(struct bytes packed, struct arena *arena, const Cordon__Head **head,
	struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error;

	if (packed.size > HEAD_BYTES_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"head: %zu bytes, at most %d are allowed", packed.size,
			HEAD_BYTES_MAX);
	}
	error = message_unpack(&cordon__head__descriptor, packed, arena, &message, msg);
	if (error != 0) {
		return CORDON_EPROTO; /* too much memory is the sender's fault, too */
	}
	*head = (const Cordon__Head *)message;
	if ((*head)->key_id.len != KEY_ID_BYTES || (*head)->signature.len == 0) {
		return errmsg_set(msg, CORDON_EPROTO, "head: it is not signed");
	}
	return 0;
}

static int read_head(const Cordon__Head *message, struct arena *arena,
	struct head *head, struct errmsg *msg)
{
	struct bytes content = { message->content.data, message->content.len };
	const char *fault;
	int error;

	memset(head, 0, sizeof(*head));
	error = head_content_unpack(content, arena, head, msg);
	if (error != 0) {
		errmsg_wrap(msg, error, "head");
		return CORDON_EPROTO;
	}
	head->time_s = message->time_s;
	fault = head_content_fault(head);
	if (fault != NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "head: %s", fault);
	}
	return hash_bytes(content.data, content.size, head->hash);
}

int head_parse(struct bytes packed, struct head *head, struct errmsg *msg)
{
	const Cordon__Head *message = NULL;
	struct arena arena;
	struct head found;
	int error;

	arena_init(&arena, UNPACKED_BYTES_MAX);
	error = unpack(packed, &arena, &message, msg);
	if (error == 0) {
		error = read_head(message, &arena, &found, msg);
	}
	arena_finish(&arena);
	if (error == 0) {
		*head = found;
	}
	return error;
}

static int verify(const Cordon__Head *message, const struct head_key *const *keys,
	size_t keys_count, struct errmsg *msg)
{
	struct bytes signature = { message->signature.data, message->signature.len };
	uint8_t hash[HASH_BYTES], data[SIGNED_BYTES];
	char id[2 * KEY_ID_BYTES + 1];
	int error = CORDON_ESIGNATURE;

	if (hash_bytes(message->content.data, message->content.len, hash) != 0) {
		return CORDON_EINTERNAL;
	}
	bytes_to_hex(message->key_id.data, KEY_ID_BYTES, id);
	errmsg_set(msg, error,
		"head: signed by key %s, which is not one of the %zu expected", id,
		keys_count);
	for (size_t i = 0; i < keys_count && error != 0; i++) {
		if (memcmp(keys[i]->id, message->key_id.data, KEY_ID_BYTES) == 0) {
			error = signature_check(keys[i]->pkey,
				signed_bytes(hash, message->time_s, data), signature,
				msg);
			error = error == 0
					? 0
					: errmsg_wrap(msg, error, "head: key %s", id);
		}
	}
	return error;
}

int head_verify(struct bytes packed, const struct head_key *const *keys,
	size_t keys_count, struct errmsg *msg)
{
	const Cordon__Head *message = NULL;
	struct arena arena;
	int error;

	arena_init(&arena, UNPACKED_BYTES_MAX);
	error = unpack(packed, &arena, &message, msg);
	if (error == 0) {
		error = verify(message, keys, keys_count, msg);
	}
	arena_finish(&arena);
	return error;
}
