/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/takeover.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/core/repl/rows.h"
#include "daemon/node/aside.h"

/*
 * In the transaction:
 *   5. Every own list is held here, verified, at the highest head that a reached peer
 *      holds.  What neither the store nor a peer has is begun.  A list whose history is
 *      forked goes on only with reopen.
 *   6. The new epoch is later than any seen, on all lists the same.
 */

const char *takeover_text(enum takeover_what what)
{
	static const char *const texts[] = {
		[TAKEOVER_RECOVER] = "recover",
		[TAKEOVER_PROMOTE] = "promote",
		[TAKEOVER_REOPEN] = "reopen",
	};

	return texts[what];
}

void takeover_refuse(struct takeover *takeover, bool wait, const char *format, ...)
{
	va_list ap;

	if (takeover->reason.text[0] != '\0') {
		return;
	}
	va_start(ap, format);
	vsnprintf(takeover->reason.text, sizeof(takeover->reason.text), format, ap);
	va_end(ap);
	takeover->wait = wait;
}

/* A contradiction is told from what is merely behind. */
static bool contradicts(const struct list_copy *copy, const struct takeover_list *list)
{
	const struct head *highest = &list->highest;

	if (!list->told || highest->epoch.number != copy->head.epoch.number) {
		return false;
	}
	return highest->epoch.tag != copy->head.epoch.tag ||
	       (highest->sequence == copy->head.sequence &&
		       memcmp(highest->hash, copy->head.hash, HASH_BYTES) != 0);
}

static uint64_t read_so_far(const struct list_copy *copy)
{
	return copy_reads(copy) ? copy->position : copy->head.sequence;
}

static bool refuse_behind(struct takeover *t, const char *name,
	const struct list_copy *copy, const struct takeover_list *list)
{
	takeover_refuse(t, true,
		"%s: sequence %" PRIu64 " of %" PRIu64
		" is here (%s); try again when it has been read, or use --wait",
		name, read_so_far(copy),
		list->told ? list->highest.sequence : copy_newest(copy)->sequence,
		copy_phase_text(copy->phase));
	return false;
}

static bool refuse_fork(struct takeover *t, const char *name)
{
	takeover_refuse(t, false,
		"%s: two histories of it are signed; see which node's is to go on, and "
		"run \"cordonctl reopen\" there",
		name);
	return false;
}

/* Of a fork this side is as good as the other, unless it was ended meanwhile. */
static bool is_highest(const struct list_copy *copy, const struct takeover_list *list)
{
	if (!list->told) {
		return true;
	}
	if (copy->phase == COPY_STOPPED || contradicts(copy, list)) {
		return list->highest.epoch.number <= copy_stopped_epoch(copy);
	}
	return copy_head_order(&list->highest, &copy->head) <= 0;
}

/* 5, of a list that is in the store. */
static bool is_ready(struct takeover *t, const struct own_list *own,
	const struct takeover_list *list)
{
	const struct list_copy *copy = &own->copy;
	bool stopped = copy->phase == COPY_STOPPED;
	char name[LIST_TEXT_MAX];

	ident_list_text(&own->feed.list, name);
	if (stopped && copy->head.sequence == 0) {
		takeover_refuse(t, false,
			"%s: its history is forked and nothing verified is here; run "
			"\"cordonctl reopen\" at a node that has it",
			name);
		return false;
	}
	if (t->what != TAKEOVER_REOPEN && (stopped || contradicts(copy, list))) {
		return refuse_fork(t, name);
	}
	if (!copy_answers(copy) || copy->phase == COPY_MOVING || copy->mixed) {
		return refuse_behind(t, name, copy, list);
	}
	return is_highest(copy, list) || refuse_behind(t, name, copy, list);
}

static void note_found(struct takeover_list *list, const struct list_copy *copy)
{
	list->phase = copy->phase;
	list->old_epoch = copy->head.epoch;
	list->old_sequence = copy->head.sequence;
	list->sequence = read_so_far(copy);
	list->live = copy->live_count;
}

/* Of what was never begun a peer may hold the beginning. */
static bool is_missing(struct takeover *t, const struct own_lists *lists, uint16_t kind)
{
	struct list_copy none = { .phase = COPY_EMPTY };
	char name[LIST_TEXT_MAX];

	if (!t->lists[kind].told) {
		return false;
	}
	none.head.list = lists->kinds[kind].feed.list;
	ident_list_text(&none.head.list, name);
	refuse_behind(t, name, &none, &t->lists[kind]);
	return true;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool is_given_up(const struct list_copy *copy)
{
	return copy->phase == COPY_EMPTY ||
	       (copy->phase == COPY_STAGING && copy->head.sequence == 0);
}

/* Looks at all lists; *number is the latest epoch seen. */
static int look(struct takeover *t, struct own_lists *lists, uint64_t *number,
	bool *ready, struct errmsg *msg)
{
	*ready = true;
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		struct takeover_list *list = &t->lists[kind];
		struct own_list *own;
		bool found;
		int error = own_lists_load(lists, kind, &own, &found, msg);

		if (error != 0) {
			return error;
		}
		*number = later(*number, list->seen);
		/* given up, and nobody is asked for what was there before */
		list->created = !found || (is_given_up(&own->copy) && !list->told);
		if (found) {
			*number = later(*number, own->copy.left.number);
			note_found(list, &own->copy);
			*number = later(*number, copy_stopped_epoch(&own->copy));
		}
		*ready = *ready && (list->created ? !is_missing(t, lists, kind)
						  : is_ready(t, own, list));
	}
	return 0;
}

