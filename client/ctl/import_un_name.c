/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_un.h"

#include <string.h>

#include "client/ctl/import_text.h"

/* Names of an INDIVIDUAL. */

static struct arena *arena_of(struct draft *draft)
{
	return &draft->import->arena;
}

void un_primary_name(struct draft *draft, const struct xml_node *person)
{
	static const char *const parts[] = { "FIRST_NAME", "SECOND_NAME", "THIRD_NAME",
		"FOURTH_NAME" };
	const char *all = NULL;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *part = xml_text(person, parts[i]);

		if (part != NULL) {
			all = all == NULL ? part
					  : arena_printf(arena_of(draft), "%s %s", all,
						    part);
		}
	}
	/* the parts are numbered, not named: which is the surname differs by people */
	draft_full_name(draft, CORDON_NAME_PRIMARY, all);
	draft_full_name(
		draft, CORDON_NAME_PRIMARY, xml_text(person, "NAME_ORIGINAL_SCRIPT"));
}

static const char *clean_range(struct draft *draft, const char *begin, size_t bytes)
{
	return import_text_clean(arena_of(draft), begin, bytes);
}

static bool ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80) {
		text++;
	}
	return *text == '\0';
}

/*
 * "Sedrik Tolmar (original script: Седрик Толмар)", "Lo Testan (测试三)": beside the
 * whole as printed, the name alone, and the one in brackets when it is of another
 * script.
 */
static void take_bracketed(struct draft *draft, enum cordon_name_type type,
	const char *name, const char *open)
{
	static const char original[] = "original script:";
	size_t inside = strcspn(open + 1, ")");
	const char *other;

	draft_full_name(draft, type, clean_range(draft, name, (size_t)(open - name)));
	other = clean_range(draft, open + 1, inside);
	if (other == NULL || (ascii(other) && !import_text_starts(other, original))) {
		return;
	}
	if (import_text_starts(other, original)) {
		other += strlen(original);
	}
	draft_full_name(draft, type, clean_range(draft, other, strlen(other)));
}

static void take_one_alias(
	struct draft *draft, enum cordon_name_type type, const char *name)
{
	const char *open;

	if (name == NULL) {
		return;
	}
	draft_full_name(draft, type, name);
	open = strchr(name, '(');
	if (open != NULL) {
		take_bracketed(draft, type, name, open);
	}
	draft_mentioned_passports(draft, name);
}

/* "one; another; a third" */
static void take_aliases(
	struct draft *draft, enum cordon_name_type type, const char *names)
{
	while (*names != '\0') {
		size_t bytes = strcspn(names, ";");

		take_one_alias(draft, type, clean_range(draft, names, bytes));
		names += bytes;
		names += strspn(names, "; ");
	}
}

/* Names that the note of an alias gives in another script. */
void un_noted_name(struct draft *draft, enum cordon_name_type type, const char *note)
{
	static const char *const marks[] = {
		"original script:", "in Arabic:", "name in Arabic script:"
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *at = import_text_find(note, marks[i]);

		if (at != NULL) {
			at += strlen(marks[i]);
			draft_full_name(
				draft, type, clean_range(draft, at, strcspn(at, ";")));
			return;
		}
	}
}

/* A false identity has its own birth, which the person may show at the border. */
void un_alias(struct draft *draft, const struct xml_node *alias)
{
	const char *quality = xml_text(alias, "QUALITY");
	const char *name = xml_text(alias, "ALIAS_NAME");
	const char *born = xml_text(alias, "DATE_OF_BIRTH");
	const char *note = xml_text(alias, "NOTE");
	enum cordon_name_type type = quality != NULL && strcmp(quality, "Low") == 0
					     ? CORDON_NAME_WEAK_ALIAS
					     : CORDON_NAME_ALIAS;

	if (name != NULL) {
		take_aliases(draft, type, name);
	}
	if (born != NULL) {
		un_birth_text(draft, born, false);
	}
	draft_birth_place(draft, xml_text(alias, "CITY_OF_BIRTH"),
		xml_text(alias, "COUNTRY_OF_BIRTH"));
	if (note != NULL) {
		draft_note(draft, name == NULL ? "alias" : name, note);
		draft_mentioned_passports(draft, note);
		un_noted_name(draft, type, note);
	}
}
