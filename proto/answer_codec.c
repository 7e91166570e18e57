/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/lookup_codec.h"

#include <string.h>

#include "proto/failure.h"
#include "proto/record_codec.h"

/* ---- to messages ---- */

static bool texts_to_message(const char *const *texts, size_t count,
	struct arena *arena, ProtobufCBinaryData **out, size_t *out_count)
{
	ProtobufCBinaryData *data = arena_array(arena, count, sizeof(*data));

	if (data == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		data[i] = message_data(texts[i]);
	}
	*out = data;
	*out_count = count;
	return true;
}

static bool match_to_message(const struct cordon_match *match, struct bytes sealed,
	struct arena *arena, Cordon__Match *message)
{
	*message = (Cordon__Match)CORDON__MATCH__INIT;
	message->id = message_data(match->id);
	message->kind = match->kind;
	message->score = match->score;
	message->verdict = match->verdict;
	message->basis = match->basis;
	message->effect = match->effect;
	message->record = message_data_bytes(sealed);
	/* protobuf-c has no const; nothing writes through it */
	message->actions = (uint32_t *)(uintptr_t)match->actions;
	message->n_actions = match->actions_count;
	message->name = match->name_place;
	message->name_permille = match->name_permille;
	message->born = match->born;
	return texts_to_message(match->because, match->because_count, arena,
		&message->because, &message->n_because);
}

static bool matches_to_message(const struct cordon_answer *answer,
	const struct bytes *sealed, struct arena *arena, Cordon__Answer *message)
{
	size_t count = answer->matches_count;
	Cordon__Match *matches = arena_array(arena, count, sizeof(*matches));
	Cordon__Match **pointers = arena_array(arena, count, sizeof(Cordon__Match *));

	if (matches == NULL || pointers == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!match_to_message(
			    &answer->matches[i], sealed[i], arena, &matches[i])) {
			return false;
		}
		pointers[i] = &matches[i];
	}
	message->matches = pointers;
	message->n_matches = count;
	return true;
}

static bool cleared_to_message(const struct cordon_answer *answer, struct arena *arena,
	Cordon__Answer *message)
{
	size_t count = answer->cleared_count;
	Cordon__Cleared *cleared = arena_array(arena, count, sizeof(*cleared));
	Cordon__Cleared **pointers =
		arena_array(arena, count, sizeof(Cordon__Cleared *));

	if (cleared == NULL || pointers == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		cleared[i] = (Cordon__Cleared)CORDON__CLEARED__INIT;
		cleared[i].id = message_data(answer->cleared[i].id);
		cleared[i].why = message_data(answer->cleared[i].why);
		pointers[i] = &cleared[i];
	}
	message->cleared = pointers;
	message->n_cleared = count;
	return true;
}

static bool error_to_message(const struct cordon_answer *answer, struct arena *arena,
	Cordon__Answer *message)
{
	const struct failure failure = {
		.error = answer->error,
		.text = answer->error_text,
	};

	if (answer->error == 0) {
		return true;
	}
	message->error = arena_alloc(arena, sizeof(*message->error));
	if (message->error != NULL) {
		failure_to_message(&failure, message->error);
	}
	return message->error != NULL;
}

int lookup_answer_to_message(const struct cordon_answer *answer,
	const struct bytes *sealed, struct arena *arena, Cordon__Answer **message)
{
	Cordon__Answer *m = arena_alloc(arena, sizeof(*m));

	if (m == NULL) {
		return CORDON_ENOMEM;
	}
	*m = (Cordon__Answer)CORDON__ANSWER__INIT;
	m->lookup = message_data(answer->lookup);
	m->verdict = answer->verdict;
	m->complete = answer->complete;
	m->more = answer->more;
	m->took_us = answer->took_us;
	m->namesakes = answer->namesakes;
	m->cut = answer->cut;
	if (!error_to_message(answer, arena, m) ||
		!texts_to_message(answer->missing, answer->missing_count, arena,
			&m->missing, &m->n_missing) ||
		!texts_to_message(answer->narrow, answer->narrow_count, arena,
			&m->narrow, &m->n_narrow) ||
		!matches_to_message(answer, sealed, arena, m) ||
		!cleared_to_message(answer, arena, m)) {
		return CORDON_ENOMEM;
	}
	*message = m;
	return 0;
}

/* ---- from messages ---- */

static const char **read_texts(
	const ProtobufCBinaryData *data, size_t count, struct arena *arena, bool *bad)
{
	const char **texts = arena_array(arena, count, sizeof(*texts));

	for (size_t i = 0; texts != NULL && i < count; i++) {
		texts[i] = message_text(data[i], arena, bad);
		*bad = *bad || texts[i] == NULL;
	}
	return texts;
}

static const uint32_t *read_actions(const Cordon__Match *message, struct arena *arena)
{
	uint32_t *actions = arena_array(arena, message->n_actions, sizeof(*actions));

	for (size_t i = 0; actions != NULL && i < message->n_actions; i++) {
		actions[i] = message->actions[i];
	}
	return actions;
}

/* What is shown of the record may have fewer names than were compared. */
static void take_name(uint32_t place, struct cordon_match *match)
{
	const struct cordon_person *person = match->record->person;

	if (place > 0 && person != NULL && place <= person->names_count) {
		match->name_place = place;
		match->name = &person->names[place - 1];
	}
}

static int read_match(const Cordon__Match *message, struct arena *arena,
	struct cordon_match *match, struct errmsg *msg)
{
	struct cordon_record *record;
	bool bad = false;
	int error;

