/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "client/ctl/pki_list.h"
#include "tests/unit/client/pki_fixture.h"

/* ---- revocation ----------------------------------------------------------------- */

static void the_revoked_are_refused_and_the_others_not(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;

	fix_issue(f, "kaz", ROLE_CHECKPOINT, "lost");
	fix_issue(f, "kaz", ROLE_CHECKPOINT, "kept");
	fix_revoke(f, "lost", &revocation);
	assert_string_equal(revocation.uri, "cordon://KAZ/checkpoint/lost");
	assert_int_equal(fix_accept(f, "lost", "KAZ", "kaz"), CORDON_EIDENTITY);
	fix_says(f, "is revoked");
	assert_int_equal(fix_accept(f, "kept", "KAZ", "kaz"), 0);
}

static void the_list_grows_and_keeps_what_it_held(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_crl crl;
	struct pki_ca ca;

	fix_issue(f, "kaz", ROLE_CHECKPOINT, "a");
	fix_issue(f, "kaz", ROLE_CHECKPOINT, "b");
	fix_revoke(f, "a", &revocation);
	fix_revoke(f, "b", &revocation);
	fix_open(f, "kaz", &ca);
	assert_int_equal(pki_ca_renew_crl(&ca, 7, &f->msg), 0);
	pki_ca_close(&ca);
	crl = fix_crl(f);
	assert_int_equal(crl.number, 4);
	assert_int_equal(crl.count, 2);
	assert_int_equal(crl.next_update_s, f->now_s + 7 * DAY_S);
	for (size_t i = 0; i < crl.count; i++) {
		assert_int_equal(crl.revoked[i].reason, CRL_REASON_KEY_COMPROMISE);
		assert_int_equal(crl.revoked[i].at_s, f->now_s);
	}
	pki_crl_finish(&crl);
}

static void revoking_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_crl crl;

	fix_issue(f, "kaz", ROLE_CHECKPOINT, "a");
	fix_revoke(f, "a", &revocation);
	assert_false(revocation.already);
	f->now_s += 100;
	fix_revoke(f, "a", &revocation);
	assert_true(revocation.already);
	assert_int_equal(revocation.at_s, f->now_s - 100);
	crl = fix_crl(f);
	assert_int_equal(crl.number, 2);
	pki_crl_finish(&crl);
}

static void what_another_ca_issued_is_not_revoked_here(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_ca ca;

	assert_int_equal(fix_init(f, "other", "KAZ"), 0);
	fix_issue(f, "other", ROLE_NODE, "n");
	fix_open(f, "kaz", &ca);
	assert_int_equal(
		pki_ca_revoke(&ca, fix_path(f, "n.pem"), 0, 0, &revocation, &f->msg),
		CORDON_EIDENTITY);
	fix_says(f, "only that one can revoke it");
	assert_int_equal(pki_ca_revoke(&ca, fix_path(f, "kaz/ca.pem"), 0, 0,
				 &revocation, &f->msg),
		CORDON_EINVAL);
	assert_int_equal(
		pki_ca_revoke(&ca, fix_path(f, "gone.pem"), 0, 0, &revocation, &f->msg),
		CORDON_EIO);
	fix_says(f, "gone.pem");
	pki_ca_close(&ca);
}

/* A list that would forget revocations is worse than none. */
static void a_missing_damaged_or_foreign_list_stops_revocation(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_ca ca;

	fix_issue(f, "kaz", ROLE_NODE, "n");
	assert_int_equal(fix_init(f, "other", "KAZ"), 0);
	assert_int_equal(
		rename(fix_path(f, "other/crl.pem"), fix_path(f, "kaz/crl.pem")), 0);
	fix_open(f, "kaz", &ca);
	assert_int_equal(
		pki_ca_revoke(&ca, fix_path(f, "n.pem"), 0, 0, &revocation, &f->msg),
		CORDON_ECONFIG);
	fix_says(f, "signed by this CA");
	fix_write(fix_path(f, "kaz/crl.pem"), "-----BEGIN X509 CRL-----\nMIIB");
	assert_int_equal(pki_ca_renew_crl(&ca, 0, &f->msg), CORDON_ECONFIG);
	fix_says(f, "crl.pem");
	unlink(fix_path(f, "kaz/crl.pem"));
	assert_int_equal(pki_ca_renew_crl(&ca, 0, &f->msg), CORDON_ECONFIG);
	fix_says(f, "restore it");
	pki_ca_close(&ca);
}

