/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proto/MATCHING.md works out by hand, and the tables beside it, are what the code
 * does.  The lines of its blocks "score" are
 *
 *	asked | born | listed | born | evidence | score | because
 *
 * argv: the directory proto.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/match/compare_costs.h"
#include "daemon/core/match/evidence.h"
#include "daemon/core/match/weights.h"

#define LINE_BYTES 1024
#define FIELDS 7
#define EXAMPLES_LEAST 3

static const char *directory;
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

static FILE *open_file(const char *name)
{
	char path[LINE_BYTES];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

/* Splits at the separator, blanks around it left out. */
static size_t split(char *line, char separator, char **fields, size_t most)
{
	size_t count = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *at = line; at != NULL && count < most;) {
		char *next = strchr(at, separator), *end;

		if (next != NULL) {
			*next++ = '\0';
		}
		at += separator == '\t' ? 0 : strspn(at, " ");
		end = at + strlen(at);
		while (separator != '\t' && end > at && end[-1] == ' ') {
			*--end = '\0';
		}
		fields[count++] = at;
		at = next;
	}
	return count;
}

static uint32_t born_of(const char *text)
{
	unsigned year = 0, month = 0, day = 0;
	struct cordon_date date;

	sscanf(text, "%u-%u-%u", &year, &month, &day);
	date = (struct cordon_date){ (int16_t)year, (uint8_t)month, (uint8_t)day };
	return born_pack(&date);
}

static struct name_words words_of(const char *text)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = text };
	struct name_words words;

	assert_int_equal(words_of_name(context, &name, &words), 0);
	return words;
}

static struct person_score scored(char **fields)
{
	struct compare_person asked = { .name.words = words_of(fields[0]),
		.born = born_of(fields[1]) };
	struct card_name name = { .type = CORDON_NAME_PRIMARY,
		.words = words_of(fields[2]) };
	uint32_t born = born_of(fields[3]);
	struct card card = { .dates_count = born != 0, .dates = { born } };
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, card_pack(&card, &name, 1, packed) };
	struct person_score score;

	for (size_t i = 0; i < asked.name.words.count; i++) {
		asked.name.weights[i] = weight_without_list(&asked.name.words.words[i]);
	}
	assert_int_equal(card_open(bytes, &card), 0);
	compare_person(&asked, &card, &score);
	return score;
}

static void because(uint64_t reasons, char text[LINE_BYTES])
{
	static const char *const texts[] = {
#define X(name, text) [REASON_##name] = text,
		MATCH_REASONS(X)
#undef X
	};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < REASONS_COUNT; i++) {
		if ((reasons & UINT64_C(1) << i) != 0) {
			used += (size_t)snprintf(text + used, LINE_BYTES - used, "%s%s",
				used == 0 ? "" : " ", texts[i]);
		}
	}
}

static void check(char **fields)
{
	struct person_score score = scored(fields);
	char expected[2 * LINE_BYTES], found[2 * LINE_BYTES], reasons[LINE_BYTES];

	because(score.reasons, reasons);
	snprintf(expected, sizeof(expected), "%s | %s: %s | %s | %s", fields[0],
		fields[2], fields[4], fields[5], fields[6]);
	snprintf(found, sizeof(found), "%s | %s: %d | %u | %s", fields[0], fields[2],
		score.evidence, score.score, reasons);
	assert_string_equal(found, expected);
}

static void what_two_papers_write_of_one_person_is_possible(void **state)
{
	FILE *file = open_file("../tests/vectors/names/papers.tsv");
	char line[LINE_BYTES], *names[2];
	size_t count = 0;

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *fields[] = { NULL, "-", NULL, "-" };
		struct person_score score;

		if (line[0] == '#') {
			continue;
		}
		assert_int_equal(split(line, '\t', names, 2), 2);
		fields[0] = names[0];
		fields[2] = names[1];
		score = scored(fields);
		if (score.score < SCORE_NAME) {
			fail_msg("%s | %s: %u", names[0], names[1], score.score);
		}
		count++;
	}
	fclose(file);
	assert_true(count > 0);
}

static void examples_come_out_as_worked_out_by_hand(void **state)
{
	FILE *file = open_file("MATCHING.md");
	char line[LINE_BYTES];
	bool inside = false;
	size_t count = 0;

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		char *fields[FIELDS];

		if (strncmp(line, "```", 3) == 0) {
			inside = strcmp(line, "```score\n") == 0;
		} else if (inside) {
			assert_int_equal(split(line, '|', fields, FIELDS), FIELDS);
			check(fields);
			count++;
		}
	}
	fclose(file);
	assert_true(count >= EXAMPLES_LEAST);
}

static void frequent_words_are_published_and_sorted(void **state)
{
	FILE *file = open_file("matching/frequent.tsv");
	char line[LINE_BYTES];
	size_t count = 0;

	(void)state;
	assert_non_null(fgets(line, sizeof(line), file));
	for (; fgets(line, sizeof(line), file) != NULL; count++) {
		char *fields[2];

		assert_true(count < frequent_words_count);
		assert_int_equal(split(line, '\t', fields, 2), 2);
		assert_string_equal(fields[0], frequent_words[count].sound);
		assert_int_equal(atoi(fields[1]), frequent_words[count].weight);
		assert_true(count == 0 ||
			    strcmp(frequent_words[count - 1].sound, fields[0]) < 0);
	}
	fclose(file);
	assert_int_equal(count, frequent_words_count);
}

static const uint16_t *costs_row(size_t row)
{
	return row < 2 * COST_LETTERS
		       ? cost_change[row / COST_LETTERS][row % COST_LETTERS]
		       : cost_left_out[row - 2 * COST_LETTERS];
}

static void costs_of_letters_are_published(void **state)
{
	FILE *file = open_file("matching/costs.tsv");
	char line[LINE_BYTES];
	size_t row = 0;

	(void)state;
	assert_non_null(fgets(line, sizeof(line), file));
	for (; fgets(line, sizeof(line), file) != NULL; row++) {
		char *fields[COST_LETTERS + 2];

		assert_true(row < 2 * COST_LETTERS + COST_PLACES);
		assert_int_equal(
			split(line, '\t', fields, COST_LETTERS + 2), COST_LETTERS + 2);
		for (size_t i = 0; i < COST_LETTERS; i++) {
			assert_int_equal(atoi(fields[i + 2]), costs_row(row)[i]);
		}
	}
	fclose(file);
	assert_int_equal(row, 2 * COST_LETTERS + COST_PLACES);
}

static void letters_cost_the_same_both_ways(void **state)
{
	(void)state;
	for (size_t a = 0; a < COST_LETTERS; a++) {
		for (size_t b = 0; b < COST_LETTERS; b++) {
			assert_int_equal(cost_change[0][a][b], cost_change[0][b][a]);
			assert_int_equal(cost_change[1][a][b], cost_change[1][b][a]);
			assert_int_equal(a == b, cost_change[1][a][b] == 0);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_come_out_as_worked_out_by_hand),
		cmocka_unit_test(what_two_papers_write_of_one_person_is_possible),
		cmocka_unit_test(frequent_words_are_published_and_sorted),
		cmocka_unit_test(costs_of_letters_are_published),
		cmocka_unit_test(letters_cost_the_same_both_ways),
	};

	if (argc != 2) {
		fputs("the directory proto is expected\n", stderr);
		return 2;
	}
	directory = argv[1];
	return cmocka_run_group_tests(tests, open_context, close_context);
}
