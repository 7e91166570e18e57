/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_un.h"

#include <string.h>

#include "client/ctl/import_text.h"
#include "proto/record.h"

/* Births, places and nationalities of an INDIVIDUAL. */

static struct arena *arena_of(struct draft *draft)
{
	return &draft->import->arena;
}

static void keep_birth_text(struct draft *draft, const char *text)
{
	import_remark(draft->import, "date of birth \"%s\" is in the note only", text);
	draft_note(draft, "born", text);
}

void un_birth_text(struct draft *draft, const char *text, bool approximate)
{
	struct cordon_date date;
	size_t size = import_text_date(text, &date);

	if (size > 0 && text[size] == '\0') {
		draft_born(draft, date, approximate);
	} else {
		import_remark(draft->import, "date of birth \"%s\" is in the note only",
			text);
		draft_note(draft, "born", text);
	}
}

static bool year_of(
	const struct xml_node *node, const char *name, struct cordon_date *date)
{
	const char *text = xml_text(node, name);

	return text != NULL && strlen(text) == 4 && date_parse(date, text, 4);
}

/* "Nov. 1973", or "Sep." beside a year. */
static void take_birth_note(struct draft *draft, const struct xml_node *birth,
	const char *note, bool approximate)
{
	struct cordon_date date = { 0, 0, 0 };
	const char *text = note;
	size_t size;

	if (year_of(birth, "YEAR", &date)) {
		text = arena_printf(
			arena_of(draft), "%s %s", note, xml_text(birth, "YEAR"));
	}
	size = text == NULL ? 0 : import_text_date(text, &date);
	if (size > 0 && text[size] == '\0') {
		draft_born(draft, date, approximate);
		return;
	}
	if (!date_absent(&date)) {
		draft_born(draft, date, approximate);
	}
	keep_birth_text(draft, note);
}

void un_birth(struct draft *draft, const struct xml_node *birth)
{
	const char *type = xml_text(birth, "TYPE_OF_DATE");
	const char *text = xml_text(birth, "DATE");
	const char *note = xml_text(birth, "NOTE");
	bool approximate = type != NULL && strcmp(type, "APPROXIMATELY") == 0;
	struct cordon_date first, last;

	if (year_of(birth, "FROM_YEAR", &first) && year_of(birth, "TO_YEAR", &last)) {
		draft_born_between(draft, first, last);
		draft_note(draft, "born", note);
	} else if (text != NULL) {
		un_birth_text(draft, text, approximate);
		draft_note(draft, "born", note);
	} else if (note != NULL) {
		take_birth_note(draft, birth, note, approximate);
	} else if (year_of(birth, "YEAR", &first)) {
		draft_born(draft, first, approximate);
	} else if (xml_text(birth, "YEAR") != NULL) {
		un_birth_text(draft, xml_text(birth, "YEAR"), approximate);
	}
}

void un_birth_place(struct draft *draft, const struct xml_node *place)
{
	static const char *const parts[] = { "STREET", "CITY", "STATE_PROVINCE", NULL };

	draft_birth_place(
		draft, un_join(draft, place, parts), xml_text(place, "COUNTRY"));
	draft_note(draft, "place of birth", xml_text(place, "NOTE"));
}

void un_nationality(struct draft *draft, const struct xml_node *nationality)
{
	for (const struct xml_node *n = nationality->first; n != NULL; n = n->next) {
		if (n->text != NULL) {
			draft_nationality(draft, n->text);
		}
	}
}
