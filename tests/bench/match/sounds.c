/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well the spellings of one name come together (proto/MATCHING.md, sections 2 to
 *4).
 *
 *	sounds words FILE		the words of each line, with flags and skeleton
 *	sounds pairs FILE [all|train|test]	of pairs_same_person.tsv: a report
 *	sounds collide FILE COLUMN	how many different names share a skeleton or
 *sound sounds time FILE		microseconds for each name
 *
 * Persons are split into train and test by a hash of their group.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/core/match/screen.h"
#include "tests/lib/wordtext.h"

#define LINE_MAX_BYTES 8192

static struct match_context *context;

static char *column(char *line, int index)
{
	char *field = line;

	for (int i = 0; field != NULL && i < index; i++) {
		field = strchr(field, '\t');
		field = field == NULL ? NULL : field + 1;
	}
	return field;
}

static void copy_field(char *to, size_t size, char *line, int index)
{
	const char *field = column(line, index);

	snprintf(to, size, "%.*s", field == NULL ? 0 : (int)strcspn(field, "\t\r\n"),
		field == NULL ? "" : field);
}

static bool words_of(const char *text, struct name_words *words)
{
	struct cordon_name name = { .full = text };

	return words_of_name(context, &name, words) == 0;
}

static void print_word(const struct name_word *word)
{
	struct name_words one = { .count = 1 };
	char text[WORDTEXT_BYTES];

	one.words[0] = *word;
	wordtext_words(&one, text);
	printf("%s", text);
}

static void print_words(const char *text)
{
	char sounds[WORDTEXT_BYTES], skeletons[WORDTEXT_BYTES];
	struct name_words words;

	if (!words_of(text, &words)) {
		printf("%s\tERROR\n", text);
		return;
	}
	wordtext_words(&words, sounds);
	wordtext_skeletons(&words, skeletons);
	printf("%s\t%s\t%s\n", text, sounds, skeletons);
}

/* How much two words agree: 4 sound, 3 skeleton, 0 neither. */
static int agreement(const struct name_word *a, const struct name_word *b)
{
	bool father = ((a->flags ^ b->flags) & WORD_OF_FATHER) != 0;

	if (a->size == b->size && memcmp(a->sound, b->sound, a->size) == 0) {
		return father ? 2 : 4;
	}
	return word_skeleton(a) == word_skeleton(b) ? (father ? 1 : 3) : 0;
}

struct tally {
	unsigned long pairs, words, sound, skeleton, all_sound, all_skeleton;
};

static void print_left(const struct name_words *a, const struct name_words *b,
	unsigned in_a, unsigned in_b)
{
	for (uint8_t i = 0; i < a->count; i++) {
		if ((in_a & 1U << i) == 0) {
			printf(" ");
			print_word(&a->words[i]);
		}
	}
	printf(" |");
	for (uint8_t i = 0; i < b->count; i++) {
		if ((in_b & 1U << i) == 0) {
			printf(" ");
			print_word(&b->words[i]);
		}
	}
}

struct alignment {
	struct name_words a, b;
	unsigned in_a, in_b; /* words that have a partner, a bit each */
	unsigned sounds, skeletons;
};

static void pair_up(struct alignment *names, int wanted, const char *whole)
{
	for (uint8_t i = 0; i < names->a.count; i++) {
		for (uint8_t k = 0; k < names->b.count; k++) {
			const struct name_word *a = &names->a.words[i];
			const struct name_word *b = &names->b.words[k];

			if ((names->in_a & 1U << i) != 0 ||
				(names->in_b & 1U << k) != 0 ||
				agreement(a, b) != wanted) {
				continue;
			}
			names->in_a |= 1U << i;
			names->in_b |= 1U << k;
			names->sounds += wanted == 4;
			names->skeletons++;
			if (wanted != 4) {
				printf("close\t");
				print_word(a);
				printf("\t");
				print_word(b);
				printf("\t%s\n", whole);
			}
		}
	}
}

/* Aligns greedily: equal sounds first, then equal skeletons.  Words that only the
 * longer name has do not count. */
static void compare(
	const char *left, const char *right, const char *kind, struct tally *tally)
{
	struct alignment names = { .in_a = 0 };
	char whole[LINE_MAX_BYTES];
	unsigned least;

	snprintf(whole, sizeof(whole), "%s\t%s", left, right);
	memset(tally, 0, sizeof(*tally));
	if (!words_of(left, &names.a) || !words_of(right, &names.b)) {
		printf("ERROR\t%s\n", whole);
		return;
	}
	for (int wanted = 4; wanted > 0; wanted--) {
		pair_up(&names, wanted, whole);
	}
	least = names.a.count < names.b.count ? names.a.count : names.b.count;
	tally->pairs = 1;
	tally->words = least;
	tally->sound = names.sounds;
	tally->skeleton = names.skeletons;
	tally->all_sound = names.sounds == least;
	tally->all_skeleton = names.skeletons == least;
	if (names.skeletons < least) {
		printf("miss\t%s\t", kind);
		print_left(&names.a, &names.b, names.in_a, names.in_b);
		printf("\t%s\n", whole);
	}
}

static void add_tally(struct tally *sum, const struct tally *one)
{
	sum->pairs += one->pairs;
	sum->words += one->words;
	sum->sound += one->sound;
	sum->skeleton += one->skeleton;
	sum->all_sound += one->all_sound;
	sum->all_skeleton += one->all_skeleton;
}

static unsigned group_hash(const char *group)
{
	unsigned value = 2166136261U;

	for (; *group != '\0'; group++) {
		value = (value ^ (unsigned char)*group) * 16777619U;
	}
	return value >> 13 & 1;
}

