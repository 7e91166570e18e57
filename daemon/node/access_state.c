/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/access_log_private.h"

/* What status and metrics tell of the access log. */

void access_log_state(struct access_log *log, struct access_log_state *state)
{
	*state = (struct access_log_state){
		.entries = atomic_load(&log->entries),
		.groups = atomic_load(&log->groups),
		.segment = atomic_load(&log->segment),
		.oldest = atomic_load(&log->oldest),
		.reserve_wanted_bytes =
			(log->spares_wanted - ACCESS_SPARES) * log->segment_bytes,
		.disk_free_bytes = atomic_load(&log->disk_free),
		.spent = atomic_load(&log->spent) || atomic_load(&log->broken),
		.damaged = atomic_load(&log->damaged),
		.refused = atomic_load(&log->refused),
		.syncs = atomic_load(&log->syncs),
		.sync_us = atomic_load(&log->sync_us),
	};
	pthread_mutex_lock(&log->lock);
	state->reserve_bytes =
		log->spares <= ACCESS_SPARES
			? 0
			: (log->spares - ACCESS_SPARES) * log->segment_bytes;
	state->checkpoint_bytes = log->checkpoint_bytes;
	state->checkpoint_s = log->checkpoint_s;
	memcpy(state->checkpoint, log->checkpoint, log->checkpoint_bytes);
	pthread_mutex_unlock(&log->lock);
}

Cordon__Control__AccessLogStatus *access_log_status_message(
	struct access_log *log, struct arena *arena)
{
	Cordon__Control__AccessLogStatus *message =
		arena_alloc(arena, sizeof(*message));
	struct access_log_state *state = arena_alloc(arena, sizeof(*state));

	if (message == NULL || state == NULL) {
		return NULL;
	}
	access_log_state(log, state);
	cordon__control__access_log_status__init(message);
	message->checkpoint = message_data_bytes(
		(struct bytes){ state->checkpoint, state->checkpoint_bytes });
	message->checkpoint_s = state->checkpoint_s;
	message->entries = state->entries;
	message->segment = state->segment;
	message->oldest = state->oldest;
	message->reserve_bytes = state->reserve_bytes;
	message->reserve_wanted_bytes = state->reserve_wanted_bytes;
	message->disk_free_bytes = state->disk_free_bytes;
	message->spent = state->spent;
	message->damaged = state->damaged;
	return message;
}
