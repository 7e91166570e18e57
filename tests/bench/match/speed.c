/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a lookup of a person costs over a store of invented persons, how large its index
 * is, and how much of what a comparison with everybody would find the index finds.
 *
 *   bench_match_speed --persons 1000000 --dir /dev/shm/speed
 *           [--queries N] [--pairs FILE --planted N] [--lists FILE] [--frequencies
 * FILE]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/match/pairs.h"
#include "tests/bench/match/people.h"
#include "tests/bench/match/speed_list.h"

#define INNOCENT_FROM 50000000 /* index of the first person who is not in the list */
#define THRESHOLD 500
#define LIMIT 64
#define FIRST_YEAR 1945
#define YEARS 60

struct options {
	struct people_options people;
	const char *directory, *pairs;
	size_t persons, queries, planted;
};

struct bench {
	struct options options;
	struct match_context *context;
	struct people *people;
	struct speed_list *list;
	struct store_txn *txn;
	struct table table;
	size_t *rows; /* of the table, that are planted */
	struct search_work work;
	struct search_result result;
};

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- the list ---------------------------------------------------------------------
 */

static void add_invented(struct bench *b, uint64_t index)
{
	struct people_person made;
	struct cordon_name name;
	const char *states[1];
	struct cordon_person person = { .names = &name,
		.names_count = 1,
		.nationalities = states,
		.nationalities_count = 1 };

	people_make(b->people, index, &made);
	name = people_name(&made);
	states[0] = made.state;
	person.born = made.born;
	person.sex = made.sex;
	speed_list_add(b->list, index + 1, &person);
}

/* ---- planted pairs ----------------------------------------------------------------
 */

/* One of each person. */
static void choose_rows(struct bench *b)
{
	int group = table_column(&b->table, "group");
	size_t count = 0;

	b->rows = calloc(b->table.rows_count, sizeof(*b->rows));
	speed_need(b->rows == NULL ? CORDON_ENOMEM : 0, "pairs");
	for (size_t from = 0, to; from < b->table.rows_count; from = to) {
		for (to = from + 1; to < b->table.rows_count &&
				    strcmp(table_field(&b->table, from, group),
					    table_field(&b->table, to, group)) == 0;
			to++) {
		}
		b->rows[count++] = from + people_mix(from) % (to - from);
	}
	if (b->options.planted > count) {
		b->options.planted = count;
	}
}

static const char *pair_text(const struct bench *b, size_t n, const char *column)
{
	return table_field(&b->table, b->rows[n], table_column(&b->table, column));
}

static struct cordon_date pair_born(size_t n)
{
	uint64_t random = people_mix(n ^ 815);

	return (struct cordon_date){ .year = (int16_t)(FIRST_YEAR + random % YEARS),
		.month = (uint8_t)(1 + random / 100 % 12),
		.day = (uint8_t)(1 + random / 2000 % 28) };
}

static void add_planted(struct bench *b, size_t n)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
		.full = (char *)pair_text(b, n, "variant_b") };
	struct cordon_person person = {
		.names = &name, .names_count = 1, .born = pair_born(n)
	};

	speed_list_add(b->list, b->options.persons + n + 1, &person);
}

static void make_list(struct bench *b)
{
	double start = cpu_us();

	for (size_t i = 0; i < b->options.persons; i++) {
		add_invented(b, i);
	}
	for (size_t n = 0; n < b->options.planted; n++) {
		add_planted(b, n);
	}
	printf("%zu persons made in %.1f s of CPU\n", b->options.persons,
		(cpu_us() - start) / 1e6);
}

/* ---- queries ----------------------------------------------------------------------
 */

static void search(struct bench *b, const struct compare_person *asked, uint32_t least)
{
	struct store_persons persons;

	speed_need(store_persons_open(b->txn, &persons), "open");
	speed_need(search_person(
			   &persons.source, asked, least, LIMIT, &b->work, &b->result),
		"search");
	store_persons_close(&persons);
}

static void ask_words(struct bench *b, const char *full, struct compare_person *asked)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = (char *)full };

	speed_need(words_of_name(b->context, &name, &asked->name.words), full);
}

