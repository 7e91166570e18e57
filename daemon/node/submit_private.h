/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SUBMIT_PRIVATE_H
#define NODE_SUBMIT_PRIVATE_H

#include "daemon/node/committer.h"
#include "daemon/node/copies.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/pending.h"
#include "daemon/node/session.h"

/* One item on its way through a submission; all in the submission's arena. */
struct submit_item {
	struct own_item own;
	struct own_result result; /* refused already: result.error is set */
	struct errmsg warning;    /* of the entry rules */
	uint16_t kind;            /* 0: not known yet, or none */
	size_t bytes;             /* as it came */
	uint32_t position;        /* of an approval: in the change */
};

/*
 * Reads one item and judges what can be judged without the writer: form, whose record
 * it is, whether this asker may submit its kind, the entry rules.  What is refused is
 * refused in item->result; an error is the whole request's.
 */
int submit_read(struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg);

/* What items of one request may take when they are decoded. */
#define SUBMISSION_ARENA_BYTES ((size_t)64 * 1024 * 1024)

/* A request with items on its way (submit.c), and at its end (submit_wait.c). */
struct submission {
	struct commit_job job; /* first */
	struct letter letter;
	struct arena arena;
	struct service *service;
	struct held *held;    /* NULL: the session is gone */
	struct session *from; /* held in memory; NULL until it is taken */
	size_t *pending;      /* the session's; good while held is */
	size_t bytes;         /* counted there */
	bool done;
	bool waits;             /* done, and copies are waited for */
	bool stopping;          /* the node: nothing is waited for any more */
	char by[IDENT_URI_MAX]; /* who submits, or approves */
	struct pending_change pending_change; /* what of it waits for another's eyes */
	uint64_t approves; /* a change's number; 0: it is a submission */
	struct copies copies;
	struct submit_item *items;
	size_t count;
	/* While it waits: the results, packed, in the place of the items. */
	struct arena kept_arena;
	struct bytes kept;
	int error; /* of the whole: nothing was changed */
	struct errmsg text;
};

extern const struct held_ops submission_held_ops;

/*
 * Takes message's items on their way.  approves: of a change that waits, which has been
 * approved by the asker: items that lie at these positions (one per item) in it.
 */
struct submit_approval {
	uint64_t number;
	const uint32_t *positions;
};
int submit_begin(struct request *request, const Cordon__SubmitRequest *message,
	const struct submit_approval *approval, struct errmsg *msg);

/* done, and held: it is on disk, or was refused as a whole.  Answers it, which ends
 * held and frees it, unless it is to wait. */
void submission_settle(struct submission *s);
void submission_free(struct submission *s);

/* The results; what they point to is arena memory or the items'.  NULL: no memory. */
Cordon__SubmitAnswer *submit_answer_make(
	const struct submit_item *items, size_t count, struct arena *arena);

#endif
