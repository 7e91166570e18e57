/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_ofac.h"

#include <string.h>

#include "client/ctl/import_text.h"

#define REMARKS_BYTES_MAX                                                              \
	1000 /* of OFAC's column: what is longer goes to another file */

static struct arena *arena_of(struct draft *draft)
{
	return &draft->import->arena;
}

static void note_born(struct draft *draft, const char *text)
{
	import_remark(draft->import, "date of birth \"%s\" is in the note only", text);
	draft_note(draft, "born", text);
}

/* "10 Dec 1948", "circa 1951", "1954 to 1955", "01 Jan 1960 to 31 Dec 1961" */
static void take_born(struct draft *draft, const char *text)
{
	static const char circa[] = "circa ";
	bool approximate = import_text_starts(text, circa);
	const char *at = approximate ? text + strlen(circa) : text;
	struct cordon_date first, last;
	size_t size = import_text_date(at, &first);

	if (size == 0) {
		note_born(draft, text);
		return;
	}
	at += size;
	if (*at == '\0') {
		draft_born(draft, first, approximate);
		return;
	}
	at += import_text_starts(at, " to ") ? 4 : strspn(at, "-");
	size = import_text_date(at, &last);
	if (size == 0 || at[size] != '\0' || last.year < first.year) {
		note_born(draft, text);
		return;
	}
	draft_born_between(draft, first, last);
	draft->person.born_approximate = draft->person.born_approximate || approximate;
}

/* "Alexandria, Egypt": the state is what stands behind the last comma. */
static void take_birth_place(struct draft *draft, const char *text)
{
	const char *comma = strrchr(text, ',');
	const char *place;

	if (import_country(draft->countries, text) != NULL) {
		draft_birth_place(draft, NULL, text);
		return;
	}
	if (comma == NULL || import_country(draft->countries, comma + 1) == NULL) {
		draft_birth_place(draft, text, NULL);
		return;
	}
	place = import_text_clean(arena_of(draft), text, (size_t)(comma - text));
	draft_birth_place(draft, place, comma + 1 + strspn(comma + 1, " "));
}

static void take_gender(struct draft *draft, const char *text)
{
	if (strcmp(text, "Male") == 0) {
		draft->person.sex = CORDON_SEX_M;
	} else if (strcmp(text, "Female") == 0) {
		draft->person.sex = CORDON_SEX_F;
	} else {
		draft_note(draft, "gender", text);
	}
}

/* 'THE CLERK': names in quotes are those that OFAC calls weak. */
static void take_quoted(
	struct draft *draft, enum cordon_name_type type, const char *text)
{
	const char *open = strchr(text, '\''), *close = strrchr(text, '\'');
	const char *name;

	if (open == NULL) {
		open = text - 1;
	}
	if (close == NULL || close == open) {
		close = text + strlen(text);
	}
	name = import_text_clean(arena_of(draft), open + 1, (size_t)(close - open) - 1);
	if (name != NULL) {
		ofac_name(draft, type, name);
	}
}

static void take_alias(struct draft *draft, const char *text)
{
	take_quoted(draft, CORDON_NAME_WEAK_ALIAS, text);
}

static void take_former(struct draft *draft, const char *text)
{
	take_quoted(draft, CORDON_NAME_FORMER, text);
}

/* What a segment of remarks begins with, "alt. " taken off. */
static const struct {
	const char *label;
	void (*take)(struct draft *draft, const char *text);
} labels[] = {
	{ "DOB ", take_born },
	{ "POB ", take_birth_place },
	{ "nationality ", draft_nationality },
	{ "citizen ", draft_nationality },
	{ "Gender ", take_gender },
	{ "a.k.a. ", take_alias },
	{ "n.k.a. ", take_alias },
	{ "f.k.a. ", take_former },
};

static void take_segment(struct draft *draft, const char *segment)
{
	static const char alternative[] = "alt. ";
	const char *text = segment;

	if (strncmp(text, alternative, strlen(alternative)) == 0) {
		text += strlen(alternative);
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t size = strlen(labels[i].label);

		if (strncmp(text, labels[i].label, size) == 0) {
			labels[i].take(draft, text + size);
			return;
		}
	}
	if (!ofac_paper(draft, text)) {
		draft_note(draft, NULL, segment);
		draft_mentioned_passports(draft, segment);
	}
}

void ofac_remarks(struct draft *draft, const char *remarks)
{
	size_t size = strlen(remarks);
	const char *text = remarks;

	if (size >= REMARKS_BYTES_MAX) {
		import_remark(draft->import,
			"the remarks fill the %d characters that OFAC's file allows: "
			"their end "
			"may be cut",
			REMARKS_BYTES_MAX);
	}
	size -= remarks[size - 1] == '.' ? 1 : 0;
	while (text < remarks + size) {
		size_t bytes = strcspn(text, ";");
		const char *segment;

		bytes = text + bytes > remarks + size ? (size_t)(remarks + size - text)
						      : bytes;
		segment = import_text_clean(arena_of(draft), text, bytes);
		if (segment != NULL) {
			take_segment(draft, segment);
		}
		text += bytes + 1;
	}
}
