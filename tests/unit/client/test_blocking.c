/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/talk.h"

static const struct cordon_query document = {
	.type = CORDON_QUERY_DOCUMENT,
	.number = "A1",
};

/* ---- connections ---- */

static void a_lookup_is_answered_over_tls(void **state)
{
	struct cordon_answer *answers[2];
	struct cordon_query queries[] = { document, document };
	struct talk t;

	(void)state;
	queries[1].number = "B2";
	talk_init(&t, NULL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(cordon_lookup(t.client, NULL, queries, 2, answers), 0);
		assert_string_equal(answers[0]->lookup, "A1");
		assert_string_equal(answers[1]->lookup, "B2");
		assert_true(answers[0]->complete);
		assert_int_equal(answers[0]->verdict, CORDON_VERDICT_CLEAR);
		assert_int_equal(answers[1]->freshness_count, 1);
		cordon_answer_destroy(answers[0]);
		cordon_answer_destroy(answers[1]);
	}
	fake_node_stop(&t.node);
	assert_int_equal(t.node.conns_count, 1);
	assert_int_equal(t.node.requests, 3);
	talk_finish(&t);
}

static void a_zone_is_read_beside_the_answer(void **state)
{
	/* ICAO Doc 9303-4, appendix A */
	const struct cordon_query query = {
		.type = CORDON_QUERY_MRZ,
		.mrz_lines = { "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
			"L898902C36UTO7408122F1204159ZE184226B<<<<<10" },
		.mrz_line_count = 2,
	};
	struct cordon_answer *answer;
	struct talk t;

	(void)state;
	talk_init(&t, NULL);
	assert_int_equal(cordon_lookup(t.client, NULL, &query, 1, &answer), 0);
	assert_non_null(answer->mrz);
	assert_string_equal(answer->mrz->surname, "ERIKSSON");
	assert_true(answer->mrz->valid);
	cordon_answer_destroy(answer);
	talk_finish(&t);
}

static void what_a_node_says_about_itself_is_told(void **state)
{
	static const struct cordon_kind_policy policies[] = { { CORDON_KIND_ENTRY_BAN,
		1826 } };
	const struct cordon_node_info *info;
	struct cordon_client *client;
	struct fake_node node;

	(void)state;
	fake_node_init(&node, talk_node_profile);
	node.hello.node = "cordon://KAZ/node/almaty-1";
	node.hello.policies = policies;
	node.hello.policies_count = 1;
	node.hello.demands_officer = true;
	fake_node_start(&node);
	client = talk_client("desk", &node, NULL);
	assert_int_equal(cordon_client_node(client, &info), 0);
	assert_string_equal(info->server, node.server);
	assert_string_equal(info->node, node.hello.node);
	assert_string_equal(info->software, "fake 1");
	assert_int_equal(info->protocol, 1);
	assert_int_equal(info->policies_count, 1);
	assert_int_equal(info->policies[0].retention_days, 1826);
	assert_true(info->demands_officer);
	assert_false(info->demands_purpose);
	cordon_client_destroy(client);
	fake_node_finish(&node);
}

static void a_node_of_another_member_is_refused(void **state)
{
	struct tls_profile *moscow = testpki_profile(talk_pki, true, "moscow", NULL);
	struct cordon_client *client;
	struct cordon_answer *answer;
	struct fake_node node;

	(void)state;
	fake_node_init(&node, moscow);
	fake_node_start(&node);
	client = talk_client("desk", &node, NULL);
	assert_int_equal(
		cordon_lookup(client, NULL, &document, 1, &answer), CORDON_EIDENTITY);
	talk_says(client, "RUS");
	cordon_client_destroy(client);
	fake_node_stop(&node);
	assert_int_equal(node.requests, 0);
	fake_node_finish(&node);
	tls_profile_unref(moscow);
}

