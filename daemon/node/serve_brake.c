/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/node/committer.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/served.h"
#include "daemon/node/signing.h"

/*
 * An administrator's word on withdrawals that the brake holds.  Releasing and dropping
 * go in groups, each a transaction; a stop in between leaves the rest held.
 */

enum {
	BRAKE_LIST = 1,
	BRAKE_RELEASE,
	BRAKE_DROP
};

#define BATCHES_MAX 64
#define IDS_SHOWN 20
#define GROUP 512

/* ---- the list ------------------------------------------------------------------- */

struct shown {
	Cordon__Control__BrakeBatch message;
	Cordon__ListId list;
	struct list_id id;
	ProtobufCBinaryData ids[IDS_SHOWN];
};

struct listing {
	struct arena *arena;
	struct shown *batches[BATCHES_MAX];
	size_t count;
};

static struct shown *shown_of(struct listing *listing, const struct store_held *held)
{
	struct shown *last =
		listing->count == 0 ? NULL : listing->batches[listing->count - 1];

	if (last != NULL && last->message.batch == held->batch) {
		return last;
	}
	if (listing->count == BATCHES_MAX) {
		return NULL;
	}
	last = arena_alloc(listing->arena, sizeof(*last));
	if (last == NULL) {
		return NULL;
	}
	memset(last, 0, sizeof(*last));
	cordon__control__brake_batch__init(&last->message);
	last->id = held->list;
	list_to_message(&last->id, &last->list);
	last->message.list = &last->list;
	last->message.batch = held->batch;
	last->message.first_s = held->at_s;
	last->message.last_s = held->at_s;
	last->message.by =
		message_data(arena_text(listing->arena, held->by.data, held->by.size));
	last->message.ids = last->ids;
	listing->batches[listing->count++] = last;
	return last;
}

static bool show(void *context, const struct store_held *held)
{
	struct listing *listing = context;
	struct shown *shown = shown_of(listing, held);
	Cordon__Control__BrakeBatch *message;

	if (shown == NULL) {
		return false;
	}
	message = &shown->message;
	message->count++;
	message->first_s =
		held->at_s < message->first_s ? held->at_s : message->first_s;
	message->last_s = held->at_s > message->last_s ? held->at_s : message->last_s;
	if (message->n_ids < IDS_SHOWN) {
		shown->ids[message->n_ids++] = message_data(
			arena_text(listing->arena, held->id.data, held->id.size));
	}
	return true;
}

static int add_live(struct store_txn *txn, struct shown *shown)
{
	struct list_copy copy;
	bool found;
	int error = store_list_get(txn, &shown->id, &copy, &found);

	shown->message.live = error == 0 && found ? copy.live_count : 0;
	return error;
}

static int list_batches(struct request *request, struct errmsg *msg)
{
	Cordon__Control__BrakeAnswer answer = CORDON__CONTROL__BRAKE_ANSWER__INIT;
	Cordon__Control__BrakeBatch *pointers[BATCHES_MAX];
	struct listing listing = { .arena = request->arena };
	struct store_txn *txn;
	int error = request_txn(request, &txn, msg);

	if (error != 0) {
		return error;
	}
	error = store_held_each(txn, 0, show, &listing);
	for (size_t i = 0; error == 0 && i < listing.count; i++) {
		error = add_live(txn, listing.batches[i]);
		pointers[i] = &listing.batches[i]->message;
	}
	if (error != 0) {
		return served_failed(txn, msg);
	}
	if (request->arena->failed) {
		return CORDON_ENOMEM;
	}
	answer.batches = pointers;
	answer.n_batches = listing.count;
	return session_answer(
		request->session, request->id, MESSAGE_BRAKE_ANSWER, 0, &answer.base);
}

/* ---- a word, on the writer's thread --------------------------------------------- */

