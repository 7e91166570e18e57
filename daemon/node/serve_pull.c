/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/core/repl/apply.h"
#include "daemon/core/repl/serve.h"
#include "daemon/node/served.h"

/*
 * Pulls: what comes after a position of a list's feed, entries and head from one read
 * transaction.
 *
 *   1. The list is not for the asker, or not passed on now: refused (served_open).
 *   2. serve_decide says what the position gets: rows from here or from the first one
 *      on, a refusal, or nothing yet.  A node that is behind the asker refuses: no
 *      chunk can say so (up_to lies at or before the head), and to wait here would keep
 *      the asker from others.
 *      Nor can one that stands in another history: it is refused, and asks.
 *   3. Nothing yet: the pull is held until there is something; when its wait is over,
 *      an empty chunk.
 *   4. While it is held, "not verified now" waits too: a stage that is moved in is news
 *      to come.
 */

enum progress {
	PULL_WAITS,   /* nothing new */
	PULL_BLOCKED, /* no room to send it */
	PULL_ANSWERED
};

struct pull {
	struct list_id list;
	struct copy_position asked;
	uint32_t wait_ms;
	size_t entries_max;
	struct mono until; /* held so long */
	/* the list as it was when there was nothing yet for the asker */
	bool looked;
	enum copy_phase phase;
	struct epoch epoch;
	uint64_t sequence;
};

static int read_request(
	const struct request *request, struct pull *pull, struct errmsg *msg)
{
	const Cordon__PullRequest *message =
		(const Cordon__PullRequest *)request->message;
	uint32_t most_ms = request->service->node->config->follow_wait_ms;
	int error = served_list(message->list, &pull->list, msg);

	if (error != 0) {
		return error;
	}
	if (message->epoch != NULL) {
		pull->asked.epoch.number = message->epoch->number;
		pull->asked.epoch.tag = message->epoch->tag;
	}
	if (message->head_hash.len != 0 && message->head_hash.len != HASH_BYTES) {
		return errmsg_set(msg, CORDON_EPROTO,
			"head_hash: %zu bytes, expected %d or none",
			message->head_hash.len, HASH_BYTES);
	}
	pull->asked.has_hash = message->head_hash.len != 0;
	if (pull->asked.has_hash) {
		memcpy(pull->asked.head_hash, message->head_hash.data, HASH_BYTES);
	}
	pull->asked.after = message->after;
	pull->wait_ms = message->wait_ms < most_ms ? message->wait_ms : most_ms;
	pull->entries_max =
		message->entries_max == 0 || message->entries_max > APPLY_ENTRIES_MAX
			? APPLY_ENTRIES_MAX
			: message->entries_max;
	return 0;
}

static int refuse(enum serve_decision decision, const struct pull *pull,
	const struct head *head, struct errmsg *msg)
{
	int error = serve_error(decision);

	if (decision == SERVE_BEHIND) {
		return errmsg_set(msg, error,
			"this node is at sequence %llu, behind %llu; ask another",
			(unsigned long long)head->sequence,
			(unsigned long long)pull->asked.after);
	}
	if (decision == SERVE_EPOCH) {
		return errmsg_set(msg, error,
			"this node is in epoch %llu, which %llu does not lead to; ask "
			"another",
			(unsigned long long)head->epoch.number,
			(unsigned long long)pull->asked.epoch.number);
	}
	return errmsg_set(msg, error, "%s", cordon_error_text(error));
}

/* Rows from chunk->after on, as many as fit; sets up_to. */
static int collect(struct store_txn *txn, const struct pull *pull,
	const struct served *served, Cordon__Chunk *chunk,
	struct served_entries *entries, struct errmsg *msg)
{
	struct feed feed;
	bool found = true, full = false;
	int error = store_feed(txn, &pull->list, &feed);

