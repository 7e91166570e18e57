/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/lookup_codec.h"

static struct arena arena;
static struct errmsg msg;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	msg.text[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

/* Through the bytes of the wire. */
static const Cordon__LookupRequest *sent(const struct cordon_context *context,
	const struct cordon_query *queries, size_t count)
{
	Cordon__LookupRequest *request;
	ProtobufCMessage *arrived;
	uint8_t *bytes;
	size_t size;

	assert_int_equal(lookup_request_to_message(
				 context, queries, count, &arena, &request, &msg),
		0);
	size = protobuf_c_message_get_packed_size(&request->base);
	bytes = arena_alloc(&arena, size);
	protobuf_c_message_pack(&request->base, bytes);
	assert_int_equal(message_decode(MESSAGE_LOOKUP, (struct bytes){ bytes, size },
				 &arena, &arrived, &msg),
		0);
	return (const Cordon__LookupRequest *)arrived;
}

static int arrives(const struct cordon_query *query, struct cordon_query *out)
{
	const Cordon__LookupRequest *request = sent(NULL, query, 1);

	assert_int_equal(request->n_queries, 1);
	return lookup_query_read(request->queries[0], &arena, out, &msg);
}

static void refused(const struct cordon_query *query, const char *words)
{
	struct cordon_query out;

	assert_int_equal(arrives(query, &out), CORDON_EFIELD);
	if (strstr(msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", msg.text, words);
	}
}

static void every_type_of_query_arrives_as_it_was_asked(void **state)
{
	const struct cordon_query document = {
		.type = CORDON_QUERY_DOCUMENT,
		.number = "MP 1234567",
		.issuer = "BLR",
		.document_type = CORDON_DOCUMENT_PASSPORT,
		.limit = 3,
	};
	const struct cordon_query number = {
		.type = CORDON_QUERY_PERSONAL_NUMBER,
		.number = "3070580A001PB5",
		.issuer = "BLR",
	};
	const struct cordon_query mrz = {
		.type = CORDON_QUERY_MRZ,
		.mrz_lines = { "P<UTO", "L898902C" },
		.mrz_line_count = 2,
	};
	const struct cordon_query person = {
		.type = CORDON_QUERY_PERSON,
		.name = "Иванов Сергей",
		.born = { 1980, 5, 0 },
		.sex = CORDON_SEX_M,
		.nationality = "BLR",
		.min_score = 640,
	};
	struct cordon_query out;

	(void)state;
	assert_int_equal(arrives(&document, &out), 0);
	assert_int_equal(out.type, CORDON_QUERY_DOCUMENT);
	assert_string_equal(out.number, "MP 1234567");
	assert_string_equal(out.issuer, "BLR");
	assert_int_equal(out.document_type, CORDON_DOCUMENT_PASSPORT);
	assert_int_equal(out.limit, 3);
	assert_int_equal(arrives(&number, &out), 0);
	assert_int_equal(out.type, CORDON_QUERY_PERSONAL_NUMBER);
	assert_string_equal(out.number, "3070580A001PB5");
	assert_int_equal(out.limit, CORDON_LIMIT_DEFAULT);
	assert_int_equal(arrives(&mrz, &out), 0);
	assert_int_equal(out.mrz_line_count, 2);
	assert_string_equal(out.mrz_lines[1], "L898902C");
	assert_int_equal(arrives(&person, &out), 0);
	assert_string_equal(out.name, "Иванов Сергей");
	assert_int_equal(out.born.year, 1980);
	assert_int_equal(out.born.month, 5);
	assert_int_equal(out.born.day, 0);
	assert_int_equal(out.sex, CORDON_SEX_M);
	assert_string_equal(out.nationality, "BLR");
	assert_int_equal(out.min_score, 640);
}

static void the_context_arrives(void **state)
{
	const struct cordon_context context = {
		.purpose = CORDON_PURPOSE_BORDER_CHECK,
		.direction = CORDON_DIRECTION_ENTRY,
		.officer = "4711",
		.checkpoint = "almaty-1",
		.max_age_s = 60,
		.reference_date = { 2026, 3, 1 },
	};
	const struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT,
		.number = "A1" };
	struct cordon_context out;

	(void)state;
	assert_int_equal(lookup_context_read(sent(&context, &query, 1)->context, &arena,
				 &out, &msg),
		0);
	assert_int_equal(out.purpose, CORDON_PURPOSE_BORDER_CHECK);
	assert_int_equal(out.direction, CORDON_DIRECTION_ENTRY);
	assert_string_equal(out.officer, "4711");
	assert_string_equal(out.checkpoint, "almaty-1");
	assert_int_equal(out.max_age_s, 60);
	assert_int_equal(out.reference_date.day, 1);
	assert_int_equal(
		lookup_context_read(sent(NULL, &query, 1)->context, &arena, &out, &msg),
		0);
	assert_int_equal(out.purpose, 0);
	assert_null(out.officer);
}

static void a_context_out_of_order_is_refused_with_its_field(void **state)
{
	const struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT,
		.number = "A1" };
	const struct {
		struct cordon_context context;
		const char *field;
	} cases[] = {
		{ { .purpose = 99 }, "context.purpose: 99" },
		{ { .direction = 99 }, "context.direction: 99" },
		{ { .officer = "a\nb" }, "context.officer" },
		{ { .checkpoint = "\xff" }, "context.checkpoint" },
		{ { .reference_date = { 2026, 3, 0 } }, "context.reference_date" },
	};
	struct cordon_context out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const Cordon__LookupRequest *request =
			sent(&cases[i].context, &query, 1);

		assert_int_equal(
			lookup_context_read(request->context, &arena, &out, &msg),
			CORDON_EFIELD);
		assert_non_null(strstr(msg.text, cases[i].field));
	}
}

