/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_CHECK_H
#define PROTO_RECORD_CHECK_H

#include "proto/record_fields.h"

/* The entry rules, one file for each part of a record; record_check.c calls them in
 * this order.  All return 0 or what record_check does. */

struct check {
	const struct cordon_record *record;
	const struct record_policy *policy;
	struct errmsg *msg;
	struct errmsg *warnings; /* may be NULL */
};

/* Every field by itself: text, length, count, date, code, state, id.  What follows
 * relies on it. */
int check_fields(const struct check *c);
int check_dates(const struct check *c);
int check_person(const struct check *c);
/* The documents of an invalid_document. */
int check_invalid_documents(const struct check *c);
int check_exceptions(const struct check *c);
int check_distinguished(const struct check *c);

/* A document that is no range. */
int check_document(const struct check *c, const struct field_path *path,
	const struct cordon_document *document);
/* Number and dates of any document. */
int check_document_parts(const struct check *c, const struct field_path *path,
	const struct cordon_document *document);
int check_number(
	const struct check *c, const struct field_path *path, const char *number);
int check_names(const struct check *c, const struct field_path *path,
	const struct cordon_name *names, size_t count);

/* Fails where a date (absent ones do not) is after today. */
int check_not_in_future(const struct check *c, const struct field_path *path,
	const struct cordon_date *date);

/* "path: is missing". */
int check_missing(const struct check *c, const struct field_path *path);

/* The first warning stays. */
void check_warn(const struct check *c, const struct field_path *path,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline bool text_absent(const char *text)
{
	return text == NULL || text[0] == '\0';
}

/* Paths: a field of the record, and one below another. */
static inline struct field_path field_of(const struct field_path *up, const char *name)
{
	return (struct field_path){ up, name, 0, false };
}

static inline struct field_path element_of(
	const struct field_path *up, const char *name, size_t index)
{
	return (struct field_path){ up, name, index, true };
}

#endif
