/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_un.h"

#include <string.h>

#include "client/ctl/import_text.h"
#include "proto/record.h"

/* One INDIVIDUAL of the UN's list (sc-sanctions.xsd). */

static struct arena *arena_of(struct draft *draft)
{
	return &draft->import->arena;
}

/* The texts of the named children, those that there are, with commas between. */
const char *un_join(
	struct draft *draft, const struct xml_node *node, const char *const *names)
{
	const char *all = NULL;

	for (; *names != NULL; names++) {
		const char *text = xml_text(node, *names);

		if (text != NULL) {
			all = all == NULL ? text
					  : arena_printf(arena_of(draft), "%s, %s", all,
						    text);
		}
	}
	return all;
}

static void take_gender(struct draft *draft, const struct xml_node *gender)
{
	if (gender->text == NULL) {
		return;
	}
	if (strcmp(gender->text, "Male") == 0) {
		draft->person.sex = CORDON_SEX_M;
	} else if (strcmp(gender->text, "Female") == 0) {
		draft->person.sex = CORDON_SEX_F;
	} else {
		draft_note(draft, "gender", gender->text);
	}
}

static void take_values(
	struct draft *draft, const char *label, const struct xml_node *values)
{
	for (const struct xml_node *n = values->first; n != NULL; n = n->next) {
		draft_note(draft, label, n->text);
	}
}

static void take_title(struct draft *draft, const struct xml_node *title)
{
	take_values(draft, "title", title);
}

static void take_designation(struct draft *draft, const struct xml_node *designation)
{
	take_values(draft, "designation", designation);
}

static void take_comments(struct draft *draft, const struct xml_node *comments)
{
	draft_note(draft, NULL, comments->text);
	if (comments->text != NULL) {
		draft_mentioned_passports(draft, comments->text);
	}
}

static void take_address(struct draft *draft, const struct xml_node *address)
{
	static const char *const parts[] = { "STREET", "CITY", "STATE_PROVINCE",
		"ZIP_CODE", "COUNTRY", "NOTE", NULL };

	draft_note(draft, "address", un_join(draft, address, parts));
}

static void take_reference(struct draft *draft, const struct xml_node *reference)
{
	draft->decision.number = reference->text;
}

static void take_listed_on(struct draft *draft, const struct xml_node *listed)
{
	struct cordon_date date;

	/* "2015-03-27-04:00" has an offset behind */
	if (listed->text != NULL && strlen(listed->text) >= 10 &&
		date_parse(&date, listed->text, 10)) {
		draft->decision.date = date;
	} else {
		draft_note(draft, "listed on", listed->text);
	}
}

static void take_list_type(struct draft *draft, const struct xml_node *type)
{
	if (type->text != NULL) {
		draft->decision.legal_basis = arena_printf(
			arena_of(draft), "UN sanctions list %s", type->text);
	}
}

static void pass_over(struct draft *draft, const struct xml_node *node)
{
	(void)draft;
	(void)node;
}

/* What is to be known first stands first: a long note is cut at its end. */
static const struct {
	const char *name;
	void (*take)(struct draft *draft, const struct xml_node *node);
} fields[] = {
	{ "REFERENCE_NUMBER", take_reference },
	{ "LISTED_ON", take_listed_on },
	{ "UN_LIST_TYPE", take_list_type },
	{ "GENDER", take_gender },
	{ "TITLE", take_title },
	{ "DESIGNATION", take_designation },
	{ "NATIONALITY", un_nationality },
	{ "INDIVIDUAL_DATE_OF_BIRTH", un_birth },
	{ "INDIVIDUAL_PLACE_OF_BIRTH", un_birth_place },
	{ "INDIVIDUAL_ALIAS", un_alias },
	{ "INDIVIDUAL_DOCUMENT", un_document },
	{ "COMMENTS1", take_comments },
	{ "INDIVIDUAL_ADDRESS", take_address },
	{ "DATAID", pass_over },
	{ "VERSIONNUM", pass_over },
	{ "FIRST_NAME", pass_over }, /* un_primary_name has them */
	{ "SECOND_NAME", pass_over },
	{ "THIRD_NAME", pass_over },
	{ "FOURTH_NAME", pass_over },
	{ "NAME_ORIGINAL_SCRIPT", pass_over },
	{ "LIST_TYPE", pass_over },
	{ "LAST_DAY_UPDATED", pass_over },
	{ "SORT_KEY", pass_over },
	{ "SORT_KEY_LAST_MOD", pass_over },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static void report_unknown(struct draft *draft, const struct xml_node *person)
{
	for (const struct xml_node *n = person->first; n != NULL; n = n->next) {
		size_t i = 0;

		while (i < FIELDS && strcmp(fields[i].name, n->name) != 0) {
			i++;
		}
		if (i == FIELDS) {
			import_remark(draft->import,
				"element %.40s is not known; its text is in the note",
				n->name);
			draft_note(draft, n->name, n->text);
			take_values(draft, n->name, n);
		}
	}
}

void un_person_read(struct draft *draft, struct import *import,
	const struct import_countries *countries, const struct xml_node *person)
{
	draft_begin(draft, import, countries);
	draft->record.reason = CORDON_REASON_UN_SANCTIONS;
	draft->action = CORDON_ACTION_REFUSE_ENTRY;
	draft->decision.authority = "United Nations Security Council";
	un_primary_name(draft, person);
	for (size_t i = 0; i < FIELDS; i++) {
		for (const struct xml_node *n = person->first; n != NULL; n = n->next) {
			if (strcmp(n->name, fields[i].name) == 0) {
				fields[i].take(draft, n);
			}
		}
	}
	report_unknown(draft, person);
}
