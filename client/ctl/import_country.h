/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_COUNTRY_H
#define CTL_IMPORT_COUNTRY_H

#include "proto/errmsg.h"

/*
 * English names of countries, as lists print them, to state codes: ICU's own names
 * and the lists' own spellings ("Korea, North", "Iran (Islamic Republic of)").
 * Immutable once made; any thread.
 */
struct import_countries;

int import_countries_create(struct import_countries **countries, struct errmsg *msg);
void import_countries_destroy(struct import_countries *countries);

/* Static text, such as "PRK"; NULL when no state has this name. */
const char *import_country(const struct import_countries *countries, const char *name);

#endif
