/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/core/repl/engine.h"
#include "daemon/node/session_private.h"

/* A node asks for every list at a time; that many it may have in flight in any case. */
#define NODE_IN_FLIGHT_LEAST (ENGINE_LISTS_MAX + 64)

struct held {
	struct held *next;
	struct session *session;
	uint32_t request;
	bool waits;
	bool ended; /* freed after the turn */
	struct mono since;
	struct event *timer;
	const struct held_ops *ops;
	void *context;
};

static uint32_t in_flight_max(const struct session *session)
{
	uint32_t max = session->sessions->service->node->config->requests_in_flight_max;

	if (session->asker.identity.role == ROLE_NODE && max < NODE_IN_FLIGHT_LEAST) {
		max = NODE_IN_FLIGHT_LEAST;
	}
	return max;
}

static void held_free(struct held *held)
{
	if (held->timer != NULL) {
		event_free(held->timer);
	}
	free(held);
}

/* Frees those that have ended, unless somebody is still walking along them. */
static void sweep(struct session *session)
{
	struct held **at = &session->held;

	while (session->turning == 0 && *at != NULL) {
		struct held *held = *at;

		if (held->ended) {
			*at = held->next;
			held_free(held);
		} else {
			at = &held->next;
		}
	}
}

static void turn(struct held *held)
{
	struct session *session = held->session;

	session->references++;
	session->turning++;
	if (!held->ended) {
		held->ops->turn(held, held->context);
	}
	session->turning--;
	sweep(session);
	session_release(session);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	turn(context);
}

static void give_in_flight(struct session *session)
{
	if (session->who != NULL) {
		presence_give_in_flight(session->who);
	}
}

static void end(struct held *held)
{
	assert(!held->ended);
	held->ended = true;
	held->session->held_count--;
	give_in_flight(held->session);
	evtimer_del(held->timer);
	if (held->ops->destroy != NULL) {
		held->ops->destroy(held->context);
	}
}

/* ---- those that take too long -----------------------------------------------------
 */

static uint32_t timeout_ms(const struct session *session)
{
	return session->sessions->service->node->config->request_timeout_ms;
}

static bool wait_overdue(struct session *session, int64_t us)
{
	struct timeval after = { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };

	return evtimer_add(session->overdue, &after) == 0;
}

/* Ends h if it is over its time, else lowers *next_us, the time until one will be. */
static void end_if_overdue(struct held *h, struct mono now, int64_t *next_us)
{
	struct session *session = h->session;
	int64_t left_us = mono_after_ms(h->since, timeout_ms(session)).us - now.us;

	if (h->ended || h->waits) {
		return;
	}
	if (left_us > 0) {
		*next_us = left_us < *next_us ? left_us : *next_us;
		return;
	}
	session_limited(session, LIMIT_REQUEST_TIMEOUT, "a request takes longer");
	session_refuse(session, h->request, CORDON_ETIMEOUT,
		"it took longer than a request may (request_timeout)");
	end(h);
}

static void on_overdue(evutil_socket_t fd, short what, void *context)
{
	struct session *session = context;
	struct mono now = clock_mono();
	int64_t next_us = INT64_MAX;

	(void)fd;
	(void)what;
	session_hold(session);
	session->turning++;
	for (struct held *h = session->held; h != NULL; h = h->next) {
		end_if_overdue(h, now, &next_us);
	}
	session->turning--;
	sweep(session);
	if (next_us != INT64_MAX && !wait_overdue(session, next_us)) {
		session_end(session, CORDON_ENOMEM, NULL);
	}
	session_end_if_idle(session);
	session_release(session);
}

/* One timer for all of a session's, on while there are any. */
static bool watch_overdue(struct session *session)
{
	struct event_base *base = session->sessions->service->base;

	if (session->overdue == NULL) {
		session->overdue = evtimer_new(base, on_overdue, session);
	}
	return session->overdue != NULL &&
	       (evtimer_pending(session->overdue, NULL) ||
		       wait_overdue(session, timeout_ms(session) * INT64_C(1000)));
}

static int take_in_flight(struct session *session)
{
	enum limit limit = LIMIT_REQUESTS_IN_FLIGHT_MAX;

	if (session->held_count < in_flight_max(session)) {
		if (session->who == NULL || presence_take_in_flight(session->who)) {
			return 0;
		}
		limit = LIMIT_IN_FLIGHT_PER_IDENTITY;
	}
	session_limited(session, limit, "it has that many requests unanswered");
	return CORDON_ELIMIT;
}

static struct held *make(struct request *request)
{
	struct session *session = request->session;
	struct held *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		return NULL;
	}
	h->session = session;
	h->request = request->id;
	h->waits = session_table_find(request->type)->waits;
	h->timer = evtimer_new(request->service->base, on_timer, h);
	if (h->timer == NULL || (!h->waits && !watch_overdue(session))) {
		held_free(h);
		return NULL;
	}
	h->since = clock_mono();
	return h;
}

int held_create(struct request *request, const struct held_ops *ops, void *context,
	struct held **held)
{
	struct session *session = request->session;
	struct held *h;
	int error = take_in_flight(session);

	if (error != 0) {
		return error;
	}
	h = make(request);
	if (h == NULL) {
		give_in_flight(session);
		return CORDON_ENOMEM;
	}
	h->ops = ops;
	h->context = context;
	h->next = session->held;
	session->held = h;
	session->held_count++;
	*held = h;
	return 0;
}

struct session *held_session(struct held *held)
{
	return held->session;
}

struct service *held_service(struct held *held)
{
	return held->session->sessions->service;
}

uint32_t held_request(struct held *held)
{
	return held->request;
}

void held_wake_after(struct held *held, uint32_t ms)
{
	struct timeval after = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	if (!held->ended) {
		evtimer_add(held->timer, &after);
	}
}

bool held_may_write(struct held *held)
{
	struct session *session = held->session;

	return session->stage == SESSION_SERVING &&
	       conn_output_bytes(session->conn) <= SESSION_OUTPUT_LOW &&
	       !session_owes(session);
}

void held_end(struct held *held)
{
	struct session *session = held->session;

	end(held);
	sweep(session);
	session_end_if_idle(session);
}

bool held_exists(const struct session *session, uint32_t request)
{
	for (const struct held *h = session->held; h != NULL; h = h->next) {
		if (h->request == request && !h->ended) {
			return true;
		}
	}
	return false;
}

void held_turn_all(struct session *session)
{
	struct held *next;

	session->references++;
	session->turning++;
	for (struct held *h = session->held; h != NULL; h = next) {
		next = h->next;
		turn(h);
	}
	session->turning--;
	sweep(session);
	session_release(session);
}

void held_stop(struct session *session)
{
	session->turning++;
	for (struct held *h = session->held; h != NULL; h = h->next) {
		if (!h->ended && h->ops->stop != NULL) {
			h->ops->stop(h, h->context);
		} else if (h->waits && !h->ended) {
			session_refuse(session, h->request, CORDON_ESHUTDOWN, NULL);
			end(h);
		}
	}
	session->turning--;
	sweep(session);
}

void held_end_all(struct session *session)
{
	session->turning++;
	for (struct held *h = session->held; h != NULL; h = h->next) {
		if (!h->ended) {
			end(h);
		}
	}
	session->turning--;
	sweep(session);
}
