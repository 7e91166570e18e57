/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/read_ahead.h"

#include <string.h>

#include "daemon/node/replicator_private.h"

/* One that is being prepared is destroyed when that is done. */
static void let_go(struct apply_job *job)
{
	if (job != NULL && job->preparing) {
		job->dropped = true;
	} else {
		apply_job_destroy(job);
	}
}

static void remove_at(struct read_ahead *all, size_t at)
{
	all->count--;
	memmove(&all->places[at], &all->places[at + 1],
		(all->count - at) * sizeof(all->places[0]));
}

static void drop_list(struct read_ahead *all, const struct list_id *list)
{
	for (size_t i = all->count; i-- > 0;) {
		if (ident_list_equal(&all->places[i].list, list)) {
			let_go(all->places[i].job);
			remove_at(all, i);
		}
	}
}

void read_ahead_drop_peer(struct replicator *r, size_t peer)
{
	struct read_ahead *all = &r->ahead;

	for (size_t i = all->count; i-- > 0;) {
		if (all->places[i].peer == peer) {
			let_go(all->places[i].job);
			remove_at(all, i);
		}
	}
}

void read_ahead_finish(struct replicator *r)
{
	while (r->ahead.count > 0) {
		let_go(r->ahead.places[--r->ahead.count].job);
	}
}

/* Nothing is asked for behind a chunk that has not come. */
static bool room_for(const struct read_ahead *all, const struct list_id *list)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (ident_list_equal(&all->places[i].list, list)) {
			if (all->places[i].job == NULL) {
				return false;
			}
			count++;
		}
	}
	return count < READ_AHEAD_DEPTH && all->count < READ_AHEAD_MAX;
}

void read_ahead_more(struct replicator *r, const struct apply_job *job)
{
	const struct chunk *chunk = &job->chunk;
	struct copy_position position = { .epoch = job->head.epoch,
		.after = chunk->up_to };
	struct ahead *place;

	if (chunk->up_to >= job->head.sequence || chunk->entries_count == 0 ||
		!peer_is_up(r->peers[job->peer]) || !room_for(&r->ahead, &job->list)) {
		return;
	}
	place = &r->ahead.places[r->ahead.count++];
	*place = (struct ahead){ .list = job->list,
		.peer = job->peer,
		.epoch = position.epoch,
		.after = position.after };
	place->request = replicator_send_pull(r, job->peer, &job->list, &position);
}

static struct ahead *waiting(const struct replicator *r, size_t peer, uint32_t request)
{
	for (size_t i = 0; i < r->ahead.count; i++) {
		const struct ahead *place = &r->ahead.places[i];

		if (place->job == NULL && place->peer == peer &&
			place->request == request) {
			return (struct ahead *)place;
		}
	}
	return NULL;
}

const struct list_id *read_ahead_list(
	const struct replicator *r, size_t peer, uint32_t request)
{
	const struct ahead *place = waiting(r, peer, request);

	return place == NULL ? NULL : &place->list;
}

void read_ahead_came(
	struct replicator *r, size_t peer, uint32_t request, struct apply_job *job)
{
	struct ahead *place = waiting(r, peer, request);

	if (job != NULL) {
		place->job = job;
		read_ahead_more(r, job);
	} else {
		remove_at(&r->ahead, (size_t)(place - r->ahead.places));
	}
}

static bool fits(const struct ahead *place, const struct engine_effect *pull)
{
	const struct copy_position *position = &pull->position;

	return ident_list_equal(&place->list, &pull->list) &&
	       place->peer == pull->peer && !position->has_hash &&
	       epoch_equal(&place->epoch, &position->epoch) &&
	       place->after == position->after;
}

/* The next one is asked for behind the last that has come. */
static void go_on(struct replicator *r, const struct apply_job *job)
{
	for (size_t i = 0; i < r->ahead.count; i++) {
		const struct ahead *place = &r->ahead.places[i];

		if (place->job != NULL && ident_list_equal(&place->list, &job->list)) {
			job = place->job;
		}
	}
	read_ahead_more(r, job);
}

bool read_ahead_take(struct replicator *r, const struct engine_effect *pull,
	uint32_t *request, struct apply_job **job)
{
	size_t at = 0;

	while (at < r->ahead.count && !fits(&r->ahead.places[at], pull)) {
		at++;
	}
	if (at == r->ahead.count) {
		drop_list(&r->ahead, &pull->list);
		return false;
	}
	*request = r->ahead.places[at].request;
	*job = r->ahead.places[at].job;
	remove_at(&r->ahead, at);
	if (*job != NULL) {
		go_on(r, *job);
	}
	return true;
}
