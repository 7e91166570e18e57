/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The client side of a node: the engine, its links, and the writer's jobs. */

static void step(struct sim *sim, size_t n, const struct engine_event *event);

static const char *const results[] = {
	[APPLY_VERIFIED] = "verified",
	[APPLY_PARTIAL] = "partial",
	[APPLY_MOVE] = "to move",
	[APPLY_SAME] = "same",
	[APPLY_STALE] = "stale",
	[APPLY_UNSURE] = "unsure",
	[APPLY_RESTART] = "restart",
	[APPLY_UNSHARED] = "unshared",
	[APPLY_BROKEN] = "broken",
	[APPLY_MISMATCH] = "mismatch",
	[APPLY_FORK] = "fork",
	[APPLY_ERROR] = "error",
};

/* ---- jobs ---- */

static void finished(struct sim *sim, size_t n, struct sim_work *job)
{
	struct engine_event event = {
		.type = ENGINE_APPLIED,
		.peer = job->peer,
		.list = sim->lists[job->list].id,
		.result = job->result,
		.copy = job->result == APPLY_ERROR ? NULL : &job->copy,
		.head = job->type == SIM_APPLY_CHUNK ? &job->head : NULL,
		.pull_answer = job->pull_answer,
	};

	step(sim, n, &event);
}

static size_t chunk_entries(const struct sim_work *job, struct entry *entries)
{
	const struct memfeed_area *area = &job->rows.areas[FEED_LIVE];

	for (size_t i = 0; i < area->count; i++) {
		entries[i] = area->rows[i]->entry;
	}
	return area->count;
}

static enum apply_result apply(struct sim_node *node, const struct sim_work *job,
	struct list_copy *copy, const struct feed *feed, int *error)
{
	struct entry entries[64];
	struct chunk chunk = {
		.head = &job->head,
		.after = job->after,
		.up_to = job->up_to,
		.entries = entries,
	};
	struct apply_context context = { .member = node->member };

	switch (job->type) {
	case SIM_APPLY_CHUNK:
		chunk.entries_count = chunk_entries(job, entries);
		return apply_chunk(copy, feed, &chunk, &context, error);
	case SIM_APPLY_HEAD:
		return apply_head(copy, feed, &job->head, &node->member, error);
	case SIM_APPLY_MOVE:
		break;
	}
	return apply_move(copy, feed, node->move_entries, error);
}

/* Does the nth operation from now fail? */
static void arm(struct sim *sim, struct memfeed *rows)
{
	rows->fail_at = 0;
	if (!sim->calm && sim_chance(sim, 20)) {
		rows->fail_at = 1 + sim_random(sim, 12);
		rows->fail_error = CORDON_EFULL;
	}
}

/* One transaction: all of it, or nothing. */
static void run_job(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_node *node = &sim->nodes[n];
	struct sim_copy *place = &node->copies[job->list];
	struct list_copy copy = place->copy, before = place->copy;
	struct memfeed snapshot;
	struct feed feed;
	bool armed, hit;
	int error = 0;

	memfeed_copy(&snapshot, &place->rows);
	memfeed_feed(&place->rows, &sim->lists[job->list].id, &feed);
	arm(sim, &place->rows);
	armed = place->rows.fail_at > 0;
	job->result = apply(node, job, &copy, &feed, &error);
	hit = armed && place->rows.fail_at == 0;
	place->rows.fail_at = 0;
	if (hit != (job->result == APPLY_ERROR) || (hit && error != CORDON_EFULL)) {
		sim_fail(sim, "%s: a write that failed gave %s", node->name,
			results[job->result]);
	}
	sim_check_result(sim, n, job);
	if (job->result == APPLY_ERROR || job->result == APPLY_STALE) {
		if (job->result == APPLY_STALE &&
			(!memfeed_equal(&snapshot, &place->rows, FEED_LIVE) ||
				!memfeed_equal(&snapshot, &place->rows, FEED_STAGE))) {
			sim_fail(sim, "%s: something stale changed rows", node->name);
		}
		memfeed_restore(&place->rows, &snapshot);
	} else {
		place->copy = copy;
	}
	memfeed_finish(&snapshot);
	sim_trace(sim, "%s %s: %s, %s at %llu.%llu", node->name,
		sim_list_name(sim, job->list), results[job->result],
		copy_phase_text(place->copy.phase),
		(unsigned long long)place->copy.head.epoch.number,
		(unsigned long long)place->copy.head.sequence);
	sim_check_copy(sim, n, job->list, &before);
	job->copy = place->copy;
	sim_server_changed(sim, n, job->list);
}

