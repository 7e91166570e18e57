/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/listed.h"

/* One person among many others, asked for with something wrong. */

#define OTHERS 3000
#define TARGET 5000000
#define CONSONANTS "bvmnlrdskgh"

struct fixture {
	struct match_context *context;
	struct listed listed;
	struct search_work work;
	struct search_result result;
};

struct person {
	const char *surname, *given, *patronymic, *full;
	uint32_t born;
};

static uint32_t date(size_t year, size_t month, size_t day)
{
	return (uint32_t)(year << 9 | month << 5 | day);
}

static void words_of(
	struct fixture *f, const struct person *person, struct name_words *words)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
		.surname = person->surname,
		.given = person->given,
		.patronymic = person->patronymic,
		.full = person->full };

	assert_int_equal(words_of_name(f->context, &name, words), 0);
}

static void list_person(struct fixture *f, uint64_t ref, const struct person *person)
{
	struct card_name name = { .type = CORDON_NAME_PRIMARY };
	struct card card = { .dates_count = person->born != 0,
		.dates = { person->born } };
	uint8_t packed[CARD_BYTES_MAX];

	words_of(f, person, &name.words);
	assert_false(listed_add(&f->listed, ref,
		(struct bytes){ packed, card_pack(&card, &name, 1, packed) }));
}

static const char *const surnames[] = { "IVANOV", "PETROV", "SIDORENKO", "KIM",
	"BEKMUKHAMBETOV", "GRIGORYAN", "LUKASHEVICH", "TSOI", "ABDULLAEV", "MOROZ" };
static const char *const givens[] = { "SERGEY", "ANNA", "DMITRIY", "OLGA", "TIMUR",
	"ARMEN", "VIKTOR" };
static const char *const fathers[] = { "PETROVICH", "IVANOVICH", "TIMUROVICH",
	"SERGEEVICH", "ARMENOVICH" };

#define PICK(list, i) (list)[(i) % (sizeof(list) / sizeof((list)[0]))]

static struct person other(size_t i)
{
	return (struct person){ .surname = PICK(surnames, i),
		.given = PICK(givens, i / 3),
		.patronymic = PICK(fathers, i / 7),
		.born = date(1950 + i % 50, 1 + i % 12, 1 + i % 28) };
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL || match_context_create(&f->context, NULL) != 0) {
		return -1;
	}
	for (size_t i = 0; i < OTHERS; i++) {
		struct person person = other(i);

		list_person(f, i + 1, &person);
	}
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	listed_free(&f->listed);
	match_context_destroy(f->context);
	free(f);
	return 0;
}

static void ask_words(struct fixture *f, const struct name_words *words, uint32_t born,
	uint32_t least)
{
	struct posting_source source = listed_source(&f->listed);
	struct compare_person asked = { .name = { .words = *words }, .born = born };

	assert_int_equal(search_person(&source, &asked, least, SEARCH_FOUND_MAX,
				 &f->work, &f->result),
		0);
}

static bool found(const struct fixture *f, uint64_t ref)
{
	for (size_t i = 0; i < f->result.count; i++) {
		if (f->result.found[i].ref == ref) {
			return true;
		}
	}
	return false;
}

static const struct person target = { .surname = "KOVALCHUK",
	.given = "BOGDAN",
	.patronymic = "LEVONOVICH",
	.born = 1987 << 9 | 4 << 5 | 12 };

/* Birth dates that are the target's, partial or slightly wrong; 0: not asked. */
static const uint32_t dates[] = { 0, 1987 << 9 | 4 << 5 | 12, 1987 << 9 | 12 << 5 | 4,
	1987 << 9 | 4 << 5 | 13, 1987 << 9 | 4 << 5 | 22, 1987 << 9 | 5 << 5 | 12,
	1988 << 9 | 4 << 5 | 12, 1977 << 9 | 4 << 5 | 12, 1987 << 9 | 4 << 5,
	1987 << 9 };

/* What the comparison alone says of the two. */
static uint32_t score_of(
	struct fixture *f, const struct name_words *words, uint32_t born, uint64_t ref)
{
	struct posting_source source = listed_source(&f->listed);
	struct compare_person asked = { .name = { .words = *words }, .born = born };
	struct person_score score;
	struct bytes packed;
	struct card card;

	assert_int_equal(search_weigh(&source, &asked.name), 0);
	assert_int_equal(source.card(source.data, ref, &packed), 0);
	assert_int_equal(card_open(packed, &card), 0);
	compare_person(&asked, &card, &score);
	return score.score;
}

static void must_be_found(struct fixture *f, const struct name_words *words,
	const char *what, size_t at, uint32_t born)
{
	ask_words(f, words, born, 1);
	if (!found(f, TARGET)) {
		fail_msg("not found: %s %zu, born %u-%u-%u, score %u", what, at,
			born >> 9, born >> 5 & 15, born & 31,
			score_of(f, words, born, TARGET));
	}
}

