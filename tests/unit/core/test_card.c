/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/card.h"

static struct name_word word(const char *sound, uint8_t part, uint8_t flags)
{
	struct name_word made = {
		.part = part, .flags = flags, .size = (uint8_t)strlen(sound)
	};

	memcpy(made.sound, sound, made.size);
	return made;
}

static struct card_name two_words(uint8_t type)
{
	struct card_name name = { .type = type, .words = { .count = 2 } };

	name.words.words[0] = word("ivanov", WORD_SURNAME, 0);
	name.words.words[1] =
		word("petr", WORD_PATRONYMIC, WORD_OF_FATHER | WORD_TRUNCATED);
	return name;
}

static size_t pack_person(uint8_t out[CARD_BYTES_MAX])
{
	struct card card = { .weak = true,
		.sex = CORDON_SEX_F,
		.dates_count = 2,
		.states_count = 1,
		.dates = { 1980 << 9 | 5 << 5 | 7, 1981 << 9 },
		.states = { "BLR" } };
	struct card_name names[] = { two_words(CORDON_NAME_PRIMARY),
		{ .type = CORDON_NAME_ALIAS, .words = { .cut = true } },
		two_words(CORDON_NAME_MISUSED) };

	return card_pack(&card, names, 3, out);
}

static void a_card_opens_as_it_was_packed(void **state)
{
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, pack_person(packed) };
	struct card card;

	(void)state;
	assert_int_equal(card_open(bytes, &card), 0);
	assert_true(card.weak);
	assert_false(card.born_approximate);
	assert_int_equal(card.sex, CORDON_SEX_F);
	assert_int_equal(card.dates_count, 2);
	assert_int_equal(born_unpack(card.dates[0]).year, 1980);
	assert_int_equal(born_unpack(card.dates[0]).month, 5);
	assert_int_equal(born_unpack(card.dates[0]).day, 7);
	assert_int_equal(born_unpack(card.dates[1]).month, 0);
	assert_int_equal(card.states_count, 1);
	assert_string_equal(card.states[0], "BLR");
	assert_int_equal(card.names_count, 3);
}

static void names_follow_each_other_with_all_that_is_known_of_words(void **state)
{
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, pack_person(packed) };
	struct card_name name;
	struct card card;
	size_t at = 0;

	(void)state;
	assert_int_equal(card_open(bytes, &card), 0);
	assert_true(card_next_name(&card, &at, &name));
	assert_int_equal(name.type, CORDON_NAME_PRIMARY);
	assert_int_equal(name.words.count, 2);
	assert_int_equal(name.words.words[1].part, WORD_PATRONYMIC);
	assert_int_equal(name.words.words[1].flags, WORD_OF_FATHER | WORD_TRUNCATED);
	assert_int_equal(name.words.words[1].size, 4);
	assert_memory_equal(name.words.words[1].sound, "petr", 4);
	assert_true(card_next_name(&card, &at, &name));
	assert_int_equal(name.words.count, 0);
	assert_true(name.words.cut);
	assert_true(card_next_name(&card, &at, &name));
	assert_int_equal(name.type, CORDON_NAME_MISUSED);
	assert_false(name.words.cut);
	assert_false(card_next_name(&card, &at, &name));
	assert_false(card_next_name(&card, &at, &name));
}

static void the_largest_card_fits(void **state)
{
	static struct card_name names[CARD_NAMES_MAX];
	struct card card = { .dates_count = CARD_DATES_MAX,
		.states_count = CARD_STATES_MAX };
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, 0 };
	struct card_name name;
	size_t at = 0, count = 0;

	(void)state;
	for (size_t i = 0; i < CARD_NAMES_MAX; i++) {
		names[i].words.count = NAME_WORDS_MAX;
		for (size_t k = 0; k < NAME_WORDS_MAX; k++) {
			names[i].words.words[k] = word("abcdefghijklmnopqrst",
				WORD_PATRONYMIC, WORD_NO_VOWELS);
		}
	}
	bytes.size = card_pack(&card, names, CARD_NAMES_MAX, packed);
	assert_int_equal(card_open(bytes, &card), 0);
	while (card_next_name(&card, &at, &name)) {
		count++;
	}
	assert_int_equal(count, CARD_NAMES_MAX);
	assert_memory_equal(&name, &names[0], sizeof(name));
}

/* In memory of exactly its size, so that a checker sees a read beyond. */
static int open_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	struct card_name name;
	struct card card = { .sex = 77 };
	size_t at = 0;
	int error;

	assert_non_null(copy);
	memcpy(copy, data, size);
	error = card_open((struct bytes){ copy, size }, &card);
	if (error == 0) {
		while (card_next_name(&card, &at, &name)) {
		}
		assert_int_equal(at, card.names.size);
	} else {
		assert_int_equal(error, CORDON_ECORRUPT);
		assert_int_equal(card.sex, 77);
	}
	free(copy);
	return error;
}

static void a_card_cut_anywhere_or_too_long_is_refused(void **state)
{
	uint8_t packed[CARD_BYTES_MAX];
	size_t size = pack_person(packed);

	(void)state;
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(open_copy(packed, i), CORDON_ECORRUPT);
	}
	assert_int_equal(open_copy(packed, size), 0);
	packed[size] = 0;
	assert_int_equal(open_copy(packed, size + 1), CORDON_ECORRUPT);
}

static void any_byte_changed_reads_within_bounds_or_is_refused(void **state)
{
	uint8_t packed[CARD_BYTES_MAX];
	size_t size = pack_person(packed);

	(void)state;
	for (size_t i = 0; i < size; i++) {
		for (unsigned value = 0; value < 256; value++) {
			uint8_t before = packed[i];

			packed[i] = (uint8_t)value;
			open_copy(packed, size);
			packed[i] = before;
		}
	}
}

static void dates_sort_as_numbers_and_no_year_is_unknown(void **state)
{
	struct cordon_date year = { 1980, 0, 0 }, month = { 1980, 5, 0 },
			   day = { 1980, 5, 7 }, last = { 9999, 12, 31 }, none = { 0 };
	struct cordon_date back = born_unpack(born_pack(&last));

	(void)state;
	assert_true(born_pack(&year) < born_pack(&month));
	assert_true(born_pack(&month) < born_pack(&day));
	assert_true(born_pack(&day) < born_pack(&last));
	assert_int_equal(born_pack(&none), 0);
	assert_memory_equal(&back, &last, sizeof(back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_opens_as_it_was_packed),
		cmocka_unit_test(
			names_follow_each_other_with_all_that_is_known_of_words),
		cmocka_unit_test(the_largest_card_fits),
		cmocka_unit_test(a_card_cut_anywhere_or_too_long_is_refused),
		cmocka_unit_test(any_byte_changed_reads_within_bounds_or_is_refused),
		cmocka_unit_test(dates_sort_as_numbers_and_no_year_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
