/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/clocktrust.h"

#include <string.h>

void clocktrust_init(struct clocktrust *trust)
{
	memset(trust, 0, sizeof(*trust));
}

/* 3. */
static void look(struct clocktrust *trust, struct mono mono, struct wall wall)
{
	int64_t off_us = (wall.us - trust->wall.us) - (mono.us - trust->mono.us);
	int64_t most_us = (int64_t)CLOCKTRUST_JUMP_S * 1000000;

	if (trust->begun && (off_us > most_us || off_us < -most_us)) {
		for (size_t i = 0; i < trust->owners_count; i++) {
			trust->owners[i].counts = false;
		}
	}
	trust->begun = true;
	trust->wall = wall;
	trust->mono = mono;
}

void clocktrust_head(struct clocktrust *trust, const struct state *owner,
	int64_t time_s, struct mono mono, struct wall wall)
{
	size_t i = 0;

	look(trust, mono, wall);
	while (i < trust->owners_count &&
		!ident_state_equal(&trust->owners[i].owner, owner)) {
		i++;
	}
	if (i == CLOCKTRUST_OWNERS_MAX) {
		return;
	}
	if (i == trust->owners_count) {
		trust->owners[i].owner = *owner;
		trust->owners_count++;
	} else if (time_s <= trust->owners[i].time_s) {
		return; /* heard already: it may be replayed */
	}
	trust->owners[i].time_s = time_s;
	trust->owners[i].ahead_s = time_s - wall_s(wall);
	trust->owners[i].at = mono;
	trust->owners[i].counts = true;
}

bool clocktrust_ask(struct clocktrust *trust, struct mono mono, struct wall wall)
{
	size_t agree = 0, ahead = 0;

	look(trust, mono, wall);
	for (size_t i = 0; i < trust->owners_count; i++) {
		int64_t s = trust->owners[i].ahead_s;

		if (!trust->owners[i].counts ||
			mono.us > mono_after_ms(trust->owners[i].at, CLOCKTRUST_LIVE_MS)
					  .us) {
			continue;
		}
		agree += s >= -CLOCKTRUST_AGREE_S && s <= CLOCKTRUST_AGREE_S;
		ahead += s > CLOCKTRUST_AGREE_S;
	}
	return agree > 0 && agree >= ahead;
}
