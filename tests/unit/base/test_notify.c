/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/notify.h"

/* The service manager's end. */
struct manager {
	int fd;
	struct sockaddr_un address;
};

static int start_manager(void **state)
{
	static struct manager m;
	char dir[] = "/tmp/cordon-notify-XXXXXX";

	assert_non_null(mkdtemp(dir));
	m.address.sun_family = AF_UNIX;
	snprintf(m.address.sun_path, sizeof(m.address.sun_path), "%s/s", dir);
	m.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(m.fd >= 0);
	assert_int_equal(
		bind(m.fd, (const struct sockaddr *)&m.address, sizeof(m.address)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", m.address.sun_path, 1), 0);
	*state = &m;
	return 0;
}

static int stop_manager(void **state)
{
	struct manager *m = *state;

	close(m->fd);
	unlink(m->address.sun_path);
	*strrchr(m->address.sun_path, '/') = '\0';
	rmdir(m->address.sun_path);
	return unsetenv("NOTIFY_SOCKET");
}

/* What has arrived; datagrams between local sockets are there at once. */
static const char *heard(struct manager *m)
{
	static char text[256];
	ssize_t size = recv(m->fd, text, sizeof(text) - 1, 0);

	text[size < 0 ? 0 : size] = '\0';
	return text;
}

static void the_manager_hears_of_each_state(void **state)
{
	struct manager *m = *state;

#ifndef HAVE_SYSTEMD
	skip();
#endif
	notify_send(NOTIFY_READY);
	assert_string_equal(heard(m), "READY=1");
	notify_send(NOTIFY_RELOADING);
	assert_memory_equal(heard(m), "RELOADING=1\nMONOTONIC_USEC=", 27);
	notify_send(NOTIFY_STOPPING);
	assert_string_equal(heard(m), "STOPPING=1");
}

static void without_a_manager_nothing_happens(void **state)
{
	struct manager *m = *state;

	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	notify_send(NOTIFY_READY);
	assert_string_equal(heard(m), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_manager_hears_of_each_state, start_manager, stop_manager),
		cmocka_unit_test_setup_teardown(
			without_a_manager_nothing_happens, start_manager, stop_manager),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
