/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/card.h"

#include <string.h>

#include "proto/record.h"

bool record_about_person(const struct cordon_record *record)
{
	switch (record->kind) {
	case CORDON_KIND_ENTRY_BAN:
	case CORDON_KIND_DEPORTATION:
	case CORDON_KIND_ILLEGAL_STAY:
		return record->person != NULL;
	default:
		return false;
	}
}

static void add_date(const struct cordon_date *date, struct card *card, bool *cut)
{
	if (date_absent(date)) {
		return;
	}
	if (card->dates_count == CARD_DATES_MAX) {
		*cut = true;
		return;
	}
	card->dates[card->dates_count++] = born_pack(date);
}

static void add_states(const struct cordon_person *person, struct card *card, bool *cut)
{
	for (size_t i = 0; i < person->nationalities_count; i++) {
		const char *state = person->nationalities[i];

		if (card->states_count == CARD_STATES_MAX || strlen(state) > 3) {
			*cut = true;
			continue;
		}
		memcpy(card->states[card->states_count++], state, strlen(state));
	}
}

bool card_head(const struct cordon_record *record, struct card *card, bool *cut)
{
	const struct cordon_person *person = record->person;

	*card = (struct card){ 0 };
	*cut = false;
	if (!record_about_person(record)) {
		return false;
	}
	card->weak = record->weak;
	card->sex = person->sex <= UINT8_MAX ? (uint8_t)person->sex : 0;
	card->born_approximate =
		person->born_approximate && !date_absent(&person->born);
	add_date(&person->born, card, cut);
	for (size_t i = 0; i < person->born_alternatives_count; i++) {
		add_date(&person->born_alternatives[i], card, cut);
	}
	add_states(person, card, cut);
	return true;
}

/* A type of a newer member's is some other name of the person. */
static uint8_t type_of(uint32_t type)
{
	return type >= CORDON_NAME_PRIMARY && type <= CORDON_NAME_MISUSED
		       ? (uint8_t)type
		       : CORDON_NAME_ALIAS;
}

static int make_name(struct match_context *context, const struct cordon_name *name,
	struct card_name *made, bool *cut)
{
	int error = words_of_name(context, name, &made->words);

	made->type = type_of(name->type);
	if (error == CORDON_EFIELD || error == CORDON_ETOOBIG) {
		made->words.count = 0;
		made->words.cut = true;
		error = 0;
	}
	*cut |= error == 0 && made->words.cut;
	return error;
}

int card_make(struct match_context *context, const struct cordon_record *record,
	uint8_t out[CARD_BYTES_MAX], size_t *size, bool *cut)
{
	struct card_name names[CARD_NAMES_MAX];
	const struct cordon_person *person = record->person;
	struct card card;
	size_t count;
	bool left_out;

	if (!card_head(record, &card, &left_out)) {
		*size = 0;
		*cut = false;
		return 0;
	}
	count = person->names_count;
	if (count > CARD_NAMES_MAX) {
		count = CARD_NAMES_MAX;
		left_out = true;
	}
	for (size_t i = 0; i < count; i++) {
		int error = make_name(context, &person->names[i], &names[i], &left_out);

		if (error != 0) {
			return error;
		}
	}
	*size = card_pack(&card, names, count, out);
	*cut = left_out;
	return 0;
}
