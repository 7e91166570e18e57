/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/compare.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t date(int16_t year, uint8_t month, uint8_t day)
{
	struct cordon_date date = { year, month, day };

	return born_pack(&date);
}

static enum born_likeness likeness(uint32_t asked, uint32_t listed)
{
	struct compare_person person = { .born = asked };
	struct card card = { .dates_count = listed != 0, .dates = { listed } };

	return compare_born(&person, &card);
}

static void birth_dates_agree_in_several_ways(void **state)
{
	const struct {
		uint32_t a, b;
		enum born_likeness expected;
	} cases[] = {
		{ date(1980, 5, 7), date(1980, 5, 7), BORN_DATE },
		{ date(1980, 5, 7), date(1980, 5, 0), BORN_MONTH },
		{ date(1980, 5, 7), date(1980, 0, 0), BORN_YEAR },
		{ date(1980, 5, 7), date(1980, 7, 5), BORN_SWAPPED },
		{ date(1980, 5, 7), date(1980, 5, 17), BORN_DIGIT },
		{ date(1980, 5, 7), date(1990, 5, 7), BORN_DIGIT },
		{ date(1980, 1, 7), date(1980, 11, 7), BORN_DIGIT },
		{ date(1980, 5, 7), date(1981, 0, 0), BORN_CLOSE_YEAR },
		{ date(1980, 5, 7), date(1981, 5, 8), BORN_OTHER },
		{ date(1980, 5, 7), date(1981, 7, 5), BORN_OTHER },
		{ date(1980, 5, 0), date(1980, 6, 0), BORN_OTHER },
		{ date(1980, 5, 7), date(1982, 0, 0), BORN_OTHER },
		{ date(1980, 5, 7), 0, BORN_NOT_KNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(likeness(cases[i].a, cases[i].b), cases[i].expected);
		assert_int_equal(likeness(cases[i].b, cases[i].a), cases[i].expected);
	}
}

static void the_best_of_the_listed_dates_counts(void **state)
{
	struct compare_person person = { .born = date(1985, 1, 2) };
	struct card card = { .dates_count = 2,
		.dates = { date(1980, 5, 7), date(1985, 0, 0) } };

	(void)state;
	assert_int_equal(compare_born(&person, &card), BORN_YEAR);
	card.born_approximate = true; /* the first only */
	assert_int_equal(compare_born(&person, &card), BORN_YEAR);
	person.born = date(1982, 3, 4);
	assert_int_equal(compare_born(&person, &card), BORN_CLOSE_YEAR);
	person.born = date(1983, 3, 4);
	assert_int_equal(compare_born(&person, &card), BORN_OTHER);
}

static void a_century_may_be_open_and_a_date_misread(void **state)
{
	struct compare_person person = { .born = date(2025, 5, 7),
		.born_century_open = true };
	struct card card = { .dates_count = 1, .dates = { date(1925, 5, 7) } };

	(void)state;
	assert_int_equal(compare_born(&person, &card), BORN_DATE);
	person.born_century_open = false;
	person.born = date(1951, 8, 9);
	assert_int_equal(compare_born(&person, &card), BORN_OTHER);
	person.born_misread = true;
	assert_int_equal(compare_born(&person, &card), BORN_NOT_KNOWN);
}

static struct card_name name_of(uint8_t type, const char *first, const char *second)
{
	struct card_name name = { .type = type, .words = { .count = 2 } };
	const char *sounds[] = { first, second };

	for (size_t i = 0; i < 2; i++) {
		name.words.words[i].size = (uint8_t)strlen(sounds[i]);
		memcpy(name.words.words[i].sound, sounds[i], strlen(sounds[i]));
	}
	return name;
}

static struct compare_person asks(const char *first, const char *second, uint32_t born)
{
	return (struct compare_person){
		.name = { .words = name_of(0, first, second).words,
			.weights = { 400, 400 } },
		.born = born,
	};
}

static struct person_score scored(const struct compare_person *asked,
	const struct card *head, const struct card_name *names, size_t count)
{
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, card_pack(head, names, count, packed) };
	struct person_score score;
	struct card card;

	assert_int_equal(card_open(bytes, &card), 0);
	compare_person(asked, &card, &score);
	return score;
}

static void the_best_name_of_a_card_counts_and_its_type_is_said(void **state)
{
	struct compare_person asked = asks("ivanov", "sergei", date(1980, 5, 7));
	struct card head = { .dates_count = 1, .dates = { date(1980, 5, 7) } };
	struct card_name names[] = { name_of(CORDON_NAME_PRIMARY, "petrov", "boris"),
		name_of(CORDON_NAME_MISUSED, "ivanov", "sergei"),
		name_of(CORDON_NAME_ALIAS, "ivanov", "sergei") };
	struct person_score score = scored(&asked, &head, names, 2);

	(void)state;
	assert_int_equal(score.name_index, 1);
	assert_true((score.reasons & REASON(MISUSED_IDENTITY)) != 0);
	assert_true((score.reasons & REASON(SAME_NAME_AND_BIRTH_DATE)) != 0);
	/* the same name as an alias is worth more */
	assert_int_equal(scored(&asked, &head, names, 3).name_index, 2);
	assert_true(scored(&asked, &head, names, 3).score > score.score);
}

