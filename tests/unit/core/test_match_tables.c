/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/utf8.h>

#include "daemon/core/match/counterpart.h"
#include "daemon/core/match/father.h"
#include "daemon/core/match/sound.h"
#include "daemon/core/match/sound_pinyin.h"
#include "daemon/core/match/sound_table.h"

/*
 * The published tables (proto/matching) are the ones that are compiled.  With --write
 * before the directory the files are written anew.
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TABLE_BYTES 65536

static const char *directory;

static const struct {
	unsigned habit;
	const char *name;
} habits[] = {
	{ HABIT_SWEDISH, "swedish" },
	{ HABIT_GERMAN, "german" },
	{ HABIT_CARON, "caron" },
	{ HABIT_POLISH, "polish" },
	{ HABIT_TURKISH, "turkish" },
	{ HABIT_ENGLISH, "english" },
	{ HABIT_GLIDE_J, "glide-j" },
	{ HABIT_BELARUSIAN, "belarusian" },
	{ HABIT_CH, "ch" },
	{ HABIT_FRENCH, "french" },
	{ HABIT_PERSIAN, "persian" },
	{ HABIT_AZERI, "azeri" },
	{ HABIT_PINYIN, "pinyin" },
};

static void put_habits(FILE *out, unsigned set)
{
	bool first = true;

	for (size_t i = 0; i < COUNT(habits); i++) {
		if ((set & habits[i].habit) != 0) {
			fprintf(out, "%s%s", first ? "" : " ", habits[i].name);
			first = false;
			set &= ~habits[i].habit;
		}
	}
	assert_int_equal(set, 0);
}

static void put_letter(FILE *out, uint32_t c)
{
	uint8_t bytes[U8_MAX_LENGTH + 1] = { 0 };
	int32_t size = 0;

	U8_APPEND_UNSAFE(bytes, size, c);
	fprintf(out, "%s", (const char *)bytes);
}

static void put_class(FILE *out, char class)
{
	if (class != '\0') {
		fputc(class, out);
	}
}

static void print_letters(FILE *out)
{
	fprintf(out, "code\tletter\tscript\tspelt\thabits\n");
	for (size_t t = 0; t < letter_tables_count; t++) {
		for (size_t i = 0; i < letter_tables[t].count; i++) {
			const struct letter_row *row = &letter_tables[t].rows[i];

			fprintf(out, "%04X\t", row->letter);
			put_letter(out, row->letter);
			fprintf(out, "\t%s\t%s\t", letter_tables[t].name, row->text);
			put_habits(out, row->habit);
			fputc('\n', out);
		}
	}
	for (size_t i = 0; i < silent_signs_count; i++) {
		fprintf(out, "%04X\t\tsilent\t\t\n", silent_signs[i]);
	}
	for (size_t i = 0; i < look_alikes_count; i++) {
		fprintf(out, "%04X\t", look_alikes[i][0]);
		put_letter(out, look_alikes[i][0]);
		fprintf(out, "\tlooks like\t");
		put_letter(out, look_alikes[i][1]);
		fprintf(out, "\t\n");
	}
}

static void print_rules(FILE *out)
{
	fprintf(out, "from\tto\tbefore\tafter\twith\twithout\n");
	for (size_t i = 0; i < latin_rules_count; i++) {
		const struct latin_rule *rule = &latin_rules[i];

		fprintf(out, "%s\t%s\t", rule->from, rule->to);
		put_class(out, rule->before);
		fputc('\t', out);
		put_class(out, rule->after);
		fputc('\t', out);
		put_habits(out, rule->with);
		fputc('\t', out);
		put_habits(out, rule->without);
		fputc('\n', out);
	}
}

static void print_some_signs(
	FILE *out, const char *script, const struct latin_sign *signs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s\t%s\t", script, signs[i].part);
		put_class(out, signs[i].before);
		fputc('\t', out);
		put_class(out, signs[i].after);
		fputc('\t', out);
		put_habits(out, signs[i].habits);
		fputc('\n', out);
	}
}

static void print_signs(FILE *out)
{
	fprintf(out, "words\tpart\tbefore\tafter\thabits\n");
	print_some_signs(out, "Latin", latin_signs, latin_signs_count);
	print_some_signs(out, "other", other_signs, other_signs_count);
}

static void print_fathers(FILE *out)
{
	fprintf(out, "ending\tletters before\twhere\n");
	for (size_t i = 0; i < father_endings_count; i++) {
		fprintf(out, "%s\t%u\t%s\n", father_endings[i].text,
			father_endings[i].stem,
			father_endings[i].weak ? "patronymic" : "any");
	}
	for (size_t i = 0; i < father_short_ones_count; i++) {
		fprintf(out, "%s\twhole -%u\tany\n", father_short_ones[i].text,
			father_short_ones[i].ending);
	}
}

static void print_counterparts(FILE *out)
{
	fprintf(out, "kind\tforms\n");
	for (size_t i = 0; i < counterpart_rows_count; i++) {
		fprintf(out, "%s\t%s\n",
			counterpart_rows[i].sex == 'm'   ? "man"
			: counterpart_rows[i].sex == 'f' ? "woman"
							 : "surname",
			counterpart_rows[i].forms);
	}
}

static const char *kind_name(enum counterpart_kind kind)
{
	switch (kind) {
	case COUNTERPART_TITLE:
		return "title";
	case COUNTERPART_PARTICLE:
		return "particle";
	case COUNTERPART_WESTERN:
		return "western particle";
	case COUNTERPART_CHILD:
		return "child";
	case COUNTERPART_PREFIX:
		return "prefix";
	case COUNTERPART_SUFFIX:
		return "suffix";
	default:
		return "";
	}
}

static void print_words(FILE *out)
{
	fprintf(out, "kind\twords\n");
	for (size_t i = 0; i < counterpart_words_count; i++) {
		fprintf(out, "%s\t%s\n", kind_name(counterpart_words[i].kind),
			counterpart_words[i].forms);
	}
}

static void print_parts(
	FILE *out, const char *kind, const struct pinyin_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s\t%s\t%s\n", kind, parts[i].pinyin, parts[i].spelt);
	}
}

static void print_texts(
	FILE *out, const char *kind, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s\t%s\t\n", kind, texts[i]);
	}
}

static void print_pinyin(FILE *out)
{
	fprintf(out, "kind\tpinyin\tspelt\n");
	print_parts(out, "whole", pinyin_wholes, pinyin_wholes_count);
	print_parts(out, "initial", pinyin_initials, pinyin_initials_count);
	print_parts(out, "final", pinyin_finals, pinyin_finals_count);
	print_texts(out, "sign", pinyin_signs, pinyin_signs_count);
	print_texts(out, "name", pinyin_names, pinyin_names_count);
}

static const struct published {
	const char *file;
	void (*print)(FILE *out);
} published[] = {
	{ "letters.tsv", print_letters },
	{ "latin.tsv", print_rules },
	{ "signs.tsv", print_signs },
	{ "pinyin.tsv", print_pinyin },
	{ "patronymics.tsv", print_fathers },
	{ "counterparts.tsv", print_counterparts },
	{ "words.tsv", print_words },
};

static FILE *opened(const char *file, const char *mode)
{
	char path[4096];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	stream = fopen(path, mode);
	assert_non_null(stream);
	return stream;
}

static void published_tables_are_the_compiled_ones(void **state)
{
	static char expected[TABLE_BYTES], found[TABLE_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(published); i++) {
		FILE *out = fmemopen(expected, sizeof(expected), "w");
		FILE *in = opened(published[i].file, "r");
		size_t size;

		assert_non_null(out);
		published[i].print(out);
		assert_int_equal(fclose(out), 0);
		size = fread(found, 1, sizeof(found) - 1, in);
		found[size] = '\0';
		fclose(in);
		assert_string_equal(found, expected);
	}
}

static int write_tables(void)
{
	for (size_t i = 0; i < COUNT(published); i++) {
		FILE *out = opened(published[i].file, "w");

		published[i].print(out);
		fclose(out);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_tables_are_the_compiled_ones),
	};

	if (argc < 2) {
		return EXIT_FAILURE;
	}
	directory = argv[argc - 1];
	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		return write_tables();
	}
	return cmocka_run_group_tests_name("match_tables", tests, NULL, NULL);
}
