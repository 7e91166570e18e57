/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/ctl.h"
#include "tests/unit/client/capture.h"
#include "tests/unit/client/fake_node.h"

/* record put, withdraw, confirm and import, at a node that does as the test says. */

#define ASKED_MAX 8

/* What the node was asked, and how it is to answer. */
struct wishes {
	struct {
		size_t items;
		uint32_t copies, timeout_ms;
	} asked[ASKED_MAX];
	size_t count;
	size_t short_from; /* requests from this one on lack a copy; 0: all have it */
	bool silent;       /* of copies: an older node */
};

static struct wishes wishes;
static struct fake_node node;
static struct capture said;

static const char *id_of(const Cordon__SubmitItem *item, char out[64])
{
	Cordon__Record *record;

	if (item->what_case == CORDON__SUBMIT_ITEM__WHAT_WITHDRAW) {
		snprintf(out, 64, "%.*s", (int)item->withdraw->id.len,
			(const char *)item->withdraw->id.data);
		return out;
	}
	record = cordon__record__unpack(NULL, item->put.len, item->put.data);
	if (record == NULL) {
		abort();
	}
	snprintf(out, 64, "%.*s", (int)record->id.len, (const char *)record->id.data);
	cordon__record__free_unpacked(record, NULL);
	return out;
}

struct told {
	Cordon__SubmitAnswer answer;
	Cordon__Arrival blr, rus, *arrivals[2];
	Cordon__ListId list;
	Cordon__Error error;
};

static void tell_copies(struct told *told, uint32_t wanted, bool lacking)
{
	static const struct failure failure = { CORDON_ETIMEOUT, "RUS has it not", NULL,
		0 };

	told->blr = told->rus = (Cordon__Arrival)CORDON__ARRIVAL__INIT;
	told->list = (Cordon__ListId)CORDON__LIST_ID__INIT;
	told->list.owner = message_data("KAZ");
	told->list.kind = CORDON_KIND_ENTRY_BAN;
	told->blr.list = told->rus.list = &told->list;
	told->blr.member = message_data("BLR");
	told->rus.member = message_data("RUS");
	told->blr.node = message_data("cordon://BLR/node/minsk-1");
	told->rus.node = message_data("cordon://RUS/node/moscow-1");
	told->blr.arrived = true;
	told->rus.arrived = !lacking;
	told->arrivals[0] = &told->blr;
	told->arrivals[1] = &told->rus;
	told->answer.copies = wanted;
	told->answer.arrivals = told->arrivals;
	told->answer.n_arrivals = 2;
	if (lacking) {
		failure_to_message(&failure, &told->error);
		told->answer.copies_error = &told->error;
	}
}

/* All is created (or withdrawn), but for ids that end in X. */
static void answer(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	static Cordon__SubmitResult results[CORDON_SUBMIT_MAX];
	static Cordon__SubmitResult *pointers[CORDON_SUBMIT_MAX];
	static char ids[CORDON_SUBMIT_MAX][64];
	static const struct failure failure = { CORDON_EFIELD,
		"born: \xe2\x80\xaeis no", "born", 0 };
	const Cordon__SubmitRequest *request = (const Cordon__SubmitRequest *)decoded;
	struct told told = { .answer = CORDON__SUBMIT_ANSWER__INIT };
	Cordon__Error refusal;
	size_t i;

	failure_to_message(&failure, &refusal);
	for (i = 0; i < request->n_items; i++) {
		results[i] = (Cordon__SubmitResult)CORDON__SUBMIT_RESULT__INIT;
		results[i].id = message_data(id_of(request->items[i], ids[i]));
		results[i].outcome = CORDON_OUTCOME_CREATED;
		results[i].version = 1;
		results[i].sequence = 43 + i;
		if (ids[i][strlen(ids[i]) - 1] == 'X') {
			results[i].outcome = CORDON_OUTCOME_REFUSED;
			results[i].error = &refusal;
		} else if (ids[i][strlen(ids[i]) - 1] == 'W') {
			results[i].warning = message_data("look at KAZ-7");
		}
		pointers[i] = &results[i];
	}
	if (wishes.count == ASKED_MAX) {
		abort();
	}
	wishes.asked[wishes.count].items = i;
	wishes.asked[wishes.count].copies = request->copies;
	wishes.asked[wishes.count++].timeout_ms = request->timeout_ms;
	told.answer.results = pointers;
	told.answer.n_results = request->n_items;
	if (!wishes.silent && request->copies != CORDON_COPIES_DEFAULT) {
		tell_copies(&told, request->copies,
			wishes.short_from > 0 && wishes.count >= wishes.short_from);
	}
	fake_send(conn, MESSAGE_SUBMIT_ANSWER, 0, header->request, &told.answer.base);
}

