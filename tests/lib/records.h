/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

#include <jansson.h>

#include "proto/record.h"

/*
 * Records of invented people and documents for tests, as JSON that passes the entry
 * rules of KAZ on RECORDS_TODAY, and a way to change one thing in them.  Everything
 * fails the running cmocka test when it does not work.
 */

#define RECORDS_TODAY "2026-03-15"

/* A deportation and an invalid document of KAZ: every field of a record is in one of
 * the two.  Sets are in order. */
extern const char records_deportation[];
extern const char records_document[];
/* An entry ban with no more than it needs. */
extern const char records_entry_ban[];

/* Of a group of tests: *state is a struct arena * without limit. */
int records_setup(void **state);
int records_teardown(void **state);

/* A new reference. */
json_t *records_json(const char *text);
/*
 * Sets (value: JSON text) or removes (value NULL) what stands at path, such as
 * "person.names[1].surname"; "person.names[2]" right behind the last appends.
 */
void records_edit(json_t *json, const char *path, const char *value);

/* In arena memory. */
struct cordon_record *records_read(const json_t *json, struct arena *arena);
/* From text, with one edit (path may be NULL). */
struct cordon_record *records_make(
	const char *text, const char *path, const char *value, struct arena *arena);

#endif
