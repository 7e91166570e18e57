/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <stdio.h>
#include <string.h>

int check_missing(const struct check *c, const struct field_path *path)
{
	return field_fail(path, c->msg, CORDON_EFIELD, "is missing");
}

void check_warn(
	const struct check *c, const struct field_path *path, const char *format, ...)
{
	struct errmsg what = { "" };
	va_list ap;

	if (c->warnings == NULL || c->warnings->text[0] != '\0') {
		return;
	}
	va_start(ap, format);
	vsnprintf(what.text, sizeof(what.text), format, ap);
	va_end(ap);
	field_fail(path, c->warnings, 0, "%s", what.text);
}

static int check_owner(const struct check *c)
{
	const struct field_path path = field_of(NULL, "id");
	const char *id = c->record->id;

	if (text_absent(id)) {
		return check_missing(c, &path);
	}
	if (strncmp(id, c->policy->owner.code, 3) != 0) {
		return field_fail(&path, c->msg, CORDON_EOWNER,
			"\"%s\" is %.3s's, and only its owner writes a record; this is "
			"%s",
			id, id, c->policy->owner.code);
	}
	return 0;
}

static bool of_documents(const struct cordon_record *record)
{
	return record->kind == CORDON_KIND_INVALID_DOCUMENT;
}

static int check_reason(const struct check *c)
{
	const struct field_path path = field_of(NULL, "reason");
	uint32_t reason = c->record->reason;

	if (reason == 0) {
		return check_missing(c, &path);
	}
	if ((reason >= CORDON_REASON_LOST) != of_documents(c->record)) {
		return field_fail(&path, c->msg, CORDON_EFIELD,
			"%s is no reason for %s; one of a %s is expected",
			cordon_code_text(CORDON_CODES_REASON, reason),
			cordon_code_text(CORDON_CODES_KIND, c->record->kind),
			of_documents(c->record) ? "document" : "person");
	}
	return 0;
}

static int check_what(const struct check *c)
{
	const struct field_path kind = field_of(NULL, "kind");
	const struct field_path actions = field_of(NULL, "actions");

	if (c->record->kind == 0) {
		return check_missing(c, &kind);
	}
	if (c->record->actions_count == 0) {
		return check_missing(c, &actions);
	}
	return check_reason(c);
}

/* A person, or documents, as the kind has it; not the fields of other kinds. */
static int check_subject(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct field_path person = field_of(NULL, "person");
	const struct field_path documents = field_of(NULL, "documents");
	const struct field_path distinguished = field_of(NULL, "distinguished");
	const char *kind = cordon_code_text(CORDON_CODES_KIND, r->kind);

	if (!of_documents(r) && r->person == NULL) {
		return check_missing(c, &person);
	}
	if (!of_documents(r) && r->documents_count > 0) {
		return field_fail(&documents, c->msg, CORDON_EFIELD,
			"%s is about a person: put them into person.documents", kind);
	}
	if (of_documents(r) && r->documents_count == 0) {
		return check_missing(c, &documents);
	}
	if (of_documents(r) && r->person != NULL) {
		return field_fail(&person, c->msg, CORDON_EFIELD,
			"%s is about documents, not about a person", kind);
	}
	if (of_documents(r) && r->distinguished_count > 0) {
		return field_fail(&distinguished, c->msg, CORDON_EFIELD,
			"%s has no subject that a person could be taken for", kind);
	}
	return 0;
}

static int check_source(const struct check *c)
{
	const struct field_path source = field_of(NULL, "source");
	const struct field_path list = field_of(&source, "list");
	const struct field_path reference = field_of(&source, "reference");

	if (c->record->source == NULL) {
		return 0;
	}
	if (text_absent(c->record->source->list)) {
		return check_missing(c, &list);
	}
	return text_absent(c->record->source->reference) ? check_missing(c, &reference)
							 : 0;
}

static int check_links(const struct check *c)
{
	for (size_t i = 0; i < c->record->links_count; i++) {
		const struct field_path path = element_of(NULL, "links", i);

		if (strcmp(c->record->links[i], c->record->id) == 0) {
			return field_fail(&path, c->msg, CORDON_EFIELD,
				"%s: a record is not linked to itself", c->record->id);
		}
	}
	return 0;
}

/*
 * 1. Every field is well formed by itself.
 * 2. The record is the owner's.
 * 3. Kind, reason, actions and subject are there and fit each other.
 * 4. Dates are in order and within their bounds.
 * 5. Source and links are whole.
 * 6. The person or the documents can be looked for, and are the owner's to list.
 * 7. Exceptions and distinguished persons say all that a lookup needs.
 */
int record_check(const struct cordon_record *record, const struct record_policy *policy,
	struct errmsg *msg, struct errmsg *warnings)
{
	static int (*const rules[])(const struct check *c) = {
		check_fields,                          /* 1 */
		check_owner,                           /* 2 */
		check_what, check_subject,             /* 3 */
		check_dates,                           /* 4 */
		check_source, check_links,             /* 5 */
		check_person, check_invalid_documents, /* 6 */
		check_exceptions, check_distinguished, /* 7 */
	};
	const struct check c = { record, policy, msg, warnings };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int error = rules[i](&c);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}
