/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "tests/unit/client/pki_fixture.h"

/* ---- issuing ---------------------------------------------------------------- */

static void every_role_is_issued_what_nodes_accept(void **state)
{
	struct fixture *f = *state;

	for (unsigned role = ROLE_NODE; role <= ROLE_ADMIN; role++) {
		const char *name = ident_role_text((enum role)role);

		fix_issue(f, "kaz", (enum role)role, name);
		if (fix_accept(f, name, "KAZ", "kaz") != 0) {
			fail_msg("%s", f->msg.text);
		}
	}
}

static void only_nodes_may_be_servers(void **state)
{
	struct fixture *f = *state;
	X509 *node, *desk;

	fix_issue(f, "kaz", ROLE_NODE, "node");
	fix_issue(f, "kaz", ROLE_CHECKPOINT, "desk");
	node = fix_certificate(fix_path(f, "node.pem"));
	desk = fix_certificate(fix_path(f, "desk.pem"));
	assert_int_equal(
		X509_get_extended_key_usage(node), XKU_SSL_SERVER | XKU_SSL_CLIENT);
	assert_int_equal(X509_get_extended_key_usage(desk), XKU_SSL_CLIENT);
	X509_free(node);
	X509_free(desk);
}

static void a_node_is_found_under_its_hosts(void **state)
{
	struct fixture *f = *state;
	const char *hosts[] = { "kaz.example.org", "192.0.2.7", "2001:db8::7" };
	struct pki_request request = { .id = { .role = ROLE_NODE, .name = "n" },
		.hosts = hosts,
		.hosts_count = 3 };
	struct pki_issued issued;
	X509 *x;

	assert_int_equal(fix_try_issue(f, "kaz", &request, &issued), 0);
	x = fix_certificate(fix_path(f, "n.pem"));
	assert_int_equal(X509_check_host(x, hosts[0], 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(x, hosts[1], 0), 1);
	assert_int_equal(X509_check_ip_asc(x, hosts[2], 0), 1);
	X509_free(x);
}

static void certificates_end_by_role_or_days(void **state)
{
	struct fixture *f = *state;
	struct pki_request request = { .id = { .role = ROLE_ADMIN, .name = "a" } };
	struct pki_issued issued;

	assert_int_equal(fix_try_issue(f, "kaz", &request, &issued), 0);
	assert_int_equal(issued.ends_s, f->now_s + 30 * DAY_S);
	request.days = 7;
	strcpy(request.id.name, "b");
	assert_int_equal(fix_try_issue(f, "kaz", &request, &issued), 0);
	assert_int_equal(issued.ends_s, f->now_s + 7 * DAY_S);
}

static void keys_are_the_owners_alone(void **state)
{
	struct fixture *f = *state;
	mode_t before = umask(0);

	assert_int_equal(fix_init(f, "rus", "RUS"), 0);
	fix_issue(f, "rus", ROLE_NODE, "n");
	umask(before);
	assert_int_equal(fix_mode(fix_path(f, "rus")), 0700);
	assert_int_equal(fix_mode(fix_path(f, "rus/ca.key")), 0600);
	assert_int_equal(fix_mode(fix_path(f, "rus/head.key")), 0600);
	assert_int_equal(fix_mode(fix_path(f, "n.key")), 0600);
	umask(0077);
	assert_int_equal(fix_init(f, "blr", "BLR"), 0);
	umask(before);
	assert_int_equal(fix_mode(fix_path(f, "blr/ca.pem")), 0644);
	assert_int_equal(fix_mode(fix_path(f, "blr/crl.pem")), 0644);
	assert_int_equal(fix_mode(fix_path(f, "blr/head.pem")), 0644);
}

static void an_existing_file_is_never_overwritten(void **state)
{
	struct fixture *f = *state;
	struct pki_request request = { .id = { .role = ROLE_NODE, .name = "n" } };
	struct pki_issued issued;
	char first[2048] = "", second[2048] = "";
	FILE *file;

	fix_issue(f, "kaz", ROLE_NODE, "n");
	file = fopen(fix_path(f, "n.key"), "r");
	assert_true(fread(first, 1, sizeof(first), file) > 0);
	fclose(file);
	assert_int_equal(fix_try_issue(f, "kaz", &request, &issued), CORDON_EINVAL);
	fix_says(f, "n.key exists and is not overwritten");
	file = fopen(fix_path(f, "n.key"), "r");
	assert_true(fread(second, 1, sizeof(second), file) > 0);
	fclose(file);
	assert_memory_equal(first, second, sizeof(first));
	assert_int_equal(unlink(fix_path(f, "n.pem")), 0);
	assert_int_equal(fix_try_issue(f, "kaz", &request, &issued), CORDON_EINVAL);
	fix_says(f, "if an earlier run was cut short");
}

static void what_the_ca_should_not_issue_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *host = "desk.example.org", *bad_host = "a b";
	const struct {
		struct pki_request request;
		const char *words;
	} cases[] = {
		{ { .id = { { "RUS" }, ROLE_NODE, "n" } }, "cannot vouch for RUS" },
		{ { .id = { .role = ROLE_NODE, .name = "a/b" } }, "a-z A-Z 0-9" },
		{ { .id = { .role = ROLE_NODE, .name = "" }, .prefix = "x" },
			"a-z A-Z 0-9" },
		{ { .id = { .role = ROLE_NONE, .name = "n" } }, "node, checkpoint" },
		{ { .id = { .role = ROLE_NODE, .name = "n" }, .days = 3651 },
			"would outlive its CA" },
		{ { .id = { .role = ROLE_AGENCY, .name = "n" },
			  .hosts = &host,
			  .hosts_count = 1 },
			"only a node's certificate names hosts" },
		{ { .id = { .role = ROLE_NODE, .name = "n" },
			  .hosts = &bad_host,
			  .hosts_count = 1 },
			"no DNS name or IP address" },
	};
	struct pki_issued issued;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(fix_try_issue(f, "kaz", &cases[i].request, &issued),
			CORDON_EINVAL);
		fix_says(f, cases[i].words);
		assert_int_not_equal(access(fix_path(f, "n.key"), F_OK), 0);
	}
}

