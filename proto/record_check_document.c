/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <string.h>

#include "proto/document.h"

int check_number(
	const struct check *c, const struct field_path *path, const char *number)
{
	char normalised[CORDON_NUMBER_MAX + 1], quoted[FIELD_QUOTE_BYTES];
	int error;

	if (text_absent(number)) {
		return check_missing(c, path);
	}
	error = cordon_number_normalise(number, normalised);
	if (error == CORDON_ETOOBIG) {
		return field_fail(path, c->msg, error,
			"%s has more than %d letters and digits",
			field_quote(number, quoted), CORDON_NUMBER_MAX);
	}
	if (error != 0) {
		return field_fail(path, c->msg, error,
			"%s has no letter or digit to look for",
			field_quote(number, quoted));
	}
	return 0;
}

int check_document_parts(const struct check *c, const struct field_path *path,
	const struct cordon_document *d)
{
	const struct field_path number = field_of(path, "number");
	const struct field_path issued = field_of(path, "issued_on");
	const struct field_path expires = field_of(path, "expires_on");
	struct cordon_date first = date_first_day(&d->issued_on);
	struct cordon_date last = date_last_day(&d->expires_on);
	int error = check_number(c, &number, d->number);

	if (error == 0) {
		error = check_not_in_future(c, &issued, &d->issued_on);
	}
	if (error == 0 && date_compare(&last, &first) < 0) {
		error = field_fail(
			&expires, c->msg, CORDON_EFIELD, "is before issued_on");
	}
	return error;
}

int check_document(const struct check *c, const struct field_path *path,
	const struct cordon_document *document)
{
	const struct field_path number_to = field_of(path, "number_to");

	if (!text_absent(document->number_to)) {
		return field_fail(&number_to, c->msg, CORDON_EFIELD,
			"a range stands in an invalid_document only");
	}
	return check_document_parts(c, path, document);
}

static int check_range(const struct check *c, const struct field_path *up,
	const struct cordon_document *d)
{
	const struct field_path path = field_of(up, "number_to");
	uint64_t most = c->policy->range_max == 0 ? RECORD_RANGE_MAX_DEFAULT
						  : c->policy->range_max;
	struct document_range range;
	struct errmsg reason = { "" };

	if (text_absent(d->number_to)) {
		return 0;
	}
	if (document_range_parse(d->number, d->number_to, &range, &reason) != 0) {
		return field_fail(&path, c->msg, CORDON_EFIELD, "%s",
			errmsg_text(&reason, CORDON_EFIELD));
	}
	if (range.last - range.first >= most) {
		return field_fail(&path, c->msg, CORDON_EFIELD,
			"a range of %llu numbers; at most %llu are allowed",
			(unsigned long long)(range.last - range.first + 1),
			(unsigned long long)most);
	}
	return 0;
}

static bool is_member(const struct record_policy *policy, const char *code)
{
	for (size_t i = 0; i < policy->members_count; i++) {
		if (strcmp(policy->members[i].code, code) == 0) {
			return true;
		}
	}
	return policy->members_count == 0;
}

/* That a document was lost, stolen, revoked or annulled, only its issuer knows; a
 * counterfeit is whoever's that finds it. */
static int check_issuer(const struct check *c, const struct field_path *up,
	const struct cordon_document *d)
{
	const struct field_path path = field_of(up, "issuer");

	if (text_absent(d->issuer)) {
		return check_missing(c, &path);
	}
	if (c->record->reason == CORDON_REASON_COUNTERFEIT ||
		strcmp(d->issuer, c->policy->owner.code) == 0 ||
		!is_member(c->policy, d->issuer)) {
		return 0;
	}
	return field_fail(&path, c->msg, CORDON_EFIELD,
		"%s: only the issuer knows that its document is %s; another member may "
		"report a counterfeit",
		d->issuer, cordon_code_text(CORDON_CODES_REASON, c->record->reason));
}

/* The genuine document of the number has a holder. */
static int check_seizure(const struct check *c)
{
	const struct cordon_record *r = c->record;

	if (r->reason != CORDON_REASON_COUNTERFEIT || !text_absent(r->warning)) {
		return 0;
	}
	for (size_t i = 0; i < r->actions_count; i++) {
		const struct field_path path = element_of(NULL, "actions", i);

		if (r->actions[i] == CORDON_ACTION_SEIZE_DOCUMENT) {
			return field_fail(&path, c->msg, CORDON_EFIELD,
				"seize_document on a counterfeit's number needs a "
				"warning: the "
				"genuine holder has this number too");
		}
	}
	return 0;
}

int check_invalid_documents(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct field_path scope = field_of(NULL, "scope");

	if (r->kind != CORDON_KIND_INVALID_DOCUMENT) {
		return 0;
	}
	for (size_t i = 0; i < r->documents_count; i++) {
		const struct field_path path = element_of(NULL, "documents", i);
		int error = check_document_parts(c, &path, &r->documents[i]);

		if (error == 0) {
			error = check_range(c, &path, &r->documents[i]);
		}
		if (error == 0) {
			error = check_issuer(c, &path, &r->documents[i]);
		}
		if (error != 0) {
			return error;
		}
	}
	if (r->scope == CORDON_SCOPE_EMPLOYMENT) {
		check_warn(c, &scope, "employment says nothing of a document");
	}
	return check_seizure(c);
}
