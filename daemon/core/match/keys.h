/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_KEYS_H
#define CORE_MATCH_KEYS_H

#include "daemon/core/match/screen.h"

/*
 * Keys of names.  A key is a hash of all words of a name in one spelling, whatever
 * their order; a name has one for each spelling that ICAO 9303-3 §6 allows (forms of a
 * Latin letter, languages of a Cyrillic one), and more without a patronymic.
 * Keys stand in the stores' indexes: a change of the rules needs a new index.
 */

#define KEYS_SPELLINGS_MAX 11
#define KEYS_OMISSIONS_MAX 2 /* words of one name that may be its patronymic */
/* a name may be given in parts and whole, then both count */
#define KEYS_WHOLE_MAX (2 * KEYS_SPELLINGS_MAX)
#define KEYS_SHORTER_MAX (KEYS_OMISSIONS_MAX * KEYS_WHOLE_MAX)

struct name_keys {
	name_key whole[KEYS_WHOLE_MAX]; /* of all its words */
	size_t whole_count;
	name_key shorter[KEYS_SHORTER_MAX]; /* without a patronymic; two words at least
					     */
	size_t shorter_count;
};

/*
 * Without duplicates; none for a name without any letter or digit.  CORDON_EFIELD (not
 * UTF-8), CORDON_ETOOBIG, CORDON_ENOMEM, CORDON_EINTERNAL.
 */
int keys_of_name(struct match_context *context, const struct cordon_name *name,
	struct name_keys *keys);

/* Of a kind that this version knows, with a person in it. */
bool keys_about_person(const struct cordon_record *record);

#endif
