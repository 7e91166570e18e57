/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_MATCH_PEOPLE_H
#define TESTS_BENCH_MATCH_PEOPLE_H

#include <cordon/record.h>

/*
 * Invented people as the region's lists have them: given names, surnames and
 * patronymics by how frequent they are, in the members' scripts or as their passports
 * print them in Latin letters.  The same seed and index are always the same person.
 */

struct people;

struct people_options {
	const char *lists; /* names.tsv beside this file, or one like it */
	const char
		*frequencies; /* "kind<TAB>name<TAB>count" of Russian names, or NULL */
	bool russian_only;
	uint64_t seed;
};

/* Spreads what follows from i over all 64 bits (Steele, Lea, Flood 2014). */
uint64_t people_mix(uint64_t i);

/* Complains on stderr and returns NULL. */
struct people *people_create(const struct people_options *options);
void people_destroy(struct people *people);

#define PEOPLE_NAME_BYTES 128

struct people_person {
	char surname[PEOPLE_NAME_BYTES];
	char given[PEOPLE_NAME_BYTES];
	char patronymic[PEOPLE_NAME_BYTES]; /* "" none */
	struct cordon_date born;
	uint32_t sex;
	const char *state;
};

void people_make(
	const struct people *people, uint64_t index, struct people_person *person);

/* The whole name in one, surname first. */
void people_full(const struct people_person *person, char full[3 * PEOPLE_NAME_BYTES]);

/* The parts as a record has them; borrows the person's texts. */
struct cordon_name people_name(const struct people_person *person);

#endif
