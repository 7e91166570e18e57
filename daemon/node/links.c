/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/links.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"

int links_init(struct links *links, size_t count)
{
	links->peers = calloc(count + 1, sizeof(*links->peers));
	if (links->peers == NULL) {
		return CORDON_ENOMEM;
	}
	links->count = count;
	pthread_mutex_init(&links->lock, NULL);
	return 0;
}

void links_finish(struct links *links)
{
	if (links->peers == NULL) {
		return;
	}
	for (size_t i = 0; i < links->count; i++) {
		free(links->peers[i].heads);
	}
	free(links->peers);
	pthread_mutex_destroy(&links->lock);
}

void links_set_state(
	struct links *links, size_t peer, const struct peer *from, uint64_t lag)
{
	struct links_peer *entry = &links->peers[peer];

	pthread_mutex_lock(&links->lock);
	entry->identity = *peer_identity(from);
	peer_state(from, &entry->state);
	entry->lag = lag;
	pthread_mutex_unlock(&links->lock);
}

void links_add_pulled(struct links *links, size_t peer, size_t entries, size_t bytes)
{
	pthread_mutex_lock(&links->lock);
	links->peers[peer].entries += entries;
	links->peers[peer].bytes += bytes;
	pthread_mutex_unlock(&links->lock);
}

void links_complained(struct links *links, const struct identity *who)
{
	pthread_mutex_lock(&links->lock);
	for (size_t i = 0; i < links->count; i++) {
		const struct identity *peer = &links->peers[i].identity;

		if (ident_state_equal(&peer->member, &who->member) &&
			peer->role == who->role && strcmp(peer->name, who->name) == 0) {
			links->peers[i].complaints++;
		}
	}
	pthread_mutex_unlock(&links->lock);
}

static struct links_entry *entry_for(
	struct links_peer *peer, const struct list_id *list)
{
	for (size_t i = 0; i < peer->heads_count; i++) {
		if (ident_list_equal(&peer->heads[i].list, list)) {
			return &peer->heads[i];
		}
	}
	if (peer->heads_count == peer->heads_room) {
		size_t room = peer->heads_room == 0 ? 16 : 2 * peer->heads_room;
		struct links_entry *more = realloc(peer->heads, room * sizeof(*more));

		if (more == NULL) {
			return NULL;
		}
		peer->heads = more;
		peer->heads_room = room;
	}
	return &peer->heads[peer->heads_count++];
}

void links_set_head(struct links *links, size_t peer, const struct head *head)
{
	struct links_entry *entry;

	pthread_mutex_lock(&links->lock);
	entry = entry_for(&links->peers[peer], &head->list);
	if (entry != NULL) {
		entry->list = head->list;
		entry->epoch = head->epoch;
		entry->sequence = head->sequence;
		memcpy(entry->digest, head->digest, HASH_BYTES);
	}
	pthread_mutex_unlock(&links->lock);
}

void links_forget_heads(struct links *links, size_t peer)
{
	pthread_mutex_lock(&links->lock);
	links->peers[peer].heads_count = 0;
	pthread_mutex_unlock(&links->lock);
}

int links_read(
	struct links *links, struct arena *arena, struct link_info **out, size_t *count)
{
	struct link_info *infos = arena_array(arena, links->count + 1, sizeof(*infos));
	int64_t now_us = clock_mono().us;

	if (infos == NULL) {
		return CORDON_ENOMEM;
	}
	pthread_mutex_lock(&links->lock);
	for (size_t i = 0; i < links->count; i++) {
		const struct links_peer *peer = &links->peers[i];
		const struct peer_state *state = &peer->state;
		int64_t left_us = state->retry_at.us - now_us;

		infos[i].peer = peer->identity;
		infos[i].address =
			arena_text(arena, state->address, strlen(state->address));
		infos[i].state = state->state;
		infos[i].error =
			state->error[0] == '\0'
				? NULL
				: arena_text(arena, state->error, strlen(state->error));
		infos[i].lag = peer->lag;
		infos[i].entries = peer->entries;
		infos[i].complaints = peer->complaints;
		infos[i].bytes = peer->bytes;
		infos[i].since_s = state->since_s;
		infos[i].retry_in_ms = left_us > 0 ? (uint32_t)(left_us / 1000) : 0;
	}
	pthread_mutex_unlock(&links->lock);
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	*out = infos;
	*count = links->count;
	return 0;
}

int links_read_heads(struct links *links, const struct list_id *list,
	struct arena *arena, struct peer_head **out, size_t *count)
{
	struct peer_head *heads = arena_array(arena, links->count + 1, sizeof(*heads));

	if (heads == NULL) {
		return CORDON_ENOMEM;
	}
	pthread_mutex_lock(&links->lock);
	for (size_t i = 0; i < links->count; i++) {
		const struct links_peer *peer = &links->peers[i];

		heads[i].peer = peer->identity;
		heads[i].reachable = strcmp(peer->state.state, "up") == 0;
		for (size_t k = 0; k < peer->heads_count; k++) {
			const struct links_entry *entry = &peer->heads[k];

			if (ident_list_equal(&entry->list, list)) {
				heads[i].holds = true;
				heads[i].epoch = entry->epoch;
				heads[i].sequence = entry->sequence;
				memcpy(heads[i].digest, entry->digest, HASH_BYTES);
			}
		}
	}
	pthread_mutex_unlock(&links->lock);
	*out = heads;
	*count = links->count;
	return 0;
}