/* Each word with each letter wrong, then missing. */
static void try_letters(
	struct fixture *f, const struct name_words *words, uint32_t born)
{
	for (size_t i = 0; i < words->count; i++) {
		for (size_t k = 0; k < words->words[i].size; k++) {
			struct name_words wrong = *words;
			struct name_word *word = &wrong.words[i];

			word->sound[k] = word->sound[k] == 'r' ? 'm' : 'r';
			must_be_found(f, &wrong, "a wrong letter in word", i, born);
			*word = words->words[i];
			memmove(word->sound + k, word->sound + k + 1,
				(size_t)word->size - k - 1);
			word->size--;
			must_be_found(f, &wrong, "a missing letter in word", i, born);
		}
	}
}

static void try_words(struct fixture *f, const struct name_words *words, uint32_t born)
{
	for (size_t i = 0; i < words->count; i++) {
		struct name_words less = *words;

		memmove(&less.words[i], &less.words[i + 1],
			(less.count - i - 1) * sizeof(less.words[0]));
		less.count--;
		must_be_found(f, &less, "without word", i, born);
	}
	for (size_t i = 0; i <= words->count; i++) {
		struct name_words more = *words;

		memmove(&more.words[i + 1], &more.words[i],
			(more.count - i) * sizeof(more.words[0]));
		more.words[i] = (struct name_word){
			.part = WORD_ANY, .size = 5, .sound = "masud"
		};
		more.count++;
		must_be_found(f, &more, "with a word more at", i, born);
	}
}

static void try_orders(struct fixture *f, const struct name_words *words, uint32_t born)
{
	for (size_t i = 0; i < words->count; i++) {
		struct name_words turned = *words;

		for (size_t k = 0; k < words->count; k++) {
			turned.words[k] = words->words[(k + i) % words->count];
		}
		must_be_found(f, &turned, "turned by", i, born);
	}
}

static void try_all(struct fixture *f, const struct person *asked)
{
	struct name_words words;

	words_of(f, asked, &words);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		try_letters(f, &words, dates[i]);
		try_words(f, &words, dates[i]);
		try_orders(f, &words, dates[i]);
	}
}

static void somebody_is_found_with_one_thing_wrong(void **state)
{
	struct fixture *f = *state;

	list_person(f, TARGET, &target);
	try_all(f, &target);
}

/* The list's date is the partial or wrong one. */
static void so_is_one_whose_listed_date_is_partial_or_wrong(void **state)
{
	struct fixture *f = *state;
	struct name_words words;

	words_of(f, &target, &words);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		struct person person = target;

		person.born = dates[i];
		list_person(f, TARGET + 10 + i, &person);
		ask_words(f, &words, target.born, 1);
		if (!found(f, TARGET + 10 + i)) {
			fail_msg("not found: listed date %zu", i);
		}
	}
}

static void a_common_surname_hides_nobody(void **state)
{
	struct fixture *f = *state;
	struct person person = { .surname = "IVANOV",
		.given = "BOGDAN",
		.patronymic = "LEVONOVICH",
		.born = target.born };

	list_person(f, TARGET, &person);
	try_all(f, &person);
}

static void two_words_written_as_one_are_found(void **state)
{
	struct fixture *f = *state;
	struct person listed = { .surname = "KARASAEV", .given = "NURSULTAN" };
	struct person asked = { .full = "NUR SULTAN KARASAEV" };
	struct name_words words;

	list_person(f, TARGET, &listed);
	words_of(f, &asked, &words);
	must_be_found(f, &words, "in two words", 0, 0);
	list_person(f, TARGET + 1, &asked);
	words_of(f, &listed, &words);
	ask_words(f, &words, 0, 1);
	assert_true(found(f, TARGET + 1));
}

static void a_truncated_word_is_found(void **state)
{
	struct fixture *f = *state;
	struct person listed = { .surname = "WICKRAMARATHNAWEERASOORIYA" };
	struct person asked = { .surname = "WICKRAMARAT" };
	struct name_words words;

	list_person(f, TARGET, &listed);
	words_of(f, &asked, &words);
	words.words[0].flags |= WORD_TRUNCATED;
	must_be_found(f, &words, "truncated", 0, 0);
}

static void a_name_of_one_word_with_a_wrong_letter_is_found(void **state)
{
	struct fixture *f = *state;
	struct person listed = { .full = "SUKARNOPUTRI", .born = target.born };
	struct name_words words;

	list_person(f, TARGET, &listed);
	words_of(f, &listed, &words);
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		try_letters(f, &words, dates[i]);
	}
}

static void same_results(const struct search_result *a, const struct search_result *b)
{
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->namesakes, b->namesakes);
	assert_int_equal(a->cut, b->cut);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->found[i].ref, b->found[i].ref);
		assert_int_equal(a->found[i].score.score, b->found[i].score.score);
	}
}