/* ---- the CA itself ------------------------------------------------------------ */

static void a_ca_vouches_for_its_own_member_only(void **state)
{
	struct fixture *f = *state;
	const char *uris[] = { "cordon://RUS/node/spy" };
	struct pki_content content = {
		.common_name = "spy",
		.uris = uris,
		.uris_count = 1,
		.not_before_s = f->now_s - 60,
		.not_after_s = f->now_s + 60,
		.client_auth = true,
	};
	struct pki_ca ca;
	EVP_PKEY *key;
	X509 *x;
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	/* a CA that lies about its own constraint is still caught by any verifier */
	fix_open(f, "kaz", &ca);
	assert_int_equal(pki_key_create(&key, NULL), 0);
	assert_int_equal(
		pki_certificate_create(&content, key, &ca.signer, &x, NULL), 0);
	X509_STORE_add_cert(store, ca.signer.certificate);
	X509_STORE_CTX_init(ctx, store, x, NULL);
	assert_int_not_equal(X509_verify_cert(ctx), 1);
	assert_int_equal(X509_STORE_CTX_get_error(ctx), X509_V_ERR_PERMITTED_VIOLATION);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(x);
	EVP_PKEY_free(key);
	pki_ca_close(&ca);
}

static void another_members_ca_is_not_believed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fix_init(f, "rus", "RUS"), 0);
	fix_issue(f, "rus", ROLE_NODE, "n");
	assert_int_equal(fix_accept(f, "n", "RUS", "rus"), 0);
	assert_int_equal(fix_accept(f, "n", "RUS", "kaz"), CORDON_EIDENTITY);
}

static void a_second_init_is_refused_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	X509 *before = fix_certificate(fix_path(f, "kaz/ca.pem")), *after;

	assert_int_equal(fix_init(f, "kaz", "KAZ"), CORDON_EINVAL);
	fix_says(f, "stays as it is");
	assert_int_equal(fix_init(f, "kaz/", "KAZ"), CORDON_EINVAL);
	after = fix_certificate(fix_path(f, "kaz/ca.pem"));
	assert_int_equal(X509_cmp(before, after), 0);
	X509_free(before);
	X509_free(after);
}

