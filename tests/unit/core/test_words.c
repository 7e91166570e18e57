/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/screen.h"
#include "tests/lib/wordtext.h"

static struct match_context *context;

static int open_context(void **state)
{
	(void)state;
	return match_context_create(&context, NULL);
}

static int close_context(void **state)
{
	(void)state;
	match_context_destroy(context);
	return 0;
}

static struct name_words parts(
	const char *surname, const char *given, const char *patronymic)
{
	struct cordon_name name = {
		.surname = surname, .given = given, .patronymic = patronymic
	};
	struct name_words words;

	assert_int_equal(words_of_name(context, &name, &words), 0);
	return words;
}

static struct name_words whole(const char *full)
{
	struct cordon_name name = { .full = full };
	struct name_words words;

	assert_int_equal(words_of_name(context, &name, &words), 0);
	return words;
}

static void gives(const char *full, const char *expected)
{
	struct name_words words = whole(full);
	char text[WORDTEXT_BYTES];

	wordtext_words(&words, text);
	if (strcmp(text, expected) != 0) {
		fail_msg("\"%s\" gives \"%s\", not \"%s\"", full, text, expected);
	}
}

static void part_that_a_word_was_given_in_is_kept(void **state)
{
	struct name_words words = parts("Громов", "Пётр Иван", "Ильич");

	(void)state;
	assert_int_equal(words.count, 4);
	assert_int_equal(words.words[0].part, WORD_SURNAME);
	assert_int_equal(words.words[1].part, WORD_GIVEN);
	assert_int_equal(words.words[2].part, WORD_GIVEN);
	assert_int_equal(words.words[3].part, WORD_PATRONYMIC);
	assert_int_equal(whole("Громов").words[0].part, WORD_ANY);
}

static void whole_name_counts_only_without_parts(void **state)
{
	struct cordon_name name = { .surname = "Громов", .full = "Иной Человек" };
	struct name_words words;

	(void)state;
	assert_int_equal(words_of_name(context, &name, &words), 0);
	assert_int_equal(words.count, 1);
}

static void surname_form_is_a_father_only_where_patronymics_stand(void **state)
{
	struct name_words words = parts("Петров", "Васил", "Петров");

	(void)state;
	assert_int_equal(words.words[0].flags & WORD_OF_FATHER, 0);
	assert_int_equal(words.words[2].flags & WORD_OF_FATHER, WORD_OF_FATHER);
	assert_memory_equal(words.words[2].sound, "petr", 4);
}

static void patronymics_of_all_languages_give_the_father(void **state)
{
	(void)state;
	gives("Рыгоравіч", "grigori^");
	gives("Hryhorivna", "grigori^");
	gives("Григорьевна", "grigori^");
	gives("Ильинична", "ily^");
	gives("Хасанұлы", "hasan^");
	gives("Хасан кызы", "hasan^");
	gives("Həsən oğlu", "hasan^");
	gives("Лукич", "luk^");
}

static void word_for_a_child_alone_is_a_name(void **state)
{
	(void)state;
	gives("Юлий Громов", "uli gromov");
	gives("Громов Юлий", "gromov uli");
}

static void titles_and_particles_are_left_out_while_a_name_remains(void **state)
{
	(void)state;
	gives("Dr. Haji Karim bin Zadran", "karim zadran");
	gives("Haji", "haji");
	gives("Jan van der Linden", "yn= linden");
	gives("Ван Дер", "van der");
}

static void servants_of_god_come_together(void **state)
{
	(void)state;
	gives("Abd al-Rahman", "abdrahman");
	gives("Abdul Rahman", "abdrahman");
	gives("Abdurrahman", "abdrahman");
	gives("Abdul Aziz", "abdaziz");
	gives("Abdullaev", "abdulaev");
}

static void initials_are_marked(void **state)
{
	(void)state;
	gives("А.С. Громов", "a. s. gromov");
	gives("Yu. Gromov", "u. gromov");
	gives("Yu Gromov", "u. gromov");
}

static void letters_of_another_alphabet_are_mended(void **state)
{
	(void)state;
	gives("АКIМОВ", "akimov"); /* a Latin I */
	gives("AKIMОВ", "akimov"); /* a Cyrillic О and В */
	gives("GR0MOV", "gromov");
}

static void marks_put_after_their_letters_are_composed(void **state)
{
	(void)state;
	gives("Андреи\xcc\x86", "andrei");
	gives("Анто\xcc\x81н", "anton");
}

static void machine_readable_fillers_part_words(void **state)
{
	(void)state;
	gives("GROMOV<<PETR<<<<<<<", "gromov petr");
}

