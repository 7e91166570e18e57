/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/core/match_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct question made(struct cordon_query query)
{
	struct question question;

	case_question(&query, &question);
	return question;
}

/* The query is refused with error, the text begins with the field's name, and the
 * question stays as it was. */
static void refused(struct cordon_query query, int error, const char *words)
{
	struct question question = { .type = 77 };
	struct errmsg msg = { "" };

	assert_int_equal(
		question_make(case_context, &query, case_today, &question, &msg),
		error);
	assert_int_equal(question.type, 77);
	if (strncmp(msg.text, words, strlen(words)) != 0) {
		fail_msg("\"%s\" does not begin with \"%s\"", msg.text, words);
	}
	assert_int_equal(
		question_make(case_context, &query, case_today, &question, NULL),
		error);
}

static void a_document_is_asked_by_number_issuer_and_type(void **state)
{
	struct cordon_query query = ask_document(" мр 123-4567", "BLR");
	struct question q;

	(void)state;
	query.document_type = CORDON_DOCUMENT_PASSPORT;
	q = made(query);
	assert_true(q.has_number);
	assert_string_equal(q.number, "MP1234567");
	assert_string_equal(q.skeleton, "MP1234567");
	assert_string_equal(q.issuer, "BLR");
	assert_int_equal(q.document_type, CORDON_DOCUMENT_PASSPORT);
	assert_false(q.has_personal_number);
	assert_false(q.has_name);
	q = made(ask_document("O1", NULL));
	assert_string_equal(q.skeleton, "01");
	assert_string_equal(q.issuer, "");
	assert_string_equal(made(ask_document("O1", "")).issuer, "");
	assert_string_equal(made(ask_document("O1", "D")).issuer, "D");
}

static void a_sentence_around_a_number_is_asked_for_the_number(void **state)
{
	(void)state;
	assert_string_equal(
		made(ask_document("Foreign travel passport with the number 515458008",
			     "RUS"))
			.number,
		"515458008");
	refused(ask_document("Foreign travel passport that has no number at all in it",
			"RUS"),
		CORDON_EFIELD, "number: longer than 40");
}

static void bad_numbers_and_codes_name_their_field(void **state)
{
	struct cordon_query type = ask_document("1", "KAZ");

	(void)state;
	type.document_type = 99;
	refused(ask_document(NULL, "KAZ"), CORDON_EFIELD, "number: ");
	refused(ask_document("", "KAZ"), CORDON_EFIELD, "number: ");
	refused(ask_document("- <", "KAZ"), CORDON_EFIELD, "number: ");
	refused(ask_document("\xff", "KAZ"), CORDON_EFIELD, "number: ");
	refused(ask_document("12345678901234567890123456789012345678901", "KAZ"),
		CORDON_EFIELD, "number: longer than 40");
	refused(ask_document("1", "QQQ"), CORDON_EFIELD, "issuer: \"QQQ\"");
	refused(ask_document("1", "kaz"), CORDON_EFIELD, "issuer: \"\"");
	refused(ask_document("1", "KAZAKHSTAN"), CORDON_EFIELD, "issuer: ");
	refused(ask_document("1", "\xd0\xff"), CORDON_EFIELD, "issuer: ");
	refused(type, CORDON_EFIELD, "document_type: 99");
	refused(ask_personal_number(NULL, "BLR"), CORDON_EFIELD, "number: ");
	refused(ask_personal_number("1", NULL), CORDON_EFIELD, "issuer: is missing");
	refused(ask_personal_number("1", "QQQ"), CORDON_EFIELD, "issuer: ");
	refused((struct cordon_query){ 0 }, CORDON_EFIELD, "type: 0");
	refused((struct cordon_query){ .type = 5 }, CORDON_EFIELD, "type: 5");
}

static void a_personal_number_is_asked_with_its_state(void **state)
{
	struct question q = made(ask_personal_number("3070580a001pb5", "BLR"));

	(void)state;
	assert_true(q.has_personal_number);
	assert_false(q.has_number);
	assert_string_equal(q.personal_number, "3070580A001PB5");
	assert_string_equal(q.personal_skeleton, "3070580A001P85");
	assert_string_equal(q.personal_issuer, "BLR");
}

static void a_person_is_asked_by_name_and_what_is_known(void **state)
{
	struct cordon_query query = ask_person(
		"Иванов Сергей Петрович", (struct cordon_date){ 1980, 5, 0 });
	struct question q;

	(void)state;
	query.sex = CORDON_SEX_M;
	query.nationality = "BLR";
	q = made(query);
	assert_true(q.has_name);
	assert_int_equal(q.person.name.words.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(q.person.name.weights[i] > 0);
	}
	assert_int_equal(q.person.born, born_pack(&query.born));
	assert_int_equal(q.person.sex, CORDON_SEX_M);
	assert_string_equal(q.person.nationality, "BLR");
	assert_false(q.person.born_misread);
	assert_int_equal(q.born.year, 1980);
	assert_int_equal(q.born.day, 0);
	assert_false(q.born_century_open);
	assert_int_equal(q.sex, CORDON_SEX_M);
	assert_string_equal(q.nationality, "BLR");
	assert_false(q.has_number);
}

