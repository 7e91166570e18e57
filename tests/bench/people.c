/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of invented people and documents, always the same ones, for the benchmarks.
 *
 *   bench_people COUNT jsonl|tsv|ldif
 *
 * jsonl: for `cordonctl import`; of ten records seven are entry bans of persons with a
 * passport, three are lost passports.  tsv and ldif: the same records for PostgreSQL's
 * COPY and for slapd: id, number, name, birth date, and as many bytes of content as the
 * sealed record has in a node.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER "KAZ"
#define COUNTOF(array) (sizeof(array) / sizeof((array)[0]))
/* What the sealed records of these people come to on the average. */
#define CONTENT_BYTES 200

static const char *const surnames[] = { "Абдраим", "Беляк", "Валихан", "Гордеен",
	"Дзярно", "Ермек", "Жуков", "Зайнулл", "Karimzo", "Lomid", "Mirzay", "Nurlan",
	"Osmon", "Petren", "Rahmo", "Sarsen" };
static const char *const cyrillic[] = { "ба", "ев", "ди", "ра", "ну", "ко", "са",
	"ле" };
static const char *const latin[] = { "ba", "ev", "di", "ra", "nu", "ko", "sa", "le" };
static const char *const givens[] = { "Айбек", "Борис", "Виктор", "Гульнара", "Данияр",
	"Елена", "Aram", "Bakyt", "Davit", "Farida", "Lola", "Nino" };
static const char *const patronymics[] = { "Адамович", "Борисович", "Викторович",
	"Данилович", "Егорович" };

struct person {
	char id[40];
	char number[16];
	char surname[64];
	const char *given;
	const char *patronymic; /* NULL: none */
	char born[16];
	bool document; /* only its number */
};

/* Spreads what follows from i over all 64 bits (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t i)
{
	i = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
	i = (i ^ i >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	i = (i ^ i >> 27) * UINT64_C(0x94D049BB133111EB);
	return i ^ i >> 31;
}

static void make(uint64_t i, struct person *p)
{
	uint64_t r = mix(i);
	size_t base = r % COUNTOF(surnames);
	const char *const *more = base < 8 ? cyrillic : latin;

	p->document = i % 10 >= 7;
	snprintf(p->id, sizeof(p->id), OWNER "-2026-%09" PRIu64, i + 1);
	/* each once, in no order */
	snprintf(p->number, sizeof(p->number), "N%08" PRIu64, i * 38201657 % 100000000);
	snprintf(p->surname, sizeof(p->surname), "%s%s%s%s", surnames[base],
		more[r >> 8 & 7], more[r >> 11 & 7], more[r >> 14 & 7]);
	p->given = givens[(r >> 20) % COUNTOF(givens)];
	p->patronymic = (r >> 28) % 2 == 0
				? patronymics[(r >> 29) % COUNTOF(patronymics)]
				: NULL;
	snprintf(p->born, sizeof(p->born), "%04u-%02u-%02u",
		1950 + (unsigned)(r >> 36) % 50, 1 + (unsigned)(r >> 44) % 12,
		1 + (unsigned)(r >> 50) % 28);
}

static void put_jsonl(const struct person *p)
{
	if (p->document) {
		printf("{\"id\":\"%s\",\"kind\":\"invalid_document\",\"reason\":"
		       "\"lost\",\"valid_from\":\"2026-01-10\",\"valid_until\":"
		       "\"2035-12-31\",\"actions\":[\"seize_document\"],"
		       "\"documents\":[{\"type\":\"P\",\"number\":\"%s\","
		       "\"issuer\":\"KAZ\"}]}\n",
			p->id, p->number);
		return;
	}
	printf("{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","
	       "\"valid_from\":\"2026-01-10\",\"valid_until\":\"2030-12-31\","
	       "\"actions\":[\"refuse_entry\"],\"decision\":{\"authority\":"
	       "\"Migration Police, Almaty\",\"number\":\"17/%s\",\"date\":"
	       "\"2026-01-09\"},\"person\":{\"names\":[{\"type\":\"primary\","
	       "\"surname\":\"%s\",\"given\":\"%s\"",
		p->id, p->number, p->surname, p->given);
	if (p->patronymic != NULL) {
		printf(",\"patronymic\":\"%s\"", p->patronymic);
	}
	printf("}],\"born\":\"%s\",\"sex\":\"M\",\"nationalities\":[\"UZB\"],"
	       "\"documents\":[{\"type\":\"P\",\"number\":\"%s\",\"issuer\":"
	       "\"UZB\"}]}}\n",
		p->born, p->number);
}

/* Bytes that do not repeat, as a salt and a hash would not. */
static void put_content(uint64_t i)
{
	for (uint64_t at = 0; at < CONTENT_BYTES; at += 16) {
		printf("%016" PRIx64, mix(i * CONTENT_BYTES + at));
	}
}

static void put_tsv(uint64_t i, const struct person *p)
{
	printf("%s\t%s\t%s\t%s\t", p->id, p->number, p->document ? "" : p->surname,
		p->document ? "\\N" : p->born);
	put_content(i);
	putchar('\n');
}

/* LDIF wants plain ASCII: a surname of the Latin ones, as rare as the others. */
static void put_ldif(uint64_t i, const struct person *p)
{
	uint64_t r = mix(i);

	printf("dn: uid=%s,dc=list\nobjectClass: account\nobjectClass: "
	       "extensibleObject\nuid: %s\nserialNumber: %s\n",
		p->id, p->id, p->number);
	if (!p->document) {
		printf("sn: %s%s%s%s\ntitle: %s\n", surnames[8 + r % 8],
			latin[r >> 8 & 7], latin[r >> 11 & 7], latin[r >> 14 & 7],
			p->born);
	}
	printf("description: ");
	put_content(i);
	printf("\n\n");
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	const char *format = argc == 3 ? argv[2] : "";

	if (count == 0 || count > 99999999 ||
		(strcmp(format, "jsonl") != 0 && strcmp(format, "tsv") != 0 &&
			strcmp(format, "ldif") != 0)) {
		fputs("usage: bench_people COUNT jsonl|tsv|ldif\n", stderr);
		return 2;
	}
	for (uint64_t i = 0; i < count; i++) {
		struct person person;

		make(i, &person);
		if (format[0] == 'j') {
			put_jsonl(&person);
		} else if (format[0] == 't') {
			put_tsv(i, &person);
		} else {
			put_ldif(i, &person);
		}
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
