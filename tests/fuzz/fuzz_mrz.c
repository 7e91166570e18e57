/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include <cordon/mrz.h>
#include "proto/document.h"

#define LINES_MAX 4
#define TEXT_MAX 512

/* Splits text at line feeds; the rest stays in the last line. */
static size_t split(char *text, const char **lines)
{
	size_t count = 0;

	while (text != NULL && count < LINES_MAX) {
		char *end = count + 1 < LINES_MAX ? strchr(text, '\n') : NULL;

		if (end != NULL) {
			*end++ = '\0';
		}
		lines[count++] = text;
		text = end;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cordon_date today = { 2026, 3, 1 };
	const char *lines[LINES_MAX];
	char text[TEXT_MAX + 1], number[CORDON_NUMBER_MAX + 1], why[96];
	char name[2 * sizeof(((struct cordon_mrz *)0)->surname)];
	struct cordon_mrz mrz;
	int error;

	size = size > TEXT_MAX ? TEXT_MAX : size;
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	error = cordon_mrz_parse(
		lines, split(text, lines), today, &mrz, why, sizeof(why));
	if (error != 0) {
		FUZZ_CHECK(error == CORDON_ENOTMRZ && why[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(mrz.valid == (mrz.fault[0] == '\0'));
	FUZZ_CHECK(!mrz.valid || document_zone_number(&mrz, number) == 0);
	FUZZ_CHECK(mrz.personal_number[0] == '\0' ||
		   cordon_number_normalise(mrz.personal_number, number) == 0);
	FUZZ_CHECK(cordon_mrz_cyrillic_name(mrz.surname, name, sizeof(name)) == 0);
	return 0;
}
