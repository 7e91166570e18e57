/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/config.h"
#include "daemon/base/config_build.h"
#include "proto/arena.h"
#include "tests/unit/base/config_texts.h"

/* Every key of every section, none with its default. */
static const char everything[] =
	"node = \"KAZ/almaty-1\"\n"
	"data_dir = '/srv/cordon'\n"
	"listen = {\"[2001:db8::7]:7701\", 127.0.0.1:0, \"*:7702\"}\n"
	"local_socket = run/socket\n"
	"metrics = localhost:7780\n"
	"certificate = pki/node.pem\n"
	"key = /etc/keys/node.key\n"
	"head_key = pki/heads.key\n"
	"ciphersuites = TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\n"
	"groups = X25519:P-256\n"
	"user = cordon\n"
	"log_level = debug\n"
	"workers = 3\n"
	"map_size = 10GiB\n"
	"utc_offset = \"+05:00\"\n"
	"range_max = 5000000\n"
	"head_interval = 2s\n"
	"follow_wait = 500ms\n"
	"connections_max = 77\n"
	"connections_per_identity = 7\n"
	"requests_in_flight_max = 17\n"
	"handshake_timeout = 3s\n"
	"frame_timeout = 4s\n"
	"idle_timeout = 1h\n"
	"reconnect_min = 20ms\n"
	"reconnect_max = 2min\n"
	"demand_purpose = yes\n"
	"demand_officer = yes\n"
	"demand_checkpoint = yes\n"
	"member KAZ { ca = kaz.pem head_keys = {kaz-1.pub, \"kaz 2.pub\"} }\n"
	"member RUS { ca = rus.pem crl = rus.crl }\n"
	"member BLR { ca = blr.pem }\n"
	"peer RUS/moscow-1 { address = \"[2001:db8::8]:7700\" }\n"
	"peer KAZ/astana-1 { address = astana.example:7711 }\n"
	"list entry_ban { share_with = {RUS, BLR} retention = 3650d }\n"
	"list invalid_document { share_with = {BLR} }\n"
	"recognise { binding = {RUS/entry_ban} inform = {BLR/entry_ban, BLR/kind-9} }\n"
	"objection RUS-2026-9 { why = \"residence permit 17/2026\" }\n"
	"agency \"migration-*\" { kinds = {deportation, entry_ban} }\n"
	"agency passports { kinds = invalid_document }\n";

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
	struct config *c = parse(everything);

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
	assert_string_equal(
		c->ciphersuites, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
	assert_string_equal(c->groups, "X25519:P-256");
	assert_string_equal(c->user, "cordon");
	assert_int_equal(c->log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(c->workers, 3);
	assert_true(c->map_size_bytes == UINT64_C(10) << 30);
	assert_int_equal(c->utc_offset_min, 300);
	assert_true(c->demand_purpose && c->demand_officer && c->demand_checkpoint);
	config_destroy(c);
}

static void all_limits_are_read(void **state)
{
	struct config *c = parse(everything);

	(void)state;
	assert_true(c->range_max == 5000000);
	assert_int_equal(c->head_interval_ms, 2000);
	assert_int_equal(c->follow_wait_ms, 500);
	assert_int_equal(c->connections_max, 77);
	assert_int_equal(c->connections_per_identity, 7);
	assert_int_equal(c->requests_in_flight_max, 17);
	assert_int_equal(c->handshake_timeout_ms, 3000);
	assert_int_equal(c->frame_timeout_ms, 4000);
	assert_int_equal(c->idle_timeout_ms, 3600000);
	assert_int_equal(c->reconnect_min_ms, 20);
	assert_int_equal(c->reconnect_max_ms, 120000);
	config_destroy(c);
}

static void all_addresses_are_read(void **state)
{
	struct config *c = parse(everything);

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

static void members_are_read(void **state)
{
	struct config *c = parse(everything);
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
	assert_string_equal(kaz->head_keys[0], "/etc/cordon/kaz-1.pub");
	assert_string_equal(kaz->head_keys[1], "/etc/cordon/kaz 2.pub");
	assert_string_equal(rus->crl, "/etc/cordon/rus.crl");
	assert_int_equal(rus->head_keys_count, 0);
	assert_null(config_member_find(c, &(struct state){ "ARM" }));
	config_destroy(c);
}

static void lists_and_what_others_mean_are_read(void **state)
{
	struct config *c = parse(everything);

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
	config_destroy(c);
}

static void the_text_of_everything_leaves_no_key_out(void **state)
{
	struct config_block *blocks;
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(config_file_parse("everything", everything, strlen(everything),
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
	assert_null(c->ciphersuites);
	assert_null(c->groups);
	assert_null(c->user);
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
	config_destroy(c);
}

static void one_may_write_it_in_many_ways(void **state)
{
	static const char *const texts[] = {
		"/* none */" LEAST "list entry_ban { share_with = { BLR , } }\n"
		"member BLR\n{\nca=b}",
		"# \"{ is no brace\r\n" LEAST
		"\tlist\tentry_ban{share_with={'BLR'}}\r\n"
		"member 'BLR' { ca = b // }\n}",
		LEAST "member BLR { # {\n ca = 'b' /* } */ }\n"
		      "list \"entry_ban\" { share_with = BLR }//",
		LEAST
		"member BLR { ca = b } list entry_ban { share_with = {/* \" */BLR} } #",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config *c = parse(texts[i]);

		assert_int_equal(c->members_count, 2);
		assert_string_equal(c->members[1].ca, "/etc/cordon/b");
		assert_int_equal(c->lists_count, 1);
		assert_int_equal(c->lists[0].share_with_count, 1);
		config_destroy(c);
	}
}

static void text_in_quotes_is_taken_as_it_is(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "\"a # b // c /* d */ {e}\"", "a # b // c /* d */ {e}" },
		{ "\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c" },
		{ "'a \"b\" ${HOME} $x'", "a \"b\" ${HOME} $x" },
		{ "\"$HOME costs 5$\"", "$HOME costs 5$" },
		{ "'вид на жительство'", "вид на жительство" },
		{ "a//b/", "a//b/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct config *c;

		snprintf(text, sizeof(text), UNION "objection RUS-1 { why = %s }\n",
			cases[i].line);
		c = parse(text);
		assert_string_equal(c->objections[0].why, cases[i].why);
		config_destroy(c);
	}
}

static void an_empty_list_is_a_list(void **state)
{
	struct config *c =
		parse(UNION "list entry_ban { share_with = { /* nobody */ } }\n"
			    "recognise { binding = {} }\n");

	(void)state;
	assert_int_equal(c->lists[0].share_with_count, 0);
	assert_int_equal(c->recognise_count, 0);
	config_destroy(c);
}

static void paths_are_relative_to_the_file(void **state)
{
	static const struct {
		const char *path, *certificate;
	} cases[] = {
		{ "/a.conf", "/node.pem" },
		{ "/srv/b/a.conf", "/srv/b/node.pem" },
		{ "/srv/b/../a.conf", "/srv/b/../node.pem" },
	};
	char here[4096], expected[8192];
	struct config *c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			config_parse(cases[i].path, LEAST, strlen(LEAST), &c, NULL), 0);
		assert_string_equal(c->certificate, cases[i].certificate);
		config_destroy(c);
	}
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(
		config_parse("conf/a.conf", LEAST, strlen(LEAST), &c, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/conf/node.pem", here);
	assert_string_equal(c->certificate, expected);
	config_destroy(c);
}

static void a_file_is_read(void **state)
{
	char path[] = "/tmp/cordon-config-XXXXXX";
	int fd = mkstemp(path);
	struct config *c;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, LEAST, strlen(LEAST)), strlen(LEAST));
	close(fd);
	assert_int_equal(config_load(path, &c, NULL), 0);
	assert_string_equal(c->path, path);
	assert_string_equal(c->key, "/tmp/node.key");
	config_destroy(c);
	unlink(path);
}

static void what_is_no_readable_file_is_refused(void **state)
{
	static const struct {
		const char *path, *words;
	} cases[] = {
		{ "/nonexistent/a.conf", "read /nonexistent/a.conf: No such file" },
		{ "/tmp", "read /tmp: Is a directory" },
		{ "/dev/zero", "/dev/zero: more than 1048576 bytes" },
		{ "/dev/null", "/dev/null: node is missing. Who this node is" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = NULL;
		struct errmsg msg = { "" };

		assert_int_equal(config_load(cases[i].path, &c, &msg), CORDON_ECONFIG);
		assert_null(c);
		if (strncmp(msg.text, cases[i].words, strlen(cases[i].words)) != 0) {
			fail_msg("%s", msg.text);
		}
	}
}

#define THREADS 4
#define ROUNDS 20

static void *parse_many(void *arg)
{
	static const char bad[] = LEAST "user = \"not\\closed\n";

	for (int i = 0; i < ROUNDS; i++) {
		struct config *c;

		if (config_parse("/a", everything, strlen(everything), &c, NULL) != 0) {
			return NULL;
		}
		config_destroy(c);
		if (config_parse("/a", bad, strlen(bad), &c, NULL) != CORDON_ECONFIG) {
			return NULL;
		}
	}
	return arg;
}

static void threads_may_read_at_a_time(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
			pthread_create(&threads[i], NULL, parse_many, threads), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_non_null(result);
	}
}

/* Reads it all in limit_bytes of memory. */
static int parse_within(size_t limit_bytes)
{
	struct arena arena;
	struct config config = { .path = "/a", .arena = &arena };
	struct config_block *blocks;
	int error;

	arena_init(&arena, limit_bytes);
	error = config_file_parse(
		"/a", everything, strlen(everything), &arena, &blocks, NULL);
	if (error == 0) {
		error = config_build(blocks, "", &config, NULL);
	}
	arena_finish(&arena);
	return error;
}

static void running_out_of_memory_is_told_wherever_it_happens(void **state)
{
	size_t limit_bytes = 1;
	int failures = 0;

	(void)state;
	for (; parse_within(limit_bytes) != 0; limit_bytes += 53) {
		assert_int_equal(parse_within(limit_bytes), CORDON_ENOMEM);
		failures++;
	}
	assert_true(failures > 100);
}

static void destroying_nothing_does_nothing(void **state)
{
	struct config zeroed;

	(void)state;
	memset(&zeroed, 0, sizeof(zeroed));
	config_destroy(NULL);
	config_destroy(&zeroed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_the_top_is_read),
		cmocka_unit_test(all_limits_are_read),
		cmocka_unit_test(all_addresses_are_read),
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(lists_and_what_others_mean_are_read),
		cmocka_unit_test(the_text_of_everything_leaves_no_key_out),
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(one_may_write_it_in_many_ways),
		cmocka_unit_test(text_in_quotes_is_taken_as_it_is),
		cmocka_unit_test(an_empty_list_is_a_list),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(what_is_no_readable_file_is_refused),
		cmocka_unit_test(threads_may_read_at_a_time),
		cmocka_unit_test(running_out_of_memory_is_told_wherever_it_happens),
		cmocka_unit_test(destroying_nothing_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
