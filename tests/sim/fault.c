/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* What happens to a union. */

static size_t any_node(struct sim *sim)
{
	return sim_random(sim, sim->nodes_count);
}

static size_t any_link(struct sim *sim)
{
	return sim_random(sim, sim->links_count);
}

/* ---- links ---- */

static void cut(struct sim *sim)
{
	size_t l = any_link(sim);

	if (sim->links[l].up) {
		sim_link_down(sim, l);
	}
}

static void heal(struct sim *sim)
{
	sim_world_try(sim, any_link(sim), NULL);
}

/* It delivers late, for once, and what comes after it waits. */
static void stall(struct sim *sim)
{
	struct sim_link *link = &sim->links[any_link(sim)];
	struct mono *last = sim_chance(sim, 500) ? &link->to_server : &link->to_client;

	*last = mono_after_ms(sim->now, (int64_t)sim_random(sim, 20000));
}

static void mute_ends(struct sim *sim, size_t l, struct sim_work *work)
{
	(void)work;
	sim_link_down(sim, l);
}

/* Nothing comes through, and it takes a while until somebody says so. */
static void mute(struct sim *sim)
{
	size_t l = any_link(sim);
	struct sim_link *link = &sim->links[l];

	if (link->up) {
		link->mute_until =
			mono_after_ms(sim->now, 1 + (int64_t)sim_random(sim, 3000));
		sim_during(sim, link->mute_until, mute_ends, l, NULL, &link->life);
	}
}

static void partition(struct sim *sim)
{
	sim->sides = sim_chance(sim, 500) ? sim_random(sim, UINT64_MAX) : 0;
	sim_trace(sim, "%s", sim->sides == 0 ? "united" : "parted");
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct sim_link *link = &sim->links[i];

		if (link->up && ((sim->sides >> link->client) & 1) !=
					((sim->sides >> link->server) & 1)) {
			sim_link_down(sim, i);
		}
	}
	if (sim->sides == 0) {
		for (size_t n = 0; n < sim->nodes_count; n++) {
			sim_world_connect(sim, n, 500);
		}
	}
}

/* ---- nodes ---- */

static void copy_disk(struct sim *sim, struct sim_copy *to, const struct sim_copy *from)
{
	for (size_t l = 0; l < sim->lists_count; l++) {
		to[l].copy = from[l].copy;
		to[l].paper = from[l].paper;
		memfeed_restore(&to[l].rows, &from[l].rows);
	}
}

static void back_up(struct sim *sim)
{
	struct sim_node *node = &sim->nodes[any_node(sim)];

	if (node->backup == NULL) {
		node->backup = calloc(SIM_LISTS_MAX, sizeof(*node->backup));
		if (node->backup == NULL) {
			abort();
		}
	}
	copy_disk(sim, node->backup, node->copies);
	node->backup_signs = node->signs;
}

/*
 * Does a neighbour of n hold the most that anybody else has of list, and more than the
 * older disk that n starts from does (older, a head)?  What never left the node was
 * acknowledged as local only: who restores an older disk gives it up, and nobody could
 * tell.
 */
static bool neighbour_knows(
	const struct sim *sim, size_t n, size_t l, const struct head *older)
{
	const struct sim_node *node = &sim->nodes[n];
	struct head most = { .sequence = 0 };

	/* the disk as it stands is the newest, unless that was lost before */
	if ((node->signs || !node->backup_signs) &&
		copy_head_order(older, &node->copies[l].copy.head) == 0) {
		return true;
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		const struct head *head = copy_newest(&sim->nodes[i].copies[l].copy);

		if (i != n && copy_head_order(head, &most) > 0) {
			most = *head;
		}
	}
	if (copy_head_order(&most, older) <= 0 ||
		(older->sequence == 0 && most.live_count == 0)) {
		return false;
	}
	for (size_t i = 0; i < node->links_count; i++) {
		const struct sim_link *link = &sim->links[node->links[i]];
		const struct list_copy *copy = &sim->nodes[link->server].copies[l].copy;

		if (copy->phase == COPY_FOLLOWING &&
			copy_head_order(&copy->head, &most) == 0) {
			return true;
		}
	}
	return false;
}

