/* SPDX-License-Identifier: Apache-2.0 */
/* Who is this?  Names in other scripts and spellings at real nodes. */
#define _GNU_SOURCE /* asprintf */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/lib/union.h"

/* Everybody here is invented. */

#define NAMESAKES 12

static struct testunion *all;
static struct union_node *blr, *kaz, *rus;

static void put(const char *id, const char *kind, const char *person, const char *more)
{
	struct union_output output;
	char *json = NULL;

	assert_true(asprintf(&json,
			    "{\"id\":\"%s\",\"kind\":\"%s\",\"reason\":\"overstay\","
			    "\"valid_from\":\"2024-01-01\",\"valid_until\":"
			    "\"2033-01-01\",\"actions\":[\"refuse_entry\"],"
			    "\"person\":{%s}%s}\n",
			    id, kind, person, more) > 0);
	union_ctl(kaz, UNION_AGENCY, json, &output, "record", "put", "-", NULL);
	if (output.status != 0) {
		fail_msg("%s: %s%s", id, output.out, output.err);
	}
	union_output_finish(&output);
	free(json);
}

static void put_people(void)
{
	char id[32], namesake[128];

	put("KAZ-IVANOV", "entry_ban",
		"\"names\":[{\"type\":\"primary\",\"surname\":\"Иванов\",\"given\":"
		"\"Сергей\",\"patronymic\":\"Петрович\"}],\"born\":\"1980-05-07\"",
		"");
	put("KAZ-ZHAKYPOV", "entry_ban",
		"\"names\":[{\"type\":\"primary\",\"surname\":\"Жақыпов\",\"given\":"
		"\"Қабиболла\",\"patronymic\":\"Қабенұлы\"}],\"born\":\"1971-11-30\"",
		"");
	put("KAZ-MISUSED", "entry_ban",
		"\"names\":[{\"type\":\"primary\",\"full\":\"Zubarov "
		"Timur\"},{\"type\":"
		"\"misused\",\"full\":\"Кравцевич Аркадий\"}],\"born\":\"1969-02-03\"",
		",\"note\":\"Arkadi Kravcevich carries a letter of 2024\"");
	put("KAZ-WEAK", "entry_ban",
		"\"names\":[{\"type\":\"primary\",\"full\":\"Bekmuratov Daniyar\"},"
		"{\"type\":\"weak_alias\",\"full\":\"Polevoi Innokenti\"}],\"born\":"
		"\"1975-08-09\"",
		"");
	put("KAZ-LONG", "entry_ban",
		"\"names\":[{\"type\":\"primary\",\"surname\":\"Abdurakhmonberdiyev\","
		"\"given\":\"Muhammadkarimjonbek\"}],\"born\":\"1985-06-14\"",
		"");
	for (int i = 0; i < NAMESAKES; i++) {
		snprintf(id, sizeof(id), "KAZ-SAME-%02d", i);
		snprintf(namesake, sizeof(namesake),
			"\"names\":[{\"type\":\"primary\",\"full\":\"Orlov "
			"Andrei\"}],\"born\":\"19%02d-03-04\"",
			60 + i);
		put(id, i % 2 == 0 ? "entry_ban" : "deportation", namesake, "");
	}
}