static void a_name_is_never_a_match_however_much_agrees(void **state)
{
	struct compare_person asked = asks("ivanov", "sergei", date(1980, 5, 7));
	struct card head = { .dates_count = 1,
		.dates = { date(1980, 5, 7) },
		.states_count = 1,
		.states = { "BLR" } };
	struct card_name name = name_of(CORDON_NAME_PRIMARY, "ivanov", "sergei");
	struct person_score score;

	(void)state;
	memcpy(asked.nationality, "BLR", 4);
	asked.name.weights[0] = asked.name.weights[1] = WEIGHT_MAX;
	score = scored(&asked, &head, &name, 1);
	assert_int_equal(score.score, SCORE_MATCH - 1);
	head.dates_count = 0;
	assert_true(scored(&asked, &head, &name, 1).score < 700);
}

static void another_birth_date_or_word_is_below_the_threshold(void **state)
{
	struct compare_person asked = asks("ivanov", "sergei", date(1980, 5, 7));
	struct card head = { .dates_count = 1, .dates = { date(1991, 1, 1) } };
	struct card_name name = name_of(CORDON_NAME_PRIMARY, "ivanov", "sergei");
	struct card_name other = name_of(CORDON_NAME_PRIMARY, "ivanov", "boris");
	struct person_score score;

	(void)state;
	asked.name.weights[0] = asked.name.weights[1] = WEIGHT_MAX;
	score = scored(&asked, &head, &name, 1);
	assert_true(score.score < SCORE_NAME);
	assert_true(score.name_score >= SCORE_NAME);
	assert_true((score.reasons & REASON(BIRTH_DATE_DIFFERS)) != 0);
	asked.born = 0;
	score = scored(&asked, &head, &other, 1);
	assert_in_range(score.score, 1, SCORE_NAME - 1);
	assert_true((score.reasons & REASON(WORD_DIFFERS)) != 0);
}

static void a_whole_name_is_possible_however_many_have_it(void **state)
{
	struct compare_person asked = asks("ivanov", "sergei", 0);
	struct card head = { 0 };
	struct card_name name = name_of(CORDON_NAME_PRIMARY, "ivanov", "sergei");
	struct card_name other = name_of(CORDON_NAME_PRIMARY, "ivanova", "sergei");
	struct card_name more = name_of(CORDON_NAME_PRIMARY, "ivanov", "sergei");

	(void)state;
	asked.name.weights[0] = asked.name.weights[1] = WEIGHT_LIST_LEAST;
	assert_true(scored(&asked, &head, &name, 1).score >= SCORE_NAME);
	assert_true(scored(&asked, &head, &other, 1).score < SCORE_NAME);
	more.words.words[2] = (struct name_word){ .size = 4, .part = WORD_PATRONYMIC };
	memcpy(more.words.words[2].sound, "petr", 4);
	more.words.count = 3;
	assert_true(scored(&asked, &head, &more, 1).score >= SCORE_NAME);
	more.words.words[2].part = WORD_ANY;
	assert_true(scored(&asked, &head, &more, 1).score < SCORE_NAME);
	asked.name.words.count = 1;
	name.words.count = 1;
	assert_true(scored(&asked, &head, &name, 1).score < SCORE_NAME);
}

static void a_card_without_names_is_nothing(void **state)
{
	struct compare_person asked = asks("ivanov", "sergei", date(1980, 5, 7));
	struct card head = { .dates_count = 1, .dates = { date(1980, 5, 7) } };
	struct card_name empty = { .type = CORDON_NAME_PRIMARY };

	(void)state;
	assert_int_equal(scored(&asked, &head, NULL, 0).score, 0);
	assert_int_equal(scored(&asked, &head, &empty, 1).score, 0);
}

static void more_agreement_is_never_a_lower_score(void **state)
{
	static const enum born_likeness expected[] = { BORN_DIGIT, BORN_CLOSE_YEAR,
		BORN_SWAPPED, BORN_YEAR, BORN_MONTH, BORN_DATE };
	const uint32_t listed[] = { date(1980, 5, 8), date(1981, 0, 0),
		date(1980, 7, 5), date(1980, 0, 0), date(1980, 5, 0),
		date(1980, 5, 7) };
	struct compare_person asked = asks("ivanov", "sergei", date(1980, 5, 7));
	struct card_name name = name_of(CORDON_NAME_PRIMARY, "ivanov", "sergei");
	uint32_t last = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(listed); i++) {
		struct card head = { .dates_count = 1, .dates = { listed[i] } };
		struct person_score score = scored(&asked, &head, &name, 1);

		assert_int_equal(score.born, expected[i]);
		assert_true(score.score > last);
		last = score.score;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(birth_dates_agree_in_several_ways),
		cmocka_unit_test(the_best_of_the_listed_dates_counts),
		cmocka_unit_test(a_century_may_be_open_and_a_date_misread),
		cmocka_unit_test(the_best_name_of_a_card_counts_and_its_type_is_said),
		cmocka_unit_test(a_name_is_never_a_match_however_much_agrees),
		cmocka_unit_test(another_birth_date_or_word_is_below_the_threshold),
		cmocka_unit_test(a_whole_name_is_possible_however_many_have_it),
		cmocka_unit_test(a_card_without_names_is_nothing),
		cmocka_unit_test(more_agreement_is_never_a_lower_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
