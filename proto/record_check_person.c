/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <string.h>

#define AGE_MAX_YEARS 120
#define AGE_MINOR_YEARS 18

/* What can be looked for is a surname, a given name, or the whole. */
int check_names(const struct check *c, const struct field_path *up,
	const struct cordon_name *names, size_t count)
{
	const struct field_path all = field_of(up, "names");

	if (count == 0) {
		return check_missing(c, &all);
	}
	for (size_t i = 0; i < count; i++) {
		const struct field_path path = element_of(up, "names", i);
		const struct field_path type = field_of(&path, "type");

		if (names[i].type == 0) {
			return check_missing(c, &type);
		}
		if (text_absent(names[i].surname) && text_absent(names[i].given) &&
			text_absent(names[i].full)) {
			return field_fail(&path, c->msg, CORDON_EFIELD,
				"one of surname, given, full is expected");
		}
	}
	return 0;
}

static void warn_of_names(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;
	const struct field_path path = field_of(up, "names");

	for (size_t i = 0; i < p->names_count; i++) {
		if (p->names[i].type == CORDON_NAME_PRIMARY) {
			return;
		}
	}
	check_warn(c, &path, "none is primary");
}

static int check_birth(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;
	const struct field_path born = field_of(up, "born");
	struct cordon_date last = date_last_day(&p->born);
	struct cordon_date oldest = date_after_years(&last, AGE_MAX_YEARS);
	int error = check_not_in_future(c, &born, &p->born);

	for (size_t i = 0; error == 0 && i < p->born_alternatives_count; i++) {
		const struct field_path path = element_of(up, "born_alternatives", i);

		error = check_not_in_future(c, &path, &p->born_alternatives[i]);
	}
	if (error == 0 && !date_absent(&p->born) &&
		date_compare(&oldest, &c->policy->today) < 0) {
		check_warn(c, &born, "more than %d years ago", AGE_MAX_YEARS);
	}
	return error;
}

static int check_nationalities(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;

	for (size_t i = 0; i < p->nationalities_count; i++) {
		const struct field_path path = element_of(up, "nationalities", i);

		if (strcmp(p->nationalities[i], c->policy->owner.code) == 0) {
			return field_fail(&path, c->msg, CORDON_EFIELD,
				"%s: a member does not list its own nationals, whom it "
				"admits",
				p->nationalities[i]);
		}
		if (strcmp(p->nationalities[i], "UTO") == 0) {
			check_warn(c, &path, "UTO is the state of specimens");
		}
	}
	return 0;
}

static int check_personal_numbers(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;

	for (size_t i = 0; i < p->personal_numbers_count; i++) {
		const struct field_path path = element_of(up, "personal_numbers", i);
		const struct field_path number = field_of(&path, "number");
		const struct field_path issuer = field_of(&path, "issuer");
		int error = check_number(c, &number, p->personal_numbers[i].number);

		if (error == 0 && text_absent(p->personal_numbers[i].issuer)) {
			error = check_missing(c, &issuer);
		}
		if (error != 0) {
			return error;
		}
	}
	return 0;
}

static int check_person_documents(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;

	for (size_t i = 0; i < p->documents_count; i++) {
		const struct field_path path = element_of(up, "documents", i);
		const struct field_path issuer = field_of(&path, "issuer");
		const struct cordon_document *d = &p->documents[i];
		int error = check_document(c, &path, d);

		if (error != 0) {
			return error;
		}
		if (text_absent(d->issuer)) {
			check_warn(c, &issuer,
				"is missing: the number alone is at best a possible "
				"match");
		} else if (d->type == CORDON_DOCUMENT_PASSPORT &&
			   strcmp(d->issuer, c->policy->owner.code) == 0) {
			check_warn(c, &issuer,
				"%s is the owner: is this an own national?", d->issuer);
		}
	}
	return 0;
}

/* A name alone stops the wrong people. */
static int check_identified(const struct check *c, const struct field_path *path)
{
	const struct cordon_person *p = c->record->person;
	const struct field_path weak = field_of(NULL, "weak");

	if (!date_absent(&p->born) || p->born_alternatives_count > 0 ||
		p->documents_count > 0 || p->personal_numbers_count > 0) {
		if (c->record->weak) {
			check_warn(c, &weak, "the person has a birth date or a number");
		}
		return 0;
	}
	if (!c->record->weak) {
		return field_fail(path, c->msg, CORDON_EFIELD,
			"neither birth date nor document nor personal number; at least "
			"one is "
			"expected");
	}
	if (!c->policy->from_public_list) {
		return field_fail(&weak, c->msg, CORDON_EFIELD,
			"only the import of a public list brings a person without "
			"birth date, "
			"document and personal number");
	}
	return 0;
}

static void warn_of_markers(const struct check *c, const struct field_path *up)
{
	const struct cordon_person *p = c->record->person;
	const struct field_path path = field_of(up, "markers");
	struct cordon_date born = date_last_day(&p->born);
	struct cordon_date grown = date_after_years(&born, AGE_MINOR_YEARS);

	if (date_absent(&p->born) || date_compare(&grown, &c->policy->today) > 0) {
		return;
	}
	for (size_t i = 0; i < p->markers_count; i++) {
		if (p->markers[i] == CORDON_MARKER_MINOR) {
			check_warn(c, &path, "minor, but born %d or more years ago",
				AGE_MINOR_YEARS);
		}
	}
}

int check_person(const struct check *c)
{
	static int (*const rules[])(
		const struct check *c, const struct field_path *up) = {
		check_birth,
		check_nationalities,
		check_personal_numbers,
		check_person_documents,
		check_identified,
	};
	const struct cordon_person *p = c->record->person;
	const struct field_path path = field_of(NULL, "person");
	int error;

	if (p == NULL) {
		return 0;
	}
	error = check_names(c, &path, p->names, p->names_count);
	for (size_t i = 0; error == 0 && i < sizeof(rules) / sizeof(rules[0]); i++) {
		error = rules[i](c, &path);
	}
	if (error == 0) {
		warn_of_names(c, &path);
		warn_of_markers(c, &path);
	}
	return error;
}