enum dates {
	DATE_WHOLE,
	DATE_YEAR,
	DATE_NONE
};

struct kind {
	const char *name;
	bool listed;
	enum dates dates;
};

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void query(struct bench *b, const struct kind *kind, size_t n, double *took)
{
	uint64_t index =
		kind->listed ? people_mix(n) % b->options.persons : INNOCENT_FROM + n;
	struct compare_person asked = { .born = 0 };
	struct people_person person;
	char full[3 * PEOPLE_NAME_BYTES];
	double start;

	people_make(b->people, index, &person);
	people_full(&person, full);
	if (kind->dates == DATE_YEAR) {
		person.born.month = person.born.day = 0;
	}
	start = cpu_us();
	ask_words(b, full, &asked);
	asked.born = kind->dates == DATE_NONE ? 0 : born_pack(&person.born);
	asked.sex = (uint8_t)person.sex;
	search(b, &asked, THRESHOLD);
	*took = cpu_us() - start;
}

static void run_kind(struct bench *b, const struct kind *kind)
{
	size_t count = b->options.queries;
	double *took = calloc(count, sizeof(*took)), sum = 0;
	uint64_t scanned = 0, compared = 0, found = 0, cut = 0;

	speed_need(took == NULL ? CORDON_ENOMEM : 0, "queries");
	for (size_t n = 0; n < count; n++) {
		query(b, kind, n, &took[n]);
		sum += took[n];
		scanned += b->result.scanned;
		compared += b->result.compared;
		found += b->result.count > 0;
		cut += b->result.cut;
	}
	qsort(took, count, sizeof(*took), compare_doubles);
	printf("%-28s median %6.0f p90 %6.0f p99 %6.0f max %6.0f mean %6.0f us; "
	       "postings %7.0f cards %5.1f; %5.1f%% find somebody, %4.1f%% cut\n",
		kind->name, took[count / 2], took[count * 9 / 10],
		took[count * 99 / 100], took[count - 1], sum / (double)count,
		(double)scanned / (double)count, (double)compared / (double)count,
		100 * (double)found / (double)count, 100 * (double)cut / (double)count);
	free(took);
}

/* ---- what the index misses --------------------------------------------------------
 */

/* How many of the generated that were found are better than one of the planted, and how
 * many as good; false: it was not found.  Other planted ones are not counted: many are
 * other spellings of the same person. */
static bool place_of(const struct bench *b, uint64_t ref, size_t *better, size_t *ties)
{
	const struct search_result *result = &b->result;
	const struct person_score *own = NULL;

	for (size_t i = 0; i < result->count; i++) {
		if (result->found[i].ref == ref) {
			own = &result->found[i].score;
		}
	}
	*better = *ties = 0;
	for (size_t i = 0; own != NULL && i < result->count; i++) {
		const struct person_score *other = &result->found[i].score;

		if (result->found[i].ref > b->options.persons) {
			continue;
		}
		if (other->score == own->score && other->evidence == own->evidence) {
			++*ties;
		} else {
			*better += other < own;
		}
	}
	return own != NULL;
}

/* The chance to be among the first n, whoever comes first of those as good. */
static double chance(size_t better, size_t ties, size_t n)
{
	if (better >= n) {
		return 0;
	}
	return better + ties < n ? 1 : (double)(n - better) / (double)(ties + 1);
}

