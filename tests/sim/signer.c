/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/heads.h"
#include "daemon/core/repl/own_news.h"
#include "tests/sim/sim.h"

/*
 * Who signs a member's lists.
 *
 *   1. After a start a node that signs asks its peers what they hold, and is open when
 *      all have said so or cannot be reached, at the latest after a grace.
 *   2. One that is told an own head beyond its disk signs nothing more; where that head
 *      is of a later epoch another node has taken over, and it follows.  One that has
 *      begun its lists anew, on an empty disk, and is told of records of an earlier
 *      epoch, gives the new one up.
 *   3. A takeover (recovery of a lost or older disk, promotion of a second node) wants
 *      every node of the other members reached, the own lists verified at the highest
 *      head that any holds, and nobody else who signs; it opens a new epoch on all own
 *      lists.
 */

#define GRACE_MS 2000

static bool is_own(const struct sim *sim, size_t n, size_t l)
{
	return sim->lists[l].member == sim->nodes[n].member_index;
}

/* ---- 1 ---- */

/* An older disk that nobody could tell about would fork the list: an administrator who
 * restores one sees to it that the peers can. */
static bool hidden_history(const struct sim *sim, size_t n)
{
	for (size_t i = 0; i < sim->nodes_count; i++) {
		for (size_t l = 0; l < sim->lists_count; l++) {
			const struct list_copy *own = &sim->nodes[n].copies[l].copy;
			const struct list_copy *held = &sim->nodes[i].copies[l].copy;

			if (is_own(sim, n, l) &&
				copy_head_order(copy_newest(held), &own->head) > 0) {
				return true;
			}
		}
	}
	return false;
}

static void open_now(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	if (!node->up || !node->signs || node->open || node->behind ||
		(node->restored && hidden_history(sim, n))) {
		return;
	}
	node->open = true;
	if (node->lost) {
		sim_owner_begin_anew(sim, n);
		node->anew = true;
	}
	node->restored = node->lost = false;
	sim_trace(sim, "%s signs", node->name);
}

static void grace_ends(struct sim *sim, size_t n, struct sim_work *work)
{
	(void)work;
	open_now(sim, n);
	if (sim->nodes[n].signs && !sim->nodes[n].open && !sim->nodes[n].behind) {
		sim_during(sim, mono_after_ms(sim->now, GRACE_MS), grace_ends, n, NULL,
			&sim->nodes[n].life);
	}
}

void sim_signer_start(struct sim *sim, size_t n)
{
	if (sim->nodes[n].signs) {
		sim_during(sim, mono_after_ms(sim->now, GRACE_MS), grace_ends, n, NULL,
			&sim->nodes[n].life);
	}
}

void sim_signer_told(struct sim *sim, size_t n)
{
	const struct sim_node *node = &sim->nodes[n];

	for (size_t i = 0; i < node->links_count; i++) {
		const struct sim_link *link = &sim->links[node->links[i]];

		if (sim->nodes[link->server].up && !link->told) {
			return;
		}
	}
	open_now(sim, n);
}

/* ---- 2 ---- */

static void stop_signing(struct sim *sim, size_t n)
{
	sim->nodes[n].open = sim->nodes[n].restored = sim->nodes[n].lost = false;
	sim_node_sign(sim, n, false);
}

/* What was signed in the meantime is put aside. */
static void give_list_up(struct sim *sim, size_t n, size_t l)
{
	struct sim_copy *copy = &sim->nodes[n].copies[l];
	uint64_t number = copy->copy.head.epoch.number;
	struct feed feed;

	memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
	if (own_give_up(&copy->copy, &feed) != 0) {
		return; /* it is being moved: told again later */
	}
	sim_trace(sim, "%s %s: gives epoch %llu up", sim->nodes[n].name,
		sim_list_name(sim, l), (unsigned long long)number);
	for (size_t i = 0; i < sim->lists[l].heads_count; i++) {
		struct sim_signed *entry = &sim->lists[l].heads[i];

		entry->aside = entry->aside || entry->paper.head.epoch.number == number;
	}
	stop_signing(sim, n);
	sim->nodes[n].behind = true;
}

void sim_signer_hears(struct sim *sim, size_t n, size_t l, const struct head *head,
	const struct state *teller)
{
	struct sim_node *node = &sim->nodes[n];
	const struct head *own = &node->copies[l].copy.head;

	if (!node->hostile && (node->signs || node->behind || node->anew) &&
		own_news(&node->copies[l].copy, head) == OWN_NEWS_LOST &&
		head_shared_with(head, teller)) {
		give_list_up(sim, n, l);
		return;
	}
	if (node->hostile || !node->signs || copy_head_order(head, own) <= 0) {
		return;
	}
	if (node->open && head->epoch.number == own->epoch.number &&
		!sim->lists[l].forked) {
		sim_fail(
			sim, "%s signs, and another has more of its epoch", node->name);
	}
	node->open = false;
	node->behind = true;
	if (head->epoch.number > own->epoch.number) {
		sim_trace(sim, "%s: another has taken over", node->name);
		stop_signing(sim, n);
	} else {
		sim_trace(sim, "%s is behind what it signed", node->name);
	}
}

/* ---- 3 ---- */

size_t sim_signer_of(const struct sim *sim, size_t member)
{
	for (size_t n = 0; n < sim->nodes_count; n++) {
		const struct sim_node *node = &sim->nodes[n];

		if (node->member_index == member && node->up && node->open) {
			return n;
		}
	}
	return SIM_NOBODY;
}

