/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Persons with their birth dates, found by Cordon and by a scan with Jaro-Winkler, and
 * the same persons and queries written out for other peers; peers.sh runs it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/match/pairs.h"
#include "tests/bench/match/people.h"
#include "tests/bench/match/speed_list.h"
#include "tests/bench/match/yardstick.h"

#define INNOCENT_FROM 50000000 /* index of the first person who is not in the list */
#define LIMIT 64
#define SCORES 1001
#define FALSE_PER_1000 5
#define SCANS 10 /* queries whose whole scan is timed */

struct options {
	struct people_options people;
	const char *directory, *pairs, *out;
	size_t persons, planted, innocent;
};

/* A query, and who is to be found; ref 0: nobody. */
struct query {
	const char *full;
	uint32_t born;
	uint64_t ref;
};

struct listed_person {
	uint32_t born;
	struct yardstick_name name;
};

struct peers {
	struct options options;
	struct match_context *context;
	struct people *people;
	struct yardstick *yardstick;
	struct speed_list *list;
	struct table table;
	struct listed_person *listed;
	struct query *queries;
	size_t queries_count;
	struct search_work work;
	struct search_result result;
};

struct sweep {
	uint64_t truly[SCORES],
		falsely[SCORES]; /* of a score or likeness in permille */
	double cpu_us;
	size_t timed;
};

static void *need(void *memory)
{
	speed_need(memory == NULL ? CORDON_ENOMEM : 0, "peers");
	return memory;
}

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- who is listed, and who is asked for -------------------------------------------
 */

static struct cordon_date born_of(size_t n)
{
	uint64_t random = people_mix(n ^ 815);

	return (struct cordon_date){ .year = (int16_t)(1945 + random % 60),
		.month = (uint8_t)(1 + random / 100 % 12),
		.day = (uint8_t)(1 + random / 2000 % 28) };
}

static void list_person(struct peers *p, uint64_t ref, const struct cordon_name *name,
	const char *full, struct cordon_date born)
{
	struct cordon_person person = {
		.names = (struct cordon_name *)name, .names_count = 1, .born = born
	};
	struct listed_person *listed = &p->listed[ref - 1];

	speed_list_add(p->list, ref, &person);
	listed->born = born_pack(&born);
	yardstick_read(p->yardstick, full, &listed->name);
}

static void ask(struct peers *p, const char *full, uint32_t born, uint64_t ref)
{
	p->queries[p->queries_count++] =
		(struct query){ .full = full, .born = born, .ref = ref };
}

static void list_invented(struct peers *p)
{
	for (size_t i = 0; i < p->options.persons; i++) {
		struct people_person person;
		struct cordon_name name;
		char full[3 * PEOPLE_NAME_BYTES];

		people_make(p->people, i, &person);
		people_full(&person, full);
		name = people_name(&person);
		list_person(p, i + 1, &name, full, person.born);
	}
}

/* One pair of each real person: one spelling is listed, the other asked for. */
static void list_pairs(struct peers *p)
{
	int group = table_column(&p->table, "group");
	int a = table_column(&p->table, "variant_a"),
	    b = table_column(&p->table, "variant_b");
	size_t planted = 0, to;

	for (size_t from = 0;
		from < p->table.rows_count && planted < p->options.planted; from = to) {
		uint64_t ref = p->options.persons + planted + 1;
		struct cordon_date born = born_of(planted++);
		struct cordon_name name = { .type = CORDON_NAME_PRIMARY };
		size_t row;

		for (to = from + 1; to < p->table.rows_count &&
				    strcmp(table_field(&p->table, from, group),
					    table_field(&p->table, to, group)) == 0;
			to++) {
		}
		row = from + people_mix(from) % (to - from);
		name.full = (char *)table_field(&p->table, row, b);
		list_person(p, ref, &name, name.full, born);
		ask(p, table_field(&p->table, row, a), born_pack(&born), ref);
	}
	p->options.planted = planted;
}

static void ask_innocent(struct peers *p)
{
	for (size_t i = 0; i < p->options.innocent; i++) {
		struct people_person person;
		char *full = need(malloc(3 * PEOPLE_NAME_BYTES));

		people_make(p->people, INNOCENT_FROM + i, &person);
		people_full(&person, full);
		ask(p, full, born_pack(&person.born), 0);
	}
}

/* ---- what they find ----------------------------------------------------------------
 */

static void count(
	struct sweep *sweep, const struct query *query, uint64_t ref, uint32_t permille)
{
	if (query->ref == 0) {
		sweep->falsely[permille]++;
	} else if (ref == query->ref) {
		sweep->truly[permille]++;
	}
}

static void cordon(struct peers *p, struct sweep *sweep)
{
	struct store_txn *txn;
	struct errmsg msg;

	speed_need(store_read_begin(speed_list_store(p->list), &txn, &msg), "read");
	for (size_t q = 0; q < p->queries_count; q++) {
		const struct query *query = &p->queries[q];
		struct cordon_name name = { .type = CORDON_NAME_PRIMARY,
			.full = (char *)query->full };
		struct compare_person asked = { .born = query->born };
		struct store_persons persons;
		double start = cpu_us();

		speed_need(
			words_of_name(p->context, &name, &asked.name.words), "words");
		speed_need(store_persons_open(txn, &persons), "open");
		speed_need(search_person(&persons.source, &asked, 1, LIMIT, &p->work,
				   &p->result),
			"search");
		store_persons_close(&persons);
		sweep->cpu_us += cpu_us() - start;
		sweep->timed++;
		for (size_t i = 0; i < p->result.count; i++) {
			count(sweep, query, p->result.found[i].ref,
				p->result.found[i].score.score);
		}
	}
	store_read_end(txn);
}

