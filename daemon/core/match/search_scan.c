/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search_in.h"

/*
 * Postings to candidates.  A posting's rank tells before any card is read how much of
 * the question it agrees with: the key's word, the bytes of its signature and its birth
 * date.
 */

#define BORN_AT 0
#define SIGNATURE_AT 4
#define REF_AT 8
#define YEAR_MASK (~(uint32_t)511)

static const uint16_t worth_of_born[] = {
	[BORN_OTHER] = 0,
	[BORN_NOT_KNOWN] = 12,
	[BORN_CLOSE_YEAR] = 20,
	[BORN_DIGIT] = 36,
	[BORN_SWAPPED] = 40,
	[BORN_YEAR] = 28,
	[BORN_MONTH] = 44,
	[BORN_DATE] = WORTH_DATE,
};

struct scanning {
	struct looking *looking;
	const struct probe *probe;
	struct card card; /* with a posting's birth date */
	int32_t least;    /* that a signature must promise */
};

/* What a byte of a signature adds: its worth, that it is a word, and which of the words
 * asked for it agrees with. */
#define WORTH_MASK UINT32_C(0xffff)
#define WORD (UINT32_C(1) << 24)
#define SUM_MASK (WORTH_MASK | UINT32_C(7) << 24)
#define AGREES(i) (UINT32_C(1) << (16 + (i) % 8))
#define AGREES_MASK 255

static void raise_to(uint32_t *worth, uint32_t to, uint32_t agrees)
{
	uint32_t old = *worth & WORTH_MASK;

	if (old < to) {
		*worth = WORD | agrees | to;
	} else if (old == to) {
		*worth |= agrees;
	}
}

static bool is_own(const struct search_word *own, size_t index)
{
	return own != NULL && index >= own->at && index < (size_t)own->at + own->parts;
}

static void raise_word(struct looking *looking, size_t i)
{
	const struct search_word *word = &looking->words[i];
	uint32_t *class = &looking->worth[word->byte & 0xf0];

	raise_to(class, WORTH_INITIAL, AGREES(i));
	for (size_t rest = 1; rest < 16; rest++) {
		raise_to(&class[rest], word -> initial ? WORTH_INITIAL : WORTH_CLASS,
			AGREES(i));
	}
	if (!word->initial) {
		raise_to(&looking->worth[word->byte], word->worth, AGREES(i));
	}
}

/* What the words asked for, but the probe's own, make each byte worth. */
static void fill_worth(struct looking *looking, size_t beside)
{
	const struct search_word *own =
		beside == WORD_NONE ? NULL : &looking->words[beside];

	looking->worth_beside = beside;
	looking->others = 0;
	looking->fathers = 0;
	looking->worth[0] = 0;
	for (size_t i = 1; i < SIGNATURE_BYTES; i++) {
		looking->worth[i] = WORD;
	}
	for (size_t i = 0; i < looking->name_count; i++) {
		if (!is_own(own, i)) {
			raise_word(looking, i);
			looking->others++;
			looking->fathers |= looking->words[i].father ? AGREES(i) : 0;
		}
	}
	for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
		uint32_t worth = looking->worth[i] & WORTH_MASK;

		looking->promise[i] = worth < UINT8_MAX ? (uint8_t)worth : UINT8_MAX;
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

void search_order(struct looking *looking)
{
	const struct search_candidate *all = looking->work->candidates;
	size_t starts[RANKS] = { 0 }, sum = 0;

	for (size_t i = 0; i < looking->candidates; i++) {
		starts[all[i].rank]++;
	}
	for (size_t rank = RANKS; rank-- > 0;) {
		size_t count = starts[rank];

		starts[rank] = sum;
		sum += count;
	}
	for (size_t i = 0; i < looking->candidates; i++) {
		looking->work->order[starts[all[i].rank]++] = (uint16_t)i;
	}
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
		keep_best(looking, SEARCH_CANDIDATES_MAX / 2);
		looking->cut = true;
	}
	place = &looking->work->candidates[looking->candidates++];
	*place = (struct search_candidate){ .ref = read_u64(packed + REF_AT),
		.rank = rank };
}

/* Words on both sides that differ count against; what only one side has does not. */
static int32_t worth_of(const struct looking *looking, const uint8_t *signature)
{
	static const uint8_t ones[16] = { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3,
		4 };
	const uint32_t *worth = looking->worth;
	uint32_t a = worth[signature[0]], b = worth[signature[1]];
	uint32_t c = worth[signature[2]], d = worth[signature[3]];
	uint32_t sum =
		(a & SUM_MASK) + (b & SUM_MASK) + (c & SUM_MASK) + (d & SUM_MASK);
	uint32_t agree = (a | b | c | d) >> 16 & AGREES_MASK;
	uint32_t agreeing = (uint32_t)ones[agree & 15] + ones[agree >> 4];
	uint32_t words = sum >> 24;
	uint32_t both = words < looking->others ? words : looking->others;
	int32_t against = 0;

	if (both > agreeing) {
		against = WORTH_DIFFERS * (int32_t)(both - agreeing);
		if ((looking->fathers >> 16 & ~agree) != 0) {
			against -= WORTH_DIFFERS - WORTH_FATHER_DIFFERS;
		}
	}
	return (int32_t)(sum & WORTH_MASK) - against;
}

static void look_at(struct scanning *s, const uint8_t *packed)
{
	const struct probe *probe = s->probe;
	int32_t worth = worth_of(s->looking, packed + SIGNATURE_AT), rank;
	enum born_likeness born;

	if (worth < probe->needed && worth < probe->needed_against) {
		return;
	}
	born = born_of(s, read_u32(packed + BORN_AT));
	if (worth >= (born == BORN_OTHER ? probe->needed_against : probe->needed)) {
		rank = RANK_ZERO + probe->base + worth + worth_of_born[born];
		add(s->looking, packed, rank > 0 ? (uint32_t)rank : 0, probe->rarest);
	}
}

static bool promises(const struct scanning *s, const uint8_t *signature)
{
	const uint8_t *promise = s->looking->promise;

	return promise[signature[0]] + promise[signature[1]] + promise[signature[2]] +
		       promise[signature[3]] >=
	       s->least;
}

static bool visit(void *arg, const uint8_t *packed, size_t count)
{
	struct scanning *s = arg;
	struct looking *looking = s->looking;
	size_t left = SEARCH_SCAN_MAX - looking->scanned;
	size_t taken = count < left ? count : left;

	for (size_t i = 0; i < taken; i++) {
		const uint8_t *one = packed + i * POSTING_BYTES;

		if (promises(s, one + SIGNATURE_AT)) {
			look_at(s, one);
		}
	}
	looking->scanned += taken;
	looking->cut |= taken < count;
	return taken == count;
}

int search_probe(struct looking *looking, const struct probe *probe)
{
	struct scanning s = { .looking = looking,
		.probe = probe,
		.least = probe->needed < probe->needed_against
				 ? probe->needed
				 : probe->needed_against };

	if (looking->worth_beside != probe->word) {
		fill_worth(looking, probe->word);
	}
	return looking->source->scan(
		looking->source->data, probe->key, probe->from, probe->to, visit, &s);
}
