/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SUBMIT_PRIVATE_H
#define NODE_SUBMIT_PRIVATE_H

#include "daemon/node/committer.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/session.h"

/* One item on its way through a submission; all in the submission's arena. */
struct submit_item {
	struct own_item own;
	struct own_result result; /* refused already: result.error is set */
	struct errmsg warning;    /* of the entry rules */
	uint16_t kind;            /* 0: not known yet, or none */
	size_t bytes;             /* as it came */
};

/*
 * Reads one item and judges what can be judged without the writer: form, whose record
 * it is, whether this asker may submit its kind, the entry rules.  What is refused is
 * refused in item->result; an error is the whole request's.
 */
int submit_read(struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg);

/* The results; what they point to is arena memory or the items'.  NULL: no memory. */
Cordon__SubmitAnswer *submit_answer_make(
	const struct submit_item *items, size_t count, struct arena *arena);

/* Does the configuration let this agency submit records of the kind?  Without any
 * agency section each may submit all. */
bool submit_may_kind(
	const struct config *config, const struct identity *agency, uint32_t kind);

#endif
