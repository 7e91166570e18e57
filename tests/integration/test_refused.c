/* SPDX-License-Identifier: Apache-2.0 */
/* Who may not connect or write is told why and what to do; the node's log says it too.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *blr, *kaz, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	blr = node[0];
	kaz = node[1];
	rus = node[2];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* What openssl's own client is told: it presents whatever it is given. */
static void connect_raw(struct union_node *at, const char *option, const char *pki,
	const char *name, struct union_output *output)
{
	char certificate[UNION_PATH_MAX], key[UNION_PATH_MAX], address[96];
	const char *argv[] = { "openssl", "s_client", "-alpn", "cordon/1", option,
		"-connect", address, "-cert", certificate, "-key", key, NULL };

	snprintf(address, sizeof(address), "%s:%u", at->host, at->port);
	if (name == NULL) {
		argv[7] = NULL;
	} else {
		snprintf(certificate, sizeof(certificate), "%s/%s.pem", pki, name);
		snprintf(key, sizeof(key), "%s/%s.key", pki, name);
	}
	/* the refusal comes after the client's side of the handshake is done */
	union_run(all, "Q\n", argv, output);
}

static void refused_raw(struct union_node *at, const char *option, const char *pki,
	const char *name, const char *reason)
{
	size_t before = union_log_size(at);
	struct union_output output;

	connect_raw(at, option, pki, name, &output);
	union_output_finish(&output);
	union_await_log(at, before, "refused: ");
	union_await_log(at, before, reason);
}

static void a_checkpoint_cannot_submit(void **state)
{
	char text[512], *ban = union_ban("KAZ-1", "KARIMOV", "AA11111");

	(void)state;
	assert_int_equal(
		union_try_put(kaz, UNION_CHECKPOINT, ban, text), CORDON_EDENIED);
	assert_non_null(strstr(text, "use the certificate of an agency"));
	assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_CLEAR);
	free(ban);
}

static void an_admin_cannot_submit(void **state)
{
	char text[512], *ban = union_ban("KAZ-1", "KARIMOV", "AA11111");

	(void)state;
	assert_int_equal(union_try_put(kaz, UNION_ADMIN, ban, text), CORDON_EDENIED);
	free(ban);
}

static void an_agency_cannot_write_another_members_record(void **state)
{
	char text[512], *ban = union_ban("KAZ-2", "KARIMOV", "AA22222");

	(void)state;
	assert_int_equal(union_try_put(blr, UNION_AGENCY, ban, text), CORDON_EOWNER);
	assert_non_null(strstr(text, "KAZ"));
	assert_int_equal(union_verdict(kaz, "AA22222"), CORDON_VERDICT_CLEAR);
	free(ban);
}

static void another_members_clients_are_refused(void **state)
{
	(void)state;
	refused_raw(kaz, "-tls1_3", rus->pki, "checkpoint", "connect to a node of RUS");
}

static void a_ca_cannot_vouch_for_another_member(void **state)
{
	const struct union_leaf leaf = { .uri = "cordon://RUS/checkpoint/claimed" };

	(void)state;
	union_issue(kaz, "claimed", &leaf);
	refused_raw(rus, "-tls1_3", kaz->pki, "claimed",
		"a CA vouches for its own member only");
	refused_raw(
		kaz, "-tls1_3", kaz->pki, "claimed", "cordon://RUS/checkpoint/claimed");
}

static void ended_and_early_certificates_are_refused(void **state)
{
	const struct union_leaf ended = { .uri = "cordon://KAZ/checkpoint/ended",
		.starts_in_s = -7200,
		.ends_in_s = -3600 };
	const struct union_leaf early = { .uri = "cordon://KAZ/checkpoint/early",
		.starts_in_s = 3600,
		.ends_in_s = 7200 };

	(void)state;
	union_issue(kaz, "ended", &ended);
	refused_raw(kaz, "-tls1_3", kaz->pki, "ended", "ended");
	union_issue(kaz, "early", &early);
	refused_raw(kaz, "-tls1_3", kaz->pki, "early", "early");
}

static void self_signed_and_missing_certificates_are_refused(void **state)
{
	const struct union_leaf leaf = { .uri = "cordon://KAZ/checkpoint/self",
		.self_signed = true };

	(void)state;
	union_issue(kaz, "self", &leaf);
	refused_raw(kaz, "-tls1_3", kaz->pki, "self", "self-signed");
	refused_raw(kaz, "-tls1_3", NULL, NULL, "sent no certificate");
}

static void older_tls_and_other_protocols_are_refused(void **state)
{
	char address[96];
	const char *plain[] = { "openssl", "s_client", "-starttls", "smtp", "-connect",
		address, NULL };
	size_t before = union_log_size(kaz);
	struct union_output output;

	(void)state;
	refused_raw(kaz, "-tls1_2", kaz->pki, "checkpoint", "TLS 1.3");
	snprintf(address, sizeof(address), "%s:%u", kaz->host, kaz->port);
	union_run(all, "QUIT\n", plain, &output);
	union_output_finish(&output);
	union_await_log(kaz, before, "refused: ");
}

/* Before the reload it is answered, after it neither the open connection nor a new one.
 */
static void a_revoked_certificate_is_refused_after_a_reload(void **state)
{
	char path[UNION_PATH_MAX];
	const struct union_leaf leaf = { .uri = "cordon://KAZ/checkpoint/gone" };
	const char *revoke[] = { union_cordonctl(), "pki", "revoke", kaz->pki, path,
		NULL };
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = "AA1", .issuer = "UZB"
	};
	struct cordon_client *client;
	struct cordon_answer *answer;
	struct union_output output;
	size_t before;

	(void)state;
	union_issue(kaz, "gone", &leaf);
	client = union_client_with(kaz, kaz->pki, "gone");
	assert_int_equal(cordon_lookup(client, NULL, &query, 1, &answer), 0);
	cordon_answer_destroy(answer);
	snprintf(path, sizeof(path), "%s/gone.pem", kaz->pki);
	union_run(all, NULL, revoke, &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	before = union_log_size(kaz);
	union_signal(kaz, SIGHUP);
	union_await_log(kaz, before, "certificates and CRLs reloaded");
	union_await_log(kaz, before, "is revoked");
	assert_int_equal(
		cordon_lookup(client, NULL, &query, 1, &answer), CORDON_EIDENTITY);
	assert_non_null(strstr(cordon_client_error_text(client), "revoked"));
	assert_non_null(strstr(cordon_client_error_text(client), "new one"));
	cordon_client_destroy(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_cannot_submit),
		cmocka_unit_test(an_admin_cannot_submit),
		cmocka_unit_test(an_agency_cannot_write_another_members_record),
		cmocka_unit_test(another_members_clients_are_refused),
		cmocka_unit_test(a_ca_cannot_vouch_for_another_member),
		cmocka_unit_test(ended_and_early_certificates_are_refused),
		cmocka_unit_test(self_signed_and_missing_certificates_are_refused),
		cmocka_unit_test(older_tls_and_other_protocols_are_refused),
		cmocka_unit_test(a_revoked_certificate_is_refused_after_a_reload),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
