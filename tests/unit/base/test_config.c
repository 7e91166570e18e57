/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/config.h"
#include "daemon/base/config_build.h"
#include "proto/arena.h"
#include "tests/unit/base/config_texts.h"

static struct config *parse(const char *text)
{
	struct errmsg msg = { "" };
	struct config *config = NULL;

	if (config_parse("/etc/cordon/a.conf", text, strlen(text), &config, &msg) !=
		0) {
		fail_msg("%s", msg.text);
	}
	return config;
}

static void all_of_the_top_is_read(void **state)
{
	struct config *c = parse(EVERYTHING);

	(void)state;
	assert_string_equal(c->path, "/etc/cordon/a.conf");
	assert_string_equal(c->node.member.code, "KAZ");
	assert_string_equal(c->node.name, "almaty-1");
	assert_int_equal(c->node.role, ROLE_NODE);
	assert_string_equal(c->data_dir, "/srv/cordon");
	assert_string_equal(c->local_socket, "/etc/cordon/run/socket");
	assert_string_equal(c->certificate, "/etc/cordon/pki/node.pem");
	assert_string_equal(c->key, "/etc/keys/node.key");
	assert_string_equal(c->head_key, "/etc/cordon/pki/heads.key");
	assert_true(c->standby);
	assert_string_equal(
		c->ciphersuites, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
	assert_string_equal(c->groups, "X25519:P-256");
	assert_string_equal(c->user, "cordon");
	assert_false(c->seccomp);
	assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(c->workers, 3);
	assert_true(c->map_size_bytes == UINT64_C(10) << 30);
	assert_int_equal(c->utc_offset_min, 300);
	assert_true(c->demand_purpose && c->demand_officer && c->demand_checkpoint);
	config_destroy(c);
}

static void all_limits_are_read(void **state)
{
	struct config *c = parse(EVERYTHING);

	(void)state;
	assert_true(c->range_max == 5000000);
	assert_int_equal(c->head_interval_ms, 2000);
	assert_int_equal(c->follow_wait_ms, 500);
	assert_int_equal(c->copies, 2);
	assert_int_equal(c->copies_timeout_ms, 7000);
	assert_int_equal(c->upkeep_interval_ms, 2000);
	assert_int_equal(c->tombstone_days, 30);
	assert_int_equal(c->erase_after_days, 4);
	assert_int_equal(c->brake_percent, 5);
	assert_int_equal(c->brake_least, 20);
	assert_int_equal(c->compact_days, 1);
	assert_int_equal(c->two_eyes_count, 2);
	assert_int_equal(c->two_eyes[0] | c->two_eyes[1], EYES_DETAIN | EYES_EXPORT);
	assert_true(c->two_eyes_range == 200);
	assert_int_equal(c->two_eyes_withdrawals, 20);
	assert_int_equal(c->pending_days, 3);
	assert_int_equal(c->warn_certificates_days, 20);
	assert_int_equal(c->warn_head_keys_days, 40);
	assert_int_equal(c->connections_max, 77);
	assert_int_equal(c->connections_per_identity, 7);
	assert_int_equal(c->requests_in_flight_max, 17);
	assert_int_equal(c->connections_per_address, 9);
	assert_int_equal(c->handshakes_per_address, 11);
	assert_int_equal(c->handshakes_per_identity, 12);
	assert_int_equal(c->requests_per_address, 13);
	assert_int_equal(c->requests_per_identity, 14);
	assert_int_equal(c->requests_per_node, 15);
	assert_true(c->bytes_per_address == UINT64_C(1) << 30);
	assert_true(c->bytes_per_identity == UINT64_C(1) << 29);
	assert_int_equal(c->in_flight_per_identity, 170);
	assert_int_equal(c->request_timeout_ms, 600000);
	assert_int_equal(c->handshake_timeout_ms, 3000);
	assert_int_equal(c->frame_timeout_ms, 4000);
	assert_int_equal(c->idle_timeout_ms, 3600000);
	assert_int_equal(c->reconnect_min_ms, 20);
	assert_int_equal(c->reconnect_max_ms, 120000);
	config_destroy(c);
}

static void all_addresses_are_read(void **state)
{
	struct config *c = parse(EVERYTHING);

	(void)state;
	assert_int_equal(c->listen_count, 3);
	assert_string_equal(c->listen[0].host, "2001:db8::7");
	assert_int_equal(c->listen[0].port, 7701);
	assert_string_equal(c->listen[1].host, "127.0.0.1");
	assert_int_equal(c->listen[1].port, 0);
	assert_null(c->listen[2].host);
	assert_int_equal(c->listen[2].port, 7702);
	assert_string_equal(c->metrics.host, "localhost");
	assert_int_equal(c->metrics.port, 7780);
	assert_int_equal(c->peers_count, 2);
	assert_string_equal(c->peers[0].node.member.code, "RUS");
	assert_string_equal(c->peers[0].node.name, "moscow-1");
	assert_int_equal(c->peers[0].node.role, ROLE_NODE);
	assert_string_equal(c->peers[0].host, "2001:db8::8");
	assert_int_equal(c->peers[0].port, 7700);
	assert_string_equal(c->peers[1].node.name, "astana-1");
	assert_string_equal(c->peers[1].host, "astana.example");
	assert_int_equal(c->peers[1].port, 7711);
	config_destroy(c);
}

static void head_keys_may_have_days(void **state)
{
	struct config *c = parse(EVERYTHING
		"member ARM { ca = a head_keys = {\"a from 1970-01-02\", \"b until "
		"1970-01-02\", \"c d from 1970-01-02 until 1970-01-03\", \" until "
		"1970-01-01\"} }\n");
	const struct config_head_key *keys =
		config_member_find(c, &(struct state){ "ARM" })->head_keys;

	(void)state;
	assert_string_equal(keys[0].path, "/etc/cordon/a");
	assert_int_equal(keys[0].from_s, 86400);
	assert_int_equal(keys[0].until_s, 0);
	assert_int_equal(keys[1].until_s, 2 * 86400 - 1);
	assert_string_equal(keys[2].path, "/etc/cordon/c d");
	assert_int_equal(keys[2].from_s, 86400);
	assert_int_equal(keys[2].until_s, 3 * 86400 - 1);
	assert_string_equal(keys[3].path, "/etc/cordon/ until 1970-01-01");
	config_destroy(c);
}

static void access_sections_are_read(void **state)
{
	struct config *c = parse(EVERYTHING);
	const struct config_access *gates = &c->access[0], *one = &c->access[1];

	(void)state;
	assert_int_equal(c->access_count, 2);
	assert_int_equal(gates->certificate.role, ROLE_CHECKPOINT);
	assert_string_equal(gates->certificate.name, "gate-*");
	assert_int_equal(gates->queries_count, 2);
	assert_int_equal(gates->queries[0], CORDON_QUERY_DOCUMENT);
	assert_int_equal(gates->queries[1], CORDON_QUERY_MRZ);
	assert_int_equal(gates->lookups_daily, 500);
	assert_int_equal(gates->allow_count, 1);
	assert_int_equal(gates->allow[0], ACTION_RECORD_SHOW);
	assert_int_equal(gates->records, CONFIG_RECORDS_WHOLE);
	assert_int_equal(one->certificate.role, ROLE_AUDITOR);
	assert_string_equal(one->certificate.name, "one");
	assert_int_equal(one->deny_count, 1);
	assert_int_equal(one->deny[0], ACTION_VERIFY);
	assert_int_equal(one->queries_count + one->lookups_daily, 0);
	assert_int_equal(one->records, CONFIG_RECORDS_DECISION);
	config_destroy(c);
}

static void members_are_read(void **state)
{
	struct config *c = parse(EVERYTHING);
	const struct config_member *kaz =
		config_member_find(c, &(struct state){ "KAZ" });
	const struct config_member *rus =
		config_member_find(c, &(struct state){ "RUS" });

	(void)state;
	assert_int_equal(c->members_count, 3);
	assert_ptr_equal(kaz, &c->members[0]);
	assert_string_equal(kaz->ca, "/etc/cordon/kaz.pem");
	assert_null(kaz->crl);
	assert_int_equal(kaz->head_keys_count, 2);
	assert_string_equal(kaz->head_keys[0].path, "/etc/cordon/kaz-1.pub");
	assert_string_equal(kaz->head_keys[1].path, "/etc/cordon/kaz 2.pub");
	assert_int_equal(kaz->head_keys[0].from_s, 0);
	assert_int_equal(kaz->head_keys[0].until_s, 0);
	assert_string_equal(rus->crl, "/etc/cordon/rus.crl");
	assert_int_equal(rus->head_keys_count, 0);
	assert_null(config_member_find(c, &(struct state){ "ARM" }));
	config_destroy(c);
}

static void lists_and_what_others_mean_are_read(void **state)
{
	struct config *c = parse(EVERYTHING);

	(void)state;
	assert_int_equal(c->lists_count, 2);
	assert_int_equal(c->lists[0].kind, CORDON_KIND_ENTRY_BAN);
	assert_int_equal(c->lists[0].share_with_count, 2);
	assert_string_equal(c->lists[0].share_with[0].code, "BLR"); /* sorted */
	assert_string_equal(c->lists[0].share_with[1].code, "RUS");
	assert_int_equal(c->lists[0].retention_days, 3650);
	assert_int_equal(c->lists[1].kind, CORDON_KIND_INVALID_DOCUMENT);
	assert_int_equal(c->lists[1].retention_days, 1826);
	assert_int_equal(c->recognise_count, 3);
	assert_string_equal(c->recognise[0].list.owner.code, "RUS");
	assert_int_equal(c->recognise[0].list.kind, CORDON_KIND_ENTRY_BAN);
	assert_int_equal(c->recognise[0].how, CONFIG_BINDING);
	assert_string_equal(c->recognise[1].list.owner.code, "BLR");
	assert_int_equal(c->recognise[1].how, CONFIG_INFORM);
	assert_int_equal(c->recognise[2].list.kind, 9);
	assert_int_equal(c->objections_count, 1);
	assert_string_equal(c->objections[0].record_id, "RUS-2026-9");
	assert_string_equal(c->objections[0].why, "residence permit 17/2026");
	assert_int_equal(c->agencies_count, 2);
	assert_string_equal(c->agencies[0].name, "migration-*");
	assert_int_equal(c->agencies[0].kinds_count, 2);
	assert_int_equal(c->agencies[0].kinds[0], CORDON_KIND_DEPORTATION);
	assert_int_equal(c->agencies[1].kinds[0], CORDON_KIND_INVALID_DOCUMENT);
	assert_int_equal(c->match_least[CORDON_KIND_ENTRY_BAN], 450);
	assert_int_equal(c->match_least[CORDON_KIND_DEPORTATION], 550);
	assert_int_equal(c->match_least[CORDON_KIND_ILLEGAL_STAY], 899);
	config_destroy(c);
}

static void the_access_log_is_read(void **state)
{
	struct config *c = parse(EVERYTHING);
	const struct config_access_log *log = c->access_log;

	(void)state;
	assert_non_null(log);
	assert_string_equal(log->auditors, "/etc/cordon/a.pem");
	assert_string_equal(log->directory, "/etc/cordon/log");
	assert_int_equal(log->sync, CONFIG_LOG_SYNC_INTERVAL);
	assert_int_equal(log->checkpoint_interval_ms, 3000);
	assert_true(log->segment_bytes == UINT64_C(64) << 20);
	assert_int_equal(log->segment_age_ms, 7200000);
	assert_true(log->reserve_bytes == UINT64_C(1) << 30);
	assert_int_equal(log->keep_empty_days, 30);
	assert_int_equal(log->keep_days, 400);
	assert_true(log->disk_warn_bytes == UINT64_C(2) << 30);
	config_destroy(c);
}

static void the_text_of_everything_leaves_no_key_out(void **state)
{
	struct config_block *blocks;
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(config_file_parse("everything", EVERYTHING, strlen(EVERYTHING),
				 &arena, &blocks, NULL),
		0);
	for (size_t s = 0; s < CONFIG_SECTIONS; s++) {
		const struct config_section *section = &config_sections[s];

		for (size_t i = 0; i < section->keys_count; i++) {
			const struct config_block *b = blocks;

			while (b != NULL &&
				(b->section != section || b->entries[i] == NULL)) {
				b = b->next;
			}
			if (b == NULL) {
				fail_msg("%s %s", section->name, section->keys[i].name);
			}
		}
	}
	arena_finish(&arena);
}

static void what_is_not_said_has_its_default(void **state)
{
	struct config *c = parse(LEAST);

	(void)state;
	assert_string_equal(c->data_dir, "/var/lib/cordon");
	assert_int_equal(c->listen_count, 1);
	assert_string_equal(c->listen[0].host, "::");
	assert_int_equal(c->listen[0].port, 7700);
	assert_null(c->local_socket);
	assert_null(c->metrics.host);
	assert_null(c->head_key);
	assert_false(c->standby);
	assert_null(c->ciphersuites);
	assert_null(c->groups);
	assert_null(c->user);
	assert_null(c->access_log);
	assert_int_equal(c->log_level, LOG_LEVEL_INFO);
	assert_in_range(c->workers, 1, 64);
	assert_true(c->map_size_bytes == UINT64_C(256) << 30);
	assert_int_equal(c->utc_offset_min, 0);
	assert_true(c->range_max == 1000000);
	assert_false(c->demand_purpose || c->demand_officer || c->demand_checkpoint);
	assert_int_equal(c->members_count, 1);
	assert_int_equal(c->peers_count + c->lists_count + c->recognise_count +
				 c->objections_count + c->agencies_count,
		0);
	assert_int_equal(c->match_least[CORDON_KIND_ENTRY_BAN], 0);
	config_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_the_top_is_read),
		cmocka_unit_test(all_limits_are_read),
		cmocka_unit_test(all_addresses_are_read),
		cmocka_unit_test(access_sections_are_read),
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(head_keys_may_have_days),
		cmocka_unit_test(lists_and_what_others_mean_are_read),
		cmocka_unit_test(the_access_log_is_read),
		cmocka_unit_test(the_text_of_everything_leaves_no_key_out),
		cmocka_unit_test(what_is_not_said_has_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