static int setup(void **state)
{
	(void)state;
	all = union_create();
	blr = union_add(all, "BLR", "node-1");
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	blr->extra = "requests_per_identity = 200\n"
		     "match { entry_ban = 890 }\n";
	union_launch(blr);
	union_launch(kaz);
	union_launch(rus);
	union_await(blr);
	union_await(kaz);
	union_await(rus);
	put_people();
	union_settle(all);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static json_t *person(struct union_node *at, const char *name, const char *born)
{
	struct union_output output;
	json_t *json;

	union_ctl(at, UNION_CHECKPOINT, NULL, &output, "lookup", "person", "--json",
		"--name", name, born == NULL ? NULL : "--born", born, NULL);
	json = json_loads(output.out, 0, NULL);
	if (json == NULL) {
		fail_msg("%s: %s%s", name, output.out, output.err);
	}
	union_output_finish(&output);
	return json;
}

static const json_t *match_of(const json_t *answer, const char *id)
{
	const json_t *match;
	size_t i;

	json_array_foreach(json_object_get(answer, "matches"), i, match)
	{
		if (strcmp(json_string_value(json_object_get(match, "id")), id) == 0) {
			return match;
		}
	}
	return NULL;
}

static bool has_text(const json_t *array, const char *text)
{
	const json_t *value;
	size_t i;

	json_array_foreach(array, i, value)
	{
		if (strcmp(json_string_value(value), text) == 0) {
			return true;
		}
	}
	return false;
}

static const char *verdict_of(const json_t *answer)
{
	return json_string_value(json_object_get(answer, "verdict"));
}

static void a_person_is_found_whatever_the_passport_writes(void **state)
{
	static const struct {
		const char *name, *born, *id;
	} cases[] = {
		{ "IVANOU SIARHEI", "1980-05-07", "KAZ-IVANOV" },
		{ "SERGEY IVANOV", "1980-05-07", "KAZ-IVANOV" },
		{ "Сяргей Іваноў", "1980-05-07", "KAZ-IVANOV" },
		{ "Іваноў Сяргей Пятровіч", "1980-05-07", "KAZ-IVANOV" },
		{ "Serguei Ivanoff", "1980-05-07", "KAZ-IVANOV" },
		{ "SERGEY IVANOV", "1980-07-05", "KAZ-IVANOV" },
		{ "SERGEY IVANOV", "1980", "KAZ-IVANOV" },
		{ "JAKUPOV Kabibulla Kabenovich", "1971-11-30", "KAZ-ZHAKYPOV" },
		{ "ZHAKYPOV KABIBOLLA", "1971-11-30", "KAZ-ZHAKYPOV" },
		{ "Жакыпов Кабиболла", "1971-11-30", "KAZ-ZHAKYPOV" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *answer = person(rus, cases[i].name, cases[i].born);
		const json_t *match = match_of(answer, cases[i].id);

		if (match == NULL || strcmp(verdict_of(answer), "possible") != 0) {
			fail_msg("%s %s does not find %s", cases[i].name, cases[i].born,
				cases[i].id);
		}
		assert_in_range(
			json_integer_value(json_object_get(match, "score")), 500, 899);
		json_decref(answer);
	}
}

static void another_person_is_not_found(void **state)
{
	static const char *const cases[][2] = {
		{ "SERGEY IVANOV", "1962-01-19" },
		{ "Olga Kuznetsova", "1980-05-07" },
		{ "SERGEY PETROV", "1980-05-07" },
		{ "ISKAKOV MARAT", "1971-11-30" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *answer = person(rus, cases[i][0], cases[i][1]);

		if (strcmp(verdict_of(answer), "clear") != 0) {
			fail_msg("%s %s finds somebody", cases[i][0], cases[i][1]);
		}
		json_decref(answer);
	}
}

static void a_name_cut_at_the_end_of_its_zone_is_found(void **state)
{
	struct union_output output;
	json_t *answer;

	(void)state;
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "mrz", "--json",
		"P<UZBABDURAKHMONBERDIYEV<<MUHAMMADKARIMJONBE",
		"AB12345671UZB8506140M3001019<<<<<<<<<<<<<<00", NULL);
	if (output.status == 2) { /* the zone is to be one, the name is at stake */
		fail_msg("%s%s", output.out, output.err);
	}
	answer = json_loads(output.out, 0, NULL);
	assert_non_null(match_of(answer, "KAZ-LONG"));
	json_decref(answer);
	union_output_finish(&output);
}

static void a_misused_identity_points_to_the_note(void **state)
{
	struct union_output output;
	json_t *answer = person(rus, "Kravtsevich Arkadiy", "1969-02-03");
	const json_t *match = match_of(answer, "KAZ-MISUSED");

	(void)state;
	assert_non_null(match);
	assert_true(has_text(json_object_get(match, "because"), "misused_identity"));
	assert_string_equal(verdict_of(answer), "possible");
	json_decref(answer);
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "person", "--name",
		"Kravtsevich Arkadiy", "--born", "1969-02-03", NULL);
	assert_int_equal(output.status, 3);
	assert_non_null(strstr(output.out, "MISUSED IDENTITY"));
	assert_non_null(strstr(output.out, "carries a letter of 2024"));
	union_output_finish(&output);
}

static void a_weak_alias_says_so(void **state)
{
	json_t *answer = person(rus, "Innokentiy Polevoy", "1975-08-09");
	const json_t *match = match_of(answer, "KAZ-WEAK");

	(void)state;
	assert_non_null(match);
	assert_true(has_text(json_object_get(match, "because"), "weak_alias"));
	json_decref(answer);
}

static void the_officer_is_told_how_many_have_the_name(void **state)
{
	struct union_output output;
	json_t *answer = person(rus, "ORLOV ANDREY", NULL);

	(void)state;
	assert_int_equal(
		json_integer_value(json_object_get(answer, "namesakes")), NAMESAKES);
	assert_int_equal(
		json_array_size(json_object_get(answer, "matches")), NAMESAKES);
	json_decref(answer);
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "person", "--name",
		"ORLOV ANDREY", "--limit", "3", NULL);
	assert_int_equal(output.status, 3);
	assert_non_null(strstr(output.out, "12 persons in the lists have a name"));
	assert_non_null(strstr(output.out, "give a birth date"));
	union_output_finish(&output);
}

