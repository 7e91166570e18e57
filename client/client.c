/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/clock.h"
#include "client/lookup.h"

int cordon_client_create(const struct cordon_options *options,
	struct cordon_client **client, char *message, size_t message_bytes)
{
	struct cordon_client *c = calloc(1, sizeof(*c));
	struct errmsg msg = { "" };
	int error = c == NULL ? CORDON_ENOMEM : engine_init(&c->engine, options, &msg);

	if (error != 0) {
		free(c);
		if (message != NULL && message_bytes > 0) {
			snprintf(
				message, message_bytes, "%s", errmsg_text(&msg, error));
		}
		return error;
	}
	arena_init(&c->info_arena, 0);
	c->timeout_ms = c->engine.settings.timeout_ms;
	*client = c;
	return 0;
}

void cordon_client_destroy(struct cordon_client *client)
{
	if (client == NULL) {
		return;
	}
	engine_finish(&client->engine);
	arena_finish(&client->info_arena);
	free(client);
}

void cordon_client_set_timeout(struct cordon_client *client, uint32_t timeout_ms)
{
	client->timeout_ms = timeout_ms == 0 ? CORDON_TIMEOUT_DEFAULT_MS : timeout_ms;
}

const char *cordon_client_error_text(const struct cordon_client *client)
{
	return client->msg.text;
}

const char *cordon_client_error_field(const struct cordon_client *client)
{
	return client->field[0] == '\0' ? NULL : client->field;
}

uint32_t cordon_client_retry_after_ms(const struct cordon_client *client)
{
	return client->retry_after_ms;
}

/* ---- calls ---- */

void client_begin(struct cordon_client *client)
{
	client->msg.text[0] = '\0';
	client->field[0] = '\0';
	client->retry_after_ms = 0;
	client->info = (struct cordon_node_info){ 0 };
	arena_reset(&client->info_arena);
}

int client_one_server(struct cordon_client *client, const char *what)
{
	size_t count = client->engine.settings.servers_count;

	return count == 1 ? 0
			  : errmsg_set(&client->msg, CORDON_EINVAL,
				    "%zu servers are named, and %s must not be left to "
				    "chance; name one, as --server does",
				    count, what);
}

static int wait_ms(int64_t until_ms, int64_t now_ms)
{
	if (until_ms <= now_ms) {
		return 0;
	}
	return until_ms - now_ms < INT_MAX ? (int)(until_ms - now_ms) : INT_MAX;
}

/* 0, or CORDON_EIO when the process cannot wait at all. */
static int wait_for(
	const struct engine_waits *waits, int64_t now_ms, struct errmsg *msg)
{
	struct pollfd p = {
		.fd = waits->fd,
		.events = (short)((waits->read ? POLLIN : 0) |
				  (waits->write ? POLLOUT : 0)),
	};

	if (poll(&p, 1, wait_ms(waits->until_ms, now_ms)) < 0 && errno != EINTR &&
		errno != EAGAIN) {
		return errmsg_set(
			msg, CORDON_EIO, "wait for the node: %s", strerror(errno));
	}
	return 0;
}

static int run(struct engine *e, struct request *request)
{
	int64_t now_ms = client_clock_ms();
	struct engine_waits waits;
	int error;

	engine_step(e, now_ms);
	while (engine_finished(e) != request) {
		waits = engine_waits(e);
		error = wait_for(&waits, now_ms, &request->msg);
		if (error != 0) {
			engine_cancel(e, request);
			return error;
		}
		now_ms = client_clock_ms();
		engine_step(e, now_ms);
	}
	return request->error;
}

int client_call(struct cordon_client *client, struct request *request)
{
	int error;

	engine_add(&client->engine, request, client->timeout_ms, client_clock_ms());
	error = run(&client->engine, request);
	if (error != 0) {
		errmsg_set(
			&client->msg, error, "%s", errmsg_text(&request->msg, error));
		memcpy(client->field, request->field, sizeof(client->field));
		client->retry_after_ms = request->retry_after_ms;
	}
	return error;
}

int cordon_lookup(struct cordon_client *client, const struct cordon_context *context,
	const struct cordon_query *queries, size_t count,
	struct cordon_answer **answers)
{
	struct lookup_request *lookup;
	int error;

	client_begin(client);
	error = lookup_request_create(
		context, queries, count, client_clock_unix_s(), &lookup, &client->msg);
	if (error != 0) {
		return error;
	}
	error = client_call(client, &lookup->request);
	if (error == 0) {
		lookup_request_give(lookup, answers);
	}
	request_destroy(&lookup->request);
	return error;
}

/* ---- questions ---- */

void *question_object(struct request *request, size_t size)
{
	struct question_request *question = (struct question_request *)request;

	/* an answer that broke off before, from another node */
	owned_abandon(question->owned);
	question->owned = owned_create(1, size, 0);
	return question->owned == NULL ? NULL : owned_object(question->owned, 0);
}

struct arena *question_arena(struct request *request)
{
	return owned_arena(((struct question_request *)request)->owned);
}

void question_destroy(struct request *request)
{
	struct question_request *question = (struct question_request *)request;

	request_finish(request);
	owned_abandon(question->owned);
	free(question);
}

int client_ask(struct cordon_client *client, const struct request_type *type,
	const ProtobufCMessage *message, void **object)
{
	struct question_request *question = calloc(1, sizeof(*question));
	int error;

	if (question == NULL) {
		return errmsg_set(&client->msg, CORDON_ENOMEM, "out of memory");
	}
	error = request_init(&question->request, type, message, &client->msg);
	if (error == 0) {
		error = client_call(client, &question->request);
	}
	if (error == 0) {
		*object = owned_object(question->owned, 0);
		question->owned = NULL;
	}
	question_destroy(&question->request);
	return error;
}
