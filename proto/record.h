/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_H
#define PROTO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/record.h>
#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/errmsg.h"
#include "proto/ident.h"

/*
 * Dates, instants and the entry rules of records.
 */

#define DATE_TEXT_BYTES 11 /* "2026-03-01" and NUL */

/* Days since 1970-01-01 of a whole date (proleptic Gregorian). */
int64_t date_days(const struct cordon_date *date);
/* Years 1 to 9999; days beyond give the first or the last of them. */
struct cordon_date date_from_days(int64_t days);
bool date_absent(const struct cordon_date *date);
/* Exists in the calendar, as far as it is given (partial dates too); an absent one
 * does not. */
bool date_valid(const struct cordon_date *date);
bool date_whole(const struct cordon_date *date);
/* Of whole dates: <0, 0, >0. */
int date_compare(const struct cordon_date *a, const struct cordon_date *b);
/* "YYYY", "YYYY-MM", "YYYY-MM-DD"; false when text is none of them or no such day. */
bool date_parse(struct cordon_date *date, const char *text, size_t bytes);
/* out: DATE_TEXT_BYTES; "" when absent. */
void date_text(const struct cordon_date *date, char *out);
/* The date in UTC + offset_min minutes at unix second. */
struct cordon_date date_at(int64_t unix_s, int32_t offset_min);
/* The first and last day that a partial date may mean; of an absent one, the first
 * and last of all. */
struct cordon_date date_first_day(const struct cordon_date *date);
struct cordon_date date_last_day(const struct cordon_date *date);

/* The same day so many years later; 28 February for the 29th where there is none. */
struct cordon_date date_after_years(const struct cordon_date *date, int years);

/* Unix second at which the record comes into force. */
int64_t record_begins_s(const struct cordon_record *record);
/* Unix second at which it is no longer in force: the end of valid_until.  An absent
 * date (a newer member's record) bounds nothing: the year 1, the year 9999. */
int64_t record_ends_s(const struct cordon_record *record);

/* What the owner's configuration says about records, and where this one comes from. */
struct record_policy {
	struct state owner;
	struct cordon_date today; /* in the owner's offset */
	/* by kind; 0: RECORD_RETENTION_DEFAULT_DAYS */
	uint32_t retention_days[CORDON_KIND_INVALID_DOCUMENT + 1];
	uint64_t range_max;    /* numbers in one range; 0: RECORD_RANGE_MAX_DEFAULT */
	bool from_public_list; /* may be weak: a person without birth date or number */
	/* Borrowed.  Whose documents only they themselves report lost, stolen, revoked
	 * or annulled; none given: every other state's. */
	const struct state *members;
	size_t members_count;
};

#define RECORD_RETENTION_DEFAULT_DAYS 1826 /* five years */
#define RECORD_RANGE_MAX_DEFAULT 1000000

/*
 * The entry rules (README, "Entry rules"): what the owner accepts.  CORDON_EFIELD
 * with "person.born: 1980-02-30: no such date" in msg, CORDON_EOWNER for another
 * owner's id, CORDON_ETOOBIG for a text or a list too long.  With warnings (may be
 * NULL) the text of the first warning: what looks mistaken, but may be meant.
 */
int record_check(const struct cordon_record *record, const struct record_policy *policy,
	struct errmsg *msg, struct errmsg *warnings);

/* The last day that review_by may name, counted from today. */
struct cordon_date record_review_latest(uint32_t kind, const struct cordon_date *today);

/* review_by where the submitter gave none: three years for persons, ten for
 * documents, from today, and never beyond valid_until. */
struct cordon_date record_review_default(
	const struct cordon_record *record, const struct cordon_date *today);

#define RECORD_SET_MAX 16 /* codes in one set that the entry rules allow */

/* True when both say the same: all fields but version, review_by when absent
 * in one of them, and internal_note.  Sets of codes have no order, but for those
 * longer than RECORD_SET_MAX. */
bool record_same_content(const struct cordon_record *a, const struct cordon_record *b);

#endif