static int set_up(void **state)
{
	(void)state;
	wishes = (struct wishes){ .count = 0 };
	fake_node_init(&node, NULL);
	node.request = answer;
	fake_node_start(&node);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_node_finish(&node);
	return 0;
}

/* The tool with these words, NULL at their end; what it says is in said. */
static int run(const char *word, ...)
{
	struct ctl ctl = { .json = false };
	char *argv[20] = { (char *)(uintptr_t) "--server", node.server };
	int argc = 2, status;
	va_list ap;

	va_start(ap, word);
	for (; word != NULL; word = va_arg(ap, const char *)) {
		assert_true(argc < 19);
		argv[argc++] = (char *)(uintptr_t)word;
	}
	va_end(ap);
	arena_init(&ctl.arena, 0);
	capture_begin(&said);
	status = ctl_main(&ctl, argc, argv);
	capture_end(&said);
	cordon_client_destroy(ctl.client);
	arena_finish(&ctl.arena);
	return status;
}

/* A file of records KAZ-1SUFFIX … */
static const char *records(unsigned count, const char *suffix)
{
	static char text[700 * 256];
	size_t used = 0;

	for (unsigned i = 1; i <= count; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"{\"id\":\"KAZ-%u%s\",\"kind\":\"entry_ban\",\"reason\":"
			"\"other\","
			"\"valid_from\":\"2026-01-01\",\"valid_until\":\"2027-01-01\","
			"\"actions\":[\"refer\"],\"person\":{\"names\":[{\"type\":"
			"\"primary\",\"surname\":\"TESTOV\"}]}}\n",
			i, suffix);
		assert_true(used < sizeof(text));
	}
	return capture_file(text, used);
}

static json_t *last_line(void)
{
	char *end = said.out + strlen(said.out), *start;
	json_t *json;

	assert_true(end > said.out);
	end[-1] = '\0';
	start = strrchr(said.out, '\n');
	json = json_loads(start == NULL ? said.out : start + 1, 0, NULL);
	assert_non_null(json);
	return json;
}

static void assert_number(const json_t *json, const char *key, long long expected)
{
	const json_t *value = json_object_get(json, key);

	assert_true(json_is_integer(value));
	assert_int_equal(json_integer_value(value), expected);
}

/* ---- the wish -----------------------------------------------------------------------
 */

static void without_a_wish_the_node_does_as_it_likes(void **state)
{
	(void)state;
	assert_int_equal(run("record", "put", records(2, ""), NULL), EXIT_OK);
	assert_int_equal(wishes.asked[0].items, 2);
	assert_int_equal(wishes.asked[0].copies, CORDON_COPIES_DEFAULT);
	assert_string_equal(said.out, "2 created, 0 changed, 0 unchanged, 0 refused\n");
	assert_string_equal(said.err, "");
}

