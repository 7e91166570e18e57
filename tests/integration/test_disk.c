/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that is full, read-only or failing, under an owner and under a follower: the
 * reason is said and not said for ever, lookups go on, and what was acknowledged stays.
 * When there is room again everything goes on by itself.
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

#include "tests/lib/baddisk.h"

#define DISK "size=6m"

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *kaz, *rus;
static bool may_mount;

static const char *data_of(const struct union_node *at, const char *name)
{
	static char path[2][UNION_PATH_MAX];
	static unsigned next;
	char *out = path[next++ % 2];

	snprintf(out, UNION_PATH_MAX, "%s/data%s", at->dir, name);
	return out;
}

static void add_nodes(void)
{
	static const char *const members[] = { "BLR", "KAZ", "RUS" };

	all = union_create();
	for (size_t i = 0; i < 3; i++) {
		node[i] = union_add(all, members[i], "node-1");
	}
	kaz = node[1];
	rus = node[2];
}

static void start_nodes(void)
{
	for (size_t i = 0; i < 3; i++) {
		union_launch(node[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		union_await(node[i]);
	}
}

/* KAZ and RUS have a small disk each. */
static int set_up_small_disks(void **state)
{
	(void)state;
	add_nodes();
	for (size_t i = 1; i < 3 && may_mount; i++) {
		assert_int_equal(mkdir(data_of(node[i], ""), 0700), 0);
		assert_int_equal(
			mount("cordon-test", data_of(node[i], ""), "tmpfs", 0, DISK),
			0);
	}
	if (may_mount) {
		start_nodes();
	}
	return 0;
}

static int teardown_small_disks(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		if (node[i]->pid != 0) {
			union_stop(node[i]);
		}
		if (may_mount && i > 0) {
			assert_int_equal(umount(data_of(node[i], "")), 0);
		}
	}
	union_destroy(all);
	return 0;
}

static void fill_disk(const struct union_node *at)
{
	static const char zeros[4096];
	int fd = open(data_of(at, "/ballast"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) == (ssize_t)sizeof(zeros)) {
	}
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void make_room(const struct union_node *at)
{
	assert_int_equal(unlink(data_of(at, "/ballast")), 0);
}

static unsigned log_lines(struct union_node *at, size_t offset, const char *text)
{
	char path[UNION_PATH_MAX];
	char *log = malloc(union_log_size(at) + 1);
	unsigned count = 0;
	FILE *file;
	size_t size;

	assert_non_null(log);
	snprintf(path, sizeof(path), "%s/log", at->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	size = union_log_size(at);
	size = fread(log, 1, size, file);
	fclose(file);
	log[size] = '\0';
	for (const char *at_text = log + offset;
		(at_text = strstr(at_text, text)) != NULL; at_text++) {
		count++;
	}
	free(log);
	return count;
}

/* Freed pages may do for a while: until one is refused. */
static int put_until_refused(
	struct union_node *at, const char *prefix, char *text, unsigned *taken)
{
	for (unsigned i = 0; i < 20000; i++) {
		char id[32], number[16];
		char *json;
		int error;

		snprintf(id, sizeof(id), "%s-%s-%u", at->member, prefix, i);
		snprintf(number, sizeof(number), "%c%06u", prefix[0], i);
		json = union_ban(id, "TESTOV", number);
		error = union_try_put(at, UNION_AGENCY, json, text);
		free(json);
		if (error != 0) {
			*taken = i;
			return error;
		}
	}
	return 0;
}

static void assert_equal_exports(void)
{
	char first[65], other[65];

	union_settle(all);
	union_export_digest(node[0], NULL, first);
	for (size_t i = 0; i < 3; i++) {
		union_verify(node[i]);
		union_export_digest(node[i], NULL, other);
		assert_string_equal(first, other);
	}
}

static void assert_taken(struct union_node *at, const char *prefix, unsigned taken)
{
	for (unsigned i = 0; i < taken; i += 1 + taken / 16) {
		char number[16];

		snprintf(number, sizeof(number), "%c%06u", prefix[0], i);
		assert_int_equal(union_verdict(at, number), CORDON_VERDICT_MATCH);
	}
}

#define NOT_WRITTEN " not " /* applied, signed, written, opened */

static void an_owner_with_a_full_disk_says_so_and_goes_on(void **state)
{
	char text[512];
	unsigned taken = 0;
	size_t log;

	(void)state;
	if (!may_mount) {
		skip();
	}
	union_put_many(kaz, "OLD", 300, 'O');
	fill_disk(kaz);
	log = union_log_size(kaz);
	assert_int_equal(put_until_refused(kaz, "FULL", text, &taken), CORDON_EFULL);
	assert_non_null(strstr(text, "nothing that was acknowledged is lost"));
	for (unsigned i = 0; i < 40; i++) {
		unsigned none = 0;
		char more[16];

		snprintf(more, sizeof(more), "MORE%u", i);
		if (put_until_refused(kaz, more, text, &none) == 0) {
			fail();
		}
		assert_int_equal(union_verdict(kaz, "AO00299"), CORDON_VERDICT_MATCH);
	}
	assert_true(log_lines(kaz, log, NOT_WRITTEN) > 0);
	assert_true(log_lines(kaz, log, NOT_WRITTEN) < 30);
	assert_taken(kaz, "FULL", taken);
	make_room(kaz);
	union_put(kaz, "KAZ-ROOM", "RR11111");
	union_await_verdict(rus, "RR11111", CORDON_VERDICT_MATCH);
	assert_equal_exports();
	assert_taken(rus, "FULL", taken);
}

static void a_follower_with_a_full_disk_answers_and_catches_up(void **state)
{
	size_t log;

	(void)state;
	if (!may_mount) {
		skip();
	}
	union_put_many(kaz, "OLD", 300, 'O');
	union_settle(all);
	fill_disk(rus);
	log = union_log_size(rus);
	union_put_many(kaz, "NEW", 2000, 'N');
	union_put_many(node[0], "NEW", 2000, 'M');
	union_await_log(rus, log, "not applied");
	union_await_log(rus, log, "free some space");
	assert_int_equal(union_verdict(rus, "AO00299"), CORDON_VERDICT_MATCH);
	/* its own clients hear it too */
	make_room(rus);
	union_await_verdict(rus, "AN01999", CORDON_VERDICT_MATCH);
	union_await_verdict(rus, "AM01999", CORDON_VERDICT_MATCH);
	assert_equal_exports();
	/* one quota of lines for all that is tried again and again */
	assert_true(log_lines(rus, log, NOT_WRITTEN) < 30);
}

static void a_node_that_starts_on_a_full_disk_heals(void **state)
{
	size_t log;

	(void)state;
	if (!may_mount) {
		skip();
	}
	union_put_many(kaz, "OLD", 300, 'O');
	union_settle(all);
	union_stop(kaz);
	fill_disk(kaz);
	log = union_log_size(kaz);
	union_launch(kaz);
	kaz->follows = true; /* takes no submissions yet: do not wait for that */
	union_await(kaz);
	kaz->follows = false;
	assert_int_equal(union_verdict(kaz, "AO00299"), CORDON_VERDICT_MATCH);
	make_room(kaz);
	union_await_log(kaz, log, "own lists are open");
	union_put(kaz, "KAZ-ROOM", "RR11111");
	union_await_verdict(rus, "RR11111", CORDON_VERDICT_MATCH);
	assert_equal_exports();
}

static void a_read_only_disk_is_named_at_the_start(void **state)
{
	size_t log;

	(void)state;
	if (!may_mount) {
		skip();
	}
	union_put(kaz, "KAZ-1", "AA11111");
	union_settle(all);
	union_stop(rus);
	assert_int_equal(
		mount(NULL, data_of(rus, ""), NULL, MS_REMOUNT | MS_RDONLY, DISK), 0);
	log = union_log_size(rus);
	union_launch(rus);
	assert_int_equal(union_wait(rus), 1);
	assert_true(union_log_has(rus, log, "Read-only file system"));
	assert_true(union_log_has(rus, log, data_of(rus, "")));
	assert_int_equal(mount(NULL, data_of(rus, ""), NULL, MS_REMOUNT, DISK), 0);
	union_start(rus);
	assert_equal_exports();
}

/* ---- writes that fail under a running node
 * ---------------------------------------------------- */

static struct baddisk *disk;

static int set_up_bad_disk(void **state)
{
	struct union_node **victim = *state;

	add_nodes();
	disk = baddisk_create(*victim);
	start_nodes();
	return 0;
}

static int teardown_bad_disk(void **state)
{
	(void)state;
	baddisk_fail(disk, 0);
	union_destroy(all);
	baddisk_destroy(disk);
	return 0;
}

/* A file system that found an error makes itself read-only. */
static void an_owner_whose_disk_turns_read_only_loses_nothing(void **state)
{
	char text[512];
	char *json = union_ban("KAZ-2", "TESTOV", "AA22222");

	(void)state;
	union_put(kaz, "KAZ-1", "AA11111");
	baddisk_fail(disk, EROFS);
	assert_int_equal(union_try_put(kaz, UNION_AGENCY, json, text), CORDON_EIO);
	assert_non_null(strstr(text, "Read-only file system"));
	assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(kaz, "AA22222"), CORDON_VERDICT_CLEAR);
	baddisk_fail(disk, 0);
	assert_int_equal(union_try_put(kaz, UNION_AGENCY, json, text), 0);
	free(json);
	assert_equal_exports();
}

/*
 * Whether that transaction counts nobody can tell, and LMDB serves nothing any more:
 * the node ends and says why, and a new start has what was acknowledged.
 */
static void an_owner_whose_commit_fails_ends_and_comes_back(void **state)
{
	size_t log;

	(void)state;
	union_put(kaz, "KAZ-1", "AA11111");
	log = union_log_size(kaz);
	baddisk_fail_commits(disk, EIO); /* heads are signed all the time */
	assert_int_equal(union_wait(kaz), 1);
	assert_true(union_log_has(kaz, log, "look after the disk"));
	baddisk_fail_commits(disk, 0);
	union_start(kaz);
	assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_MATCH);
	union_put(kaz, "KAZ-2", "AA22222");
	assert_equal_exports();
}

static void a_follower_whose_disk_fails_answers_and_comes_back(void **state)
{
	size_t log;

	(void)state;
	union_put(kaz, "KAZ-1", "AA11111");
	union_settle(all);
	log = union_log_size(rus);
	baddisk_fail(disk, EIO);
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_log(rus, log, "not applied");
	assert_true(union_log_has(rus, log, "Input/output error"));
	assert_int_equal(union_verdict(rus, "AA11111"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA22222"), CORDON_VERDICT_CLEAR);
	baddisk_fail(disk, 0);
	assert_equal_exports();
	assert_int_equal(union_verdict(rus, "AA22222"), CORDON_VERDICT_MATCH);
}

static int set_up_bad_log(void **state)
{
	(void)state;
	add_nodes();
	disk = baddisk_create(kaz);
	kaz->access_log = true;
	kaz->metrics = union_free_port(all);
	start_nodes();
	return 0;
}

static int teardown_bad_log(void **state)
{
	baddisk_fail_log(disk, 0);
	return teardown_bad_disk(state);
}

static int ask(void)
{
	static const struct cordon_context context = { .purpose = 1,
		.officer = "4711" };
	const struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = "AA11111", .issuer = "UZB"
	};
	struct cordon_answer *answer;
	int error = cordon_lookup(
		union_client(kaz, UNION_CHECKPOINT), &context, &query, 1, &answer);

	if (error == 0) {
		error = answer->error;
		cordon_answer_destroy(answer);
	}
	return error;
}

/* Nothing is answered without a trace, and nobody has to start the node again. */
static void an_access_log_whose_disk_fails_goes_on_by_itself(void **state)
{
	struct union_output output;
	size_t log;

	(void)state;
	for (int round = 0; round < 2; round++) {
		log = union_log_size(kaz);
		for (int i = 0; i < 10; i++) {
			assert_int_equal(ask(), 0);
		}
		baddisk_fail_log(disk, EIO);
		assert_int_not_equal(ask(), 0);
		union_await_log(kaz, log, "look after the disk");
		assert_int_equal(ask(), CORDON_ENOLOG);
		union_ctl(kaz, UNION_ADMIN, NULL, &output, "status", NULL);
		assert_non_null(strstr(output.out, "CANNOT BE WRITTEN"));
		union_output_finish(&output);
		baddisk_fail_log(disk, 0);
		union_until(all, "the access log",
			union_metric(kaz, "access_log_spent") == 0);
	}
	assert_int_equal(ask(), 0);
	union_verify_access_log(kaz);
	assert_true(union_metric(kaz, "access_log_entries_total") >= 21);
	assert_int_equal(union_metric(kaz, "access_log_damaged"), 0);
}

#define on_small_disks(test)                                                           \
	cmocka_unit_test_setup_teardown(test, set_up_small_disks, teardown_small_disks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_small_disks(an_owner_with_a_full_disk_says_so_and_goes_on),
		on_small_disks(a_follower_with_a_full_disk_answers_and_catches_up),
		on_small_disks(a_node_that_starts_on_a_full_disk_heals),
		on_small_disks(a_read_only_disk_is_named_at_the_start),
		cmocka_unit_test_prestate_setup_teardown(
			an_owner_whose_disk_turns_read_only_loses_nothing,
			set_up_bad_disk, teardown_bad_disk, &kaz),
		cmocka_unit_test_prestate_setup_teardown(
			an_owner_whose_commit_fails_ends_and_comes_back,
			set_up_bad_disk, teardown_bad_disk, &kaz),
		cmocka_unit_test_prestate_setup_teardown(
			a_follower_whose_disk_fails_answers_and_comes_back,
			set_up_bad_disk, teardown_bad_disk, &rus),
		cmocka_unit_test_setup_teardown(
			an_access_log_whose_disk_fails_goes_on_by_itself,
			set_up_bad_log, teardown_bad_log),
	};

	/* mounts of its own, that go with it */
	may_mount = unshare(CLONE_NEWNS) == 0 &&
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	if (!may_mount) {
		print_message("SKIPPED: full and read-only disks: only root may mount "
			      "here\n");
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
