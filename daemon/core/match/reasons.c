/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/screen.h"

#include <string.h>

#include "daemon/core/match/evidence.h"

int screen_reasons(struct arena *arena, uint64_t reasons, const char *const **because,
	size_t *count)
{
	static const char *const texts[REASONS_COUNT] = {
#define X(name, text) [REASON_##name] = text,
		MATCH_REASONS(X)
#undef X
	};
	const char *chosen[REASONS_COUNT];
	const char **codes;
	size_t size = 0;

	for (size_t i = 0; i < REASONS_COUNT; i++) {
		if ((reasons & (UINT64_C(1) << i)) != 0) {
			chosen[size++] = texts[i];
		}
	}
	codes = arena_array(arena, size, sizeof(*codes));
	if (codes == NULL) {
		return CORDON_ENOMEM;
	}
	memcpy(codes, chosen, size * sizeof(*codes));
	*because = codes;
	*count = size;
	return 0;
}
