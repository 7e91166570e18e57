/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/client_private.h"

static void destroy(struct request *request)
{
	request_finish(request);
}

/* Wants a connection, says nothing on it. */
static const struct request_type connection_type = { .destroy = destroy };

static const char *copy_text(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_text(arena, text, strlen(text));
}

static const struct cordon_kind_policy *copy_policies(
	struct arena *arena, const struct hello *hello)
{
	size_t count = hello->policies_count;
	struct cordon_kind_policy *policies =
		arena_array(arena, count, sizeof(*policies));

	for (size_t i = 0; policies != NULL && i < count; i++) {
		policies[i] = hello->policies[i];
	}
	return policies;
}

/* The connection may end before the copy does. */
static int copy_info(struct cordon_client *client)
{
	const struct engine *e = &client->engine;
	const struct hello *hello = session_hello(e->session);
	struct arena *arena = &client->info_arena;

	client->info = (struct cordon_node_info){
		.server = e->settings.servers[e->current].text,
		.node = copy_text(arena, hello->node),
		.software = copy_text(arena, hello->software),
		.protocol = session_version(e->session),
		.policies = copy_policies(arena, hello),
		.policies_count = hello->policies_count,
		.demands_purpose = hello->demands_purpose,
		.demands_officer = hello->demands_officer,
	};
	return arena->failed ? errmsg_set(&client->msg, CORDON_ENOMEM, "out of memory")
			     : 0;
}

int cordon_client_node(
	struct cordon_client *client, const struct cordon_node_info **info)
{
	struct request request;
	int error;

	client_begin(client);
	error = request_init(&request, &connection_type, NULL, &client->msg);
	if (error != 0) {
		return error;
	}
	error = client_call(client, &request);
	request_destroy(&request);
	if (error == 0 && client->engine.session == NULL) {
		error = errmsg_set(
			&client->msg, CORDON_ECLOSED, "the node closed the connection");
	}
	if (error == 0) {
		error = copy_info(client);
	}
	if (error == 0) {
		*info = &client->info;
	}
	return error;
}
