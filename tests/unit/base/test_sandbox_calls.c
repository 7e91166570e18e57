/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* syscall, personality, CLONE_NEWUSER */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/sandbox.h"

/* Each in a child of its own, which is sealed and then tries. */

static int status_of(void (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct errmsg msg = { "" };

		if (sandbox_seal(&msg) != 0) {
			fprintf(stderr, "%s\n", msg.text);
			_exit(2);
		}
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void assert_killed(void (*body)(void))
{
	int status = status_of(body);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void assert_well(void (*body)(void))
{
	int status = status_of(body);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Both a failed call and a call that should have ended the process. */
#define MUST(condition)                                                                \
	do {                                                                           \
		if (!(condition)) {                                                    \
			_exit(1);                                                      \
		}                                                                      \
	} while (0)

/* ---- what an attacker would do ----------------------------------------------------
 */

static void run_a_program(void)
{
	char *const argv[] = { "/bin/true", NULL };

	execve(argv[0], argv, argv + 1);
}

static void make_a_process(void)
{
	(void)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void trace_another(void)
{
	(void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static void signal_another(void)
{
	(void)kill(getppid(), 0);
}

static void write_and_run_memory(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void run_written_memory(void)
{
	void *page = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void listen_for_orders(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)listen(fd, 1);
}

static void send_raw_packets(void)
{
	(void)socket(AF_PACKET, SOCK_RAW, 0);
}

static void become_root(void)
{
	(void)syscall(SYS_setuid, 0);
}

static void leave_the_namespace(void)
{
	(void)unshare(CLONE_NEWUSER);
}

static void change_root(void)
{
	(void)chroot("/");
}

static void raise_a_limit(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_CORE, &limit);
}

static void link_a_file(void)
{
	(void)symlink("/etc/shadow", "/tmp/cordon-never");
}

static void what_no_node_does_ends_it(void **state)
{
	static void (*const bodies[])(void) = { run_a_program, make_a_process,
		trace_another, signal_another, write_and_run_memory, run_written_memory,
		listen_for_orders, send_raw_packets, become_root, leave_the_namespace,
		change_root, raise_a_limit, link_a_file };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		assert_killed(bodies[i]);
	}
}

/* ---- on every thread --------------------------------------------------------------
 */

static int go[2];

static void *wait_and_run(void *context)
{
	char byte;

	(void)context;
	MUST(read(go[0], &byte, 1) == 1);
	run_a_program();
	return NULL;
}

/* Started before the others of this file seal themselves. */
static void a_thread_from_before_is_sealed_too(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		pthread_t thread;

		MUST(pipe(go) == 0);
		MUST(pthread_create(&thread, NULL, wait_and_run, NULL) == 0);
		MUST(sandbox_seal(NULL) == 0);
		MUST(write(go[1], "g", 1) == 1);
		pthread_join(thread, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void run_in_a_thread(void)
{
	pthread_t thread;

	MUST(pipe(go) == 0);
	MUST(pthread_create(&thread, NULL, wait_and_run, NULL) == 0);
	MUST(write(go[1], "g", 1) == 1);
	pthread_join(thread, NULL);
}

static void a_thread_made_later_is_sealed_too(void **state)
{
	(void)state;
	assert_killed(run_in_a_thread);
}

/* ---- what a node does -------------------------------------------------------------
 */

static void *do_nothing(void *context)
{
	return context;
}

static void work(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	struct addrinfo *found;
	pthread_t thread;
	char path[] = "/tmp/cordon-sealed-XXXXXX";
	int fd = mkstemp(path);

	MUST(fd >= 0 && write(fd, "x", 1) == 1 && fdatasync(fd) == 0);
	MUST(ftruncate(fd, 4096) == 0 && unlink(path) == 0);
	MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	MUST(close(fd) == 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	MUST(fd >= 0);
	any.sin_port = htons(9);
	any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(connect(fd, (struct sockaddr *)&any, sizeof(any)) == 0 ||
		errno == EINPROGRESS || errno == ECONNREFUSED);
	MUST(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
	MUST(pthread_join(thread, NULL) == 0);
	if (getaddrinfo("localhost", "9", NULL, &found) == 0) {
		freeaddrinfo(found);
	}
	MUST(isatty(fd) == 0);
	free(malloc((size_t)64 << 20));
}

static void a_node_can_work(void **state)
{
	(void)state;
	assert_well(work);
}

static void give_up(void)
{
	abort();
}

static void a_failed_assertion_ends_as_ever(void **state)
{
	int status = status_of(give_up);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_node_does_ends_it),
		cmocka_unit_test(a_thread_from_before_is_sealed_too),
		cmocka_unit_test(a_thread_made_later_is_sealed_too),
		cmocka_unit_test(a_node_can_work),
		cmocka_unit_test(a_failed_assertion_ends_as_ever),
	};

	if (sandbox_unsealed() != NULL) {
		printf("skipped: %s\n", sandbox_unsealed());
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
