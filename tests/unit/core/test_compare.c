/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/compare.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RARE 520 /* weight of the words here, but for initials */

/* Sounds parted by blanks; behind a sound: ^ a father's name, . an initial, > cut,
 * % without vowels. */
static struct name_words words_of(const char *text)
{
	static const struct {
		char sign;
		uint8_t flag;
	} signs[] = { { '^', WORD_OF_FATHER }, { '.', WORD_INITIAL },
		{ '>', WORD_TRUNCATED }, { '%', WORD_NO_VOWELS } };
	struct name_words words = { .count = 0 };

	while (*text != '\0') {
		struct name_word *word = &words.words[words.count++];

		word->size = (uint8_t)strcspn(text, " ^.>%");
		memcpy(word->sound, text, word->size);
		for (text += word->size; *text != ' ' && *text != '\0'; text++) {
			for (size_t i = 0; i < COUNT(signs); i++) {
				word->flags |=
					*text == signs[i].sign ? signs[i].flag : 0;
			}
		}
		text += *text == ' ';
	}
	return words;
}

static struct comparison compared(const char *asked, const char *listed)
{
	struct compare_name name = { .words = words_of(asked) };
	struct name_words words = words_of(listed);
	struct comparison comparison;

	for (size_t i = 0; i < name.words.count; i++) {
		bool initial = (name.words.words[i].flags & WORD_INITIAL) != 0;

		name.weights[i] = initial ? 120 : RARE;
	}
	compare_names(&name, &words, &comparison);
	return comparison;
}

/* "asked-listed:fate ..." with the index, - for none. */
static const char *fates(const char *asked, const char *listed)
{
	static const char *const names[] = { "same", "close", "initial", "joined",
		"differs", "missing_asked", "missing_listed" };
	static char text[512];
	struct comparison comparison = compared(asked, listed);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < comparison.pairs_count; i++) {
		const struct word_pair *pair = &comparison.pairs[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d-%d:%s",
			i == 0 ? "" : " ", pair->asked, pair->listed,
			names[pair->fate]);
	}
	return text;
}

static void equal_words_find_each_other_in_any_order(void **state)
{
	(void)state;
	assert_string_equal(fates("ivanov sergei petr^", "petr^ sergei ivanov"),
		"0-2:same 1-1:same 2-0:same");
	assert_int_equal(compared("ivanov sergei", "sergei ivanov").evidence, 2 * RARE);
	assert_int_equal(
		compared("ivanov sergei", "sergei ivanov").name_permille, 1000);
}

static void a_fathers_name_is_not_taken_for_a_given_name(void **state)
{
	(void)state;
	assert_string_equal(fates("ivan ivan^", "ivan^ ivan"), "0-1:same 1-0:same");
	assert_true(compared("osipov evgeni petr^", "osipov denis evgeni^").evidence <
		    compared("osipov evgeni", "osipov evgeni petr^").evidence);
}

static void the_closest_words_take_each_other_first(void **state)
{
	(void)state;
	assert_string_equal(
		fates("pytrov petrav", "petrov petrav"), "1-1:same 0-0:close");
	assert_string_equal(
		fates("petrav pitrov", "petrov petrow"), "0-0:close 1-1:close");
}

static void a_likely_change_costs_less_than_an_unlikely_one(void **state)
{
	static const char *const order[] = { "mohorov", "moxorov", "mokorov",
		"molorov" };

	(void)state;
	for (size_t i = 0; i + 1 < COUNT(order); i++) {
		int32_t here = compared("mohorov", order[i]).evidence;
		int32_t next = compared("mohorov", order[i + 1]).evidence;

		assert_true(here > next);
	}
}

static void both_ways_cost_the_same(void **state)
{
	static const char *const pairs[][2] = { { "rokaSenko", "rokaSenka" },
		{ "aleksandr", "aleksander" }, { "muhamad", "mhmd%" },
		{ "konstan>", "konstantin" } };

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_int_equal(compared(pairs[i][0], pairs[i][1]).evidence,
			compared(pairs[i][1], pairs[i][0]).evidence);
		assert_true(compared(pairs[i][0], pairs[i][1]).evidence > 0);
	}
}

static void vowels_that_a_script_leaves_out_cost_little(void **state)
{
	(void)state;
	assert_true(compared("muhamad", "mhmd%").evidence > RARE * 9 / 10);
	assert_true(compared("muhamad", "mhmd").evidence < RARE / 2);
}

static void what_a_zone_had_no_room_for_costs_nothing(void **state)
{
	(void)state;
	assert_int_equal(compared("konstan>", "konstantin").evidence, RARE);
	assert_true(compared("konstan", "konstantin").evidence < RARE);
}

static void an_initial_stands_for_a_word(void **state)
{
	(void)state;
	assert_string_equal(
		fates("ivanov s.", "ivanov sergei"), "0-0:same 1-1:initial");
	assert_string_equal(fates("ivanov sergei petr^", "ivanov s. p."),
		"0-0:same 1-1:initial 2-2:initial");
	assert_string_equal(
		fates("ivanov a.", "ivanov sergei"), "0-0:same 1-1:differs");
}

