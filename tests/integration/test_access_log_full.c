/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access log's disk is full: lookups go on from the reserve, with alarms; when that
 * is spent they fail with NOLOG, and nothing is answered without a trace; with room
 * again all goes on by itself, and the log is whole.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/union.h"

/* Eight segments of 8 MiB and a little. */
#define DISK "size=66m"
#define BATCH 1000

static struct testunion *all;
static struct union_node *kaz;
static bool may_mount;
static char disk[UNION_PATH_MAX], filler[UNION_PATH_MAX];
static uint64_t answered;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	kaz->access_log = true;
	kaz->log_reserve = "8MiB";
	kaz->extra = "requests_per_address = 0\nrequests_per_identity = 0\n"
		     "requests_per_node = 0\n";
	snprintf(disk, sizeof(disk), "%s/audit", kaz->dir);
	snprintf(filler, sizeof(filler), "%.200s/filler", disk);
	kaz->log_dir = "audit";
	kaz->metrics = union_free_port(all);
	may_mount = unshare(CLONE_NEWNS) == 0 &&
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	if (may_mount) {
		umount2(disk, MNT_DETACH);
	}
	return 0;
}

/* Takes all that is left on the disk. */
static void fill_disk(void)
{
	static char block[65536];
	int fd = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0600);

	assert_true(fd >= 0);
	memset(block, 'x', sizeof(block));
	while (write(fd, block, sizeof(block)) > 0) {
	}
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

/* Many lookups in one request; its error. */
static int ask_many(void)
{
	static struct cordon_query queries[BATCH];
	static struct cordon_answer *answers[BATCH];
	static const struct cordon_context context = { .purpose = 1,
		.officer = "4711" };
	int error;

	for (size_t i = 0; i < BATCH; i++) {
		queries[i] = (struct cordon_query){ .type = CORDON_QUERY_DOCUMENT,
			.number = "X1234567",
			.issuer = "UZB" };
	}
	error = cordon_lookup(
		union_client(kaz, UNION_CHECKPOINT), &context, queries, BATCH, answers);
	for (size_t i = 0; i < BATCH && error == 0; i++) {
		cordon_answer_destroy(answers[i]);
	}
	answered += error == 0 ? BATCH : 0;
	return error;
}

static void the_reserve_keeps_the_border_open(void **state)
{
	(void)state;
	if (!may_mount) {
		skip();
	}
	assert_int_equal(mkdir(disk, 0700), 0);
	assert_int_equal(mount("cordon-test", disk, "tmpfs", 0, DISK), 0);
	union_start(kaz);
	union_until(all, "the reserve",
		union_metric(kaz, "access_log_reserve_bytes") == 8u << 20);
	fill_disk();
	/* beyond the segment being written */
	for (unsigned i = 0; union_metric(kaz, "access_log_reserve_bytes") > 0; i++) {
		fill_disk();
		assert_int_equal(ask_many(), 0);
		assert_true(i < 1000);
	}
	union_await_log(kaz, kaz->log_from, "is being used");
}

static void nothing_is_answered_without_a_trace(void **state)
{
	int error = 0;

	(void)state;
	if (!may_mount) {
		skip();
	}
	for (unsigned i = 0; i < 1000 && error == 0; i++) {
		fill_disk();
		error = ask_many();
	}
	assert_int_equal(error, CORDON_ENOLOG);
	union_await_log(kaz, kaz->log_from, "its reserve is spent");
	assert_int_equal(union_metric(kaz, "access_log_spent"), 1);
	assert_int_equal(ask_many(), CORDON_ENOLOG);
	assert_true(union_metric(kaz, "access_log_refused_total") > 0);
}

static void with_room_again_all_goes_on(void **state)
{
	(void)state;
	if (!may_mount) {
		skip();
	}
	assert_int_equal(unlink(filler), 0);
	union_until(all, "room in the access log",
		union_metric(kaz, "access_log_spent") == 0);
	assert_int_equal(ask_many(), 0);
	union_verify_access_log(kaz);
	assert_true(union_metric(kaz, "access_log_entries_total") >= answered);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reserve_keeps_the_border_open),
		cmocka_unit_test(nothing_is_answered_without_a_trace),
		cmocka_unit_test(with_room_again_all_goes_on),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