static void the_order_of_insertion_changes_nothing(void **state)
{
	struct fixture *f = *state, *turned = calloc(1, sizeof(*turned));

	assert_non_null(turned);
	turned->context = f->context;
	for (size_t i = OTHERS; i-- > 0;) {
		struct person person = other(i);

		list_person(turned, i + 1, &person);
	}
	for (size_t i = 0; i < 200; i++) {
		struct person person = other(17 * i);
		struct name_words words;

		words_of(f, &person, &words);
		words.count -= (uint8_t)(i % 3);
		ask_words(f, &words, i % 2 == 0 ? person.born : 0, 1);
		ask_words(turned, &words, i % 2 == 0 ? person.born : 0, 1);
		same_results(&f->result, &turned->result);
		assert_true(f->result.count > 0);
	}
	listed_free(&turned->listed);
	free(turned);
}

/* Two lists, which another node numbers the other way round. */
static void equals_come_in_one_order_at_every_node(void **state)
{
	static const uint64_t numbers[][2] = { { 1, 2 }, { 2, 1 } };
	static const uint64_t sequences[] = { 8000005, 8000003 };
	const struct person twin = {
		.surname = "ZUBAREV", .given = "INNOKENTY", .born = date(1970, 2, 3)
	};

	for (size_t node = 0; node < 2; node++) {
		struct fixture *f = *state;
		struct name_words words;

		listed_free(&f->listed);
		memset(&f->listed, 0, sizeof(f->listed));
		for (size_t i = 0; i < 2; i++) {
			list_person(f,
				numbers[node][i] << (64 - POSTING_LIST_BITS) |
					sequences[i],
				&twin);
		}
		words_of(f, &twin, &words);
		ask_words(f, &words, twin.born, 1);
		assert_int_equal(f->result.count, 2);
		assert_true(f->result.found[0].ref << POSTING_LIST_BITS ==
			    sequences[1] << POSTING_LIST_BITS);
	}
}

static void the_best_come_first(void **state)
{
	struct fixture *f = *state;
	struct person person = other(12);
	struct name_words words;

	words_of(f, &person, &words);
	ask_words(f, &words, person.born, 1);
	assert_true(f->result.count > 1);
	for (size_t i = 1; i < f->result.count; i++) {
		const struct search_found *a = &f->result.found[i - 1], *b = a + 1;

		assert_true(a->score.score > b->score.score ||
			    (a->score.score == b->score.score && a->ref < b->ref));
	}
	assert_true(f->result.compared <= SEARCH_COMPARE_MAX);
}

static void what_is_too_common_is_cut_and_said(void **state)
{
	struct fixture *f = *state;
	struct person person = { .surname = "PETROV", .given = "SERGEY" };
	struct name_words words;

	for (size_t i = 0; i < 2000; i++) {
		list_person(f, TARGET + i, &person);
	}
	words_of(f, &person, &words);
	ask_words(f, &words, 0, 1);
	assert_true(f->result.cut);
	assert_true(f->result.count > 100);
	assert_true(f->result.namesakes >= 2000);
	assert_true(f->result.compared <= SEARCH_COMPARE_MAX);
	assert_true(f->result.scanned <= SEARCH_SCAN_MAX);
	/* a birth date narrows it */
	ask_words(f, &words, date(1960, 5, 5), 300);
	assert_true(f->result.compared <= SEARCH_COMPARE_MAX);
}

static void nothing_is_found_of_nothing(void **state)
{
	struct fixture *f = *state;
	struct name_words none = { 0 };
	struct person stranger = { .surname = "ZHUMAGULOV", .given = "KHAIRAT" };
	struct name_words words;

	ask_words(f, &none, 0, 1);
	assert_int_equal(f->result.count, 0);
	ask_words(f, &none, target.born, 1);
	assert_int_equal(f->result.count, 0);
	words_of(f, &stranger, &words);
	ask_words(f, &words, 0, 500);
	assert_int_equal(f->result.count, 0);
	assert_false(f->result.cut);
}

static void a_posting_sorts_by_birth_date(void **state)
{
	struct posting early = { .born = date(1980, 12, 31), .ref = 7 };
	struct posting late = { .born = date(1981, 1, 1), .signature = 1, .ref = 6 };
	uint8_t a[POSTING_BYTES], b[POSTING_BYTES];
	struct posting back;

	(void)state;
	posting_pack(&early, a);
	posting_pack(&late, b);
	assert_true(memcmp(a, b, POSTING_BYTES) < 0);
	posting_unpack(b, &back);
	assert_int_equal(back.born, late.born);
	assert_int_equal(back.signature, late.signature);
	assert_int_equal(back.ref, late.ref);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(somebody_is_found_with_one_thing_wrong),
		TEST(so_is_one_whose_listed_date_is_partial_or_wrong),
		TEST(a_common_surname_hides_nobody),
		TEST(two_words_written_as_one_are_found),
		TEST(a_truncated_word_is_found),
		TEST(a_name_of_one_word_with_a_wrong_letter_is_found),
		TEST(the_order_of_insertion_changes_nothing),
		TEST(equals_come_in_one_order_at_every_node),
		TEST(the_best_come_first),
		TEST(what_is_too_common_is_cut_and_said),
		TEST(nothing_is_found_of_nothing),
		cmocka_unit_test(a_posting_sorts_by_birth_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
