/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "daemon/core/match/screen.h"
#include "daemon/core/match/words.h"

static struct match_context *opened(void)
{
	static struct match_context *context;

	if (context == NULL) {
		FUZZ_CHECK(match_context_create(&context, NULL) == 0);
	}
	return context;
}

static void check_word(const struct name_word *word)
{
	FUZZ_CHECK(word->size >= 1 && word->size <= SOUND_MAX);
	FUZZ_CHECK(word->part <= WORD_PATRONYMIC);
	for (uint8_t i = 0; i < SOUND_MAX; i++) {
		char c = word->sound[i];

		FUZZ_CHECK(i >= word->size
				   ? c == '\0'
				   : c != '\0' && strchr("abcdefghijklmnoprstuvxyzSZCW",
							  c) != NULL);
	}
	FUZZ_CHECK(word_skeleton(word) != 0 && word_skeleton(word) >> 60 == 0);
}

/* Whatever the bytes: words of the sound's letters, or a clear error; given twice the
 * same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[MATCH_NAME_BYTES + 2];
	struct cordon_name name = { .full = text };
	struct cordon_name father = { .surname = text, .patronymic = text };
	struct name_words words, again;
	int error;

	size = size < sizeof(text) ? size : sizeof(text) - 1;
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	memset(&words, 0, sizeof(words));
	memset(&again, 0, sizeof(again));
	error = words_of_name(opened(), &name, &words);
	FUZZ_CHECK(words_of_name(opened(), &name, &again) == error);
	if (error != 0) {
		FUZZ_CHECK(error == CORDON_EFIELD || error == CORDON_ETOOBIG);
		return 0;
	}
	FUZZ_CHECK(words.count <= NAME_WORDS_MAX && words.count == again.count);
	FUZZ_CHECK(memcmp(words.words, again.words,
			   words.count * sizeof(words.words[0])) == 0);
	for (uint8_t i = 0; i < words.count; i++) {
		check_word(&words.words[i]);
	}
	FUZZ_CHECK(words_of_name(opened(), &father, &words) == 0);
	return 0;
}
