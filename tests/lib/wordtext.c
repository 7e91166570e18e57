/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/wordtext.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	uint8_t flag;
	char sign;
} signs[] = {
	{ WORD_INITIAL, '.' },
	{ WORD_OF_FATHER, '^' },
	{ WORD_COUNTERPART, '=' },
	{ WORD_NO_VOWELS, '%' },
	{ WORD_TRUNCATED, '>' },
};

void wordtext_words(const struct name_words *words, char text[WORDTEXT_BYTES])
{
	char *at = text;

	for (uint8_t i = 0; i < words->count; i++) {
		const struct name_word *word = &words->words[i];

		at += sprintf(at, "%s%.*s", i > 0 ? " " : "", word->size, word->sound);
		for (size_t k = 0; k < sizeof(signs) / sizeof(signs[0]); k++) {
			if ((word->flags & signs[k].flag) != 0) {
				*at++ = signs[k].sign;
			}
		}
	}
	*at = '\0';
}

void wordtext_skeletons(const struct name_words *words, char text[WORDTEXT_BYTES])
{
	char *at = text;

	for (uint8_t i = 0; i < words->count; i++) {
		at += sprintf(at, "%s%015" PRIx64, i > 0 ? " " : "",
			word_skeleton(&words->words[i]));
	}
	*at = '\0';
}
