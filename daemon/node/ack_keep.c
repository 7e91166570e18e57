/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/ack_keep.h"

#include <stdlib.h>
#include <string.h>

static struct relayed_ack *at(struct ack_keep *keep, size_t index)
{
	return &keep->acks[(keep->first + index) % ACK_KEEP_MAX];
}

static void drop(struct relayed_ack *kept)
{
	free((void *)(uintptr_t)kept->packed.data);
	kept->packed = (struct bytes){ NULL, 0 };
}

static void drop_first(struct ack_keep *keep)
{
	drop(at(keep, 0));
	keep->first = (keep->first + 1) % ACK_KEEP_MAX;
	keep->count--;
}

void ack_keep_add(struct ack_keep *keep, const struct relayed_ack *relayed)
{
	struct relayed_ack kept = *relayed;
	uint8_t *copy = malloc(relayed->packed.size + 1);

	if (copy == NULL) {
		return;
	}
	memcpy(copy, relayed->packed.data, relayed->packed.size);
	kept.packed.data = copy;
	if (keep->count == ACK_KEEP_MAX) {
		drop_first(keep);
	}
	*at(keep, keep->count) = kept;
	keep->count++;
}

void ack_keep_try(struct ack_keep *keep, ack_keep_fn *pass_on, void *context)
{
	size_t stay = 0;

	for (size_t i = 0; i < keep->count; i++) {
		struct relayed_ack *kept = at(keep, i);

		if (pass_on(context, kept)) {
			drop(kept);
		} else {
			struct relayed_ack moved = *kept;

			kept->packed = (struct bytes){ NULL, 0 };
			*at(keep, stay++) = moved;
		}
	}
	keep->count = stay;
}

void ack_keep_finish(struct ack_keep *keep)
{
	while (keep->count > 0) {
		drop_first(keep);
	}
}