struct word {
	struct commit_job job; /* first */
	struct letter letter;
	struct service *service;
	struct held *held; /* NULL: the session is gone */
	bool release;
	uint64_t batch;
	bool answered;
	/* One group. */
	bool more;
	uint64_t group_withdrawn, group_passed, group_dropped;
	/* In all. */
	uint64_t withdrawn, passed, dropped;
	int error;
	struct errmsg text;
};

struct taken {
	struct store_held *held;
	struct arena arena;
	size_t count;
	bool more;
};

static struct bytes copy_bytes(struct arena *arena, struct bytes from)
{
	return (struct bytes){ (const uint8_t *)arena_text(arena, from.data, from.size),
		from.size };
}

static bool take(void *context, const struct store_held *held)
{
	struct taken *taken = context;
	struct store_held *to;

	if (taken->count == GROUP) {
		taken->more = true;
		return false;
	}
	to = &taken->held[taken->count++];
	*to = *held;
	to->id = copy_bytes(&taken->arena, held->id);
	to->text = copy_bytes(&taken->arena, held->text);
	return true;
}

/* What was changed since is another record than the one that was to be withdrawn. */
static int still_stands(struct store_txn *txn, const struct store_held *held, bool *yes)
{
	struct store_row row;
	bool found;
	int error = store_find(
		txn, (const char *)held->id.data, held->id.size, &row, &found);

	*yes = error == 0 && found && row.entry.state == ENTRY_LIVE &&
	       row.entry.version == held->version;
	return error;
}

static int withdraw(struct word *word, struct own_lists *lists, struct store_txn *txn,
	const struct store_held *held, struct errmsg *msg)
{
	struct own_item item = { .type = OWN_WITHDRAW,
		.id = held->id,
		.reason = held->reason,
		.text = held->text.size == 0 ? NULL : (const char *)held->text.data };
	struct own_result result;
	struct arena arena;
	bool stands;
	int error;

	if (still_stands(txn, held, &stands) != 0) {
		return store_txn_error(txn, msg);
	}
	if (!stands) {
		word->group_passed++;
		return 0;
	}
	if (RAND_bytes(item.salt, sizeof(item.salt)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	arena_init(&arena, 0);
	error = own_lists_change(lists, &item, &arena, &result, msg);
	arena_finish(&arena);
	if (error == 0 && result.error != 0) {
		return errmsg_set(msg, result.error, "%s", result.text.text);
	}
	word->group_withdrawn += error == 0;
	return error;
}

static int carry_out(struct word *word, struct own_lists *lists, struct store_txn *txn,
	const struct taken *taken, struct errmsg *msg)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < taken->count; i++) {
		const struct store_held *held = &taken->held[i];

		if (word->release) {
			error = withdraw(word, lists, txn, held, msg);
		} else {
			word->group_dropped++;
		}
		if (error == 0 && store_held_remove(txn, held->batch, &held->list,
					  held->id) != 0) {
			error = store_txn_error(txn, msg);
		}
	}
	return error;
}

static int change(struct word *word, struct store_txn *txn, const struct taken *taken,
	struct errmsg *msg)
{
	struct node *node = word->service->node;
	struct own_lists *lists;
	int error;

	if (!word->release) {
		return carry_out(word, NULL, txn, taken, msg);
	}
	if (!atomic_load(&node->signs) || !atomic_load(&node->own_open)) {
		return signing_refuse(node, msg);
	}
	error = own_lists_begin(node, txn, &lists, msg);
	if (error != 0) {
		return error;
	}
	error = carry_out(word, lists, txn, taken, msg);
	if (error == 0) {
		error = own_lists_publish(lists, false, msg);
	}
	own_lists_end(lists);
	return error;
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct word *word = (struct word *)job;
	struct taken taken = { .held = calloc(GROUP, sizeof(*taken.held)) };
	uint64_t held;
	int error;

