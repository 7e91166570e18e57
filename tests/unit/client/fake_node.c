/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/client/fake_node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MUST(condition)                                                                \
	do {                                                                           \
		if (!(condition)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__,             \
				#condition);                                           \
			abort();                                                       \
		}                                                                      \
	} while (0)

static const struct channel_limits limits = {
	.payload_max = FRAME_MAX_CLIENT,
	.output_max = 2 * FRAME_MAX_CLIENT,
};

/* ---- listening ---- */

static void listen_tcp(struct fake_node *node)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(a);

	node->listen_fd =
		socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	MUST(bind(node->listen_fd, (struct sockaddr *)&a, size) == 0);
	MUST(getsockname(node->listen_fd, (struct sockaddr *)&a, &size) == 0);
	snprintf(node->server, sizeof(node->server), "127.0.0.1:%u", ntohs(a.sin_port));
}

static void listen_local(struct fake_node *node)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/cordon-node-XXXXXX";

	MUST(mkdtemp(dir) != NULL);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/control", dir);
	node->listen_fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	MUST(bind(node->listen_fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	snprintf(node->server, sizeof(node->server), "%s", a.sun_path);
}

void fake_node_init(struct fake_node *node, struct tls_profile *profile)
{
	*node = (struct fake_node){
		.profile = profile,
		.request = fake_answer,
		.stop_fds = { -1, -1 },
	};
	hello_init(&node->hello, FRAME_MAX_CLIENT, "fake 1");
	if (profile == NULL) {
		listen_local(node);
	} else {
		listen_tcp(node);
	}
	MUST(listen(node->listen_fd, 16) == 0);
}

void fake_node_vanish(struct fake_node *node)
{
	char *end;

	if (node->listen_fd < 0) {
		return;
	}
	close(node->listen_fd);
	node->listen_fd = -1;
	if (node->profile == NULL) {
		char dir[sizeof(node->server)];

		unlink(node->server);
		memcpy(dir, node->server, sizeof(dir));
		end = strrchr(dir, '/');
		*end = '\0';
		rmdir(dir);
	}
}

static void close_conn(struct fake_conn *conn)
{
	channel_destroy(conn->channel);
	conn->channel = NULL;
}

void fake_node_finish(struct fake_node *node)
{
	fake_node_stop(node);
	for (size_t i = 0; i < node->conns_count; i++) {
		close_conn(&node->conns[i]);
	}
	fake_node_vanish(node);
}

/* ---- talking ---- */

void fake_send(struct fake_conn *conn, uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message)
{
	MUST(channel_send(conn->channel, type, flags, request, message) == 0);
}

static void say_hello(struct fake_conn *conn)
{
	struct arena arena;

	arena_init(&arena, 0);
	fake_send(conn, MESSAGE_HELLO, 0, 0,
		&hello_to_message(&conn->node->hello, &arena)->base);
	arena_finish(&arena);
	conn->said_hello = true;
}

static void note_told(struct fake_conn *conn, const ProtobufCMessage *message)
{
	struct arena arena;

	arena_init(&arena, 0);
	failure_from_message((const Cordon__Error *)message, &arena, &conn->told);
	snprintf(conn->told_text, sizeof(conn->told_text), "%s", conn->told.text);
	conn->told.text = conn->told_text;
	conn->told.field = NULL;
	arena_finish(&arena);
}

static int on_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct fake_conn *conn = context;
	ProtobufCMessage *message;
	struct arena arena;

	arena_init(&arena, 0);
	MUST(message_decode(header->type, payload, &arena, &message, NULL) == 0);
	if (header->type == MESSAGE_ERROR) {
		note_told(conn, message);
	} else if (!conn->heard_hello) {
		MUST(header->type == MESSAGE_HELLO);
		conn->heard_hello = true;
		channel_set_payload_max(conn->channel, FRAME_MAX_CLIENT);
	} else {
		conn->requests++;
		conn->last = *header;
		conn->node->requests++;
		conn->node->request(conn, header, message);
	}
	arena_finish(&arena);
	return 0;
}

/* ---- stepping ---- */

