/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/net/listener.h"
#include "daemon/net/tcp.h"
#include "tests/lib/loop.h"

/* A label of over 63 bytes: no resolver needs to ask anybody. */
#define NO_SUCH_NAME                                                                   \
	"nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere-nowhere"

#define ACCEPTED_MAX 128

struct accepted {
	int fds[ACCEPTED_MAX];
	unsigned count;
	char address[TCP_ADDRESS_TEXT_BYTES];
};

static void keep(void *context, int fd, const char *address)
{
	struct accepted *a = context;

	assert_true(a->count < ACCEPTED_MAX);
	a->fds[a->count++] = fd;
	snprintf(a->address, sizeof(a->address), "%s", address);
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

static struct listener *listen_on(
	struct loop *loop, const char *host, struct accepted *a)
{
	struct listener *listener;

	*a = (struct accepted){ 0 };
	assert_int_equal(
		listener_create(loop->base, host, 0, keep, a, &listener, NULL), 0);
	assert_int_not_equal(listener_port(listener), 0);
	return listener;
}

/* Waits in the listener's queue; the kernel alone completes it. */
static int caller(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void what_is_accepted_is_ready_for_an_event_loop(void **state)
{
	struct loop *loop = *state;
	struct accepted a;
	struct listener *listener = listen_on(loop, "127.0.0.1", &a);
	char expected[TCP_ADDRESS_TEXT_BYTES];
	int fd = caller(listener_port(listener));

	loop_until(loop, a.count == 1);
	assert_true((fcntl(a.fds[0], F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(a.fds[0], F_GETFD) & FD_CLOEXEC) != 0);
	snprintf(expected, sizeof(expected), "127.0.0.1:%u", tcp_port(fd));
	assert_string_equal(a.address, expected);
	close(fd);
	close(a.fds[0]);
	listener_destroy(listener);
}

static void every_address_takes_ipv4_and_shows_it_as_such(void **state)
{
	struct loop *loop = *state;
	struct accepted a;
	struct listener *listener = listen_on(loop, NULL, &a);
	int fd = caller(listener_port(listener));

	loop_until(loop, a.count == 1);
	assert_int_equal(strncmp(a.address, "127.0.0.1:", 10), 0);
	close(fd);
	close(a.fds[0]);
	listener_destroy(listener);
}

static void a_port_in_use_is_said_so(void **state)
{
	struct loop *loop = *state;
	struct accepted a;
	struct listener *first = listen_on(loop, "127.0.0.1", &a);
	struct listener *second = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(listener_create(loop->base, "127.0.0.1", listener_port(first),
				 keep, &a, &second, &msg),
		CORDON_EUNREACHABLE);
	assert_null(second);
	assert_non_null(strstr(msg.text, "listen on 127.0.0.1 port "));
	assert_non_null(strstr(msg.text, "Address already in use"));
	listener_destroy(first);
}

static void an_address_that_is_not_here_is_said_so(void **state)
{
	struct loop *loop = *state;
	struct accepted a = { 0 };
	struct listener *listener = NULL;
	struct errmsg msg = { "" };

	/* RFC 5737: an address of no host */
	assert_int_equal(
		listener_create(loop->base, "192.0.2.1", 0, keep, &a, &listener, &msg),
		CORDON_EUNREACHABLE);
	assert_non_null(strstr(msg.text, "192.0.2.1"));
	assert_int_equal(
		listener_create(loop->base, NO_SUCH_NAME, 0, keep, &a, &listener, &msg),
		CORDON_EUNREACHABLE);
	assert_non_null(strstr(msg.text, NO_SUCH_NAME));
	assert_null(listener);
}

/* True when the other side has closed; does not wait. */
static bool closed(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno == ECONNRESET);
}

static void out_of_descriptors_it_closes_rests_and_goes_on(void **state)
{
	struct loop *loop = *state;
	struct rlimit before, tight;
	struct accepted a;
	struct listener *listener = listen_on(loop, "127.0.0.1", &a);
	int refused[3], late;

	for (int i = 0; i < 3; i++) {
		refused[i] = caller(listener_port(listener));
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	tight = before;
	tight.rlim_cur = (rlim_t)refused[2] + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	loop_until(
		loop, closed(refused[0]) && closed(refused[1]) && closed(refused[2]));
	assert_int_equal(a.count, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	late = caller(listener_port(listener));
	loop_until(loop, a.count == 1);
	close(late);
	close(a.fds[0]);
	for (int i = 0; i < 3; i++) {
		close(refused[i]);
	}
	listener_destroy(listener);
}

static void addresses_are_written_as_people_write_them(void **state)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(40112) };
	const struct sockaddr other = { .sa_family = AF_UNIX };
	char text[TCP_ADDRESS_TEXT_BYTES];

	(void)state;
	inet_pton(AF_INET6, "2001:db8::7", &v6.sin6_addr);
	tcp_address_text((struct sockaddr *)&v6, text);
	assert_string_equal(text, "[2001:db8::7]:7");
	inet_pton(AF_INET6, "::ffff:192.0.2.7", &v6.sin6_addr);
	tcp_address_text((struct sockaddr *)&v6, text);
	assert_string_equal(text, "192.0.2.7:7");
	inet_pton(AF_INET, "192.0.2.255", &v4.sin_addr);
	tcp_address_text((struct sockaddr *)&v4, text);
	assert_string_equal(text, "192.0.2.255:40112");
	tcp_address_text(&other, text);
	assert_string_equal(text, "?");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_accepted_is_ready_for_an_event_loop),
		TEST(every_address_takes_ipv4_and_shows_it_as_such),
		TEST(a_port_in_use_is_said_so),
		TEST(an_address_that_is_not_here_is_said_so),
		TEST(out_of_descriptors_it_closes_rests_and_goes_on),
		TEST(addresses_are_written_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
