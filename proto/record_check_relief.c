/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <string.h>

#include <cordon/mrz.h>

/*
 * Who is let in all the same, and who is not the subject: both open a door that the
 * record closes, so that they must say exactly for whom and when.
 */

static int check_documents_of(const struct check *c, const struct field_path *up,
	const struct cordon_document *documents, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct field_path path = element_of(up, "documents", i);
		int error = check_document(c, &path, &documents[i]);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

static int check_exception(const struct check *c, const struct field_path *up,
	const struct cordon_exception *e)
{
	const struct field_path type = field_of(up, "type");
	const struct field_path from = field_of(up, "from");
	const struct field_path until = field_of(up, "until");
	const struct field_path documents = field_of(up, "documents");
	bool no_from = date_absent(&e->from), no_until = date_absent(&e->until);

	if (e->type == 0) {
		return check_missing(c, &type);
	}
	if (e->type == CORDON_EXCEPTION_DATES && no_from) {
		return check_missing(c, &from);
	}
	if (e->type != CORDON_EXCEPTION_DOCUMENTS && no_until) {
		return check_missing(c, &until);
	}
	if (e->type == CORDON_EXCEPTION_DOCUMENTS && e->documents_count == 0) {
		return check_missing(c, &documents);
	}
	if (!no_from && !no_until && date_compare(&e->until, &e->from) < 0) {
		return field_fail(&until, c->msg, CORDON_EFIELD, "is before from");
	}
	if (!no_until && date_compare(&e->until, &c->record->valid_from) < 0) {
		check_warn(c, &until, "is before the record comes into force");
	}
	return check_documents_of(c, up, e->documents, e->documents_count);
}

int check_exceptions(const struct check *c)
{
	for (size_t i = 0; i < c->record->exceptions_count; i++) {
		const struct field_path path = element_of(NULL, "exceptions", i);
		int error = check_exception(c, &path, &c->record->exceptions[i]);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}

static bool same_number(
	const struct cordon_document *a, const struct cordon_document *b)
{
	char x[CORDON_NUMBER_MAX + 1], y[CORDON_NUMBER_MAX + 1];

	/* a number without its issuer may be anyone's */
	if (!text_absent(a->issuer) && !text_absent(b->issuer) &&
		strcmp(a->issuer, b->issuer) != 0) {
		return false;
	}
	return cordon_number_normalise(a->number, x) == 0 &&
	       cordon_number_normalise(b->number, y) == 0 && strcmp(x, y) == 0;
}

/* A document that is the subject's clears nobody. */
static int check_not_listed(const struct check *c, const struct field_path *up,
	const struct cordon_distinguished *d)
{
	const struct cordon_person *person = c->record->person;

	for (size_t i = 0; i < d->documents_count; i++) {
		const struct field_path path = element_of(up, "documents", i);

		for (size_t j = 0; j < person->documents_count; j++) {
			if (same_number(&d->documents[i], &person->documents[j])) {
				return field_fail(&path, c->msg, CORDON_EFIELD,
					"is the same as person.documents[%zu], the "
					"subject's own",
					j);
			}
		}
	}
	return 0;
}

/* A lookup is cleared where name, birth date and document agree: all must be there. */
static int check_one_distinguished(const struct check *c, const struct field_path *up,
	const struct cordon_distinguished *d)
{
	const struct field_path born = field_of(up, "born");
	const struct field_path documents = field_of(up, "documents");
	const struct field_path consent = field_of(up, "consent_on");
	const struct field_path why = field_of(up, "why");
	int error = check_names(c, up, d->names, d->names_count);

	if (error != 0) {
		return error;
	}
	if (date_absent(&d->born)) {
		return check_missing(c, &born);
	}
	if (d->documents_count == 0) {
		return check_missing(c, &documents);
	}
	if (date_absent(&d->consent_on)) {
		return field_fail(&consent, c->msg, CORDON_EFIELD,
			"is missing: a person is entered with dated consent only");
	}
	if (text_absent(d->why)) {
		return check_missing(c, &why);
	}
	error = check_not_in_future(c, &born, &d->born);
	if (error == 0) {
		error = check_not_in_future(c, &consent, &d->consent_on);
	}
	if (error == 0) {
		error = check_documents_of(c, up, d->documents, d->documents_count);
	}
	return error == 0 ? check_not_listed(c, up, d) : error;
}

int check_distinguished(const struct check *c)
{
	for (size_t i = 0; i < c->record->distinguished_count; i++) {
		const struct field_path path = element_of(NULL, "distinguished", i);
		int error =
			check_one_distinguished(c, &path, &c->record->distinguished[i]);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}
