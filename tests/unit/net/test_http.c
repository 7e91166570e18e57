/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/net/http.h"
#include "tests/lib/loop.h"

struct fixture {
	struct loop loop;
	struct http *http;
	unsigned calls;
	char path[256]; /* of the last call */
};

static int on_get(
	void *context, const char *path, struct evbuffer *body, const char **type)
{
	struct fixture *f = context;

	f->calls++;
	snprintf(f->path, sizeof(f->path), "%s", path);
	if (strcmp(path, "/metrics") == 0) {
		*type = "text/plain; version=0.0.4";
		evbuffer_add_printf(body, "cordon_lists %d\n", 12);
		return 200;
	}
	if (strcmp(path, "/healthz") == 0) {
		evbuffer_add_printf(body, "starting\n");
		return 503;
	}
	return 404;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	assert_int_equal(
		http_create(f->loop.base, "127.0.0.1", 0, on_get, f, &f->http, NULL),
		0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_destroy(f->http);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

/* Someone who asks, and what comes back until the connection is closed. */
struct asker {
	int fd;
	struct event *event;
	char answer[4096];
	size_t size;
	bool closed;
};

static void on_answer(evutil_socket_t fd, short what, void *context)
{
	struct asker *a = context;
	ssize_t got = recv(fd, a->answer + a->size, sizeof(a->answer) - 1 - a->size, 0);

	(void)what;
	if (got <= 0) {
		a->closed = true;
		event_del(a->event);
		return;
	}
	a->size += (size_t)got;
	a->answer[a->size] = '\0';
}

static void ask(struct asker *a, struct fixture *f, const char *request)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(http_port(f->http)) };

	*a = (struct asker){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
		connect(a->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(send(a->fd, request, strlen(request), 0), strlen(request));
	a->event = event_new(f->loop.base, a->fd, EV_READ | EV_PERSIST, on_answer, a);
	assert_int_equal(event_add(a->event, NULL), 0);
}

static void finish(struct asker *a)
{
	event_free(a->event);
	close(a->fd);
}

/* Asks and waits for the end; the answer holds all the words. */
static void answers(struct fixture *f, const char *request, const char *const *words)
{
	struct asker a;

	ask(&a, f, request);
	loop_until(&f->loop, a.closed);
	for (; *words != NULL; words++) {
		if (strstr(a.answer, *words) == NULL) {
			fail_msg("\"%s\" lacks \"%s\"", a.answer, *words);
		}
	}
	finish(&a);
}

static void a_get_is_answered_and_closed(void **state)
{
	static const char *const words[] = { " 200 ", "Connection: close\r\n",
		"Content-Type: text/plain; version=0.0.4\r\n", "Content-Length: 16\r\n",
		"\r\n\r\ncordon_lists 12\n", NULL };
	static const char *const old[] = { " 200 ", "\r\n\r\ncordon_lists 12\n", NULL };

	answers(*state, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", words);
	answers(*state, "GET /metrics HTTP/1.0\r\n\r\n", old);
}

static void the_status_is_the_handlers(void **state)
{
	static const char *const starting[] = { " 503 ", "text/plain; charset=utf-8",
		"\r\n\r\nstarting\n", NULL };
	static const char *const unknown[] = { " 404 ", NULL };

	answers(*state, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", starting);
	answers(*state, "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", unknown);
}

static void the_query_is_cut_off(void **state)
{
	static const char *const words[] = { " 200 ", NULL };
	struct fixture *f = *state;

	answers(f, "GET /metrics?a=b/c HTTP/1.1\r\nHost: x\r\n\r\n", words);
	assert_string_equal(f->path, "/metrics");
}

static void what_is_no_plain_get_never_reaches_the_handler(void **state)
{
	static const char *const requests[] = {
		"POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
		"HEAD /metrics HTTP/1.0\r\n\r\n",
		"DELETE /metrics HTTP/1.0\r\n\r\n",
		"GET /metrics HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
		"GET /metrics HTTP/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"GET * HTTP/1.0\r\n\r\n",
		"GET\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n",
	};
	static const char *const words[] = { NULL };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		answers(f, requests[i], words);
	}
	assert_int_equal(f->calls, 0);
}

static void endless_headers_are_cut_off(void **state)
{
	struct fixture *f = *state;
	char request[20000] = "GET /metrics HTTP/1.1\r\nX: ";
	static const char *const words[] = { NULL };
	size_t start = strlen(request);

	memset(request + start, 'x', sizeof(request) - 5 - start);
	strcat(request, "\r\n\r\n");
	answers(f, request, words);
	assert_int_equal(f->calls, 0);
}

#define CROWD 64

static void a_crowd_is_served_a_few_at_a_time(void **state)
{
	struct fixture *f = *state;
	static struct asker crowd[CROWD];
	size_t served;

	for (size_t i = 0; i < CROWD; i++) {
		ask(&crowd[i], f, "GET /metrics HTTP/1.0\r\n\r\n");
	}
	loop_settle(&f->loop);
	assert_in_range(f->calls, 1, CROWD - 1);
	for (served = 0; served < CROWD; served++) {
		loop_until(&f->loop, crowd[served].closed);
		assert_non_null(strstr(crowd[served].answer, "cordon_lists"));
		finish(&crowd[served]);
	}
}

static void a_port_in_use_is_said_so(void **state)
{
	struct fixture *f = *state;
	struct http *second = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(http_create(f->loop.base, "127.0.0.1", http_port(f->http),
				 on_get, f, &second, &msg),
		CORDON_EUNREACHABLE);
	assert_null(second);
	assert_non_null(strstr(msg.text, "Address already in use"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_get_is_answered_and_closed),
		TEST(the_status_is_the_handlers),
		TEST(the_query_is_cut_off),
		TEST(what_is_no_plain_get_never_reaches_the_handler),
		TEST(endless_headers_are_cut_off),
		TEST(a_crowd_is_served_a_few_at_a_time),
		TEST(a_port_in_use_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
