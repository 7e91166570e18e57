/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/sim/sim.h"

/*
 * The time, and what is erased when it has come: nodes whose clock others agree with
 * erase the content of records some seconds after their end (days, in the world), and
 * take such from others.  It stands for upkeep.c, upkeep_erase.c and apply_job.c.
 */

#define ERASE_AFTER_S 5
#define ERASE_EVERY_MS 2000
/* A clock that is trusted is right within this. */
#define RIGHT_S 300

int64_t sim_true_s(const struct sim *sim)
{
	return 1700000000 + sim->now.us / 1000000;
}

int64_t sim_wall_s(const struct sim *sim, size_t n)
{
	return sim_true_s(sim) + sim->nodes[n].clock_s;
}

static struct wall wall_of(const struct sim *sim, size_t n)
{
	return (struct wall){ sim->now.us +
			      (1700000000 + sim->nodes[n].clock_s) * 1000000 };
}

void sim_upkeep_hears(struct sim *sim, size_t n, const struct head *head)
{
	struct sim_node *node = &sim->nodes[n];

	if (!ident_state_equal(&head->list.owner, &node->member)) {
		clocktrust_head(&node->trust, &head->list.owner, head->time_s, sim->now,
			wall_of(sim, n));
	}
}

bool sim_upkeep_sure(struct sim *sim, size_t n)
{
	return clocktrust_ask(&sim->nodes[n].trust, sim->now, wall_of(sim, n));
}

bool sim_upkeep_takes(struct sim *sim, size_t n)
{
	return !sim->erases || sim_upkeep_sure(sim, n);
}

void sim_upkeep_context(struct sim *sim, size_t n, struct apply_context *context)
{
	context->member = sim->nodes[n].member;
	context->now_s = sim_wall_s(sim, n);
	context->trusted = sim_upkeep_sure(sim, n);
	context->erase_after_s = ERASE_AFTER_S;
}

/* What has no content any more had an end, and that has passed. */
void sim_upkeep_check(struct sim *sim, size_t n, size_t l, const struct entry *row)
{
	if (row->state == ENTRY_LIVE && row->sealed.size == 0 &&
		row->ends_at_s > sim_true_s(sim) + RIGHT_S) {
		sim_fail(sim, "%s has erased what still holds, of %s",
			sim->nodes[n].name, sim_list_name(sim, l));
	}
}

/* Nor does it come back, where the node is sure of the time.  before: as it was. */
void sim_upkeep_check_kept(struct sim *sim, size_t n, const struct sim_work *job,
	const struct memfeed *before)
{
	const struct memfeed *rows = &sim->nodes[n].copies[job->list].rows;

	for (size_t i = 0; i < job->rows_count; i++) {
		const struct entry *row = &job->rows[i]->entry;

		if (memfeed_knows(before, FEED_LIVE, row) &&
			!memfeed_has_content(before, FEED_LIVE, row->sequence) &&
			memfeed_has_content(rows, FEED_LIVE, row->sequence)) {
			sim_fail(sim, "%s takes back what is erased, of %s",
				sim->nodes[n].name, sim_list_name(sim, job->list));
		}
	}
}

static void erase_list(struct sim *sim, size_t n, size_t l, int64_t until_s)
{
	struct memfeed *rows = &sim->nodes[n].copies[l].rows;
	const struct memfeed_area *live = &rows->areas[FEED_LIVE];
	struct feed feed;

	memfeed_feed(rows, &sim->lists[l].id, &feed);
	for (size_t i = 0; i < live->count; i++) {
		struct entry row = live->rows[i]->entry;
		uint8_t id[CORDON_ID_MAX];

		if (row.state != ENTRY_LIVE || row.sealed.size == 0 ||
			row.ends_at_s > until_s) {
			continue;
		}
		memcpy(id, row.id.data, row.id.size);
		row.id.data = id;
		row.sealed.size = 0;
		sim_upkeep_check(sim, n, l, &row);
		if (feed.ops->put(feed.context, FEED_LIVE, &row) != 0) {
			sim_fail(sim, "content is not erased");
		}
	}
}

void sim_upkeep_turn(struct sim *sim, size_t n, struct sim_work *work)
{
	struct sim_node *node = &sim->nodes[n];

	(void)work;
	if (sim_upkeep_sure(sim, n)) {
		for (size_t l = 0; l < sim->lists_count; l++) {
			if (sim->lists[l].member != node->member_index) {
				erase_list(
					sim, n, l, sim_wall_s(sim, n) - ERASE_AFTER_S);
			}
		}
	}
	sim_during(sim, mono_after_ms(sim->now, ERASE_EVERY_MS), sim_upkeep_turn, n,
		NULL, &node->life);
}
