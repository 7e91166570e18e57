/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_MRZ_ZONE_H
#define PROTO_MRZ_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/mrz.h>

/* How a zone is read; for the files mrz_*.c only. */

#define MRZ_BYTES_MAX 90 /* TD1: 3 lines of 30 */
#define MRZ_FILLER '<'

/* Positions in the zone's lines put together, from 0. */
struct mrz_span {
	uint8_t at, size;
};

#define MRZ_NO_DIGIT 0 /* position 0 is the document code's */
#define MRZ_PARTS_MAX 4

/* Where a format has its fields (9303-4, 5, 6 §4.2.2; 9303-7 §4.2.2, §7.2.2). */
struct mrz_layout {
	enum cordon_mrz_format format;
	uint8_t lines, line_bytes;
	struct mrz_span issuer, name, number, nationality, born, expires;
	struct mrz_span optional, optional_2; /* the second: TD1 only */
	uint8_t sex;
	uint8_t number_digit, born_digit, expires_digit;
	uint8_t optional_digit;                   /* TD3 only */
	uint8_t composite_digit;                  /* not in visas */
	struct mrz_span composite[MRZ_PARTS_MAX]; /* what the composite digit covers */
	bool long_number;                         /* may go on in the optional field */
};

struct mrz_zone {
	char text[MRZ_BYTES_MAX + 1];
	const struct mrz_layout *layout;
};

/* Puts the lines together and finds their format.  0 or CORDON_ENOTMRZ with why. */
int mrz_zone_collect(struct mrz_zone *zone, const char *const *lines, size_t line_count,
	char *why, size_t why_bytes);

/* The number's end in the optional field: bytes of its continuation with the check
 * digit, 0 where there is none (9303-5 §4.2.2 note j, 9303-6 §4.2.2 note j). */
size_t mrz_continuation_bytes(const struct mrz_zone *zone);

/* Sets mrz->checks. */
void mrz_check_digits(const struct mrz_zone *zone, struct cordon_mrz *mrz);

/* All but checks, valid, fault and personal_number. */
void mrz_read_fields(const struct mrz_zone *zone, struct cordon_date reference,
	struct cordon_mrz *mrz);

/* Two-digit years and unknown parts.  The date stays absent where the text has none
 * that exists. */
void mrz_read_born(
	const char *text, struct cordon_date reference, struct cordon_mrz *mrz);
void mrz_read_expires(
	const char *text, struct cordon_date reference, struct cordon_mrz *mrz);

/* Sets mrz->valid and mrz->fault from what was read. */
void mrz_judge(const struct mrz_zone *zone, struct cordon_mrz *mrz);

#endif
