/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/explain.h"
#include "proto/record.h"

const char *explain_born_text(struct explaining *e, uint32_t born)
{
	struct cordon_date date = born_unpack(born);
	char text[16];

	if (born == 0) {
		return NULL;
	}
	date_text(&date, text);
	return arena_text(e->arena, text, strlen(text));
}

static Cordon__ExplainWord *word(
	struct explaining *e, const struct name_word *from, const uint32_t *weight)
{
	Cordon__ExplainWord *to = arena_alloc(e->arena, sizeof(*to));
	uint64_t persons = 0;

	if (to == NULL) {
		return NULL;
	}
	cordon__explain_word__init(to);
	to->key = posting_key_word(from);
	if (e->source->count(e->source->data, to->key, &persons) != 0) {
		return NULL; /* the transaction knows why */
	}
	to->sound = message_data(arena_text(e->arena, from->sound, from->size));
	to->part = from->part;
	to->flags = from->flags;
	to->persons = persons;
	to->weight = weight != NULL ? *weight
				    : weight_in_list(from, persons, e->source->persons);
	return to;
}

/* weights: as the search has set them, or NULL. */
static int add_words(struct explaining *e, const struct name_words *from,
	const uint32_t *weights, Cordon__ExplainName *to)
{
	to->words = arena_array(e->arena, from->count, sizeof(Cordon__ExplainWord *));
	if (to->words == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < from->count; i++) {
		to->words[i] =
			word(e, &from->words[i], weights == NULL ? NULL : &weights[i]);
		if (to->words[i] == NULL) {
			return e->arena->failed ? CORDON_ENOMEM
						: lookup_store_failed(e->run, e->msg);
		}
	}
	to->n_words = from->count;
	return 0;
}

static int add_pairs(
	struct explaining *e, const struct comparison *from, Cordon__ExplainName *to)
{
	Cordon__ExplainPair *pairs =
		arena_array(e->arena, from->pairs_count, sizeof(*pairs));

	to->pairs = arena_array(e->arena, from->pairs_count, sizeof(*to->pairs));
	if (pairs == NULL || to->pairs == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < from->pairs_count; i++) {
		const struct word_pair *pair = &from->pairs[i];

		cordon__explain_pair__init(&pairs[i]);
		pairs[i].fate = pair->fate + CORDON_FATE_SAME;
		pairs[i].asked = (uint32_t)(pair->asked + 1);
		pairs[i].listed = (uint32_t)(pair->listed + 1);
		pairs[i].joined = pair->joined;
		pairs[i].permille = pair->permille;
		pairs[i].weight = pair->weight;
		pairs[i].evidence = pair->evidence;
		to->pairs[i] = &pairs[i];
	}
	to->n_pairs = from->pairs_count;
	return 0;
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static const char *name_text(struct explaining *e, const struct cordon_name *name)
{
	const char *parts[] = { name->surname, name->given, name->patronymic };
	const char *text = "";

	for (size_t i = 0; text != NULL && i < 3; i++) {
		if (parts[i] != NULL) {
			text = arena_printf(e->arena, "%s%s%s", text,
				text[0] == '\0' ? "" : " ", parts[i]);
		}
	}
	return text != NULL && text[0] == '\0' ? or_empty(name->full) : text;
}

/* The score that the record would have if it had this name alone. */
static int score_alone(
	struct explaining *e, const struct card_name *name, struct person_score *score)
{
	uint8_t *packed = arena_alloc(e->arena, CARD_BYTES_MAX);
	struct card alone;
	int error;

	if (packed == NULL) {
		return CORDON_ENOMEM;
	}
	error = card_open(
		(struct bytes){ packed, card_pack(&e->card, name, 1, packed) }, &alone);
	if (error == 0) {
		compare_person(&e->asked, &alone, score);
	}
	return error;
}

static int add_listed(struct explaining *e, const struct card_name *name, size_t place,
	Cordon__ExplainName *to)
{
	const struct cordon_person *person = e->record->person;
	struct person_score score;
	int error = score_alone(e, name, &score);

	to->type = name->type;
	if (place < person->names_count) {
		to->text = message_data(name_text(e, &person->names[place]));
	}
	if (error == 0) {
		error = add_words(e, &name->words, NULL, to);
	}
	if (error == 0) {
		error = add_pairs(e, &score.name, to);
	}
	if (error == 0) {
		to->permille = score.name.name_permille;
		to->evidence = score.name.evidence;
		to->score = score.score;
	}
	return error;
}

static int add_all_listed(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	size_t count = e->card.names_count, at = 0;
	Cordon__ExplainName *names = arena_array(e->arena, count, sizeof(*names));
	struct card_name name;
	int error = 0;

	answer->listed = arena_array(e->arena, count, sizeof(*answer->listed));
	if (names == NULL || answer->listed == NULL) {
		return CORDON_ENOMEM;
	}
	while (error == 0 && answer->n_listed < count &&
		card_next_name(&e->card, &at, &name)) {
		size_t place = answer->n_listed++;

		cordon__explain_name__init(&names[place]);
		answer->listed[place] = &names[place];
		error = add_listed(e, &name, place, &names[place]);
	}
	return error;
}

static int add_dates(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	size_t count = e->card.dates_count;

	answer->listed_born =
		arena_array(e->arena, count, sizeof(*answer->listed_born));
	for (size_t i = 0; answer->listed_born != NULL && i < count; i++) {
		answer->listed_born[i] =
			message_data(explain_born_text(e, e->card.dates[i]));
	}
	answer->n_listed_born = count;
	answer->born_approximate = e->card.born_approximate;
	answer->asked_born = message_data(explain_born_text(e, e->asked.born));
	return e->arena->failed ? CORDON_ENOMEM : 0;
}

int explain_names(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	Cordon__ExplainName *asked = arena_alloc(e->arena, sizeof(*asked));
	int error;

	if (asked == NULL) {
		return CORDON_ENOMEM;
	}
	cordon__explain_name__init(asked);
	asked->text = message_data(e->query->name);
	answer->asked = asked;
	error = add_words(e, &e->asked.name.words, e->asked.name.weights, asked);
	if (error == 0) {
		error = add_all_listed(e, answer);
	}
	return error == 0 ? add_dates(e, answer) : error;
}
