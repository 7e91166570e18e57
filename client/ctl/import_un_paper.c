/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_un.h"

#include <string.h>

#include "client/ctl/import_text.h"
#include "proto/record.h"

/* Documents of an INDIVIDUAL. */

static const char *const expiry_words[] = { "expir", "valid until", "exp.", NULL };
static const char *const issue_words[] = { "date of issue", "issued on", "issued",
	NULL };

/* A paper that is not one of identity, though the list puts it among them. */
static bool other_paper(const char *label)
{
	static const char *const words[] = { "birth certificate", "certificate",
		"ration", "driv", "voter", "student", "serviceman", "residential",
		"military", "other" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (import_text_find(label, words[i]) != NULL) {
			return true;
		}
	}
	return false;
}

static bool about_passport(const char *type)
{
	return import_text_find(type, "passport") != NULL ||
	       import_text_find(type, "passeport") != NULL ||
	       import_text_find(type, "pasaporte") != NULL;
}

static void classify(struct draft_paper *paper, const char *type, const char *detail)
{
	paper->label = detail != NULL ? detail : type != NULL ? type : "document";
	if (type != NULL && about_passport(type)) {
		paper->type = CORDON_DOCUMENT_PASSPORT;
		return;
	}
	if (other_paper(paper->label)) {
		return;
	}
	paper->type = CORDON_DOCUMENT_IDENTITY_CARD;
	paper->personal = import_text_find(paper->label, "card") == NULL;
}

static const char *issuing_country(const struct xml_node *document)
{
	static const char *const names[] = { "ISSUING_COUNTRY", "COUNTRY_OF_ISSUE" };
	const char *country = NULL;

	for (size_t i = 0; country == NULL && i < 2; i++) {
		country = xml_text(document, names[i]);
	}
	return country;
}

static void take_dates(const struct xml_node *document, struct draft_paper *paper)
{
	const char *issued = xml_text(document, "DATE_OF_ISSUE");
	const char *note = xml_text(document, "NOTE");

	if (issued != NULL) {
		import_text_date(issued, &paper->issued_on);
	} else if (note != NULL) {
		import_text_date_after(note, issue_words, &paper->issued_on);
	}
	if (note != NULL) {
		import_text_date_after(note, expiry_words, &paper->expires_on);
	} else if (paper->number != NULL) {
		import_text_date_after(paper->number, expiry_words, &paper->expires_on);
	}
}

void un_document(struct draft *draft, const struct xml_node *document)
{
	const char *detail = xml_text(document, "TYPE_OF_DOCUMENT2");
	const char *note = xml_text(document, "NOTE");
	struct draft_paper paper = {
		.number = xml_text(document, "NUMBER"),
		.country = issuing_country(document),
	};

	classify(&paper, xml_text(document, "TYPE_OF_DOCUMENT"), detail);
	if (paper.number == NULL) {
		paper.number = detail; /* "… (tazkira) number 945167" */
	}
	if (paper.number != NULL) {
		take_dates(document, &paper);
		draft_paper(draft, &paper);
		draft_note(draft, paper.number, note);
	} else {
		draft_note(draft, paper.label, note);
	}
	if (note != NULL) {
		un_noted_name(draft, CORDON_NAME_ALIAS, note);
	}
	draft_note(draft, "issued at", xml_text(document, "CITY_OF_ISSUE"));
}