/* Others have what they signed themselves: else n may have what one of them needs. */
static bool others_sign(const struct sim *sim, size_t n)
{
	bool sign[SIM_NODES_MAX] = { false };

	sign[sim->nodes[n].member_index] = true;
	for (size_t i = 0; i < sim->nodes_count; i++) {
		const struct sim_node *node = &sim->nodes[i];

		if (node->signs && !node->behind && !node->lost && !node->anew &&
			!node->restored) {
			sign[node->member_index] = true;
		}
	}
	for (size_t m = 0; m < sim->members_count; m++) {
		if (!sign[m]) {
			return false;
		}
	}
	return true;
}

/* An owner's older disk: the next takes it up with those who can tell. */
static bool may_restore(const struct sim *sim, size_t n)
{
	const struct sim_node *node = &sim->nodes[n];

	if (node->backup == NULL || node->hostile || !others_sign(sim, n)) {
		return false;
	}
	if (!node->has_key) {
		return true;
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		if (sim->lists[l].member == node->member_index &&
			!neighbour_knows(sim, n, l, &node->backup[l].copy.head)) {
			return false;
		}
	}
	return !sim->hostile && !sim->erases;
}

/* May it lose all of its disk?  Its lists are at a neighbour, with records that it can
 * be told of; and it alone may sign, or there would be somebody to promote. */
static bool may_lose(const struct sim *sim, size_t n)
{
	static const struct head nothing;
	const struct sim_node *node = &sim->nodes[n];

	if (sim->hostile || sim->erases || !node->has_key || !node->signs ||
		!others_sign(sim, n)) {
		return false;
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (i != n && sim->nodes[i].member_index == node->member_index) {
			return false;
		}
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		const struct list_copy *copy = &node->copies[l].copy;

		if (sim->lists[l].member == node->member_index &&
			(copy->head.sequence == 0 || copy->live_count == 0 ||
				!neighbour_knows(sim, n, l, &nothing))) {
			return false;
		}
	}
	return true;
}

static bool held_elsewhere(const struct sim *sim, size_t n, size_t l, size_t at)
{
	const struct sim_list *list = &sim->lists[l];

	for (size_t i = 0; i < sim->nodes_count; i++) {
		const struct list_copy *copy = &sim->nodes[i].copies[l].copy;

		if (i != n && copy_answers(copy) &&
			sim_leads_to(list, at, sim_signed_index(list, &copy->head))) {
			return true;
		}
	}
	return false;
}

/* What the disk that goes alone holds of its member's lists was acknowledged as local
 * only. */
static void give_up(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	for (size_t l = 0; l < sim->lists_count; l++) {
		struct sim_list *list = &sim->lists[l];
		size_t at = sim_signed_index(list, &node->copies[l].copy.head);

		while (list->member == node->member_index && at != SIM_NOBODY &&
			!held_elsewhere(sim, n, l, at)) {
			list->heads[at].aside = true;
			at = list->heads[at].parent;
		}
	}
}

static void lose_disk(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	sim_trace(sim, "%s starts from an empty disk", node->name);
	give_up(sim, n);
	for (size_t l = 0; l < sim->lists_count; l++) {
		memfeed_finish(&node->copies[l].rows);
		memset(&node->copies[l], 0, sizeof(node->copies[l]));
		memset(&node->memories[l], 0, sizeof(node->memories[l]));
	}
	node->lost = true;
}

static void start(struct sim *sim)
{
	size_t n = any_node(sim);
	struct sim_node *node = &sim->nodes[n];

	if (node->up) {
		return;
	}
	if (sim_chance(sim, 200) && may_restore(sim, n)) {
		sim_trace(sim, "%s starts from an older disk", node->name);
		give_up(sim, n);
		copy_disk(sim, node->copies, node->backup);
		node->signs = node->backup_signs;
		node->restored = node->signs;
		node->lost = false;
	} else if (sim_chance(sim, 100) && may_lose(sim, n)) {
		lose_disk(sim, n);
	}
	sim_node_start(sim, n);
	sim_world_connect(sim, n, 1000);
}

