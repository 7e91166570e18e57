/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/entry.h"

#include <string.h>

#include "proto/digest.h"
#include "proto/record_codec.h"

int list_from_message(
	const Cordon__ListId *message, struct list_id *list, struct errmsg *msg)
{
	struct list_id found;

	if (message == NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "no list is named");
	}
	if (message->owner.len != 3 ||
		!ident_state_set(&found.owner, (const char *)message->owner.data, 3)) {
		return errmsg_set(
			msg, CORDON_EPROTO, "list: owner is not three capital letters");
	}
	if (message->kind < 1 || message->kind > UINT16_MAX) {
		return errmsg_set(msg, CORDON_EPROTO, "list: kind %u is not 1 to 65535",
			(unsigned)message->kind);
	}
	found.kind = (uint16_t)message->kind;
	*list = found;
	return 0;
}

void list_to_message(const struct list_id *list, Cordon__ListId *message)
{
	cordon__list_id__init(message);
	message->owner = message_data(list->owner.code);
	message->kind = list->kind;
}

/* What is wrong with the numbers; NULL: nothing. */
static const char *numbers_fault(const Cordon__Entry *message)
{
	if (message->sequence == 0) {
		return "sequence is 0";
	}
	if (message->version == 0) {
		return "version is 0";
	}
	if (message->state != ENTRY_LIVE && message->state != ENTRY_WITHDRAWN) {
		return "state is neither live nor withdrawn";
	}
	if (message->state == ENTRY_LIVE && message->ends_at_s <= 0) {
		return "live without an end";
	}
	if (message->state == ENTRY_WITHDRAWN && message->ends_at_s != 0) {
		return "withdrawn with an end";
	}
	return NULL;
}

/* The bytes, or the hash that stands for them once they are erased, never both. */
static const char *bytes_fault(const Cordon__Entry *message)
{
	if (message->sealed.len > RECORD_SEALED_MAX) {
		return "more sealed bytes than a record can have";
	}
	if (message->sealed.len > 0 && message->sealed_hash.len > 0) {
		return "both sealed bytes and their hash";
	}
	if (message->sealed.len == 0 && message->state == ENTRY_WITHDRAWN) {
		return "withdrawn without sealed bytes";
	}
	if (message->sealed.len == 0 && message->sealed_hash.len != HASH_BYTES) {
		return "neither sealed bytes nor a hash of 32 bytes";
	}
	return NULL;
}

int entry_from_message(
	const Cordon__Entry *message, struct entry *entry, struct errmsg *msg)
{
	const char *fault;
	struct entry found = {
		.sequence = message->sequence,
		.id = { message->id.data, message->id.len },
		.version = message->version,
		.state = (enum entry_state)message->state,
		.ends_at_s = message->ends_at_s,
		.sealed = { message->sealed.data, message->sealed.len },
	};

	if (!ident_record_id_valid((const char *)message->id.data, message->id.len)) {
		return errmsg_set(msg, CORDON_EPROTO,
			"entry %llu: id is not OWNER-NUMBER",
			(unsigned long long)message->sequence);
	}
	fault = numbers_fault(message);
	if (fault == NULL) {
		fault = bytes_fault(message);
	}
	if (fault != NULL) {
		return errmsg_set(msg, CORDON_EPROTO, "entry %.*s: %s",
			(int)message->id.len, (const char *)message->id.data, fault);
	}
	if (message->sealed.len == 0) {
		memcpy(found.sealed_hash, message->sealed_hash.data, HASH_BYTES);
	} else if (hash_bytes(found.sealed.data, found.sealed.size,
			   found.sealed_hash) != 0) {
		return errmsg_set(msg, CORDON_EINTERNAL, "SHA-256 failed");
	}
	*entry = found;
	return 0;
}

void entry_to_message(const struct entry *entry, Cordon__Entry *message)
{
	struct bytes hash = { entry->sealed_hash, HASH_BYTES };

	cordon__entry__init(message);
	message->sequence = entry->sequence;
	message->id = message_data_bytes(entry->id);
	message->version = entry->version;
	message->state = entry->state;
	message->ends_at_s = entry->ends_at_s;
	message->sealed = message_data_bytes(entry->sealed);
	if (entry->sealed.size == 0) {
		message->sealed_hash = message_data_bytes(hash);
	}
}
