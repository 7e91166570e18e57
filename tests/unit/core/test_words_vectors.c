/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/screen.h"
#include "tests/lib/wordtext.h"

/* The vectors that proto/MATCHING.md refers to: tests/vectors/names. */

#define LINE_BYTES 4096
#define FIELDS_MAX 12

static const char *directory;
static struct match_context *context;

static FILE *opened(const char *file)
{
	char path[4096];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	stream = fopen(path, "r");
	assert_non_null(stream);
	return stream;
}

/* Splits a line at its tabs; 0 for a comment. */
static size_t fields_of(char *line, char *fields[FIELDS_MAX])
{
	size_t count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '#') {
		return 0;
	}
	for (char *at = line; at != NULL && count < FIELDS_MAX;) {
		fields[count++] = at;
		at = strchr(at, '\t');
		if (at != NULL) {
			*at++ = '\0';
		}
	}
	return count;
}

static struct name_words words_of(const char *full)
{
	struct cordon_name name = { .full = full };
	struct name_words words;

	assert_int_equal(words_of_name(context, &name, &words), 0);
	return words;
}

static void same_text(const char *name, const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0) {
		fail_msg("\"%s\" gives \"%s\", not \"%s\"", name, got, expected);
	}
}

static void every_vector_gives_its_words_and_skeletons(void **state)
{
	FILE *file = opened("words.tsv");
	char line[LINE_BYTES], *fields[FIELDS_MAX], text[WORDTEXT_BYTES];
	size_t rows = 0;

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		struct name_words words;

		if (fields_of(line, fields) != 3) {
			continue;
		}
		words = words_of(fields[0]);
		wordtext_words(&words, text);
		same_text(fields[0], text, fields[1]);
		wordtext_skeletons(&words, text);
		same_text(fields[0], text, fields[2]);
		rows++;
	}
	fclose(file);
	assert_true(rows > 150);
}

static bool same_sound(const struct name_word *a, const struct name_word *b)
{
	return a->size == b->size && memcmp(a->sound, b->sound, a->size) == 0 &&
	       ((a->flags ^ b->flags) & WORD_OF_FATHER) == 0;
}

/* Every word of a has one of b, whatever the order. */
static bool among(const struct name_words *a, const struct name_words *b)
{
	for (uint8_t i = 0; i < a->count; i++) {
		bool found = false;

		for (uint8_t k = 0; k < b->count && !found; k++) {
			found = same_sound(&a->words[i], &b->words[k]);
		}
		if (!found) {
			return false;
		}
	}
	return a->count == b->count;
}

static void spellings_of_one_name_have_the_same_sounds(void **state)
{
	FILE *file = opened("same.tsv");
	char line[LINE_BYTES], *fields[FIELDS_MAX];
	size_t rows = 0;

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		size_t count = fields_of(line, fields);

		for (size_t i = 1; i < count; i++) {
			struct name_words a = words_of(fields[0]);
			struct name_words b = words_of(fields[i]);

			if (!among(&a, &b) || !among(&b, &a)) {
				fail_msg("\"%s\" and \"%s\" differ", fields[0],
					fields[i]);
			}
			rows++;
		}
	}
	fclose(file);
	assert_true(rows > 60);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_gives_its_words_and_skeletons),
		cmocka_unit_test(spellings_of_one_name_have_the_same_sounds),
	};
	int failed;

	if (argc != 2 || match_context_create(&context, NULL) != 0) {
		return EXIT_FAILURE;
	}
	directory = argv[1];
	failed = cmocka_run_group_tests_name("words_vectors", tests, NULL, NULL);
	match_context_destroy(context);
	return failed;
}
