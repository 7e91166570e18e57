/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_NUMBER_H
#define CTL_IMPORT_NUMBER_H

#include <stdbool.h>

#include "proto/arena.h"

/* Numbers of documents as public lists print them: with words around. */

/*
 * The number alone: "CAR diplomatic passport no. D90000898" is D90000898,
 * "981110042 (Expired 25 Jan. 2016)" 981110042, "Russian passport number 9208 No.
 * 955627" "9208 955627".  text: cleaned (import_text_clean).  In arena memory; NULL
 * when text holds no digit.
 */
const char *import_number(struct arena *arena, const char *text);

/* True when cordon_number_normalise takes it and a record has room for it. */
bool import_number_usable(const char *number);
/* True when both normalise to the same. */
bool import_number_same(const char *a, const char *b);

/*
 * The next passport that running text mentions: "… passport No. 984158, expires …".
 * *text moves behind it.  NULL when there is none.
 */
const char *import_number_next_passport(struct arena *arena, const char **text);

#endif