static void name_without_letters_has_no_words(void **state)
{
	(void)state;
	assert_int_equal(whole("").count, 0);
	assert_int_equal(whole(" - 7 ' ь .").count, 0);
	assert_int_equal(parts(NULL, NULL, NULL).count, 0);
}

static void too_many_words_are_cut_and_said_to_be(void **state)
{
	struct name_words words = whole("ba va fa ga ka sa ma na pa ra ta");

	(void)state;
	assert_int_equal(words.count, NAME_WORDS_MAX);
	assert_true(words.cut);
	assert_false(whole("ba va").cut);
}

static void long_word_is_cut_to_the_size_of_a_sound(void **state)
{
	struct name_words words =
		whole("babababababababababababababababababababababababababababababab"
		      "abababababababababababababababababababababababababababababab");

	(void)state;
	assert_int_equal(words.count, 1);
	assert_int_equal(words.words[0].size, SOUND_MAX);
}

static void bytes_that_are_no_text_are_refused_and_nothing_written(void **state)
{
	struct cordon_name name = { .surname = "Громов", .given = "\xc3\x28" };
	struct name_words words;

	(void)state;
	memset(&words, 0x5a, sizeof(words));
	assert_int_equal(words_of_name(context, &name, &words), CORDON_EFIELD);
	assert_int_equal(words.count, 0x5a);
}

static void name_longer_than_any_is_refused(void **state)
{
	char text[MATCH_NAME_BYTES + 2];
	struct cordon_name name = { .full = text };
	struct name_words words;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(words_of_name(context, &name, &words), CORDON_ETOOBIG);
	text[MATCH_NAME_BYTES] = '\0';
	assert_int_equal(words_of_name(context, &name, &words), 0);
}

static void unreadable_script_is_at_least_like_itself(void **state)
{
	struct name_words a = whole("\xe1\x9e\x94\xe1\x9e\x9b");
	struct name_words b = whole("\xe1\x9e\x94\xe1\x9e\x9b");

	(void)state;
	assert_int_equal(a.count, 1);
	assert_int_equal(b.count, 1);
	assert_int_equal(a.words[0].part, b.words[0].part);
	assert_int_equal(a.words[0].flags, b.words[0].flags);
	assert_int_equal(a.words[0].size, b.words[0].size);
	assert_memory_equal(a.words[0].sound, b.words[0].sound, a.words[0].size);
}

static uint64_t skeleton_of(const char *name)
{
	struct name_words words = whole(name);

	assert_int_equal(words.count, 1);
	return word_skeleton(&words.words[0]);
}

static void skeleton_is_of_consonant_classes(void **state)
{
	(void)state;
	assert_true(skeleton_of("Дорохова") == skeleton_of("Тарагова"));
	assert_true(skeleton_of("Громов") != skeleton_of("Хромин"));
	assert_true(skeleton_of("Анов") != skeleton_of("Нов"));
	assert_true(skeleton_of("Анов") == skeleton_of("Инова"));
	assert_true(skeleton_of("Ия") != 0);
}

static void equal_beginnings_have_equal_leading_bits(void **state)
{
	(void)state;
	assert_true(skeleton_of("Громов") >> 40 == skeleton_of("Громовенко") >> 40);
	assert_true(skeleton_of("Громов") >> 60 == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_that_a_word_was_given_in_is_kept),
		cmocka_unit_test(whole_name_counts_only_without_parts),
		cmocka_unit_test(surname_form_is_a_father_only_where_patronymics_stand),
		cmocka_unit_test(patronymics_of_all_languages_give_the_father),
		cmocka_unit_test(word_for_a_child_alone_is_a_name),
		cmocka_unit_test(
			titles_and_particles_are_left_out_while_a_name_remains),
		cmocka_unit_test(servants_of_god_come_together),
		cmocka_unit_test(initials_are_marked),
		cmocka_unit_test(letters_of_another_alphabet_are_mended),
		cmocka_unit_test(marks_put_after_their_letters_are_composed),
		cmocka_unit_test(machine_readable_fillers_part_words),
		cmocka_unit_test(name_without_letters_has_no_words),
		cmocka_unit_test(too_many_words_are_cut_and_said_to_be),
		cmocka_unit_test(long_word_is_cut_to_the_size_of_a_sound),
		cmocka_unit_test(
			bytes_that_are_no_text_are_refused_and_nothing_written),
		cmocka_unit_test(name_longer_than_any_is_refused),
		cmocka_unit_test(unreadable_script_is_at_least_like_itself),
		cmocka_unit_test(skeleton_is_of_consonant_classes),
		cmocka_unit_test(equal_beginnings_have_equal_leading_bits),
	};

	return cmocka_run_group_tests_name("words", tests, open_context, close_context);
}
