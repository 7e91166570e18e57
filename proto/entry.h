/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ENTRY_H
#define PROTO_ENTRY_H

#include "proto/bytes.h"
#include "proto/ident.h"
#include "proto/message.h"

enum entry_state {
	ENTRY_LIVE = 1,
	ENTRY_WITHDRAWN = 2 /* a tombstone */
};

#define HASH_BYTES 32

/*
 * One entry of a list: the last change of one record.  Strings and bytes are
 * borrowed from where it was read (a message, a read transaction).
 */
struct entry {
	uint64_t sequence;
	struct bytes id; /* without NUL */
	uint64_t version;
	enum entry_state state;
	int64_t ends_at_s;               /* unix second; 0 for a tombstone */
	uint8_t sealed_hash[HASH_BYTES]; /* SHA-256 of the sealed bytes */
	struct bytes sealed;             /* size 0: erased, only the hash is left */
};

/* A live entry whose content is erased. */
static inline bool entry_is_stub(const struct entry *entry)
{
	return entry->state == ENTRY_LIVE && entry->sealed.size == 0;
}

/*
 * From a message, borrowing its bytes: checks id, state, end, sizes; computes
 * sealed_hash where the bytes are there.  A tombstone always has its bytes.
 * CORDON_EPROTO with the reason.
 */
int entry_from_message(
	const Cordon__Entry *message, struct entry *entry, struct errmsg *msg);

/* The message borrows the entry's bytes. */
void entry_to_message(const struct entry *entry, Cordon__Entry *message);

/* Three letters and a kind of 1 to 65535; CORDON_EPROTO otherwise, also for NULL. */
int list_from_message(
	const Cordon__ListId *message, struct list_id *list, struct errmsg *msg);
/* The message borrows the list's letters. */
void list_to_message(const struct list_id *list, Cordon__ListId *message);

#endif
