/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search_in.h"

/* Words as the list may have them: with a letter wrong, or with their end. */

#define PLACES 12 /* of a skeleton */
#define CLASS_BITS 5
#define CLASS_MASK 31
#define CONSONANTS 10  /* classes 1 to 10; words.h */
#define CLASS_VOWEL 11 /* in front only */
#define SKELETON_LIMIT (UINT64_C(1) << PLACES * CLASS_BITS)
#define LONGER_MAX 64 /* keys read for a truncated word */

static unsigned shift_of(size_t place)
{
	return (unsigned)(CLASS_BITS * (PLACES - 1 - place));
}

static size_t length(uint64_t skeleton)
{
	size_t count = 0;

	while (count < PLACES && (skeleton >> shift_of(count) & CLASS_MASK) != 0) {
		count++;
	}
	return count;
}

/* The bits of the places before one. */
static uint64_t before(size_t place)
{
	return place == 0 ? 0 : ~UINT64_C(0) << shift_of(place - 1);
}

static uint64_t without(uint64_t skeleton, size_t place)
{
	uint64_t kept = skeleton & before(place);
	uint64_t moved = skeleton & ~before(place + 1);

	return kept | moved << CLASS_BITS;
}

/* With room for a class at place. */
static uint64_t opened(uint64_t skeleton, size_t place)
{
	uint64_t kept = skeleton & before(place);

	return kept | (skeleton & ~before(place)) >> CLASS_BITS;
}

/* Classes that spellings and ears exchange; the others only slips of a hand do. */
static const uint16_t alike[CLASS_VOWEL + 1] = {
	[1] = 1 << 2,
	[2] = 1 << 1 | 1 << 5 | 1 << CLASS_VOWEL,
	[4] = 1 << 8,
	[5] = 1 << 2 | 1 << 6,
	[6] = 1 << 5,
	[7] = 1 << 8,
	[8] = 1 << 4 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << CLASS_VOWEL,
	[9] = 1 << 8 | 1 << 10,
	[10] = 1 << 8 | 1 << 9 | 1 << CLASS_VOWEL,
	[CLASS_VOWEL] = 1 << 2 | 1 << 8 | 1 << 10,
};
/* Those that are written or not, and heard or not. */
#define FADING (1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << CLASS_VOWEL)

struct edits {
	struct looking *looking;
	const struct probe *like;
	bool usual; /* no others */
};

static int probe_edit(const struct edits *edits, uint64_t skeleton, bool usual)
{
	struct probe probe = *edits->like;

	if (skeleton == 0 || (edits->usual && !usual)) {
		return 0;
	}
	probe.base -= usual ? WORTH_NEIGHBOUR_LESS : WORTH_STRANGER_LESS;
	probe.key = skeleton;
	return search_probe(edits->looking, &probe);
}

/* Every class at place, but the one that is there already. */
static int probe_classes(
	const struct edits *edits, uint64_t skeleton, size_t place, unsigned old)
{
	unsigned last = place == 0 ? CLASS_VOWEL : CONSONANTS;
	unsigned usual = old == 0 ? FADING : alike[old];
	int error = 0;

	for (unsigned class = 1; error == 0 && class <= last; class ++) {
		if (class != old) {
			error = probe_edit(edits,
				skeleton | (uint64_t) class << shift_of(place),
				(usual >> class & 1) != 0);
		}
	}
	return error;
}

int search_neighbours(
	struct looking *looking, struct probe probe, struct neighbours which)
{
	const struct edits edits = { looking, &probe, which.usual };
	uint64_t skeleton = probe.key;
	size_t count;
	int error = 0;

	if (skeleton >= SKELETON_LIMIT) {
		return 0;
	}
	count = length(skeleton);
	for (size_t place = 0; error == 0 && place < count && place < which.places;
		place++) {
		uint64_t class = skeleton >> shift_of(place) & CLASS_MASK;

		error = probe_edit(
			&edits, without(skeleton, place), (FADING >> class & 1) != 0);
		if (error == 0) {
			error = probe_classes(&edits,
				skeleton & ~(class << shift_of(place)), place,
				(unsigned)class);
		}
	}
	for (size_t place = 0; error == 0 && place <= count && place < PLACES;
		place++) {
		error = probe_classes(&edits, opened(skeleton, place), place, 0);
	}
	return error;
}

int search_longer(struct looking *looking, struct probe probe)
{
	const struct posting_source *source = looking->source;
	uint64_t skeleton = probe.key, from = skeleton, last;
	bool found = true;
	int error = 0;

	if (skeleton >= SKELETON_LIMIT) {
		return search_probe(looking, &probe);
	}
	last = skeleton | (SKELETON_LIMIT - 1) >> CLASS_BITS * length(skeleton);
	for (size_t i = 0; error == 0 && found; i++) {
		error = source->next(source->data, from, &probe.key, &found);
		if (error != 0 || !found || probe.key > last) {
			break;
		}
		if (i == LONGER_MAX) {
			looking->cut = true;
			break;
		}
		error = search_probe(looking, &probe);
		from = probe.key + 1;
	}
	return error;
}
