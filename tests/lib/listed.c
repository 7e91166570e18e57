/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/listed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listed_posting {
	uint64_t key;
	uint8_t packed[POSTING_BYTES];
};

struct listed_card {
	uint64_t ref;
	size_t start, size;
};

static void *grown(void *old, size_t *room, size_t wanted, size_t each)
{
	size_t more = *room == 0 ? 64 : *room;
	void *grown;

	if (wanted <= *room) {
		return old;
	}
	while (more < wanted) {
		more *= 2;
	}
	grown = realloc(old, more * each);
	if (grown == NULL) {
		fputs("out of memory\n", stderr);
		abort();
	}
	*room = more;
	return grown;
}

static void add_card(struct listed *listed, uint64_t ref, struct bytes card)
{
	listed->at = grown(listed->at, &listed->persons_room, listed->persons + 1,
		sizeof(listed->at[0]));
	listed->cards = grown(
		listed->cards, &listed->cards_room, listed->cards_bytes + card.size, 1);
	listed->at[listed->persons++] = (struct listed_card){
		.ref = ref, .start = listed->cards_bytes, .size = card.size
	};
	memcpy(listed->cards + listed->cards_bytes, card.data, card.size);
	listed->cards_bytes += card.size;
}

bool listed_add(struct listed *listed, uint64_t ref, struct bytes packed)
{
	struct record_postings postings;
	struct card card;

	if (card_open(packed, &card) != 0) {
		fputs("a card cannot be read\n", stderr);
		abort();
	}
	add_card(listed, ref, packed);
	postings_of_card(&card, &postings);
	listed->postings = grown(listed->postings, &listed->room,
		listed->count + postings.count, sizeof(listed->postings[0]));
	for (size_t i = 0; i < postings.count; i++) {
		struct listed_posting *to = &listed->postings[listed->count++];

		to->key = postings.postings[i].key;
		postings.postings[i].posting.ref = ref;
		posting_pack(&postings.postings[i].posting, to->packed);
	}
	listed->sorted = false;
	return postings.cut;
}

static int compare_postings(const void *a, const void *b)
{
	const struct listed_posting *x = a, *y = b;

	if (x->key != y->key) {
		return x->key < y->key ? -1 : 1;
	}
	return memcmp(x->packed, y->packed, POSTING_BYTES);
}

static int compare_cards(const void *a, const void *b)
{
	const struct listed_card *x = a, *y = b;

	return x->ref == y->ref ? 0 : x->ref < y->ref ? -1 : 1;
}

/* The first that is not below (key, born); born may be one too many. */
static size_t lower(const struct listed *listed, uint64_t key, uint64_t born)
{
	size_t from = 0, to = listed->count;
	uint8_t packed[POSTING_BYTES];

	posting_pack(&(struct posting){ .born = (uint32_t)born }, packed);
	if (born > UINT32_MAX) {
		key++;
	}
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct listed_posting *at = &listed->postings[middle];

		if (at->key < key || (at->key == key && memcmp(at->packed, packed,
								POSTING_BYTES) < 0)) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

#define RUN 64

static int scan(void *data, uint64_t key, uint32_t from, uint32_t to,
	bool (*visit)(void *arg, const uint8_t *packed, size_t count), void *arg)
{
	const struct listed *listed = data;
	size_t at = lower(listed, key, from),
	       end = lower(listed, key, (uint64_t)to + 1);
	uint8_t run[RUN * POSTING_BYTES];

	while (at < end) {
		size_t count = end - at < RUN ? end - at : RUN;

		for (size_t i = 0; i < count; i++) {
			memcpy(run + i * POSTING_BYTES, listed->postings[at + i].packed,
				POSTING_BYTES);
		}
		if (!visit(arg, run, count)) {
			break;
		}
		at += count;
	}
	return 0;
}

static int count(void *data, uint64_t key, uint64_t *count)
{
	const struct listed *listed = data;

	*count = lower(listed, key, (uint64_t)UINT32_MAX + 1) - lower(listed, key, 0);
	return 0;
}

static int next(void *data, uint64_t from, uint64_t *key, bool *found)
{
	const struct listed *listed = data;
	size_t at = lower(listed, from, 0);

	*found = at < listed->count;
	if (*found) {
		*key = listed->postings[at].key;
	}
	return 0;
}

static int card(void *data, uint64_t ref, struct bytes *card)
{
	const struct listed *listed = data;
	struct listed_card wanted = { .ref = ref };
	const struct listed_card *found = bsearch(
		&wanted, listed->at, listed->persons, sizeof(wanted), compare_cards);

	*card = found == NULL
			? (struct bytes){ NULL, 0 }
			: (struct bytes){ listed->cards + found->start, found->size };
	return 0;
}

struct posting_source listed_source(struct listed *listed)
{
	if (!listed->sorted && listed->count > 0) {
		qsort(listed->postings, listed->count, sizeof(listed->postings[0]),
			compare_postings);
		qsort(listed->at, listed->persons, sizeof(listed->at[0]),
			compare_cards);
		listed->sorted = true;
	}
	return (struct posting_source){ .data = listed,
		.scan = scan,
		.count = count,
		.next = next,
		.card = card,
		.persons = listed->persons };
}

size_t listed_bytes(const struct listed *listed)
{
	return listed->count * POSTING_BYTES + listed->cards_bytes;
}

void listed_free(struct listed *listed)
{
	free(listed->postings);
	free(listed->cards);
	free(listed->at);
	memset(listed, 0, sizeof(*listed));
}