static void planted(struct bench *b, bool dated)
{
	size_t alike = 0, among = 0;
	double first = 0, three = 0;
	double all = (double)b->options.planted;

	for (size_t n = 0; n < b->options.planted; n++) {
		struct compare_person asked = { .born = 0 };
		struct cordon_date born = pair_born(n);
		uint64_t ref = b->options.persons + n + 1;
		struct store_persons persons;
		struct person_score score;
		struct bytes packed;
		struct card card;
		size_t better, ties;
		bool seen;

		ask_words(b, pair_text(b, n, "variant_a"), &asked);
		asked.born = dated ? born_pack(&born) : 0;
		search(b, &asked, THRESHOLD);
		seen = place_of(b, ref, &better, &ties);
		first += seen ? chance(better, ties, 1) : 0;
		three += seen ? chance(better, ties, 3) : 0;
		speed_need(store_persons_open(b->txn, &persons), "open");
		speed_need(search_weigh(&persons.source, &asked.name), "weigh");
		speed_need(
			persons.source.card(persons.source.data, ref, &packed), "card");
		speed_need(card_open(packed, &card), "card");
		compare_person(&asked, &card, &score);
		store_persons_close(&persons);
		alike += score.score >= THRESHOLD;
		among += score.score >= THRESHOLD && seen;
		if (score.score >= THRESHOLD && !seen &&
			getenv("SHOW_MISSED") != NULL) {
			printf("missed %" PRIu32 "%s: %s | %s\n", score.score,
				b->result.cut ? " cut" : "",
				pair_text(b, n, "variant_a"),
				pair_text(b, n, "variant_b"));
		}
	}
	printf("planted, %s: %.2f%% alike enough, %.2f%% of them found by the index; "
	       "first %.1f%%, among the first 3 %.1f%%\n",
		dated ? "with birth date" : "without", 100 * (double)alike / all,
		100 * (double)among / (double)(alike == 0 ? 1 : alike),
		100 * first / all, 100 * three / all);
}

static void run(struct bench *b)
{
	static const struct kind kinds[] = {
		{ "listed, birth date", true, DATE_WHOLE },
		{ "innocent, birth date", false, DATE_WHOLE },
		{ "listed, year", true, DATE_YEAR },
		{ "innocent, year", false, DATE_YEAR },
		{ "listed, no date", true, DATE_NONE },
		{ "innocent, no date", false, DATE_NONE },
	};
	struct errmsg msg;

	speed_need(store_read_begin(speed_list_store(b->list), &b->txn, &msg), "read");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		run_kind(b, &kinds[i]);
	}
	if (b->options.planted > 0) {
		planted(b, true);
		planted(b, false);
	}
	store_read_end(b->txn);
}

static bool take_option(struct options *options, const char *name, const char *value)
{
	if (strcmp(name, "--persons") == 0) {
		options->persons = strtoul(value, NULL, 10);
	} else if (strcmp(name, "--queries") == 0) {
		options->queries = strtoul(value, NULL, 10);
	} else if (strcmp(name, "--planted") == 0) {
		options->planted = strtoul(value, NULL, 10);
	} else if (strcmp(name, "--dir") == 0) {
		options->directory = value;
	} else if (strcmp(name, "--pairs") == 0) {
		options->pairs = value;
	} else if (strcmp(name, "--lists") == 0) {
		options->people.lists = value;
	} else if (strcmp(name, "--frequencies") == 0) {
		options->people.frequencies = value;
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct bench bench = {
		.options = { .people = { .lists = "tests/bench/match/names.tsv" },
			.persons = 100000,
			.queries = 10000 }
	};
	struct options *options = &bench.options;
	struct errmsg msg;

	for (int i = 1; i < argc; i += 2) {
		if (i + 1 == argc || !take_option(options, argv[i], argv[i + 1])) {
			fprintf(stderr, "%s: unknown, or without a value\n", argv[i]);
			return 2;
		}
	}
	if (options->directory == NULL) {
		fputs("--dir DIRECTORY for a store is needed\n", stderr);
		return 2;
	}
	if (options->pairs == NULL || !table_read(options->pairs, &bench.table)) {
		options->planted = 0;
	}
	if (options->planted > 0) {
		choose_rows(&bench);
	}
	bench.people = people_create(&options->people);
	speed_need(match_context_create(&bench.context, &msg), "matching");
	if (bench.people == NULL) {
		return 1;
	}
	bench.list = speed_list_create(options->directory, bench.context);
	make_list(&bench);
	speed_list_finish(bench.list);
	run(&bench);
	speed_list_destroy(bench.list);
	people_destroy(bench.people);
	match_context_destroy(bench.context);
	return 0;
}
