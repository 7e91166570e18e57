/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/replcase.h"
#include "tests/sim/sim.h"

/* What owners do to their lists, and the register of what they signed. */

#define REPEAT_MS 3000

static int64_t wall(const struct sim *sim)
{
	return 1700000000 + sim->now.us / 1000000;
}

static void remember(struct sim_list *list, const struct sim_copy *copy)
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
	entry = &list->heads[list->heads_count++];
	entry->head = copy->copy.head;
	memfeed_copy(&entry->rows, &copy->rows);
}

const struct sim_signed *sim_signed_find(
	const struct sim_list *list, const struct head *head)
{
	for (size_t i = list->heads_count; i > 0; i--) {
		const struct sim_signed *entry = &list->heads[i - 1];

		if (epoch_equal(&entry->head.epoch, &head->epoch) &&
			entry->head.sequence == head->sequence &&
			memcmp(entry->head.hash, head->hash, HASH_BYTES) == 0) {
			return entry;
		}
	}
	return NULL;
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

static int put_new(struct sim *sim, size_t list, struct own_change *change)
{
	char id[CORDON_ID_MAX + 1];
	struct entry row = {
		.version = 1, .state = ENTRY_LIVE, .ends_at_s = 2000000000
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
		.ends_at_s = withdraw ? 0 : 2000000000,
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

static int change_one(struct sim *sim, size_t l, struct own_change *change)
{
	const struct sim_list *list = &sim->lists[l];
	const struct memfeed_area *live =
		&sim->nodes[list->owner].copies[l].rows.areas[FEED_LIVE];
	uint64_t what = sim_random(sim, 100);

	if (what < 4) {
		share(sim, list->owner, change);
		return 0;
	}
	if (what < 10) {
		return own_raise_floor(
			change, sim_random(sim, change->next.sequence + 1));
	}
	return live->count == 0 || (what < 50 && live->count < 40)
		       ? put_new(sim, l, change)
		       : put_again(sim, live, change);
}

/* ---- transactions ---- */

static void publish(struct sim *sim, size_t l, struct own_change *change)
{
	struct sim_list *list = &sim->lists[l];
	struct head *next;
	bool link = change->changed;

	if (own_publish(change, wall(sim), &next) != 0) {
		abort();
	}
	replcase_sign(next); /* who is in the register has signed */
	own_signed(change);
	if (link) {
		remember(list, &sim->nodes[list->owner].copies[l]);
	}
	sim_server_changed(sim, list->owner, l);
}

void sim_owner_change(struct sim *sim, size_t l)
{
	struct sim_list *list = &sim->lists[l];
	struct sim_copy *copy = &sim->nodes[list->owner].copies[l];
	size_t count = 1 + sim_random(sim, sim_chance(sim, 200) ? 30 : 4);
	struct own_change change;
	struct feed feed;
	int error = 0;

	memfeed_feed(&copy->rows, &list->id, &feed);
	own_begin(&change, &copy->copy, &feed);
	if (sim_chance(sim, 15)) {
		error = own_reopen(&change,
			(struct epoch){
				copy->copy.head.epoch.number + 1 + sim_random(sim, 3),
				sim_random(sim, UINT64_MAX) });
	}
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = change_one(sim, l, &change);
	}
	if (error != 0) {
		sim_fail(sim, "an owner's change: %s", cordon_error_text(error));
	}
	publish(sim, l, &change);
	sim_trace(sim, "%s %s: signs %llu.%llu, floor %llu",
		sim->nodes[list->owner].name, sim_list_name(sim, l),
		(unsigned long long)copy->copy.head.epoch.number,
		(unsigned long long)copy->copy.head.sequence,
		(unsigned long long)copy->copy.head.floor);
}

/* Nothing new, at a new time. */
void sim_owner_repeat(struct sim *sim, size_t l, struct sim_work *work)
{
	struct sim_list *list = &sim->lists[l];
	struct sim_node *node = &sim->nodes[list->owner];
	struct own_change change;
	struct feed feed;

	(void)work;
	if (node->up) {
		memfeed_feed(&node->copies[l].rows, &list->id, &feed);
		own_begin(&change, &node->copies[l].copy, &feed);
		publish(sim, l, &change);
	}
	sim_at(sim, mono_after_ms(sim->now, REPEAT_MS), sim_owner_repeat, l, NULL);
}

void sim_owner_create(struct sim *sim, size_t l)
{
	struct sim_list *list = &sim->lists[l];
	struct sim_copy *copy = &sim->nodes[list->owner].copies[l];
	struct epoch epoch = { 1000, sim_random(sim, UINT64_MAX) };
	struct own_change change;
	struct feed feed;

	memfeed_feed(&copy->rows, &list->id, &feed);
	own_create(&copy->copy, &list->id, epoch);
	own_begin(&change, &copy->copy, &feed);
	share(sim, list->owner, &change);
	publish(sim, l, &change);
	sim_at(sim, mono_after_ms(sim->now, (int64_t)sim_random(sim, REPEAT_MS)),
		sim_owner_repeat, l, NULL);
}
