/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/session_private.h"

static const struct session_entry entries[] = {
	{ MESSAGE_LOOKUP, ACTION_LOOKUP, .handle = handle_lookup },
	{ MESSAGE_EXPLAIN, ACTION_EXPLAIN, .handle = handle_explain },
	{ MESSAGE_SUBMIT, ACTION_SUBMIT, .handle = handle_submit },
	{ MESSAGE_RECORD, ACTION_RECORD_SHOW, .handle = handle_record },
	{ MESSAGE_EXPORT, ACTION_EXPORT, .handle = handle_export },
	{ MESSAGE_DUE, ACTION_DUE, .handle = handle_due },
	{ MESSAGE_PENDING, ACTION_PENDING, .handle = handle_pending },
	{ MESSAGE_HEADS_WATCH, ACTION_REPLICATE, .waits = true,
		.handle = handle_heads_watch },
	{ MESSAGE_PULL, ACTION_REPLICATE, .waits = true, .handle = handle_pull },
	{ MESSAGE_FETCH, ACTION_REPLICATE, .handle = handle_fetch },
	{ MESSAGE_RANGES, ACTION_REPLICATE, .handle = handle_ranges },
	{ MESSAGE_MARKS, ACTION_REPLICATE, .handle = handle_marks },
	{ MESSAGE_ACKS, ACTION_REPLICATE, .silent = true, .handle = handle_acks },
	{ MESSAGE_COMPLAINT, ACTION_REPLICATE, .silent = true,
		.handle = handle_complaint },
	{ MESSAGE_HEADS_AT, ACTION_REPLICATE, .handle = handle_heads_at },
	{ MESSAGE_STATUS, ACTION_STATUS, .handle = handle_status },
	{ MESSAGE_VERIFY, ACTION_VERIFY, .handle = handle_verify },
	{ MESSAGE_SCRUB, ACTION_SCRUB, .handle = handle_scrub },
	{ MESSAGE_ASIDE, ACTION_ASIDE, .handle = handle_aside },
	{ MESSAGE_EVIDENCE, ACTION_VERIFY, .handle = handle_evidence },
	{ MESSAGE_TAKEOVER, ACTION_TAKEOVER, .handle = handle_takeover },
	{ MESSAGE_COMPACT, ACTION_UPKEEP, .handle = handle_compact },
	{ MESSAGE_AUTHZ, ACTION_AUTHZ, .handle = handle_authz },
	{ MESSAGE_BRAKE, ACTION_UPKEEP, .handle = handle_brake },
	{ MESSAGE_ACCESS_LOG, ACTION_ACCESS_LOG, .handle = handle_access_log },
	{ MESSAGE_HISTORY, ACTION_HISTORY, .handle = handle_history },
};

const struct session_entry *session_table_find(uint16_t type)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (entries[i].type == type) {
			return &entries[i];
		}
	}
	return NULL;
}
