/* SPDX-License-Identifier: Apache-2.0 */
/* An owner that signs two histories is found out where those who saw them meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *blr, *kaz, *kgz, *rus;

/* BLR and RUS take lists from KAZ alone; KGZ knows only RUS. */
static int setup(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	kgz = union_add(all, "KGZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "";
	blr->peers = "KAZ/node-1";
	rus->peers = "KAZ/node-1";
	kgz->peers = "RUS/node-1";
	union_start(kaz);
	union_start(blr);
	union_start(rus);
	union_put(kaz, "KAZ-1", "AA11111");
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	all = NULL;
	return 0;
}

/*
 * The store of KAZ runs twice, each time from the same state: to BLR it tells one
 * history, to RUS another that is longer.  In the end only BLR and RUS run.
 */
static void sign_two_histories(void)
{
	union_stop(rus);
	union_stop(kaz);
	union_save(kaz, "before");
	union_start(kaz);
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_verdict(blr, "AA22222", CORDON_VERDICT_MATCH);
	union_stop(kaz);
	union_stop(blr);
	union_erase(kaz);
	union_restore(kaz, "before");
	union_start(kaz);
	union_start(rus);
	union_put(kaz, "KAZ-3", "AA33333");
	union_await_verdict(rus, "AA33333", CORDON_VERDICT_MATCH);
	union_put(kaz, "KAZ-4", "AA44444");
	union_await_verdict(rus, "AA44444", CORDON_VERDICT_MATCH);
	union_stop(kaz);
	union_stop(rus);
}

static bool stopped(struct union_node *node)
{
	return strcmp(union_list(node, "KAZ/entry_ban").state, "stopped") == 0;
}

static int check(const char *file, const char *key, struct union_output *output)
{
	const char *argv[] = { union_cordonctl(), "evidence", "check", file, "--key",
		key, NULL };

	union_run(all, NULL, argv, output);
	return output->status;
}

static void assert_check(
	const char *file, const char *key, int status, const char *says)
{
	struct union_output output;

	if (check(file, key, &output) != status || strstr(output.out, says) == NULL) {
		union_fail(all, "%d: %s%s", output.status, output.out, output.err);
	}
	union_output_finish(&output);
}

static void write_evidence(struct union_node *node, const char *path)
{
	struct union_output output;

	union_ctl(node, UNION_ADMIN, NULL, &output, "verify", "--evidence", path, NULL);
	if (output.status != 0) {
		union_fail(all, "%s%s", output.out, output.err);
	}
	union_output_finish(&output);
}

/* One character of the first signed head is another one. */
static void forge(const char *from, const char *to)
{
	char text[65536], *at;
	FILE *file = fopen(from, "r");
	size_t size;

	assert_non_null(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	at = strstr(text, "\"head\"");
	assert_non_null(at);
	at = strstr(at, ": \"") + 43;
	*at = *at == 'A' ? 'B' : 'A';
	file = fopen(to, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void check_evidence_of(struct union_node *node)
{
	char path[UNION_PATH_MAX], forged[UNION_PATH_MAX];
	char key[UNION_PATH_MAX], other[UNION_PATH_MAX];

	snprintf(path, sizeof(path), "%s/evidence.json", node->dir);
	snprintf(forged, sizeof(forged), "%s/forged.json", node->dir);
	snprintf(key, sizeof(key), "%s/head.pem", kaz->pki);
	snprintf(other, sizeof(other), "%s/head.pem", rus->pki);
	write_evidence(node, path);
	assert_check(path, key, 0, "HOLDS");
	assert_check(path, other, 1, "not signed by the given key");
	forge(path, forged);
	assert_check(forged, key, 1, "DOES NOT HOLD");
}

static void who_saw_two_histories_stop_and_have_the_proof(void **state)
{
	(void)state;
	sign_two_histories();
	blr->peers = "RUS/node-1";
	rus->peers = "BLR/node-1";
	union_start(blr);
	union_start(rus);
	union_until(all, "BLR's copy to stop", stopped(blr));
	union_until(all, "RUS's copy to stop", stopped(rus));
	/* what each had verified goes on answering */
	assert_int_equal(union_verdict(blr, "AA22222"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA33333"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "AA44444"), CORDON_VERDICT_MATCH);
	assert_false(union_log_has(blr, 0, "is not asked for it"));
	assert_false(union_log_has(rus, 0, "is not asked for it"));
	check_evidence_of(blr);
	check_evidence_of(rus);
}

/* RUS alone asks; BLR is told because it asks for heads. */
static void whoever_can_be_reached_learns_of_it(void **state)
{
	(void)state;
	sign_two_histories();
	rus->peers = "BLR/node-1";
	blr->peers = "";
	union_start(blr);
	union_start(rus);
	union_start(kgz);
	union_until(all, "RUS's copy to stop", stopped(rus));
	union_until(all, "KGZ's copy to stop", stopped(kgz));
	check_evidence_of(kgz);
}

static void the_list_goes_on_in_a_new_epoch(void **state)
{
	struct union_output output;

	(void)state;
	sign_two_histories();
	blr->peers = "RUS/node-1 KAZ/node-1";
	rus->peers = "BLR/node-1 KAZ/node-1";
	kaz->peers = "BLR/node-1 RUS/node-1";
	union_start(blr);
	union_start(rus);
	union_until(all, "BLR's copy to stop", stopped(blr));
	union_until(all, "RUS's copy to stop", stopped(rus));
	kaz->waits = true;
	union_start(kaz);
	union_ctl(kaz, UNION_ADMIN, NULL, &output, "reopen", "--force", "KGZ", NULL);
	if (output.status != 0) {
		union_fail(all, "%s%s", output.out, output.err);
	}
	union_output_finish(&output);
	union_put(kaz, "KAZ-5", "AA55555");
	union_await_verdict(blr, "AA55555", CORDON_VERDICT_MATCH);
	union_await_verdict(rus, "AA55555", CORDON_VERDICT_MATCH);
}

/* RUS was away while KAZ signed what would show where the histories part. */
static void what_no_head_proves_is_read_from_nothing(void **state)
{
	(void)state;
	union_stop(rus);
	union_stop(kaz);
	union_save(kaz, "before");
	union_start(kaz);
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_verdict(blr, "AA22222", CORDON_VERDICT_MATCH);
	union_stop(kaz);
	union_stop(blr);
	union_erase(kaz);
	union_restore(kaz, "before");
	union_start(kaz);
	union_put(kaz, "KAZ-3", "AA33333");
	union_put(kaz, "KAZ-4", "AA44444");
	union_put(kaz, "KAZ-5", "AA55555");
	union_start(rus);
	union_await_verdict(rus, "AA55555", CORDON_VERDICT_MATCH);
	union_stop(kaz);
	blr->peers = "RUS/node-1";
	union_start(blr);
	union_await_log(blr, 0, "a fork is suspected, and not proven");
	union_await_verdict(blr, "AA33333", CORDON_VERDICT_MATCH);
	assert_false(stopped(blr));
	assert_false(union_log_has(blr, 0, "is not asked for it"));
	assert_int_equal(union_verdict(blr, "AA22222"), CORDON_VERDICT_CLEAR);
}

static void a_node_without_evidence_says_so(void **state)
{
	struct union_output output;
	char path[UNION_PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/evidence.json", blr->dir);
	union_ctl(blr, UNION_ADMIN, NULL, &output, "verify", "--evidence", path, NULL);
	assert_int_equal(output.status, 0);
	assert_non_null(strstr(output.out, "no evidence"));
	union_output_finish(&output);
	assert_null(fopen(path, "r"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_saw_two_histories_stop_and_have_the_proof),
		TEST(whoever_can_be_reached_learns_of_it),
		TEST(the_list_goes_on_in_a_new_epoch),
		TEST(what_no_head_proves_is_read_from_nothing),
		TEST(a_node_without_evidence_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
