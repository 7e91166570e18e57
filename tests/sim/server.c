/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The serving side of a node, by the rules of core/repl/serve.h. */

#define HOLD_MS 5000

/* A union keeps the order of a link; links overtake each other. */
void sim_send(struct sim *sim, size_t l, bool to_server, sim_run_fn *run,
	struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];
	struct mono *last = to_server ? &link->to_server : &link->to_client;
	struct mono at = mono_after_ms(sim->now,
		link->delay_ms +
			(int64_t)sim_random(sim, (uint64_t)link->delay_ms + 1));

	if (link->mute_until.us > sim->now.us) {
		sim_work_destroy(work);
		return;
	}
	if (at.us < last->us) {
		at = *last;
	}
	*last = at;
	sim_during(sim, at, run, l, work, &link->life);
}

/* Not told to whom the newer head of a read under way does not name. */
static bool shared(const struct list_copy *copy, const struct state *member)
{
	return head_shared_with(&copy->head, member) &&
	       (!copy_reads(copy) || copy->high.sequence == 0 ||
		       head_shared_with(&copy->high, member));
}

/* ---- heads ---- */

static bool later(const struct sim_held *held, const struct head *head)
{
	return head->epoch.number != held->epoch.number
		       ? head->epoch.number > held->epoch.number
		       : head->sequence > held->sequence;
}

/* The head that the peer holds is one that named it. */
static bool held_indeed(const struct sim_list *list, const struct sim_held *held,
	const struct state *member)
{
	struct head head = { .epoch = held->epoch, .sequence = held->sequence };
	const struct sim_signed *signature;

	memcpy(head.hash, held->hash, HASH_BYTES);
	signature = sim_signed_find(list, &head);
	return signature != NULL && head_shared_with(&signature->paper.head, member);
}

static bool is_news(const struct sim *sim, const struct sim_link *link, size_t list)
{
	const struct sim_served *served = &link->lists[list];
	const struct list_copy *copy = &sim->nodes[link->server].copies[list].copy;
	const struct state *member = &sim->nodes[link->client].member;
	bool newer = later(&served->held, &copy->head);

	if (head_shared_with(&copy->head, member)) {
		bool again = !newer && copy->head.sequence == served->held.sequence &&
			     copy->head.time_s > served->time_s;

		return (!served->sent || newer || again) && shared(copy, member) &&
		       serve_tells(copy, member, served->any && newer);
	}
	return served->any && newer && serve_tells(copy, member, true) &&
	       (served->sent || held_indeed(&sim->lists[list], &served->held, member));
}

static void note_told(
	struct sim_served *served, const struct head *head, const struct state *member)
{
	served->any = true;
	served->sent = head_shared_with(head, member);
	served->held.epoch = head->epoch;
	served->held.sequence = head->sequence;
	memcpy(served->held.hash, head->hash, HASH_BYTES);
	served->time_s = head->time_s;
}

static void tell(struct sim *sim, size_t l, size_t list)
{
	struct sim_link *link = &sim->links[l];
	const struct sim_copy *copy = &sim->nodes[link->server].copies[list];
	struct sim_work *work;

	if (!link->watched) {
		return;
	}
	if (!is_news(sim, link, list)) {
		sim_tell_proof(sim, l, list);
		return;
	}
	note_told(
		&link->lists[list], &copy->copy.head, &sim->nodes[link->client].member);
	work = sim_work_create(list);
	work->paper = copy->paper;
	if (sim_malice_head(sim, l, work)) {
		return;
	}
	if (sim_chance(sim, 50)) {
		struct sim_work *again = sim_work_create(list);

		again->paper = work->paper;
		sim_send(sim, l, false, sim_client_head, again);
	}
	sim_send(sim, l, false, sim_client_head, work);
}

void sim_server_watch(struct sim *sim, size_t l, struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];

	link->watched = true;
	for (size_t i = 0; i < sim->lists_count; i++) {
		struct sim_served *served = &link->lists[i];

		served->any = work->held[i].epoch.number != 0;
		served->sent = served->proof_told = false;
		served->held = work->held[i];
		served->time_s = 0;
		tell(sim, l, i);
	}
	sim_send(sim, l, false, sim_client_told, sim_work_create(0));
}

/* ---- pulls ---- */

static struct sim_work *answer_create(const struct sim_served *served, size_t list)
{
	struct sim_work *work = sim_work_create(list);

	work->request = served->request;
	return work;
}

void sim_collect(struct sim_work *work, const struct memfeed *rows, size_t count)
{
	const struct memfeed_area *live = &rows->areas[FEED_LIVE];
	size_t i = 0;

	work->up_to = work->after;
	work->rows = calloc(count + 1, sizeof(struct memfeed_row *));
	if (work->rows == NULL) {
		abort();
	}
	while (i < live->count && live->rows[i]->entry.sequence <= work->after) {
		i++;
	}
	for (; i < live->count && work->rows_count < count; i++) {
		live->rows[i]->holders++;
		work->rows[work->rows_count++] = live->rows[i];
		work->up_to = live->rows[i]->entry.sequence;
	}
	if (i == live->count) {
		work->up_to = work->paper.head.sequence;
	}
}

static void send_chunk(struct sim *sim, size_t l, size_t list, uint64_t from, bool rows)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->server];
	struct sim_work *work = answer_create(&link->lists[list], list);

	work->paper = node->copies[list].paper;
	work->after = from;
	if (rows) {
		sim_collect(work, &node->copies[list].rows,
			1 + sim_random(sim, node->chunk_entries));
	} else {
		work->up_to = work->paper.head.sequence;
	}
	if (!head_shared_with(&work->paper.head, &sim->nodes[link->client].member)) {
		sim_fail(sim, "%s serves %s to %s, which is not named", node->name,
			sim_list_name(sim, list), sim->nodes[link->client].name);
	}
	sim_malice_chunk(sim, l, work);
	sim_send(sim, l, false, sim_client_chunk, work);
}

/* last: the wait is over. */
static void answer(struct sim *sim, size_t l, size_t list, bool last)
{
	struct sim_link *link = &sim->links[l];
	struct sim_served *served = &link->lists[list];
	const struct list_copy *copy = &sim->nodes[link->server].copies[list].copy;
	const struct state *member = &sim->nodes[link->client].member;
	uint64_t from = 0;
	enum serve_decision decision =
		serve_decide(copy, &served->position, member, &from);

	if (decision == SERVE_HOLD && !last) {
		return;
	}
	served->waits = false;
	if (sim_malice_pull(sim, l, list)) {
		return;
	}
	if (!shared(copy, member) && !SIM_BUG(ignore_shared_with)) {
		decision = SERVE_UNSHARED;
	}
	if (serve_error(decision) == 0 &&
		sim_stands_apart(sim, link->server, list, &served->position)) {
		struct sim_work *work = answer_create(served, list);

		work->differs = true;
		sim_send(sim, l, false, sim_client_refused, work);
		return;
	}
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
