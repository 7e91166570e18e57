/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <cordon/error.h>
#include "proto/translit.h"
#include "proto/translit_table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct example {
	enum translit_language language;
	const char *text, *latin;
};

static void check(const struct example *e)
{
	char out[128];
	size_t uncovered = 99;

	assert_int_equal(translit_text(e->text, strlen(e->text), e->language, out,
				 sizeof(out), &uncovered),
		0);
	assert_string_equal(out, e->latin);
	assert_int_equal(uncovered, 0);
}

static void rows_are_in_order_and_a_to_z(void **state)
{
	(void)state;
	for (size_t i = 0; i < translit_rows_count; i++) {
		const char *latin = translit_rows[i].latin;

		assert_int_equal(
			strspn(latin, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), strlen(latin));
		if (i > 0) {
			assert_true(translit_rows[i - 1].code_point <
				    translit_rows[i].code_point);
		}
	}
}

static void names_read_as_passports_print_them(void **state)
{
	static const struct example examples[] = {
		{ TRANSLIT_ANY, "Щербаков Объедков Подъячев",
			"SHCHERBAKOV OBIEEDKOV PODIEIACHEV" },
		{ TRANSLIT_ANY, "Юрий Ёлкин, Любовь", "IURII ELKIN, LIUBOV" },
		{ TRANSLIT_BELARUSIAN, "Ігар Міхалёў", "IHAR MIKHALIOU" },
		{ TRANSLIT_UKRAINIAN, "Їжак Євген Юлія Яна",
			"YIZHAK YEVHEN YULIIA YANA" },
		{ TRANSLIT_UKRAINIAN, "Мар'яна Гарний Йосипівна",
			"MARIANA HARNYI YOSYPIVNA" },
		{ TRANSLIT_BULGARIAN, "Щерев", "SHTEREV" },
		{ TRANSLIT_SERBIAN, "Жика Ћосић Ђурић", "ZIKA COSIC DURIC" },
		{ TRANSLIT_MACEDONIAN, "Ѓорѓи Ќосев Џамбаз", "GJORGJI KJOSEV DJAMBAZ" },
		{ TRANSLIT_KAZAKH, "Әлия Қайрат Ғани Жаңбырұлы Үміт Өмір Һәкім",
			"ALIIA KAIRAT GANI ZHANBYRULY UMIT OMIR HAKIM" },
		{ TRANSLIT_TAJIK, "Ғафур Қодирӣ Ҳоҷӣ Ӯктам",
			"GHAFUR QODIRI HOJI UKTAM" },
		{ TRANSLIT_UZBEK, "Қодир Ўктам", "QODIR OKTAM" },
		{ TRANSLIT_ANY, "Müller Strauß Åse Þór Ñandú",
			"MUELLER STRAUSS AASE THOR NANDU" },
		{ TRANSLIT_ANY, "Æsa D’Artagnan Oʻktam", "AESA DARTAGNAN OKTAM" },
		/* the names of 9303-3 Appendix B */
		{ TRANSLIT_ANY, "محمود عبدالرحيم", "MXHMWD EBDALRXHYM" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		check(&examples[i]);
	}
}

static void arabic_marks_follow_the_notes_of_6c(void **state)
{
	static const struct example examples[] = {
		/* note 3: shadda repeats; note 2: teh marbuta at the end is XAH */
		{ TRANSLIT_ANY, "\u0639\u0628\u0651\u0627\u0633", "EBBAS" },
		{ TRANSLIT_ANY, "\u0641\u0636\u0651\u0629", "FXDZXDZXAH" },
		{ TRANSLIT_ANY, "\u0629\u064f\u0628", "XTAB" },
		{ TRANSLIT_ANY, "\u0628\u0629\u064f\u0628", "BXTAB" },
		{ TRANSLIT_ANY, "\u0628\u0629\u064f", "BXAH" },
		{ TRANSLIT_ANY, "\u0628\u0640\u0628", "BB" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		check(&examples[i]);
	}
}

static void decomposed_letters_lose_their_accents(void **state)
{
	static const struct example example = { TRANSLIT_ANY, "и\u0306 e\u0301",
		"I E" };

	(void)state;
	check(&example);
}

static void other_forms_of_6a_are_told(void **state)
{
	(void)state;
	assert_string_equal(
		translit_letter(0x00fc, TRANSLIT_ANY, TRANSLIT_INSIDE), "UE");
	assert_string_equal(translit_other(0x00fc, 0), "UXX");
	assert_string_equal(translit_other(0x00fc, 1), "U");
	assert_null(translit_other(0x00fc, 2));
	assert_null(translit_other('u', 0));
}

static void other_scripts_are_left_and_counted(void **state)
{
	static const char text[] = "Գեորգ ბექა Ли 1-2";
	char out[sizeof(text)];
	size_t uncovered = 0;

	(void)state;
	assert_null(translit_letter(0x0533, TRANSLIT_ANY, TRANSLIT_FIRST)); /* Գ */
	assert_null(translit_letter(0x10d1, TRANSLIT_ANY, TRANSLIT_FIRST)); /* ბ */
	assert_null(translit_letter('1', TRANSLIT_ANY, TRANSLIT_FIRST));
	assert_null(translit_letter(UINT32_MAX, TRANSLIT_ANY, TRANSLIT_FIRST));
	assert_int_equal(translit_text(text, strlen(text), TRANSLIT_ANY, out,
				 sizeof(out), &uncovered),
		0);
	assert_string_equal(out, "Գեորգ ბექა LI 1-2");
	assert_int_equal(uncovered, 9);
}

static void broken_or_long_text_is_refused(void **state)
{
	static const char *const broken[] = { "\xd0", "a\xc0\xaf", "\xed\xa0\x80",
		"\xff" };
	char out[9];

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		assert_int_equal(translit_text(broken[i], strlen(broken[i]),
					 TRANSLIT_ANY, out, sizeof(out), NULL),
			CORDON_EFIELD);
	}
	assert_int_equal(translit_text("a\0b", 3, TRANSLIT_ANY, out, sizeof(out), NULL),
		CORDON_EFIELD);
	assert_int_equal(
		translit_text("ЩЩ", 4, TRANSLIT_ANY, out, sizeof(out), NULL), 0);
	assert_string_equal(out, "SHCHSHCH");
	assert_int_equal(
		translit_text("ЩЩ", 4, TRANSLIT_ANY, out, sizeof(out) - 1, NULL),
		CORDON_ETOOBIG);
	assert_int_equal(
		translit_text("", 0, TRANSLIT_ANY, out, 0, NULL), CORDON_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_in_order_and_a_to_z),
		cmocka_unit_test(names_read_as_passports_print_them),
		cmocka_unit_test(arabic_marks_follow_the_notes_of_6c),
		cmocka_unit_test(decomposed_letters_lose_their_accents),
		cmocka_unit_test(other_forms_of_6a_are_told),
		cmocka_unit_test(other_scripts_are_left_and_counted),
		cmocka_unit_test(broken_or_long_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
