/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/match/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/translit.h"

#define COUNTOF(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_BYTES 1024
#define YEAR_FIRST 1945
#define YEARS 60

enum kind {
	KIND_GIVEN,
	KIND_SURNAME,
	KIND_PATRONYMIC,
	KINDS
};
enum sex {
	SEX_F,
	SEX_M,
	SEXES
};

/* How a father's name is made where the lists have no patronymics. */
enum fathers {
	FATHERS_LISTED,
	FATHERS_NONE,
	FATHERS_KAZAKH,
	FATHERS_TURKIC
};

static const struct group {
	const char *locales[3]; /* as the lists name them */
	const char *state;
	unsigned share;  /* of 1,000 people */
	unsigned native; /* of 100, those written in their own script */
	enum translit_language language;
	enum fathers fathers;
} groups[] = {
	{ { "ru", "RU" }, "RUS", 600, 65, TRANSLIT_ANY, FATHERS_LISTED },
	{ { "uk", "UA" }, "UKR", 90, 60, TRANSLIT_UKRAINIAN, FATHERS_LISTED },
	{ { "kk", "KZ" }, "KAZ", 90, 60, TRANSLIT_KAZAKH, FATHERS_KAZAKH },
	{ { "uz_UZ_latin" }, "UZB", 70, 100, TRANSLIT_ANY, FATHERS_TURKIC },
	{ { "az", "AZ" }, "AZE", 40, 100, TRANSLIT_ANY, FATHERS_TURKIC },
	{ { "hy", "AM" }, "ARM", 40, 100, TRANSLIT_ANY, FATHERS_NONE },
	{ { "ka_GE", "GE" }, "GEO", 35, 100, TRANSLIT_ANY, FATHERS_NONE },
	{ { "ro_MD", "MD" }, "MDA", 20, 100, TRANSLIT_ANY, FATHERS_NONE },
	{ { "lv", "LV" }, "LVA", 15, 100, TRANSLIT_ANY, FATHERS_NONE },
};

struct pool {
	char **names;
	double *counts; /* 0 not known; later the sum up to and with each */
	size_t count, room;
};

struct people {
	struct pool pools[COUNTOF(groups)][KINDS][SEXES];
	bool russian_only;
	uint64_t seed;
};

uint64_t people_mix(uint64_t i)
{
	i = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
	i = (i ^ i >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	i = (i ^ i >> 27) * UINT64_C(0x94D049BB133111EB);
	return i ^ i >> 31;
}

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static void pool_add(struct pool *pool, const char *name, double count)
{
	if (pool->count == pool->room) {
		pool->room = pool->room == 0 ? 64 : 2 * pool->room;
		pool->names =
			need(realloc(pool->names, pool->room * sizeof(*pool->names)));
		pool->counts =
			need(realloc(pool->counts, pool->room * sizeof(*pool->counts)));
	}
	pool->names[pool->count] = need(strdup(name));
	pool->counts[pool->count++] = count;
}

static void pool_empty(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		free(pool->names[i]);
	}
	free(pool->names);
	free(pool->counts);
	*pool = (struct pool){ 0 };
}

/*
 * Names without a count are as frequent as by Zipf's law, in some order; those with one
 * are two fifths of all where there are both.
 */
static void pool_settle(struct pool *pool)
{
	double known = 0, guessed = 0, sum = 0;
	size_t rank = 0;

	for (size_t i = 0; i < pool->count; i++) {
		known += pool->counts[i];
	}
	for (size_t i = 0; i < pool->count; i++) {
		if (pool->counts[i] <= 0) {
			rank = people_mix(i) % pool->count;
			guessed += 1.0 / (10.0 + (double)rank);
		}
	}
	for (size_t i = 0; i < pool->count; i++) {
		if (pool->counts[i] > 0) {
			sum += pool->counts[i] * (guessed > 0 ? 0.4 / known : 1);
		} else {
			rank = people_mix(i) % pool->count;
			sum += 1.0 / (10.0 + (double)rank) *
			       (known > 0 ? 0.6 / guessed : 1);
		}
		pool->counts[i] = sum;
	}
}

static const char *pool_draw(const struct pool *pool, uint64_t random)
{
	double at;
	size_t low = 0, high = pool->count;

	if (pool->count == 0) {
		return "";
	}
	at = (double)(random >> 11) / 9007199254740992.0 * pool->counts[high - 1];
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (pool->counts[middle - 1] <= at) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return pool->names[low];
}

