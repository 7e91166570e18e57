/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_TEXT_H
#define CTL_IMPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <cordon/record.h>
#include "proto/arena.h"

/* Reading free text of public lists. */

/*
 * A copy of text (UTF-8) as a record may hold it: blanks of all kinds and line ends
 * become single spaces, controls and invisible marks of direction go, so do the
 * blanks around.  NULL when nothing is left or the arena failed.
 */
const char *import_text_clean(struct arena *arena, const char *text, size_t bytes);

/* Characters (code points) of valid UTF-8. */
size_t import_text_length(const char *text);
/* Bytes of the longest beginning that has at most count characters, ended at a blank
 * where there is one. */
size_t import_text_cut(const char *text, size_t count);

/* ASCII letters without regard to case. */
bool import_text_starts(const char *text, const char *beginning);
/* Where word stands in text, or NULL. */
const char *import_text_find(const char *text, const char *word);

/*
 * The date that text begins with: "2026-12-11", "11 Jun. 2017", "October 19, 2020",
 * "Nov. 1973", "1973".  Returns the bytes it takes, or 0.
 */
size_t import_text_date(const char *text, struct cordon_date *date);

/* The first date in the few words behind one of the words (NULL at their end): what
 * "expires on 11 Jun. 2017" says.  False when there is none. */
bool import_text_date_after(
	const char *text, const char *const *words, struct cordon_date *date);

#endif
