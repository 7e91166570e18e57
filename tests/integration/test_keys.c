/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign heads: other algorithms, and an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

#define GOST_ENGINE "/usr/lib/x86_64-linux-gnu/engines-3/gost.so"

static struct testunion *all;
static struct union_node *blr, *kaz;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	all = NULL;
	return 0;
}

static bool run(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };
	struct union_output output;
	bool ok;

	union_run(all, NULL, argv, &output);
	ok = output.status == 0;
	if (!ok) {
		printf("%s\n%s%s", command, output.out, output.err);
	}
	union_output_finish(&output);
	return ok;
}

/* KAZ's head key is made anew, with what openssl genpkey is told. */
static bool make_key(const char *before, const char *options)
{
	char command[1024];

	snprintf(command, sizeof(command),
		"cd %s && rm head.key head.pem && umask 077 && "
		"%s openssl genpkey %s -out head.key && "
		"%s openssl pkey -in head.key -pubout -out head.pem",
		kaz->pki, before, options, before);
	return run(command);
}

static void a_list_travels_and_is_verified(void)
{
	union_start(kaz);
	union_start(blr);
	union_put(kaz, "KAZ-1", "AA11111");
	union_await_verdict(blr, "AA11111", CORDON_VERDICT_MATCH);
	union_settle(all);
	union_verify(blr);
	union_verify(kaz);
}

static void heads_signed_with_ecdsa_are_taken(void **state)
{
	(void)state;
	assert_true(make_key("", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"));
	a_list_travels_and_is_verified();
}

static void a_key_within_its_days_is_taken(void **state)
{
	(void)state;
	kaz->head_key_days = " from 2020-01-01 until 2999-12-31";
	a_list_travels_and_is_verified();
}

static void what_a_key_signs_after_its_end_is_refused(void **state)
{
	(void)state;
	kaz->head_key_days = " until 2020-12-31";
	union_start(kaz);
	union_start(blr);
	union_put(kaz, "KAZ-1", "AA11111");
	union_await_log(blr, 0, "outside the validity of that key");
	union_await_log(blr, 0, "has ended");
	assert_false(union_list(blr, "KAZ/entry_ban").present);
	assert_int_equal(union_verdict(blr, "AA11111"), CORDON_VERDICT_CLEAR);
}

/* KAZ announces its next key, and signs with it; BLR never got it another way. */
static void roll_over(void)
{
	char command[2048], announcement[UNION_PATH_MAX];

	snprintf(command, sizeof(command),
		"cd %s && umask 077 && openssl genpkey -algorithm ed25519 -out n.key "
		"&& "
		"openssl pkey -in n.key -pubout -out n.pem && "
		"%s pki announce . n.pem --out n.announce && mv n.key head.key",
		kaz->pki, union_cordonctl());
	assert_true(run(command));
	snprintf(announcement, sizeof(announcement), "\", \"%s/n.announce", kaz->pki);
	kaz->head_key_days = announcement;
	union_stop(kaz);
	union_stop(blr);
	union_start(kaz);
	union_start(blr);
	kaz->head_key_days = NULL;
}

static void a_key_announced_under_the_old_one_is_taken(void **state)
{
	(void)state;
	a_list_travels_and_is_verified();
	roll_over();
	union_put(kaz, "KAZ-2", "AA22222");
	union_await_verdict(blr, "AA22222", CORDON_VERDICT_MATCH);
	union_settle(all);
	union_verify(blr);
}

/*
 * National algorithms come through OpenSSL's own configuration: nothing of it is ours.
 * Debian's libengine-gost-openssl has an engine, whose keys sign, and a provider, which
 * knows no keys.
 */
static void heads_signed_with_gost_are_taken(void **state)
{
	const char *path;
	char before[UNION_PATH_MAX + 32];

	(void)state;
	if (!run("test -e " GOST_ENGINE)) {
		printf("SKIPPED: " GOST_ENGINE
		       " is missing; install libengine-gost-openssl\n");
		skip();
	}
	path = union_file(all, "openssl.cnf",
		"openssl_conf = init\n[init]\nengines = engines\n[engines]\n"
		"gost = gost\n[gost]\nengine_id = gost\n"
		"dynamic_path = " GOST_ENGINE "\ndefault_algorithms = ALL\n");
	snprintf(before, sizeof(before), "OPENSSL_CONF=%s", path);
	assert_true(make_key(before, "-algorithm gost2012_256 -pkeyopt paramset:A"));
	setenv("OPENSSL_CONF", path, 1);
	a_list_travels_and_is_verified();
	unsetenv("OPENSSL_CONF");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(heads_signed_with_ecdsa_are_taken),
		TEST(a_key_within_its_days_is_taken),
		TEST(what_a_key_signs_after_its_end_is_refused),
		TEST(a_key_announced_under_the_old_one_is_taken),
		TEST(heads_signed_with_gost_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
