/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/screen.h"

#include "daemon/core/match/evidence.h"
#include "proto/record.h"

/*
 * What a match means at this member.  The code bears the same numbers.
 *
 * 1. Effect, the first that applies:
 *    1.1 own_national: the person is a national of this member, by the record or by
 *        what the question says, and a state admits its own.  Not for invalid
 * documents: its own are what a state seizes; 1.2 exception: the owner lets the person
 * in now or with this document.  Exceptions are of entering: neither of leaving nor of
 * what is found inland; 1.3 objection: this member has objected to the record; 1.4
 * binding or inform, as this member recognises the owner's list.
 * 2. Actions: the owner's where the effect is binding and no marker protects the
 * person; refer otherwise, and where the owner names none that this version knows.
 */

/* 1.1 */
static bool own_national(const struct question *question,
	const struct cordon_record *record, const char *member)
{
	if (!record_about_person(record)) {
		return false;
	}
	for (size_t i = 0; i < record->person->nationalities_count; i++) {
		if (numbers_same_state(record->person->nationalities[i], member)) {
			return true;
		}
	}
	return numbers_same_state(question->nationality, member);
}

static bool within(const struct cordon_date *today, const struct cordon_date *from,
	const struct cordon_date *until)
{
	return (date_absent(from) || date_compare(from, today) <= 0) &&
	       (date_absent(until) || date_compare(today, until) <= 0);
}

static bool exception_applies(const struct question *question,
	const struct cordon_exception *exception, const struct cordon_date *today)
{
	switch (exception->type) {
	case CORDON_EXCEPTION_ONE_ENTRY:
	case CORDON_EXCEPTION_DATES:
		return within(today, &exception->from, &exception->until);
	case CORDON_EXCEPTION_DOCUMENTS:
		for (size_t i = 0; i < exception->documents_count; i++) {
			if (numbers_same_document(question, &exception->documents[i])) {
				return true;
			}
		}
		return false;
	default:
		return false;
	}
}

/* 1.2 */
static bool excepted(const struct question *question,
	const struct cordon_record *record, const struct effect_context *context)
{
	struct cordon_date today = date_at(context->now_s, record->utc_offset_min);

	if (context->direction == CORDON_DIRECTION_EXIT ||
		context->direction == CORDON_DIRECTION_INLAND) {
		return false;
	}
	for (size_t i = 0; i < record->exceptions_count; i++) {
		if (exception_applies(question, &record->exceptions[i], &today)) {
			return true;
		}
	}
	return false;
}

/* 1. */
static enum cordon_effect effect_of(const struct question *question,
	const struct cordon_record *record, const struct effect_context *context)
{
	if (own_national(question, record, context->member)) {
		return CORDON_EFFECT_OWN_NATIONAL;
	}
	if (excepted(question, record, context)) {
		return CORDON_EFFECT_EXCEPTION;
	}
	if (context->objected) {
		return CORDON_EFFECT_OBJECTION;
	}
	return context->binding ? CORDON_EFFECT_BINDING : CORDON_EFFECT_INFORM;
}

static bool protected_by_marker(const struct cordon_record *record)
{
	size_t count = record->person == NULL ? 0 : record->person->markers_count;

	for (size_t i = 0; i < count; i++) {
		switch (record->person->markers[i]) {
		case CORDON_MARKER_MINOR:
		case CORDON_MARKER_POSSIBLE_TRAFFICKING_VICTIM:
		case CORDON_MARKER_ASYLUM_CLAIMANT:
			return true;
		default:
			break;
		}
	}
	return false;
}

int screen_effect(const struct question *question, const struct cordon_record *record,
	const struct effect_context *context, struct arena *arena,
	struct cordon_match *match)
{
	enum cordon_effect effect = effect_of(question, record, context);
	uint32_t *actions =
		arena_array(arena, record->actions_count + 1, sizeof(*actions));
	size_t count = 0;

	if (actions == NULL) {
		return CORDON_ENOMEM;
	}
	if (effect == CORDON_EFFECT_BINDING && !protected_by_marker(record)) { /* 2. */
		for (size_t i = 0; i < record->actions_count; i++) {
			if (cordon_code_text(CORDON_CODES_ACTION, record->actions[i]) !=
				NULL) {
				actions[count++] = record->actions[i];
			}
		}
	}
	if (count == 0) {
		actions[count++] = CORDON_ACTION_REFER;
	}
	match->effect = effect;
	match->actions = actions;
	match->actions_count = count;
	return 0;
}
