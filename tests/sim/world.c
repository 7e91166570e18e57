/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The shape of a union and what happens to it. */

static void connect(struct sim *sim, size_t a, size_t b, int64_t delay_ms)
{
	struct sim_node *node = &sim->nodes[a];
	size_t l = sim->links_count++;

	sim->links[l] = (struct sim_link){
		.client = a,
		.server = b,
		.peer = node->links_count,
		.delay_ms = delay_ms,
	};
	node->links[node->links_count++] = l;
}

static bool connected(const struct sim *sim, size_t a, size_t b)
{
	for (size_t i = 0; i < sim->links_count; i++) {
		if (sim->links[i].client == a && sim->links[i].server == b) {
			return true;
		}
	}
	return false;
}

static void join(struct sim *sim, size_t a, size_t b)
{
	int64_t delay_ms =
		sim_chance(sim, 100) ? 400 : 1 + (int64_t)sim_random(sim, 30);

	if (a != b && !connected(sim, a, b)) {
		connect(sim, a, b, delay_ms);
		connect(sim, b, a, delay_ms);
	}
}

/* Mesh, chain, star, ring, or a tree with something added. */
static void create_links(struct sim *sim)
{
	uint64_t shape = sim_random(sim, 5);

	for (size_t i = 1; i < sim->nodes_count; i++) {
		switch (shape) {
		case 0:
			for (size_t k = 0; k < i; k++) {
				join(sim, i, k);
			}
			break;
		case 1:
			join(sim, i, i - 1);
			break;
		case 2:
			join(sim, i, 0);
			break;
		case 3:
			join(sim, i, i - 1);
			join(sim, i, (i + 1) % sim->nodes_count);
			break;
		default:
			join(sim, i, sim_random(sim, i));
			join(sim, i, sim_random(sim, sim->nodes_count));
			break;
		}
	}
}

/* One node a member; sometimes the first member has a second one, which signs nothing.
 */
static void create_nodes(struct sim *sim)
{
	static const char *const codes[] = { "KAZ", "RUS", "BLR", "KGZ", "ARM" };
	size_t members = 2 + sim_random(sim, 4);
	bool second = members < 3 || sim_chance(sim, 300);

	sim->nodes_count = members + second;
	for (size_t i = 0; i < sim->nodes_count; i++) {
		struct sim_node *node = &sim->nodes[i];
		const char *code = codes[i % members];

		ident_state_set(&node->member, code, 3);
		node->signer = i < members;
		snprintf(node->name, sizeof(node->name), "%s%d", code,
			i < members ? 1 : 2);
		node->chunk_entries = 1 + sim_random(sim, 40);
		node->move_entries = 1 + sim_random(sim, 12);
	}
}

static void create_lists(struct sim *sim)
{
	for (size_t i = 0; i < sim->nodes_count; i++) {
		size_t kinds = 1 + sim_random(sim, 2);

		for (size_t k = 0; sim->nodes[i].signer && k < kinds; k++) {
			struct sim_list *list = &sim->lists[sim->lists_count];

			if (sim->lists_count == SIM_LISTS_MAX) {
				return;
			}
			list->id.owner = sim->nodes[i].member;
			list->id.kind = (uint16_t)(1 + k);
			list->owner = i;
			sim_owner_create(sim, sim->lists_count++);
		}
	}
}

/* Up, when both ends are and nothing cuts it. */
static void try_link(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];

	(void)work;
	if (!link->up && sim->nodes[link->client].up && sim->nodes[link->server].up) {
		sim_link_up(sim, l);
	}
}

static void try_links(struct sim *sim, size_t node, int64_t within_ms)
{
	for (size_t i = 0; i < sim->links_count; i++) {
		const struct sim_link *link = &sim->links[i];

		if (link->client == node || link->server == node) {
			struct mono at = mono_after_ms(sim->now,
				(int64_t)sim_random(sim, (uint64_t)within_ms));

			sim_at(sim, at, try_link, i, NULL);
		}
	}
}

void sim_world_create(struct sim *sim)
{
	create_nodes(sim);
	create_links(sim);
	create_lists(sim);
	for (size_t i = 0; i < sim->nodes_count; i++) {
		sim_node_start(sim, i);
		try_links(sim, i, 300);
	}
}

static void cut(struct sim *sim)
{
	size_t l = sim_random(sim, sim->links_count);

	if (sim->links[l].up) {
		sim_link_down(sim, l);
	}
}

static void heal(struct sim *sim)
{
	try_link(sim, sim_random(sim, sim->links_count), NULL);
}

static void crash(struct sim *sim)
{
	size_t n = sim_random(sim, sim->nodes_count);

	if (sim->nodes[n].up) {
		sim_node_crash(sim, n);
	}
}

static void start(struct sim *sim)
{
	size_t n = sim_random(sim, sim->nodes_count);

	if (!sim->nodes[n].up) {
		sim_node_start(sim, n);
		try_links(sim, n, 1000);
	}
}

static void change(struct sim *sim)
{
	size_t l = sim_random(sim, sim->lists_count);

	if (sim->nodes[sim->lists[l].owner].up) {
		sim_owner_change(sim, l);
	}
}

void sim_world_step(struct sim *sim, size_t subject, struct sim_work *work)
{
	uint64_t what = sim_random(sim, 100);

	(void)subject;
	(void)work;
	if (what < 55) {
		change(sim);
	} else if (what < 65) {
		cut(sim);
	} else if (what < 85) {
		heal(sim);
	} else if (what < 90) {
		crash(sim);
	} else {
		start(sim);
	}
}

void sim_world_calm(struct sim *sim)
{
	sim_trace(sim, "calm");
	sim->calm = true;
	for (size_t i = 0; i < sim->nodes_count; i++) {
		if (!sim->nodes[i].up) {
			sim_node_start(sim, i);
		}
		try_links(sim, i, 500);
	}
}

/* Is there a way from the owner over nodes that may hold the list? */
bool sim_world_reaches(const struct sim *sim, size_t l, size_t node)
{
	const struct sim_list *list = &sim->lists[l];
	const struct head *head = &sim->nodes[list->owner].copies[l].copy.head;
	bool reached[SIM_NODES_MAX] = { false };
	bool more = true;

	reached[list->owner] = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < sim->links_count; i++) {
			const struct sim_link *link = &sim->links[i];

			if (reached[link->server] && !reached[link->client] &&
				head_shared_with(
					head, &sim->nodes[link->client].member)) {
				reached[link->client] = more = true;
			}
		}
	}
	return reached[node];
}
