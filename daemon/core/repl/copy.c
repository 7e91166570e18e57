/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/copy.h"

#include <string.h>

bool copy_answers(const struct list_copy *copy)
{
	switch (copy->phase) {
	case COPY_FOLLOWING:
	case COPY_STAGING:
	case COPY_MOVING:
	case COPY_STOPPED:
		return true;
	case COPY_EMPTY:
	case COPY_LOADING:
	case COPY_UNSHARED:
		break;
	}
	return false;
}

bool copy_serves(const struct list_copy *copy)
{
	return copy->phase == COPY_FOLLOWING || copy->phase == COPY_STAGING;
}

int copy_head_order(const struct head *a, const struct head *b)
{
	if (a->epoch.number != b->epoch.number) {
		return a->epoch.number < b->epoch.number ? -1 : 1;
	}
	if (a->sequence != b->sequence) {
		return a->sequence < b->sequence ? -1 : 1;
	}
	return 0;
}

void copy_position(const struct list_copy *copy, struct copy_position *out)
{
	struct copy_position position = { .after = 0 };

	switch (copy->phase) {
	case COPY_FOLLOWING:
		position.epoch = copy->head.epoch;
		position.after = copy->head.sequence;
		position.has_hash = true;
		memcpy(position.head_hash, copy->head.hash, HASH_BYTES);
		break;
	case COPY_LOADING:
	case COPY_STAGING:
		if (copy->position > 0) {
			position.epoch = copy->read_epoch;
			position.after = copy->position;
		}
		break;
	case COPY_EMPTY:
	case COPY_MOVING:
	case COPY_UNSHARED:
	case COPY_STOPPED:
		break;
	}
	*out = position;
}

const char *copy_phase_text(enum copy_phase phase)
{
	static const char *const texts[] = {
		[COPY_EMPTY] = "empty",
		[COPY_LOADING] = "loading",
		[COPY_FOLLOWING] = "following",
		[COPY_STAGING] = "staging",
		[COPY_MOVING] = "moving",
		[COPY_UNSHARED] = "unshared",
		[COPY_STOPPED] = "stopped",
	};

	return texts[phase];
}
