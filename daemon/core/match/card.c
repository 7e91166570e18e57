/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/card.h"

#include <string.h>

/*
 * A packed card:
 *   u8  what is known: CARD_WEAK, CARD_APPROXIMATE
 *   u8  sex
 *   u8  dates << 4 | states
 *   u8  names
 *   u32 each date; 3 bytes each state
 *   each name: u8 type << 4 | words, u8 NAME_CUT or 0
 *   each word: u8 part | flags << 2, u8 size, the sound
 */

#define CARD_WEAK 1
#define CARD_APPROXIMATE 2
#define CARD_FLAGS (CARD_WEAK | CARD_APPROXIMATE)

#define CUT 1
#define PART_BITS 2
#define PART_MASK 3
#define NAME_HEAD_BYTES 2
#define WORD_HEAD_BYTES 2
#define STATE_BYTES 3
#define NIBBLE 15

_Static_assert(NAME_WORDS_MAX <= NIBBLE && CARD_DATES_MAX <= NIBBLE &&
		       CARD_STATES_MAX <= NIBBLE,
	"counts fit half a byte");
_Static_assert(4 + 4 * CARD_DATES_MAX + STATE_BYTES * CARD_STATES_MAX +
			       CARD_NAMES_MAX *
				       (NAME_HEAD_BYTES +
					       NAME_WORDS_MAX *
						       (WORD_HEAD_BYTES + SOUND_MAX)) <=
		       CARD_BYTES_MAX,
	"the largest card fits");

uint32_t born_pack(const struct cordon_date *date)
{
	if (date->year <= 0) {
		return 0;
	}
	return (uint32_t)date->year << 9 | (uint32_t)date->month << 5 | date->day;
}

struct cordon_date born_unpack(uint32_t born)
{
	return (struct cordon_date){ .year = (int16_t)(born >> 9 & 0x3fff),
		.month = (uint8_t)(born >> 5 & 15),
		.day = (uint8_t)(born & 31) };
}

static void pack_word(struct writer *w, const struct name_word *word)
{
	writer_u8(w, (uint8_t)(word->part | word->flags << PART_BITS));
	writer_u8(w, word->size);
	writer_bytes(w, word->sound, word->size);
}

static void pack_name(struct writer *w, const struct card_name *name)
{
	writer_u8(w, (uint8_t)(name->type << 4 | name->words.count));
	writer_u8(w, name->words.cut ? CUT : 0);
	for (size_t i = 0; i < name->words.count; i++) {
		pack_word(w, &name->words.words[i]);
	}
}

size_t card_pack(const struct card *card, const struct card_name *names, size_t count,
	uint8_t out[CARD_BYTES_MAX])
{
	struct writer w;

	writer_init(&w, out, CARD_BYTES_MAX);
	writer_u8(&w, (uint8_t)((card->weak ? CARD_WEAK : 0) |
				(card->born_approximate ? CARD_APPROXIMATE : 0)));
	writer_u8(&w, card->sex);
	writer_u8(&w, (uint8_t)(card->dates_count << 4 | card->states_count));
	writer_u8(&w, (uint8_t)count);
	for (size_t i = 0; i < card->dates_count; i++) {
		writer_u32(&w, card->dates[i]);
	}
	for (size_t i = 0; i < card->states_count; i++) {
		writer_bytes(&w, card->states[i], STATE_BYTES);
	}
	for (size_t i = 0; i < count; i++) {
		pack_name(&w, &names[i]);
	}
	return w.used;
}

/* The size of a word that begins at data, 0 when it is not whole. */
static size_t word_bytes(const uint8_t *data, size_t left)
{
	size_t size = left < WORD_HEAD_BYTES ? 0 : data[1];

	return size == 0 || size > SOUND_MAX || WORD_HEAD_BYTES + size > left
		       ? 0
		       : WORD_HEAD_BYTES + size;
}

/* The same of a name. */
static size_t name_bytes(const uint8_t *data, size_t left)
{
	size_t words = left < NAME_HEAD_BYTES ? 0 : data[0] & NIBBLE,
	       at = NAME_HEAD_BYTES;

	if (left < NAME_HEAD_BYTES || data[1] > CUT || words > NAME_WORDS_MAX) {
		return 0;
	}
	for (size_t i = 0; i < words; i++) {
		size_t size = word_bytes(data + at, left - at);

		if (size == 0) {
			return 0;
		}
		at += size;
	}
	return at;
}

/* Walks all names; true when they end where the card does. */
static bool names_sound(struct bytes names, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t size = name_bytes(names.data + at, names.size - at);

		if (size == 0) {
			return false;
		}
		at += size;
	}
	return at == names.size;
}

int card_open(struct bytes packed, struct card *card)
{
	struct card new = { 0 };
	struct reader r;
	uint8_t flags, counts;

	reader_init(&r, packed.data, packed.size);
	flags = reader_u8(&r);
	new.weak = (flags & CARD_WEAK) != 0;
	new.born_approximate = (flags & CARD_APPROXIMATE) != 0;
	new.sex = reader_u8(&r);
	counts = reader_u8(&r);
	new.dates_count = counts >> 4;
	new.states_count = counts &NIBBLE;
	new.names_count = reader_u8(&r);
	if ((flags & ~CARD_FLAGS) != 0 || new.dates_count > CARD_DATES_MAX ||
		new.states_count > CARD_STATES_MAX ||
		new.names_count > CARD_NAMES_MAX) {
		return CORDON_ECORRUPT;
	}
	for (size_t i = 0; i < new.dates_count; i++) {
		new.dates[i] = reader_u32(&r);
	}
	for (size_t i = 0; i < new.states_count; i++) {
		reader_copy(&r, new.states[i], STATE_BYTES);
	}
	new.names = reader_bytes(&r, r.left);
	if (r.bad || !names_sound(new.names, new.names_count)) {
		return CORDON_ECORRUPT;
	}
	*card = new;
	return 0;
}

static size_t next_word(const uint8_t *data, struct name_word *word)
{
	word->part = data[0] & PART_MASK;
	word->flags = data[0] >> PART_BITS;
	word->size = data[1];
	memcpy(word->sound, data + WORD_HEAD_BYTES, word->size);
	return WORD_HEAD_BYTES + (size_t)word->size;
}

bool card_next_name(const struct card *card, size_t *at, struct card_name *name)
{
	const uint8_t *data = card->names.data + *at;

	if (*at >= card->names.size) {
		return false;
	}
	name->type = data[0] >> 4;
	name->words.count = data[0] & NIBBLE;
	name->words.cut = data[1] != 0;
	*at += NAME_HEAD_BYTES;
	for (size_t i = 0; i < name->words.count; i++) {
		*at += next_word(card->names.data + *at, &name->words.words[i]);
	}
	return true;
}
