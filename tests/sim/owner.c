/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* What owners do to their lists, and the register of what they signed. */

#define REPEAT_MS 3000

/* ---- the register ---- */

static void note_signed(
	struct sim_list *list, const struct sim_copy *copy, const struct head *before)
{
	struct sim_signed *entry;

	if (list->heads_count == list->heads_room) {
		list->heads_room = 2 * list->heads_room + 16;
		list->heads =
			realloc(list->heads, list->heads_room * sizeof(*list->heads));
		if (list->heads == NULL) {
			abort();
		}
	}
	entry = &list->heads[list->heads_count];
	entry->paper = copy->paper;
	if (copy->copy.head.epoch.number > list->epoch) {
		list->epoch = copy->copy.head.epoch.number;
	}
	/* who signs on in an epoch that another took over from signs for himself */
	entry->aside = copy->copy.head.epoch.number < list->epoch;
	memfeed_copy(&entry->rows, &copy->rows);
	entry->parent = sim_signed_index(list, before);
	list->heads_count++;
}

size_t sim_signed_index(const struct sim_list *list, const struct head *head)
{
	for (size_t i = list->heads_count; i > 0; i--) {
		const struct head *entry = &list->heads[i - 1].paper.head;

		if (entry->sequence == head->sequence &&
			epoch_equal(&entry->epoch, &head->epoch) &&
			memcmp(entry->hash, head->hash, HASH_BYTES) == 0) {
			return i - 1;
		}
	}
	return SIM_NOBODY;
}

const struct sim_signed *sim_signed_find(
	const struct sim_list *list, const struct head *head)
{
	size_t i = sim_signed_index(list, head);

	return i == SIM_NOBODY ? NULL : &list->heads[i];
}

/* ---- one change ---- */

static void fill(struct sim *sim, struct entry *row, const char *sealed)
{
	for (size_t i = 0; i < HASH_BYTES; i += 8) {
		uint64_t value = sim_random(sim, UINT64_MAX);

		memcpy(&row->sealed_hash[i], &value, 8);
	}
	row->sealed = (struct bytes){ (const uint8_t *)sealed, strlen(sealed) };
}

/* Some end soon, where content is erased. */
static int64_t ends_at_s(struct sim *sim)
{
	return sim->erases && sim_chance(sim, 300)
		       ? sim_true_s(sim) + 1 + (int64_t)sim_random(sim, 20)
		       : 3000000000;
}

static int put_new(struct sim *sim, size_t list, struct own_change *change)
{
	char id[CORDON_ID_MAX + 1];
	struct entry row = {
		.version = 1, .state = ENTRY_LIVE, .ends_at_s = ends_at_s(sim)
	};

	snprintf(id, sizeof(id), "%s-%u", sim->lists[list].id.owner.code,
		++sim->lists[list].ids);
	row.id = (struct bytes){ (const uint8_t *)id, strlen(id) };
	fill(sim, &row, "new");
	return own_put(change, &row);
}

/* One that stands is changed, withdrawn, or comes back. */
static int put_again(
	struct sim *sim, const struct memfeed_area *live, struct own_change *change)
{
	const struct entry *old = &live->rows[sim_random(sim, live->count)]->entry;
	bool withdraw = old->state == ENTRY_LIVE && sim_chance(sim, 500);
	uint8_t id[CORDON_ID_MAX];
	struct entry row = {
		.version = old->version + 1,
		.state = withdraw ? ENTRY_WITHDRAWN : ENTRY_LIVE,
		.ends_at_s = withdraw ? 0 : ends_at_s(sim),
		.id = { id, old->id.size },
	};

	memcpy(id, old->id.data, old->id.size);
	fill(sim, &row, withdraw ? "withdrawn" : "changed");
	return own_put(change, &row);
}

static void share(struct sim *sim, size_t owner, struct own_change *change)
{
	static const char *const codes[] = { "ARM", "BLR", "KAZ", "KGZ", "RUS" };
	bool with_all = sim_chance(sim, 600);
	struct state shared[5];
	size_t count = 0;

	for (size_t i = 0; i < 5; i++) {
		struct state member;

		ident_state_set(&member, codes[i], 3);
		if (!ident_state_equal(&member, &sim->nodes[owner].member) &&
			(with_all || sim_chance(sim, 700))) {
			shared[count++] = member;
		}
	}
	own_share(change, shared, count);
}

static int change_one(struct sim *sim, size_t n, size_t l, struct own_change *change)
{
	struct memfeed *rows = change->feed->context;
	const struct memfeed_area *live = &rows->areas[FEED_LIVE];
	uint64_t what = sim_random(sim, 100);

	if (what < 4) {
		share(sim, n, change);
		return 0;
	}
	if (what < 10) {
		return own_raise_floor(
			change, sim_random(sim, change->next.sequence + 1));
	}
	return live->count == 0 || (what < 50 && live->count < sim->records_max)
		       ? put_new(sim, l, change)
		       : put_again(sim, live, change);
}

/* ---- transactions ---- */

static void publish(struct sim *sim, size_t n, size_t l, struct sim_copy *copy,
	struct own_change *change)
{
	struct head before = copy->copy.head, *next;
	bool link = change->changed;

