/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 18

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the digits at the end begin; the length when it ends in no digit. */
static size_t digits_start(const char *number)
{
	size_t start = strlen(number);

	while (start > 0 && is_digit(number[start - 1])) {
		start--;
	}
	return start;
}

static uint64_t digits_value(const char *digits, size_t count)
{
	uint64_t value = 0;

	for (size_t i = 0; i < count; i++) {
		value = value * 10 + (uint64_t)(digits[i] - '0');
	}
	return value;
}

static int normalise_end(
	const char *field, const char *number, char *out, struct errmsg *msg)
{
	int error = cordon_number_normalise(number, out);

	if (error == CORDON_ETOOBIG) {
		return errmsg_set(msg, CORDON_EFIELD,
			"%s: longer than %d letters and digits", field,
			CORDON_NUMBER_MAX);
	}
	if (error != 0) {
		return errmsg_set(msg, CORDON_EFIELD,
			"%s: no letters or digits that can be read", field);
	}
	return 0;
}

/* Where the digits that count begin, at most DIGITS_MAX before the end. */
static size_t counted_start(const char *first, const char *last)
{
	size_t start = digits_start(first), other = digits_start(last);
	size_t size = strlen(first);

	start = start > other ? start : other;
	return size - start > DIGITS_MAX ? size - DIGITS_MAX : start;
}

int document_range_parse(const char *number, const char *number_to,
	struct document_range *range, struct errmsg *msg)
{
	struct document_range found = { .prefix = "" };
	char first[CORDON_NUMBER_MAX + 1], last[CORDON_NUMBER_MAX + 1];
	int error = normalise_end("number", number, first, msg);
	size_t start;

	if (error == 0) {
		error = normalise_end("number_to", number_to, last, msg);
	}
	if (error != 0) {
		return error;
	}
	if (strlen(first) != strlen(last)) {
		return errmsg_set(msg, CORDON_EFIELD,
			"number_to \"%s\" must be as long as number \"%s\"", last,
			first);
	}
	start = counted_start(first, last);
	if (start == strlen(first) || memcmp(first, last, start) != 0) {
		return errmsg_set(msg, CORDON_EFIELD,
			"number \"%s\" and number_to \"%s\" may differ only in the "
			"digits (at "
			"most %d) at their end",
			first, last, DIGITS_MAX);
	}
	memcpy(found.prefix, first, start);
	found.digits = (uint8_t)(strlen(first) - start);
	found.first = digits_value(first + start, found.digits);
	found.last = digits_value(last + start, found.digits);
	if (found.first > found.last) {
		return errmsg_set(msg, CORDON_EFIELD,
			"number_to \"%s\" comes before number \"%s\"", last, first);
	}
	*range = found;
	return 0;
}

bool document_range_holds(const struct document_range *range, const char *normalised)
{
	size_t prefix = strlen(range->prefix);
	uint64_t value;

	if (strlen(normalised) != prefix + range->digits ||
		memcmp(normalised, range->prefix, prefix) != 0) {
		return false;
	}
	for (size_t i = 0; i < range->digits; i++) {
		if (!is_digit(normalised[prefix + i])) {
			return false;
		}
	}
	value = digits_value(normalised + prefix, range->digits);
	return value >= range->first && value <= range->last;
}

static void block_write(const struct document_range *range, uint64_t value,
	unsigned free_digits, struct document_block *block)
{
	size_t prefix = strlen(range->prefix);
	char digits[DIGITS_MAX + 3];

	snprintf(digits, sizeof(digits), "%0*" PRIu64, range->digits, value);
	memcpy(block->text, range->prefix, prefix);
	memcpy(block->text + prefix, digits, range->digits - free_digits);
	block->text[prefix + range->digits - free_digits] = '\0';
	block->length = (uint8_t)(prefix + range->digits);
}

/*
 * From the lower end upward, always the widest block that begins there and does not
 * pass the upper end: blocks of one width begin at its multiples, so this covers
 * the range with as few as any choice.
 */
size_t document_range_split(
	const struct document_range *range, struct document_block *out)
{
	uint64_t next = range->first;
	size_t count = 0;

	while (next <= range->last && count < DOCUMENT_BLOCKS_MAX) {
		uint64_t width = 1;
		unsigned free_digits = 0;

		while (free_digits < range->digits && next % (width * 10) == 0 &&
			width * 10 - 1 <= range->last - next) {
			width *= 10;
			free_digits++;
		}
		block_write(range, next, free_digits, &out[count++]);
		next += width;
	}
	return count;
}