	chunk->up_to = chunk->after;
	while (error == 0) {
		struct entry row;

		error = feed.ops->next(
			feed.context, FEED_LIVE, chunk->up_to, &row, &found);
		if (error != 0 || !found) {
			break;
		}
		error = served_entries_add(entries, &row, &full);
		if (full) {
			break;
		}
		chunk->up_to = row.sequence;
	}
	if (error != 0) {
		return served_failed(txn, msg);
	}
	if (!full) {
		chunk->up_to = served->copy.head.sequence;
	}
	chunk->entries = entries->entries;
	chunk->n_entries = entries->count;
	return 0;
}

static int send_chunk(struct store_txn *txn, const struct pull *pull,
	const struct served *served, uint64_t from, struct session *session,
	uint32_t request, struct errmsg *msg)
{
	Cordon__Chunk chunk = CORDON__CHUNK__INIT;
	struct served_entries entries;
	Cordon__ListId list;
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	list_to_message(&pull->list, &list);
	chunk.list = &list;
	chunk.after = from;
	served_entries_init(&entries, &arena, pull->entries_max,
		served_bytes_max(session, APPLY_BYTES_MAX));
	error = collect(txn, pull, served, &chunk, &entries, msg);
	if (error == 0) {
		error = served_head_message(served->packed, &arena, &chunk.head, msg);
	}
	if (error == 0) {
		error = session_answer(session, request, MESSAGE_CHUNK, 0, &chunk.base);
	}
	arena_finish(&arena);
	return error;
}

/* What a list is to a pull changes with its phase and with its (epoch, sequence) only:
 * sharing takes a sequence too. */
static void remember(struct pull *pull, const struct list_copy *copy)
{
	pull->looked = true;
	pull->phase = copy->phase;
	pull->epoch = copy->head.epoch;
	pull->sequence = copy->head.sequence;
}

static bool is_as_remembered(
	const struct pull *pull, const struct store_list_info *info)
{
	return pull->looked && info != NULL && info->phase == pull->phase &&
	       epoch_equal(&info->epoch, &pull->epoch) &&
	       info->sequence == pull->sequence;
}

/* Heads around the asker's, parsed. */
struct around {
	struct serve_around around;
	struct head heads[3];
	size_t count;
	uint64_t sequence;
};

static bool add_around(void *context, struct bytes packed)
{
	struct around *a = context;
	struct head *head = &a->heads[a->count++];

	if (head_parse(packed, head, NULL) != 0) {
		return false;
	}
	if (head->sequence == a->sequence) {
		a->around.at = head;
	} else if (head->sequence > a->sequence) {
		a->around.above = head;
	} else {
		a->around.below = head;
	}
	return a->count < 3;
}

/* The asker stands in another history than the one that is remembered here: it is to
 * ask for the heads (HEADS_AT).  An epoch that has taken over puts an end to that. */
static int check_history(struct store_txn *txn, const struct pull *pull,
	const struct served *served, struct errmsg *msg)
{
	const struct copy_position *asked = &pull->asked;
	struct around around = { .sequence = asked->after };

	if (!asked->has_hash || !epoch_equal(&asked->epoch, &served->copy.head.epoch) ||
		asked->after >= served->copy.head.sequence) {
		return 0;
	}
	if (store_heads_down(txn, &pull->list, &asked->epoch, asked->after,
		    asked->after, add_around, &around) != 0) {
		return served_failed(txn, msg);
	}
	return serve_may_lead(&around.around, asked)
		       ? 0
		       : errmsg_set(msg, CORDON_EMISMATCH,
				 "what this node remembers of the list does not have "
				 "that head at sequence %llu",
				 (unsigned long long)asked->after);
}

