/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/match/yardstick.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define UNITS 2048
#define PREFIX_MAX 4
#define PREFIX_SCALE 0.1

struct yardstick {
	UTransliterator *latin;
};

struct yardstick *yardstick_create(void)
{
	static const char rules[] = "Any-Latin; NFD; [:M:] Remove; Latin-ASCII; Lower";
	struct yardstick *yardstick = calloc(1, sizeof(*yardstick));
	UErrorCode status = U_ZERO_ERROR;
	UChar id[sizeof(rules)];

	if (yardstick == NULL) {
		fputs("out of memory\n", stderr);
		return NULL;
	}
	u_charsToUChars(rules, id, (int32_t)sizeof(rules));
	yardstick->latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status)) {
		fprintf(stderr, "ICU: %s\n", u_errorName(status));
		free(yardstick);
		return NULL;
	}
	return yardstick;
}

void yardstick_destroy(struct yardstick *yardstick)
{
	if (yardstick != NULL) {
		utrans_close(yardstick->latin);
	}
	free(yardstick);
}

static void take_words(const UChar *units, int32_t count, struct yardstick_name *name)
{
	size_t size = 0;

	for (int32_t i = 0; i <= count; i++) {
		UChar c = i < count ? units[i] : ' ';
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (letter && size < YARDSTICK_LETTERS &&
			name->count < YARDSTICK_WORDS) {
			name->words[name->count][size++] = (char)c;
		} else if (!letter && c != '\'' && size > 0) {
			name->sizes[name->count++] = (unsigned char)size;
			size = 0;
		}
	}
}

void yardstick_read(
	struct yardstick *yardstick, const char *text, struct yardstick_name *name)
{
	UChar units[UNITS];
	int32_t count = 0, limit;
	UErrorCode status = U_ZERO_ERROR;

	memset(name, 0, sizeof(*name));
	u_strFromUTF8(units, UNITS, &count, text, -1, &status);
	limit = count;
	if (U_SUCCESS(status)) {
		utrans_transUChars(
			yardstick->latin, units, &count, UNITS, 0, &limit, &status);
	}
	if (U_SUCCESS(status)) {
		take_words(units, count, name);
	}
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

double jaro_winkler(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t window = larger(larger(a_size, b_size) / 2, 1) - 1, matches = 0,
	       transposed = 0, prefix = 0, k = 0;
	uint64_t a_taken = 0, b_taken = 0;
	double jaro;

	for (size_t i = 0; i < a_size; i++) {
		size_t from = i > window ? i - window : 0;

		for (size_t j = from; j < b_size && j <= i + window; j++) {
			if (a[i] == b[j] && (b_taken >> j & 1) == 0) {
				a_taken |= UINT64_C(1) << i;
				b_taken |= UINT64_C(1) << j;
				matches++;
				break;
			}
		}
	}
	if (matches == 0) {
		return 0;
	}
	for (size_t i = 0; i < a_size; i++) {
		if ((a_taken >> i & 1) != 0) {
			while ((b_taken >> k & 1) == 0) {
				k++;
			}
			transposed += a[i] != b[k++];
		}
	}
	jaro = ((double)matches / (double)a_size + (double)matches / (double)b_size +
		       ((double)matches - (double)(transposed / 2)) / (double)matches) /
	       3;
	while (prefix < PREFIX_MAX && prefix < a_size && prefix < b_size &&
		a[prefix] == b[prefix]) {
		prefix++;
	}
	return jaro + (double)prefix * PREFIX_SCALE * (1 - jaro);
}

double yardstick_compare(const struct yardstick_name *a, const struct yardstick_name *b)
{
	double likeness[YARDSTICK_WORDS][YARDSTICK_WORDS], sum = 0, letters = 0;
	bool a_used[YARDSTICK_WORDS] = { false }, b_used[YARDSTICK_WORDS] = { false };
	size_t pairs = a->count < b->count ? a->count : b->count;

	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			likeness[i][k] = jaro_winkler(
				a->words[i], a->sizes[i], b->words[k], b->sizes[k]);
		}
	}
	for (size_t n = 0; n < pairs; n++) {
		size_t best_i = 0, best_k = 0;
		double best = -1, size;

		for (size_t i = 0; i < a->count; i++) {
			for (size_t k = 0; k < b->count && !a_used[i]; k++) {
				if (!b_used[k] && likeness[i][k] > best) {
					best = likeness[i][k];
					best_i = i;
					best_k = k;
				}
			}
		}
		a_used[best_i] = b_used[best_k] = true;
		size = (double)(a->sizes[best_i] + b->sizes[best_k]);
		sum += best * size;
		letters += size;
	}
	return letters > 0 ? sum / letters : 0;
}
