/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well persons are found, without a node: tests/bench/match/README.md.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/match/pairs.h"
#include "tests/bench/match/people.h"
#include "tests/bench/match/world.h"
#include "tests/bench/match/yardstick.h"

#define COUNTOF(array) (sizeof(array) / sizeof((array)[0]))
#define THRESHOLD 500          /* of a name, as the nodes have it by default */
#define SHARERS 50             /* persons of a million who share a birth date */
#define SCORES 1000            /* one more than any score */
#define RANK_COUNTED 3         /* "among the first three" */
#define INNOCENT_FROM 50000000 /* index of the first person who is not in the list */

enum pair_kind {
	KIND_CYRILLIC,
	KIND_LATIN,
	KIND_CYRILLIC_PARTIAL,
	KIND_LATIN_PARTIAL,
	KIND_OTHER,
	KIND_ALL,
	KINDS
};
static const char *const kind_names[] = { "Cyrillic-Latin", "Latin-Latin",
	"Cyrillic-Latin, part missing", "Latin-Latin, part missing", "others", "all" };

struct options {
	struct people_options people;
	const char *pairs, *different, *different_dob, *misses;
	size_t persons, comparisons, sample;
	int split; /* -1 all, 0 train, 1 test */
	bool words, falses, no_date;
};

struct scores {
	uint64_t counts[SCORES];
	uint64_t total;
};

static void scores_add(struct scores *scores, uint32_t score)
{
	scores->counts[score < SCORES ? score : SCORES - 1]++;
	scores->total++;
}

static double scores_from(const struct scores *scores, uint32_t threshold)
{
	uint64_t sum = 0;

	for (size_t i = threshold; i < SCORES; i++) {
		sum += scores->counts[i];
	}
	return scores->total == 0 ? 0 : (double)sum / (double)scores->total;
}

/* The least threshold with at most this share at or above it. */
static uint32_t threshold_for(const struct scores *scores, double share)
{
	uint32_t threshold = SCORES;

	while (threshold > 1 && scores_from(scores, threshold - 1) <= share) {
		threshold--;
	}
	return threshold;
}

struct pair {
	const char *a, *b;
	enum pair_kind kind;
	bool test;
};

static bool is_test(const char *group)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *group != '\0'; group++) {
		hash = (hash ^ (unsigned char)*group) * 16777619u;
	}
	return (hash >> 16 & 1) != 0;
}

static enum pair_kind kind_of(const char *kind, const char *a, const char *b)
{
	bool partial = strstr(kind, "partial") != NULL;
	bool a_cyrillic = strncmp(a, "Cyrl", 4) == 0;
	bool b_cyrillic = strncmp(b, "Cyrl", 4) == 0;
	bool a_latin = strncmp(a, "Latn", 4) == 0, b_latin = strncmp(b, "Latn", 4) == 0;

	if ((a_cyrillic && b_latin) || (a_latin && b_cyrillic)) {
		return partial ? KIND_CYRILLIC_PARTIAL : KIND_CYRILLIC;
	}
	if (a_latin && b_latin) {
		return partial ? KIND_LATIN_PARTIAL : KIND_LATIN;
	}
	return KIND_OTHER;
}

static struct pair pair_at(const struct table *table, size_t row)
{
	const char *kind = table_field(table, row, table_column(table, "kind"));
	const char *a = table_field(table, row, table_column(table, "script_lang_a"));
	const char *b = table_field(table, row, table_column(table, "script_lang_b"));

	return (struct pair){
		.a = table_field(table, row, table_column(table, "variant_a")),
		.b = table_field(table, row, table_column(table, "variant_b")),
		.kind = kind_of(kind, a, b),
		.test = is_test(table_field(table, row, table_column(table, "group"))),
	};
}

static bool wanted(const struct options *options, const struct pair *pair)
{
	return options->split < 0 || pair->test == (options->split == 1);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes of sounds, with what is known of each word. */
static void print_words(FILE *out, const struct name_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const struct name_word *word = &words->words[i];

		fprintf(out, "%s%.*s/%u", i == 0 ? "" : " ", word->size, word->sound,
			word->flags | word->part << 5);
	}
}

static void dump_words(const struct options *options, const struct world *world,
	const struct table *table)
{
	for (size_t i = 0; i < table->rows_count; i++) {
		struct pair pair = pair_at(table, i);
		struct name_words a, b;

		world_words(world, pair.a, &a);
		world_words(world, pair.b, &b);
		printf("%d\t%d\t", pair.test, pair.kind);
		print_words(stdout, &a);
		putchar('\t');
		print_words(stdout, &b);
		printf("\t%s\t%s\n", pair.a, pair.b);
	}
	(void)options;
}

