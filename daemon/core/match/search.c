/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search_in.h"

#include <stdlib.h>
#include <string.h>

/*
 * 1. Each word asked for is looked up: how many have it makes its weight.
 * 2. Postings that agree with the question become candidates, with a rank
 *    (search_born.c, search_scan.c).
 * 3. The cards of the best are compared.
 */

#define COMPARE_WITH_DATE 96
#define SEEN_SHIFT 53 /* 64 bits to SEARCH_SEEN_SLOTS, more than are compared */
#define KEYED_WORDS_LEAST 2

/* ---- 1. words -------------------------------------------------------------------- */

static bool is_father(const struct name_word *word)
{
	return (word->flags & WORD_OF_FATHER) != 0 || word->part == WORD_PATRONYMIC;
}

static int weigh(const struct posting_source *source, const struct name_word *word,
	uint64_t *count, uint32_t *weight)
{
	int error = 0;

	*count = 0;
	if ((word->flags & WORD_INITIAL) == 0) {
		error = source->count(source->data, posting_key_word(word), count);
		*weight = weight_in_list(word, *count, source->persons);
	} else {
		*weight = weight_without_list(word);
	}
	return error;
}

int search_weigh(const struct posting_source *source, struct compare_name *name)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < name->words.count; i++) {
		uint64_t count;

		error = weigh(source, &name->words.words[i], &count, &name->weights[i]);
	}
	return error;
}

static int take_word(struct looking *looking, size_t i)
{
	const struct name_word *word = &looking->asked.name.words.words[i];
	struct search_word *to = &looking->words[looking->words_count++];
	uint32_t *weight = &looking->asked.name.weights[i];
	int error = weigh(looking->source, word, &to->count, weight);

	to->key = posting_key_word(word);
	to->worth = WORTH_OF(*weight);
	to->byte = posting_byte(word);
	to->at = (uint8_t)i;
	to->parts = 1;
	to->initial = (word->flags & WORD_INITIAL) != 0;
	to->truncated = (word->flags & WORD_TRUNCATED) != 0;
	to->father = is_father(word);
	to->keyed = !to->initial && !to->father;
	return error;
}

/* The list may have written two words as one. */
static int take_joined(struct looking *looking, size_t i)
{
	const struct name_word *first = &looking->asked.name.words.words[i];
	const struct name_word *second = first + 1;
	struct search_word *to = &looking->words[looking->words_count];
	size_t size = (size_t)first->size + second->size;
	struct name_word joined = *first;
	uint32_t weight;
	int error;

	if (size > SOUND_MAX || ((first->flags | second->flags) & WORD_INITIAL) != 0) {
		return 0;
	}
	memcpy(joined.sound + first->size, second->sound, second->size);
	joined.size = (uint8_t)size;
	error = weigh(looking->source, &joined, &to->count, &weight);
	if (error == 0 && to->count > 0) {
		to->key = posting_key_word(&joined);
		to->worth = WORTH_OF(weight);
		to->byte = posting_byte(&joined);
		to->at = (uint8_t)i;
		to->parts = 2;
		to->keyed = true;
		looking->words_count++;
	}
	return error;
}

static void sort_keyed(struct looking *looking)
{
	for (size_t i = 0; i < looking->words_count; i++) {
		size_t at = looking->keyed_count;

		if (!looking->words[i].keyed) {
			continue;
		}
		while (at > 0 && looking->words[looking->order[at - 1]].count >
					 looking->words[i].count) {
			looking->order[at] = looking->order[at - 1];
			at--;
		}
		looking->order[at] = i;
		looking->keyed_count++;
	}
}

static int take_words(struct looking *looking)
{
	const struct name_words *words = &looking->asked.name.words;
	size_t keyed = 0;
	int error = 0;

	for (size_t i = 0; error == 0 && i < words->count; i++) {
		error = take_word(looking, i);
		keyed += looking->words[i].keyed;
	}
	looking->name_count = words->count;
	for (size_t i = 0; keyed < KEYED_WORDS_LEAST && i < words->count; i++) {
		looking->words[i].keyed |=
			is_father(&words->words[i]) || words->count == 1;
	}
	for (size_t i = 0; error == 0 && i + 1 < words->count; i++) {
		error = take_joined(looking, i);
	}
	sort_keyed(looking);
	return error;
}

/* ---- 2. candidates ----------------------------------------------------------------
 */

static int look_by_date(struct looking *looking, uint32_t born)
{
	return (born & 31) != 0 ? search_with_date(looking, born)
				: search_with_year(looking, born);
}

static int look(struct looking *looking)
{
	const struct compare_person *asked = &looking->asked;
	int error = 0;

	if (asked->born != 0) {
		error = look_by_date(looking, asked->born);
	}
	if (error == 0 && asked->born != 0 && asked->born_century_open) {
		error = look_by_date(looking, asked->born - (100u << 9));
	}
	if (error == 0 && (asked->born == 0 || asked->born_misread)) {
		error = search_without_date(looking);
	}
	return error;
}

/* ---- 3. cards ---------------------------------------------------------------------
 */

static int open_card(const struct looking *looking, uint64_t ref, struct card *card)
{
	struct bytes packed;
	int error = looking->source->card(looking->source->data, ref, &packed);

	if (error != 0 || packed.size == 0) {
		return error != 0 ? error : CORDON_ENOTFOUND;
	}
	return card_open(packed, card);
}

/* Sequences are the owner's: by them nodes put equals in one order. */
static uint64_t sequence_first(uint64_t ref)
{
	return ref << POSTING_LIST_BITS | ref >> (64 - POSTING_LIST_BITS);
}

