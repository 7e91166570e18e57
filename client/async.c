/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include "client/client_private.h"
#include "client/clock.h"
#include "client/lookup.h"
#include "client/submit.h"

/* One request of the caller's: the public handle. */
struct cordon_request {
	TAILQ_ENTRY(cordon_request) link;
	struct cordon_async *async;
	struct request *request; /* of the engine; embedded in one of the two below */
	struct lookup_request *lookup;
	struct submit_request *submit;
	cordon_lookup_fn *lookup_done;
	cordon_submit_fn *submit_done;
	void *data;
};

struct cordon_async {
	struct event_base *base;
	struct engine engine;
	struct event *waits; /* for what the engine waits for; NULL: for nothing */
	struct event *begin; /* steps soon, so that what is asked in one turn leaves
				together */
	TAILQ_HEAD(, cordon_request) requests;
	unsigned depth; /* of calls from the loop in progress: not to be freed inside */
	bool destroyed;
};

static void on_event(evutil_socket_t fd, short what, void *context);

int cordon_async_create(struct event_base *base, const struct cordon_options *options,
	struct cordon_async **async, char *message, size_t message_bytes)
{
	struct cordon_async *a = calloc(1, sizeof(*a));
	struct errmsg msg = { "" };
	int error = a == NULL ? CORDON_ENOMEM : engine_init(&a->engine, options, &msg);

	if (error == 0) {
		TAILQ_INIT(&a->requests);
		a->base = base;
		a->begin = event_new(base, -1, 0, on_event, a);
		error = a->begin == NULL ? CORDON_ENOMEM : 0;
		if (error != 0) {
			engine_finish(&a->engine);
		}
	}
	if (error != 0) {
		free(a);
		if (message != NULL && message_bytes > 0) {
			snprintf(
				message, message_bytes, "%s", errmsg_text(&msg, error));
		}
		return error;
	}
	*async = a;
	return 0;
}

/* ---- the end of requests ---- */

static void call_lookup(struct cordon_request *handle, int error, const char *text)
{
	struct lookup_request *lookup = handle->lookup;
	struct cordon_answer **answers;

	if (error != 0) {
		handle->lookup_done(handle->data, error, text, NULL, 0);
		return;
	}
	answers = calloc(lookup->count, sizeof(struct cordon_answer *));
	if (answers == NULL) {
		handle->lookup_done(handle->data, CORDON_ENOMEM,
			cordon_error_text(CORDON_ENOMEM), NULL, 0);
		return;
	}
	lookup_request_give(lookup, answers);
	handle->lookup_done(handle->data, 0, NULL, answers, lookup->count);
	free(answers);
}

/* The request is the engine's no more.  The handle is gone when the callee runs. */
static void end(struct cordon_request *handle, int error, const char *text)
{
	struct cordon_request ended = *handle;

	TAILQ_REMOVE(&handle->async->requests, handle, link);
	free(handle);
	if (ended.lookup != NULL) {
		call_lookup(&ended, error, text);
	} else {
		ended.submit_done(ended.data, error, text,
			error == 0 ? submit_request_give(ended.submit) : NULL);
	}
	request_destroy(ended.request);
}

static void hand_out(struct cordon_async *a)
{
	struct request *request;

	while (!a->destroyed && (request = engine_finished(&a->engine)) != NULL) {
		int error = request->error;
		const char *text =
			error == 0 ? NULL : errmsg_text(&request->msg, error);

		end(request->handle, error, text);
	}
}

/* ---- the loop ---- */

static int wait_again(struct cordon_async *a)
{
	const struct engine_waits w = engine_waits(&a->engine);
	int64_t now_ms = client_clock_ms();
	int64_t left_ms = w.until_ms > now_ms ? w.until_ms - now_ms : 0;
	const struct timeval limit = { left_ms / 1000, left_ms % 1000 * 1000 };
	short events = (short)((w.read ? EV_READ : 0) | (w.write ? EV_WRITE : 0));

	if (w.fd < 0 && w.until_ms == INT64_MAX) {
		return 0;
	}
	a->waits = event_new(a->base, w.fd, w.fd < 0 ? 0 : events, on_event, a);
	if (a->waits == NULL) {
		return CORDON_ENOMEM;
	}
	return event_add(a->waits, w.until_ms == INT64_MAX ? NULL : &limit) == 0
		       ? 0
		       : CORDON_ENOMEM;
}

static void stop_waiting(struct cordon_async *a)
{
	if (a->waits != NULL) {
		event_free(a->waits);
		a->waits = NULL;
	}
}

