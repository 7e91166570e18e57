/* SPDX-License-Identifier: Apache-2.0 */
/* cordonctl at a real node: exit statuses, order, what goes in comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *kaz, *rus;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	kaz = node[1];
	rus = node[2];
	union_put(kaz, "KAZ-1", "AA11111");
	union_await_verdict(rus, "AA11111", CORDON_VERDICT_MATCH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static json_t *json_of(const char *line)
{
	json_t *json = json_loads(line, 0, NULL);

	assert_non_null(json);
	return json;
}

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void the_status_of_a_lookup_tells_its_answer(void **state)
{
	static const struct {
		const char *words[4];
		int status;
	} cases[] = {
		{ { "document", "AA11111", "--issuer", "UZB" }, 3 },
		{ { "document", "AA11111", NULL, NULL }, 3 },
		{ { "document", "ZZ99999", "--issuer", "UZB" }, 0 },
		{ { "document", "AA11111", "--issuer", "QQQ" }, 2 },
		{ { "document", "--- ---", NULL, NULL }, 2 },
		{ { "document", NULL, NULL, NULL }, 2 },
		{ { "mrz", "NO ZONE", NULL, NULL }, 2 },
		{ { "person", NULL, NULL, NULL }, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct union_output output;

		union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup",
			cases[i].words[0], cases[i].words[1], cases[i].words[2],
			cases[i].words[3], NULL);
		assert_int_equal(output.status, cases[i].status);
		union_output_finish(&output);
	}
}

static void a_zone_comes_from_standard_input(void **state)
{
	static const char zone[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
				   "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n";
	struct union_output output;

	(void)state;
	union_ctl(rus, UNION_CHECKPOINT, zone, &output, "mrz", "-", NULL);
	assert_int_equal(output.status, 0);
	assert_non_null(strstr(output.out, "L898902C3"));
	union_output_finish(&output);
	union_ctl(rus, UNION_CHECKPOINT, zone, &output, "mrz", NULL);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	union_ctl(rus, UNION_CHECKPOINT, "", &output, "lookup", "mrz", "-", NULL);
	assert_int_equal(output.status, 2);
	assert_non_null(strstr(output.err, "no line of a machine-readable zone"));
	union_output_finish(&output);
}

static void an_answer_has_the_form_that_programs_rely_on(void **state)
{
	static const char *const keys[] = { "lookup", "verdict", "complete", "missing",
		"matches", "cleared", "freshness", "took_us" };
	static const char *const match_keys[] = { "id", "kind", "score", "basis",
		"because", "effect", "actions", "record" };
	struct union_output output;
	const json_t *match;
	json_t *json;

	(void)state;
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "document", "AA11111",
		"--json", "--issuer", "UZB", NULL);
	json = json_of(output.out);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_non_null(json_object_get(json, keys[i]));
	}
	assert_string_equal(text_of(json, "verdict"), "match");
	match = json_array_get(json_object_get(json, "matches"), 0);
	for (size_t i = 0; i < sizeof(match_keys) / sizeof(match_keys[0]); i++) {
		assert_non_null(json_object_get(match, match_keys[i]));
	}
	assert_string_equal(text_of(match, "id"), "KAZ-1");
	assert_string_equal(text_of(match, "basis"), "document");
	json_decref(json);
	union_output_finish(&output);
}

static void a_batch_answers_in_order_and_ends_with_the_worst(void **state)
{
	static const char lines[] =
		"{\"id\":\"a\",\"document\":{\"number\":\"AA11111\",\"issuer\":\"UZB\"}"
		"}\n"
		"{\"id\":\"b\",\"document\":{\"number\":\"ZZ1\",\"issuer\":\"UZB\"}}\n"
		"{\"id\":\"c\",\"person\":{}}\n"
		"no JSON\n"
		"{\"id\":\"d\",\"document\":{\"number\":\"AA11111\"}}\n";
	static const char *const verdicts[] = { "match", "clear", NULL, NULL,
		"possible" };
	struct union_output output;
	char *line, *rest;

	(void)state;
	union_ctl(rus, UNION_CHECKPOINT, lines, &output, "lookup", "batch", "-", NULL);
	assert_int_equal(output.status, 2);
	line = strtok_r(output.out, "\n", &rest);
	for (size_t i = 0; i < 5; i++, line = strtok_r(NULL, "\n", &rest)) {
		json_t *json = json_of(line);

		if (verdicts[i] != NULL) {
			assert_string_equal(text_of(json, "verdict"), verdicts[i]);
		} else {
			assert_non_null(
				text_of(json_object_get(json, "error"), "text"));
		}
		json_decref(json);
	}
	assert_null(line);
	union_output_finish(&output);
}

static void an_export_is_read_back_to_the_same_records(void **state)
{
	struct union_output exported, imported;
	char before[65], after[65];
	const char *file;

	(void)state;
	union_put(kaz, "KAZ-2", "AA22222");
	union_export_digest(kaz, "KAZ", before);
	union_ctl(kaz, UNION_ADMIN, NULL, &exported, "export", "--owner", "KAZ", NULL);
	assert_int_equal(exported.status, 0);
	file = union_file(all, "kaz.jsonl", exported.out);
	union_ctl(kaz, UNION_AGENCY, NULL, &imported, "import", file, "--format",
		"jsonl", NULL);
	assert_int_equal(imported.status, 0);
	assert_non_null(strstr(imported.out, "0 created, 0 changed, 2 unchanged"));
	union_export_digest(kaz, "KAZ", after);
	assert_string_equal(before, after);
	union_output_finish(&exported);
	union_output_finish(&imported);
}

static void nothing_found_is_incomplete_when_a_list_is_too_old(void **state)
{
	struct union_output output;

	(void)state;
	union_stop(node[0]);
	/* heads are signed again every few seconds; BLR's no more */
	struct union_waiting waiting = union_waiting(all, "BLR's lists to grow old");
	for (;;) {
		union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "document",
			"ZZ9", "--max-age", "1", NULL);
		if (output.status == 4) {
			break;
		}
		union_output_finish(&output);
		union_pause(&waiting);
	}
	assert_non_null(strstr(output.out, "INCOMPLETE"));
	union_output_finish(&output);
	union_start(node[0]);
}

static void no_node_is_no_answer(void **state)
{
	struct union_output output;

	(void)state;
	union_stop(rus);
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "document", "AA11111",
		NULL);
	assert_int_equal(output.status, 1);
	assert_non_null(strstr(output.err, "refused"));
	union_output_finish(&output);
	union_start(rus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_status_of_a_lookup_tells_its_answer),
		cmocka_unit_test(a_zone_comes_from_standard_input),
		cmocka_unit_test(an_answer_has_the_form_that_programs_rely_on),
		cmocka_unit_test(a_batch_answers_in_order_and_ends_with_the_worst),
		cmocka_unit_test(an_export_is_read_back_to_the_same_records),
		cmocka_unit_test(nothing_found_is_incomplete_when_a_list_is_too_old),
		cmocka_unit_test(no_node_is_no_answer),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