static void words_may_be_written_as_one(void **state)
{
	(void)state;
	assert_string_equal(
		fates("abd rahman ali", "abdrahman ali"), "2-1:same 0-0:joined");
	assert_string_equal(
		fates("abdrahman ali", "ali abd rahman"), "1-0:same 0-1:joined");
	assert_true(compared("abdrahman ali", "abd rahman ali").evidence >
		    compared("abdrahman ali", "abd ali").evidence);
}

static void what_is_left_differs_or_is_missing(void **state)
{
	(void)state;
	assert_string_equal(
		fates("ivanov sergei", "ivanov boris"), "0-0:same 1-1:differs");
	assert_string_equal(fates("ivanov sergei petr^", "ivanov sergei pavel^"),
		"0-0:same 1-1:same 2-2:differs");
	assert_string_equal(
		fates("ivanov sergei", "ivanov"), "0-0:same 1--1:missing_listed");
	assert_string_equal(
		fates("ivanov", "ivanov sergei"), "0-0:same -1-1:missing_asked");
}

static void a_missing_patronymic_is_worth_almost_nothing(void **state)
{
	int32_t whole = 2 * RARE;

	(void)state;
	assert_true(
		compared("ivanov sergei", "ivanov sergei petr^").evidence > whole - 20);
	assert_true(compared("ivanov sergei", "ivanov sergei petrenko").evidence <
		    whole - 100);
	assert_true(compared("ivanov sergei pavel^", "ivanov sergei petr^").evidence <
		    whole - 200);
}

static void nothing_alike_is_against(void **state)
{
	(void)state;
	assert_true(compared("ivanov sergei", "smit jon").evidence < 0);
	assert_int_equal(compared("ivanov sergei", "smit jon").name_permille, 0);
	assert_int_equal(compared("", "").evidence, 0);
	assert_true(compared("", "ivanov").evidence < 0);
	assert_true(compared("ivanov", "").evidence < 0);
}

static void the_longest_names_are_within_bounds(void **state)
{
	static const char *const letters[] = { "abcdefghijklmnopqrst",
		"tsrqponmlkjihgfedcba" };
	struct compare_name asked = { .words.count = NAME_WORDS_MAX };
	struct name_words listed = { .count = NAME_WORDS_MAX };
	struct comparison comparison;

	(void)state;
	for (size_t i = 0; i < NAME_WORDS_MAX; i++) {
		asked.weights[i] = WEIGHT_MAX;
		asked.words.words[i].size = listed.words[i].size = SOUND_MAX;
		memcpy(asked.words.words[i].sound, letters[0], SOUND_MAX);
		memcpy(listed.words[i].sound, letters[1], SOUND_MAX);
		listed.words[i].sound[i] = (char)('A' + i);
	}
	compare_names(&asked, &listed, &comparison);
	assert_in_range(comparison.pairs_count, NAME_WORDS_MAX, WORD_PAIRS_MAX);
	assert_in_range(comparison.name_permille, 0, 1000);
}

static uint32_t weight_in(const char *sound, uint64_t with_word, uint64_t persons)
{
	struct name_words words = words_of(sound);

	return weight_in_list(&words.words[0], with_word, persons);
}

static void a_word_weighs_more_the_rarer_it_is(void **state)
{
	uint32_t last = WEIGHT_MAX + 1;

	(void)state;
	for (uint64_t count = 0; count <= 1000000; count = 4 * count + 1) {
		uint32_t weight = weight_in("karavaitis", count, 1000000);

		assert_true(weight < last || weight == WEIGHT_LIST_LEAST);
		last = weight;
	}
	/* a factor of two */
	assert_in_range(weight_in("karavaitis", 1000, 1000000) -
				weight_in("karavaitis", 2000, 1000000),
		WEIGHT_BIT - 2, WEIGHT_BIT + 2);
	assert_int_equal(
		weight_in("karavaitis", 100000000, 100000000), WEIGHT_LIST_LEAST);
}

static void a_short_list_does_not_make_words_common(void **state)
{
	(void)state;
	assert_in_range(weight_in("karavaitis", 1, 1), 450, 560);
	assert_in_range(weight_in("aleksandr", 1, 1), 130, 210);
	assert_true(weight_in("smirnov", 0, 0) > weight_in("aleksandr", 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_words_find_each_other_in_any_order),
		cmocka_unit_test(a_fathers_name_is_not_taken_for_a_given_name),
		cmocka_unit_test(the_closest_words_take_each_other_first),
		cmocka_unit_test(a_likely_change_costs_less_than_an_unlikely_one),
		cmocka_unit_test(both_ways_cost_the_same),
		cmocka_unit_test(vowels_that_a_script_leaves_out_cost_little),
		cmocka_unit_test(what_a_zone_had_no_room_for_costs_nothing),
		cmocka_unit_test(an_initial_stands_for_a_word),
		cmocka_unit_test(words_may_be_written_as_one),
		cmocka_unit_test(what_is_left_differs_or_is_missing),
		cmocka_unit_test(a_missing_patronymic_is_worth_almost_nothing),
		cmocka_unit_test(nothing_alike_is_against),
		cmocka_unit_test(the_longest_names_are_within_bounds),
		cmocka_unit_test(a_word_weighs_more_the_rarer_it_is),
		cmocka_unit_test(a_short_list_does_not_make_words_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
