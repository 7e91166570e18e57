/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "client/ctl/import_text.h"

#include <string.h>
#include <strings.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "proto/record.h"

#define BEHIND_WORD_BYTES 24 /* how far behind "expires" its date may begin */

static bool invisible(UChar32 c)
{
	int8_t type = u_charType(c);

	/* ZWNJ and ZWJ belong to the spelling of Persian and Indic names */
	return type == U_CONTROL_CHAR ||
	       (type == U_FORMAT_CHAR && c != 0x200c && c != 0x200d);
}

const char *import_text_clean(struct arena *arena, const char *text, size_t bytes)
{
	const uint8_t *in = (const uint8_t *)text;
	char *out = arena_alloc(arena, bytes + 1);
	int32_t from = 0, size = (int32_t)bytes;
	size_t used = 0;
	bool blank = false;

	while (out != NULL && from < size) {
		int32_t start = from;
		UChar32 c;

		U8_NEXT(in, from, size, c);
		if (c < 0 || u_isUWhiteSpace(c)) {
			blank = true;
		} else if (!invisible(c)) {
			if (blank && used > 0) {
				out[used++] = ' ';
			}
			blank = false;
			memcpy(out + used, text + start, (size_t)(from - start));
			used += (size_t)(from - start);
		}
	}
	return used == 0 ? NULL : out;
}

size_t import_text_length(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		count += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return count;
}

size_t import_text_cut(const char *text, size_t count)
{
	size_t bytes = 0, blank = 0;

	while (text[bytes] != '\0' && count > 0) {
		if (text[bytes] == ' ') {
			blank = bytes;
		}
		do {
			bytes++;
		} while (((unsigned char)text[bytes] & 0xc0) == 0x80);
		count--;
	}
	return text[bytes] == '\0' || text[bytes] == ' ' || blank == 0 ? bytes : blank;
}

bool import_text_starts(const char *text, const char *beginning)
{
	return strncasecmp(text, beginning, strlen(beginning)) == 0;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *import_text_find(const char *text, const char *word)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (import_text_starts(at, word)) {
			return at;
		}
	}
	return NULL;
}

/* The number that text begins with, of at most most digits; *used 0: none. */
static unsigned number(const char *text, size_t most, size_t *used)
{
	unsigned value = 0;
	size_t size = 0;

	while (size < most && digit(text[size])) {
		value = 10 * value + (unsigned)(text[size++] - '0');
	}
	*used = digit(text[size]) ? 0 : size;
	return value;
}

/* 1..12 of an English month, whole or cut to three letters or more; *used 0: none. */
static unsigned month(const char *text, size_t *used)
{
	static const char *const months[] = { "January", "February", "March", "April",
		"May", "June", "July", "August", "September", "October", "November",
		"December" };
	size_t size = 0;

	while (letter(text[size])) {
		size++;
	}
	*used = 0;
	for (unsigned i = 0; size >= 3 && i < 12; i++) {
		if (size <= strlen(months[i]) &&
			strncasecmp(text, months[i], size) == 0) {
			*used = size + (text[size] == '.' ? 1 : 0);
			return i + 1;
		}
	}
	return 0;
}

static size_t blanks(const char *text)
{
	return strspn(text, " ,");
}

static size_t year(const char *text, struct cordon_date *date)
{
	size_t used;
	unsigned value = number(text, 4, &used);

	if (used != 4) {
		return 0;
	}
	date->year = (int16_t)value;
	return used;
}

/* Behind a month: "1973", "19, 2020". */
static size_t after_month(const char *text, struct cordon_date *date)
{
	size_t used, size = blanks(text), more;
	unsigned value = number(text + size, 2, &used);

	if (used > 0 && blanks(text + size + used) > 0) {
		date->day = (uint8_t)value;
		size += used + blanks(text + size + used);
	}
	more = year(text + size, date);
	return more == 0 ? 0 : size + more;
}

static size_t in_words(const char *text, struct cordon_date *date)
{
	size_t used, size = 0, more;
	unsigned value = number(text, 2, &used);

	if (used > 0) {
		date->day = (uint8_t)value;
		size = used + blanks(text + used);
	}
	date->month = (uint8_t)month(text + size, &used);
	if (used == 0) {
		return 0;
	}
	size += used;
	if (date->day == 0) {
		more = after_month(text + size, date);
		return more == 0 ? 0 : size + more;
	}
	size += blanks(text + size);
	more = year(text + size, date);
	return more == 0 ? 0 : size + more;
}

size_t import_text_date(const char *text, struct cordon_date *date)
{
	struct cordon_date found = { 0, 0, 0 };
	size_t size = strnlen(text, 10);

	if (size == 10 && date_parse(&found, text, 10) && !digit(text[10])) {
		*date = found;
		return 10;
	}
	size = in_words(text, &found);
	if (size == 0) {
		found = (struct cordon_date){ 0, 0, 0 };
		size = year(text, &found);
	}
	if (size == 0 || !date_valid(&found)) {
		return 0;
	}
	*date = found;
	return size;
}

bool import_text_date_after(
	const char *text, const char *const *words, struct cordon_date *date)
{
	for (; *words != NULL; words++) {
		const char *at = import_text_find(text, *words);

		if (at == NULL) {
			continue;
		}
		at += strlen(*words);
		for (size_t i = 0; i < BEHIND_WORD_BYTES && at[i] != '\0'; i++) {
			/* at the beginning of a word only: no date from within "11 Jun"
			 */
			if ((i == 0 || strchr(" :.(", at[i - 1]) != NULL) &&
				import_text_date(at + i, date) > 0) {
				return true;
			}
		}
	}
	return false;
}