/* The result is told a little later than it was committed, in the order of commits. */
static void run_and_tell(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_work *result = sim_work_create(job->list);
	struct mono *told = &sim->nodes[n].told;
	struct mono at = mono_after_ms(sim->now, (int64_t)sim_random(sim, 4));

	run_job(sim, n, job);
	result->type = job->type;
	result->peer = job->peer;
	result->head = job->head;
	result->pull_answer = job->pull_answer;
	result->result = job->result;
	result->copy = job->copy;
	if (at.us > told->us) {
		*told = at;
	}
	sim_during(sim, *told, finished, n, result, &sim->nodes[n].life);
}

/* Jobs run one after another. */
static void post(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_node *node = &sim->nodes[n];
	struct mono start =
		node->writer_free.us > sim->now.us ? node->writer_free : sim->now;

	node->writer_free = mono_after_ms(start, 1 + (int64_t)sim_random(sim, 10));
	sim_during(sim, node->writer_free, run_and_tell, n, job, &node->life);
}

/* ---- effects ---- */

static size_t list_index(const struct sim *sim, const struct list_id *id)
{
	for (size_t i = 0; i < sim->lists_count; i++) {
		if (ident_list_equal(&sim->lists[i].id, id)) {
			return i;
		}
	}
	abort();
}

static void send_pull(struct sim *sim, size_t n, const struct engine_effect *effect)
{
	struct sim_node *node = &sim->nodes[n];
	size_t list = list_index(sim, &effect->list);
	struct sim_link *link = &sim->links[node->links[effect->peer]];
	struct sim_work *work = sim_work_create(list);

	if (!link->up) {
		sim_fail(sim, "%s pulls from %s, which is down", node->name,
			sim->nodes[link->server].name);
	}
	node->pulls[list] = (struct sim_pull){
		.waiting = true, .peer = effect->peer, .request = ++node->requests
	};
	node->pulls_sent++;
	work->request = node->requests;
	work->position = effect->position;
	sim_trace(sim, "%s %s: pull from %s at %llu.%llu", node->name,
		sim_list_name(sim, list), sim->nodes[link->server].name,
		(unsigned long long)effect->position.epoch.number,
		(unsigned long long)effect->position.after);
	sim_send(sim, node->links[effect->peer], true, sim_server_pull, work);
}

static void send_watch(struct sim *sim, size_t l)
{
	const struct sim_node *node = &sim->nodes[sim->links[l].client];
	struct sim_work *work = sim_work_create(0);

	for (size_t i = 0; i < sim->lists_count; i++) {
		work->held[i] = *copy_newest(&node->copies[i].copy);
		work->holds[i] = work->held[i].epoch.number != 0;
	}
	sim_send(sim, l, true, sim_server_watch, work);
}

static void carry_out(struct sim *sim, size_t n, const struct engine_effect *effect)
{
	struct sim_work *job;

	switch (effect->type) {
	case ENGINE_PULL:
		send_pull(sim, n, effect);
		return;
	case ENGINE_APPLY_HEAD:
	case ENGINE_MOVE:
		job = sim_work_create(list_index(sim, &effect->list));
		job->type =
			effect->type == ENGINE_MOVE ? SIM_APPLY_MOVE : SIM_APPLY_HEAD;
		job->peer = effect->peer;
		job->head = effect->head;
		post(sim, n, job);
		return;
	case ENGINE_TRACE: /* what did not fit was not signed: nobody sends such here */
	case ENGINE_ASIDE:
	case ENGINE_FORKED:
		sim_fail(sim, "%s blames an honest node", sim->nodes[n].name);
	case ENGINE_WATCH:
		send_watch(sim, sim->nodes[n].links[effect->peer]);
		return;
	case ENGINE_ACK:
	case ENGINE_UNSHARED:
		break;
	}
}

static void on_wake(struct sim *sim, size_t n, struct sim_work *work)
{
	struct engine_event event = { .type = ENGINE_TICK };

	(void)work;
	step(sim, n, &event);
}

static void step(struct sim *sim, size_t n, const struct engine_event *event)
{
	struct sim_node *node = &sim->nodes[n];
	struct engine_effects effects;
	int error = engine_step(node->engine, sim->now, event, &effects);

	if (error != 0) {
		sim_fail(sim, "engine: %s", cordon_error_text(error));
	}
	for (size_t i = 0; i < effects.count; i++) {
		carry_out(sim, n, &effects.effects[i]);
	}
	node->wake++;
	if (effects.wake) {
		if (effects.wake_at.us <= sim->now.us) {
			sim_fail(sim, "%s wants to be woken in the past", node->name);
		}
		sim_during(sim, effects.wake_at, on_wake, n, NULL, &node->wake);
	}
}

