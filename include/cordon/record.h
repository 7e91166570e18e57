/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_RECORD_H
#define CORDON_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/*
 * Records of the shared watchlist and the words in them.
 *
 * Strings are UTF-8, NUL-terminated, NULL when absent.  Arrays are a pointer
 * and a count.  A record that the library returns lives in one piece of memory,
 * freed by cordon_record_destroy; one that the caller fills is only borrowed.
 * Nothing here is shared between threads behind the caller's back.
 */

/* "KAZ-" + 32 characters of A-Z 0-9 - */
#define CORDON_ID_MAX 36

/* A calendar date, possibly partial: day 0 or month 0 when unknown; all zero
 * when absent. */
struct cordon_date {
	int16_t year;  /* 1..9999 */
	uint8_t month; /* 0, 1..12 */
	uint8_t day;   /* 0, 1..31; 0 when month is 0 */
};

/* Code tables: X(symbol, number on the wire, text).  Numbers are never reused. */
#define CORDON_KINDS(X)                                                                \
	X(ENTRY_BAN, 1, "entry_ban")                                                   \
	X(DEPORTATION, 2, "deportation")                                               \
	X(ILLEGAL_STAY, 3, "illegal_stay")                                             \
	X(INVALID_DOCUMENT, 4, "invalid_document")

#define CORDON_REASONS(X)                                                              \
	X(OVERSTAY, 1, "overstay")                                                     \
	X(ILLEGAL_WORK, 2, "illegal_work")                                             \
	X(ILLEGAL_ENTRY, 3, "illegal_entry")                                           \
	X(ADMINISTRATIVE_EXPULSION, 4, "administrative_expulsion")                     \
	X(DEPORTATION, 5, "deportation")                                               \
	X(READMISSION, 6, "readmission")                                               \
	X(FALSE_DOCUMENTS, 7, "false_documents")                                       \
	X(FACILITATION, 8, "facilitation")                                             \
	X(TRAFFICKING_OFFENDER, 9, "trafficking_offender")                             \
	X(SECURITY, 10, "security")                                                    \
	X(PUBLIC_HEALTH, 11, "public_health")                                          \
	X(UNPAID_FINE, 12, "unpaid_fine")                                              \
	X(UN_SANCTIONS, 13, "un_sanctions")                                            \
	X(OTHER, 14, "other")                                                          \
	X(LOST, 32, "lost")                                                            \
	X(STOLEN, 33, "stolen")                                                        \
	X(STOLEN_BLANK, 34, "stolen_blank")                                            \
	X(REVOKED, 35, "revoked")                                                      \
	X(ANNULLED, 36, "annulled")                                                    \
	X(COUNTERFEIT, 37, "counterfeit")

#define CORDON_ACTIONS(X)                                                              \
	X(REFUSE_ENTRY, 1, "refuse_entry")                                             \
	X(REFER, 2, "refer")                                                           \
	X(SHORTEN_STAY, 3, "shorten_stay")                                             \
	X(REFUSE_WORK, 4, "refuse_work")                                               \
	X(DETAIN, 5, "detain")                                                         \
	X(SEIZE_DOCUMENT, 6, "seize_document")                                         \
	X(NOTIFY_ISSUER, 7, "notify_issuer")

#define CORDON_SCOPES(X)                                                               \
	X(ALL, 1, "all")                                                               \
	X(EMPLOYMENT, 2, "employment")

#define CORDON_WITHDRAWALS(X)                                                          \
	X(EXPIRED, 1, "expired")                                                       \
	X(REVIEW_LAPSED, 2, "review_lapsed")                                           \
	X(ANNULLED, 3, "annulled")                                                     \
	X(ERROR, 4, "error")                                                           \
	X(WRONG_PERSON, 5, "wrong_person")                                             \
	X(DUPLICATE, 6, "duplicate")                                                   \
	X(NATURALISED, 7, "naturalised")                                               \
	X(DECEASED, 8, "deceased")                                                     \
	X(RECOVERED, 9, "recovered")

#define CORDON_NAME_TYPES(X)                                                           \
	X(PRIMARY, 1, "primary")                                                       \
	X(ALIAS, 2, "alias")                                                           \
	X(WEAK_ALIAS, 3, "weak_alias")                                                 \
	X(FORMER, 4, "former")                                                         \
	X(MISUSED, 5, "misused") /* an innocent person's identity */

#define CORDON_MARKERS(X)                                                              \
	X(MINOR, 1, "minor")                                                           \
	X(POSSIBLE_TRAFFICKING_VICTIM, 2, "possible_trafficking_victim")               \
	X(ASYLUM_CLAIMANT, 3, "asylum_claimant")                                       \
	X(ARMED, 4, "armed")                                                           \
	X(VIOLENT, 5, "violent")                                                       \
	X(HEALTH_THREAT, 6, "health_threat")

