/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_ACCESS_LOG_ENTRIES_H
#define NODE_ACCESS_LOG_ENTRIES_H

#include "daemon/core/match/screen.h"
#include "daemon/node/access_log.h"

/* What requests leave in the access log; without one all of these do nothing. */

struct lookup_run;
struct submission;

/*
 * Before a request is handled: is there room (CORDON_ENOLOG), and, but for lookups and
 * submissions, which say what came of them, its entry.
 */
int access_log_before(
	const struct request *request, enum action action, struct errmsg *msg);
/* It was denied, or failed; message may be NULL. */
void access_log_failed(const struct request *request, enum action action, int error);

/* One query, as it was read: keyed hashes of its numbers, in run->tags. */
void access_log_asked(struct lookup_run *run, const struct question *question);
/* One entry for each query, before it is answered. */
int access_log_lookup(struct lookup_run *run, const Cordon__LookupRequest *message,
	const Cordon__LookupAnswer *answer, struct errmsg *msg);

/* One entry for each item, when the writer is done with them. */
void access_log_submission(struct submission *s);

/* Names of a record's fields that differ, with a space between them. */
void access_changed_fields(
	struct bytes old, struct bytes new, char *out, size_t out_bytes);

#endif
