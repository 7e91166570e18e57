/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/keys.h"

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

static struct cordon_name full(const char *text)
{
	return (struct cordon_name){ .type = CORDON_NAME_PRIMARY, .full = text };
}

static struct cordon_name parts(
	const char *surname, const char *given, const char *patronymic)
{
	return (struct cordon_name){ .type = CORDON_NAME_PRIMARY,
		.surname = surname,
		.given = given,
		.patronymic = patronymic };
}

static struct name_keys keys_of(struct cordon_name name)
{
	struct name_keys keys;

	assert_int_equal(keys_of_name(context, &name, &keys), 0);
	return keys;
}

enum keys_agreement {
	KEYS_DIFFER = 0,
	KEYS_AGREE_SHORTER, /* one of the two has a patronymic more */
	KEYS_AGREE
};

static bool overlap(
	const name_key *a, size_t a_count, const name_key *b, size_t b_count)
{
	for (size_t i = 0; i < a_count; i++) {
		for (size_t k = 0; k < b_count; k++) {
			if (a[i] == b[k]) {
				return true;
			}
		}
	}
	return false;
}

static enum keys_agreement compared(struct cordon_name listed, struct cordon_name asked)
{
	struct name_keys a = keys_of(asked), b = keys_of(listed);

	if (overlap(a.whole, a.whole_count, b.whole, b.whole_count)) {
		return KEYS_AGREE;
	}
	if (overlap(a.whole, a.whole_count, b.shorter, b.shorter_count) ||
		overlap(a.shorter, a.shorter_count, b.whole, b.whole_count)) {
		return KEYS_AGREE_SHORTER;
	}
	return KEYS_DIFFER;
}

static void agree(struct cordon_name listed, const char *asked)
{
	if (compared(listed, full(asked)) != KEYS_AGREE) {
		fail_msg("\"%s\" is not found", asked);
	}
}

static void agree_shorter(struct cordon_name listed, const char *asked)
{
	if (compared(listed, full(asked)) != KEYS_AGREE_SHORTER) {
		fail_msg("\"%s\" is not found as a name with or without patronymic",
			asked);
	}
}

static void differ(struct cordon_name listed, const char *asked)
{
	if (compared(listed, full(asked)) != KEYS_DIFFER) {
		fail_msg("\"%s\" is found", asked);
	}
}

static void any_order_and_either_script_gives_the_name(void **state)
{
	static const char *const asked[] = { "Иванов Сергей Петрович",
		"Сергей Петрович Иванов", "ПЕТРОВИЧ ИВАНОВ СЕРГЕЙ",
		"IVANOV SERGEI PETROVICH", "Sergei Petrovich Ivanov",
		"petrovich, sergei ivanov", "IVANOV<<SERGEI<PETROVICH",
		"Иванов  Sergei  Петрович" };
	struct cordon_name listed[] = { parts("Иванов", "Сергей", "Петрович"),
		parts("IVANOV", "SERGEI", "PETROVICH"), full("Иванов Сергей Петрович"),
		full("Sergei Petrovich IVANOV"),
		parts("Иванов", "Сергей Петрович", NULL) };

	(void)state;
	for (size_t i = 0; i < COUNT(listed); i++) {
		for (size_t k = 0; k < COUNT(asked); k++) {
			agree(listed[i], asked[k]);
		}
		differ(listed[i], "Иванов Сергей Иванович");
		differ(listed[i], "Иванов Петр Петрович");
		differ(listed[i], "Иванов");
		differ(listed[i], "Иванов Сергей Петрович Младший");
	}
}

static void a_patronymic_may_be_missing_on_either_side(void **state)
{
	(void)state;
	agree_shorter(parts("Иванов", "Сергей", "Петрович"), "IVANOV SERGEI");
	agree_shorter(full("Sergei Petrovich IVANOV"), "Иванов Сергей");
	agree_shorter(parts("Иванов", "Сергей Петрович", NULL), "Иванов Сергей");
	agree_shorter(parts("IVANOV", "SERGEI", NULL), "Иванов Сергей Петрович");
	agree_shorter(parts("Жақыпов", "Қабиболла", "Қабенұлы"), "ZHAKYPOV KABIBOLLA");
	agree_shorter(
		parts("ZHAKYPOV", "KABIBOLLA", NULL), "Жақыпов Қабиболла Қабенұлы");
	agree_shorter(parts("Алиев", "Рустам", "Гейдар оглы"), "ALIEV RUSTAM");
	agree_shorter(parts("ALIEV", "RUSTAM", NULL), "Алиев Рустам Гейдар оглы");
	/* as a surname it is no patronymic */
	agree_shorter(full("Roman Olegovich Abramovich"), "Abramovich Roman");
	differ(parts("Abramovich", "Roman", NULL), "Roman Olegovich");
	differ(full("Roman Abramovich"), "Roman");
}

static void languages_and_forms_are_found_in_their_latin_spelling(void **state)
{
	(void)state;
	agree(full("Рыгор Гурыновіч"), "HURYNOVICH RYHOR");
	agree(full("Рыгор Гурыновіч"), "GURYNOVICH RYGOR");
	agree(full("Юлія Гришина"), "HRYSHYNA YULIIA");
	agree(full("Қодирқулов Ғайрат"), "QODIRQULOV GHAIRAT");
	agree(full("Ўктамов Ҳасан"), "OKTAMOV HASAN");
	agree(full("Jörg Müller"), "MUELLER JOERG");
	agree(full("Jörg Müller"), "Muller Jorg");
	agree(full("MUELLER JOERG"), "Jörg Müller");
	agree(full("Peña José"), "PENXXA JOSE");
	differ(full("MUELLER JOERG"), "MULLER JORG");
	agree(full("Артём Семёнов"), "Артем Семенов");
	agree(full("김정은"), "김정은");
}

