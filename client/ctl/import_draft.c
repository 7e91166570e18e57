/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_draft.h"

#include <string.h>

#include "client/ctl/import_text.h"
#include "proto/record.h"

/* A line for the note. */
struct draft_note {
	const char *text;
	struct draft_note *next;
};

void draft_begin(struct draft *draft, struct import *import,
	const struct import_countries *countries)
{
	memset(draft, 0, sizeof(*draft));
	draft->import = import;
	draft->countries = countries;
	draft->person.names = draft->names;
	draft->person.born_alternatives = draft->births;
	draft->person.nationalities = draft->nationalities;
	draft->person.personal_numbers = draft->personal_numbers;
	draft->person.documents = draft->documents;
	draft->record.person = &draft->person;
	draft->record.source = &draft->source;
	draft->record.decision = &draft->decision;
	draft->record.actions = &draft->action;
	draft->record.actions_count = 1;
	draft->next_note = &draft->first_note;
}

void draft_note(struct draft *draft, const char *label, const char *text)
{
	struct arena *arena = &draft->import->arena;
	const char *clean =
		text == NULL ? NULL : import_text_clean(arena, text, strlen(text));
	struct draft_note *note = arena_alloc(arena, sizeof(*note));

	if (clean == NULL || note == NULL) {
		return;
	}
	note->text =
		label == NULL ? clean : arena_printf(arena, "%s: %s", label, clean);
	if (note->text != NULL) {
		*draft->next_note = note;
		draft->next_note = &note->next;
	}
}

/* ---- births -------------------------------------------------------------------- */

static bool born_already(const struct draft *draft, const struct cordon_date *date)
{
	const struct cordon_person *person = &draft->person;
	bool found =
		!date_absent(&person->born) && date_compare(&person->born, date) == 0;

	for (size_t i = 0; !found && i < person->born_alternatives_count; i++) {
		found = date_compare(&draft->births[i], date) == 0;
	}
	return found;
}

void draft_born(struct draft *draft, struct cordon_date date, bool approximate)
{
	struct cordon_person *person = &draft->person;
	char text[16];

	person->born_approximate = person->born_approximate || approximate;
	if (born_already(draft, &date)) {
		return;
	}
	if (date_absent(&person->born)) {
		person->born = date;
	} else if (person->born_alternatives_count < DRAFT_BIRTHS) {
		draft->births[person->born_alternatives_count++] = date;
	} else {
		date_text(&date, text);
		import_remark(draft->import,
			"more than %d dates of birth: %s is in the note only",
			DRAFT_BIRTHS + 1, text);
		draft_note(draft, "born", text);
	}
}

/*
 * Years between are entered one by one, so that each is found.  A span too long for
 * that is given by its ends and "approximate".
 */
void draft_born_between(
	struct draft *draft, struct cordon_date first, struct cordon_date last)
{
	int years = last.year - first.year;
	size_t room = DRAFT_BIRTHS - draft->person.born_alternatives_count;

	if (first.year == last.year) {
		last.day = 0;
		last.month = first.month == last.month ? last.month : 0;
		draft_born(draft, last, false);
	} else if (years > 0 && (size_t)years < room) {
		for (int year = first.year; year <= last.year; year++) {
			draft_born(draft, (struct cordon_date){ (int16_t)year, 0, 0 },
				false);
		}
	} else {
		draft_born(draft, first, true);
		draft_born(draft, last, true);
	}
}

/* ---- places -------------------------------------------------------------------- */

static const char *country_of(struct draft *draft, const char *text)
{
	const char *code = import_country(draft->countries, text);

	if (code == NULL) {
		import_remark(
			draft->import, "no state is known by the name \"%s\"", text);
		draft_note(draft, "state as printed", text);
	}
	return code;
}

void draft_birth_place(struct draft *draft, const char *place, const char *country)
{
	struct arena *arena = &draft->import->arena;
	struct cordon_person *person = &draft->person;
	const char *code = country == NULL ? NULL : country_of(draft, country);
	bool first = person->birth_place == NULL && person->birth_state == NULL;

	if (place == NULL && country == NULL) {
		return;
	}
	if (first &&
		(place == NULL || import_text_length(place) <= DRAFT_LINE_LONGEST)) {
		person->birth_place = place;
		person->birth_state = code;
		return;
	}
	draft_note(draft, "place of birth",
		place == NULL     ? country
		: country == NULL ? place
				  : arena_printf(arena, "%s, %s", place, country));
}

