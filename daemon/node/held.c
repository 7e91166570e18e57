/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

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

int held_create(struct request *request, const struct held_ops *ops, void *context,
	struct held **held)
{
	struct session *session = request->session;
	struct held *h;

	if (session->held_count >= in_flight_max(session)) {
		return CORDON_EBUSY;
	}
	h = calloc(1, sizeof(*h));
	if (h == NULL) {
		return CORDON_ENOMEM;
	}
	h->timer = evtimer_new(request->service->base, on_timer, h);
	if (h->timer == NULL) {
		free(h);
		return CORDON_ENOMEM;
	}
	h->session = session;
	h->request = request->id;
	h->waits = session_table_find(request->type)->waits;
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
	       conn_output_bytes(session->conn) <= SESSION_OUTPUT_LOW;
}

static void end(struct held *held)
{
	assert(!held->ended);
	held->ended = true;
	held->session->held_count--;
	evtimer_del(held->timer);
	if (held->ops->destroy != NULL) {
		held->ops->destroy(held->context);
	}
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
