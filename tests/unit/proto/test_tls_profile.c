/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "tests/lib/testpki.h"

#define NODE_URI "cordon://KAZ/node/almaty-1"

static struct testpki *pki;

static int make_pki(void **state)
{
	static const struct testpki_leaf node = { .signer = "KAZ", .uri = NODE_URI };

	(void)state;
	pki = testpki_create();
	testpki_issue(pki, "node", &node);
	return 0;
}

static int remove_pki(void **state)
{
	(void)state;
	testpki_destroy(pki);
	return 0;
}

/* Loading NAME as a server's certificate fails with error and says so in words. */
static void refused_at_load(const char *name, int error, const char *words)
{
	struct tls_profile *profile = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(
		testpki_try_profile(pki, true, name, NULL, &profile, &msg), error);
	assert_null(profile);
	if (strstr(msg.text, words) == NULL || strstr(msg.text, name) == NULL) {
		fail_msg("\"%s\" lacks \"%s\" or \"%s\"", msg.text, words, name);
	}
}

static void a_good_certificate_says_who_it_is(void **state)
{
	struct tls_profile *profile = testpki_profile(pki, true, "node", NULL);
	const struct identity *self = tls_profile_self(profile);
	struct identity again;

	(void)state;
	assert_string_equal(self->member.code, "KAZ");
	assert_int_equal(self->role, ROLE_NODE);
	assert_string_equal(self->name, "almaty-1");
	assert_true(tls_profile_ends_s(profile) > (int64_t)time(NULL) + 3000);
	assert_int_equal(tls_profile_check_certificate(profile,
				 tls_profile_certificate(profile), &again, NULL),
		0);
	assert_string_equal(again.name, "almaty-1");
	tls_profile_unref(profile);
}

static void a_node_with_a_bad_certificate_does_not_start(void **state)
{
	const struct testpki_leaf old = {
		.signer = "KAZ", .uri = NODE_URI, .ends_in_s = -60
	};
	const struct testpki_leaf early = {
		.signer = "KAZ", .uri = NODE_URI, .starts_in_s = 600
	};
	const struct testpki_leaf alien = { .signer = "RUS", .uri = NODE_URI };
	const struct testpki_leaf self = { .uri = NODE_URI };
	const struct testpki_leaf nobody = { .signer = "KAZ" };
	const struct testpki_leaf two = {
		.signer = "KAZ", .uri = NODE_URI, .second_uri = "cordon://KAZ/admin/x"
	};
	const struct testpki_leaf client = {
		.signer = "KAZ", .uri = NODE_URI, .no_server_auth = true
	};
	const struct testpki_leaf desk = { .signer = "KAZ",
		.uri = "cordon://KAZ/checkpoint/desk" };
	const struct testpki_leaf unknown = { .signer = "KAZ",
		.uri = "cordon://KAZ/king/x" };

	(void)state;
	testpki_issue(pki, "old", &old);
	testpki_issue(pki, "early", &early);
	testpki_issue(pki, "alien", &alien);
	testpki_issue(pki, "self", &self);
	testpki_issue(pki, "nobody", &nobody);
	testpki_issue(pki, "two", &two);
	testpki_issue(pki, "client", &client);
	testpki_issue(pki, "desk", &desk);
	testpki_issue(pki, "unknown", &unknown);
	refused_at_load("old", CORDON_EIDENTITY, "renew it with `cordonctl pki issue`");
	refused_at_load("early", CORDON_EIDENTITY, "is not valid before");
	refused_at_load(
		"alien", CORDON_EIDENTITY, "a CA vouches for its own member only");
	refused_at_load("self", CORDON_EIDENTITY, "self-signed");
	refused_at_load("nobody", CORDON_EIDENTITY, "holds 0 cordon:// URIs");
	refused_at_load("two", CORDON_EIDENTITY, "holds 2 cordon:// URIs");
	refused_at_load(
		"client", CORDON_EIDENTITY, "extended key usage must have serverAuth");
	refused_at_load("desk", CORDON_EIDENTITY, "role node");
	refused_at_load("unknown", CORDON_EIDENTITY, "URI in the certificate");
}