/* What was read beyond the verified head no peer has any more. */
static int settle(struct own_list *own)
{
	int error = 0;

	if (own->copy.phase == COPY_STAGING) {
		error = own->feed.ops->clear(own->feed.context, FEED_STAGE);
	}
	own->copy.phase = COPY_FOLLOWING;
	return error;
}

/* 6 */
static int open_epoch(struct takeover *t, struct own_lists *lists, uint16_t kind,
	const struct epoch *epoch, struct errmsg *msg)
{
	struct own_list *own = &lists->kinds[kind];
	int error;

	if (t->lists[kind].created) {
		struct epoch left = own->copy.left;

		/* what was given up has been put aside */
		error = own->loaded ? rows_clear(&own->copy, &own->feed) : 0;
		own_lists_create(lists, kind, epoch);
		own_disown(&own->change, &left);
	} else {
		error = settle(own);
		if (error == 0) {
			own_begin(&own->change, &own->copy, &own->feed);
			error = own_reopen(&own->change, *epoch);
		}
	}
	if (error != 0) {
		store_txn_error(lists->txn, msg);
		return error;
	}
	own_lists_share(lists, kind);
	return 0;
}

static int open_all(struct takeover *t, struct own_lists *lists, struct store_txn *txn,
	uint64_t seen, struct errmsg *msg)
{
	uint64_t now_s = (uint64_t)wall_s(clock_wall());
	struct epoch epoch = { .number = later(seen + 1, now_s) };
	int error = 0;

	if (RAND_bytes((uint8_t *)&epoch.tag, sizeof(epoch.tag)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	lists->opening = true;
	for (uint16_t kind = 1; error == 0 && kind <= OWN_KINDS; kind++) {
		error = open_epoch(t, lists, kind, &epoch, msg);
	}
	if (error == 0) {
		error = own_lists_publish(lists, true, msg);
	}
	if (error == 0 && signing_put(txn, SIGNING_YES) != 0) {
		error = store_txn_error(txn, msg);
	}
	for (uint16_t kind = 1; error == 0 && kind <= OWN_KINDS; kind++) {
		if (aside_unmark(txn, &lists->kinds[kind].feed.list) != 0) {
			error = store_txn_error(txn, msg);
		}
	}
	for (uint16_t kind = 1; error == 0 && kind <= OWN_KINDS; kind++) {
		const struct list_copy *copy = &lists->kinds[kind].copy;

		t->lists[kind].epoch = copy->head.epoch;
		t->lists[kind].sequence = copy->head.sequence;
		t->lists[kind].live = copy->live_count;
	}
	return error;
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct takeover *t = (struct takeover *)job;
	struct own_lists *lists;
	uint64_t seen = 0;
	bool ready;
	int error = own_lists_begin(t->node, txn, &lists, msg);

	if (error != 0) {
		return error;
	}
	error = look(t, lists, &seen, &ready, msg);
	if (error == 0 && ready && t->what != TAKEOVER_REOPEN &&
		signing_of(t->node) == SIGNING_YES) {
		takeover_refuse(t, false, "meanwhile this node signs already");
		ready = false;
	}
	if (error == 0 && ready) {
		error = open_all(t, lists, txn, seen, msg);
		t->done = error == 0;
	}
	own_lists_end(lists);
	return error;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct takeover *t = (struct takeover *)job;

	t->error = error;
	if (error != 0) {
		t->done = false;
		errmsg_set(&t->reason, error, "%s", text);
	} else if (t->done) {
		signing_set(t->node, SIGNING_YES);
		atomic_store(&t->node->own_open, true);
	}
	/* main that stops waits for the workers, and they for their answers */
	if (atomic_load(&t->node->stopping)) {
		mailbox_post(t->asker, &t->answer);
	} else {
		mailbox_post(t->node->mailbox, &t->letter);
	}
}

int takeover_post(struct takeover *takeover)
{
	takeover->job.run = run;
	takeover->job.done = done;
	return committer_post(takeover->node->committer, &takeover->job);
}
