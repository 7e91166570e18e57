/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/copy.h"
#include "daemon/core/repl/simbug.h"

#include <string.h>

bool copy_answers(const struct list_copy *copy)
{
	switch (copy->phase) {
	case COPY_FOLLOWING:
	case COPY_STAGING:
	case COPY_MOVING:
		return true;
	case COPY_STOPPED: /* its first load may have been stopped */
		return copy->head.sequence != 0;
	case COPY_EMPTY:
	case COPY_LOADING:
	case COPY_UNSHARED:
		break;
	}
	return false;
}

bool copy_serves(const struct list_copy *copy)
{
	return (copy->phase == COPY_FOLLOWING || copy->phase == COPY_STAGING ||
		       (SIM_BUG(serve_while_moving) && copy->phase == COPY_MOVING)) &&
	       !copy->mixed;
}

bool copy_reads(const struct list_copy *copy)
{
	return copy->phase == COPY_LOADING || copy->phase == COPY_STAGING ||
	       copy->phase == COPY_MOVING;
}

const struct head *copy_newest(const struct list_copy *copy)
{
	return copy_reads(copy) && copy_head_order(&copy->high, &copy->head) > 0
		       ? &copy->high
		       : &copy->head;
}

uint64_t copy_stopped_epoch(const struct list_copy *copy)
{
	return copy->read_epoch.number > copy->head.epoch.number
		       ? copy->read_epoch.number
		       : copy->head.epoch.number;
}

int copy_head_order(const struct head *a, const struct head *b)
{
	if (a->epoch.number != b->epoch.number && !SIM_BUG(epoch_blind_order)) {
		return a->epoch.number < b->epoch.number ? -1 : 1;
	}
	if (a->sequence != b->sequence) {
		return a->sequence < b->sequence ? -1 : 1;
	}
	return 0;
}

static struct copy_position after_head(const struct head *head)
{
	struct copy_position position = {
		.epoch = head->epoch, .after = head->sequence, .has_hash = true
	};

	memcpy(position.head_hash, head->hash, HASH_BYTES);
	return position;
}

void copy_position(const struct list_copy *copy, struct copy_position *out)
{
	struct copy_position position = { .after = 0 };

	switch (copy->phase) {
	case COPY_FOLLOWING:
	case COPY_STOPPED:
		copy_position_anew(copy, &position);
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
		break;
	}
	*out = position;
}

void copy_position_anew(const struct list_copy *copy, struct copy_position *out)
{
	*out = copy_answers(copy) && !copy->mixed
		       ? after_head(&copy->head)
		       : (struct copy_position){ .after = 0 };
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