/* ---- what arrives ---- */

void sim_client_head(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];
	struct engine_event event = {
		.type = ENGINE_HEAD,
		.peer = link->peer,
		.list = work->head.list,
		.head = &work->head,
	};

	if (copy_head_order(&sim->nodes[link->client].copies[work->list].copy.head,
		    &work->head) < 0) {
		sim_trace(sim, "%s %s: hears of %llu.%llu from %s",
			sim->nodes[link->client].name, sim_list_name(sim, work->list),
			(unsigned long long)work->head.epoch.number,
			(unsigned long long)work->head.sequence,
			sim->nodes[link->server].name);
	}
	step(sim, link->client, &event);
}

static struct sim_pull *answered(
	struct sim *sim, const struct sim_link *link, const struct sim_work *work)
{
	struct sim_pull *pull = &sim->nodes[link->client].pulls[work->list];

	if (!pull->waiting || pull->peer != link->peer ||
		pull->request != work->request) {
		return NULL; /* void meanwhile */
	}
	pull->waiting = false;
	return pull;
}

static void post_chunk(struct sim *sim, const struct sim_link *link,
	const struct sim_work *work, bool pull_answer)
{
	struct sim_work *job = sim_work_create(work->list);

	*job = *work;
	memfeed_copy(&job->rows, &work->rows);
	job->type = SIM_APPLY_CHUNK;
	job->peer = link->peer;
	job->pull_answer = pull_answer;
	post(sim, link->client, job);
}

void sim_client_chunk(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];
	bool counts = answered(sim, link, work) != NULL;

	if (counts) {
		post_chunk(sim, link, work, true);
	}
	/* one that is void, or comes again, changes nothing for the worse */
	if (sim_chance(sim, 100)) {
		post_chunk(sim, link, work, false);
	}
}

void sim_client_refused(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];
	struct engine_event event = {
		.type = ENGINE_REFUSED,
		.peer = link->peer,
		.list = sim->lists[work->list].id,
	};

	if (answered(sim, link, work) != NULL) {
		sim_trace(sim, "%s %s: refused by %s", sim->nodes[link->client].name,
			sim_list_name(sim, work->list), sim->nodes[link->server].name);
		step(sim, link->client, &event);
	}
}

/* ---- life ---- */

void sim_link_up(struct sim *sim, size_t l)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->client];
	struct engine_event event = { .type = ENGINE_PEER_UP, .peer = link->peer };

	link->up = true;
	link->life++;
	link->watched = false;
	memset(link->lists, 0, sizeof(link->lists));
	sim_trace(sim, "%s to %s: up", node->name, sim->nodes[link->server].name);
	send_watch(sim, l);
	step(sim, link->client, &event);
}

void sim_link_down(struct sim *sim, size_t l)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->client];
	struct engine_event event = { .type = ENGINE_PEER_DOWN, .peer = link->peer };

	link->up = false;
	link->life++;
	sim_trace(sim, "%s to %s: down", node->name, sim->nodes[link->server].name);
	if (node->up) {
		step(sim, link->client, &event);
	}
}

void sim_node_start(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];
	struct engine_event event = { .type = ENGINE_TICK };

	node->up = true;
	node->writer_free = node->told = sim->now;
	memset(node->pulls, 0, sizeof(node->pulls));
	if (engine_create(&node->member, node->signer, node->links_count,
		    &node->engine) != 0) {
		abort();
	}
	for (size_t i = 0; i < sim->lists_count; i++) {
		if (node->copies[i].copy.phase != COPY_EMPTY &&
			engine_restore(node->engine, &sim->lists[i].id,
				&node->copies[i].copy) != 0) {
			abort();
		}
	}
	sim_trace(sim, "%s starts", node->name);
	step(sim, n, &event);
}

void sim_node_crash(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	sim_trace(sim, "%s crashes", node->name);
	node->up = false;
	node->life++;
	node->wake++;
	engine_destroy(node->engine);
	node->engine = NULL;
	for (size_t i = 0; i < sim->links_count; i++) {
		struct sim_link *link = &sim->links[i];

		if (link->up && (link->client == n || link->server == n)) {
			sim_link_down(sim, i);
		}
	}
}
