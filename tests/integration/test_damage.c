/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One byte of a follower's data file is changed while it is stopped.  Then the node
 * says so at its start, or ends with a message while it works, or verify finds it:
 * never is a record that is there not found by a node whose verify finds nothing, and
 * nothing hangs.  From an empty directory everything comes back from the others.
 *
 * CORDON_TEST_LONG in the environment: many more bytes.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/load.h"
#include "tests/lib/random.h"
#include "tests/lib/union.h"

#define RECORDS 1500
#define ASKED 150 /* in one request */
#define CALL_MS 20000

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *kaz, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	kaz = node[1];
	rus = node[2];
	union_put_many(kaz, "PLANT", RECORDS, 'P');
	union_put_many(node[0], "OTHER", 200, 'Q');
	union_put_many(rus, "OWN", 100, 'R');
	union_settle(all);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static void copy_file(const char *from, const char *to)
{
	const char *argv[] = { "cp", from, to, NULL };
	struct union_output output;

	union_run(all, NULL, argv, &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
}

static void empty_store(void)
{
	char path[UNION_PATH_MAX];
	const char *argv[] = { "rm", "-r", path, NULL };
	struct union_output output;

	snprintf(path, sizeof(path), "%s/data", rus->dir);
	union_run(all, NULL, argv, &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
}

/* Turns some bits of one byte; where. */
static uint64_t damage(const char *path, uint64_t *random)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat status;
	uint64_t at;
	uint8_t byte;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	at = random_below(random, (uint64_t)status.st_size);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= (uint8_t)(1 + random_below(random, 255));
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
	return at;
}

/* From nothing, with what the others hold. */
static void recover(void)
{
	struct union_output output;

	union_launch(rus);
	rus->follows = true; /* takes no submissions yet: do not wait for that */
	union_await(rus);
	rus->follows = false;
	union_ctl(rus, UNION_ADMIN, NULL, &output, "recover", "--wait", "--timeout",
		"60", NULL);
	if (output.status != 0) {
		union_fail(all, "recover: %s%s", output.out, output.err);
	}
	union_output_finish(&output);
}

enum fate {
	FATE_REFUSED, /* did not start, and said why */
	FATE_ENDED,   /* of itself, or crashed with a message */
	FATE_FOUND,   /* by verify, or a request that said so */
	FATE_MENDED,  /* by the scrub: what is not in a digest, the indexes */
	FATE_UNHARMED,
	FATE_MISSED, /* index keys that are gone: rebuilt from an empty directory only
		      */
	FATES
};

static const char *const fates[FATES] = { "refused to start", "ended", "found",
	"mended", "unharmed" };

/* Has it ended?  Then with a message, and not by an order of ours. */
static bool has_ended(size_t log, uint64_t at)
{
	int status;

	if (waitpid(rus->pid, &status, WNOHANG) == 0) {
		return false;
	}
	rus->pid = 0;
	if (union_log_size(rus) == log) {
		union_fail(all, "offset %" PRIu64 ": ended without a word", at);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) != 1) {
		union_fail(all, "offset %" PRIu64 ": status %d", at, status);
	}
	if (WIFSIGNALED(status) && !union_log_has(rus, log, "data_dir") &&
		!union_log_has(rus, log, "data directory")) {
		union_fail(all,
			"offset %" PRIu64 ": killed by signal %d, no remedy said", at,
			WTERMSIG(status));
	}
	return true;
}

static bool comes_up(size_t log, uint64_t at)
{
	struct union_waiting waiting = union_waiting(all, "it answers or ends");

	for (;;) {
		struct cordon_status *status;

		if (has_ended(log, at)) {
			return false;
		}
		cordon_client_set_timeout(union_client(rus, UNION_ADMIN), CALL_MS);
		if (cordon_status(union_client(rus, UNION_ADMIN), &status) == 0) {
			cordon_status_destroy(status);
			return true;
		}
		union_pause(&waiting);
	}
}

struct findings {
	unsigned wrong;  /* planted records that were said not to be there */
	unsigned errors; /* lookups and checks that said that something is wrong */
};