/* ICAO 9303-3 §4.2: M, F, or unspecified (printed as a filler, said as X). */
#define CORDON_SEXES(X)                                                                \
	X(M, 1, "M")                                                                   \
	X(F, 2, "F")                                                                   \
	X(X, 3, "X")

/* First letter of the ICAO document code, or Cordon's own for papers without one. */
#define CORDON_DOCUMENT_TYPES(X)                                                       \
	X(PASSPORT, 1, "P")                                                            \
	X(VISA, 2, "V")                                                                \
	X(IDENTITY_CARD, 3, "I")                                                       \
	X(ACCESS_CARD, 4, "A")                                                         \
	X(CREW, 5, "C")                                                                \
	X(RESIDENCE_PERMIT, 6, "R")                                                    \
	X(RETURN_CERTIFICATE, 7, "T")                                                  \
	X(SEAFARER, 8, "S")                                                            \
	X(INTERNAL_PASSPORT, 9, "N")

#define CORDON_EXCEPTION_TYPES(X)                                                      \
	X(ONE_ENTRY, 1, "one_entry")                                                   \
	X(DATES, 2, "dates")                                                           \
	X(DOCUMENTS, 3, "documents")

#define CORDON_PURPOSES(X)                                                             \
	X(BORDER_CHECK, 1, "border_check")                                             \
	X(VISA, 2, "visa")                                                             \
	X(RESIDENCE, 3, "residence")                                                   \
	X(POLICE_CHECK, 4, "police_check")                                             \
	X(CARRIER, 5, "carrier")                                                       \
	X(QUALITY, 6, "quality")                                                       \
	X(TRAINING, 7, "training")

#define CORDON_DIRECTIONS(X)                                                           \
	X(ENTRY, 1, "entry")                                                           \
	X(EXIT, 2, "exit")                                                             \
	X(TRANSIT, 3, "transit")                                                       \
	X(INLAND, 4, "inland")

