/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/net/dialer.h"
#include "daemon/net/listener.h"
#include "daemon/net/tcp.h"
#include "tests/lib/loop.h"

/* A label of over 63 bytes: no resolver needs to ask anybody. */
#define NO_SUCH_NAME                                                                   \
	"nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere"

struct attempt {
	struct dialer *dialer;
	unsigned calls;
	int error;
	int fd;
	char text[512];
	bool destroy_inside;
};

static void on_done(void *context, int error, int fd, const char *text)
{
	struct attempt *a = context;

	a->calls++;
	a->error = error;
	a->fd = fd;
	if (text != NULL) {
		strncpy(a->text, text, sizeof(a->text) - 1);
	}
	if (a->destroy_inside) {
		dialer_destroy(a->dialer);
		a->dialer = NULL;
	}
}

static void dial(struct attempt *a, struct loop *loop, const char *host, uint16_t port,
	uint32_t timeout_ms)
{
	a->fd = -1;
	assert_int_equal(dialer_create(loop->base, host, port, timeout_ms, on_done, a,
				 &a->dialer),
		0);
	assert_int_equal(a->calls, 0);
}

static void finish(struct attempt *a)
{
	dialer_destroy(a->dialer);
	if (a->fd >= 0) {
		close(a->fd);
	}
}

static void says(const struct attempt *a, int error, const char *words)
{
	assert_int_equal(a->calls, 1);
	assert_int_equal(a->error, error);
	assert_int_equal(a->fd, -1);
	if (strstr(a->text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", a->text, words);
	}
}

static int set_up(void **state)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	assert_non_null(loop);
	loop_init(loop);
	*state = loop;
	return 0;
}

static int tear_down(void **state)
{
	loop_finish(*state);
	free(*state);
	return 0;
}

/* A port on which nobody listens, held so that nobody else takes it. */
static int silent_port(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	*port = tcp_port(fd);
	return fd;
}

/* A listener whose queue is full: further connections get no answer. */
static int swallowing_port(uint16_t *port, int fillers[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = silent_port(port);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons(*port);
	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < 2; i++) {
		fillers[i] =
			socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		assert_true(fillers[i] >= 0);
		(void)!connect(fillers[i], (struct sockaddr *)&a, sizeof(a));
	}
	return fd;
}

static void ignore(void *context, int fd, const char *address)
{
	unsigned *accepted = context;

	(void)address;
	(*accepted)++;
	close(fd);
}

static void connects(struct loop *loop, const char *host, const char *listen_on)
{
	struct attempt a = { 0 };
	struct listener *listener;
	unsigned accepted = 0;
	int on = 0;
	socklen_t size = sizeof(on);

	assert_int_equal(listener_create(loop->base, listen_on, 0, ignore, &accepted,
				 &listener, NULL),
		0);
	dial(&a, loop, host, listener_port(listener), 10000);
	loop_until(loop, a.calls == 1 && accepted == 1);
	assert_int_equal(a.error, 0);
	assert_true(a.fd >= 0);
	assert_true((fcntl(a.fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(a.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(getsockopt(a.fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
	assert_int_not_equal(on, 0);
	finish(&a);
	listener_destroy(listener);
}

static void an_address_needs_no_lookup(void **state)
{
	connects(*state, "127.0.0.1", "127.0.0.1");
}

static void a_name_is_looked_up_aside(void **state)
{
	connects(*state, "localhost", "127.0.0.1");
}

static void a_refusal_names_the_address(void **state)
{
	struct loop *loop = *state;
	struct attempt a = { 0 };
	uint16_t port;
	int holder = silent_port(&port);

	dial(&a, loop, "127.0.0.1", port, 10000);
	loop_until(loop, a.calls == 1);
	says(&a, CORDON_EUNREACHABLE, "Connection refused");
	says(&a, CORDON_EUNREACHABLE, "connect to 127.0.0.1 port ");
	finish(&a);
	close(holder);
}

static void no_answer_ends_in_time(void **state)
{
	struct loop *loop = *state;
	struct attempt a = { 0 };
	uint16_t port;
	int fillers[2];
	int holder = swallowing_port(&port, fillers);

	dial(&a, loop, "127.0.0.1", port, 50);
	loop_until(loop, a.calls == 1);
	says(&a, CORDON_ETIMEOUT, "no answer in time");
	finish(&a);
	close(holder);
	close(fillers[0]);
	close(fillers[1]);
}

static void a_name_that_does_not_exist_is_said_so(void **state)
{
	struct loop *loop = *state;
	struct attempt a = { 0 };

	dial(&a, loop,
		"nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-"
		"nowhere",
		4, 10000);
	loop_until(loop, a.calls == 1);
	says(&a, CORDON_EUNREACHABLE, "look up nowhere-nowhere");
	finish(&a);
}

static void destroyed_it_says_nothing_more(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", NO_SUCH_NAME };
	struct loop *loop = *state;
	uint16_t port;
	int fillers[2];
	int holder = swallowing_port(&port, fillers);

	for (int turns = 0; turns < 3; turns++) {
		for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
			struct attempt a = { 0 };

			dial(&a, loop, hosts[i], port, 10000);
			for (int t = 0; t < turns && a.calls == 0; t++) {
				event_base_loop(loop->base, EVLOOP_NONBLOCK);
			}
			finish(&a);
			a.calls = 0;
			loop_settle(loop);
			assert_int_equal(a.calls, 0);
		}
	}
	close(holder);
	close(fillers[0]);
	close(fillers[1]);
}

static void it_may_be_destroyed_inside_its_callback(void **state)
{
	struct loop *loop = *state;
	struct attempt a = { .destroy_inside = true };
	uint16_t port;
	int holder = silent_port(&port);

	dial(&a, loop, "127.0.0.1", port, 10000);
	loop_until(loop, a.calls == 1);
	assert_null(a.dialer);
	close(holder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_address_needs_no_lookup),
		TEST(a_name_is_looked_up_aside),
		TEST(a_refusal_names_the_address),
		TEST(no_answer_ends_in_time),
		TEST(a_name_that_does_not_exist_is_said_so),
		TEST(destroyed_it_says_nothing_more),
		TEST(it_may_be_destroyed_inside_its_callback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
