/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_IMPORT_CASE_H
#define TESTS_IMPORT_CASE_H

#include <stdbool.h>

#include <jansson.h>

#include "client/ctl/import.h"

/* One import in a test, and all that it said.  Fails the running cmocka test when
 * something does not work. */
struct import_case {
	struct import_options options;
	int stop; /* what the record callback returns */
	int error;
	struct errmsg msg;
	struct import_counts counts;
	json_t *records; /* by id */
	char *said; /* lines "refused 3 KAZ-1: …", "left out 7 9000100: entity", … */
	uint64_t progress_done, progress_total;
	char *path, *aliases_path; /* temporary files */
};

/* Owner KAZ, as_of absent. */
void import_case_init(struct import_case *c, enum import_format format);
void import_case_finish(struct import_case *c);

/* Files with this content for the import. */
void import_case_file(struct import_case *c, const char *data, size_t bytes);
void import_case_text(struct import_case *c, const char *text);
void import_case_aliases(struct import_case *c, const char *text);
/* A file of tests/vectors/lists; directory: argv[1] of the test. */
void import_case_vector(struct import_case *c, const char *name);

void import_case_run(struct import_case *c);

/* A list of the UN with these persons: UN_BEGIN UN_PERSON("1", "…") … UN_END. */
#define UN_BEGIN                                                                       \
	"<CONSOLIDATED_LIST dateGenerated=\"2026-03-01T10:00:00Z\"><INDIVIDUALS>"
#define UN_END "</INDIVIDUALS></CONSOLIDATED_LIST>"
#define UN_PERSON(id, content)                                                         \
	"<INDIVIDUAL><DATAID>" id "</DATAID><FIRST_NAME>SEDRIK</FIRST_NAME>" content   \
	"</INDIVIDUAL>"
/* Init, text and run of such a file. */
void import_case_run_un(struct import_case *c, const char *text);

/* The value at "person.names.0.full" of a record; NULL when there is none. */
const json_t *import_case_value(
	const struct import_case *c, const char *id, const char *path);
void import_case_has(const struct import_case *c, const char *id, const char *path,
	const char *text);
void import_case_lacks(const struct import_case *c, const char *id, const char *path);
/* A name of this type and text (surname, given, full joined by " | "). */
void import_case_named(const struct import_case *c, const char *id, const char *type,
	const char *name);
void import_case_document(const struct import_case *c, const char *id, const char *type,
	const char *number, const char *issuer);

/* Among what was said, or in the message. */
void import_case_said(const struct import_case *c, const char *words);
void import_case_not_said(const struct import_case *c, const char *words);
void import_case_counted(const struct import_case *c, uint64_t records,
	uint64_t refused, uint64_t left_out);

/* The directory of the vectors; main sets it. */
extern const char *import_case_vectors;

#endif