/* Of the planted ones those from first on. */
static void ask(struct findings *f, unsigned first)
{
	struct cordon_client *client = union_client(rus, UNION_CHECKPOINT);
	struct cordon_query queries[ASKED];
	struct cordon_answer *answers[ASKED];
	char numbers[ASKED][16];

	for (unsigned i = 0; i < ASKED; i++) {
		snprintf(numbers[i], sizeof(numbers[i]), "AP%05u",
			(first + i) % RECORDS);
		queries[i] = (struct cordon_query){ .type = CORDON_QUERY_DOCUMENT,
			.number = numbers[i],
			.issuer = "UZB" };
	}
	cordon_client_set_timeout(client, CALL_MS);
	if (cordon_lookup(client, NULL, queries, ASKED, answers) != 0) {
		f->errors++;
		return;
	}
	for (unsigned i = 0; i < ASKED; i++) {
		if (answers[i]->error != 0) {
			f->errors++;
		} else if (answers[i]->verdict != CORDON_VERDICT_MATCH) {
			f->wrong++;
		}
		cordon_answer_destroy(answers[i]);
	}
}

static int on_check(void *data, const struct cordon_list_check *check)
{
	struct findings *f = data;

	f->errors += !check->ok;
	return 0;
}

/*
 * Rows are whole and records were not found: index keys are lost, which the scrub finds
 * and makes good, or says that it cannot.
 */
static enum fate mended(const struct findings *before, uint64_t at)
{
	struct findings f = { 0, 0 };
	struct union_output output;
	enum fate fate;

	union_ctl(rus, UNION_ADMIN, NULL, &output, "scrub", "--now", NULL);
	for (unsigned n = 0; n < RECORDS; n += ASKED) {
		ask(&f, n);
	}
	fate = output.status == 0 ? FATE_MENDED : FATE_FOUND;
	if (output.status == 0 && f.wrong + f.errors > 0) {
		union_fail(all,
			"offset %" PRIu64 ": verify found nothing, %u planted records "
			"were not found, nor %u after the scrub: %s%s",
			at, before->wrong, f.wrong, output.out, output.err);
	}
	union_output_finish(&output);
	return fate;
}

static enum fate live_with(size_t log, uint64_t at)
{
	struct findings f = { 0, 0 };
	struct cordon_client *client;

	if (!comes_up(log, at)) {
		return FATE_REFUSED;
	}
	for (unsigned n = 0; n < RECORDS; n += ASKED) {
		ask(&f, n);
	}
	client = union_client(rus, UNION_ADMIN);
	cordon_client_set_timeout(client, CALL_MS);
	if (cordon_verify(client, NULL, on_check, &f) != 0) {
		f.errors++;
	}
	if (f.errors > 0) {
		/* a crash may have begun a moment ago */
		return has_ended(log, at) ? FATE_ENDED : FATE_FOUND;
	}
	return f.wrong == 0 ? FATE_UNHARMED : mended(&f, at);
}

/* Stops it whatever its state: its end is no matter any more. */
static void put_away(void)
{
	if (rus->pid != 0) {
		union_signal(rus, SIGKILL);
		union_wait(rus);
	}
	union_forget_clients(rus);
}

static void a_changed_byte_is_caught_or_does_no_harm(void **state)
{
	uint64_t random = load_seed();
	unsigned rounds = getenv("CORDON_TEST_LONG") != NULL ? 400 : 16;
	unsigned count[FATES] = { 0 };
	char store[UNION_PATH_MAX], whole[UNION_PATH_MAX];

	(void)state;
	snprintf(store, sizeof(store), "%s/data/data.mdb", rus->dir);
	snprintf(whole, sizeof(whole), "%s/whole.mdb", rus->dir);
	union_stop(rus);
	copy_file(store, whole);
	for (unsigned i = 0; i < rounds; i++) {
		size_t log = union_log_size(rus);
		uint64_t at;

		copy_file(whole, store);
		at = damage(store, &random);
		union_launch(rus);
		count[live_with(log, at)]++;
		put_away();
	}
	for (int i = 0; i < FATES; i++) {
		print_message("%u %s\n", count[i], fates[i]);
	}
	/* whatever state it is in now: an empty directory is the remedy */
	empty_store();
	recover();
	union_settle(all);
	union_verify(rus);
	assert_int_equal(union_verdict(rus, "AP01499"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AR00099"), CORDON_VERDICT_MATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_changed_byte_is_caught_or_does_no_harm, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