static void a_wish_goes_with_its_time(void **state)
{
	static const struct {
		const char *word;
		uint32_t copies;
	} cases[] = { { "all", CORDON_COPIES_ALL }, { "2", 2 }, { "64", 64 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(run("record", "put", records(1, ""), "--copies",
					 cases[i].word, "--timeout", "7", NULL),
			EXIT_OK);
		assert_int_equal(wishes.asked[i].copies, cases[i].copies);
		assert_int_equal(wishes.asked[i].timeout_ms, 7000);
		assert_has(said.out, "0 refused (held by BLR, RUS)\n");
	}
	run("record", "put", records(1, ""), "--copies", "local", NULL);
	assert_int_equal(wishes.asked[3].copies, CORDON_COPIES_LOCAL);
}

static void a_wish_that_is_none_is_refused(void **state)
{
	static const char *const words[] = { "0", "65", "none", "-1", "2x", "", "ALL" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(run("record", "withdraw", "KAZ-1", "--reason", "error",
					 "--copies", words[i], NULL),
			EXIT_USAGE);
		assert_has(said.err, "1 to 64");
	}
	assert_int_equal(wishes.count, 0);
}

/* ---- short of copies ----------------------------------------------------------------
 */

static void what_is_kept_and_short_of_copies_has_its_own_status(void **state)
{
	(void)state;
	wishes.short_from = 1;
	assert_int_equal(run("record", "put", records(3, ""), "--copies", "all", NULL),
		EXIT_COPIES);
	assert_has(said.out, "3 created, 0 changed, 0 unchanged, 0 refused, 3 kept but "
			     "short of copies\n");
	assert_has(said.err, "kept on this node, but not on as many other members' "
			     "disks as wanted: RUS has it not\n");
	assert_has(said.err, "KAZ/entry_ban: RUS moscow-1: not yet");
	assert_null(strstr(said.err, "minsk"));
	assert_int_equal(run("record", "withdraw", "KAZ-1", "--reason", "error",
				 "--copies", "2", NULL),
		EXIT_COPIES);
	assert_has(said.out, "KAZ-1: created, version 1, sequence 43\n");
	assert_has(said.err, "RUS has it not");
}

static void a_refusal_weighs_more(void **state)
{
	(void)state;
	wishes.short_from = 1;
	assert_int_equal(run("record", "put", records(2, "X"), "--copies", "all", NULL),
		EXIT_REFUSED);
	assert_has(said.out, "0 created, 0 changed, 0 unchanged, 2 refused\n");
	assert_has(said.err, ":1: KAZ-1X: refused: born: \\u202Eis no\n");
}

/* A member that is away costs one wait, not one a group. */
static void after_a_wait_in_vain_it_only_looks(void **state)
{
	json_t *json, *summary;

	(void)state;
	wishes.short_from = 1;
	assert_int_equal(run("--json", "import", records(600, ""), "--format", "jsonl",
				 "--copies", "all", "--timeout", "60", NULL),
		EXIT_COPIES);
	assert_int_equal(wishes.count, 2);
	assert_int_equal(wishes.asked[0].items, 512);
	assert_int_equal(wishes.asked[0].timeout_ms, 60000);
	assert_int_equal(wishes.asked[1].items, 88);
	assert_int_equal(wishes.asked[1].timeout_ms, 1);
	json = last_line();
	summary = json_object_get(json, "summary");
	assert_number(summary, "created", 600);
	assert_number(summary, "short_of_copies", 600);
	json_decref(json);
}

static void one_group_short_of_copies_is_enough(void **state)
{
	(void)state;
	wishes.short_from = 2;
	assert_int_equal(run("record", "put", records(513, ""), "--copies", "1", NULL),
		EXIT_COPIES);
	assert_has(said.out, "513 created");
	assert_has(said.out, ", 1 kept but short of copies\n");
}

static void an_older_node_is_found_out(void **state)
{
	(void)state;
	wishes.silent = true;
	assert_int_equal(run("record", "put", records(1, ""), "--copies", "all", NULL),
		EXIT_COPIES);
	assert_has(said.err, "too old to wait");
	assert_int_equal(run("record", "put", records(1, ""), NULL), EXIT_OK);
}

/* ---- for programs -------------------------------------------------------------------
 */

static void put_and_import_end_with_one_shape(void **state)
{
	static const char *const keys[] = { "created", "changed", "unchanged",
		"refused", "left_out", "remarks", "short_of_copies", "pending" };
	json_t *put, *import;

	(void)state;
	run("record", "put", records(2, ""), "--json", NULL);
	put = last_line();
	run("import", records(2, ""), "--format", "jsonl", "--json", NULL);
	import = last_line();
	assert_true(json_equal(put, import));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_number(json_object_get(put, "summary"), keys[i], i == 0 ? 2 : 0);
	}
	assert_int_equal(json_object_size(json_object_get(put, "summary")), 9);
	json_decref(put);
	json_decref(import);
}

