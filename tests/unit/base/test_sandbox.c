/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* setgroups, for getgroups' sake */
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/sandbox.h"

/* What cannot be undone is done in a child; it ends with the line of what fails. */
#define EXPECT(condition)                                                              \
	do {                                                                           \
		if (!(condition)) {                                                    \
			return __LINE__;                                               \
		}                                                                      \
	} while (0)

static void in_a_child(int (*body)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		int line = body();

		if (line != 0) {
			fprintf(stderr, "test_sandbox.c:%d fails in the child\n", line);
		}
		_exit(line == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int no_dumps(void)
{
	struct rlimit core;

	EXPECT(getrlimit(RLIMIT_CORE, &core) == 0);
	EXPECT(core.rlim_cur == 0 && core.rlim_max == 0);
	EXPECT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	return 0;
}

static int limit_descriptors(void)
{
	struct rlimit files = { 16, 64 };

	EXPECT(setrlimit(RLIMIT_NOFILE, &files) == 0);
	EXPECT(sandbox_limit(50, NULL) == 0);
	EXPECT(getrlimit(RLIMIT_NOFILE, &files) == 0);
	EXPECT(files.rlim_cur == 50 && files.rlim_max == 64);
	EXPECT(sandbox_limit(10, NULL) == 0);
	EXPECT(getrlimit(RLIMIT_NOFILE, &files) == 0);
	EXPECT(files.rlim_cur == 50);
	return no_dumps();
}

static void memory_is_not_dumped_and_descriptors_suffice(void **state)
{
	(void)state;
	in_a_child(limit_descriptors);
}

static int limit_too_many(void)
{
	struct errmsg msg = { "" };

	EXPECT(sandbox_limit(UINT64_C(1) << 40, &msg) == CORDON_ECONFIG);
	EXPECT(strncmp(msg.text, "connections_max: 1099511627776 file descriptors",
		       47) == 0);
	EXPECT(strstr(msg.text, "LimitNOFILE") != NULL);
	return 0;
}

static void too_many_descriptors_are_refused_with_a_remedy(void **state)
{
	(void)state;
	in_a_child(limit_too_many);
}

static int stay(void)
{
	uid_t uid = getuid();

	EXPECT(sandbox_become(NULL, NULL) == 0);
	EXPECT(getuid() == uid);
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	return no_dumps();
}

static void one_may_stay_who_one_is(void **state)
{
	(void)state;
	in_a_child(stay);
}

static int become_nobody(void)
{
	gid_t groups[64];
	int count;

	EXPECT(setgroups(2, (const gid_t[]){ 0, 4 }) == 0);
	EXPECT(sandbox_become("nobody", NULL) == 0);
	EXPECT(getuid() != 0 && geteuid() == getuid() && getegid() == getgid());
	count = getgroups(64, groups);
	EXPECT(count >= 0);
	for (int i = 0; i < count; i++) {
		EXPECT(groups[i] == getgid());
	}
	EXPECT(setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0);
	EXPECT(open("/etc/shadow", O_RDONLY) < 0);
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	EXPECT(sandbox_become("nobody", NULL) == 0); /* already */
	return no_dumps();
}

static void root_becomes_another_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	in_a_child(become_nobody);
}

static int become_as_somebody(void)
{
	struct errmsg msg = { "" };

	EXPECT(geteuid() != 0 || setuid(12345) == 0);
	EXPECT(sandbox_become("nobody", &msg) == CORDON_ECONFIG);
	EXPECT(strstr(msg.text, "user = \"nobody\": only root can") != NULL);
	return 0;
}

static void others_cannot_become_another(void **state)
{
	(void)state;
	in_a_child(become_as_somebody);
}

static void root_and_strangers_are_no_users_for_a_node(void **state)
{
	struct errmsg msg = { "" };

	(void)state;
	assert_int_equal(sandbox_become("root", &msg), CORDON_ECONFIG);
	assert_non_null(strstr(msg.text, "must not run as root"));
	assert_int_equal(sandbox_become("no-such-user-7", &msg), CORDON_ECONFIG);
	assert_string_equal(
		msg.text, "user = \"no-such-user-7\": there is no such user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_not_dumped_and_descriptors_suffice),
		cmocka_unit_test(too_many_descriptors_are_refused_with_a_remedy),
		cmocka_unit_test(one_may_stay_who_one_is),
		cmocka_unit_test(root_becomes_another_for_good),
		cmocka_unit_test(others_cannot_become_another),
		cmocka_unit_test(root_and_strangers_are_no_users_for_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
