/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/heads_news.h"
#include "daemon/node/serve_evidence.h"

/*
 * The watch of heads: all that the asker may have at once, then each as it changes,
 * and a frame, perhaps empty, in every head_interval_ms, so that idle links stay alive.
 * One watch per session; a later one takes the place of an earlier one.
 * What goes out of a list is heads_news' to say (heads_news.h).
 */

/* Of one frame; what is left over comes in the next. */
#define HEADS_BYTES_MAX ((size_t)4 * 1024 * 1024)
/* Lists that an asker may say it holds: as many as an engine follows. */
#define HELD_MAX 512

struct watched_list {
	struct list_id list;
	bool looked;
	enum copy_phase phase; /* as it was looked at … */
	struct heads_mark at;  /* … last */
	struct heads_known known;
	bool pending;             /* a head is in the frame being made … */
	struct heads_known after; /* … which makes this known */
	bool proof_pending;       /* and so is what the list is stopped for */
};

struct heads_watch {
	struct heads_watch *next; /* of this worker */
	struct service *service;
	struct session *session;
	struct held *held;
	struct watched_list *lists;
	size_t count, room;
	struct mono frame_at; /* when the last one was sent */
	bool first;           /* none was */
};

/* A frame in the making. */
struct heads_frame {
	struct arena arena;
	Cordon__Heads message;
	size_t bytes;
	bool full;
};

static void watch_destroy(void *context)
{
	struct heads_watch *watch = context;
	struct heads_watch **link = &watch->service->serve.watches;

	while (*link != NULL && *link != watch) {
		link = &(*link)->next;
	}
	if (*link == watch) {
		*link = watch->next;
	}
	free(watch->lists);
	free(watch);
}

static struct watched_list *list_for(
	struct heads_watch *watch, const struct list_id *list)
{
	for (size_t i = 0; i < watch->count; i++) {
		if (ident_list_equal(&watch->lists[i].list, list)) {
			return &watch->lists[i];
		}
	}
	if (watch->count == watch->room) {
		size_t room = watch->room == 0 ? 16 : 2 * watch->room;
		struct watched_list *more = realloc(watch->lists, room * sizeof(*more));

		if (more == NULL) {
			return NULL;
		}
		watch->lists = more;
		watch->room = room;
	}
	memset(&watch->lists[watch->count], 0, sizeof(watch->lists[0]));
	watch->lists[watch->count].list = *list;
	return &watch->lists[watch->count++];
}

/* ---- what goes out -----------------------------------------------------------------
 */

static int add_head(
	struct heads_frame *frame, const struct served *served, struct errmsg *msg)
{
	Cordon__Heads *heads = &frame->message;

	if (frame->bytes + served->packed.size > HEADS_BYTES_MAX) {
		frame->full = true;
		return 0;
	}
	frame->bytes += served->packed.size;
	return served_head_message(
		served->packed, &frame->arena, &heads->heads[heads->n_heads++], msg);
}

/* What a list is stopped for goes out in place of its head. */
static int add_proof(struct store_txn *txn, struct watched_list *w,
	const struct served *served, const struct state *member,
	struct heads_frame *frame, struct errmsg *msg)
{
	Cordon__Evidence *proof;
	int error = serve_evidence(txn, served, member, &frame->arena, &proof, msg);

	if (error == 0 && proof != NULL) {
		frame->message.evidence[frame->message.n_evidence++] = proof;
		frame->bytes += (size_t)EVIDENCE_HEADS_MAX * HEAD_BYTES_MAX;
		w->proof_pending = true;
	}
	return error;
}

static int look(struct store_txn *txn, struct watched_list *w,
	const struct state *member, struct heads_frame *frame, struct errmsg *msg)
{
	struct served served = { .list = w->list };
	bool found, news = false;
	int error;

	if (store_list_get(txn, &w->list, &served.copy, &found) != 0 ||
		heads_news(txn, &w->known, member, &served, &news) != 0) {
		return served_failed(txn, msg);
	}
	if (!news) {
		return add_proof(txn, w, &served, member, frame, msg);
	}
	error = add_head(frame, &served, msg);
	if (error == 0 && !frame->full) {
		w->pending = true;
		heads_sent(&w->after, &served.copy.head, member);
	}
	return error;
}

static bool changed(const struct watched_list *w, const struct store_list_info *info)
{
	return !w->looked || w->phase != info->phase ||
	       !epoch_equal(&w->at.epoch, &info->epoch) ||
	       w->at.sequence != info->sequence || w->at.time_s != info->head_time_s;
}

/* Looks at every list that changed here since it was looked at last. */
static int look_at_all(struct heads_watch *watch, struct store_txn *txn,
	struct heads_frame *frame, struct errmsg *msg)
{
	const struct state *member = &session_asker(watch->session)->identity.member;
	const struct store_list_info *infos;
	size_t count;

	if (served_infos(watch->service, txn, &infos, &count) != 0) {
		return served_failed(txn, msg);
	}
	frame->message.heads =
		arena_array(&frame->arena, count + 1, sizeof(*frame->message.heads));
	frame->message.evidence =
		arena_array(&frame->arena, count + 1, sizeof(*frame->message.evidence));
	if (frame->message.heads == NULL || frame->message.evidence == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count && !frame->full; i++) {
		struct watched_list *w = list_for(watch, &infos[i].list);
		int error = w == NULL ? CORDON_ENOMEM : 0;

		if (error == 0 && changed(w, &infos[i])) {
			error = look(txn, w, member, frame, msg);
		}
		if (error != 0) {
			return error;
		}
		if (!frame->full) {
			w->looked = true;
			w->phase = infos[i].phase;
			w->at.epoch = infos[i].epoch;
			w->at.sequence = infos[i].sequence;
			w->at.time_s = infos[i].head_time_s;
		}
	}
	return 0;
}

