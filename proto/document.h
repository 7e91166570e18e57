/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_DOCUMENT_H
#define PROTO_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/mrz.h>
#include "proto/errmsg.h"

/*
 * Rules of document and personal numbers.  A number is normalised by
 * cordon_number_normalise (public); its skeleton folds look-alikes together, so
 * that one index key finds the number and everything easily misread as it.
 */

/* Folds O Q D -> 0, I L -> 1, Z -> 2, S -> 5, B -> 8, G -> 6 in a normalised number.
 * out: CORDON_NUMBER_MAX + 1 bytes.  The same length as the number. */
void document_skeleton(const char *normalised, char *out);

/*
 * A range of numbers: both ends normalised, of one length, equal but for a run
 * of decimal digits at the end.
 */
struct document_range {
	char prefix[CORDON_NUMBER_MAX + 1]; /* what both ends share before the digits */
	uint8_t digits;                     /* how many decimal digits follow, 1..18 */
	uint64_t first, last;               /* their values, inclusive, first <= last */
};

/* Normalises both ends.  CORDON_EFIELD with the reason when they are no range. */
int document_range_parse(const char *number, const char *number_to,
	struct document_range *range, struct errmsg *msg);

bool document_range_holds(const struct document_range *range, const char *normalised);

/*
 * A block of a range in the index: every number that starts with text and has
 * length characters.  A range is split into the fewest such blocks (decimal
 * prefixes), at most 18 * digits of them.
 */
struct document_block {
	char text[CORDON_NUMBER_MAX + 1];
	uint8_t length;
};

#define DOCUMENT_BLOCKS_MAX 324

/* Returns how many blocks were written (out holds DOCUMENT_BLOCKS_MAX). */
size_t document_range_split(
	const struct document_range *range, struct document_block *out);

/*
 * The state's personal number that a zone prints in its number or optional
 * fields: BLR (14 characters), KAZ (IIN, 12 digits), and others documented in
 * document_zone.c.  False when the zone has none.  out: CORDON_NUMBER_MAX + 1 bytes.
 */
bool document_personal_number(const struct cordon_mrz *mrz, char *out);

/*
 * The zone's document number as records have it, normalised: mrz->number, but for the
 * Russian internal passport, which prints the fourth digit of its series first in the
 * optional data ("391935349" and "4…" is 3914 935349).  out: CORDON_NUMBER_MAX + 1
 * bytes.  CORDON_EFIELD when the zone has no number.
 */
int document_zone_number(const struct cordon_mrz *mrz, char *out);

#endif