static int by_score(const void *a, const void *b)
{
	const struct search_compared *x = a, *y = b;

	if (x->score != y->score) {
		return x->score > y->score ? -1 : 1;
	}
	if (x->evidence != y->evidence) {
		return x->evidence > y->evidence ? -1 : 1;
	}
	if (x->ref == y->ref) {
		return 0;
	}
	return sequence_first(x->ref) < sequence_first(y->ref) ? -1 : 1;
}

/* A person may have come by several keys: false for one that came before. */
static bool is_new(struct search_work *work, uint64_t ref)
{
	size_t slot = ref * UINT64_C(0x9e3779b97f4a7c15) >> SEEN_SHIFT;

	while (work->seen[slot] != 0 && work->seen[slot] != ref) {
		slot = (slot + 1) % SEARCH_SEEN_SLOTS;
	}
	if (work->seen[slot] == ref) {
		return false;
	}
	work->seen[slot] = ref;
	return true;
}

struct comparing {
	struct looking *looking;
	struct search_result *result;
	uint32_t min_score;
	size_t kept;
};

static int compare_one(struct comparing *c, const struct search_candidate *candidate)
{
	struct search_compared *to = &c->looking->work->compared[c->kept];
	struct person_score score;
	struct card card;
	int error = open_card(c->looking, candidate->ref, &card);

	c->result->compared++;
	if (error != 0) {
		return error == CORDON_ENOTFOUND ? 0 : error;
	}
	compare_person(&c->looking->asked, &card, &score);
	if (score.score < c->min_score || score.score == 0) {
		return 0;
	}
	*to = (struct search_compared){ .ref = candidate->ref,
		.score = score.score,
		.evidence = score.evidence,
		.name_permille = score.name.name_permille,
		.rank = candidate->rank };
	c->kept++;
	return 0;
}

static uint32_t least_rank(const struct comparing *c, uint32_t name_permille)
{
	const struct search_compared *all = c->looking->work->compared;
	uint32_t least = RANKS;

	for (size_t i = 0; i < c->kept; i++) {
		if (all[i].name_permille >= name_permille && all[i].rank < least) {
			least = all[i].rank;
		}
	}
	return least;
}

static const struct search_candidate *in_order(const struct looking *looking, size_t i)
{
	return &looking->work->candidates[looking->work->order[i]];
}

/* Candidates that were not compared although they promise as much as what was found. */
static void look_at_rest(struct comparing *c, size_t from)
{
	uint32_t least = least_rank(c, 0);

	for (size_t i = from; i < c->looking->candidates && !c->result->cut; i++) {
		c->result->cut = in_order(c->looking, i)->rank >= least;
	}
}

static void count_namesakes(struct comparing *c)
{
	const struct search_compared *all = c->looking->work->compared;
	uint64_t of_postings = 0;

	for (size_t i = 0; i < c->kept; i++) {
		c->result->namesakes += all[i].name_permille >= all[0].name_permille;
	}
	if (!c->result->cut || c->kept == 0) {
		return;
	}
	for (size_t rank = least_rank(c, all[0].name_permille); rank < RANKS; rank++) {
		of_postings += c->looking->ranks[rank];
	}
	if (of_postings > c->result->namesakes) {
		c->result->namesakes = of_postings;
	}
}

/* The best again, with all that is to be said of them. */
static int show(struct comparing *c, size_t limit)
{
	const struct search_compared *all = c->looking->work->compared;
	struct search_result *result = c->result;
	int error = 0;

	for (size_t i = 0; error == 0 && i < c->kept && i < limit; i++) {
		struct search_found *found = &result->found[i];
		struct card card;

		found->ref = all[i].ref;
		error = open_card(c->looking, found->ref, &card);
		if (error == 0) {
			compare_person(&c->looking->asked, &card, &found->score);
			result->count = i + 1;
		}
	}
	return error;
}

/* *from: the first that was not compared. */
static int compare_best(struct comparing *c, size_t *from)
{
	struct looking *looking = c->looking;
	size_t max = (looking->asked.born & 31) != 0 ? COMPARE_WITH_DATE
						     : SEARCH_COMPARE_MAX;
	size_t i;
	int error = 0;

	search_order(looking);
	memset(looking->work->seen, 0, sizeof(looking->work->seen));
	for (i = 0; error == 0 && i < looking->candidates; i++) {
		const struct search_candidate *candidate = in_order(looking, i);

		if (c->result->compared == max) {
			break;
		}
		if (is_new(looking->work, candidate->ref)) {
			error = compare_one(c, candidate);
		}
	}
	*from = i;
	return error;
}

static int compare_all(struct comparing *c, size_t limit)
{
	struct search_compared *all = c->looking->work->compared;
	size_t from;
	int error = compare_best(c, &from);

	if (error != 0) {
		return error;
	}
	qsort(all, c->kept, sizeof(all[0]), by_score);
	c->result->more = c->kept > limit;
	look_at_rest(c, from);
	count_namesakes(c);
	return show(c, limit);
}

int search_person(const struct posting_source *source,
	const struct compare_person *asked, uint32_t min_score, size_t limit,
	struct search_work *work, struct search_result *result)
{
	struct looking looking = { .source = source,
		.asked = *asked,
		.worth_beside = WORD_NONE + 1,
		.work = work };
	struct comparing comparing = {
		.looking = &looking, .result = result, .min_score = min_score
	};
	int error = take_words(&looking);

	result->count = result->scanned = result->compared = 0;
	result->namesakes = 0;
	result->cut = result->more = false;
	if (error == 0) {
		error = look(&looking);
	}
	if (error == 0) {
		error = compare_all(&comparing,
			limit < SEARCH_FOUND_MAX ? limit : SEARCH_FOUND_MAX);
	}
	result->scanned = looking.scanned;
	result->cut |= looking.cut;
	return error;
}
