/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/lookup.h"
#include "client/session.h"
#include "client/submit.h"

/* What a node sends to a client that has said Hello and, once it may, asks three
 * questions: whatever comes, each question ends once or stays unanswered. */
#define REQUESTS 3

static struct request *make_request(unsigned i)
{
	const struct cordon_query queries[] = {
		{ .type = CORDON_QUERY_DOCUMENT, .number = "A1" },
		{ .type = CORDON_QUERY_PERSON, .name = "A", .born = { 1980, 1, 1 } },
	};
	const struct cordon_item item = { .type = CORDON_ITEM_WITHDRAW, .id = "KAZ-1" };
	const struct cordon_submission submission = {
		.items = &item, .count = 1, .copies = CORDON_COPIES_ALL
	};
	struct lookup_request *lookup = NULL;
	struct submit_request *submit = NULL;

	if (i == 2) {
		FUZZ_CHECK(
			submit_request_create(&submission, 1000, &submit, NULL) == 0);
		return &submit->request;
	}
	FUZZ_CHECK(lookup_request_create(NULL, queries, i + 1, 0, &lookup, NULL) == 0);
	return &lookup->request;
}

static void look_at_results(struct request *request)
{
	struct cordon_results *results =
		submit_request_give((struct submit_request *)request);

	/* all were wanted: they are there, or the results say why not */
	FUZZ_CHECK(results->copies_error != 0 || results->copies != 0);
	FUZZ_CHECK((results->copies_error != 0) == (results->copies_text != NULL));
	for (size_t i = 0; i < results->arrivals_count; i++) {
		FUZZ_CHECK(results->arrivals[i].list != NULL &&
			   results->arrivals[i].member != NULL);
	}
	cordon_results_destroy(results);
}

static void look_at(struct request *request)
{
	struct lookup_request *lookup = (struct lookup_request *)request;
	struct cordon_answer *answers[2];

	if (request->type->message == MESSAGE_SUBMIT && request->error == 0) {
		look_at_results(request);
	}
	if (request->type->message != MESSAGE_LOOKUP || request->error != 0) {
		return;
	}
	lookup_request_give(lookup, answers);
	for (size_t i = 0; i < lookup->count; i++) {
		FUZZ_CHECK(answers[i]->error != 0 ||
			   (answers[i]->verdict == CORDON_VERDICT_CLEAR) ==
				   (answers[i]->matches_count == 0));
		cordon_answer_destroy(answers[i]);
	}
}

static unsigned collect(struct session *session)
{
	struct request *request;
	unsigned count = 0;

	while ((request = session_answered(session)) != NULL) {
		look_at(request);
		request_destroy(request);
		count++;
	}
	return count;
}

struct input {
	int fd; /* the node's end */
	const uint8_t *data;
	size_t size;
};

/* As much as the socket takes; the end of the input is the end of the connection. */
static void feed(struct input *in)
{
	uint8_t ignored[4096];
	ssize_t sent =
		in->size == 0 ? 0 : send(in->fd, in->data, in->size, MSG_NOSIGNAL);

	if (sent > 0) {
		in->data += sent;
		in->size -= (size_t)sent;
	}
	if (in->size == 0) {
		shutdown(in->fd, SHUT_WR);
	}
	while (recv(in->fd, ignored, sizeof(ignored), 0) > 0) {
		continue;
	}
}

static void converse(struct session *session, struct input *in)
{
	struct errmsg msg = { "" };
	struct request *request;
	unsigned answered = 0, sent = 0, left = 0;
	int64_t now_ms = 1000;
	int error = 0;

	while (error == 0) {
		feed(in);
		error = session_step(session, now_ms++, &msg);
		answered += collect(session);
		while (session_ready(session) && sent < REQUESTS) {
			request = make_request(sent);
			FUZZ_CHECK(session_send(session, request, &msg) == 0);
			sent++;
		}
	}
	FUZZ_CHECK(msg.text[0] != '\0');
	while ((request = session_take(session)) != NULL) {
		request_destroy(request);
		left++;
	}
	FUZZ_CHECK(answered + left == sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session *session;
	int fds[2];

	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			   fds) == 0);
	FUZZ_CHECK(session_create(fds[0], NULL, "fuzz", &session, NULL) == 0);
	converse(session, &(struct input){ fds[1], data, size });
	session_destroy(session);
	close(fds[1]);
	return 0;
}