#define CORDON_CODE_ENUM_(prefix, name, number) CORDON_##prefix##_##name = (number),
#define X(name, number, text) CORDON_CODE_ENUM_(KIND, name, number)
enum cordon_kind {
	CORDON_KINDS(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(REASON, name, number)
enum cordon_reason {
	CORDON_REASONS(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(ACTION, name, number)
enum cordon_action {
	CORDON_ACTIONS(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(SCOPE, name, number)
enum cordon_scope {
	CORDON_SCOPES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(WITHDRAWAL, name, number)
enum cordon_withdrawal {
	CORDON_WITHDRAWALS(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(NAME, name, number)
enum cordon_name_type {
	CORDON_NAME_TYPES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(MARKER, name, number)
enum cordon_marker {
	CORDON_MARKERS(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(SEX, name, number)
enum cordon_sex {
	CORDON_SEXES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(DOCUMENT, name, number)
enum cordon_document_type {
	CORDON_DOCUMENT_TYPES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(EXCEPTION, name, number)
enum cordon_exception_type {
	CORDON_EXCEPTION_TYPES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(PURPOSE, name, number)
enum cordon_purpose {
	CORDON_PURPOSES(X)
};
#undef X
#define X(name, number, text) CORDON_CODE_ENUM_(DIRECTION, name, number)
enum cordon_direction {
	CORDON_DIRECTIONS(X)
};
#undef X
#undef CORDON_CODE_ENUM_

/* Which code table a number belongs to. */
enum cordon_codes {
	CORDON_CODES_KIND,
	CORDON_CODES_REASON,
	CORDON_CODES_ACTION,
	CORDON_CODES_SCOPE,
	CORDON_CODES_WITHDRAWAL,
	CORDON_CODES_NAME_TYPE,
	CORDON_CODES_MARKER,
	CORDON_CODES_SEX,
	CORDON_CODES_DOCUMENT_TYPE,
	CORDON_CODES_EXCEPTION_TYPE,
	CORDON_CODES_PURPOSE,
	CORDON_CODES_DIRECTION,
	CORDON_CODES_COUNT
};

/* The code's text, static; NULL when the number is not in the table (a newer
 * member may have sent it). */
const char *cordon_code_text(enum cordon_codes table, uint32_t number);

/* The number of a code's text; 0 when the table has no such text. */
uint32_t cordon_code_number(enum cordon_codes table, const char *text);

struct cordon_name {
	uint32_t type;       /* enum cordon_name_type */
	const char *surname; /* at most 128 characters each */
	const char *given;
	const char *patronymic;
	const char *full; /* the whole name where its parts are not known */
};

struct cordon_personal_number {
	const char *number; /* as printed; outlives passports and names */
	const char *issuer; /* state, ICAO 9303-3 §5 */
};

struct cordon_document {
	uint32_t type;         /* enum cordon_document_type; 0 unknown */
	const char *number;    /* as printed; the first of a range */
	const char *number_to; /* the last of a range (inclusive), or NULL */
	const char *issuer;    /* state, ICAO 9303-3 §5; NULL unknown */
	struct cordon_date issued_on;
	struct cordon_date expires_on;
};

struct cordon_person {
	struct cordon_name *names;
	size_t names_count;
	struct cordon_date born;
	bool born_approximate;
	struct cordon_date *born_alternatives; /* further dates on record */
	size_t born_alternatives_count;
	uint32_t sex;               /* enum cordon_sex; 0 unknown */
	const char **nationalities; /* states */
	size_t nationalities_count;
	const char *birth_place;
	const char *birth_state;
	struct cordon_personal_number *personal_numbers;
	size_t personal_numbers_count;
	struct cordon_document *documents; /* never ranges */
	size_t documents_count;
	uint32_t *markers; /* enum cordon_marker, a set */
	size_t markers_count;
};

/* Who decided, and under which law. */
struct cordon_decision {
	const char *authority;
	const char *number;
	struct cordon_date date;
	const char *legal_basis;
};

/* The list a record was imported from, and its reference there. */
struct cordon_source {
	const char *list;
	const char *reference;
};

/* Where the owner lets the person in all the same. */
struct cordon_exception {
	uint32_t type;            /* enum cordon_exception_type */
	struct cordon_date from;  /* first day; dates */
	struct cordon_date until; /* last day; dates and one_entry */
	struct cordon_document *documents;
	size_t documents_count;
	const char *note;
};

/* Someone proven not to be the subject, entered with their dated consent. */
struct cordon_distinguished {
	struct cordon_name *names;
	size_t names_count;
	struct cordon_date born;
	struct cordon_document *documents;
	size_t documents_count;
	struct cordon_date consent_on;
	const char *why; /* shown as the reason of "cleared" */
};

struct cordon_record {
	const char *id;   /* OWNER-… , at most CORDON_ID_MAX bytes */
	uint32_t kind;    /* enum cordon_kind; open: newer members may add */
	uint64_t version; /* given by the owner's node, from 1 */
	struct cordon_date valid_from;  /* first day in force, in utc_offset_min */
	struct cordon_date valid_until; /* last day in force, in utc_offset_min */
	/* Of the owner; minutes east of UTC, -720..840.  0 in what is submitted: the
	 * one that the owner's node is configured with. */
	int32_t utc_offset_min;
	struct cordon_date review_by;
	uint32_t reason;   /* enum cordon_reason */
	uint32_t *actions; /* enum cordon_action, a set */
	size_t actions_count;
	uint32_t scope;                   /* enum cordon_scope; 0 means all */
	struct cordon_decision *decision; /* NULL when absent, as all below */
	struct cordon_source *source;
	const char *contact; /* the issuer's, for questions */
	const char **links;  /* ids of related records */
	size_t links_count;
	const char *note;          /* for all members */
	const char *warning;       /* shown with every hit */
	const char *internal_note; /* the owner's; never leaves its nodes */
	bool weak; /* from a public list, without birth date or number */
	struct cordon_person *person;
	struct cordon_document *documents; /* invalid_document: number or range */
	size_t documents_count;
	struct cordon_date ordered_on; /* deportation */
	struct cordon_date removed_on;
	const char *removed_to; /* state */
	struct cordon_exception *exceptions;
	size_t exceptions_count;
	struct cordon_distinguished *distinguished;
	size_t distinguished_count;
};

/*
 * Reads the JSON form of one record (README, "Records").  On success *record is
 * the caller's, freed by cordon_record_destroy.  On failure CORDON_ESYNTAX or
 * CORDON_EFIELD, *record untouched, and message (message_bytes long, may be
 * NULL/0) names field, value and what was expected.  Does not apply the entry
 * rules: the owner's node does.
 */
int cordon_record_from_json(const char *text, size_t text_bytes,
	struct cordon_record **record, char *message, size_t message_bytes);

/*
 * The JSON form in one line, keys sorted, without the local fields
 * (internal_note).  On success *text is malloc'ed, NUL-terminated.  CORDON_EFIELD
 * where a string is not UTF-8, CORDON_ENOMEM.
 */
int cordon_record_to_json(const struct cordon_record *record, char **text);

/* Wipes and frees; NULL is accepted. */
void cordon_record_destroy(struct cordon_record *record);

#pragma GCC visibility pop

#endif