	word->more = false;
	word->group_withdrawn = word->group_passed = word->group_dropped = 0;
	if (taken.held == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	arena_init(&taken.arena, 0);
	error = store_held_each(txn, word->batch, take, &taken);
	if (error != 0) {
		store_txn_error(txn, msg);
	} else if (taken.arena.failed) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	} else if (taken.count == 0 &&
		   word->withdrawn + word->passed + word->dropped == 0) {
		error = errmsg_set(msg, CORDON_ENOTFOUND,
			"no batch %llu is held; see cordonctl brake list",
			(unsigned long long)word->batch);
	} else {
		error = change(word, txn, &taken, msg);
	}
	word->more = taken.more;
	if (error == 0 && store_held_count(txn, &held) == 0) {
		atomic_store(&word->service->node->upkept.held, held);
	}
	arena_finish(&taken.arena);
	free(taken.held);
	return error;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct word *word = (struct word *)job;

	if (error == 0) {
		word->withdrawn += word->group_withdrawn;
		word->passed += word->group_passed;
		word->dropped += word->group_dropped;
		if (word->more) {
			error = committer_post(word->service->node->committer, job);
			if (error == 0) {
				return;
			}
			text = cordon_error_text(error);
		}
	}
	word->error = error;
	if (error != 0) {
		errmsg_set(&word->text, error, "%s", text);
	}
	mailbox_post(word->service->mailbox, &word->letter);
}

/* ---- its answer ----------------------------------------------------------------- */

static int say(struct word *word)
{
	struct session *session = held_session(word->held);
	uint32_t request = held_request(word->held);
	Cordon__Control__BrakeAnswer answer = CORDON__CONTROL__BRAKE_ANSWER__INIT;

	if (word->error != 0) {
		return session_refuse(session, request, word->error, word->text.text);
	}
	answer.withdrawn = word->withdrawn;
	answer.passed_over = word->passed;
	answer.dropped = word->dropped;
	return session_answer(session, request, MESSAGE_BRAKE_ANSWER, 0, &answer.base);
}

static void try_answer(struct word *word)
{
	struct held *held = word->held;

	if (held_may_write(held)) {
		(void)say(word);
		held_end(held);
	}
}

static void on_turn(struct held *held, void *context)
{
	struct word *word = context;

	(void)held;
	if (word->answered) {
		try_answer(word);
	}
}

static void on_destroy(void *context)
{
	struct word *word = context;

	word->held = NULL;
	if (word->answered) {
		free(word);
	}
}

static const struct held_ops held_ops = { .turn = on_turn, .destroy = on_destroy };

static void on_letter(struct letter *letter)
{
	struct word *word =
		(struct word *)((char *)letter - offsetof(struct word, letter));

	log_notice(
		"brake: batch %llu: %llu withdrawn, %llu dropped, %llu changed since "
		"and left",
		(unsigned long long)word->batch, (unsigned long long)word->withdrawn,
		(unsigned long long)word->dropped, (unsigned long long)word->passed);
	word->answered = true;
	if (word->held != NULL) {
		try_answer(word);
	} else {
		free(word);
	}
}

static int give_word(struct request *request,
	const Cordon__Control__BrakeRequest *message, struct errmsg *msg)
{
	struct word *word = calloc(1, sizeof(*word));
	int error;

	if (word == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	word->service = request->service;
	word->release = message->what == BRAKE_RELEASE;
	word->batch = message->batch;
	word->job.run = run;
	word->job.done = done;
	word->letter.deliver = on_letter;
	error = held_create(request, &held_ops, word, &word->held);
	if (error != 0) {
		free(word);
		return error;
	}
	error = committer_post(request->service->node->committer, &word->job);
	if (error != 0) {
		word->answered = true;
		held_end(word->held);
	}
	return error;
}

int handle_brake(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__BrakeRequest *message =
		(const Cordon__Control__BrakeRequest *)request->message;

	if (message->what < BRAKE_LIST || message->what > BRAKE_DROP) {
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (list), 2 (release) or 3 (drop)",
			message->what);
	}
	if (message->what == BRAKE_LIST) {
		return list_batches(request, msg);
	}
	if (message->batch == 0) {
		return errmsg_set(msg, CORDON_EINVAL, "batch: 0, a number is expected");
	}
	return give_word(request, message, msg);
}