static void both_forms_of_one_name_are_keys(void **state)
{
	struct cordon_name both = parts("Иванов", "Сергей", NULL);

	(void)state;
	both.full = "Sergio Ivanoff";
	agree(both, "IVANOV SERGEI");
	agree(both, "SERGIO IVANOFF");
}

static void a_name_without_letters_has_no_key(void **state)
{
	struct name_keys keys = keys_of(full("- . ,"));

	(void)state;
	assert_int_equal(keys.whole_count, 0);
	assert_int_equal(keys.shorter_count, 0);
	assert_int_equal(keys_of(parts(NULL, NULL, NULL)).whole_count, 0);
	assert_int_equal(keys_of(full("X")).whole_count, 1);
}

static void keys_stand_in_indexes_and_never_change(void **state)
{
	(void)state;
	assert_true(keys_of(full("IVANOV SERGEI")).whole[0] == 0xf238ef9502ce4d17ULL);
}

static void many_words_with_endings_stay_within_bounds(void **state)
{
	struct cordon_name name = full("Гриховичёв Жуйович Щукинович Цехович Юрьевна "
				       "Ярович Ёжикович Äsovich Қайрович");
	struct name_keys keys;

	(void)state;
	name.surname = name.full;
	keys = keys_of(name);
	assert_true(keys.whole_count > 5);
	assert_true(keys.whole_count <= KEYS_WHOLE_MAX);
	assert_true(keys.shorter_count <= KEYS_SHORTER_MAX);
}

static struct cordon_record record_of(uint32_t kind, struct cordon_person *person,
	struct cordon_name *names, size_t count)
{
	person->names = names;
	person->names_count = count;
	return (struct cordon_record){ .kind = kind, .person = person };
}

static void a_record_has_the_keys_of_all_its_names(void **state)
{
	struct cordon_name names[] = { parts("Иванов", "Сергей", "Петрович"),
		full("IVANOV SERGEI PETROVICH"), full("Rumuli"), full("--") };
	struct cordon_person person = { .names = NULL };
	struct cordon_record record =
		record_of(CORDON_KIND_DEPORTATION, &person, names, COUNT(names));
	struct record_keys keys;
	struct name_keys alias = keys_of(names[2]);

	(void)state;
	assert_int_equal(record_name_keys(context, &record, &keys), 0);
	assert_false(keys.cut);
	assert_true(keys.keys[keys.count - 1] == alias.whole[0]);
	for (size_t i = 0; i < keys.count; i++) {
		assert_true(keys.keys[i] != 0);
		for (size_t k = 0; k < i; k++) {
			assert_true(keys.keys[i] != keys.keys[k]);
		}
	}
}

static void records_that_name_nobody_have_no_keys(void **state)
{
	struct cordon_name name = full("Ivanov");
	struct cordon_person person;
	struct cordon_record ban = { .kind = CORDON_KIND_ENTRY_BAN };
	struct cordon_record document =
		record_of(CORDON_KIND_INVALID_DOCUMENT, &person, &name, 1);
	struct cordon_record newer = record_of(99, &person, &name, 1);
	struct record_keys keys;

	(void)state;
	assert_int_equal(record_name_keys(context, &ban, &keys), 0);
	assert_int_equal(keys.count, 0);
	assert_int_equal(record_name_keys(context, &document, &keys), 0);
	assert_int_equal(keys.count, 0);
	assert_int_equal(record_name_keys(context, &newer, &keys), 0);
	assert_int_equal(keys.count, 0);
}

static void what_does_not_fit_is_said_to_be_cut(void **state)
{
	static char long_name[5000];
	struct cordon_name names[MATCH_RECORD_KEYS_MAX + 1];
	char texts[MATCH_RECORD_KEYS_MAX + 1][8];
	struct cordon_name two[2] = { full(long_name), full("Ivanov") };
	struct cordon_person person = { .names = NULL };
	struct cordon_record record = record_of(CORDON_KIND_ENTRY_BAN, &person, two, 2);
	struct record_keys keys;

	(void)state;
	memset(long_name, 'a', sizeof(long_name) - 1);
	assert_int_equal(record_name_keys(context, &record, &keys), 0);
	assert_true(keys.cut);
	assert_int_equal(keys.count, 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(texts[i], sizeof(texts[i]), "N%zu", i);
		names[i] = full(texts[i]);
	}
	record =
		record_of(CORDON_KIND_ENTRY_BAN, &person, names, MATCH_RECORD_KEYS_MAX);
	assert_int_equal(record_name_keys(context, &record, &keys), 0);
	assert_false(keys.cut);
	record.person->names_count++;
	assert_int_equal(record_name_keys(context, &record, &keys), 0);
	assert_true(keys.cut);
	assert_int_equal(keys.count, MATCH_RECORD_KEYS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_and_either_script_gives_the_name),
		cmocka_unit_test(a_patronymic_may_be_missing_on_either_side),
		cmocka_unit_test(languages_and_forms_are_found_in_their_latin_spelling),
		cmocka_unit_test(both_forms_of_one_name_are_keys),
		cmocka_unit_test(a_name_without_letters_has_no_key),
		cmocka_unit_test(keys_stand_in_indexes_and_never_change),
		cmocka_unit_test(many_words_with_endings_stay_within_bounds),
		cmocka_unit_test(a_record_has_the_keys_of_all_its_names),
		cmocka_unit_test(records_that_name_nobody_have_no_keys),
		cmocka_unit_test(what_does_not_fit_is_said_to_be_cut),
	};

	return cmocka_run_group_tests(tests, open_context, close_context);
}