static void one_word_that_finds_nothing_asks_for_another(void **state)
{
	json_t *answer = person(kaz, "Orlov", NULL);
	const json_t *narrow = json_object_get(answer, "narrow");
	struct union_output output;

	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(answer, "verdict")), "clear");
	assert_string_equal(json_string_value(json_array_get(narrow, 0)), "birth_date");
	assert_string_equal(
		json_string_value(json_array_get(narrow, 1)), "another_name");
	assert_int_equal(json_array_size(narrow), 2);
	json_decref(answer);
	union_ctl(kaz, UNION_CHECKPOINT, NULL, &output, "lookup", "person", "--name",
		"Orlov", NULL);
	assert_non_null(strstr(output.out, "too little to go by: give one name more"));
	union_output_finish(&output);
	answer = person(kaz, "Nobody Atall", NULL);
	assert_int_equal(json_array_size(json_object_get(answer, "narrow")), 0);
	json_decref(answer);
}

static void nodes_answer_alike(void **state)
{
	static const char *const names[] = { "ORLOV ANDREY", "Ivanov Sergey" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_t *a = person(rus, names[i], NULL);
		json_t *b = person(kaz, names[i], NULL);
		const json_t *of_a = json_object_get(a, "matches");
		const json_t *of_b = json_object_get(b, "matches");

		assert_int_equal(json_array_size(of_a), json_array_size(of_b));
		for (size_t k = 0; k < json_array_size(of_a); k++) {
			const json_t *x = json_array_get(of_a, k);
			const json_t *y = json_array_get(of_b, k);

			assert_true(json_equal(
				json_object_get(x, "id"), json_object_get(y, "id")));
			assert_true(json_equal(json_object_get(x, "score"),
				json_object_get(y, "score")));
		}
		json_decref(a);
		json_decref(b);
	}
}

static long found_at_least(const char *least)
{
	struct union_output output;
	json_t *answer;
	long count;

	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "lookup", "person", "--json",
		"--name", "ORLOV ANDREY", "--min-score", least, NULL);
	answer = json_loads(output.out, 0, NULL);
	assert_non_null(answer);
	count = (long)json_array_size(json_object_get(answer, "matches"));
	json_decref(answer);
	union_output_finish(&output);
	return count;
}

static void the_least_score_is_the_askers_to_say(void **state)
{
	(void)state;
	assert_int_equal(found_at_least("300"), NAMESAKES);
	assert_int_equal(found_at_least("899"), 0);
}

static void each_kind_has_a_threshold_of_its_own(void **state)
{
	json_t *answer = person(blr, "ORLOV ANDREY", NULL);
	const json_t *match;
	size_t i;

	(void)state;
	assert_int_equal(
		json_array_size(json_object_get(answer, "matches")), NAMESAKES / 2);
	json_array_foreach(json_object_get(answer, "matches"), i, match)
	{
		assert_string_equal(json_string_value(json_object_get(match, "kind")),
			"deportation");
	}
	json_decref(answer);
}

static void a_batch_of_persons_is_answered_in_order(void **state)
{
	static const char lines[] =
		"{\"id\":1,\"person\":{\"name\":\"SIARHEI IVANOU\",\"born\":"
		"\"1980-05-07\"}}\n"
		"{\"id\":2,\"person\":{\"name\":\"SIARHEI IVANOU\",\"born\":"
		"\"1980-05-07\",\"min_score\":899}}\n"
		"{\"id\":3,\"person\":{\"name\":\"SIARHEI IVANOU\",\"min_score\":0}}\n";
	static const char *const verdicts[] = { "possible", "clear", NULL };
	struct union_output output;
	char *line, *rest;

	(void)state;
	union_ctl(rus, UNION_CHECKPOINT, lines, &output, "lookup", "batch", "-", NULL);
	line = strtok_r(output.out, "\n", &rest);
	for (int i = 0; i < 3; i++, line = strtok_r(NULL, "\n", &rest)) {
		json_t *json = json_loads(line, 0, NULL);

		assert_int_equal(
			json_integer_value(json_object_get(json, "id")), i + 1);
		if (verdicts[i] != NULL) {
			assert_string_equal(verdict_of(json), verdicts[i]);
		} else {
			assert_non_null(strstr(line, "min_score"));
		}
		json_decref(json);
	}
	union_output_finish(&output);
}

