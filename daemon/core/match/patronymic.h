/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_PATRONYMIC_H
#define CORE_MATCH_PATRONYMIC_H

#include "daemon/core/match/text.h"

/*
 * Patronymics in names whose parts are not told apart: many passports leave them out,
 * so a name must be found without.  By the endings of the members' languages as ICAO
 * 9303-3 spells them: PETROVICH, PYATROVICH, PETRIVNA, KABENULY, ALI OGLU.
 */

/*
 * How many words up to and with the one at index (which is within [first,
 * tokens->count)) may be left out as a patronymic: 0 none, 1, or 2 where a father's
 * name stands before a word for son or daughter; words before first do not belong to
 * it.
 */
size_t patronymic_words(const struct text_tokens *tokens, size_t first, size_t index);

#endif
