/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/search.h"

#define CLASS_BITS 5
#define FIRST_SHIFT 55 /* of the first class in a skeleton */
#define REST_MASK ((UINT64_C(1) << FIRST_SHIFT) - 1)
#define NO_CLASS 15
#define REST_VALUES 15

/* What a key is of; skeletons leave these bits free. */
#define KEY_DATE (UINT64_C(1) << 62)
#define KEY_SOUND (UINT64_C(2) << 62)

#define SIGNATURE_WORDS 4
#define KEYED_WORDS_LEAST 2

/* 64 bits to 64 others (Stafford's mix 13). */
static uint64_t mix(uint64_t value)
{
	value ^= value >> 30;
	value *= UINT64_C(0xbf58476d1ce4e5b9);
	value ^= value >> 27;
	value *= UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t hash_sound(const struct name_word *word)
{
	uint64_t hash = word->size;

	for (size_t i = 0; i < word->size; i++) {
		hash = mix(hash << 8 ^ hash >> 56 ^ (uint8_t)word->sound[i]);
	}
	return hash;
}

uint64_t posting_key_word(const struct name_word *word)
{
	uint64_t skeleton = word_skeleton(word);

	return skeleton != 0 ? skeleton : KEY_SOUND | hash_sound(word) >> 2;
}

uint64_t posting_key_date(uint32_t born)
{
	return KEY_DATE | born;
}

uint8_t posting_byte(const struct name_word *word)
{
	uint64_t skeleton = word_skeleton(word);
	uint64_t first = skeleton >> FIRST_SHIFT;
	uint64_t rest = skeleton & REST_MASK;

	if (skeleton == 0) {
		first = NO_CLASS;
		rest = hash_sound(word);
	}
	if ((word->flags & WORD_INITIAL) != 0) {
		return (uint8_t)(first << 4);
	}
	return (uint8_t)(first << 4 | (1 + mix(rest) % REST_VALUES));
}

static void write_be(uint64_t value, size_t size, uint8_t *out)
{
	for (size_t i = size; i-- > 0; value >>= 8) {
		out[i] = (uint8_t)value;
	}
}

static uint64_t read_be(const uint8_t *in, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++) {
		value = value << 8 | in[i];
	}
	return value;
}

void posting_pack(const struct posting *posting, uint8_t out[POSTING_BYTES])
{
	write_be(posting->born, 4, out);
	write_be(posting->signature, 4, out + 4);
	write_be(posting->ref, 8, out + 8);
}

void posting_unpack(const uint8_t in[POSTING_BYTES], struct posting *posting)
{
	posting->born = (uint32_t)read_be(in, 4);
	posting->signature = (uint32_t)read_be(in + 4, 4);
	posting->ref = read_be(in + 8, 8);
}

/* ---- of a card --------------------------------------------------------------------
 */

static bool is_father(const struct name_word *word)
{
	return (word->flags & WORD_OF_FATHER) != 0 || word->part == WORD_PATRONYMIC;
}

static bool is_initial(const struct name_word *word)
{
	return (word->flags & WORD_INITIAL) != 0;
}

/* Words that have a key in any case. */
static size_t own_words(const struct name_words *words)
{
	size_t count = 0;

	for (size_t i = 0; i < words->count; i++) {
		count += !is_initial(&words->words[i]) && !is_father(&words->words[i]);
	}
	return count;
}

/* Of the words but the one at without; NAME_WORDS_MAX: of all. */
static uint32_t signature_of(
	const uint8_t bytes[NAME_WORDS_MAX], size_t count, size_t without)
{
	uint32_t signature = 0;
	size_t taken = 0;

	for (size_t i = 0; i < count && taken < SIGNATURE_WORDS; i++) {
		if (i != without) {
			signature |= (uint32_t)bytes[i] << (24 - 8 * taken);
			taken++;
		}
	}
	return signature;
}

static void add(struct record_postings *postings, uint64_t key, struct posting posting)
{
	for (size_t i = 0; i < postings->count; i++) {
		const struct record_posting *old = &postings->postings[i];

		if (old->key == key && old->posting.born == posting.born &&
			old->posting.signature == posting.signature) {
			return;
		}
	}
	if (postings->count == POSTINGS_MAX) {
		postings->cut = true;
		return;
	}
	postings->postings[postings->count++] =
		(struct record_posting){ .key = key, .posting = posting };
}

static bool whole(uint32_t born)
{
	return (born & 31) != 0;
}

static void add_name(
	struct record_postings *postings, const struct name_words *words, uint32_t born)
{
	bool fathers = own_words(words) < KEYED_WORDS_LEAST;
	uint8_t bytes[NAME_WORDS_MAX];

	for (size_t i = 0; i < words->count; i++) {
		bytes[i] = posting_byte(&words->words[i]);
	}
	for (size_t i = 0; i < words->count; i++) {
		const struct name_word *word = &words->words[i];
		struct posting posting = { .born = born };

		/* a name of initials alone is found by them */
		if ((is_initial(word) && words->count > 1) ||
			(is_father(word) && !fathers)) {
			continue;
		}
		posting.signature = signature_of(bytes, words->count, i);
		add(postings, posting_key_word(word), posting);
	}
	if (whole(born) && words->count > 0) {
		struct posting posting = { .born = born,
			.signature =
				signature_of(bytes, words->count, NAME_WORDS_MAX) };

		add(postings, posting_key_date(born), posting);
	}
}

/* Who was born at about a date is looked for by the year. */
static uint32_t indexed_date(const struct card *card, size_t index)
{
	uint32_t born = card->dates[index];

	return index == 0 && card->born_approximate ? born & ~(uint32_t)511 : born;
}

void postings_of_card(const struct card *card, struct record_postings *postings)
{
	struct card_name name;
	size_t at = 0;

	postings->count = 0;
	postings->cut = false;
	while (card_next_name(card, &at, &name)) {
		if (card->dates_count == 0) {
			add_name(postings, &name.words, 0);
		}
		for (size_t i = 0; i < card->dates_count; i++) {
			add_name(postings, &name.words, indexed_date(card, i));
		}
	}
}