static json_t *explained(const char *name, const char *born, const char *id)
{
	struct union_output output;
	json_t *json;

	union_ctl(rus, UNION_AGENCY, NULL, &output, "explain", "--json", "--name", name,
		"--born", born, id, NULL);
	if (output.status != 0) {
		fail_msg("%s: %s%s", id, output.out, output.err);
	}
	json = json_loads(output.out, 0, NULL);
	assert_non_null(json);
	union_output_finish(&output);
	return json;
}

static void an_explanation_says_what_a_lookup_does(void **state)
{
	json_t *json = explained("SIARHEI IVANOU", "1980-05-07", "KAZ-IVANOV");
	json_t *answer = person(rus, "SIARHEI IVANOU", "1980-05-07");
	const json_t *match = match_of(answer, "KAZ-IVANOV"), *key;
	size_t i, shared = 0;

	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(json, "outcome")), "found");
	assert_true(json_equal(
		json_object_get(json, "score"), json_object_get(match, "score")));
	assert_true(json_equal(
		json_object_get(json, "because"), json_object_get(match, "because")));
	json_array_foreach(json_object_get(json, "keys"), i, key)
	{
		assert_true(!json_is_true(json_object_get(key, "listed")) ||
			    json_is_true(json_object_get(key, "stored")));
		shared += json_is_true(json_object_get(key, "listed")) &&
			  json_is_true(json_object_get(key, "asked"));
	}
	assert_int_equal(shared, 3); /* two words and the date */
	json_decref(json);
	json_decref(answer);
}

static void an_explanation_says_why_nobody_is_found(void **state)
{
	struct union_output output;
	json_t *json = explained("OLGA KUZNETSOVA", "1980-05-07", "KAZ-IVANOV");

	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(json, "outcome")), "below_threshold");
	json_decref(json);
	union_ctl(rus, UNION_ADMIN, NULL, &output, "explain", "--name", "OLGA",
		"KAZ-IVANOV", NULL);
	assert_int_equal(output.status, 0);
	assert_non_null(strstr(output.out, "too little agrees"));
	assert_non_null(strstr(output.out, "another name"));
	union_output_finish(&output);
	union_ctl(rus, UNION_AGENCY, NULL, &output, "explain", "--name", "OLGA",
		"KAZ-NOBODY", NULL);
	assert_int_equal(output.status, 1);
	assert_non_null(strstr(output.err, "no such record"));
	union_output_finish(&output);
	union_ctl(rus, UNION_CHECKPOINT, NULL, &output, "explain", "--name", "OLGA",
		"KAZ-IVANOV", NULL);
	assert_int_equal(output.status, 1);
	assert_non_null(strstr(output.err, "rule role"));
	union_output_finish(&output);
}

/* More than a certificate may ask in a second: it waits, and nobody is left out. */
static void a_long_batch_keeps_to_the_limits_of_the_node(void **state)
{
	struct union_output output;
	char *lines = NULL;
	size_t size, count = 0;
	FILE *file = open_memstream(&lines, &size);

	(void)state;
	for (int i = 0; i < 500; i++) {
		fprintf(file, "{\"id\":%d,\"person\":{\"name\":\"Orlov %d\"}}\n", i, i);
	}
	fclose(file);
	union_ctl(blr, UNION_CHECKPOINT, lines, &output, "lookup", "batch", "-", NULL);
	assert_null(strstr(output.out, "\"error\""));
	for (const char *at = output.out; (at = strchr(at, '\n')) != NULL; at++) {
		count++;
	}
	assert_int_equal(count, 500);
	union_output_finish(&output);
	free(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_found_whatever_the_passport_writes),
		cmocka_unit_test(another_person_is_not_found),
		cmocka_unit_test(a_name_cut_at_the_end_of_its_zone_is_found),
		cmocka_unit_test(a_misused_identity_points_to_the_note),
		cmocka_unit_test(a_weak_alias_says_so),
		cmocka_unit_test(the_officer_is_told_how_many_have_the_name),
		cmocka_unit_test(one_word_that_finds_nothing_asks_for_another),
		cmocka_unit_test(nodes_answer_alike),
		cmocka_unit_test(the_least_score_is_the_askers_to_say),
		cmocka_unit_test(each_kind_has_a_threshold_of_its_own),
		cmocka_unit_test(a_batch_of_persons_is_answered_in_order),
		cmocka_unit_test(an_explanation_says_what_a_lookup_does),
		cmocka_unit_test(an_explanation_says_why_nobody_is_found),
		cmocka_unit_test(a_long_batch_keeps_to_the_limits_of_the_node),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
