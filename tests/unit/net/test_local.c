/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/net/local.h"
#include "tests/lib/loop.h"

struct fixture {
	struct loop loop;
	char dir[64];
	char path[96];
	struct local *local;
	unsigned accepted;
	int fd; /* the last one */
	uid_t uid;
};

static void keep(void *context, int fd, uid_t uid)
{
	struct fixture *f = context;

	f->accepted++;
	f->fd = fd;
	f->uid = uid;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	strcpy(f->dir, "/tmp/cordon-local-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/socket", f->dir);
	f->fd = -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	local_destroy(f->local);
	if (f->fd >= 0) {
		close(f->fd);
	}
	unlink(f->path);
	assert_int_equal(rmdir(f->dir), 0);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

static struct sockaddr_un address_of(const struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, f->path);
	return address;
}

static int caller(const struct fixture *f)
{
	struct sockaddr_un address = address_of(f);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void listen_there(struct fixture *f)
{
	struct errmsg msg = { "" };

	if (local_create(f->loop.base, f->path, keep, f, &f->local, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

static void refuses(struct fixture *f, const char *path, int error, const char *words)
{
	struct local *local = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(
		local_create(f->loop.base, path, keep, f, &local, &msg), error);
	assert_null(local);
	if (strstr(msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", msg.text, words);
	}
}

static void the_own_user_is_let_in(void **state)
{
	struct fixture *f = *state;
	struct stat s;
	int fd;

	listen_there(f);
	assert_int_equal(stat(f->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	fd = caller(f);
	loop_until(&f->loop, f->accepted == 1);
	assert_int_equal(f->uid, geteuid());
	assert_true((fcntl(f->fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(f->fd, F_GETFD) & FD_CLOEXEC) != 0);
	close(fd);
}

/* Connects as another user and expects to be turned away; never returns. */
static void call_as_another(const struct fixture *f)
{
	struct sockaddr_un address = address_of(f);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte;

	if (setgroups(0, NULL) != 0 || setuid(65534) != 0 ||
		connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		_exit(2);
	}
	_exit(read(fd, &byte, 1) == 0 ? 0 : 1);
}

static void on_exit_of_child(evutil_socket_t fd, short what, void *context)
{
	bool *gone = context;

	(void)fd;
	(void)what;
	*gone = true;
}

/* Only root can become another user to try it. */
static void another_user_is_not(void **state)
{
	struct fixture *f = *state;
	bool gone = false;
	int alive[2], status;
	pid_t child;

	if (geteuid() != 0) {
		skip();
	}
	listen_there(f);
	/* as if the file's mode were lost */
	assert_int_equal(chmod(f->path, 0666), 0);
	assert_int_equal(chmod(f->dir, 0755), 0);
	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		call_as_another(f);
	}
	close(alive[1]);
	assert_int_equal(event_base_once(f->loop.base, alive[0], EV_READ,
				 on_exit_of_child, &gone, NULL),
		0);
	loop_until(&f->loop, gone);
	close(alive[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(f->accepted, 0);
}

static void what_a_killed_node_left_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un address = address_of(f);
	int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd;

	assert_int_equal(bind(left, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(left, 1), 0);
	close(left);
	listen_there(f);
	fd = caller(f);
	loop_until(&f->loop, f->accepted == 1);
	close(fd);
}

static void where_somebody_listens_it_stays_away(void **state)
{
	struct fixture *f = *state;
	int fd;

	listen_there(f);
	refuses(f, f->path, CORDON_EBUSY, "another node is listening");
	/* and has taken nothing away */
	fd = caller(f);
	loop_until(&f->loop, f->accepted >= 1);
	close(fd);
}

static void another_file_is_never_removed(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	fclose(file);
	refuses(f, f->path, CORDON_EIO, "no socket");
	assert_int_equal(access(f->path, F_OK), 0);
}

static void paths_that_cannot_be_are_refused(void **state)
{
	struct fixture *f = *state;
	char longest[200];

	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	refuses(f, longest, CORDON_EIO, "1 to 107 bytes");
	refuses(f, "", CORDON_EIO, "1 to 107 bytes");
	refuses(f, "/nonexistent-directory/socket", CORDON_EIO, "No such file");
}

static void the_file_goes_with_its_listener_only(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un address = address_of(f);
	int other;

	listen_there(f);
	local_destroy(f->local);
	f->local = NULL;
	assert_int_not_equal(access(f->path, F_OK), 0);
	listen_there(f);
	assert_int_equal(unlink(f->path), 0);
	other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(other, (struct sockaddr *)&address, sizeof(address)), 0);
	local_destroy(f->local);
	f->local = NULL;
	assert_int_equal(access(f->path, F_OK), 0);
	close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_own_user_is_let_in),
		TEST(another_user_is_not),
		TEST(what_a_killed_node_left_is_replaced),
		TEST(where_somebody_listens_it_stays_away),
		TEST(another_file_is_never_removed),
		TEST(paths_that_cannot_be_are_refused),
		TEST(the_file_goes_with_its_listener_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