static void init_takes_an_empty_directory_and_leaves_others_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir(fix_path(f, "empty"), 0755), 0);
	assert_int_equal(fix_init(f, "empty", "BLR"), 0);
	fix_issue(f, "empty", ROLE_NODE, "n");
	assert_int_equal(mkdir(fix_path(f, "full"), 0755), 0);
	fix_write(fix_path(f, "full/letter"), "dear");
	assert_int_equal(fix_init(f, "full", "BLR"), CORDON_EINVAL);
	assert_int_equal(access(fix_path(f, "full/letter"), F_OK), 0);
	assert_int_not_equal(access(fix_path(f, "full/ca.key"), F_OK), 0);
	fix_write(fix_path(f, "file"), "dear");
	assert_int_equal(fix_init(f, "file", "BLR"), CORDON_EINVAL);
	assert_int_equal(fix_init(f, "no/such/parent", "BLR"), CORDON_EIO);
	fix_says(f, "no/such/parent");
}

static size_t files_in(const char *dir)
{
	DIR *d = opendir(dir);
	size_t count = 0;

	assert_non_null(d);
	while (readdir(d) != NULL) {
		count++;
	}
	closedir(d);
	return count;
}

static void a_failed_init_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	size_t before = files_in(f->dir);

	assert_int_equal(fix_init(f, "kaz", "KAZ"), CORDON_EINVAL);
	assert_int_equal(files_in(f->dir), before);
}

static void what_is_no_ca_is_not_opened(void **state)
{
	struct fixture *f = *state;
	struct pki_ca ca;

	assert_int_equal(
		pki_ca_open(&ca, fix_path(f, "gone"), f->now_s, &f->msg), CORDON_EIO);
	fix_says(f, "gone");
	assert_int_equal(pki_ca_open(&ca, f->dir, f->now_s, &f->msg), CORDON_EIO);
	fix_says(f, "cordonctl pki init-member");
	fix_issue(f, "kaz", ROLE_NODE, "n");
	assert_int_equal(rename(fix_path(f, "n.pem"), fix_path(f, "kaz/ca.pem")), 0);
	assert_int_equal(pki_ca_open(&ca, fix_path(f, "kaz"), f->now_s, &f->msg),
		CORDON_ECONFIG);
	fix_says(f, "name constraints");
}

static void a_ca_with_the_wrong_or_an_open_key_is_not_opened(void **state)
{
	struct fixture *f = *state;
	struct pki_ca ca;

	assert_int_equal(chmod(fix_path(f, "kaz/ca.key"), 0644), 0);
	assert_int_equal(pki_ca_open(&ca, fix_path(f, "kaz"), f->now_s, &f->msg),
		CORDON_ECONFIG);
	fix_says(f, "chmod 600");
	assert_int_equal(fix_init(f, "rus", "RUS"), 0);
	assert_int_equal(
		rename(fix_path(f, "rus/ca.key"), fix_path(f, "kaz/ca.key")), 0);
	assert_int_equal(pki_ca_open(&ca, fix_path(f, "kaz"), f->now_s, &f->msg),
		CORDON_ECONFIG);
	fix_says(f, "does not belong to");
}

static void an_ended_ca_issues_nothing(void **state)
{
	struct fixture *f = *state;
	struct pki_ca ca;

	assert_int_equal(pki_ca_open(&ca, fix_path(f, "kaz"), f->now_s + 3650LL * DAY_S,
				 &f->msg),
		CORDON_ECONFIG);
	fix_says(f, "the CA ended");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(every_role_is_issued_what_nodes_accept),
		FIX_TEST(only_nodes_may_be_servers),
		FIX_TEST(a_node_is_found_under_its_hosts),
		FIX_TEST(certificates_end_by_role_or_days),
		FIX_TEST(keys_are_the_owners_alone),
		FIX_TEST(an_existing_file_is_never_overwritten),
		FIX_TEST(what_the_ca_should_not_issue_is_refused),
		FIX_TEST(a_ca_vouches_for_its_own_member_only),
		FIX_TEST(another_members_ca_is_not_believed),
		FIX_TEST(a_second_init_is_refused_and_changes_nothing),
		FIX_TEST(init_takes_an_empty_directory_and_leaves_others_alone),
		FIX_TEST(a_failed_init_leaves_nothing_behind),
		FIX_TEST(what_is_no_ca_is_not_opened),
		FIX_TEST(a_ca_with_the_wrong_or_an_open_key_is_not_opened),
		FIX_TEST(an_ended_ca_issues_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
