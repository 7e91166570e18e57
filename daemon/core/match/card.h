/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_CARD_H
#define CORE_MATCH_CARD_H

#include "daemon/core/match/words.h"
#include "proto/bytes.h"

/*
 * What the store keeps of a listed person beside the record, so that a candidate is
 * compared without opening its record: packed, read in place.
 */

#define CARD_NAMES_MAX 64 /* of one record; what comes after is left out */
#define CARD_DATES_MAX 8  /* birth date and alternatives */
#define CARD_STATES_MAX 8
#define CARD_BYTES_MAX 16384

/* A birth date as a number that sorts: year << 9 | month << 5 | day, 0 unknown. */
uint32_t born_pack(const struct cordon_date *date);
struct cordon_date born_unpack(uint32_t born);

struct card {
	bool weak;             /* the record is */
	bool born_approximate; /* the first date */
	uint8_t sex;
	uint8_t dates_count, states_count, names_count;
	uint32_t dates[CARD_DATES_MAX]; /* born_pack; none: unknown */
	char states[CARD_STATES_MAX][4];
	struct bytes names; /* packed, borrowed */
};

struct card_name {
	uint8_t type; /* enum cordon_name_type */
	struct name_words words;
};

/* Packs card (its names_count and names aside) with the names given, at most
 * CARD_NAMES_MAX; all within the bounds above.  Returns the size. */
size_t card_pack(const struct card *card, const struct card_name *names, size_t count,
	uint8_t out[CARD_BYTES_MAX]);

/* Of a kind that this version knows, with a person in it. */
bool record_about_person(const struct cordon_record *record);

/* All of a card but its names; false for a record without a person.  *cut as below. */
bool card_head(const struct cordon_record *record, struct card *card, bool *cut);

/* Of a record with a person; *size 0 for any other.  *cut: something was left out, or a
 * name cannot be read (it stays in the card without words, so that a name's place in
 * the card is its place in the record).  CORDON_ENOMEM, CORDON_EINTERNAL. */
int card_make(struct match_context *context, const struct cordon_record *record,
	uint8_t out[CARD_BYTES_MAX], size_t *size, bool *cut);

/* Checks all bounds once.  CORDON_ECORRUPT. */
int card_open(struct bytes packed, struct card *card);

/* One name after the other; false at the end.  *at begins as 0. */
bool card_next_name(const struct card *card, size_t *at, struct card_name *name);

#endif
