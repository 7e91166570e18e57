/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search_in.h"

#include <stdlib.h>
#include <string.h>

/*
 * Postings to candidates.  A posting's rank tells before any card is read how much of
 * the question it agrees with: the key's word, the bytes of its signature and its birth
 * date.
 */

#define BYTES 256
#define BORN_AT 0
#define SIGNATURE_AT 4
#define REF_AT 8
#define YEAR_MASK (~(uint32_t)511)

static const uint16_t worth_of_born[] = {
	[BORN_OTHER] = 0,
	[BORN_NOT_KNOWN] = 8,
	[BORN_CLOSE_YEAR] = 12,
	[BORN_DIGIT] = 28,
	[BORN_SWAPPED] = 30,
	[BORN_YEAR] = 24,
	[BORN_MONTH] = 36,
	[BORN_DATE] = WORTH_DATE,
};

struct scanning {
	struct looking *looking;
	const struct probe *probe;
	struct card card; /* with a posting's birth date */
	uint16_t worth[BYTES];
};

static void raise_to(uint16_t *worth, uint32_t to)
{
	if (*worth < to) {
		*worth = (uint16_t)to;
	}
}

static bool is_own(const struct search_word *own, size_t index)
{
	return own != NULL && index >= own->at && index < (size_t)own->at + own->parts;
}

/* What the words asked for, but the probe's own, make each byte worth. */
static void fill_worth(struct scanning *s)
{
	const struct looking *looking = s->looking;
	const struct search_word *own =
		s->probe->word == WORD_NONE ? NULL : &looking->words[s->probe->word];

	for (size_t i = 0; i < looking->name_count; i++) {
		const struct search_word *word = &looking->words[i];
		uint16_t *class = &s->worth[word->byte & 0xf0];

		if (is_own(own, i)) {
			continue;
		}
		raise_to(class, WORTH_INITIAL);
		for (size_t rest = 1; rest < 16; rest++) {
			raise_to(&class[rest],
				word -> initial ? WORTH_INITIAL : WORTH_CLASS);
		}
		if (!word->initial) {
			raise_to(&s->worth[word->byte], word->worth);
		}
	}
}

static uint32_t read_u32(const uint8_t *in)
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 |
	       in[3];
}

static uint64_t read_u64(const uint8_t *in)
{
	return (uint64_t)read_u32(in) << 32 | read_u32(in + 4);
}

static enum born_likeness born_of(struct scanning *s, uint32_t born)
{
	s->card.dates_count = born != 0;
	s->card.dates[0] = born;
	/* a year alone may be about a year */
	s->card.born_approximate = (born & ~YEAR_MASK) == 0;
	return compare_born(&s->looking->asked, &s->card);
}

static int by_ref(const void *a, const void *b)
{
	const struct search_candidate *x = a, *y = b;

	if (x->ref != y->ref) {
		return x->ref < y->ref ? -1 : 1;
	}
	return x->rank == y->rank ? 0 : x->rank > y->rank ? -1 : 1;
}

static int by_rank(const void *a, const void *b)
{
	const struct search_candidate *x = a, *y = b;

	if (x->rank != y->rank) {
		return x->rank > y->rank ? -1 : 1;
	}
	return x->ref == y->ref ? 0 : x->ref < y->ref ? -1 : 1;
}

/* Leaves the best max, of equal ones those that came first. */
static void keep_best(struct looking *looking, size_t max)
{
	struct search_candidate *all = looking->work->candidates;
	size_t counts[RANKS] = { 0 }, above = 0, kept = 0, equal;
	uint32_t floor = RANKS - 1;

	if (looking->candidates <= max) {
		return;
	}
	for (size_t i = 0; i < looking->candidates; i++) {
		counts[all[i].rank]++;
	}
	while (floor > 0 && above + counts[floor] <= max) {
		above += counts[floor--];
	}
	equal = max - above; /* of the rank floor */
	for (size_t i = 0; i < looking->candidates; i++) {
		if (all[i].rank > floor || (all[i].rank == floor && equal > 0)) {
			equal -= all[i].rank == floor;
			all[kept++] = all[i];
		}
	}
	looking->candidates = kept;
	looking->floor = floor;
}

static void unite(struct looking *looking)
{
	struct search_candidate *all = looking->work->candidates;
	size_t kept = 0;

	qsort(all, looking->candidates, sizeof(all[0]), by_ref);
	for (size_t i = 0; i < looking->candidates; i++) {
		if (kept == 0 || all[kept - 1].ref != all[i].ref) {
			all[kept++] = all[i];
		}
	}
	looking->candidates = kept;
}

void search_choose(struct looking *looking, size_t max)
{
	/* a person may have come by several keys */
	keep_best(looking,
		4 * max < SEARCH_CANDIDATES_MAX ? 4 * max : SEARCH_CANDIDATES_MAX);
	unite(looking);
	qsort(looking->work->candidates, looking->candidates,
		sizeof(looking->work->candidates[0]), by_rank);
}

static void add(
	struct looking *looking, const uint8_t *packed, uint32_t rank, bool counted)
{
	struct search_candidate *place;

	rank = rank < RANKS ? rank : RANKS - 1;
	looking->ranks[rank] += counted;
	if (rank < looking->floor) {
		return;
	}
	if (looking->candidates == SEARCH_CANDIDATES_MAX) {
		unite(looking);
		keep_best(looking, SEARCH_CANDIDATES_MAX / 2);
		looking->cut = true;
	}
	place = &looking->work->candidates[looking->candidates++];
	*place = (struct search_candidate){ .ref = read_u64(packed + REF_AT),
		.rank = rank };
}

static void look_at(struct scanning *s, const uint8_t *packed)
{
	const struct probe *probe = s->probe;
	const uint8_t *signature = packed + SIGNATURE_AT;
	uint32_t worth = (uint32_t)s->worth[signature[0]] + s->worth[signature[1]] +
			 s->worth[signature[2]] + s->worth[signature[3]];
	enum born_likeness born;

	if (worth < probe->needed && worth < probe->needed_against) {
		return;
	}
	born = born_of(s, read_u32(packed + BORN_AT));
	if (worth >= (born == BORN_OTHER ? probe->needed_against : probe->needed)) {
		add(s->looking, packed, probe->base + worth + worth_of_born[born],
			probe->rarest);
	}
}

static bool visit(void *arg, const uint8_t *packed, size_t count)
{
	struct scanning *s = arg;
	struct looking *looking = s->looking;
	size_t left = SEARCH_SCAN_MAX - looking->scanned;
	size_t taken = count < left ? count : left;

	for (size_t i = 0; i < taken; i++) {
		look_at(s, packed + i * POSTING_BYTES);
	}
	looking->scanned += taken;
	looking->cut |= taken < count;
	return taken == count;
}

int search_probe(struct looking *looking, const struct probe *probe)
{
	struct scanning s = { .looking = looking, .probe = probe };

	fill_worth(&s);
	return looking->source->scan(
		looking->source->data, probe->key, probe->from, probe->to, visit, &s);
}
