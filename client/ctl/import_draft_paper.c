/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_draft.h"

#include <string.h>

#include "client/ctl/import_number.h"
#include "client/ctl/import_text.h"
#include "proto/record.h"

#define COUNTRY_WORDS 4   /* "Central African Republic number O90065772" */
#define COUNTRY_LETTERS 4 /* fewer could be a series of numbers, such as US */

/* What text between two marks names, or NULL. */
static const char *country_in(struct draft *draft, const char *text, size_t bytes)
{
	const char *clean = import_text_clean(&draft->import->arena, text, bytes);

	return clean == NULL ? NULL : import_country(draft->countries, clean);
}

/* The country that a number's own text names: "R90012098, South Sudan", "903062567
 * (US)", "Libya 928720". */
static const char *country_around(struct draft *draft, const char *text)
{
	const char *comma = strchr(text, ','), *open = strchr(text, '(');
	const char *code = NULL;
	size_t bytes = 0;

	if (comma != NULL) {
		code = country_in(draft, comma + 1, strlen(comma + 1));
	}
	if (code == NULL && open != NULL) {
		code = country_in(draft, open + 1, strcspn(open + 1, ")"));
	}
	for (size_t words = 0; code == NULL && words < COUNTRY_WORDS; words++) {
		bytes += strspn(text + bytes, " ");
		bytes += strcspn(text + bytes, " ");
		code = bytes < COUNTRY_LETTERS ? NULL : country_in(draft, text, bytes);
	}
	return code;
}

static bool same_issuer(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

/* The same paper listed twice tells what the first time left out. */
static void merge(struct cordon_document *old, const struct cordon_document *document)
{
	old->issuer = old->issuer == NULL ? document->issuer : old->issuer;
	if (date_absent(&old->issued_on) && date_absent(&old->expires_on)) {
		old->issued_on = document->issued_on;
		old->expires_on = document->expires_on;
	}
}

static void add_document(struct draft *draft, const struct cordon_document *document)
{
	struct cordon_person *person = &draft->person;

	for (size_t i = 0; i < person->documents_count; i++) {
		struct cordon_document *old = &draft->documents[i];

		if (old->type == document->type &&
			same_issuer(old->issuer, document->issuer) &&
			import_number_same(old->number, document->number)) {
			merge(old, document);
			return;
		}
	}
	if (person->documents_count < DRAFT_DOCUMENTS) {
		draft->documents[person->documents_count++] = *document;
		return;
	}
	import_remark(draft->import,
		"more than %d documents: number %s is in the note only",
		DRAFT_DOCUMENTS, document->number);
	draft_note(draft, "document", document->number);
}

static void add_personal_number(
	struct draft *draft, const char *number, const char *issuer)
{
	struct cordon_person *person = &draft->person;

	for (size_t i = 0; i < person->personal_numbers_count; i++) {
		if (strcmp(draft->personal_numbers[i].issuer, issuer) == 0 &&
			import_number_same(draft->personal_numbers[i].number, number)) {
			return;
		}
	}
	/* beyond the room it is still among the documents */
	if (person->personal_numbers_count < DRAFT_PERSONAL_NUMBERS) {
		draft->personal_numbers[person->personal_numbers_count++] =
			(struct cordon_personal_number){ number, issuer };
	}
}

/* Some lists date a paper's end before its beginning. */
static void set_dates(struct draft *draft, const struct draft_paper *paper,
	struct cordon_document *document)
{
	struct cordon_date begins = date_first_day(&paper->issued_on);
	struct cordon_date ends = date_last_day(&paper->expires_on);

	if (!date_absent(&paper->issued_on) && !date_absent(&paper->expires_on) &&
		date_compare(&ends, &begins) < 0) {
		import_remark(draft->import,
			"document %s ends before it was issued: its dates are left out",
			document->number);
		return;
	}
	document->issued_on = paper->issued_on;
	document->expires_on = paper->expires_on;
}

static const char *issuer_of(struct draft *draft, const struct draft_paper *paper)
{
	const char *code = paper->country == NULL
				   ? NULL
				   : import_country(draft->countries, paper->country);

	if (paper->country != NULL && code == NULL) {
		import_remark(draft->import, "no state is known by the name \"%s\"",
			paper->country);
		draft_note(draft, paper->number, paper->country);
	}
	return code != NULL ? code : country_around(draft, paper->number);
}

static void add_numbers(struct draft *draft, const struct draft_paper *paper,
	const char *number, bool wordy)
{
	struct cordon_document document = {
		.type = paper->type,
		.number = number,
		.issuer = issuer_of(draft, paper),
	};

	set_dates(draft, paper, &document);
	add_document(draft, &document);
	if (paper->personal && document.issuer != NULL) {
		add_personal_number(draft, number, document.issuer);
	}
	if (wordy && import_number_usable(paper->number)) {
		/* whoever types what the list prints finds it too */
		document.number = paper->number;
		add_document(draft, &document);
	}
}

void draft_paper(struct draft *draft, const struct draft_paper *paper)
{
	const char *number = import_number(&draft->import->arena, paper->number);
	bool usable = number != NULL && import_number_usable(number);
	bool wordy = !usable || !import_number_same(number, paper->number);

	if (usable) {
		add_numbers(draft, paper, number, wordy);
	} else {
		import_remark(draft->import,
			"%s \"%s\" is no number: it is in the note only", paper->label,
			paper->number);
	}
	/* what the fields do not say: which kind of paper, and the words around */
	if (wordy || paper->type == 0 || paper->personal) {
		draft_note(draft, paper->label, paper->number);
	}
}

void draft_mentioned_passports(struct draft *draft, const char *text)
{
	const char *number;

	while ((number = import_number_next_passport(&draft->import->arena, &text)) !=
		NULL) {
		const struct draft_paper paper = {
			.type = CORDON_DOCUMENT_PASSPORT,
			.label = "passport",
			.number = number,
		};

		draft_paper(draft, &paper);
	}
}