static int kind_of(const char *text)
{
	static const char *const kinds[] = { "given", "surname", "patronymic" };

	for (int i = 0; i < KINDS; i++) {
		if (strcmp(text, kinds[i]) == 0) {
			return i;
		}
	}
	return -1;
}

static int group_of(const char *locale)
{
	for (size_t g = 0; g < COUNTOF(groups); g++) {
		for (size_t i = 0; i < COUNTOF(groups[g].locales); i++) {
			const char *one = groups[g].locales[i];

			if (one != NULL && strcmp(one, locale) == 0) {
				return (int)g;
			}
		}
	}
	return -1;
}

/* Splits at tabs; missing ones are "". */
static void split(char *line, char **fields, size_t count)
{
	line[strcspn(line, "\r\n")] = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t size = strcspn(line, "\t");
		bool more = line[size] != '\0';

		fields[i] = line;
		line[size] = '\0';
		line += more ? size + 1 : size;
	}
}

/* locale, kind, sex, name, count */
static void take_listed(struct people *people, char **fields)
{
	int group = group_of(fields[0]), kind = kind_of(fields[1]);

	if (group < 0 || kind < 0) {
		return;
	}
	for (int sex = 0; sex < SEXES; sex++) {
		if (fields[2][0] == '\0' ||
			fields[2][0] == (sex == SEX_F ? 'F' : 'M')) {
			pool_add(&people->pools[group][kind][sex], fields[3],
				strtod(fields[4], NULL));
		}
	}
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), tail = strlen(end);

	return size >= tail && strcmp(text + size - tail, end) == 0;
}

static bool any_end(const char *text, const char *const *ends)
{
	for (; *ends != NULL; ends++) {
		if (ends_with(text, *ends)) {
			return true;
		}
	}
	return false;
}

/* Whose a Russian name may be. */
static bool may_be(const char *name, int kind, int sex)
{
	static const char *const female[] = { "ова", "ева", "ёва", "ина", "ына", "ая",
		NULL };
	static const char *const male[] = { "ов", "ев", "ёв", "ин", "ын", "ий", "ый",
		"ой", NULL };
	static const char *const hers[] = { "а", "я", "вь", NULL };
	static const char *const his[] = { "Никита", "Илья", "Данила", "Лука", "Фома",
		"Кузьма", "Савва", "Мурза", "Мустафа", "Заурбека", NULL };

	switch (kind) {
	case KIND_PATRONYMIC:
		return ends_with(name, "на") == (sex == SEX_F);
	case KIND_GIVEN:
		return (any_end(name, hers) && !any_end(name, his)) == (sex == SEX_F);
	default:
		return !any_end(name, sex == SEX_F ? male : female);
	}
}

/* kind, name, count */
static void take_frequency(struct people *people, char **fields)
{
	int kind = kind_of(fields[0]);
	double count = strtod(fields[2], NULL);

	for (int sex = 0; sex < SEXES && kind >= 0 && count > 0; sex++) {
		if (may_be(fields[1], kind, sex)) {
			pool_add(&people->pools[0][kind][sex], fields[1], count);
		}
	}
}

static bool read_file(struct people *people, const char *path, size_t columns,
	void (*take)(struct people *people, char **fields))
{
	FILE *file = fopen(path, "r");
	char line[LINE_BYTES];
	char *fields[5];

	if (file == NULL) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] != '#') {
			split(line, fields, columns);
			take(people, fields);
		}
	}
	fclose(file);
	return true;
}

static void each_pool(struct people *people, void (*visit)(struct pool *pool))
{
	for (size_t g = 0; g < COUNTOF(groups); g++) {
		for (int kind = 0; kind < KINDS; kind++) {
			for (int sex = 0; sex < SEXES; sex++) {
				visit(&people->pools[g][kind][sex]);
			}
		}
	}
}

struct people *people_create(const struct people_options *options)
{
	struct people *people = need(calloc(1, sizeof(*people)));
	bool read;

	people->seed = options->seed;
	people->russian_only = options->russian_only;
	read = read_file(people, options->lists, 5, take_listed);
	if (read && options->frequencies != NULL) {
		for (int i = 0; i < KINDS * SEXES; i++) {
			pool_empty(&people->pools[0][i / SEXES][i % SEXES]);
		}
		read = read_file(people, options->frequencies, 3, take_frequency);
	}
	if (!read) {
		people_destroy(people);
		return NULL;
	}
	each_pool(people, pool_settle);
	return people;
}