/* last: time is over, so that there is an answer in any case. */
static int try_pull(struct store_txn *txn, struct pull *pull, struct session *session,
	uint32_t request, bool last, enum progress *progress, struct errmsg *msg)
{
	const struct state *member = &session_asker(session)->identity.member;
	enum serve_decision decision;
	struct served served;
	uint64_t from;
	int error = served_open(txn, member, &pull->list, &served, msg); /* 1 */

	*progress = PULL_WAITS;
	pull->looked = false;
	if (error != 0) {
		return error;
	}
	decision = serve_decide(&served.copy, &pull->asked, member, &from); /* 2 */
	if (serve_error(decision) != 0) {
		return refuse(decision, pull, &served.copy.head, msg);
	}
	error = check_history(txn, pull, &served, msg);
	if (error != 0) {
		return error;
	}
	if (decision == SERVE_HOLD && !last) { /* 3 */
		remember(pull, &served.copy);
		return 0;
	}
	error = send_chunk(txn, pull, &served, from, session, request, msg);
	if (error == CORDON_EBUSY) {
		*progress = PULL_BLOCKED;
		return 0;
	}
	if (error == 0) {
		*progress = PULL_ANSWERED;
	}
	return error;
}

/* ---- held --------------------------------------------------------------------- */

/* Looked at again when time is over, or sooner when it only waits for room. */
static void set_timer(struct held *held, const struct pull *pull, bool blocked)
{
	int64_t left_us = pull->until.us - clock_mono().us;
	uint32_t left_ms = left_us <= 0 ? 0 : (uint32_t)((left_us + 999) / 1000);

	if (blocked && (left_ms == 0 || left_ms > SERVED_RETRY_MS)) {
		left_ms = SERVED_RETRY_MS;
	}
	held_wake_after(held, left_ms);
}

/* Most turns of most pulls concern other lists: those end soon. */
static int look_again(struct held *held, struct pull *pull, bool last,
	enum progress *progress, struct errmsg *msg)
{
	struct service *service = held_service(held);
	const struct store_list_info *infos;
	struct store_txn *txn;
	size_t count;
	int error = service_txn(service, &txn, msg);

	if (error != 0) {
		return error;
	}
	if (served_infos(service, txn, &infos, &count) != 0) {
		return served_failed(txn, msg);
	}
	if (!last && is_as_remembered(pull, served_info(infos, count, &pull->list))) {
		*progress = PULL_WAITS;
		return 0;
	}
	return try_pull(
		txn, pull, held_session(held), held_request(held), last, progress, msg);
}

static void pull_turn(struct held *held, void *context)
{
	struct pull *pull = context;
	bool last = clock_mono().us >= pull->until.us;
	enum progress progress = PULL_BLOCKED;
	struct errmsg msg = { "" };
	int error = 0;

	if (held_may_write(held)) {
		error = look_again(held, pull, last, &progress, &msg);
	}
	if (error == CORDON_EUNVERIFIED && !last) { /* 4 */
		error = 0;
	}
	if (error != 0 || progress == PULL_ANSWERED) {
		served_end(held, error, &msg);
	} else {
		set_timer(held, pull, progress == PULL_BLOCKED);
	}
}

static const struct held_ops pull_ops = { .turn = pull_turn, .destroy = free };

static int hold(struct request *request, const struct pull *pull, bool blocked,
	struct errmsg *msg)
{
	struct pull *kept = malloc(sizeof(*kept));
	struct held *held;
	int error;

	if (kept == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*kept = *pull;
	kept->until = mono_after_ms(clock_mono(), pull->wait_ms);
	error = held_create(request, &pull_ops, kept, &held);
	if (error != 0) {
		free(kept);
		return errmsg_set(msg, error, "%s", cordon_error_text(error));
	}
	set_timer(held, kept, blocked);
	return 0;
}

int handle_pull(struct request *request, struct errmsg *msg)
{
	struct pull pull = { .wait_ms = 0 };
	enum progress progress;
	struct store_txn *txn;
	int error = read_request(request, &pull, msg);

	if (error == 0) {
		error = request_txn(request, &txn, msg);
	}
	if (error == 0) {
		error = try_pull(txn, &pull, request->session, request->id,
			pull.wait_ms == 0, &progress, msg);
	}
	if (error == 0 && progress != PULL_ANSWERED) {
		error = hold(request, &pull, progress == PULL_BLOCKED, msg);
	}
	return error;
}
