/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/sim/sim.h"

/* What must hold, looked at after each event where it may have changed. */

static size_t rows_count(const struct sim_copy *copy)
{
	return copy->rows.areas[FEED_LIVE].count + copy->rows.areas[FEED_STAGE].count;
}

/* Live is exactly a set that its owner signed. */
static void check_set(struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];
	const struct sim_signed *signature =
		sim_signed_find(&sim->lists[l], &copy->copy.head);

	if (signature == NULL ||
		!memfeed_same(&copy->rows, &signature->rows, FEED_LIVE)) {
		sim_fail(sim, "%s answers from a state of %s that nobody signed",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
	if (!sim_authentic(&copy->paper) ||
		memcmp(copy->paper.head.hash, copy->copy.head.hash, HASH_BYTES) != 0) {
		sim_fail(sim, "%s cannot show who signed %s", sim->nodes[node].name,
			sim_list_name(sim, l));
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
			(!memfeed_knows(&from->rows, FEED_LIVE, row) &&
				!memfeed_knows(&to->rows, FEED_LIVE, row) &&
				!(row->state == ENTRY_WITHDRAWN &&
					row->sequence <= to->paper.head.floor))) {
			sim_fail(sim, "%s answers from a row of %s that nobody signed",
				sim->nodes[node].name, sim_list_name(sim, l));
		}
	}
}

/* No list is at a member that its owner does not name in what is held or read; after
 * the end of a sharing only a later head brings it back. */
static void check_sharing(struct sim *sim, size_t node, size_t l)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];
	const struct state *member = &sim->nodes[node].member;
	const struct list_copy *c = &copy->copy;

	if (rows_count(copy) > 0 &&
		((copy_answers(c) && !head_shared_with(&c->head, member)) ||
			(copy_reads(c) && c->high.sequence != 0 &&
				!head_shared_with(&c->high, member)))) {
		sim_fail(sim, "%s holds %s, which is not shared with it",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
	if (c->phase == COPY_LOADING && rows_count(copy) > 0 &&
		copy_head_order(&c->high, &c->head) <= 0) {
		sim_fail(sim, "%s takes %s back, whose sharing has ended",
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
	if (copy_answers(before) && copy_answers(after) &&
		before->mixed < after->mixed) {
		sim_fail(sim, "%s has mixed up %s", sim->nodes[node].name,
			sim_list_name(sim, l));
	}
	if (after->phase == COPY_STOPPED && !copy_answers(after)) {
		return; /* nothing was answered from either */
	}
	if (after->head.epoch.number < before->head.epoch.number ||
		(after->head.epoch.number == before->head.epoch.number &&
			after->head.sequence < before->head.sequence)) {
		sim_fail(sim, "%s went back in %s", sim->nodes[node].name,
			sim_list_name(sim, l));
	}
}

/* Where the history of what is held began. */
static uint64_t root_of(const struct sim_list *list, const struct head *head)
{
	size_t i = sim_signed_index(list, head);

	while (i != SIM_NOBODY && list->heads[i].parent != SIM_NOBODY) {
		i = list->heads[i].parent;
	}
	return i == SIM_NOBODY ? UINT64_MAX : list->heads[i].paper.head.epoch.number;
}

/* Who holds records never goes over to a history that was begun after theirs. */
static void check_descent(
	struct sim *sim, size_t node, size_t l, const struct list_copy *before)
{
	const struct list_copy *after = &sim->nodes[node].copies[l].copy;
	const struct sim_list *list = &sim->lists[l];

	if (copy_answers(before) && before->head.live_count > 0 &&
		after->head.epoch.number != before->head.epoch.number &&
		after->head.sequence != 0 && !list->forked &&
		root_of(list, &after->head) > root_of(list, &before->head)) {
		sim_fail(sim, "%s drops its records of %s for a list begun anew",
			sim->nodes[node].name, sim_list_name(sim, l));
	}
}

void sim_check_copy(
	struct sim *sim, size_t node, size_t l, const struct list_copy *before)
{
	const struct sim_copy *copy = &sim->nodes[node].copies[l];

	check_progress(sim, node, l, before);
	check_descent(sim, node, l, before);
	if (copy->copy.left.number != 0 && copy->copy.head.sequence == 0) {
		return; /* an owner's rows of what it gives up, until it has another */
	}
	check_sharing(sim, node, l);
	switch (copy->copy.phase) {
	case COPY_FOLLOWING:
	case COPY_STAGING:
		check_set(sim, node, l);
		break;
	case COPY_MOVING:
		check_rows(sim, node, l);
		break;
	case COPY_STOPPED:
		if (copy->copy.head.sequence != 0) {
			check_set(sim, node, l);
		}
		break;
	case COPY_EMPTY:
	case COPY_UNSHARED:
		if (rows_count(copy) > 0) {
			sim_fail(sim, "%s keeps rows of %s", sim->nodes[node].name,
				sim_list_name(sim, l));
		}
		break;
	case COPY_LOADING:
		break;
	}
}

/* Among honest nodes nothing of it happens. */
void sim_check_result(struct sim *sim, size_t node, const struct sim_work *job)
{
	const struct sim_list *list = &sim->lists[job->list];

	if (sim->hostile || list->forked || !apply_failed(job->result) ||
		job->result == APPLY_ERROR) {
		return;
	}
	sim_fail(sim, "%s: %s from an honest node is called %s", sim->nodes[node].name,
		sim_list_name(sim, job->list),
		job->result == APPLY_FORK       ? "a fork"
		: job->result == APPLY_MISMATCH ? "a mismatch"
						: "broken");
}

void sim_check_blame(struct sim *sim, size_t node, size_t l, size_t list)
{
	size_t server = sim->links[l].server;

	if (!sim->nodes[server].hostile && !sim->lists[list].forked) {
		sim_fail(sim, "%s blames %s, which is honest, for %s",
			sim->nodes[node].name, sim->nodes[server].name,
			sim_list_name(sim, list));
	}
}

/* One epoch has one tag, one sequence in it one content. */
void sim_check_signed(struct sim *sim, size_t node, size_t l)
{
	const struct sim_list *list = &sim->lists[l];
	const struct head *last = &list->heads[list->heads_count - 1].paper.head;

	if (list->forked) {
		return;
	}
	for (size_t i = 0; i + 1 < list->heads_count; i++) {
		const struct head *head = &list->heads[i].paper.head;

		if (head->epoch.number == last->epoch.number &&
			(head->epoch.tag != last->epoch.tag ||
				head->sequence == last->sequence)) {
			sim_fail(sim, "%s signs %s twice", sim->nodes[node].name,
				sim_list_name(sim, l));
		}
	}
}
