/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/eyes.h"

#include <stdio.h>
#include <string.h>

static const struct {
	uint32_t eye;
	const char *name;
	const char *what;
} all[] = {
#define X(symbol, bit, name, what) { EYES_##symbol, name, what },
	EYES(X)
#undef X
};

_Static_assert(sizeof(all) / sizeof(all[0]) == EYES_COUNT, "EYES_COUNT");

bool eyes_parse(const char *name, uint32_t *eyes)
{
	for (size_t i = 0; i < EYES_COUNT; i++) {
		if (strcmp(all[i].name, name) == 0) {
			*eyes = all[i].eye;
			return true;
		}
	}
	if (strcmp(name, "all") != 0) {
		return false;
	}
	*eyes = EYES_ALL;
	return true;
}

void eyes_text(uint32_t eyes, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < EYES_COUNT; i++) {
		if ((eyes & all[i].eye) != 0 && used < EYES_TEXT_MAX) {
			used += (size_t)snprintf(out + used, EYES_TEXT_MAX - used,
				"%s%s", used == 0 ? "" : ", ", all[i].what);
		}
	}
}

const char *eyes_name(uint32_t eye)
{
	for (size_t i = 0; i < EYES_COUNT; i++) {
		if (all[i].eye == eye) {
			return all[i].name;
		}
	}
	return NULL;
}