static void print_pair(FILE *out, const struct world *world, const struct pair *pair,
	const struct person_score *score)
{
	struct name_words a, b;

	world_words(world, pair->a, &a);
	world_words(world, pair->b, &b);
	fprintf(out, "%u\t%d\t%s\t%s\t%s\t", score->score, score->name.evidence,
		kind_names[pair->kind], pair->a, pair->b);
	print_words(out, &a);
	fputs("\t", out);
	print_words(out, &b);
	fputs("\n", out);
}

struct same_date {
	struct scores truly[KINDS], unknown[KINDS], falsely, falsely_unknown;
	double true_yard[16384];
	int yard_kinds[16384];
	size_t yard_count;
};

static void true_pairs(const struct options *options, const struct world *world,
	const struct table *table, struct same_date *result)
{
	uint32_t born = 1980 << 9 | 5 << 5 | 7;
	FILE *misses = options->misses == NULL ? NULL : fopen(options->misses, "w");

	for (size_t i = 0; i < table->rows_count; i++) {
		struct pair pair = pair_at(table, i);
		uint8_t packed[CARD_BYTES_MAX];
		struct compare_person asked;
		struct person_score score;
		struct card card;

		if (!wanted(options, &pair)) {
			continue;
		}
		if (people_mix(i) % 2 == 0) { /* either may be the listed one */
			const char *a = pair.a;

			pair.a = pair.b;
			pair.b = a;
		}
		asked = world_asked(world, pair.a);
		card = world_single(world, pair.b, born, packed);
		compare_person(&asked, &card, &score);
		scores_add(&result->unknown[pair.kind], score.score);
		scores_add(&result->unknown[KIND_ALL], score.score);
		if (misses != NULL && options->no_date && score.score < THRESHOLD) {
			print_pair(misses, world, &pair, &score);
		}
		asked.born = born;
		compare_person(&asked, &card, &score);
		scores_add(&result->truly[pair.kind], score.score);
		scores_add(&result->truly[KIND_ALL], score.score);
		if (misses != NULL && !options->no_date && score.score < THRESHOLD) {
			print_pair(misses, world, &pair, &score);
		}
	}
	if (misses != NULL) {
		fclose(misses);
	}
}

/* Persons drawn like the list against those in it, as if they shared a birth date. */
static void false_pairs(const struct options *options, const struct world *world,
	struct same_date *result)
{
	double begun = now_s(), spent = 0;
	size_t each = 100;

	for (size_t done = 0; done < options->comparisons; done += each) {
		struct people_person person;
		struct compare_person asked;
		char full[3 * PEOPLE_NAME_BYTES];

		people_make(world->people, INNOCENT_FROM + done, &person);
		people_full(&person, full);
		asked = world_asked(world, full);
		begun = now_s();
		for (size_t k = 0; k < each; k++) {
			size_t at = people_mix(done + k) % world->count;
			struct card card = world_card(world, at);
			struct person_score score;

			asked.born = card.dates[0];
			compare_person(&asked, &card, &score);
			scores_add(&result->falsely, score.score);
			if (options->falses && score.score >= THRESHOLD) {
				people_make(world->people, at, &person);
				printf("false %u\t%s\t%s %s %s\n", score.score, full,
					person.surname, person.given,
					person.patronymic);
			}
		}
		spent += now_s() - begun;
	}
	printf("%zu comparisons of persons drawn at random, %.0f ns each\n",
		options->comparisons, spent * 1e9 / (double)options->comparisons);
}

