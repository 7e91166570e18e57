/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/ident.h"
#include "proto/mrz_zone.h"
#include "proto/record.h"

/* Keeps the first fault in the order of the zone. */
__attribute__((format(printf, 2, 3))) static void fault(
	struct cordon_mrz *mrz, const char *format, ...)
{
	va_list ap;

	if (mrz->fault[0] != '\0') {
		return;
	}
	va_start(ap, format);
	vsnprintf(mrz->fault, sizeof(mrz->fault), format, ap);
	va_end(ap);
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 9303-5 and 9303-6 §4.2.2 note k; AC is the crew member's, a TD1 (9303-5 App. C). */
static bool card_code(const char *code, bool td1)
{
	if (strchr("ACI", code[0]) == NULL || code[1] == 'V') {
		return false;
	}
	return code[0] != 'A' || (td1 ? code[1] != 'I' : code[1] != 'C');
}

/* 9303-4 §4.2.2.1: P and a letter; passports without one run out by 2038 (§4.4). */
static bool passport_code(const char *code)
{
	return code[0] == 'P' && (is_letter(code[1]) || code[1] == MRZ_FILLER);
}

static void judge_code(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	bool good = true;

	switch (mrz->format) {
	case CORDON_MRZ_TD1:
	case CORDON_MRZ_TD2:
		good = card_code(zone->text, mrz->format == CORDON_MRZ_TD1);
		break;
	case CORDON_MRZ_TD3:
		good = passport_code(zone->text);
		break;
	case CORDON_MRZ_MRV_A: /* V made it a visa; the second is the issuer's choice */
	case CORDON_MRZ_MRV_B:
		break;
	}
	if (!good) {
		fault(mrz, "document code %.2s is none of a %s", zone->text,
			cordon_mrz_format_text(mrz->format));
	}
}

/* 9303-3 §5, from the left, fillers after it. */
static bool state_known(const struct mrz_zone *zone, struct mrz_span span)
{
	char code[4] = { 0 };
	size_t size = span.size;

	memcpy(code, zone->text + span.at, size);
	while (size > 0 && code[size - 1] == MRZ_FILLER) {
		code[--size] = '\0';
	}
	return ident_state_known(code);
}

static void judge_states(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	const struct mrz_layout *l = zone->layout;

	if (!state_known(zone, l->issuer)) {
		fault(mrz, "issuer %.3s is no state's code", zone->text + l->issuer.at);
	}
	/* convention travel documents may leave it out (9303-4 §4.2.2 note o) */
	if (!(mrz->format == CORDON_MRZ_TD3 && mrz->nationality[0] == '\0') &&
		!state_known(zone, l->nationality)) {
		fault(mrz, "nationality %.3s is no state's code",
			zone->text + l->nationality.at);
	}
}

/* Letters; digits only where they are the internal passport's code (§4.6). */
static bool name_characters(const char *name, size_t size, bool cyrillic)
{
	for (size_t i = 0; i < size; i++) {
		if (name[i] != MRZ_FILLER && !is_letter(name[i]) &&
			(!cyrillic || strchr("2346789", name[i]) == NULL)) {
			return false;
		}
	}
	return true;
}

/*
 * §4.6: components apart by one filler, the two identifiers by two, fillers to the
 * end.  A name without the primary identifier is let pass: states print those who
 * have given names only in that way.
 */
static bool name_fillers(const char *name, size_t size)
{
	bool separated = false;

	while (size > 0 && name[size - 1] == MRZ_FILLER) {
		size--;
	}
	if (size > 0 && name[0] == MRZ_FILLER && name[1] != MRZ_FILLER) {
		return false;
	}
	for (size_t i = 0; i + 1 < size; i++) {
		if (name[i] != MRZ_FILLER || name[i + 1] != MRZ_FILLER) {
			continue;
		}
		if (separated) {
			return false; /* a third filler, or a third identifier */
		}
		separated = true;
	}
	return size > 0;
}

static void judge_name(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	struct mrz_span span = zone->layout->name;
	const char *name = zone->text + span.at;

	if (!name_characters(name, span.size, mrz->cyrillic)) {
		fault(mrz, "the name holds a digit");
	} else if (!name_fillers(name, span.size)) {
		fault(mrz, "the name is missing or its fillers are misplaced");
	}
}

static void judge_number(struct cordon_mrz *mrz)
{
	if (mrz->number[0] == '\0') {
		fault(mrz, "there is no document number");
	}
	if (mrz->checks.number == CORDON_CHECK_WRONG) {
		fault(mrz, "the document number's check digit is wrong");
	}
}

/* A part of YYMMDD that is within its bounds or, where it may be, unknown. */
static bool part_good(const char *text, int most, bool may_be_unknown)
{
	int value;

	if (text[0] == MRZ_FILLER && text[1] == MRZ_FILLER) {
		return may_be_unknown;
	}
	if (!is_digit(text[0]) || !is_digit(text[1])) {
		return false;
	}
	value = (text[0] - '0') * 10 + (text[1] - '0');
	return most == 99 || (value >= 1 && value <= most);
}

static bool date_good(const char *text, bool may_be_unknown)
{
	return part_good(text, 99, may_be_unknown) &&
	       part_good(text + 2, 12, may_be_unknown) &&
	       part_good(text + 4, 31, may_be_unknown);
}

static void judge_born(struct cordon_mrz *mrz)
{
	bool year_known = mrz->born_text[0] != MRZ_FILLER;

	if (!date_good(mrz->born_text, true) ||
		(year_known && date_absent(&mrz->born))) {
		fault(mrz, "date of birth %s is none that can be", mrz->born_text);
	}
	if (mrz->checks.born == CORDON_CHECK_WRONG) {
		fault(mrz, "the date of birth's check digit is wrong");
	}
}

/* Only a birth may be unknown (§4.8); what never expires has its check left out. */
static void judge_expires(struct cordon_mrz *mrz)
{
	if (mrz->checks.expires == CORDON_CHECK_NONE) {
		return;
	}
	if (!date_good(mrz->expires_text, false) || date_absent(&mrz->expires)) {
		fault(mrz, "date of expiry %s is none that can be", mrz->expires_text);
	}
	if (mrz->checks.expires == CORDON_CHECK_WRONG) {
		fault(mrz, "the date of expiry's check digit is wrong");
	}
}

void mrz_judge(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	char sex = zone->text[zone->layout->sex];

	mrz->fault[0] = '\0';
	judge_code(zone, mrz);
	judge_states(zone, mrz);
	judge_name(zone, mrz);
	judge_number(mrz);
	judge_born(mrz);
	if (sex != 'M' && sex != 'F' && sex != MRZ_FILLER) {
		fault(mrz, "sex %c is none of M, F and <", sex);
	}
	judge_expires(mrz);
	if (mrz->checks.optional == CORDON_CHECK_WRONG) {
		fault(mrz, "the optional data's check digit is wrong");
	}
	if (mrz->checks.composite == CORDON_CHECK_WRONG) {
		fault(mrz, "the composite check digit is wrong");
	}
	mrz->valid = mrz->fault[0] == '\0';
}
