/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_draft.h"

#include <string.h>

#include "client/ctl/import_text.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Types from the one that says most of the person to the one that says least. */
static unsigned weight(uint32_t type)
{
	static const uint32_t order[] = { CORDON_NAME_PRIMARY, CORDON_NAME_ALIAS,
		CORDON_NAME_FORMER, CORDON_NAME_WEAK_ALIAS };
	unsigned i = 0;

	while (i < sizeof(order) / sizeof(order[0]) && order[i] != type) {
		i++;
	}
	return i;
}

static const char *any_part(const struct cordon_name *name)
{
	return name->full != NULL      ? name->full
	       : name->surname != NULL ? name->surname
				       : name->given;
}

static void add(struct draft *draft, const struct cordon_name *name)
{
	struct cordon_person *person = &draft->person;

	for (size_t i = 0; i < person->names_count; i++) {
		struct cordon_name *old = &draft->names[i];

		if (same_text(old->surname, name->surname) &&
			same_text(old->given, name->given) &&
			same_text(old->full, name->full)) {
			old->type = weight(name->type) < weight(old->type) ? name->type
									   : old->type;
			return;
		}
	}
	if (person->names_count < DRAFT_NAMES) {
		draft->names[person->names_count++] = *name;
		return;
	}
	import_remark(draft->import, "more than %d names: \"%s\" is in the note only",
		DRAFT_NAMES, any_part(name));
	draft_note(draft, "name", any_part(name));
}

/* The next piece of *text for a part of a name; NULL when nothing is left. */
static const char *piece(struct draft *draft, const char **text)
{
	size_t bytes = import_text_cut(*text, DRAFT_NAME_LONGEST);
	const char *part =
		bytes == 0 ? NULL : arena_text(&draft->import->arena, *text, bytes);

	*text += bytes;
	*text += strspn(*text, " ");
	return part;
}

/*
 * A name too long for one field (lists print whole sentences) is spread over the three
 * parts: it is then still found by all its words.
 */
static void add_long(struct draft *draft, enum cordon_name_type type, const char *full)
{
	struct cordon_name name = { .type = type };
	const char *rest = full;

	name.surname = piece(draft, &rest);
	name.given = piece(draft, &rest);
	name.patronymic = piece(draft, &rest);
	add(draft, &name);
	if (*rest != '\0') {
		import_remark(draft->import,
			"a name of %zu characters is cut; the rest is in the note",
			import_text_length(full));
		draft_note(draft, "rest of a name", rest);
	}
}

void draft_full_name(struct draft *draft, enum cordon_name_type type, const char *full)
{
	struct cordon_name name = { .type = type };

	if (full == NULL) {
		return;
	}
	if (import_text_length(full) > DRAFT_FULL_LONGEST) {
		add_long(draft, type, full);
		return;
	}
	name.full = full;
	add(draft, &name);
}

void draft_name(struct draft *draft, enum cordon_name_type type, const char *surname,
	const char *given)
{
	struct cordon_name name = { .type = type, .surname = surname, .given = given };

	if (surname == NULL && given == NULL) {
		return;
	}
	if ((surname != NULL && import_text_length(surname) > DRAFT_NAME_LONGEST) ||
		(given != NULL && import_text_length(given) > DRAFT_NAME_LONGEST)) {
		draft_full_name(draft, type,
			arena_printf(&draft->import->arena, "%s %s",
				given == NULL ? "" : given,
				surname == NULL ? "" : surname));
		return;
	}
	add(draft, &name);
}