static struct cordon_query with(
	const char *name, int16_t year, uint8_t month, uint8_t day)
{
	return ask_person(name, (struct cordon_date){ year, month, day });
}

static void bad_persons_name_their_field(void **state)
{
	static char long_name[MATCH_NAME_BYTES + 2];
	struct cordon_query sex = with("Ivanov", 0, 0, 0);
	struct cordon_query nationality = sex;

	(void)state;
	memset(long_name, 'x', MATCH_NAME_BYTES + 1);
	sex.sex = 4;
	nationality.nationality = "Kazakh";
	refused(with(NULL, 0, 0, 0), CORDON_EFIELD, "name: is missing");
	refused(with("", 0, 0, 0), CORDON_EFIELD, "name: is missing");
	refused(with("1980-05-07", 0, 0, 0), CORDON_EFIELD, "name: holds no letter");
	refused(with("ʻʻ", 0, 0, 0), CORDON_EFIELD, "name: holds no letter");
	refused(with(" -.,'", 0, 0, 0), CORDON_EFIELD, "name: holds no letter");
	refused(with("Iv\x01nov", 0, 0, 0), CORDON_EFIELD, "name: is not UTF-8");
	refused(with("Ivanov\xff", 0, 0, 0), CORDON_EFIELD, "name: is not UTF-8");
	refused(with(long_name, 0, 0, 0), CORDON_EFIELD, "name: longer than 1600");
	refused(with("Ivanov", 1980, 2, 30), CORDON_EFIELD, "born: 1980-02-30");
	refused(with("Ivanov", 1980, 13, 1), CORDON_EFIELD, "born: ");
	refused(with("Ivanov", 0, 5, 1), CORDON_EFIELD, "born: ");
	refused(with("Ivanov", 1980, 0, 1), CORDON_EFIELD, "born: ");
	refused(sex, CORDON_EFIELD, "sex: 4");
	refused(nationality, CORDON_EFIELD, "nationality: ");
	long_name[MATCH_NAME_BYTES] = '\0';
	assert_true(made(with(long_name, 0, 0, 0)).has_name);
}

/* Each of these grows, in folding or by ICU, to more than is kept of a name. */
static void names_that_grow_too_long_are_cut_or_refused(void **state)
{
	static const char *const pieces[] = { "\xef\xb7\xba", "齉" };
	static char name[MATCH_NAME_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t used = 0;
		struct cordon_query query = with(name, 0, 0, 0);
		struct question question;
		int error;

		while (used + 3 <= MATCH_NAME_BYTES) {
			memcpy(name + used, pieces[i], 3);
			used += 3;
		}
		name[used] = '\0';
		error = question_make(
			case_context, &query, case_today, &question, NULL);
		if (error == 0) {
			assert_true(question.person.name.words.cut);
			assert_in_range(
				question.person.name.words.count, 1, NAME_WORDS_MAX);
		} else {
			assert_int_equal(error, CORDON_EFIELD);
		}
	}
}

static void a_zone_asks_everything_at_once(void **state)
{
	struct zone zone = { .name = "IVANOV<<SERGEI<PETROVICH" };
	struct question q = made(ask_zone(&zone));

	(void)state;
	assert_true(q.has_number && q.has_personal_number && q.has_name);
	assert_string_equal(q.number, "MP1234567");
	assert_string_equal(q.issuer, "BLR");
	assert_int_equal(q.document_type, CORDON_DOCUMENT_PASSPORT);
	assert_string_equal(q.personal_number, "3070580A001PB5");
	assert_string_equal(q.personal_issuer, "BLR");
	assert_int_equal(q.born.year, 1980);
	assert_int_equal(q.born.month, 5);
	assert_int_equal(q.born.day, 7);
	assert_false(q.born_century_open);
	assert_int_equal(q.sex, CORDON_SEX_M);
	assert_string_equal(q.nationality, "BLR");
	assert_false(q.checkdigit_wrong);
	assert_string_equal(q.mrz.surname, "IVANOV");
	assert_int_equal(q.person.name.words.count, 3);
	assert_int_equal(q.person.name.words.words[0].part, WORD_SURNAME);
	assert_int_equal(q.person.born, 1980 << 9 | 5 << 5 | 7);
}

