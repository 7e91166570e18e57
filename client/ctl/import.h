/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include <stdint.h>

#include <cordon/record.h>
#include "proto/errmsg.h"
#include "proto/ident.h"

/*
 * Reads lists of other hands into records: Cordon's own JSON lines, the UN Security
 * Council's consolidated list (XML), OFAC's SDN list with its aliases (CSV).
 *
 * A parser only: no network, no clock.  The same files and options give the same
 * records, so that importing twice changes nothing.  Files are read in one pass;
 * memory depends on the largest entry, for OFAC also on the aliases file.
 */

enum import_format {
	IMPORT_JSONL = 1,
	IMPORT_UN_XML,
	IMPORT_OFAC_CSV
};

const char *import_format_text(enum import_format format); /* "jsonl", … */
/* 0 when text is no format. */
enum import_format import_format_parse(const char *text);

struct import_options {
	enum import_format format;
	const char *path;         /* "-": standard input */
	const char *aliases_path; /* ofac-csv: alt.csv; NULL: none */
	/* The rest is for lists of others; a line of jsonl says it all itself. */
	struct state owner; /* in whose name the records are entered */
	/*
	 * First day in force, and the day that valid_days count from.  Absent: the
	 * file's own date; OFAC's files have none, so there it is CORDON_EINVAL.
	 */
	struct cordon_date as_of;
	uint32_t valid_days;     /* 0: retention_days */
	uint32_t retention_days; /* the longest the owner keeps an entry ban; 0: 5 years
				  */
	int32_t utc_offset_min;  /* the owner's */
};

/* Where in the file something stands. */
struct import_place {
	const char *path; /* of the file it stands in: the list or its aliases */
	uint64_t line;    /* from 1; of an entry's beginning */
	const char
		*reference; /* of the entry: DATAID, ent_num, record id; NULL unknown */
};

/*
 * What becomes of the file.  Arguments are good until the call returns.  NULL
 * functions are not called.  Texts hold no names of persons unless the file's own
 * value is at fault and quoted.
 */
struct import_handler {
	void *ctx;
	/* A record to submit.  Not 0 ends the import with that error. */
	int (*record)(void *ctx, const struct cordon_record *record,
		const struct import_place *place);
	/* An entry or line that cannot be taken; reading goes on. */
	void (*refused)(
		void *ctx, const struct import_place *place, const char *reason);
	/* An entry that is no person: what is "entity", "vessel", "aircraft" … */
	void (*left_out)(void *ctx, const struct import_place *place, const char *what);
	/* A value of a taken entry that has no field of its own or was cut short: it is
	 * kept in the record's note as far as that has room. */
	void (*remark)(void *ctx, const struct import_place *place, const char *text);
	/* Now and then, and at the end; total 0: not known (standard input). */
	void (*progress)(void *ctx, uint64_t bytes_done, uint64_t bytes_total);
};

struct import_counts {
	uint64_t records; /* handed to record() */
	uint64_t refused;
	uint64_t left_out;
	uint64_t remarks;
};

/*
 * Reads the file and calls the handler in the order of the file.  0 when it was read
 * to its end, whatever was refused on the way.  CORDON_EINVAL options, CORDON_EIO,
 * CORDON_ESYNTAX (not such a file at all, or broken beyond going on: msg names the
 * line), CORDON_ENOMEM, or what record() returned.  *counts is set in every case.
 */
int import_run(const struct import_options *options,
	const struct import_handler *handler, struct import_counts *counts,
	struct errmsg *msg);

#endif
