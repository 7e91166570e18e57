/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PRIVATE_H
#define CLIENT_PRIVATE_H

#include "client/engine.h"
#include "client/owned.h"

struct cordon_client {
	struct engine engine;
	uint32_t timeout_ms;
	/* of the last call */
	struct errmsg msg;
	char field[REQUEST_FIELD_BYTES];
	uint32_t retry_after_ms;
	struct cordon_node_info info;
	struct arena info_arena;
};

/* Forgets what the last call left. */
void client_begin(struct cordon_client *client);

/* CORDON_EINVAL unless the client has one server only; what: which must be sure. */
int client_one_server(struct cordon_client *client, const char *what);

/* Waits until the request is finished and returns its outcome, with the client's text.
 * The request stays the caller's. */
int client_call(struct cordon_client *client, struct request *request);

/* A simple question: one message, one object that the caller is given. */
struct question_request {
	struct request request;
	struct owned *owned; /* made by the type's read */
};

/* Calls, and gives away the object on success.  type->destroy is question_destroy. */
int client_ask(struct cordon_client *client, const struct request_type *type,
	const ProtobufCMessage *message, void **object);

/* What a question_request's read fills: one object of size bytes, made anew. */
void *question_object(struct request *request, size_t size);
struct arena *question_arena(struct request *request);
void question_destroy(struct request *request);

#endif