static void a_zone_asks_with_what_can_be_read(void **state)
{
	struct zone unreadable = {
		.number = "", .name = "", .issuer = "QQQ", .optional = ""
	};
	struct zone misread = { .wrong_number = true };
	struct zone open = { .born = "200507" };
	struct question q = made(ask_zone(&unreadable));

	(void)state;
	assert_false(q.has_number);
	assert_string_equal(q.number, "");
	assert_false(q.has_personal_number);
	assert_false(q.has_name);
	assert_string_equal(q.issuer, "");
	assert_string_equal(q.nationality, "");
	q = made(ask_zone(&misread));
	assert_true(q.has_number);
	assert_true(q.checkdigit_wrong);
	assert_true(made(ask_zone(&open)).born_century_open);
}

static void document_codes_give_the_type(void **state)
{
	static const struct {
		const char *code;
		uint32_t type;
	} cases[] = {
		{ "P", CORDON_DOCUMENT_PASSPORT },
		{ "PD", CORDON_DOCUMENT_PASSPORT },
		{ "V", CORDON_DOCUMENT_VISA },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zone zone = { .code = cases[i].code };

		assert_int_equal(made(ask_zone(&zone)).document_type, cases[i].type);
	}
}

static void crew_certificates_and_cards_are_told_by_their_code(void **state)
{
	static const struct {
		const char *line_1;
		uint32_t type;
	} cases[] = {
		{ "ACUTOD231458907<<<<<<<<<<<<<<<", CORDON_DOCUMENT_CREW },
		{ "I<UTOD231458907<<<<<<<<<<<<<<<", CORDON_DOCUMENT_IDENTITY_CARD },
		{ "A<UTOD231458907<<<<<<<<<<<<<<<", CORDON_DOCUMENT_ACCESS_CARD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cordon_query query = { .type = CORDON_QUERY_MRZ,
			.mrz_lines = { cases[i].line_1,
				"7408122F1204159UTO<<<<<<<<<<<6",
				"ERIKSSON<<ANNA<MARIA<<<<<<<<<<" },
			.mrz_line_count = 3 };

		assert_int_equal(made(query).document_type, cases[i].type);
	}
}

static void the_russian_internal_passport_is_read_by_its_own_code(void **state)
{
	/* an invented bearer: ИВАНОВ СЕРГЕЙ АНАТОЛЬЕВИЧ, series 3914, number 935349 */
	struct cordon_query query = { .type = CORDON_QUERY_MRZ,
		.mrz_lines = { "PNRUSIVANOV<<SERGEQ<ANATOL9EVI3<<<<<<<<<<<<<",
			"3919353498RUS7207233M<<<<<<<4151218910003<50" },
		.mrz_line_count = 2 };
	struct question q = made(query);
	struct question asked = made(with("Иванов Сергей Анатольевич", 1972, 7, 23));

	(void)state;
	assert_true(q.mrz.cyrillic);
	assert_int_equal(q.document_type, CORDON_DOCUMENT_INTERNAL_PASSPORT);
	assert_string_equal(q.number, "3914935349");
	assert_int_equal(q.person.name.words.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(q.person.name.words.words[i].sound,
			asked.person.name.words.words[i].sound);
	}
}

static void what_is_no_zone_is_refused(void **state)
{
	struct zone zone = { 0 };
	struct cordon_query query = ask_zone(&zone);
	struct errmsg msg = { "" };
	struct question question;

	(void)state;
	query.mrz_line_count = 0;
	refused(query, CORDON_EFIELD, "mrz: 1 to 3 lines");
	query.mrz_line_count = 4;
	refused(query, CORDON_EFIELD, "mrz: 1 to 3 lines");
	query.mrz_line_count = 3;
	refused(query, CORDON_EFIELD, "mrz: line 3 is missing");
	query.mrz_line_count = 1;
	refused(query, CORDON_ENOTMRZ, "mrz: ");
	zone.lines[1][3] = '*';
	query.mrz_line_count = 2;
	refused(query, CORDON_ENOTMRZ, "mrz: ");
	query = ask_zone(&zone);
	assert_int_equal(question_make(case_context, &query,
				 (struct cordon_date){ 2026, 0, 0 }, &question, &msg),
		CORDON_EFIELD);
	assert_non_null(strstr(msg.text, "reference_date"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_asked_by_number_issuer_and_type),
		cmocka_unit_test(a_sentence_around_a_number_is_asked_for_the_number),
		cmocka_unit_test(bad_numbers_and_codes_name_their_field),
		cmocka_unit_test(a_personal_number_is_asked_with_its_state),
		cmocka_unit_test(a_person_is_asked_by_name_and_what_is_known),
		cmocka_unit_test(bad_persons_name_their_field),
		cmocka_unit_test(names_that_grow_too_long_are_cut_or_refused),
		cmocka_unit_test(a_zone_asks_everything_at_once),
		cmocka_unit_test(a_zone_asks_with_what_can_be_read),
		cmocka_unit_test(document_codes_give_the_type),
		cmocka_unit_test(crew_certificates_and_cards_are_told_by_their_code),
		cmocka_unit_test(the_russian_internal_passport_is_read_by_its_own_code),
		cmocka_unit_test(what_is_no_zone_is_refused),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
