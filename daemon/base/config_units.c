/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct config_unit config_units_none[] = { { "", 1 }, { NULL, 0 } };

const struct config_unit config_units_ms[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "min", 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ "d", 24 * 60 * 60 * 1000 },
	{ NULL, 0 },
};

const struct config_unit config_units_days[] = { { "d", 1 }, { NULL, 0 } };

const struct config_unit config_units_bytes[] = {
	{ "B", 1 },
	{ "KiB", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "GiB", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },
	{ NULL, 0 },
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

bool config_units_parse(
	const struct config_unit *units, const char *text, uint64_t *value)
{
	uint64_t number = 0;

	if (!digit(*text)) {
		return false;
	}
	for (; digit(*text); text++) {
		unsigned next = (unsigned)(*text - '0');

		if (number > (UINT64_MAX - next) / 10) {
			return false;
		}
		number = 10 * number + next;
	}
	for (; units->name != NULL; units++) {
		if (strcmp(text, units->name) == 0 &&
			number <= UINT64_MAX / units->factor) {
			*value = number * units->factor;
			return true;
		}
	}
	return false;
}

void config_units_text(const struct config_unit *units, uint64_t value, char *out)
{
	const struct config_unit *best = units;

	for (; units->name != NULL; units++) {
		if (value != 0 && value % units->factor == 0) {
			best = units;
		}
	}
	snprintf(out, CONFIG_UNITS_TEXT_MAX, "%" PRIu64 "%s", value / best->factor,
		best->name);
}

bool config_offset_parse(const char *text, int32_t *minutes)
{
	int32_t sign = text[0] == '-' ? -1 : 1;
	int32_t offset;

	if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') ||
		!digit(text[1]) || !digit(text[2]) || text[3] != ':' ||
		!digit(text[4]) || !digit(text[5]) || text[4] > '5') {
		return false;
	}
	offset = sign * (60 * (10 * (text[1] - '0') + text[2] - '0') +
				10 * (text[4] - '0') + text[5] - '0');
	if (offset < -720 || offset > 840) {
		return false;
	}
	*minutes = offset;
	return true;
}