static void print_tally(const char *name, const struct tally *tally)
{
	double pairs = tally->pairs > 0 ? (double)tally->pairs : 1;
	double words = tally->words > 0 ? (double)tally->words : 1;

	fprintf(stderr,
		"%-18s %5lu pairs: all sounds %5.1f %%, all skeletons %5.1f %%; "
		"words: sound %5.1f %%, skeleton %5.1f %%\n",
		name, tally->pairs, 100 * (double)tally->all_sound / pairs,
		100 * (double)tally->all_skeleton / pairs,
		100 * (double)tally->sound / words,
		100 * (double)tally->skeleton / words);
}

#define KINDS 6

static const char *const kinds[KINDS] = { "spelling", "spelling-partial", "translit",
	"translit-partial", "benchmark-true", "reorder" };

static int run_pairs(FILE *file, const char *half)
{
	char line[LINE_MAX_BYTES], left[2048], right[2048], kind[64], group[64];
	struct tally tallies[KINDS + 1] = { { 0 } }, one;

	while (fgets(line, sizeof(line), file) != NULL) {
		copy_field(left, sizeof(left), line, 0);
		copy_field(right, sizeof(right), line, 1);
		copy_field(kind, sizeof(kind), line, 4);
		copy_field(group, sizeof(group), line, 5);
		if ((strcmp(half, "train") == 0 && group_hash(group) != 0) ||
			(strcmp(half, "test") == 0 && group_hash(group) == 0) ||
			strcmp(kind, "kind") == 0) {
			continue;
		}
		compare(left, right, kind, &one);
		for (size_t i = 0; i < KINDS; i++) {
			if (strcmp(kinds[i], kind) == 0) {
				add_tally(&tallies[i], &one);
			}
		}
		add_tally(&tallies[KINDS], &one);
	}
	for (size_t i = 0; i < KINDS; i++) {
		print_tally(kinds[i], &tallies[i]);
	}
	print_tally("all", &tallies[KINDS]);
	return 0;
}

struct entry {
	char name[64];
	char sound[SOUND_MAX + 2];
	uint64_t skeleton;
};

static int by_sound(const void *a, const void *b)
{
	return strcmp(
		((const struct entry *)a)->sound, ((const struct entry *)b)->sound);
}

static int by_skeleton(const void *a, const void *b)
{
	uint64_t left = ((const struct entry *)a)->skeleton;
	uint64_t right = ((const struct entry *)b)->skeleton;

	return (left > right) - (left < right);
}

#define ENTRIES_MAX 400000

static size_t different(struct entry *entries, size_t count,
	int (*order)(const void *, const void *), bool print)
{
	size_t found = 0;

	qsort(entries, count, sizeof(*entries), order);
	for (size_t i = 0; i < count; i++) {
		bool new = i == 0 || order(&entries[i - 1], &entries[i]) != 0;

		found += new;
		if (print) {
			printf("%s%s", i == 0 ? "" : new ? "\n" : " ", entries[i].name);
		}
	}
	if (print) {
		printf("\n");
	}
	return found;
}

/* Each line of FILE that has one word in a column. */
static int run_collide(FILE *file, int index)
{
	struct entry *entries = calloc(ENTRIES_MAX, sizeof(*entries));
	char line[LINE_MAX_BYTES];
	size_t count = 0, sounds, skeletons;

	while (entries != NULL && count < ENTRIES_MAX &&
		fgets(line, sizeof(line), file) != NULL) {
		struct entry *entry = &entries[count];
		struct name_words words;

		copy_field(entry->name, sizeof(entry->name), line, index);
		if (!words_of(entry->name, &words) || words.count != 1) {
			continue;
		}
		memcpy(entry->sound, words.words[0].sound, words.words[0].size);
		entry->sound[words.words[0].size] =
			words.words[0].flags & WORD_OF_FATHER ? '^' : '\0';
		entry->skeleton = word_skeleton(&words.words[0]);
		count++;
	}
	sounds = different(entries, count, by_sound, true);
	skeletons = different(entries, count, by_skeleton, false);
	fprintf(stderr, "%zu names: %zu sounds, %zu skeletons\n", count, sounds,
		skeletons);
	free(entries);
	return 0;
}

static int run_words(FILE *file)
{
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		print_words(line);
	}
	return 0;
}

static int run_time(FILE *file)
{
	char line[LINE_MAX_BYTES], name[2048];
	struct name_words words;
	clock_t start, used = 0;
	size_t count = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		copy_field(name, sizeof(name), line, 0);
		start = clock();
		for (int i = 0; i < 20; i++) {
			words_of(name, &words);
		}
		used += clock() - start;
		count += 20;
	}
	printf("%.2f us for each of %zu names\n",
		1e6 * (double)used / CLOCKS_PER_SEC / (double)count, count);
	return 0;
}

int main(int argc, char **argv)
{
	FILE *file = argc < 3                    ? NULL
		     : strcmp(argv[2], "-") == 0 ? stdin
						 : fopen(argv[2], "r");
	const char *option = argc > 3 ? argv[3] : "all";
	int status = 2;

	if (file == NULL || match_context_create(&context, NULL) != 0) {
		fprintf(stderr,
			"usage: sounds words|pairs|collide|time FILE [OPTION]\n");
		return 2;
	}
	if (strcmp(argv[1], "words") == 0) {
		status = run_words(file);
	} else if (strcmp(argv[1], "pairs") == 0) {
		status = run_pairs(file, option);
	} else if (strcmp(argv[1], "collide") == 0) {
		status = run_collide(file, atoi(option));
	} else if (strcmp(argv[1], "time") == 0) {
		status = run_time(file);
	}
	match_context_destroy(context);
	return status;
}
