/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_READING_H
#define CLIENT_READING_H

#include <cordon/client.h>
#include "proto/message.h"

/*
 * Reads what a node sent into arena memory, field after field; the first fault
 * stays, so that callers look once, at reading_end.
 */
struct reading {
	struct arena *arena;
	const char *message; /* what is read, for the error's text: "STATUS_ANSWER" */
	struct errmsg *msg;
	int error;
};

/* NULL when empty. */
const char *reading_text(struct reading *r, ProtobufCBinaryData data);
/* The same, and empty is a fault. */
const char *reading_mandatory(struct reading *r, ProtobufCBinaryData data);
const char *const *reading_texts(
	struct reading *r, const ProtobufCBinaryData *data, size_t count);
/* "KAZ/entry_ban" */
const char *reading_list(struct reading *r, const Cordon__ListId *list);
/* 64 hex characters; NULL when empty. */
const char *reading_hash(struct reading *r, ProtobufCBinaryData data);
struct cordon_date reading_date(struct reading *r, ProtobufCBinaryData data);
/* enum cordon_verified */
int reading_verified(struct reading *r, uint32_t verified);

/* Seconds from a head's time (0: never, gives -1) to now_s, by the node's clock. */
int64_t reading_age_s(struct reading *r, int64_t head_time_s, int64_t now_s);

/* Zeroed; NULL without memory. */
void *reading_array(struct reading *r, size_t count, size_t size);

/* Marks a fault of form; what names it. */
void reading_fault(struct reading *r, const char *what);

/* 0, CORDON_EPROTO or CORDON_ENOMEM. */
int reading_end(struct reading *r);

#endif