static void end_all(struct cordon_async *a, int error, const char *text)
{
	struct cordon_request *handle;
	size_t count = 0;

	TAILQ_FOREACH(handle, &a->requests, link)
	{
		count++;
	}
	/* callees may cancel some of them and ask anew, behind these */
	while (count > 0 && (handle = TAILQ_FIRST(&a->requests)) != NULL) {
		count--;
		engine_cancel(&a->engine, handle->request);
		end(handle, error, text);
	}
}

static void free_async(struct cordon_async *a)
{
	stop_waiting(a);
	event_free(a->begin);
	engine_finish(&a->engine);
	free(a);
}

static void on_event(evutil_socket_t fd, short what, void *context)
{
	struct cordon_async *a = context;
	int error;

	(void)fd;
	(void)what;
	/* before the engine closes the fd that the event is about */
	stop_waiting(a);
	a->depth++;
	engine_step(&a->engine, client_clock_ms());
	hand_out(a);
	if (!a->destroyed) {
		error = wait_again(a);
		if (error != 0) {
			end_all(a, error, cordon_error_text(error));
		}
	}
	a->depth--;
	if (a->destroyed && a->depth == 0) {
		free_async(a);
	}
}

void cordon_async_destroy(struct cordon_async *async)
{
	struct cordon_async *a = async;

	if (a == NULL || a->destroyed) {
		return;
	}
	a->destroyed = true;
	a->depth++;
	end_all(a, CORDON_ECLOSED, "given up: the client was closed");
	a->depth--;
	if (a->depth == 0) {
		free_async(a);
	}
}

/* ---- asking ---- */

/* CORDON_EBUSY, CORDON_ECLOSED, CORDON_ENOMEM; else a handle not yet listed. */
static int begin(struct cordon_async *a, struct cordon_request **handle)
{
	if (a->destroyed) {
		return CORDON_ECLOSED;
	}
	if (a->engine.waiting_count >= CORDON_ASYNC_REQUESTS_MAX) {
		return CORDON_EBUSY;
	}
	*handle = calloc(1, sizeof(**handle));
	return *handle == NULL ? CORDON_ENOMEM : 0;
}

static void enlist(struct cordon_async *a, struct cordon_request *handle,
	struct cordon_request **out)
{
	handle->async = a;
	handle->request->handle = handle;
	TAILQ_INSERT_TAIL(&a->requests, handle, link);
	engine_add(&a->engine, handle->request, a->engine.settings.timeout_ms,
		client_clock_ms());
	event_active(a->begin, 0, 0);
	if (out != NULL) {
		*out = handle;
	}
}

int cordon_async_lookup(struct cordon_async *async,
	const struct cordon_context *context, const struct cordon_query *queries,
	size_t count, cordon_lookup_fn *done, void *data,
	struct cordon_request **request)
{
	struct cordon_request *handle;
	int error = begin(async, &handle);

	if (error != 0) {
		return error;
	}
	error = lookup_request_create(
		context, queries, count, client_clock_unix_s(), &handle->lookup, NULL);
	if (error != 0) {
		free(handle);
		return error;
	}
	handle->request = &handle->lookup->request;
	handle->lookup_done = done;
	handle->data = data;
	enlist(async, handle, request);
	return 0;
}

int cordon_async_submit_with(struct cordon_async *async,
	const struct cordon_submission *submission, cordon_submit_fn *done, void *data,
	struct cordon_request **request)
{
	const struct settings *settings = &async->engine.settings;
	struct cordon_request *handle;
	int error = begin(async, &handle);

	if (error != 0) {
		return error;
	}
	error = submit_request_create(submission,
		settings->timeout_ms / (uint32_t)settings->servers_count,
		&handle->submit, NULL);
	if (error != 0) {
		free(handle);
		return error;
	}
	handle->request = &handle->submit->request;
	handle->submit_done = done;
	handle->data = data;
	enlist(async, handle, request);
	return 0;
}

int cordon_async_submit(struct cordon_async *async, const struct cordon_item *items,
	size_t count, cordon_submit_fn *done, void *data,
	struct cordon_request **request)
{
	const struct cordon_submission submission = { .items = items, .count = count };

	return cordon_async_submit_with(async, &submission, done, data, request);
}

void cordon_request_cancel(struct cordon_request *request)
{
	engine_cancel(&request->async->engine, request->request);
	request_destroy(request->request);
	TAILQ_REMOVE(&request->async->requests, request, link);
	free(request);
}

size_t cordon_async_waiting(const struct cordon_async *async)
{
	return async->engine.waiting_count;
}
