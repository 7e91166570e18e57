/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/apply.h"

/* Entries whose content is erased, or is to be: only their hashes count. */

enum apply_result apply_stubs(
	const struct entry *entries, size_t count, const struct apply_context *context)
{
	for (size_t i = 0; i < count; i++) {
		if (!entry_is_stub(&entries[i])) {
			continue;
		}
		if (!context->trusted) {
			return APPLY_UNSURE;
		}
		if (entries[i].ends_at_s > context->now_s) {
			return APPLY_BROKEN;
		}
	}
	return APPLY_PARTIAL;
}

void apply_strip(
	struct entry *entries, size_t count, const struct apply_context *context)
{
	if (!context->trusted || context->erase_after_s <= 0) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct entry *row = &entries[i];

		if (row->state == ENTRY_LIVE &&
			row->ends_at_s <= context->now_s - context->erase_after_s) {
			row->sealed.size = 0;
		}
	}
}
