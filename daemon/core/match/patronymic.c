/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/patronymic.h"

#include <string.h>

#define STEM_MIN 3 /* shorter words only look as if they had an ending */

static const char *const endings[] = { "OVICH", "EVICH", "AVICH", "OVYCH", "EVYCH",
	"OVNA", "EVNA", "IVNA", "ICHNA", "AUNA", "OUNA", "EUNA", "ULY", "UULU", "KYZY",
	"QYZY", "OGLY", "OGLU" };

/* Without one of the endings above. */
static const char *const irregular[] = { "ILICH", "KUZMICH", "LUKICH", "FOMICH",
	"NIKITICH", "SAVVICH" };

/* Son of, daughter of, as words of their own. */
static const char *const child_words[] = { "OGLY", "OGLU", "OGHLU", "UGLI", "OGLI",
	"KYZY", "KIZI", "QIZI", "GYZY", "UULU", "ULY", "KHYZY" };

static bool listed(
	const char *const *words, size_t count, const char *text, size_t size)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == size && memcmp(words[i], text, size) == 0) {
			return true;
		}
	}
	return false;
}

static bool ends_as_patronymic(const char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (size >= STEM_MIN + ending &&
			memcmp(text + size - ending, endings[i], ending) == 0) {
			return true;
		}
	}
	return false;
}

size_t patronymic_words(const struct text_tokens *tokens, size_t first, size_t index)
{
	const char *text = tokens->text + tokens->tokens[index].start;
	size_t size = tokens->tokens[index].size;

	if (listed(child_words, sizeof(child_words) / sizeof(child_words[0]), text,
		    size)) {
		return index > first ? 2 : 0;
	}
	return ends_as_patronymic(text, size) ||
			       listed(irregular,
				       sizeof(irregular) / sizeof(irregular[0]), text,
				       size)
		       ? 1
		       : 0;
}
