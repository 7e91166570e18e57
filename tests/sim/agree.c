/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/*
 * What a union that is left alone comes to:
 *
 *   1. Each member has a node that signs.
 *   2. A node of a member that a list's head names holds exactly what the signer does,
 *      if there is a way to it from the signer over nodes that are honest and named.
 *   3. A node of a member that the head does not name holds nothing of the list, if a
 *      neighbour can tell it: one that is named and follows, or one whose own sharing
 *      was ended by a head that does not name the other either.  Whoever is behind
 *      nodes that were left out earlier, by heads that still named him, hears nothing
 *      of what came later: they are not told, and cannot tell.  He answers from the
 *      last state that was for him, whose age is plain.  Nor does who was told of the
 *      end by a history other than his, and stopped.
 */

static bool same_as_signer(const struct sim *sim, size_t signer, size_t node, size_t l)
{
	const struct sim_copy *own = &sim->nodes[signer].copies[l];
	const struct sim_copy *copy = &sim->nodes[node].copies[l];

	return copy->copy.phase == COPY_FOLLOWING && !copy->copy.mixed &&
	       copy_head_order(&copy->copy.head, &own->copy.head) == 0 &&
	       memfeed_same(&copy->rows, &own->rows, FEED_LIVE);
}

static bool can_tell(const struct sim *sim, size_t server, size_t node, size_t l)
{
	const struct list_copy *held = &sim->nodes[node].copies[l].copy;
	const struct list_copy *copy = &sim->nodes[server].copies[l].copy;
	const struct state *member = &sim->nodes[node].member;

	return !sim_malice_at(sim, server, l) &&
	       !head_shared_with(&copy->head, member) &&
	       copy_head_order(&copy->head, copy_newest(held)) > 0 &&
	       serve_tells(copy, member, true);
}

static bool knows_the_end(const struct sim *sim, size_t node, size_t l)
{
	const struct memfeed *rows = &sim->nodes[node].copies[l].rows;

	if (rows->areas[FEED_LIVE].count + rows->areas[FEED_STAGE].count == 0 ||
		sim->nodes[node].copies[l].copy.phase == COPY_STOPPED) {
		return true;
	}
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct sim_link *link = &sim->links[i];

		if (link->client == node && can_tell(sim, link->server, node, l)) {
			return false;
		}
	}
	return true;
}

static bool agrees(struct sim *sim, size_t signer, size_t node, size_t l)
{
	const struct head *head = &sim->nodes[signer].copies[l].copy.head;

	if (sim->nodes[node].hostile) {
		return true;
	}
	return head_shared_with(head, &sim->nodes[node].member)
		       ? !sim_world_reaches(sim, l, node) ||
				 same_as_signer(sim, signer, node, l)
		       : knows_the_end(sim, node, l);
}

bool sim_agree(struct sim *sim, char *why, size_t why_size)
{
	sim_signer_tend(sim);
	for (size_t l = 0; l < sim->lists_count; l++) {
		size_t signer = sim_signer_of(sim, sim->lists[l].member);

		if (signer == SIM_NOBODY) {
			snprintf(why, why_size, "nobody signs %s",
				sim_list_name(sim, l));
			return false;
		}
		for (size_t n = 0; n < sim->nodes_count; n++) {
			if (!agrees(sim, signer, n, l)) {
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

bool sim_leads_to(const struct sim_list *list, size_t from, size_t to)
{
	while (to != from && to != SIM_NOBODY) {
		to = list->heads[to].parent;
	}
	return to == from;
}

static bool side_by_side(const struct sim *sim, const struct sim_link *link, size_t l)
{
	const struct sim_list *list = &sim->lists[l];
	const struct list_copy *a = &sim->nodes[link->client].copies[l].copy;
	const struct list_copy *b = &sim->nodes[link->server].copies[l].copy;
	size_t x = sim_signed_index(list, &a->head);
	size_t y = sim_signed_index(list, &b->head);

	return a->phase == COPY_FOLLOWING && b->phase == COPY_FOLLOWING &&
	       epoch_equal(&a->head.epoch, &b->head.epoch) &&
	       head_shared_with(&a->head, &sim->nodes[link->server].member) &&
	       head_shared_with(&b->head, &sim->nodes[link->client].member) &&
	       !sim_leads_to(list, x, y) && !sim_leads_to(list, y, x);
}

/* A node that takes no stubs does not come to see what the other's history leads to. */
void sim_agree_noticed(struct sim *sim)
{
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct sim_link *link = &sim->links[i];

		for (size_t l = 0; l < sim->lists_count; l++) {
			if (link->up && !sim->nodes[link->client].hostile &&
				!sim->nodes[link->server].hostile &&
				sim_upkeep_takes(sim, link->client) &&
				sim_upkeep_takes(sim, link->server) &&
				side_by_side(sim, link, l)) {
				sim_fail(sim,
					"%s and %s do not notice two histories "
					"of %s",
					sim->nodes[link->client].name,
					sim->nodes[link->server].name,
					sim_list_name(sim, l));
			}
		}
	}
}

/* Every change that was acknowledged is in the history of what is signed now, but for
 * those that a takeover could not reach. */
void sim_agree_kept(struct sim *sim)
{
	for (size_t l = 0; l < sim->lists_count; l++) {
		struct sim_list *list = &sim->lists[l];
		size_t signer = sim_signer_of(sim, list->member);
		size_t at =
			sim_signed_index(list, &sim->nodes[signer].copies[l].copy.head);
		bool kept[4096] = { false };

		if (list->forked || list->heads_count > 4096) {
			continue;
		}
		for (; at != SIM_NOBODY; at = list->heads[at].parent) {
			kept[at] = true;
		}
		for (size_t i = 0; i < list->heads_count; i++) {
			if (!kept[i] && !list->heads[i].aside) {
				sim_fail(sim,
					"%llu.%llu of %s was acknowledged, and "
					"is lost",
					(unsigned long long)list->heads[i]
						.paper.head.epoch.number,
					(unsigned long long)list->heads[i]
						.paper.head.sequence,
					sim_list_name(sim, l));
			}
		}
	}
}
