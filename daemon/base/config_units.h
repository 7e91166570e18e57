/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_UNITS_H
#define BASE_CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers with and without a unit, as people write them in a configuration. */

struct config_unit {
	const char *name; /* "" where none is written */
	uint64_t factor;  /* in the smallest unit */
};

/* From the smallest; each ends with a NULL name. */
extern const struct config_unit config_units_none[];
extern const struct config_unit config_units_ms[];
extern const struct config_unit config_units_days[];
extern const struct config_unit config_units_bytes[];

/*
 * Digits and one of the units' names, nothing else.  False when it is not that, or
 * too large; *value is in the smallest unit.
 */
bool config_units_parse(
	const struct config_unit *units, const char *text, uint64_t *value);
/* In the largest unit that gives a whole number. */
#define CONFIG_UNITS_TEXT_MAX 32
void config_units_text(const struct config_unit *units, uint64_t value, char *out);

/* "+05:00", "-03:30"; minutes east of UTC from -720 to 840 (-12:00 to +14:00). */
bool config_offset_parse(const char *text, int32_t *minutes);

#endif
