/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/text.h"
#include "proto/bytes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* The words of a name, each followed by a blank. */
static void words_of(
	const char *name, struct text_spelling spelling, char *out, size_t out_bytes)
{
	struct text_folded folded;
	struct text_tokens tokens = { .count = 0 };
	struct writer w;

	assert_int_equal(text_fold(context, name, strlen(name), &folded), 0);
	assert_int_equal(text_spell(context, &folded, spelling, &tokens), 0);
	writer_init(&w, out, out_bytes - 1);
	for (size_t i = 0; i < tokens.count; i++) {
		writer_bytes(&w, tokens.text + tokens.tokens[i].start,
			tokens.tokens[i].size);
		writer_u8(&w, ' ');
	}
	assert_false(w.bad);
	out[w.used] = '\0';
}

static void spelled(
	const char *name, struct text_spelling spelling, const char *expected)
{
	char words[TEXT_BYTES_MAX];

	words_of(name, spelling, words, sizeof(words));
	if (strcmp(words, expected) != 0) {
		fail_msg("\"%s\" gives \"%s\", not \"%s\"", name, words, expected);
	}
}

static void plain(const char *name, const char *expected)
{
	spelled(name, (struct text_spelling){ TRANSLIT_ANY, TEXT_PLAIN }, expected);
}

static void words_are_parted_as_in_an_mrz(void **state)
{
	(void)state;
	plain("Ivanov, Sergei", "IVANOV SERGEI ");
	plain("  Jean-Paul  d'Artagnan ", "JEAN PAUL DARTAGNAN ");
	plain("O’Brien O'BRIEN O´Brien O`Brien Oʻbrien O＇Brien",
		"OBRIEN OBRIEN OBRIEN OBRIEN OBRIEN OBRIEN ");
	plain("Smith/Jones (Jr.)", "SMITH JONES JR ");
	plain("IVANOV<<SERGEI<PETROVICH<<<", "IVANOV SERGEI PETROVICH ");
	plain("Jean\xc2\xadPaul", "JEANPAUL ");
	plain("Гульнар‐Айым", "GULNAR AIYM ");
	plain("Abu’l-Fazl III", "ABUL FAZL III ");
	plain("", "");
	plain("-.,' ", "");
}

static void case_and_marks_make_no_difference(void **state)
{
	(void)state;
	plain("ŠKĖMA škėma Skema", "SKEMA SKEMA SKEMA ");
	plain("Łukasz Đorđe Jørgen", "LUKASZ DORDE JORGEN ");
	plain("İBRAHİM Ibrahim ıbrahım", "IBRAHIM IBRAHIM IBRAHIM ");
	plain("Nguyễn Thị Hường", "NGUYEN THI HUONG ");
	plain("Nguye\xcc\x82\xcc\x83n", "NGUYEN ");
	plain("ＩＶＡＮＯＶ", "IVANOV ");
	plain("Straße STRASSE STRAẞE", "STRASSE STRASSE STRASSE ");
	plain("АРТЁМ Артем арте\xcc\x88м", "ARTEM ARTEM ARTEM ");
}

static void the_forms_of_latin_letters_are_told_apart(void **state)
{
	const char *name = "Müller Nuñez Bjørn Åse Æbel";

	(void)state;
	spelled(name, (struct text_spelling){ TRANSLIT_ANY, TEXT_PLAIN },
		"MULLER NUNEZ BJORN ASE AEBEL ");
	spelled(name, (struct text_spelling){ TRANSLIT_ANY, TEXT_FIRST },
		"MUELLER NUNEZ BJOERN AASE AEBEL ");
	spelled(name, (struct text_spelling){ TRANSLIT_ANY, TEXT_MARKED },
		"MUXXLLER NUNXXEZ BJOERN AASE AEBEL ");
}