static bool says_unknown(const char *text)
{
	return strlen(text) <= 3 &&
	       (import_text_starts(text, "na") || import_text_starts(text, "n/a"));
}

void draft_nationality(struct draft *draft, const char *country)
{
	struct cordon_person *person = &draft->person;
	const char *code;

	if (says_unknown(country)) {
		return;
	}
	code = country_of(draft, country);
	for (size_t i = 0; code != NULL && i < person->nationalities_count; i++) {
		if (strcmp(draft->nationalities[i], code) == 0) {
			return;
		}
	}
	if (code != NULL && person->nationalities_count < DRAFT_NATIONALITIES) {
		draft->nationalities[person->nationalities_count++] = code;
	} else if (code != NULL) {
		draft_note(draft, "nationality", country);
	}
}

/* ---- the record ------------------------------------------------------------------ */

static const char *join_notes(const struct draft *draft)
{
	struct arena *arena = &draft->import->arena;
	size_t size = 1, used = 0;
	char *all;

	for (const struct draft_note *n = draft->first_note; n != NULL; n = n->next) {
		size += strlen(n->text) + 2;
	}
	all = arena_alloc(arena, size);
	for (const struct draft_note *n = draft->first_note; all != NULL && n != NULL;
		n = n->next) {
		size_t bytes = strlen(n->text);

		if (used > 0) {
			memcpy(all + used, "; ", 2);
			used += 2;
		}
		memcpy(all + used, n->text, bytes);
		used += bytes;
	}
	return used == 0 ? NULL : all;
}

static const char *make_note(struct draft *draft)
{
	static const char cut_mark[] = " […]";
	const char *all = join_notes(draft);
	size_t length = all == NULL ? 0 : import_text_length(all);
	size_t bytes;

	if (length <= DRAFT_NOTE_LONGEST) {
		return all;
	}
	import_remark(draft->import,
		"the note is cut: %zu characters of comments and the like, %d have "
		"room",
		length, DRAFT_NOTE_LONGEST);
	bytes = import_text_cut(all, DRAFT_NOTE_LONGEST - import_text_length(cut_mark));
	return arena_printf(&draft->import->arena, "%.*s%s", (int)bytes, all, cut_mark);
}

static struct cordon_date valid_until(const struct import *import)
{
	const struct import_options *options = import->options;
	uint32_t days = options->valid_days != 0       ? options->valid_days
			: options->retention_days != 0 ? options->retention_days
						       : RECORD_RETENTION_DEFAULT_DAYS;

	return date_from_days(date_days(&import->as_of) + days);
}

static const char *line(struct draft *draft, const char *label, const char *text)
{
	if (text == NULL || import_text_length(text) <= DRAFT_LINE_LONGEST) {
		return text;
	}
	draft_note(draft, label, text);
	return arena_text(
		&draft->import->arena, text, import_text_cut(text, DRAFT_LINE_LONGEST));
}

int draft_finish(struct draft *draft, const char *list, const char *reference)
{
	struct import *import = draft->import;
	struct cordon_record *record = &draft->record;
	struct cordon_person *person = &draft->person;

	if (person->names_count == 0 && !import->arena.failed) {
		import_refuse(import, "the entry has no name");
		return 0;
	}
	record->id = arena_printf(&import->arena, "%s-%s-%s",
		import->options->owner.code, list, reference);
	record->kind = CORDON_KIND_ENTRY_BAN;
	record->valid_from = import->as_of;
	record->valid_until = valid_until(import);
	record->utc_offset_min = import->options->utc_offset_min;
	draft->source = (struct cordon_source){ list, reference };
	draft->decision.legal_basis =
		line(draft, "legal basis", draft->decision.legal_basis);
	record->weak = date_absent(&person->born) && person->documents_count == 0 &&
		       person->personal_numbers_count == 0;
	record->note = make_note(draft);
	if (import->arena.failed) {
		import_refuse(import, "the entry needs more than %u bytes of memory",
			IMPORT_ENTRY_BYTES_MAX);
		return 0;
	}
	return import_record(import, record);
}