static void the_list_of_certificates_tells_their_state(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_entry *entries;
	struct pki_ca ca;
	size_t count;

	fix_issue(f, "kaz", ROLE_NODE, "n");
	fix_issue(f, "kaz", ROLE_AGENCY, "police");
	fix_revoke(f, "police", &revocation);
	fix_write(fix_path(f, "kaz/issued/4711.pem.Ab12Cd"),
		"-----BEGIN"); /* interrupted */
	fix_open(f, "kaz", &ca);
	assert_int_equal(pki_list_read(&ca, &entries, &count, &f->msg), 0);
	assert_int_equal(count, 2);
	assert_string_equal(entries[0].uri, "cordon://KAZ/agency/police");
	assert_string_equal(entries[0].serial, revocation.serial);
	assert_int_equal(entries[0].revoked_s, f->now_s);
	assert_string_equal(entries[1].uri, "cordon://KAZ/node/n");
	assert_int_equal(entries[1].revoked_s, 0);
	assert_int_equal(entries[1].ends_s, f->now_s + 90 * DAY_S);
	free(entries);
	fix_write(fix_path(f, "kaz/issued/4711.pem"), "-----BEGIN");
	assert_int_equal(
		pki_list_read(&ca, &entries, &count, &f->msg), CORDON_ECORRUPT);
	fix_says(f, "4711.pem");
	pki_ca_close(&ca);
}

static void the_revoked_of_other_tools_are_listed_by_serial(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_entry *entries;
	struct pki_ca ca;
	size_t count;
	char copy[128];

	fix_issue(f, "kaz", ROLE_NODE, "n");
	fix_revoke(f, "n", &revocation);
	snprintf(copy, sizeof(copy), "kaz/issued/%s.pem", revocation.serial);
	assert_int_equal(unlink(fix_path(f, copy)), 0);
	fix_open(f, "kaz", &ca);
	assert_int_equal(pki_list_read(&ca, &entries, &count, &f->msg), 0);
	assert_int_equal(count, 1);
	assert_string_equal(entries[0].serial, revocation.serial);
	assert_string_equal(entries[0].uri, "");
	free(entries);
	pki_ca_close(&ca);
}

static void two_runs_do_not_work_in_one_directory_at_once(void **state)
{
	struct fixture *f = *state;
	struct pki_revocation revocation;
	struct pki_crl crl;
	pid_t child;
	int status;

	fix_issue(f, "kaz", ROLE_NODE, "a");
	fix_issue(f, "kaz", ROLE_NODE, "b");
	child = fork();
	if (child == 0) {
		struct pki_ca ca;

		_exit(pki_ca_open(&ca, fix_path(f, "kaz"), f->now_s, NULL) != 0 ||
			pki_ca_revoke(&ca, fix_path(f, "a.pem"), 0, 0, &revocation,
				NULL) != 0);
	}
	fix_revoke(f, "b", &revocation);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	crl = fix_crl(f);
	assert_int_equal(crl.count, 2);
	assert_int_equal(crl.number, 3);
	pki_crl_finish(&crl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIX_TEST(the_revoked_are_refused_and_the_others_not),
		FIX_TEST(the_list_grows_and_keeps_what_it_held),
		FIX_TEST(revoking_twice_changes_nothing),
		FIX_TEST(what_another_ca_issued_is_not_revoked_here),
		FIX_TEST(a_missing_damaged_or_foreign_list_stops_revocation),
		FIX_TEST(the_list_of_certificates_tells_their_state),
		FIX_TEST(the_revoked_of_other_tools_are_listed_by_serial),
		FIX_TEST(two_runs_do_not_work_in_one_directory_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
