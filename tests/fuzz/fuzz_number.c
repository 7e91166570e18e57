/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "proto/document.h"

#define TEXT_MAX 256

/* What was normalised is normal, and its skeleton is as long. */
static void check_number(const char *text)
{
	char once[CORDON_NUMBER_MAX + 1], twice[CORDON_NUMBER_MAX + 1];

	if (cordon_number_normalise(text, once) != 0) {
		return;
	}
	FUZZ_CHECK(cordon_number_normalise(once, twice) == 0);
	FUZZ_CHECK(strcmp(once, twice) == 0);
	document_skeleton(once, twice);
	FUZZ_CHECK(strlen(once) == strlen(twice));
}

/* Both ends are held, and lie in the first and the last block. */
static void check_range(const char *number, const char *number_to)
{
	struct document_block blocks[DOCUMENT_BLOCKS_MAX];
	struct document_range range;
	char first[CORDON_NUMBER_MAX + 1], last[CORDON_NUMBER_MAX + 1];
	size_t count;

	if (document_range_parse(number, number_to, &range, NULL) != 0) {
		return;
	}
	FUZZ_CHECK(cordon_number_normalise(number, first) == 0);
	FUZZ_CHECK(cordon_number_normalise(number_to, last) == 0);
	FUZZ_CHECK(document_range_holds(&range, first));
	FUZZ_CHECK(document_range_holds(&range, last));
	count = document_range_split(&range, blocks);
	FUZZ_CHECK(count >= 1 && count <= 18u * range.digits);
	FUZZ_CHECK(strncmp(first, blocks[0].text, strlen(blocks[0].text)) == 0);
	FUZZ_CHECK(strncmp(last, blocks[count - 1].text,
			   strlen(blocks[count - 1].text)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1];
	char *second;

	size = size > TEXT_MAX ? TEXT_MAX : size;
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	check_number(text);
	second = strchr(text, '\n');
	if (second != NULL) {
		*second++ = '\0';
		check_range(text, second);
	}
	return 0;
}