	*match = (struct cordon_match){
		.id = message_text(message->id, arena, &bad),
		.kind = message->kind,
		.score = message->score,
		.verdict = (enum cordon_verdict)message->verdict,
		.basis = (enum cordon_basis)message->basis,
		.because =
			read_texts(message->because, message->n_because, arena, &bad),
		.because_count = message->n_because,
		.effect = (enum cordon_effect)message->effect,
		.actions = read_actions(message, arena),
		.actions_count = message->n_actions,
		.name_permille = message->name_permille,
		.born = (enum cordon_born_likeness)message->born,
	};
	if (arena->failed) {
		return errmsg_set(
			msg, CORDON_ENOMEM, "the answer needs too much memory");
	}
	if (bad || match->id == NULL || match->score > CORDON_SCORE_MAX ||
		match->name_permille > 1000) {
		return errmsg_set(msg, CORDON_EPROTO, "a match is out of form");
	}
	if (match->verdict != CORDON_VERDICT_POSSIBLE &&
		match->verdict != CORDON_VERDICT_MATCH) {
		return errmsg_set(msg, CORDON_EPROTO, "match %s: %u is no verdict",
			match->id, message->verdict);
	}
	error = record_open((struct bytes){ message->record.data, message->record.len },
		arena, &record, NULL, msg);
	if (error != 0) {
		error = error == CORDON_ENOMEM ? error : CORDON_EPROTO;
		return errmsg_wrap(msg, error, "match %s: its record", match->id);
	}
	if (record->id == NULL || strcmp(record->id, match->id) != 0) {
		return errmsg_set(msg, CORDON_EPROTO,
			"match %s: the record with it is not its own", match->id);
	}
	match->record = record;
	take_name(message->name, match);
	return 0;
}

static int read_matches(const Cordon__Answer *message, struct arena *arena,
	struct cordon_answer *answer, struct errmsg *msg)
{
	size_t count = message->n_matches;
	struct cordon_match *matches = arena_array(arena, count, sizeof(*matches));
	int error = matches == NULL ? CORDON_ENOMEM : 0;

	for (size_t i = 0; error == 0 && i < count; i++) {
		error = read_match(message->matches[i], arena, &matches[i], msg);
	}
	answer->matches = matches;
	answer->matches_count = count;
	return error;
}

static void read_cleared(const Cordon__Answer *message, struct arena *arena,
	struct cordon_answer *answer, bool *bad)
{
	size_t count = message->n_cleared;
	struct cordon_cleared *cleared = arena_array(arena, count, sizeof(*cleared));

	for (size_t i = 0; cleared != NULL && i < count; i++) {
		cleared[i].id = message_text(message->cleared[i]->id, arena, bad);
		cleared[i].why = message_text(message->cleared[i]->why, arena, bad);
		*bad = *bad || cleared[i].id == NULL;
	}
	answer->cleared = cleared;
	answer->cleared_count = count;
}

/* What says "nothing found" must have found nothing, and the other way round. */
static int check_verdict(const struct cordon_answer *answer, struct errmsg *msg)
{
	enum cordon_verdict highest = CORDON_VERDICT_CLEAR;

	for (size_t i = 0; i < answer->matches_count; i++) {
		if (answer->matches[i].verdict > highest) {
			highest = answer->matches[i].verdict;
		}
	}
	if (answer->verdict < CORDON_VERDICT_CLEAR ||
		answer->verdict > CORDON_VERDICT_MATCH) {
		return errmsg_set(msg, CORDON_EPROTO, "%u is no verdict",
			(unsigned)answer->verdict);
	}
	if (answer->verdict < highest || (answer->verdict > CORDON_VERDICT_CLEAR &&
						 answer->matches_count == 0)) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the verdict contradicts the %zu matches",
			answer->matches_count);
	}
	if (answer->complete && answer->missing_count > 0) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the answer says complete and names %zu missing lists",
			answer->missing_count);
	}
	return 0;
}

static void read_error(const Cordon__Answer *message, struct arena *arena,
	struct cordon_answer *answer)
{
	struct failure failure;

	failure_from_message(message->error, arena, &failure);
	answer->error = failure.error;
	answer->error_text = failure.text;
}

int lookup_answer_read(const Cordon__Answer *message, struct arena *arena,
	struct cordon_answer *answer, struct errmsg *msg)
{
	struct cordon_answer out = { .took_us = message->took_us };
	bool bad = false;
	int error = 0;

	out.lookup = message_text(message->lookup, arena, &bad);
	if (message->error != NULL) {
		read_error(message, arena, &out);
	} else {
		out.verdict = (enum cordon_verdict)message->verdict;
		out.complete = message->complete;
		out.more = message->more;
		out.missing =
			read_texts(message->missing, message->n_missing, arena, &bad);
		out.missing_count = message->n_missing;
		out.namesakes = message->namesakes;
		out.cut = message->cut;
		out.narrow =
			read_texts(message->narrow, message->n_narrow, arena, &bad);
		out.narrow_count = message->n_narrow;
		read_cleared(message, arena, &out, &bad);
		error = read_matches(message, arena, &out, msg);
	}
	if (error == 0 && arena->failed) {
		error = errmsg_set(
			msg, CORDON_ENOMEM, "the answer needs too much memory");
	}
	if (error == 0 && bad) {
		error = errmsg_set(msg, CORDON_EPROTO, "the answer is out of form");
	}
	if (error == 0 && out.error == 0) {
		error = check_verdict(&out, msg);
	}
	if (error == 0) {
		*answer = out;
	}
	return error;
}
