/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The shape of a union. */

#define DAY_S 86400

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

static int64_t clock_error_s(struct sim *sim)
{
	static const int64_t years[] = { -9, -3, 0, 0, 0, 0, 0, 4, 30 };

	int64_t error = years[sim_random(sim, sizeof(years) / sizeof(years[0]))];

	/* no two are wrong alike: such would trust each other */
	return error == 0 ? 0
			  : 365 * DAY_S * error + (int64_t)sim_random(sim, 200) * DAY_S;
}

/* One node a member; sometimes the first member has a second one, which may have the
 * key and signs nothing yet. */
static void create_nodes(struct sim *sim)
{
	static const char *const codes[] = { "KAZ", "RUS", "BLR", "KGZ", "ARM" };
	size_t members = 2 + sim_random(sim, 4);
	bool second = members < 3 || sim_chance(sim, 300);
	bool small = sim_chance(sim, 300);

	sim->erases = sim_chance(sim, 250);

	sim->members_count = members;
	sim->nodes_count = members + second;
	sim->records_max = sim_chance(sim, 60) ? 150 : 40;
	for (size_t i = 0; i < sim->nodes_count; i++) {
		struct sim_node *node = &sim->nodes[i];
		const char *code = codes[i % members];

		ident_state_set(&node->member, code, 3);
		node->member_index = i % members;
		node->signs = i < members;
		/* relays that doubt the time keep heads from each other's owners */
		node->has_key = i < members || (!sim->erases && sim_chance(sim, 700));
		node->clock_s = clock_error_s(sim);
		if (node->clock_s != 0) {
			/* two that are wrong alike would believe each other */
			node->clock_s += (int64_t)i * 1000000;
		}
		snprintf(node->name, sizeof(node->name), "%s%d", code,
			i < members ? 1 : 2);
		node->chunk_entries = 1 + sim_random(sim, small ? 5 : 40);
		node->move_entries = 1 + sim_random(sim, 12);
	}
}

static void create_lists(struct sim *sim)
{
	for (size_t i = 0; i < sim->members_count; i++) {
		size_t kinds = 1 + sim_random(sim, 2);

		for (size_t k = 0; k < kinds; k++) {
			struct sim_list *list = &sim->lists[sim->lists_count];

			if (sim->lists_count == SIM_LISTS_MAX) {
				return;
			}
			list->id.owner = sim->nodes[i].member;
			list->id.kind = (uint16_t)(1 + k);
			list->member = i;
			sim_owner_create(sim, sim->lists_count++);
		}
	}
}

static bool same_side(const struct sim *sim, size_t a, size_t b)
{
	return ((sim->sides >> a) & 1) == ((sim->sides >> b) & 1);
}

/* Up, when both ends are and nothing cuts it. */
void sim_world_try(struct sim *sim, size_t l, struct sim_work *work)
{
	struct sim_link *link = &sim->links[l];
	bool there = sim->nodes[link->client].up && sim->nodes[link->server].up &&
		     same_side(sim, link->client, link->server);

	(void)work;
	if (!link->up && there) {
		sim_link_up(sim, l);
	} else if (!link->up && sim->nodes[link->client].up) {
		link->told = true; /* that it cannot be had */
		sim_signer_told(sim, link->client);
	}
}

void sim_world_connect(struct sim *sim, size_t node, int64_t within_ms)
{
	for (size_t i = 0; i < sim->links_count; i++) {
		struct sim_link *link = &sim->links[i];

		if (link->client == node || link->server == node) {
			struct mono at = mono_after_ms(sim->now,
				(int64_t)sim_random(sim, (uint64_t)within_ms));

			if (link->client == node && !link->up) {
				link->told = false;
			}
			sim_at(sim, at, sim_world_try, i, NULL);
		}
	}
}

void sim_world_create(struct sim *sim)
{
	create_nodes(sim);
	create_links(sim);
	create_lists(sim);
	if (sim->nodes_count > 2 && sim_chance(sim, 400)) {
		sim_malice_create(sim, sim_random(sim, sim->nodes_count));
	}
	for (size_t i = 0; i < sim->nodes_count; i++) {
		sim_node_start(sim, i);
		sim_world_connect(sim, i, 300);
	}
}

bool sim_world_reaches(struct sim *sim, size_t l, size_t node)
{
	size_t signer = sim_signer_of(sim, sim->lists[l].member);
	bool reached[SIM_NODES_MAX] = { false };
	const struct head *head;
	bool more = true;

	if (signer == SIM_NOBODY) {
		return false;
	}
	head = &sim->nodes[signer].copies[l].copy.head;
	reached[signer] = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < sim->links_count; i++) {
			const struct sim_link *link = &sim->links[i];

			if (reached[link->server] && !reached[link->client] &&
				sim_upkeep_takes(sim, link->client) &&
				!sim_malice_at(sim, link->server, l) &&
				head_shared_with(
					head, &sim->nodes[link->client].member)) {
				reached[link->client] = more = true;
			}
		}
	}
	return reached[node];
}
