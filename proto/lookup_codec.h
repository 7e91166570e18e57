/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_LOOKUP_CODEC_H
#define PROTO_LOOKUP_CODEC_H

#include <cordon/lookup.h>
#include "proto/arena.h"
#include "proto/errmsg.h"
#include "proto/message.h"

/*
 * Lookups to and from protobuf (cordon.proto, LookupRequest, Answer), for both ends.
 * Messages and structs are made in arena memory; a message borrows the strings of the
 * struct it was made from.
 */

/*
 * The whole request.  Judges form only, so that one query out of order does not cost
 * the others their answer: the node refuses that one alone.  CORDON_EINVAL for what
 * no message can say (count, unknown query type, impossible date, more than
 * three lines), CORDON_ENOMEM.  context may be NULL.
 */
int lookup_request_to_message(const struct cordon_context *context,
	const struct cordon_query *queries, size_t count, struct arena *arena,
	Cordon__LookupRequest **request, struct errmsg *msg);

/* context (absent: NULL) of a request.  CORDON_EFIELD names the field:
 * "context.officer". */
int lookup_context_read(const Cordon__Context *message, struct arena *arena,
	struct cordon_context *context, struct errmsg *msg);

/*
 * One query.  CORDON_EFIELD names the field as the JSON form does ("document.number");
 * what is mandatory is there, and limit is 1..CORDON_LIMIT_MAX.
 */
int lookup_query_read(const Cordon__Query *message, struct arena *arena,
	struct cordon_query *query, struct errmsg *msg);

/* The request of one explanation, and its query (a person's) and id; its context is
 * read by lookup_context_read.  Errors as above. */
int lookup_explain_to_message(const struct cordon_context *context,
	const struct cordon_query *query, const char *id, struct arena *arena,
	Cordon__ExplainRequest **request, struct errmsg *msg);
int lookup_explain_read(const Cordon__ExplainRequest *message, struct arena *arena,
	struct cordon_query *query, const char **id, struct errmsg *msg);

/*
 * An answer; freshness and mrz do not travel inside it and are left alone.  sealed:
 * the sealed bytes of each match's record (match->record and match->name are not looked
 * at).
 * CORDON_ENOMEM.
 */
int lookup_answer_to_message(const struct cordon_answer *answer,
	const struct bytes *sealed, struct arena *arena, Cordon__Answer **message);

/*
 * Reads an answer, records opened.  A basis or effect of a newer node is kept as its
 * number.  CORDON_EPROTO where it must not be believed: a verdict that is none or
 * contradicts the matches, an unreadable record, text that is none; CORDON_ENOMEM.
 */
int lookup_answer_read(const Cordon__Answer *message, struct arena *arena,
	struct cordon_answer *answer, struct errmsg *msg);

#endif
