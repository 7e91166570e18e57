/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/sim/sim.h"

/* What must hold. */

static size_t rows_count(const struct sim_copy *copy)
{
	return copy->rows.areas[FEED_LIVE].count + copy->rows.areas[FEED_STAGE].count;
}

static bool reading(const struct list_copy *copy)
{
	return copy->phase == COPY_LOADING || copy->phase == COPY_STAGING ||
	       copy->phase == COPY_MOVING;
}

/* Live is exactly a set that its owner signed. */
static void check_set(struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];
	const struct sim_signed *signature =
		sim_signed_find(&sim->lists[l], &copy->copy.head);

	if (signature == NULL ||
		!memfeed_equal(&copy->rows, &signature->rows, FEED_LIVE)) {
		sim_fail(sim, "%s answers from a state of %s that nobody signed",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
}

/* Each row is of the state before the move, or of the one after it. */
static void check_rows(struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];
	const struct memfeed_area *live = &copy->rows.areas[FEED_LIVE];
	const struct sim_signed *from =
		sim_signed_find(&sim->lists[l], &copy->copy.head);
	const struct sim_signed *to = sim_signed_find(&sim->lists[l], &copy->copy.high);

	for (size_t i = 0; i < live->count; i++) {
		const struct entry *row = &live->rows[i]->entry;

		if (from == NULL || to == NULL ||
			(!memfeed_holds(&from->rows, FEED_LIVE, row) &&
				!memfeed_holds(&to->rows, FEED_LIVE, row) &&
				!(row->state == ENTRY_WITHDRAWN &&
					row->sequence <= to->head.floor))) {
			sim_fail(sim, "%s answers from a row of %s that nobody signed",
				sim->nodes[node].name, sim_list_name(sim, l));
		}
	}
}

/* No list is at a member that its owner does not name in what is held or read. */
static void check_sharing(struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];
	const struct state *member = &sim->nodes[node].member;
	const struct list_copy *c = &copy->copy;

	if (rows_count(copy) > 0 &&
		((copy_answers(c) && !head_shared_with(&c->head, member)) ||
			(reading(c) && c->high.sequence != 0 &&
				!head_shared_with(&c->high, member)))) {
		sim_fail(sim, "%s holds %s, which is not shared with it",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
}

/* What answers goes on answering, and never from something older. */
static void check_progress(
	struct sim *sim, size_t node, size_t l, const struct list_copy *before)
{
	const struct list_copy *after = &sim->nodes[node].copies[l].copy;

	if (copy_answers(before) && !copy_answers(after) &&
		after->phase != COPY_UNSHARED) {
		sim_fail(sim, "%s answered from %s, and does no more",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
	if (copy_head_order(&after->head, &before->head) < 0) {
		sim_fail(sim, "%s went back in %s", sim->nodes[node].name,
			sim_list_name(sim, l));
	}
}

void sim_check_copy(
	struct sim *sim, size_t node, size_t l, const struct list_copy *before)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];

	check_progress(sim, node, l, before);
	check_sharing(sim, node, l);
	switch (copy->copy.phase) {
	case COPY_FOLLOWING:
	case COPY_STAGING:
		check_set(sim, node, l);
		break;
	case COPY_MOVING:
		check_rows(sim, node, l);
		break;
	case COPY_EMPTY:
	case COPY_UNSHARED:
		if (rows_count(copy) > 0) {
			sim_fail(sim, "%s keeps rows of %s", sim->nodes[node].name,
				sim_list_name(sim, l));
		}
		break;
	case COPY_LOADING:
	case COPY_STOPPED:
		break;
	}
}

void sim_check_result(struct sim *sim, size_t node, const struct sim_work *job)
{
	if (apply_failed(job->result) && job->result != APPLY_ERROR) {
		sim_fail(sim, "%s: %s from an honest node is called %s",
			sim->nodes[node].name, sim_list_name(sim, job->list),
			job->result == APPLY_FORK       ? "a fork"
			: job->result == APPLY_MISMATCH ? "a mismatch"
							: "broken");
	}
}

/* ---- in the end ---- */

static bool same_as_owner(const struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *own = &sim->nodes[sim->lists[l].owner].copies[l];
	const struct sim_copy *copy = &sim->nodes[node].copies[l];

	return copy->copy.phase == COPY_FOLLOWING &&
	       copy_head_order(&copy->copy.head, &own->copy.head) == 0 &&
	       memfeed_equal(&copy->rows, &own->rows, FEED_LIVE);
}

/* A member that is named no longer has heard so, when a neighbour could tell. */
static bool knows_the_end(const struct sim *sim, size_t node, size_t l)
{
	if (rows_count(&sim->nodes[node].copies[l]) == 0) {
		return true;
	}
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct list_copy *held = &sim->nodes[node].copies[l].copy;
		const struct sim_link *link = &sim->links[i];
		const struct list_copy *copy = &sim->nodes[link->server].copies[l].copy;

		if (link->client == node &&
			!head_shared_with(&copy->head, &sim->nodes[node].member) &&
			serve_tells(copy, &sim->nodes[node].member,
				copy_head_order(&copy->head, copy_newest(held)) > 0)) {
			return false;
		}
	}
	return true;
}

bool sim_check_converged(const struct sim *sim, char *why, size_t why_size)
{
	for (size_t l = 0; l < sim->lists_count; l++) {
		const struct head *head =
			&sim->nodes[sim->lists[l].owner].copies[l].copy.head;

		for (size_t n = 0; n < sim->nodes_count; n++) {
			bool named = head_shared_with(head, &sim->nodes[n].member);

			if (named ? sim_world_reaches(sim, l, n) &&
						!same_as_owner(sim, n, l)
				  : !knows_the_end(sim, n, l)) {
				snprintf(why, why_size, "%s at %s (%s)",
					sim_list_name(sim, l), sim->nodes[n].name,
					copy_phase_text(
						sim->nodes[n].copies[l].copy.phase));
				return false;
			}
		}
	}
	return true;
}