static void cyrillic_follows_the_language(void **state)
{
	(void)state;
	plain("Иванов Сергей Петрович", "IVANOV SERGEI PETROVICH ");
	plain("Щукин Юрий Объедков Эльза", "SHCHUKIN IURII OBIEEDKOV ELZA ");
	plain("Жақыпов Қабиболла Қабенұлы", "ZHAKYPOV KABIBOLLA KABENULY ");
	spelled("Грыгор Сёмін",
		(struct text_spelling){ TRANSLIT_BELARUSIAN, TEXT_PLAIN },
		"HRYHOR SIOMIN ");
	spelled("Юлія Гришина",
		(struct text_spelling){ TRANSLIT_UKRAINIAN, TEXT_PLAIN },
		"YULIIA HRYSHYNA ");
	spelled("Соня-Юля", (struct text_spelling){ TRANSLIT_UKRAINIAN, TEXT_PLAIN },
		"SONIA YULIA ");
}

static void arabic_follows_icao(void **state)
{
	(void)state;
	plain("هشام", "HXSHAM ");
	/* teh marbuta ends a word otherwise than it stands inside one */
	plain("فاطمة", "FAXTTMXAH ");
	plain("مُحَمَّد محمد", "MXHMD MXHMD ");
}

static void other_scripts_are_romanised(void **state)
{
	(void)state;
	plain("Վարդան Պետրոսյան", "VARDAN PETROSYAN ");
	plain("ნინო", "NINO ");
	plain("Πέτρος", "PETROS ");
	plain("习近平", "XI JIN PING ");
	plain("김정은", "GIMJEONG EUN ");
	plain("김정은 Иванов", "GIMJEONG EUN IVANOV ");
	/* Tifinagh has no romanisation in ICU */
	plain("ⴰⴱ", "X2D30X2D31 ");
}

static void bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const bad[] = { "\xff", "a\xc0\xaf", "\xed\xa0\x80", "\xd0",
		"И\xf5" };
	struct text_folded folded;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(text_fold(context, bad[i], strlen(bad[i]), &folded),
			CORDON_EFIELD);
	}
}

/* size bytes of a text repeated; the caller frees. */
static char *repeated(const char *piece, size_t size)
{
	char *text = malloc(size + 1);

	assert_non_null(text);
	for (size_t i = 0; i < size; i++) {
		text[i] = piece[i % strlen(piece)];
	}
	text[size] = '\0';
	return text;
}

static int fold_repeated(const char *piece, size_t size)
{
	struct text_folded folded;
	struct text_tokens tokens = { .count = 0 };
	char *text = repeated(piece, size - size % strlen(piece));
	int error = text_fold(context, text, strlen(text), &folded);

	if (error == 0) {
		error = text_spell(context, &folded,
			(struct text_spelling){ TRANSLIT_ANY, TEXT_FIRST }, &tokens);
	}
	free(text);
	return error;
}

static void no_name_is_too_long_to_be_bounded(void **state)
{
	/* one of them grows eighteenfold in folding */
	static const char *const pieces[] = { "a", "a ", "щ", "ḗ", "ؤ", "习",
		"\xcc\x81", "Ä", "\xf0\x9d\x95\xab", "한", "\xef\xb7\xba", "ஶ்ரீ" };

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		int small = fold_repeated(pieces[i], 180);
		int large = fold_repeated(pieces[i], 60000);

		assert_int_equal(small, 0);
		assert_int_equal(large, CORDON_ETOOBIG);
		for (size_t size = 1900; size < 2100; size += 20) {
			int error = fold_repeated(pieces[i], size);

			assert_true(error == 0 || error == CORDON_ETOOBIG);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_parted_as_in_an_mrz),
		cmocka_unit_test(case_and_marks_make_no_difference),
		cmocka_unit_test(the_forms_of_latin_letters_are_told_apart),
		cmocka_unit_test(cyrillic_follows_the_language),
		cmocka_unit_test(arabic_follows_icao),
		cmocka_unit_test(other_scripts_are_romanised),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(no_name_is_too_long_to_be_bounded),
	};

	return cmocka_run_group_tests(tests, open_context, close_context);
}