static bool accept_one(struct fake_node *node)
{
	struct fake_conn *conn = &node->conns[node->conns_count];
	int fd;

	if (node->deaf || node->listen_fd < 0) {
		return false;
	}
	fd = accept4(node->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	MUST(node->conns_count < FAKE_CONNS_MAX);
	*conn = (struct fake_conn){ .node = node };
	MUST(channel_create(fd, node->profile, true, &limits, &conn->channel, NULL) ==
		0);
	node->conns_count++;
	return true;
}

static bool ready(const struct fake_conn *conn)
{
	unsigned wants = channel_wants(conn->channel);
	struct pollfd p = {
		.fd = channel_fd(conn->channel),
		.events =
			(short)(POLLIN | ((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0)),
	};

	return (wants & CHANNEL_AGAIN) != 0 || poll(&p, 1, 0) > 0;
}

static bool step_conn(struct fake_conn *conn)
{
	if (conn->channel == NULL || !ready(conn)) {
		return false;
	}
	conn->error = channel_step(conn->channel, on_frame, conn, &conn->msg);
	if (conn->error == 0 && channel_open(conn->channel) && !conn->said_hello &&
		!conn->node->mute) {
		say_hello(conn);
	}
	if (conn->error != 0 || conn->cut) {
		close_conn(conn);
	}
	return true;
}

bool fake_node_step(struct fake_node *node)
{
	bool moved = false;

	while (accept_one(node)) {
		moved = true;
	}
	for (size_t i = 0; i < node->conns_count; i++) {
		moved = step_conn(&node->conns[i]) || moved;
	}
	return moved;
}

static void wait_for_any(struct fake_node *node)
{
	struct pollfd p[FAKE_CONNS_MAX + 2] = {
		{ .fd = node->stop_fds[0], .events = POLLIN },
		{ .fd = node->deaf ? -1 : node->listen_fd, .events = POLLIN },
	};
	nfds_t count = 2;

	for (size_t i = 0; i < node->conns_count; i++) {
		const struct fake_conn *conn = &node->conns[i];

		if (conn->channel != NULL) {
			unsigned wants = channel_wants(conn->channel);

			p[count].fd = channel_fd(conn->channel);
			p[count].events =
				(short)(POLLIN |
					((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0));
			count++;
		}
	}
	poll(p, count, -1);
}

static void *serve(void *context)
{
	struct fake_node *node = context;
	char byte;

	while (read(node->stop_fds[0], &byte, 1) < 0) {
		if (!fake_node_step(node)) {
			wait_for_any(node);
		}
	}
	return NULL;
}

void fake_node_start(struct fake_node *node)
{
	MUST(pipe2(node->stop_fds, O_NONBLOCK | O_CLOEXEC) == 0);
	MUST(pthread_create(&node->thread, NULL, serve, node) == 0);
	node->threaded = true;
}

void fake_node_stop(struct fake_node *node)
{
	if (!node->threaded) {
		return;
	}
	close(node->stop_fds[1]);
	pthread_join(node->thread, NULL);
	close(node->stop_fds[0]);
	node->threaded = false;
}

/* ---- answers ---- */

void fake_freshness(struct fake_conn *conn)
{
	Cordon__ListId list = CORDON__LIST_ID__INIT;
	Cordon__Epoch epoch = CORDON__EPOCH__INIT;
	Cordon__ListFreshness row = CORDON__LIST_FRESHNESS__INIT;
	Cordon__ListFreshness *rows = &row;
	Cordon__Freshness message = CORDON__FRESHNESS__INIT;

	if (conn->said_freshness) {
		return;
	}
	list.owner = message_data("KAZ");
	list.kind = CORDON_KIND_ENTRY_BAN;
	epoch.number = 3;
	row.list = &list;
	row.epoch = &epoch;
	row.sequence = 17;
	row.head_time_s = 1000;
	row.verified = 1;
	message.generation = 1;
	message.at_s = 1005;
	message.lists = &rows;
	message.n_lists = 1;
	fake_send(conn, MESSAGE_FRESHNESS, 0, 0, &message.base);
	conn->said_freshness = true;
}

void fake_answer(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__LookupRequest *request = (const Cordon__LookupRequest *)decoded;
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;
	Cordon__Answer *answers, **pointers;

	MUST(header->type == MESSAGE_LOOKUP);
	answers = calloc(request->n_queries, sizeof(*answers));
	pointers = calloc(request->n_queries, sizeof(Cordon__Answer *));
	MUST(answers != NULL && pointers != NULL);
	for (size_t i = 0; i < request->n_queries; i++) {
		const Cordon__Query *query = request->queries[i];

		answers[i] = (Cordon__Answer)CORDON__ANSWER__INIT;
		answers[i].verdict = CORDON_VERDICT_CLEAR;
		answers[i].complete = true;
		if (query->what_case == CORDON__QUERY__WHAT_DOCUMENT) {
			answers[i].lookup = query->document->number;
		}
		pointers[i] = &answers[i];
	}
	message.answers = pointers;
	message.n_answers = request->n_queries;
	message.freshness_generation = 1;
	fake_freshness(conn);
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, 0, header->request, &message.base);
	free(answers);
	free(pointers);
}

void fake_answer_one(struct fake_conn *conn, uint32_t request, const char *number)
{
	Cordon__LookupAnswer message = CORDON__LOOKUP_ANSWER__INIT;
	Cordon__Answer answer = CORDON__ANSWER__INIT;
	Cordon__Answer *answers = &answer;

	answer.lookup = message_data(number);
	answer.verdict = CORDON_VERDICT_CLEAR;
	answer.complete = true;
	message.answers = &answers;
	message.n_answers = 1;
	message.freshness_generation = 1;
	fake_freshness(conn);
	fake_send(conn, MESSAGE_LOOKUP_ANSWER, 0, request, &message.base);
}

void fake_refuse(struct fake_conn *conn, uint32_t request, int error, const char *text)
{
	const struct failure failure = { .error = error, .text = text };
	Cordon__Error message;

	failure_to_message(&failure, &message);
	fake_send(conn, MESSAGE_ERROR, 0, request, &message.base);
}

void fake_ignore(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	(void)conn;
	(void)header;
	(void)decoded;
}
