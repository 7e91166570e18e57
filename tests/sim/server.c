/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/sim.h"

/* The serving side of a node, by the rules of core/repl/serve.h. */

#define HOLD_MS 5000

static const struct list_copy *served_copy(
	const struct sim *sim, const struct sim_link *link, size_t list)
{
	return &sim->nodes[link->server].copies[list].copy;
}

/* A union keeps the order of a link; links overtake each other. */
void sim_send(struct sim *sim, size_t l, bool to_server, sim_run_fn *run,
	struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];
	struct mono *last = to_server ? &link->to_server : &link->to_client;
	struct mono at = mono_after_ms(sim->now,
		link->delay_ms +
			(int64_t)sim_random(sim, (uint64_t)link->delay_ms + 1));

	if (at.us < last->us) {
		at = *last;
	}
	*last = at;
	sim_during(sim, at, run, l, work, &link->life);
}

/* ---- heads ---- */

static bool told_already(const struct sim_served *served, const struct head *head)
{
	return copy_head_order(&served->told, head) == 0 &&
	       served->told.time_s == head->time_s;
}

static void tell(struct sim *sim, size_t l, size_t list)
{
	struct sim_link *link = &sim->links[l];
	struct sim_served *served = &link->lists[list];
	const struct list_copy *copy = served_copy(sim, link, list);
	const struct state *member = &sim->nodes[link->client].member;
	struct sim_work *work;

	if (!link->watched || told_already(served, &copy->head) ||
		!serve_tells(copy, member,
			served->holds &&
				copy_head_order(&copy->head, &served->held) > 0)) {
		return;
	}
	served->told = served->held = copy->head;
	served->holds = head_shared_with(&copy->head, member);
	work = sim_work_create(list);
	work->head = copy->head;
	sim_send(sim, l, false, sim_client_head, work);
	if (sim_chance(sim, 50)) {
		work = sim_work_create(list);
		work->head = copy->head;
		sim_send(sim, l, false, sim_client_head, work);
	}
}

void sim_server_watch(struct sim *sim, size_t l, struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];

	link->watched = true;
	for (size_t i = 0; i < sim->lists_count; i++) {
		link->lists[i].told.sequence = 0;
		link->lists[i].holds = work->holds[i];
		link->lists[i].held = work->held[i];
		tell(sim, l, i);
	}
}

/* ---- pulls ---- */

static struct sim_work *answer_create(const struct sim_served *served, size_t list)
{
	struct sim_work *work = sim_work_create(list);

	work->request = served->request;
	return work;
}

static void send_chunk(struct sim *sim, size_t l, size_t list, uint64_t from, bool rows)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->server];
	struct sim_work *work = answer_create(&link->lists[list], list);
	struct memfeed *memfeed = &node->copies[list].rows;
	size_t count = 1 + sim_random(sim, node->chunk_entries);
	struct feed to, feed;
	bool found = rows;

	memfeed_feed(memfeed, &sim->lists[list].id, &feed);
	memfeed_feed(&work->rows, &sim->lists[list].id, &to);
	work->head = served_copy(sim, link, list)->head;
	work->after = work->up_to = from;
	for (size_t i = 0; found; i++) {
		struct entry row;

		feed.ops->next(feed.context, FEED_LIVE, work->up_to, &row, &found);
		if (found && i == count) {
			break;
		}
		if (found) {
			to.ops->put(to.context, FEED_LIVE, &row);
			work->up_to = row.sequence;
		}
	}
	if (!found) {
		work->up_to = work->head.sequence;
	}
	if (!head_shared_with(&work->head, &sim->nodes[link->client].member)) {
		sim_fail(sim, "%s serves %s to %s, which is not named", node->name,
			sim_list_name(sim, list), sim->nodes[link->client].name);
	}
	sim_send(sim, l, false, sim_client_chunk, work);
}

/* last: the wait is over. */
static void answer(struct sim *sim, size_t l, size_t list, bool last)
{
	struct sim_link *link = &sim->links[l];
	struct sim_served *served = &link->lists[list];
	uint64_t from = 0;
	enum serve_decision decision = serve_decide(served_copy(sim, link, list),
		&served->position, &sim->nodes[link->client].member, &from);

	if (decision == SERVE_HOLD && !last) {
		return;
	}
	served->waits = false;
	if (decision == SERVE_ROWS || decision == SERVE_HOLD) {
		send_chunk(sim, l, list, from, decision == SERVE_ROWS);
		return;
	}
	sim_send(sim, l, false, sim_client_refused, answer_create(served, list));
}

static void hold_ends(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_served *served = &sim->links[l].lists[work->list];

	if (served->waits && served->request == work->request) {
		answer(sim, l, work->list, true);
	}
}

void sim_server_pull(struct sim *sim, size_t l, struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];
	struct sim_served *served = &link->lists[work->list];

	served->waits = true;
	served->request = work->request;
	served->position = work->position;
	answer(sim, l, work->list, false);
	if (served->waits) {
		sim_during(sim, mono_after_ms(sim->now, HOLD_MS), hold_ends, l,
			answer_create(served, work->list), &link->life);
	}
}

void sim_server_changed(struct sim *sim, size_t node, size_t list)
{
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct sim_link *link = &sim->links[i];

		if (link->up && link->server == node) {
			tell(sim, i, list);
			if (link->lists[list].waits) {
				answer(sim, i, list, false);
			}
		}
	}
}