	if (own_publish(change, sim_wall_s(sim, n), &next) != 0) {
		abort();
	}
	copy->paper.head = *next;
	sim_sign(&copy->paper);
	memcpy(next->hash, copy->paper.head.hash, HASH_BYTES);
	own_signed(change);
	if (link || memcmp(before.hash, next->hash, HASH_BYTES) != 0) {
		note_signed(&sim->lists[l], copy, &before);
		sim_check_signed(sim, n, l);
		if (copy == &sim->nodes[n].copies[l]) {
			sim_remember(sim, n, l, &copy->copy.head);
		}
		sim_trace(sim, "%s %s: signs %llu.%llu, floor %llu, %zu rows",
			sim->nodes[n].name, sim_list_name(sim, l),
			(unsigned long long)copy->copy.head.epoch.number,
			(unsigned long long)copy->copy.head.sequence,
			(unsigned long long)copy->copy.head.floor,
			copy->rows.areas[FEED_LIVE].count);
	}
	sim_server_changed(sim, n, l);
}

static void check(struct sim *sim, int error)
{
	if (error != 0) {
		sim_fail(sim, "an owner's change: %s", cordon_error_text(error));
	}
}

/* A hostile owner's list goes two ways from here. */
static struct sim_copy *history(struct sim *sim, size_t n, size_t l)
{
	struct sim_node *node = &sim->nodes[n];
	struct sim_copy *twin;

	if (!node->hostile || node->twins == NULL) {
		return &node->copies[l];
	}
	twin = &node->twins[l];
	if (twin->copy.head.sequence == 0 && sim_chance(sim, 300)) {
		sim_trace(sim, "%s %s: two histories from here", node->name,
			sim_list_name(sim, l));
		twin->copy = node->copies[l].copy;
		twin->paper = node->copies[l].paper;
		memfeed_copy(&twin->rows, &node->copies[l].rows);
		sim->lists[l].forked = true;
	}
	return twin->copy.head.sequence != 0 && sim_chance(sim, 500) ? twin
								     : &node->copies[l];
}

/* Where nobody else may open one of the same number. */
static bool may_reopen(const struct sim *sim, size_t n)
{
	size_t nodes = 0;

	for (size_t i = 0; i < sim->nodes_count; i++) {
		nodes += sim->nodes[i].member_index == sim->nodes[n].member_index;
	}
	return nodes == 1;
}

void sim_owner_change(struct sim *sim, size_t n, size_t l)
{
	struct sim_copy *copy = history(sim, n, l);
	size_t most = sim_chance(sim, 200) ? 30 : 4;
	size_t count = 1 + sim_random(sim, sim_chance(sim, 20) ? 80 : most);
	struct own_change change;
	struct feed feed;

	memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
	own_begin(&change, &copy->copy, &feed);
	if (may_reopen(sim, n) && sim_chance(sim, 15)) {
		struct epoch epoch = { copy->copy.head.epoch.number + 1 +
					       sim_random(sim, 3),
			sim_random(sim, UINT64_MAX) };

		check(sim, own_reopen(&change, epoch));
	}
	for (size_t i = 0; i < count; i++) {
		check(sim, change_one(sim, n, l, &change));
	}
	publish(sim, n, l, copy, &change);
}

void sim_owner_reopen(struct sim *sim, size_t n, size_t l, struct epoch epoch)
{
	struct sim_copy *copy = &sim->nodes[n].copies[l];
	struct own_change change;
	struct feed feed;

	memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
	own_begin(&change, &copy->copy, &feed);
	check(sim, own_reopen(&change, epoch));
	publish(sim, n, l, copy, &change);
}

/* Nothing new, at a new time. */
static void repeat(struct sim *sim, size_t n, size_t l, struct sim_copy *copy)
{
	struct own_change change;
	struct feed feed;

	memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
	own_begin(&change, &copy->copy, &feed);
	publish(sim, n, l, copy, &change);
}

void sim_owner_repeat(struct sim *sim, size_t l, struct sim_work *work)
{
	(void)work;
	for (size_t n = 0; n < sim->nodes_count; n++) {
		struct sim_node *node = &sim->nodes[n];

		if (node->up && node->open &&
			node->member_index == sim->lists[l].member) {
			repeat(sim, n, l, &node->copies[l]);
			if (node->twins != NULL &&
				node->twins[l].copy.head.sequence != 0) {
				repeat(sim, n, l, &node->twins[l]);
			}
		}
	}
	sim_at(sim, mono_after_ms(sim->now, REPEAT_MS), sim_owner_repeat, l, NULL);
}

void sim_owner_begin_anew(struct sim *sim, size_t n)
{
	struct epoch epoch = { 0, sim_random(sim, UINT64_MAX) };

	for (size_t l = 0; l < sim->lists_count; l++) {
		if (sim->lists[l].member == sim->nodes[n].member_index &&
			sim->lists[l].epoch >= epoch.number) {
			epoch.number = sim->lists[l].epoch + 1 + sim_random(sim, 3);
		}
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		struct sim_copy *copy = &sim->nodes[n].copies[l];
		struct own_change change;
		struct feed feed;

		if (sim->lists[l].member == sim->nodes[n].member_index) {
			memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
			own_create(&copy->copy, &sim->lists[l].id, epoch);
			own_begin(&change, &copy->copy, &feed);
			share(sim, n, &change);
			publish(sim, n, l, copy, &change);
		}
	}
}

void sim_owner_create(struct sim *sim, size_t l)
{
	size_t n = sim->lists[l].member; /* the first node of each member signs */
	struct sim_copy *copy = &sim->nodes[n].copies[l];
	struct epoch epoch = { 1000, sim_random(sim, UINT64_MAX) };
	struct own_change change;
	struct feed feed;

	memfeed_feed(&copy->rows, &sim->lists[l].id, &feed);
	own_create(&copy->copy, &sim->lists[l].id, epoch);
	own_begin(&change, &copy->copy, &feed);
	share(sim, n, &change);
	publish(sim, n, l, copy, &change);
	sim_at(sim, mono_after_ms(sim->now, (int64_t)sim_random(sim, REPEAT_MS)),
		sim_owner_repeat, l, NULL);
}