static void a_node_that_calls_itself_another_is_refused(void **state)
{
	struct cordon_client *client;
	struct cordon_answer *answer;
	struct fake_node node;

	(void)state;
	fake_node_init(&node, talk_node_profile);
	node.hello.node = "cordon://KAZ/node/astana-1";
	fake_node_start(&node);
	client = talk_client("desk", &node, NULL);
	assert_int_equal(
		cordon_lookup(client, NULL, &document, 1, &answer), CORDON_EIDENTITY);
	talk_says(client, "says it is cordon://KAZ/node/astana-1");
	cordon_client_destroy(client);
	fake_node_finish(&node);
}

static void a_client_that_is_refused_learns_why(void **state)
{
	static const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://KAZ/checkpoint/leaver" };
	struct cordon_client *client;
	struct cordon_answer *answer;
	struct tls_profile *profile;
	struct fake_node node;

	(void)state;
	testpki_issue(talk_pki, "leaver", &leaf);
	fake_node_init(&node, talk_node_profile);
	client = talk_client("leaver", &node, NULL);
	testpki_revoke(talk_pki, "KAZ", "leaver");
	profile = testpki_profile(talk_pki, true, "node", NULL);
	node.profile = profile;
	fake_node_start(&node);
	assert_int_equal(
		cordon_lookup(client, NULL, &document, 1, &answer), CORDON_EIDENTITY);
	talk_says(client, "refuses this certificate as revoked");
	cordon_client_destroy(client);
	fake_node_finish(&node);
	tls_profile_unref(profile);
}

static void the_second_node_answers_where_the_first_hangs_up(void **state)
{
	struct fake_node first, second;
	struct cordon_client *client;
	struct cordon_answer *answer;

	(void)state;
	fake_node_init(&first, talk_node_profile);
	fake_node_init(&second, talk_node_profile);
	fake_node_start(&second);
	client = talk_client("desk", &first, &second);
	fake_node_vanish(&first);
	assert_int_equal(cordon_lookup(client, NULL, &document, 1, &answer), 0);
	cordon_answer_destroy(answer);
	cordon_client_destroy(client);
	fake_node_finish(&first);
	fake_node_finish(&second);
}

static void a_time_limit_is_kept(void **state)
{
	struct cordon_answer *answer;
	struct talk t;

	(void)state;
	talk_init(&t, fake_ignore);
	cordon_client_set_timeout(t.client, 300);
	assert_int_equal(
		cordon_lookup(t.client, NULL, &document, 1, &answer), CORDON_ETIMEOUT);
	talk_says(t.client, "within 300 ms");
	talk_finish(&t);
}

static void refuse_with_field(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const struct failure failure = { CORDON_EBUSY, "too many lookups",
		"context.officer", 750 };
	Cordon__Error message;

	(void)decoded;
	failure_to_message(&failure, &message);
	fake_send(conn, MESSAGE_ERROR, 0, header->request, &message.base);
}

static void an_error_comes_with_field_and_time(void **state)
{
	struct cordon_answer *answer;
	struct talk t;

	(void)state;
	talk_init(&t, refuse_with_field);
	assert_int_equal(
		cordon_lookup(t.client, NULL, &document, 1, &answer), CORDON_EBUSY);
	talk_says(t.client, "too many lookups");
	assert_string_equal(cordon_client_error_field(t.client), "context.officer");
	assert_int_equal(cordon_client_retry_after_ms(t.client), 750);
	/* and is gone with the next call */
	assert_int_equal(
		cordon_lookup(t.client, NULL, &document, 0, &answer), CORDON_EINVAL);
	assert_null(cordon_client_error_field(t.client));
	assert_int_equal(cordon_client_retry_after_ms(t.client), 0);
	talk_says(t.client, "0 queries");
	talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_is_answered_over_tls),
		cmocka_unit_test(a_zone_is_read_beside_the_answer),
		cmocka_unit_test(what_a_node_says_about_itself_is_told),
		cmocka_unit_test(a_node_of_another_member_is_refused),
		cmocka_unit_test(a_node_that_calls_itself_another_is_refused),
		cmocka_unit_test(a_client_that_is_refused_learns_why),
		cmocka_unit_test(the_second_node_answers_where_the_first_hangs_up),
		cmocka_unit_test(a_time_limit_is_kept),
		cmocka_unit_test(an_error_comes_with_field_and_time),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
