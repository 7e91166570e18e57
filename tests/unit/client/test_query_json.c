/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/answer.h"
#include "client/ctl/query.h"

struct line {
	struct arena arena;
	struct cordon_query query;
	struct errmsg msg;
	json_t *id;
	int error;
};

static void read_line(struct line *line, const char *text)
{
	memset(line, 0, sizeof(*line));
	arena_init(&line->arena, 0);
	line->error = query_from_json(
		text, strlen(text), &line->arena, &line->query, &line->id, &line->msg);
}

static void finish_line(struct line *line)
{
	json_decref(line->id);
	arena_finish(&line->arena);
}

static void each_kind_of_question_is_read(void **state)
{
	struct line line;

	(void)state;
	read_line(&line,
		"{\"id\":\"q\",\"document\":{\"number\":\"AA1\",\"issuer\":\"KAZ\","
		"\"type\":\"P\"},\"limit\":7}");
	assert_int_equal(line.error, 0);
	assert_int_equal(line.query.type, CORDON_QUERY_DOCUMENT);
	assert_string_equal(line.query.number, "AA1");
	assert_string_equal(line.query.issuer, "KAZ");
	assert_int_equal(line.query.document_type, CORDON_DOCUMENT_PASSPORT);
	assert_int_equal(line.query.limit, 7);
	assert_string_equal(json_string_value(line.id), "q");
	finish_line(&line);

	read_line(&line, "{\"id\":1,\"person\":{\"name\":\"LI\",\"born\":\"1980-05\","
			 "\"sex\":\"F\",\"nationality\":\"UZB\"}}");
	assert_int_equal(line.error, 0);
	assert_int_equal(line.query.type, CORDON_QUERY_PERSON);
	assert_int_equal(line.query.born.month, 5);
	assert_int_equal(line.query.sex, CORDON_SEX_F);
	assert_int_equal(json_integer_value(line.id), 1);
	finish_line(&line);

	read_line(
		&line, "{\"person\":{\"personal_number\":\"12\",\"issuer\":\"BLR\"}}");
	assert_int_equal(line.error, 0);
	assert_int_equal(line.query.type, CORDON_QUERY_PERSONAL_NUMBER);
	assert_null(line.id);
	finish_line(&line);

	read_line(&line, "{\"mrz\":[\"ONE\",\"TWO\"]}");
	assert_int_equal(line.error, 0);
	assert_int_equal(line.query.type, CORDON_QUERY_MRZ);
	assert_int_equal(line.query.mrz_line_count, 2);
	assert_string_equal(line.query.mrz_lines[1], "TWO");
	finish_line(&line);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text;
		int error;
		const char *named;
	} cases[] = {
		{ "{", CORDON_ESYNTAX, "no JSON" },
		{ "[]", CORDON_ESYNTAX, "object" },
		{ "{\"id\":\"a\",\"id\":\"b\"}", CORDON_ESYNTAX, "no JSON" },
		{ "{}", CORDON_EFIELD, "document|mrz|person" },
		{ "{\"mrz\":[\"A\"],\"person\":{\"name\":\"A\"}}", CORDON_EFIELD,
			"exactly one" },
		{ "{\"document\":{}}", CORDON_EFIELD, "document.number" },
		{ "{\"document\":{\"number\":1}}", CORDON_EFIELD, "document.number" },
		{ "{\"document\":{\"number\":\"1\",\"isuer\":\"KAZ\"}}", CORDON_EFIELD,
			"document.isuer" },
		{ "{\"document\":{\"number\":\"1\",\"type\":\"Z\"}}", CORDON_EFIELD,
			"document.type" },
		{ "{\"document\":7}", CORDON_EFIELD, "document" },
		{ "{\"person\":{\"name\":\"\"}}", CORDON_EFIELD, "person.name" },
		{ "{\"person\":{\"name\":\"A\",\"born\":\"1980-13\"}}", CORDON_EFIELD,
			"person.born" },
		{ "{\"person\":{\"personal_number\":\"1\"}}", CORDON_EFIELD,
			"person.issuer" },
		{ "{\"mrz\":[]}", CORDON_EFIELD, "mrz" },
		{ "{\"mrz\":[\"1\",\"2\",\"3\",\"4\"]}", CORDON_EFIELD, "mrz" },
		{ "{\"mrz\":[1]}", CORDON_EFIELD, "mrz" },
		{ "{\"mrz\":[\"A\"],\"limit\":0}", CORDON_EFIELD, "limit" },
		{ "{\"mrz\":[\"A\"],\"limit\":201}", CORDON_EFIELD, "limit" },
		{ "{\"mrz\":[\"A\"],\"max\":1}", CORDON_EFIELD, "max" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line line;

		read_line(&line, cases[i].text);
		assert_int_equal(line.error, cases[i].error);
		assert_non_null(strstr(line.msg.text, cases[i].named));
		finish_line(&line);
	}
}

static void the_id_of_a_wrong_line_is_kept(void **state)
{
	struct line line;

	(void)state;
	read_line(&line, "{\"id\":{\"a\":[1]},\"person\":{}}");
	assert_int_equal(line.error, CORDON_EFIELD);
	assert_true(json_is_object(line.id));
	finish_line(&line);
}

static void the_status_follows_the_answer(void **state)
{
	struct cordon_mrz wrong = { .checks = { .composite = CORDON_CHECK_WRONG } };
	struct cordon_answer clear = { .verdict = CORDON_VERDICT_CLEAR,
		.complete = true };
	struct cordon_answer missing = { .verdict = CORDON_VERDICT_CLEAR };
	struct cordon_answer possible = { .verdict = CORDON_VERDICT_POSSIBLE };
	struct cordon_answer misread = {
		.verdict = CORDON_VERDICT_CLEAR, .complete = true, .mrz = &wrong
	};
	struct cordon_answer found = { .verdict = CORDON_VERDICT_MATCH, .mrz = &wrong };
	struct cordon_answer unreadable = { .error = CORDON_EFIELD };
	struct cordon_answer none = { .error = CORDON_ENOTMRZ };
	struct cordon_answer busy = { .error = CORDON_EBUSY };

	(void)state;
	assert_int_equal(answer_status(&clear), 0);
	assert_int_equal(answer_status(&missing), 4);
	assert_int_equal(answer_status(&possible), 3);
	assert_int_equal(answer_status(&misread), 2);
	assert_int_equal(answer_status(&found), 3);
	assert_int_equal(answer_status(&unreadable), 2);
	assert_int_equal(answer_status(&none), 2);
	assert_int_equal(answer_status(&busy), 1);
}

static void a_batch_ends_with_the_worst_of_its_lines(void **state)
{
	static const int worse_first[] = { 1, 2, 4, 3, 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = i; k < 5; k++) {
			assert_int_equal(
				answer_worse_status(worse_first[i], worse_first[k]),
				worse_first[i]);
			assert_int_equal(
				answer_worse_status(worse_first[k], worse_first[i]),
				worse_first[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_question_is_read),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(the_id_of_a_wrong_line_is_kept),
		cmocka_unit_test(the_status_follows_the_answer),
		cmocka_unit_test(a_batch_ends_with_the_worst_of_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