void people_destroy(struct people *people)
{
	if (people != NULL) {
		each_pool(people, pool_empty);
	}
	free(people);
}

static size_t draw_group(const struct people *people, uint64_t random)
{
	unsigned at = (unsigned)(random % 1000);
	size_t g = 0;

	while (!people->russian_only && g + 1 < COUNTOF(groups) &&
		at >= groups[g].share) {
		at -= groups[g].share;
		g++;
	}
	return g;
}

static void make_patronymic(const struct people *people, size_t g, int sex,
	uint64_t random, char out[PEOPLE_NAME_BYTES])
{
	static const char *const kazakh[] = { "қызы", "ұлы" };
	static const char *const turkic[] = { " qizi", " o'g'li" };
	const char *father = pool_draw(&people->pools[g][KIND_GIVEN][SEX_M], random);

	switch (groups[g].fathers) {
	case FATHERS_LISTED:
		snprintf(out, PEOPLE_NAME_BYTES, "%s",
			pool_draw(&people->pools[g][KIND_PATRONYMIC][sex], random));
		break;
	case FATHERS_KAZAKH:
		snprintf(out, PEOPLE_NAME_BYTES, "%s%s", father, kazakh[sex]);
		break;
	case FATHERS_TURKIC:
		snprintf(out, PEOPLE_NAME_BYTES, "%s%s", father, turkic[sex]);
		break;
	case FATHERS_NONE:
		out[0] = '\0';
		break;
	}
}

/* What ICAO's tables lack stays as it is. */
static void latinise(enum translit_language language, char text[PEOPLE_NAME_BYTES])
{
	char latin[2 * PEOPLE_NAME_BYTES + 1];

	if (translit_text(text, strlen(text), language, latin, sizeof(latin), NULL) ==
			0 &&
		strlen(latin) < PEOPLE_NAME_BYTES) {
		memcpy(text, latin, strlen(latin) + 1);
	}
}

static struct cordon_date draw_born(uint64_t random)
{
	struct cordon_date born = { .year = (int16_t)(YEAR_FIRST + random % YEARS),
		.month = (uint8_t)(1 + (random >> 8) % 12),
		.day = (uint8_t)(1 + (random >> 16) % 30) };

	if (born.month == 2 && born.day > 28) {
		born.day = 28;
	}
	return born;
}

void people_make(
	const struct people *people, uint64_t index, struct people_person *person)
{
	uint64_t random = people_mix(people->seed ^ people_mix(index));
	size_t g = draw_group(people, people_mix(random ^ 1));
	int sex = people_mix(random ^ 2) % 100 < 70 ? SEX_M : SEX_F;

	snprintf(person->surname, PEOPLE_NAME_BYTES, "%s",
		pool_draw(
			&people->pools[g][KIND_SURNAME][sex], people_mix(random ^ 3)));
	snprintf(person->given, PEOPLE_NAME_BYTES, "%s",
		pool_draw(&people->pools[g][KIND_GIVEN][sex], people_mix(random ^ 4)));
	make_patronymic(people, g, sex, people_mix(random ^ 5), person->patronymic);
	if (people_mix(random ^ 6) % 100 >= groups[g].native) {
		latinise(groups[g].language, person->surname);
		latinise(groups[g].language, person->given);
		latinise(groups[g].language, person->patronymic);
	}
	person->born = draw_born(people_mix(random ^ 7));
	person->sex = sex == SEX_F ? CORDON_SEX_F : CORDON_SEX_M;
	person->state = groups[g].state;
}

void people_full(const struct people_person *person, char full[3 * PEOPLE_NAME_BYTES])
{
	snprintf(full, 3 * PEOPLE_NAME_BYTES, "%s %s%s%s", person->surname,
		person->given, person->patronymic[0] == '\0' ? "" : " ",
		person->patronymic);
}

struct cordon_name people_name(const struct people_person *person)
{
	return (struct cordon_name){ .type = CORDON_NAME_PRIMARY,
		.surname = person->surname,
		.given = person->given,
		.patronymic =
			person->patronymic[0] == '\0' ? NULL : person->patronymic };
}