static void files_that_are_missing_or_open_to_others_are_refused(void **state)
{
	const struct testpki_leaf node = { .signer = "KAZ", .uri = NODE_URI };

	(void)state;
	refused_at_load("missing", CORDON_EIO, "No such file");
	testpki_issue(pki, "open", &node);
	assert_int_equal(chmod(testpki_path(pki, "open.key"), 0640), 0);
	refused_at_load("open", CORDON_ECONFIG, "chmod 600");
	testpki_issue(pki, "mixed", &node);
	assert_int_equal(
		rename(testpki_path(pki, "open.key"), testpki_path(pki, "mixed.key")),
		0);
	assert_int_equal(chmod(testpki_path(pki, "mixed.key"), 0600), 0);
	refused_at_load("mixed", CORDON_ECONFIG, "does not belong to the certificate");
}

static void a_reload_sees_new_revocations(void **state)
{
	const struct testpki_leaf desk = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/desk-1" };
	struct tls_profile *before, *after, *client;
	struct errmsg msg = { "" };
	struct identity id;

	(void)state;
	testpki_issue(pki, "leaver", &desk);
	client = testpki_profile(pki, false, "leaver", NULL);
	before = testpki_profile(pki, true, "node", NULL);
	testpki_revoke(pki, "RUS", "leaver");
	after = testpki_profile(pki, true, "node", NULL);
	assert_int_equal(tls_profile_check_certificate(
				 before, tls_profile_certificate(client), &id, &msg),
		0);
	assert_int_equal(tls_profile_check_certificate(
				 after, tls_profile_certificate(client), &id, &msg),
		CORDON_EIDENTITY);
	assert_non_null(strstr(msg.text, "cordon://RUS/checkpoint/desk-1 is revoked"));
	tls_profile_unref(client);
	tls_profile_unref(before);
	tls_profile_unref(after);
}

static void an_ended_crl_warns_and_still_refuses_what_it_names(void **state)
{
	const struct testpki_leaf desk = { .signer = "KAZ",
		.uri = "cordon://KAZ/checkpoint/desk-1" };
	struct tls_profile *server, *good, *bad;
	struct errmsg msg = { "" };
	struct identity id;
	struct tls_expiry expiry;
	size_t position = 0;
	bool named = false;

	(void)state;
	testpki_issue(pki, "good", &desk);
	testpki_issue(pki, "bad", &desk);
	good = testpki_profile(pki, false, "good", NULL);
	bad = testpki_profile(pki, false, "bad", NULL);
	testpki_revoke(pki, "KAZ", "bad");
	testpki_age_crl(pki, "KAZ");
	server = testpki_profile(pki, true, "node", NULL);
	assert_int_equal(tls_profile_check_certificate(
				 server, tls_profile_certificate(good), &id, &msg),
		0);
	assert_int_equal(tls_profile_check_certificate(
				 server, tls_profile_certificate(bad), &id, &msg),
		CORDON_EIDENTITY);
	while (tls_profile_expiry(server, &position, &expiry)) {
		named = named || (strcmp(expiry.what, "crl") == 0 &&
					 strcmp(expiry.member.code, "KAZ") == 0 &&
					 expiry.ends_s < (int64_t)time(NULL));
	}
	assert_true(named);
	tls_profile_unref(server);
	tls_profile_unref(good);
	tls_profile_unref(bad);
}

static void bytes_that_are_no_certificate_are_refused(void **state)
{
	struct tls_profile *profile = testpki_profile(pki, true, "node", NULL);
	struct bytes der = tls_profile_certificate(profile);
	struct identity id;

	(void)state;
	for (size_t size = 0; size < der.size; size += 7) {
		assert_int_equal(tls_profile_check_certificate(profile,
					 (struct bytes){ der.data, size }, &id, NULL),
			CORDON_EIDENTITY);
	}
	tls_profile_unref(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_certificate_says_who_it_is),
		cmocka_unit_test(a_node_with_a_bad_certificate_does_not_start),
		cmocka_unit_test(files_that_are_missing_or_open_to_others_are_refused),
		cmocka_unit_test(a_reload_sees_new_revocations),
		cmocka_unit_test(an_ended_crl_warns_and_still_refuses_what_it_names),
		cmocka_unit_test(bytes_that_are_no_certificate_are_refused),
	};

	return cmocka_run_group_tests(tests, make_pki, remove_pki);
}