/* ---- frames
 * -------------------------------------------------------------------------- */

static uint32_t interval_left_ms(const struct heads_watch *watch)
{
	int64_t interval_us =
		(int64_t)watch->service->node->config->head_interval_ms * 1000;
	int64_t left_us = watch->frame_at.us + interval_us - clock_mono().us;

	return left_us <= 0 ? 0 : (uint32_t)((left_us + 999) / 1000);
}

/* Sent: the asker knows them.  Not sent: they are looked at again. */
static void settle(struct heads_watch *watch, bool sent)
{
	for (size_t i = 0; i < watch->count; i++) {
		struct watched_list *w = &watch->lists[i];

		if (w->pending && sent) {
			w->known = w->after;
		} else if (w->pending || (w->proof_pending && !sent)) {
			w->looked = false;
		}
		w->pending = false;
		w->proof_pending = false;
	}
}

/* Nothing new and nothing due: no frame. */
static int send_frame(struct heads_watch *watch, const struct heads_frame *frame)
{
	int error;

	if (!watch->first && frame->message.n_heads == 0 &&
		frame->message.n_evidence == 0 && interval_left_ms(watch) > 0) {
		return 0;
	}
	error = session_answer(watch->session, held_request(watch->held), MESSAGE_HEADS,
		FRAME_MORE, &frame->message.base);
	settle(watch, error == 0);
	if (error == 0) {
		watch->first = false;
		watch->frame_at = clock_mono();
	}
	return error;
}

static int watch_step(struct heads_watch *watch, bool *full, struct errmsg *msg)
{
	struct heads_frame frame = { .bytes = 0 };
	struct store_txn *txn;
	int error = service_txn(watch->service, &txn, msg);

	cordon__heads__init(&frame.message);
	arena_init(&frame.arena, 0);
	if (error == 0) {
		error = look_at_all(watch, txn, &frame, msg);
	}
	if (error == 0) {
		error = send_frame(watch, &frame);
	}
	*full = frame.full;
	arena_finish(&frame.arena);
	return error;
}

static void watch_turn(struct held *held, void *context)
{
	struct heads_watch *watch = context;
	struct errmsg msg = { "" };
	bool full = false;
	int error = CORDON_EBUSY;

	if (held_may_write(held)) {
		error = watch_step(watch, &full, &msg);
	}
	if (error == CORDON_EBUSY) {
		held_wake_after(held, SERVED_RETRY_MS);
	} else if (error != 0) {
		served_end(held, error, &msg);
	} else {
		held_wake_after(held, full ? 0 : interval_left_ms(watch));
	}
}

static const struct held_ops watch_ops = {
	.turn = watch_turn,
	.destroy = watch_destroy,
};

/* ---- the request
 * --------------------------------------------------------------------- */

static int read_position(
	struct heads_watch *watch, const Cordon__Position *message, struct errmsg *msg)
{
	struct watched_list *w;
	struct list_id list;
	struct epoch epoch;
	int error = served_list(message->list, &list, msg);

	if (error == 0) {
		error = epoch_from_message(message->epoch, &epoch, msg);
	}
	if (error == 0 && message->head_hash.len != HASH_BYTES) {
		error = errmsg_set(msg, CORDON_EPROTO,
			"head_hash: %zu bytes, expected %d", message->head_hash.len,
			HASH_BYTES);
	}
	if (error != 0) {
		return error;
	}
	w = list_for(watch, &list);
	if (w == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	w->known.any = true;
	w->known.mark.epoch = epoch;
	w->known.mark.sequence = message->sequence;
	memcpy(w->known.hash, message->head_hash.data, HASH_BYTES);
	return 0;
}

static int read_request(struct heads_watch *watch, const Cordon__HeadsRequest *message,
	struct errmsg *msg)
{
	if (message->n_held > HELD_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG, "%zu lists held, at most %d",
			message->n_held, HELD_MAX);
	}
	for (size_t i = 0; i < message->n_held; i++) {
		int error = read_position(watch, message->held[i], msg);

		if (error != 0) {
			return errmsg_wrap(msg, error, "held[%zu]", i);
		}
	}
	return 0;
}

/* The session's earlier watch, if there is one, ends without a word. */
static void end_earlier(struct service *service, const struct session *session)
{
	for (struct heads_watch *w = service->serve.watches; w != NULL; w = w->next) {
		if (w->session == session) {
			held_end(w->held); /* frees w */
			return;
		}
	}
}

int handle_heads_watch(struct request *request, struct errmsg *msg)
{
	struct heads_watch *watch = calloc(1, sizeof(*watch));
	int error;

	if (watch == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	watch->service = request->service;
	watch->session = request->session;
	watch->first = true;
	error = read_request(
		watch, (const Cordon__HeadsRequest *)request->message, msg);
	if (error == 0) {
		end_earlier(request->service, request->session);
		error = held_create(request, &watch_ops, watch, &watch->held);
	}
	if (error != 0) {
		watch_destroy(watch);
		return error;
	}
	watch->next = request->service->serve.watches;
	request->service->serve.watches = watch;
	held_wake_after(watch->held, 0);
	return 0;
}