static void report_same_date(const struct same_date *result)
{
	uint32_t at_4 = threshold_for(&result->falsely, 1e-4);
	uint32_t at_5 = threshold_for(&result->falsely, 1e-5);
	double falsely = scores_from(&result->falsely, THRESHOLD);

	printf("\nThe same birth date (false at %d: %.1f per million comparisons, "
	       "%.2f per 1,000 innocent)\n",
		THRESHOLD, falsely * 1e6, falsely * 1000 * SHARERS);
	printf("%-30s %7s %10s %10s %10s %10s\n", "", "pairs", "at 500", "at 1e-4",
		"at 1e-5", "no date");
	for (int kind = 0; kind < KINDS; kind++) {
		const struct scores *scores = &result->truly[kind];

		printf("%-30s %7" PRIu64 " %9.2f%% %9.2f%% %9.2f%% %9.2f%%\n",
			kind_names[kind], scores->total,
			100 * scores_from(scores, THRESHOLD),
			100 * scores_from(scores, at_4),
			100 * scores_from(scores, at_5),
			100 * scores_from(&result->unknown[kind], THRESHOLD));
	}
	printf("thresholds: %u at 1e-4, %u at 1e-5\n", at_4, at_5);
	for (uint32_t t = 300; t < 900; t += t < 600 ? 50 : 20) {
		printf("  %u: recall %.2f%%, false per 1,000 innocent %.3f\n", t,
			100 * scores_from(&result->truly[KIND_ALL], t),
			1000 * SHARERS * scores_from(&result->falsely, t));
	}
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void yardstick_recall(
	const struct same_date *result, const double *falsely, size_t count)
{
	static const double shares[] = { 1e-4, 1e-5 };

	for (size_t s = 0; s < COUNTOF(shares); s++) {
		double threshold = falsely[(size_t)((double)count * shares[s])];

		printf("yardstick at %g (%.4f):", shares[s], threshold);
		for (int kind = 0; kind < KINDS; kind++) {
			size_t found = 0, total = 0;

			for (size_t i = 0; i < result->yard_count; i++) {
				if (kind == KIND_ALL || kind == result->yard_kinds[i]) {
					total++;
					found += result->true_yard[i] > threshold;
				}
			}
			printf("  %s %.2f%%", kind_names[kind],
				total == 0 ? 0 : 100 * (double)found / (double)total);
		}
		printf("\n");
	}
}

static void yardstick(const struct options *options, const struct world *world,
	const struct table *table, struct same_date *result)
{
	struct yardstick *yard = yardstick_create();
	size_t lists = 20000, count = options->comparisons / 4;
	struct yardstick_name *listed = calloc(lists, sizeof(*listed)), a, b;
	double *falsely = calloc(count + 1, sizeof(*falsely));
	struct people_person person;
	char full[3 * PEOPLE_NAME_BYTES];

	if (yard == NULL || listed == NULL || falsely == NULL) {
		exit(1);
	}
	for (size_t i = 0; i < table->rows_count; i++) {
		struct pair pair = pair_at(table, i);

		if (wanted(options, &pair) &&
			result->yard_count < COUNTOF(result->true_yard)) {
			yardstick_read(yard, pair.a, &a);
			yardstick_read(yard, pair.b, &b);
			result->yard_kinds[result->yard_count] = pair.kind;
			result->true_yard[result->yard_count++] =
				yardstick_compare(&a, &b);
		}
	}
	for (size_t i = 0; i < lists; i++) {
		people_make(world->people, i, &person);
		people_full(&person, full);
		yardstick_read(yard, full, &listed[i]);
	}
	for (size_t done = 0; done < count; done++) {
		if (done % 100 == 0) {
			people_make(world->people, INNOCENT_FROM + done, &person);
			people_full(&person, full);
			yardstick_read(yard, full, &a);
		}
		falsely[done] =
			yardstick_compare(&a, &listed[people_mix(done) % lists]);
	}
	qsort(falsely, count, sizeof(*falsely), compare_doubles);
	yardstick_recall(result, falsely, count);
	free(falsely);
	free(listed);
	yardstick_destroy(yard);
}

/* How many of the list would stand before the true person. */
static double rank_of(const struct world *world, const struct compare_person *asked,
	const struct person_score *truly)
{
	size_t before = 0, beside = 0;

	for (size_t i = 0; i < world->count; i++) {
		struct card card = world_card(world, i);
		struct person_score score;

		compare_person(asked, &card, &score);
		before += score.evidence > truly->evidence;
		beside += score.evidence == truly->evidence;
	}
	return (double)before + (double)beside / 2;
}

static void ranks(const struct options *options, const struct world *world,
	const struct table *table)
{
	size_t asked_count[KINDS] = { 0 }, first[KINDS] = { 0 }, three[KINDS] = { 0 };

	for (size_t n = 0; n < options->sample; n++) {
		struct pair pair =
			pair_at(table, people_mix(n ^ 77) % table->rows_count);
		uint8_t packed[CARD_BYTES_MAX];
		struct compare_person asked;
		struct person_score score;
		struct card card;
		double rank;

		if (!wanted(options, &pair)) {
			continue;
		}
		asked = world_asked(world, pair.a);
		card = world_single(world, pair.b, 0, packed);
		compare_person(&asked, &card, &score);
		rank = rank_of(world, &asked, &score);
		asked_count[pair.kind]++;
		asked_count[KIND_ALL]++;
		first[pair.kind] += rank < 1;
		first[KIND_ALL] += rank < 1;
		three[pair.kind] += rank < RANK_COUNTED;
		three[KIND_ALL] += rank < RANK_COUNTED;
		if (rank >= RANK_COUNTED) {
			printf("rank %.1f\t", rank);
			print_pair(stdout, world, &pair, &score);
		}
	}
	printf("\nNo birth date, %zu persons around\n", world->count);
	for (int kind = 0; kind < KINDS; kind++) {
		double all = asked_count[kind] == 0 ? 1 : (double)asked_count[kind];

		printf("%-30s %7zu first %.1f%%, among the first %d %.1f%%\n",
			kind_names[kind], asked_count[kind],
			100 * (double)first[kind] / all, RANK_COUNTED,
			100 * (double)three[kind] / all);
	}
}

static uint32_t date_of(const char *text)
{
	struct cordon_date date = { 0 };
	int year = 0, month = 0, day = 0;

	if (sscanf(text, "%d-%d-%d", &year, &month, &day) == 3) {
		date = (struct cordon_date){ (int16_t)year, (uint8_t)month,
			(uint8_t)day };
	}
	return born_pack(&date);
}

static void different_one(const struct world *world, const char *a, const char *b,
	const char *born_a, const char *born_b, struct scores *scores)
{
	struct pair pair = { a, b, KIND_OTHER, false };
	uint8_t packed[CARD_BYTES_MAX];
	struct compare_person asked = world_asked(world, a);
	struct card card = world_single(world, b, date_of(born_b), packed);
	struct person_score score;

	asked.born = date_of(born_a);
	compare_person(&asked, &card, &score);
	scores_add(scores, score.score);
	if (score.score >= THRESHOLD) {
		fputs("different ", stdout);
		print_pair(stdout, world, &pair, &score);
	}
}

static void different(const struct world *world, const char *path, bool born)
{
	struct scores scores = { .total = 0 };
	struct table table;

	if (!table_read(path, &table)) {
		exit(1);
	}
	for (size_t i = 0; i < table.rows_count; i++) {
		if (!born) {
			different_one(world,
				table_field(&table, i, table_column(&table, "name_a")),
				table_field(&table, i, table_column(&table, "name_b")),
				"", "", &scores);
			continue;
		}
		for (int k = 0; k < 2; k++) {
			static const char *const columns[] = { "name_a_latn",
				"name_b_latn", "name_a_cyrl", "name_b_cyrl" };
			int a = table_column(&table, columns[2 * k]);
			int b = table_column(&table, columns[2 * k + 1]);

			different_one(world, table_field(&table, i, a),
				table_field(&table, i, b),
				table_field(&table, i, table_column(&table, "dob_a")),
				table_field(&table, i, table_column(&table, "dob_b")),
				&scores);
		}
	}
	printf("different persons%s: %" PRIu64 ", at or above %d: %.2f%%\n",
		born ? " with their birth dates" : "", scores.total, THRESHOLD,
		100 * scores_from(&scores, THRESHOLD));
	table_finish(&table);
}

static bool take_option(struct options *options, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **text;
		size_t *number;
	} known[] = {
		{ "--pairs", &options->pairs, NULL },
		{ "--different", &options->different, NULL },
		{ "--different-dob", &options->different_dob, NULL },
		{ "--misses", &options->misses, NULL },
		{ "--lists", &options->people.lists, NULL },
		{ "--frequencies", &options->people.frequencies, NULL },
		{ "--persons", NULL, &options->persons },
		{ "--comparisons", NULL, &options->comparisons },
		{ "--sample", NULL, &options->sample },
	};

	for (size_t i = 0; i < COUNTOF(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			if (known[i].text != NULL) {
				*known[i].text = value;
			} else {
				*known[i].number = strtoul(value, NULL, 10);
			}
			return true;
		}
	}
	if (strcmp(name, "--split") == 0) {
		options->split = strcmp(value, "test") == 0;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct options options = { .people = { .lists = "tests/bench/match/names.tsv" },
		.persons = 200000,
		.comparisons = 2000000,
		.split = -1 };
	static struct same_date result;
	struct world world;
	struct table table;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--words") == 0) {
			options.words = true;
		} else if (strcmp(argv[i], "--falses") == 0) {
			options.falses = true;
		} else if (strcmp(argv[i], "--no-date") == 0) {
			options.no_date = true;
		} else if (strcmp(argv[i], "--russian") == 0) {
			options.people.russian_only = true;
		} else if (i + 1 == argc ||
			   !take_option(&options, argv[i], argv[i + 1])) {
			fprintf(stderr, "%s: unknown\n", argv[i]);
			return 2;
		} else {
			i++;
		}
	}
	if (options.pairs == NULL || !table_read(options.pairs, &table)) {
		fputs("--pairs FILE is needed\n", stderr);
		return 2;
	}
	world_make(&world, &options.people, options.persons);
	if (options.words) {
		dump_words(&options, &world, &table);
		return 0;
	}
	true_pairs(&options, &world, &table, &result);
	false_pairs(&options, &world, &result);
	report_same_date(&result);
	yardstick(&options, &world, &table, &result);
	if (options.different != NULL) {
		different(&world, options.different, false);
	}
	if (options.different_dob != NULL) {
		different(&world, options.different_dob, true);
	}
	if (options.sample > 0) {
		ranks(&options, &world, &table);
	}
	table_finish(&table);
	world_finish(&world);
	return 0;
}
