/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_DRAFT_H
#define CTL_IMPORT_DRAFT_H

#include "client/ctl/import_country.h"
#include "client/ctl/import_run.h"

/*
 * The record of one listed person while an entry is read: takes values as the list
 * prints them and sees that they fit (the limits are record_check's).  What does not
 * fit a field is kept in the note, as far as that has room, and remarked upon.  Texts
 * given are import_text_clean's and last as long as import's arena.
 */

#define DRAFT_NAMES 256
#define DRAFT_NAME_LONGEST 128 /* characters of each part */
#define DRAFT_FULL_LONGEST 256
#define DRAFT_BIRTHS 32 /* besides the first */
#define DRAFT_NATIONALITIES 16
#define DRAFT_PERSONAL_NUMBERS 32
#define DRAFT_DOCUMENTS 64
#define DRAFT_NUMBER_LONGEST 64
#define DRAFT_LINE_LONGEST 256
#define DRAFT_NOTE_LONGEST 2000

struct draft_note;

struct draft {
	struct import *import;
	const struct import_countries *countries;
	struct cordon_record record;
	struct cordon_person person;
	struct cordon_source source;
	struct cordon_decision decision;
	uint32_t action;
	struct cordon_name names[DRAFT_NAMES];
	struct cordon_date births[DRAFT_BIRTHS];
	const char *nationalities[DRAFT_NATIONALITIES];
	struct cordon_personal_number personal_numbers[DRAFT_PERSONAL_NUMBERS];
	struct cordon_document documents[DRAFT_DOCUMENTS];
	struct draft_note *first_note, **next_note; /* lines for the note */
};

/* Begins anew.  The arena is left as it is. */
void draft_begin(struct draft *draft, struct import *import,
	const struct import_countries *countries);

/* A name of which the parts are known; either may be NULL. */
void draft_name(struct draft *draft, enum cordon_name_type type, const char *surname,
	const char *given);
/* A name whose parts are not known. */
void draft_full_name(struct draft *draft, enum cordon_name_type type, const char *full);

void draft_born(struct draft *draft, struct cordon_date date, bool approximate);
/* Any year (or month, or day) from the first to the last. */
void draft_born_between(
	struct draft *draft, struct cordon_date first, struct cordon_date last);
/* "Baghdad", "Iraq"; either may be NULL.  Further places go to the note. */
void draft_birth_place(struct draft *draft, const char *place, const char *country);
void draft_nationality(struct draft *draft, const char *country);

struct draft_paper {
	uint32_t type;       /* enum cordon_document_type; 0 other */
	bool personal;       /* the number is (also) the person's own */
	const char *label;   /* as the list calls it, for the note */
	const char *number;  /* as printed */
	const char *country; /* as printed; NULL unknown */
	struct cordon_date issued_on, expires_on;
};

/* A document or personal number: the number alone, and as printed where that differs.
 */
void draft_paper(struct draft *draft, const struct draft_paper *paper);
/* Passports that running text mentions. */
void draft_mentioned_passports(struct draft *draft, const char *text);

/* A line "label: text" for the note; label may be NULL. */
void draft_note(struct draft *draft, const char *label, const char *text);

/*
 * Makes the record of id OWNER-list-reference and hands it over; returns what the
 * handler says, or CORDON_ENOMEM.  An entry without any name is refused.
 */
int draft_finish(struct draft *draft, const char *list, const char *reference);

#endif