static void a_query_out_of_order_is_refused_with_its_field(void **state)
{
	const struct {
		struct cordon_query query;
		const char *field;
	} cases[] = {
		{ { .type = CORDON_QUERY_DOCUMENT }, "document.number: missing" },
		{ { .type = CORDON_QUERY_DOCUMENT, .number = "\xff" },
			"document.number: not" },
		{ { .type = CORDON_QUERY_DOCUMENT, .number = "A", .document_type = 77 },
			"document.type: 77" },
		{ { .type = CORDON_QUERY_PERSONAL_NUMBER, .number = "1" },
			"personal_number.issuer: missing" },
		{ { .type = CORDON_QUERY_MRZ }, "mrz: 0 lines" },
		{ { .type = CORDON_QUERY_MRZ,
			  .mrz_lines = { "A", "" },
			  .mrz_line_count = 2 },
			"mrz: missing" },
		{ { .type = CORDON_QUERY_PERSON }, "person.name: missing" },
		{ { .type = CORDON_QUERY_PERSON, .name = "A", .sex = 9 },
			"person.sex: 9" },
		{ { .type = CORDON_QUERY_DOCUMENT, .number = "A", .limit = 201 },
			"limit: 201" },
		{ { .type = CORDON_QUERY_PERSON, .name = "A", .min_score = 1001 },
			"min_score: 1001" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refused(&cases[i].query, cases[i].field);
	}
}

static void a_query_that_asks_nothing_is_refused(void **state)
{
	Cordon__Query empty = CORDON__QUERY__INIT;
	struct cordon_query out;

	(void)state;
	assert_int_equal(lookup_query_read(&empty, &arena, &out, &msg), CORDON_EFIELD);
}

static void a_birth_date_that_is_none_is_refused(void **state)
{
	Cordon__PersonQuery person = CORDON__PERSON_QUERY__INIT;
	Cordon__Query query = CORDON__QUERY__INIT;
	struct cordon_query out;

	(void)state;
	person.name = message_data("A");
	person.born = message_data("1980-02-30");
	query.what_case = CORDON__QUERY__WHAT_PERSON;
	query.person = &person;
	assert_int_equal(lookup_query_read(&query, &arena, &out, &msg), CORDON_EFIELD);
	assert_non_null(strstr(msg.text, "person.born"));
}

static void what_no_message_can_say_is_refused_before_sending(void **state)
{
	const struct cordon_query none = { .type = (enum cordon_query_type)9 };
	const struct cordon_query lines = { .type = CORDON_QUERY_MRZ,
		.mrz_line_count = 4 };
	const struct cordon_query born = {
		.type = CORDON_QUERY_PERSON, .name = "A", .born = { 1980, 13, 1 }
	};
	const struct cordon_query *const bad[] = { &none, &lines, &born };
	Cordon__LookupRequest *request;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(lookup_request_to_message(
					 NULL, bad[i], 1, &arena, &request, &msg),
			CORDON_EINVAL);
		assert_non_null(strstr(msg.text, "query 1: "));
	}
	assert_int_equal(
		lookup_request_to_message(NULL, &none, 0, &arena, &request, &msg),
		CORDON_EINVAL);
	assert_int_equal(lookup_request_to_message(NULL, &none, CORDON_BATCH_MAX + 1,
				 &arena, &request, &msg),
		CORDON_EINVAL);
}

static void too_little_memory_is_reported(void **state)
{
	const struct cordon_query query = {
		.type = CORDON_QUERY_PERSON, .name = "A", .born = { 1980, 1, 1 }
	};
	struct cordon_context context = { .reference_date = { 2026, 1, 1 } };
	Cordon__LookupRequest *request;
	int error = CORDON_ENOMEM;

	(void)state;
	for (size_t limit = 16; error == CORDON_ENOMEM; limit += 16) {
		struct arena small;

		arena_init(&small, limit);
		error = lookup_request_to_message(
			&context, &query, 1, &small, &request, &msg);
		assert_true(error == 0 || error == CORDON_ENOMEM);
		arena_finish(&small);
	}
	assert_int_equal(error, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(every_type_of_query_arrives_as_it_was_asked),
		TEST(the_context_arrives),
		TEST(a_context_out_of_order_is_refused_with_its_field),
		TEST(a_query_out_of_order_is_refused_with_its_field),
		TEST(a_query_that_asks_nothing_is_refused),
		TEST(a_birth_date_that_is_none_is_refused),
		TEST(what_no_message_can_say_is_refused_before_sending),
		TEST(too_little_memory_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