static void copies_are_told_to_programs(void **state)
{
	json_t *json, *copies, *arrivals;

	(void)state;
	wishes.short_from = 1;
	run("record", "withdraw", "KAZ-1", "--reason", "error", "--json", "--copies",
		"all", NULL);
	json = last_line();
	copies = json_object_get(json, "copies");
	arrivals = json_object_get(copies, "arrivals");
	assert_string_equal(
		json_string_value(json_object_get(copies, "wanted")), "all");
	assert_true(json_is_false(json_object_get(copies, "reached")));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(copies, "error"), "code")),
		"TIMEOUT");
	assert_int_equal(json_array_size(arrivals), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(arrivals, 0), "list")),
		"KAZ/entry_ban");
	json_decref(json);
	wishes.short_from = 0;
	run("record", "withdraw", "KAZ-1", "--reason", "error", "--json", "--copies",
		"2", NULL);
	json = last_line();
	copies = json_object_get(json, "copies");
	assert_number(copies, "wanted", 2);
	assert_true(json_is_true(json_object_get(copies, "reached")));
	assert_null(json_object_get(copies, "error"));
	json_decref(json);
}

static void lines_have_one_shape_and_survive_any_name(void **state)
{
	json_t *json;

	(void)state;
	run("record", "put", records(1, "W"), "--json", NULL);
	*strchr(said.out, '\n') = '\0';
	json = json_loads(said.out, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(json, "outcome")), "warning");
	assert_string_equal(json_string_value(json_object_get(json, "id")), "KAZ-1W");
	assert_number(json, "line", 1);
	json_decref(json);
	run("record", "put", capture_file("\"\xff\"\n", 4), "--json", NULL);
	*strchr(said.out, '\n') = '\0';
	json = json_loads(said.out, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(json, "outcome")), "refused");
	assert_true(json_is_null(json_object_get(json, "id")));
	json_decref(json);
}

/* ---- import -------------------------------------------------------------------------
 */

static void options_that_jsonl_does_not_read_are_refused(void **state)
{
	static const char *const options[][2] = { { "--as-of", "2026-01-01" },
		{ "--valid-days", "10" }, { "--owner", "KAZ" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(run("import", records(1, ""), "--format", "jsonl",
					 options[i][0], options[i][1], NULL),
			EXIT_USAGE);
		assert_has(said.err, options[i][0]);
		assert_has(said.err, "not with --format jsonl");
	}
	assert_int_equal(run("import", records(1, ""), "--format", "un-xml",
				 "--aliases", "alt.csv", NULL),
		EXIT_USAGE);
	assert_has(said.err, "--aliases: only with --format ofac-csv");
	assert_int_equal(wishes.count, 0);
}

/* The fake node does not say who it is: there is no owner to be had from it. */
static void jsonl_needs_no_owner(void **state)
{
	(void)state;
	assert_int_equal(
		run("import", records(1, ""), "--format", "jsonl", NULL), EXIT_OK);
	assert_has(said.out, "1 created");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_wish_the_node_does_as_it_likes),
		TEST(a_wish_goes_with_its_time),
		TEST(a_wish_that_is_none_is_refused),
		TEST(what_is_kept_and_short_of_copies_has_its_own_status),
		TEST(a_refusal_weighs_more),
		TEST(after_a_wait_in_vain_it_only_looks),
		TEST(one_group_short_of_copies_is_enough),
		TEST(an_older_node_is_found_out),
		TEST(put_and_import_end_with_one_shape),
		TEST(copies_are_told_to_programs),
		TEST(lines_have_one_shape_and_survive_any_name),
		TEST(options_that_jsonl_does_not_read_are_refused),
		TEST(jsonl_needs_no_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