static void crash(struct sim *sim)
{
	size_t n = any_node(sim);

	if (sim->nodes[n].up) {
		sim_node_crash(sim, n);
	}
}

static void jump_clock(struct sim *sim)
{
	size_t n = any_node(sim);

	sim->nodes[n].clock_s += (int64_t)sim_random(sim, 2000000) - 1000000;
	sim_trace(sim, "%s: its clock is %lld s off", sim->nodes[n].name,
		(long long)sim->nodes[n].clock_s);
}

/* ---- owners ---- */

static void change(struct sim *sim)
{
	size_t l = sim_random(sim, sim->lists_count);
	size_t n = any_node(sim);

	if (sim->nodes[n].member_index != sim->lists[l].member || !sim->nodes[n].open) {
		n = sim_signer_of(sim, sim->lists[l].member);
	}
	if (n != SIM_NOBODY) {
		sim_owner_change(sim, n, l);
	}
}

static void take_over(struct sim *sim)
{
	size_t n = any_node(sim);

	if (!sim->hostile && (sim->nodes[n].behind || !sim->nodes[n].signs)) {
		sim_signer_takeover(sim, n, sim_chance(sim, 100));
	}
}

static void turn(struct sim *sim)
{
	for (size_t n = 0; n < sim->nodes_count; n++) {
		if (sim->nodes[n].hostile && sim->nodes[n].up) {
			sim_malice_turn(sim, n);
		}
	}
}

/* ---- */

struct fault {
	void (*happen)(struct sim *sim);
	unsigned weight;
};

static const struct fault faults[] = {
	{ change, 550 },
	{ heal, 180 },
	{ cut, 80 },
	{ start, 90 },
	{ crash, 40 },
	{ turn, 40 },
	{ take_over, 30 },
	{ partition, 12 },
	{ stall, 10 },
	{ mute, 15 },
	{ back_up, 20 },
	{ jump_clock, 5 },
};

#define FAULTS_COUNT (sizeof(faults) / sizeof(faults[0]))

void sim_fault_step(struct sim *sim)
{
	uint64_t total = 0, what;
	size_t i = 0;

	for (size_t k = 0; k < FAULTS_COUNT; k++) {
		total += faults[k].weight;
	}
	what = sim_random(sim, total);
	while (what >= faults[i].weight) {
		what -= faults[i++].weight;
	}
	faults[i].happen(sim);
}

/* Its administrator opens a new epoch on one of the two histories. */
static void repent(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	for (size_t l = 0; node->twins != NULL && l < sim->lists_count; l++) {
		struct sim_copy *twin = &node->twins[l];
		const struct head *head = &node->copies[l].copy.head;
		uint64_t number = head->epoch.number;

		if (twin->copy.head.sequence == 0) {
			continue;
		}
		if (twin->copy.head.epoch.number > number) {
			number = twin->copy.head.epoch.number;
		}
		twin->copy.head.sequence = 0;
		sim_owner_reopen(sim, n, l, (struct epoch){ number + 1, 1 });
	}
}

void sim_fault_calm(struct sim *sim)
{
	sim_trace(sim, "calm");
	sim->calm = true;
	sim->sides = 0;
	for (size_t i = 0; i < sim->links_count; i++) {
		if (sim->links[i].up && sim->links[i].mute_until.us > sim->now.us) {
			sim_link_down(sim, i);
		}
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (sim->nodes[i].hostile && sim->nodes[i].up) {
			sim_node_crash(sim, i); /* it forgets whom it told what */
		}
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (!sim->nodes[i].up) {
			sim_node_start(sim, i);
		}
		sim_world_connect(sim, i, 500);
	}
}

void sim_fault_repent(struct sim *sim)
{
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (sim->nodes[i].hostile) {
			repent(sim, i);
		}
	}
}
