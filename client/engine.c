/* SPDX-License-Identifier: Apache-2.0 */
#include "client/engine.h"

#include <stdio.h>

#include "client/engine_private.h"

int engine_init(
	struct engine *engine, const struct cordon_options *options, struct errmsg *msg)
{
	struct engine e = { .next_end_ms = INT64_MAX, .pause_end_ms = INT64_MAX };
	int error = settings_init(&e.settings, options, msg);

	if (error != 0) {
		return error;
	}
	*engine = e;
	TAILQ_INIT(&engine->queued);
	TAILQ_INIT(&engine->finished);
	return 0;
}

void engine_finish(struct engine *engine)
{
	engine_disconnect(engine);
	settings_finish(&engine->settings);
}

void engine_expect_end(struct engine *e, const struct request *request)
{
	if (request->end_ms < e->next_end_ms) {
		e->next_end_ms = request->end_ms;
	}
	if (request->place == REQUEST_SENT &&
		request->attempt_end_ms < e->next_end_ms) {
		e->next_end_ms = request->attempt_end_ms;
	}
}

void engine_add(struct engine *engine, struct request *request, uint32_t timeout_ms,
	int64_t now_ms)
{
	request->timeout_ms = timeout_ms;
	request->end_ms = now_ms + timeout_ms + request->patience_ms;
	request->place = REQUEST_QUEUED;
	TAILQ_INSERT_TAIL(&engine->queued, request, link);
	engine->waiting_count++;
	engine_expect_end(engine, request);
}

/* Takes a request that waits off its list. */
static void unlist(struct engine *e, struct request *request)
{
	if (request->place == REQUEST_QUEUED) {
		TAILQ_REMOVE(&e->queued, request, link);
	} else {
		session_forget(e->session, request);
	}
	request->place = REQUEST_NOWHERE;
	e->waiting_count--;
}

void engine_cancel(struct engine *engine, struct request *request)
{
	if (request->place == REQUEST_FINISHED) {
		TAILQ_REMOVE(&engine->finished, request, link);
		request->place = REQUEST_NOWHERE;
	} else if (request->place != REQUEST_NOWHERE) {
		unlist(engine, request);
	}
}

void engine_end_request(struct engine *e, struct request *request, int error)
{
	if (request->place != REQUEST_NOWHERE) {
		unlist(e, request);
	}
	request->error = error;
	request->place = REQUEST_FINISHED;
	TAILQ_INSERT_TAIL(&e->finished, request, link);
}

struct request *engine_finished(struct engine *engine)
{
	struct request *first = TAILQ_FIRST(&engine->finished);

	if (first != NULL) {
		engine_cancel(engine, first);
	}
	return first;
}

struct request *engine_take(struct engine *engine)
{
	struct request *oldest =
		engine->session == NULL ? NULL : session_oldest(engine->session);

	if (oldest == NULL) {
		oldest = TAILQ_FIRST(&engine->queued);
	}
	if (oldest != NULL) {
		unlist(engine, oldest);
	}
	return oldest;
}

/* ---- deadlines ---- */

static void time_is_up(struct engine *e, struct request *request)
{
	const char *server =
		e->phase == ENGINE_IDLE ? "" : e->settings.servers[e->current].text;
	struct errmsg line;

	errmsg_set(&line, 0, "%s%sno %s within %u ms", server,
		server[0] == '\0' ? "" : ": ",
		request->place == REQUEST_SENT ? "answer" : "connection",
		request->timeout_ms + request->patience_ms);
	request_blame(request, e->current, CORDON_ETIMEOUT, line.text);
	engine_end_request(e, request, CORDON_ETIMEOUT);
}

/*
 * Ends the requests of one list whose time is up.  True when the connection is not to
 * be used any further: it is silent, or a stream would go on.
 */
static bool expire_list(struct engine *e, struct request *first, int64_t now_ms)
{
	bool unusable = false;

	while (first != NULL) {
		struct request *request = first;
		bool sent = request->place == REQUEST_SENT;

		first = TAILQ_NEXT(request, link);
		if (now_ms >= request->end_ms) {
			unusable =
				unusable ||
				(sent && (request->type->streams ||
						 request->frames_before ==
							 session_frames(e->session)));
			time_is_up(e, request);
		} else if (sent && now_ms >= request->attempt_end_ms) {
			unusable = true;
		} else {
			engine_expect_end(e, request);
		}
	}
	return unusable;
}

static void expire(struct engine *e, int64_t now_ms)
{
	bool unusable;

	if (now_ms < e->next_end_ms) {
		return;
	}
	e->next_end_ms = INT64_MAX;
	expire_list(e, TAILQ_FIRST(&e->queued), now_ms);
	unusable = e->session != NULL &&
		   expire_list(e, session_oldest(e->session), now_ms);
	if (unusable) {
		engine_lose(e, now_ms, CORDON_ETIMEOUT, "no answer in time");
	}
}

/* ---- steps ---- */

void engine_step(struct engine *engine, int64_t now_ms)
{
	bool moved = true;

	expire(engine, now_ms);
	while (moved) {
		switch (engine->phase) {
		case ENGINE_IDLE:
			moved = engine_choose(engine, now_ms);
			break;
		case ENGINE_DIALING:
			moved = engine_go_on_dialing(engine, now_ms);
			break;
		case ENGINE_OPENING:
			moved = engine_go_on_opening(engine, now_ms);
			break;
		case ENGINE_READY:
			moved = engine_exchange(engine, now_ms);
			break;
		}
	}
}

static struct engine_waits session_waits(const struct engine *e)
{
	unsigned wants = session_wants(e->session);

	return (struct engine_waits){
		.fd = session_fd(e->session),
		.read = (wants & CHANNEL_READ) != 0,
		.write = (wants & CHANNEL_WRITE) != 0,
		.until_ms = (wants & CHANNEL_AGAIN) != 0 ? INT64_MIN
			    : e->phase == ENGINE_OPENING ? e->attempt_end_ms
							 : INT64_MAX,
	};
}

struct engine_waits engine_waits(const struct engine *engine)
{
	struct engine_waits waits = { .fd = -1, .until_ms = INT64_MAX };

	if (engine->session != NULL) {
		waits = session_waits(engine);
	} else if (engine->phase == ENGINE_DIALING) {
		const struct dial_waits d = dial_waits(engine->dial);

		waits = (struct engine_waits){ d.fd, !d.write, d.write, d.until_ms };
	} else {
		waits.until_ms = engine->pause_end_ms;
	}
	if (engine->next_end_ms < waits.until_ms) {
		waits.until_ms = engine->next_end_ms;
	}
	return waits;
}