static bool all_reached(const struct sim *sim, size_t n)
{
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (!sim->nodes[i].up &&
			sim->nodes[i].member_index != sim->nodes[n].member_index) {
			return false;
		}
	}
	return true;
}

/*
 * Is what node holds something that whoever takes over, and has own, is to have?  Not
 * of an epoch that was begun beside; and who was left out of the sharing keeps the head
 * that says so, and no rows: nobody can have those from him (replicator_takeover.c).
 */
static bool counts(const struct list_copy *own, const struct sim_node *node,
	const struct head *head)
{
	return head->sequence != 0 && head_shared_with(head, &node->member) &&
	       !heads_strange(&own->head, heads_have_rows(own), &own->left, head);
}

static bool verified_here(const struct sim *sim, size_t n, size_t l)
{
	const struct list_copy *own = &sim->nodes[n].copies[l].copy;

	if (own->phase != COPY_FOLLOWING) {
		return false;
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		const struct sim_node *node = &sim->nodes[i];
		const struct head *newest = copy_newest(&node->copies[l].copy);

		if (node->up && counts(own, node, newest) &&
			copy_head_order(newest, &own->head) > 0) {
			return false;
		}
	}
	return true;
}

/* What was signed beyond the base is no part of the list; nobody who was reached may
 * have it. */
static void set_aside(
	struct sim *sim, size_t l, size_t base, const struct list_copy *own)
{
	struct sim_list *list = &sim->lists[l];

	for (size_t i = 0; i < list->heads_count; i++) {
		size_t up = base;

		while (up != i && up != SIM_NOBODY) {
			up = list->heads[up].parent;
		}
		list->heads[i].aside = up != i;
	}
	for (size_t n = 0; n < sim->nodes_count; n++) {
		const struct head *held = &sim->nodes[n].copies[l].copy.head;
		size_t i = sim_signed_index(list, held);

		if (sim->nodes[n].up && counts(own, &sim->nodes[n], held) &&
			i != SIM_NOBODY && list->heads[i].aside &&
			copy_head_order(held, &list->heads[base].paper.head) > 0) {
			sim_fail(sim, "a takeover loses what %s has of %s",
				sim->nodes[n].name, sim_list_name(sim, l));
		}
	}
}

static void open_epoch(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];
	uint64_t number = (uint64_t)sim_wall_s(sim, n);

	for (size_t l = 0; l < sim->lists_count; l++) {
		if (is_own(sim, n, l) && sim->lists[l].epoch >= number) {
			number = sim->lists[l].epoch + 1;
		}
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		if (is_own(sim, n, l)) {
			const struct list_copy *own = &node->copies[l].copy;

			set_aside(sim, l, sim_signed_index(&sim->lists[l], &own->head),
				own);
			sim_owner_reopen(sim, n, l,
				(struct epoch){ number, sim_random(sim, UINT64_MAX) });
		}
	}
}

bool sim_signer_takeover(struct sim *sim, size_t n, bool force)
{
	struct sim_node *node = &sim->nodes[n];

	if (!node->up || !node->has_key || node->open ||
		sim_signer_of(sim, node->member_index) != SIM_NOBODY) {
		return false;
	}
	if (node->signs) { /* it must follow first */
		stop_signing(sim, n);
		return false;
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		if (is_own(sim, n, l) && !verified_here(sim, n, l)) {
			return false;
		}
	}
	if (!force && !all_reached(sim, n)) {
		return false;
	}
	sim_trace(sim, "%s takes over", node->name);
	sim_node_sign(sim, n, true);
	node->behind = node->restored = node->anew = false;
	open_epoch(sim, n);
	open_now(sim, n);
	return true;
}

/* Two that sign, where the one that was replaced cannot be told: whoever took over by
 * force, or past nodes that are not for the list, stops the other. */
static void stop_replaced(struct sim *sim, size_t member)
{
	size_t best = sim_signer_of(sim, member);

	for (size_t n = 0; n < sim->nodes_count; n++) {
		size_t l = 0;

		if (n == best || !sim->nodes[n].open ||
			sim->nodes[n].member_index != member) {
			continue;
		}
		while (sim->lists[l].member != member) {
			l++;
		}
		if (copy_head_order(&sim->nodes[n].copies[l].copy.head,
			    &sim->nodes[best].copies[l].copy.head) > 0) {
			stop_signing(sim, best);
			best = n;
		} else {
			stop_signing(sim, n);
		}
	}
}

/* Is somebody about to sign?  One that waits for its peers' word. */
static bool opening(const struct sim *sim, size_t member)
{
	for (size_t n = 0; n < sim->nodes_count; n++) {
		const struct sim_node *node = &sim->nodes[n];

		if (node->member_index == member && node->has_key && node->signs &&
			!node->behind) {
			return true;
		}
	}
	return false;
}

/* Which node may take over depends on what its neighbours are told and may pass on: one
 * whose only neighbours were left out of the sharing never comes to have the lists,
 * where another one does. */
void sim_signer_tend(struct sim *sim)
{
	for (size_t m = 0; m < sim->members_count; m++) {
		bool done = sim_signer_of(sim, m) != SIM_NOBODY;

		if (done) {
			stop_replaced(sim, m);
		}
		done = done || opening(sim, m);
		for (size_t n = 0; !done && n < sim->nodes_count; n++) {
			done = sim->nodes[n].member_index == m &&
			       sim_signer_takeover(sim, n, false);
		}
	}
}
