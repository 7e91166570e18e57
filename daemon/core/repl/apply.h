/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_APPLY_H
#define CORE_REPL_APPLY_H

#include "daemon/core/repl/copy.h"

/*
 * Verified apply: what a receiver does with a chunk of another owner's feed.  Pure:
 * it works on a copy and the rows behind a feed, inside the caller's transaction;
 * heads come with their signatures checked.
 */

/* Bounds of one transaction, the owner's and every follower's. */
#define APPLY_ENTRIES_MAX 4096
#define APPLY_BYTES_MAX (4u * 1024 * 1024)

struct chunk {
	const struct head *head; /* of the snapshot it was read from; authentic */
	uint64_t after;          /* behind this row, in head's epoch; 0: from nothing */
	uint64_t up_to;
	const struct entry *entries;
	size_t entries_count;
	/* The sum of the entries' elements (digest_sum) where the caller has made it
	 * ahead, on as many threads as it likes; NULL: it is made here. */
	const struct digest *sum;
};

enum apply_result {
	APPLY_VERIFIED, /* live is exactly what the head says */
	APPLY_PARTIAL,  /* taken; read on from the position */
	APPLY_MOVE,     /* the stage is verified: call apply_move until done */
	APPLY_SAME,     /* nothing new; a later time of the same head at most */
	APPLY_STALE,    /* does not fit where the read stands; ask again */
	APPLY_UNSURE,   /* rests on erased content that the own clock cannot judge:
			 * neither taken nor blamed; nothing is changed */
	APPLY_RESTART,  /* the feed moved on too far; the read begins from nothing */
	APPLY_UNSHARED, /* the owner ended the sharing; rows are gone */
	APPLY_STRANGE,  /* a later epoch that does not go back to the one held, or one
			 * that was given up: not taken, nothing is changed */
	/* From here on the caller aborts the transaction and keeps the old copy. */
	APPLY_BROKEN,   /* the peer broke the protocol (order, bounds) */
	APPLY_MISMATCH, /* digest or count differ from what the owner signed */
	APPLY_FORK,     /* two heads of one epoch and sequence: evidence */
	APPLY_ERROR     /* the feed failed; *error says how */
};

/* True when the transaction must be aborted. */
bool apply_failed(enum apply_result result);

/* Who applies, and what it knows of the time. */
struct apply_context {
	struct state member;   /* whose node this is (for shared_with) */
	int64_t now_s;         /* the own clock, unix seconds … */
	bool trusted;          /* … others agree with it (clocktrust.h) */
	int64_t erase_after_s; /* content goes so long after the end; 0: stays */
};

/*
 * Erased content (a live entry without its sealed bytes) is taken only where the
 * record's validity has passed by a trusted own clock: APPLY_PARTIAL.  One of a record
 * that still holds is a live ban passed off as erased: APPLY_BROKEN.  With a clock that
 * is not trusted APPLY_UNSURE: it is not known which of the two it is.
 */
enum apply_result apply_stubs(
	const struct entry *entries, size_t count, const struct apply_context *context);
/*
 * Leaves out of entries that came from a peer the content that this node would erase at
 * once, so that what it erased does not come back from a peer that has not erased yet.
 * Hashes, and so digests, stay.
 */
void apply_strip(
	struct entry *entries, size_t count, const struct apply_context *context);

/*
 * Applies chunk to copy and feed.  Changes *copy only along with the feed.  Signs
 * nothing, sends nothing.
 */
enum apply_result apply_chunk(struct list_copy *copy, const struct feed *feed,
	const struct chunk *chunk, const struct apply_context *context, int *error);

/* Moves the next entries_max rows of a verified stage.  APPLY_PARTIAL: more to do;
 * APPLY_VERIFIED: done.  Also goes on after a restart in MOVING. */
enum apply_result apply_move(struct list_copy *copy, const struct feed *feed,
	size_t entries_max, int *error);

/*
 * After APPLY_MISMATCH, in a new transaction: whose fault was it, and how does it go
 * on?
 *   1. Live is counted anew.  When it is damaged, or a move was broken off, it is to be
 *      replaced by a whole read, and nobody is to blame: APPLY_RESTART.  It goes on
 *      answering, and is not served.
 *   2. A chunk that did not fit a sound copy changes nothing: APPLY_MISMATCH.
 *   3. A read that did not come out is dropped and begins from nothing; the verified
 *      live rows go on answering: APPLY_MISMATCH.
 * Looks at every row of the list.
 */
enum apply_result apply_again(
	struct list_copy *copy, const struct feed *feed, int *error);

/*
 * Live is damaged, and could not be repaired: it goes on answering, is not served, and
 * is to be replaced by a whole read.  APPLY_RESTART; APPLY_STALE for a copy that does
 * not answer or is being moved in; APPLY_ERROR.
 */
enum apply_result apply_reload(
	struct list_copy *copy, const struct feed *feed, int *error);

/*
 * After APPLY_FORK, in a new transaction: nothing more of the contradicting heads'
 * epoch and of earlier ones is taken.  What was verified stays, also a stage that is
 * being moved in; what was not is dropped.  APPLY_FORK; APPLY_SAME for a list that has
 * gone on in a later epoch, which changes nothing; APPLY_ERROR.
 */
enum apply_result apply_stop(struct list_copy *copy, const struct feed *feed,
	const struct epoch *epoch, int *error);

/*
 * An authentic head without entries: the same head at a later time (APPLY_SAME with
 * copy->head.time_s moved; or one more that does not name an unshared member), the end
 * of the sharing (APPLY_UNSHARED; large lists in one transaction), a fork (APPLY_FORK),
 * or something to pull (APPLY_PARTIAL; nothing is changed).
 */
enum apply_result apply_head(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error);

#endif