static double likeness(
	const struct yardstick_name *asked, const struct listed_person *listed)
{
	return yardstick_compare(asked, &listed->name);
}

/* Of the scan's results those born on the day count, so the rest is scanned only to
 * see what it costs. */
static void jaro_winkler_scan(struct peers *p, struct sweep *sweep)
{
	size_t all = p->options.persons + p->options.planted;
	volatile double sum = 0;

	for (size_t q = 0; q < p->queries_count; q++) {
		const struct query *query = &p->queries[q];
		struct yardstick_name asked;

		yardstick_read(p->yardstick, query->full, &asked);
		for (size_t i = 0; i < all; i++) {
			if (p->listed[i].born == query->born) {
				count(sweep, query, i + 1,
					(uint32_t)(1000 *
						   likeness(&asked, &p->listed[i])));
			}
		}
		if (q < SCANS) {
			double start = cpu_us();

			for (size_t i = 0; i < all; i++) {
				sum = sum + likeness(&asked, &p->listed[i]);
			}
			sweep->cpu_us += cpu_us() - start;
			sweep->timed++;
		}
	}
}

/* At the least score with few enough false candidates. */
static void report(const struct peers *p, const char *name, const struct sweep *sweep)
{
	uint64_t truly = 0, falsely = 0;
	uint64_t allowed = p->options.innocent * FALSE_PER_1000 / 1000;
	size_t least = SCORES;

	while (least > 1 && falsely + sweep->falsely[least - 1] <= allowed) {
		least--;
		truly += sweep->truly[least];
		falsely += sweep->falsely[least];
	}
	printf("%-36s found %6.2f%% from %4zu on, %" PRIu64
	       " false candidates of %zu innocent; CPU %10.1f us a query\n",
		name, 100 * (double)truly / (double)p->options.planted, least, falsely,
		p->options.innocent, sweep->cpu_us / (double)sweep->timed);
}

/* ---- for the others ----------------------------------------------------------------
 */

static FILE *create(const struct peers *p, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", p->options.out, name);
	return need(fopen(path, "w"));
}

static void write_name(FILE *file, const struct yardstick_name *name, uint32_t born)
{
	struct cordon_date date = born_unpack(born);

	for (size_t i = 0; i < name->count; i++) {
		fprintf(file, "%s%.*s", i == 0 ? "" : " ", (int)name->sizes[i],
			name->words[i]);
	}
	fprintf(file, "\t%04d-%02d-%02d\n", date.year, date.month, date.day);
}

static void write_out(struct peers *p)
{
	FILE *people = create(p, "people.tsv"), *queries = create(p, "queries.tsv");
	size_t all = p->options.persons + p->options.planted;

	for (size_t i = 0; i < all; i++) {
		fprintf(people, "%zu\t", i + 1);
		write_name(people, &p->listed[i].name, p->listed[i].born);
	}
	for (size_t q = 0; q < p->queries_count; q++) {
		struct yardstick_name asked;

		yardstick_read(p->yardstick, p->queries[q].full, &asked);
		fprintf(queries, "%zu\t%" PRIu64 "\t", q + 1, p->queries[q].ref);
		write_name(queries, &asked, p->queries[q].born);
	}
	speed_need(
		fclose(people) != 0 || fclose(queries) != 0 ? CORDON_EIO : 0, "write");
}

static bool take_option(struct options *options, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **text;
		size_t *number;
	} known[] = {
		{ "--persons", NULL, &options->persons },
		{ "--planted", NULL, &options->planted },
		{ "--innocent", NULL, &options->innocent },
		{ "--dir", &options->directory, NULL },
		{ "--pairs", &options->pairs, NULL },
		{ "--out", &options->out, NULL },
		{ "--lists", &options->people.lists, NULL },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) != 0) {
			continue;
		}
		if (known[i].text != NULL) {
			*known[i].text = value;
		} else {
			*known[i].number = strtoul(value, NULL, 10);
		}
		return true;
	}
	return false;
}

static void prepare(struct peers *p)
{
	struct options *o = &p->options;
	struct errmsg msg;

	speed_need(match_context_create(&p->context, &msg), "matching");
	p->people = need(people_create(&o->people));
	p->yardstick = need(yardstick_create());
	p->listed = need(calloc(o->persons + o->planted, sizeof(*p->listed)));
	p->queries = need(calloc(o->planted + o->innocent, sizeof(*p->queries)));
	p->list = speed_list_create(o->directory, p->context);
	list_invented(p);
	list_pairs(p);
	speed_list_finish(p->list);
	ask_innocent(p);
}

int main(int argc, char **argv)
{
	static struct peers peers = {
		.options = { .people = { .lists = "tests/bench/match/names.tsv" },
			.persons = 100000,
			.planted = 1000,
			.innocent = 1000 }
	};
	static struct sweep by_cordon, by_scan;

	for (int i = 1; i < argc; i += 2) {
		if (i + 1 == argc ||
			!take_option(&peers.options, argv[i], argv[i + 1])) {
			fprintf(stderr, "%s: unknown, or without a value\n", argv[i]);
			return 2;
		}
	}
	if (peers.options.directory == NULL || peers.options.out == NULL ||
		peers.options.pairs == NULL ||
		!table_read(peers.options.pairs, &peers.table)) {
		fputs("--dir, --out and --pairs are needed\n", stderr);
		return 2;
	}
	prepare(&peers);
	write_out(&peers);
	cordon(&peers, &by_cordon);
	report(&peers, "Cordon", &by_cordon);
	fflush(stdout);
	jaro_winkler_scan(&peers, &by_scan);
	report(&peers, "scan, ICU and Jaro-Winkler", &by_scan);
	speed_list_destroy(peers.list);
	return 0;
}
