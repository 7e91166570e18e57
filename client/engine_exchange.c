/* SPDX-License-Identifier: Apache-2.0 */
#include "client/engine_private.h"

static void requeue(struct engine *e, struct request *request)
{
	request->place = REQUEST_QUEUED;
	TAILQ_INSERT_HEAD(&e->queued, request, link);
	e->waiting_count++;
	engine_expect_end(e, request);
}

/* The requests of the connection, the newest first, on a list of their own. */
static void take_back(struct engine *e, struct request_queue *reversed)
{
	struct request *request;

	TAILQ_INIT(reversed);
	while ((request = session_take(e->session)) != NULL) {
		request->place = REQUEST_NOWHERE;
		e->waiting_count--;
		TAILQ_INSERT_HEAD(reversed, request, link);
	}
}

/* Goes elsewhere with all requests; those that wait at the head choose where. */
static void leave(struct engine *e)
{
	struct request_queue reversed;
	struct request *request;

	take_back(e, &reversed);
	engine_disconnect(e);
	while ((request = TAILQ_LAST(&reversed, request_queue)) != NULL) {
		TAILQ_REMOVE(&reversed, request, link);
		request->place = REQUEST_QUEUED;
		TAILQ_INSERT_TAIL(&e->queued, request, link);
		e->waiting_count++;
		engine_expect_end(e, request);
	}
}

/* Rule 4: may the connection have been dead before the request left? */
static bool perhaps_stale(const struct request *request, int error, uint64_t frames)
{
	return (error == CORDON_ECLOSED || error == CORDON_EIO) &&
	       !request->second_chance && !request->started &&
	       request->frames_before == frames;
}

void engine_lose(struct engine *e, int64_t now_ms, int error, const char *text)
{
	uint64_t frames = session_frames(e->session);
	bool at_fault = error != CORDON_ECLOSED && error != CORDON_EIO;
	struct request_queue reversed;
	struct request *request;
	struct errmsg named;

	errmsg_set(&named, error, "%s: %s", e->settings.servers[e->current].text, text);
	take_back(e, &reversed);
	engine_disconnect(e);
	while ((request = TAILQ_FIRST(&reversed)) != NULL) {
		TAILQ_REMOVE(&reversed, request, link);
		if (request->stopped) {
			engine_end_request(e, request, request->error);
			continue;
		}
		if (perhaps_stale(request, error, frames)) {
			request->second_chance = true;
			requeue(e, request);
			continue;
		}
		at_fault = true;
		if (!engine_blame(e, request, error, named.text)) {
			requeue(e, request);
		}
	}
	if (at_fault) {
		engine_punish(e, now_ms);
	}
}

static void send_one(struct engine *e, struct request *request, int64_t now_ms)
{
	e->waiting_count++;
	request->place = REQUEST_SENT;
	request->attempt_end_ms =
		request->type->streams ? request->end_ms
				       : now_ms + engine_share_ms(e, request, now_ms);
	engine_expect_end(e, request);
}

/* 0, or CORDON_ECLOSED when a new connection is needed. */
static int send_queued(struct engine *e, int64_t now_ms)
{
	struct request *request;
	int error = 0;

	while (error != CORDON_EBUSY && (request = TAILQ_FIRST(&e->queued)) != NULL) {
		TAILQ_REMOVE(&e->queued, request, link);
		request->place = REQUEST_NOWHERE;
		e->waiting_count--;
		if (request->type->message == 0) {
			engine_end_request(e, request, 0);
			continue;
		}
		error = session_send(e->session, request, &request->msg);
		if (error == 0) {
			send_one(e, request, now_ms);
		} else if (error == CORDON_EBUSY || error == CORDON_ECLOSED) {
			request->msg.text[0] = '\0';
			requeue(e, request);
		} else {
			engine_end_request(e, request, error);
		}
		if (error == CORDON_ECLOSED) {
			return error;
		}
	}
	return 0;
}

/* Rule 5: does another node have to answer it? */
static bool refused_here_only(const struct engine *e, const struct request *request)
{
	return (request->error == CORDON_ESHUTDOWN ||
		       request->error == CORDON_ENOTSIGNER) &&
	       !request->started && engine_choices(e, request) > 0;
}

/* Hands out what is answered; true when the connection is to be left. */
static bool collect(struct engine *e, int64_t now_ms)
{
	struct request *request;
	bool elsewhere = false;

	while ((request = session_answered(e->session)) != NULL) {
		request->place = REQUEST_NOWHERE;
		e->waiting_count--;
		request->tried |= UINT32_C(1) << e->current;
		if (!refused_here_only(e, request)) {
			engine_end_request(e, request, request->error);
			continue;
		}
		if (request->error == CORDON_ESHUTDOWN) {
			engine_punish(e, now_ms);
		}
		requeue(e, request);
		elsewhere = true;
	}
	return elsewhere;
}

bool engine_exchange(struct engine *e, int64_t now_ms)
{
	struct errmsg msg = { "" };
	bool elsewhere;
	int error = send_queued(e, now_ms);

	if (error != 0) {
		leave(e);
		return true;
	}
	error = session_step(e->session, now_ms, &msg);
	elsewhere = collect(e, now_ms);
	if (error != 0) {
		engine_lose(e, now_ms, error, msg.text);
		return true;
	}
	if (elsewhere) {
		leave(e);
		return true;
	}
	/* room for more was made at once */
	return !TAILQ_EMPTY(&e->queued) &&
	       (session_wants(e->session) & CHANNEL_WRITE) == 0;
}
