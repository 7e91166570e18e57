/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIB_WORDTEXT_H
#define TESTS_LIB_WORDTEXT_H

#include "daemon/core/match/words.h"

/*
 * Words of a name as the vectors write them (tests/vectors/names): sounds with blanks
 * between, behind each "." initial, "^" of a father, "=" counterpart, "%" no vowels
 * written, ">" truncated.
 */
#define WORDTEXT_BYTES (NAME_WORDS_MAX * (SOUND_MAX + 6))

void wordtext_words(const struct name_words *words, char text[WORDTEXT_BYTES]);

/* Their skeletons, 15 hexadecimal digits each. */
void wordtext_skeletons(const struct name_words *words, char text[WORDTEXT_BYTES]);

#endif
