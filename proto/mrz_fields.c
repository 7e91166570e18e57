/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/mrz.h>

#include <string.h>

#include "proto/mrz_zone.h"

/*
 * Appends text without the fillers around it, fillers inside as one space.  A space
 * goes between what stands in out already and what is appended.
 */
static void append(char *out, const char *text, size_t bytes)
{
	size_t used = strlen(out);
	bool gap = used > 0;

	for (size_t i = 0; i < bytes; i++) {
		if (text[i] == MRZ_FILLER) {
			gap = used > 0;
			continue;
		}
		if (gap) {
			out[used++] = ' ';
			gap = false;
		}
		out[used++] = text[i];
	}
	out[used] = '\0';
}

static void append_span(char *out, const struct mrz_zone *zone, struct mrz_span span)
{
	append(out, zone->text + span.at, span.size);
}

static void copy_span(char *out, const struct mrz_zone *zone, struct mrz_span span)
{
	memcpy(out, zone->text + span.at, span.size);
	out[span.size] = '\0';
}

/* 9303-3 §4.6: the first two fillers in a row end the primary identifier; a name
 * that reaches the field's last position must be taken as truncated. */
static void read_name(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	struct mrz_span span = zone->layout->name;
	const char *name = zone->text + span.at;
	size_t primary = 0;

	while (primary < span.size &&
		!(name[primary] == MRZ_FILLER && primary + 1 < span.size &&
			name[primary + 1] == MRZ_FILLER)) {
		primary++;
	}
	append(mrz->surname, name, primary);
	append(mrz->given, name + primary, span.size - primary);
	mrz->names_truncated = name[span.size - 1] != MRZ_FILLER;
}

static void read_number(const struct mrz_zone *zone, struct cordon_mrz *mrz)
{
	const struct mrz_layout *l = zone->layout;
	size_t rest = mrz_continuation_bytes(zone);
	char number[MRZ_BYTES_MAX];
	size_t bytes = l->number.size;

	memcpy(number, zone->text + l->number.at, bytes);
	if (rest > 0) { /* without its digit */
		memcpy(number + bytes, zone->text + l->optional.at, rest - 1);
		bytes += rest - 1;
	}
	append(mrz->number, number, bytes);
	append(mrz->optional, zone->text + l->optional.at + rest,
		l->optional.size - rest);
	append_span(mrz->optional, zone, l->optional_2);
}

/* 9303-4 §4.2.2 note p: X stands in the visual zone, a filler in the MRZ. */
static enum cordon_sex read_sex(char c)
{
	return c == 'M' ? CORDON_SEX_M : c == 'F' ? CORDON_SEX_F : CORDON_SEX_X;
}

void mrz_read_fields(const struct mrz_zone *zone, struct cordon_date reference,
	struct cordon_mrz *mrz)
{
	const struct mrz_layout *l = zone->layout;

	mrz->format = l->format;
	append(mrz->document_code, zone->text, 2);
	append_span(mrz->issuer, zone, l->issuer);
	mrz->cyrillic = l->format == CORDON_MRZ_TD3 &&
			strcmp(mrz->document_code, "PN") == 0 &&
			strcmp(mrz->issuer, "RUS") == 0;
	read_name(zone, mrz);
	read_number(zone, mrz);
	append_span(mrz->nationality, zone, l->nationality);
	copy_span(mrz->born_text, zone, l->born);
	mrz_read_born(mrz->born_text, reference, mrz);
	mrz->sex = read_sex(zone->text[l->sex]);
	copy_span(mrz->expires_text, zone, l->expires);
	mrz_read_expires(mrz->expires_text, reference, mrz);
}
