/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_PROTO_MRZ_BUILDER_H
#define TESTS_UNIT_PROTO_MRZ_BUILDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cordon/mrz.h>

/* Zones with right check digits, put together from the fields a test is about. */

/* What a test says of a zone; NULL stands for the specimen's value. */
struct spec {
	const char *code, *issuer, *name, *number, *nationality, *born, *sex, *expires,
		*optional, *optional_2;
	const char *number_digit;   /* instead of the right one */
	const char *optional_digit; /* of a TD3, instead of the right one */
};

struct zone {
	char lines[3][45];
	size_t line_count;
};

/* "PP", "I<" and "V<" of Utopia; digits are right unless the spec has others. */
struct zone zone_td3(struct spec spec);
struct zone zone_td2(struct spec spec);
struct zone zone_td1(struct spec spec);
struct zone zone_visa(struct spec spec, size_t line_bytes);

extern const struct cordon_date zone_today; /* 2026-03-01 */

/* Reads a zone that must be readable. */
struct cordon_mrz zone_parse(struct zone zone);
struct cordon_mrz zone_parse_at(const struct zone *zone, struct cordon_date reference);

void assert_zone_valid(const struct cordon_mrz *mrz);
/* The zone is read, is not valid, and its fault holds these words. */
void assert_zone_fault(struct zone zone, const char *words);
void assert_date_is(
	const struct cordon_date *date, int year, unsigned month, unsigned day);

#endif
