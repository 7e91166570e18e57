/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mrz_zone.h"

#include <stdio.h>
#include <string.h>

#include <cordon/error.h>

/* The lower line of two begins alike in every format. */
#define LOWER_LINE(start)                                                              \
	.number = { (start), 9 }, .number_digit = (start) + 9,                         \
	.nationality = { (start) + 10, 3 }, .born = { (start) + 13, 6 },               \
	.born_digit = (start) + 19, .sex = (start) + 20,                               \
	.expires = { (start) + 21, 6 }, .expires_digit = (start) + 27

static const struct mrz_layout layouts[] = {
	{
		.format = CORDON_MRZ_TD1,
		.lines = 3,
		.line_bytes = 30,
		.issuer = { 2, 3 },
		.number = { 5, 9 },
		.number_digit = 14,
		.optional = { 15, 15 },
		.born = { 30, 6 },
		.born_digit = 36,
		.sex = 37,
		.expires = { 38, 6 },
		.expires_digit = 44,
		.nationality = { 45, 3 },
		.optional_2 = { 48, 11 },
		.composite_digit = 59,
		.composite = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } },
		.name = { 60, 30 },
		.long_number = true,
	},
	{
		.format = CORDON_MRZ_TD2,
		.lines = 2,
		.line_bytes = 36,
		.issuer = { 2, 3 },
		.name = { 5, 31 },
		LOWER_LINE(36),
		.optional = { 64, 7 },
		.composite_digit = 71,
		.composite = { { 36, 10 }, { 49, 7 }, { 57, 14 } },
		.long_number = true,
	},
	{
		.format = CORDON_MRZ_MRV_B,
		.lines = 2,
		.line_bytes = 36,
		.issuer = { 2, 3 },
		.name = { 5, 31 },
		LOWER_LINE(36),
		.optional = { 64, 8 },
	},
	{
		.format = CORDON_MRZ_TD3,
		.lines = 2,
		.line_bytes = 44,
		.issuer = { 2, 3 },
		.name = { 5, 39 },
		LOWER_LINE(44),
		.optional = { 72, 14 },
		.optional_digit = 86,
		.composite_digit = 87,
		.composite = { { 44, 10 }, { 57, 7 }, { 65, 22 } },
	},
	{
		.format = CORDON_MRZ_MRV_A,
		.lines = 2,
		.line_bytes = 44,
		.issuer = { 2, 3 },
		.name = { 5, 39 },
		LOWER_LINE(44),
		.optional = { 72, 16 },
	},
};

/* A visa's code begins with V, and no other document's does (9303-5 §4.2.2 note k). */
static bool is_visa(const struct mrz_layout *layout)
{
	return layout->format == CORDON_MRZ_MRV_A || layout->format == CORDON_MRZ_MRV_B;
}

static const struct mrz_layout *layout_find(size_t size, char code)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const struct mrz_layout *l = &layouts[i];

		if ((size_t)l->lines * l->line_bytes == size &&
			(l->lines == 3 || is_visa(l) == (code == 'V'))) {
			return l;
		}
	}
	return NULL;
}

/* What has been read so far, over all lines. */
struct collected {
	char text[MRZ_BYTES_MAX + 1];
	size_t size;
	size_t lines;       /* with any character */
	size_t first_bytes; /* in the first of them */
	bool uneven;        /* a later one is of another length */
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool in_alphabet(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == MRZ_FILLER;
}

static int collect_line(
	struct collected *collected, const char *line, char *why, size_t why_bytes)
{
	size_t before = collected->size;

	for (; *line != '\0'; line++) {
		char c = upper(*line);

		if (is_blank(c)) {
			continue;
		}
		if (!in_alphabet(c)) {
			snprintf(why, why_bytes,
				"line %zu, character %zu: only A-Z, 0-9 and < may "
				"stand there",
				collected->lines + 1, collected->size - before + 1);
			return CORDON_ENOTMRZ;
		}
		if (collected->size == MRZ_BYTES_MAX) {
			snprintf(why, why_bytes,
				"more than the %d characters of any zone",
				MRZ_BYTES_MAX);
			return CORDON_ENOTMRZ;
		}
		collected->text[collected->size++] = c;
	}
	if (collected->size > before) {
		size_t bytes = collected->size - before;

		collected->first_bytes = before == 0 ? bytes : collected->first_bytes;
		collected->uneven =
			collected->uneven || bytes != collected->first_bytes;
		collected->lines++;
	}
	return 0;
}

int mrz_zone_collect(struct mrz_zone *zone, const char *const *lines, size_t line_count,
	char *why, size_t why_bytes)
{
	struct collected all = { .size = 0 };
	const struct mrz_layout *layout;
	char unused[1];

	if (why == NULL) {
		why = unused;
		why_bytes = sizeof(unused);
	}
	for (size_t i = 0; i < line_count; i++) {
		if (collect_line(&all, lines[i], why, why_bytes) != 0) {
			return CORDON_ENOTMRZ;
		}
	}
	layout = layout_find(all.size, all.text[0]);
	if (layout == NULL || all.uneven ||
		(all.lines != 1 && all.lines != layout->lines)) {
		snprintf(why, why_bytes,
			"%zu characters in %zu line(s): a zone has 3 lines of 30, 2 of "
			"36 or 2 "
			"of 44",
			all.size, all.lines);
		return CORDON_ENOTMRZ;
	}
	memcpy(zone->text, all.text, all.size);
	zone->text[all.size] = '\0';
	zone->layout = layout;
	return 0;
}
