/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/*
 * A hostile node: it has a valid place in the union and learns like any other, but what
 * it serves is its own affair.  It can sign for itself alone.  Each hostile node has
 * some of the tricks, and plays each only now and then, to some of its clients.
 */
enum trick {
	/* with chunks */
	RENUMBER,
	ALTER,
	WITHHOLD_ROW,
	INSERT_OLD_ROW, /* withdrawn, changed or purged since */
	FORGE_TOMBSTONE,
	FORGE_STUB, /* a live ban passed off as erased */
	REORDER,
	OLD_HEAD, /* of this epoch or another */
	OLD_ROWS,
	FORGE_CHUNK_HEAD,
	LIE_ABOUT_END,
	LIE_ABOUT_BEGINNING,
	/* with pulls */
	SILENCE,
	REFUSE,
	OLD_STATE, /* all of it, as it was signed */
	NO_END,    /* chunks that bring nothing */
	/* with heads */
	HIDE_HEAD,
	FORGE_HEAD,
	REPLAY_HEAD,
	/* whether all clients are treated alike */
	TWO_FACED,
	TRICKS_COUNT
};

/* How often a trick is played that could be. */
#define PLAYED_PERMILLE 250
#define FLOOD_HEADS 20

void sim_malice_create(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	sim->hostile = true;
	node->hostile = true;
	node->has_key = node->signs;
	node->tricks = sim_random(sim, (uint64_t)1 << TRICKS_COUNT);
	if (node->signs && sim_chance(sim, 500)) {
		node->twins = calloc(SIM_LISTS_MAX, sizeof(*node->twins));
		if (node->twins == NULL) {
			abort();
		}
	}
}

bool sim_malice_at(const struct sim *sim, size_t n, size_t l)
{
	const struct sim_node *node = &sim->nodes[n];

	/* in the end it wants its own lists to be known */
	return node->hostile &&
	       !(sim->calm && sim->lists[l].member == node->member_index);
}

static bool plays(struct sim *sim, size_t l, size_t list, enum trick trick)
{
	const struct sim_link *link = &sim->links[l];
	const struct sim_node *node = &sim->nodes[link->server];

	return sim_malice_at(sim, link->server, list) &&
	       ((node->tricks >> trick) & 1) &&
	       (!((node->tricks >> TWO_FACED) & 1) || link->client % 2 == 0) &&
	       sim_chance(sim, PLAYED_PERMILLE);
}

/* Something of the list that the hostile node has seen. */
static const struct sim_signed *seen(struct sim *sim, size_t n, size_t l)
{
	const struct sim_node *node = &sim->nodes[n];
	const struct sim_list *list = &sim->lists[l];
	const struct sim_signed *any = &list->heads[sim_random(sim, list->heads_count)];

	return copy_head_order(&any->paper.head, copy_newest(&node->copies[l].copy)) <=
				       0 &&
			       head_shared_with(&any->paper.head, &node->member)
		       ? any
		       : NULL;
}

static void forge(struct sim *sim, struct sim_paper *paper)
{
	if (sim_chance(sim, 500)) {
		paper->head.sequence += 1 + sim_random(sim, 1000);
	} else {
		paper->head.epoch.number++;
	}
	if (sim_chance(sim, 500)) {
		paper->head.hash[sim_random(sim, HASH_BYTES)] ^= 1;
	}
	if (sim_chance(sim, 500)) {
		paper->head.time_s += 1000000;
	}
}

/* ---- chunks ---- */

/* A row of its own in the place of one of the chunk's. */
static void replace(struct sim_work *work, size_t i, const struct entry *entry)
{
	struct memfeed_row *row = memfeed_row_create(entry);

	memfeed_row_release(work->rows[i]);
	work->rows[i] = row;
}

static void remove_row(struct sim_work *work, size_t i)
{
	memfeed_row_release(work->rows[i]);
	memmove(&work->rows[i], &work->rows[i + 1],
		(--work->rows_count - i) * sizeof(struct memfeed_row *));
}

static void insert_old(struct sim *sim, size_t n, struct sim_work *work)
{
	const struct sim_signed *old = seen(sim, n, work->list);
	const struct memfeed_area *rows;
	struct memfeed_row *row;
	size_t i = 0;

	if (old == NULL || old->rows.areas[FEED_LIVE].count == 0) {
		return;
	}
	rows = &old->rows.areas[FEED_LIVE];
	row = rows->rows[sim_random(sim, rows->count)];
	work->rows = realloc(
		work->rows, (work->rows_count + 1) * sizeof(struct memfeed_row *));
	if (work->rows == NULL) {
		abort();
	}
	while (i < work->rows_count &&
		work->rows[i]->entry.sequence < row->entry.sequence) {
		i++;
	}
	memmove(&work->rows[i + 1], &work->rows[i],
		(work->rows_count++ - i) * sizeof(struct memfeed_row *));
	work->rows[i] = row;
	row->holders++;
}

static void change_row(struct sim *sim, size_t l, struct sim_work *work)
{
	size_t i = sim_random(sim, work->rows_count);
	struct entry row = work->rows[i]->entry;

	if (plays(sim, l, work->list, RENUMBER)) {
		row.sequence += sim_chance(sim, 500) ? 1 : (uint64_t)-1;
		replace(work, i, &row);
	} else if (plays(sim, l, work->list, ALTER)) {
		if (row.state == ENTRY_LIVE && sim_chance(sim, 500)) {
			row.ends_at_s -= 86400;
		} else {
			row.sealed_hash[sim_random(sim, HASH_BYTES)] ^= 4;
		}
		replace(work, i, &row);
	} else if (plays(sim, l, work->list, FORGE_TOMBSTONE)) {
		row.state = ENTRY_WITHDRAWN;
		row.ends_at_s = 0;
		replace(work, i, &row);
	} else if (row.state == ENTRY_LIVE && plays(sim, l, work->list, FORGE_STUB)) {
		row.sealed.size = 0;
		replace(work, i, &row);
	} else if (plays(sim, l, work->list, WITHHOLD_ROW)) {
		remove_row(work, i);
	} else if (work->rows_count > 1 && plays(sim, l, work->list, REORDER)) {
		size_t other = (i + 1) % work->rows_count;
		struct memfeed_row *first = work->rows[i];

		work->rows[i] = work->rows[other];
		work->rows[other] = first;
	}
}

static void change_head(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_signed *old = seen(sim, sim->links[l].server, work->list);

	if (old != NULL && plays(sim, l, work->list, OLD_HEAD)) {
		work->paper = old->paper;
	} else if (old != NULL && plays(sim, l, work->list, OLD_ROWS)) {
		struct sim_paper paper = work->paper;

		while (work->rows_count > 0) {
			remove_row(work, work->rows_count - 1);
		}
		free(work->rows);
		sim_collect(work, &old->rows, 20);
		work->paper = paper;
	} else if (plays(sim, l, work->list, FORGE_CHUNK_HEAD)) {
		forge(sim, &work->paper);
	}
}

void sim_malice_chunk(struct sim *sim, size_t l, struct sim_work *work)
{
	if (!sim_malice_at(sim, sim->links[l].server, work->list)) {
		return;
	}
	change_head(sim, l, work);
	if (work->rows_count > 0) {
		change_row(sim, l, work);
	}
	if (plays(sim, l, work->list, INSERT_OLD_ROW)) {
		insert_old(sim, sim->links[l].server, work);
	}
	if (plays(sim, l, work->list, LIE_ABOUT_END)) {
		work->up_to =
			sim_chance(sim, 500) ? work->paper.head.sequence : work->after;
	}
	if (plays(sim, l, work->list, LIE_ABOUT_BEGINNING)) {
		work->after = sim_random(sim, work->paper.head.sequence + 1);
	}
}

/* ---- pulls ---- */

static void answer(struct sim *sim, size_t l, size_t list,
	const struct sim_paper *paper, const struct memfeed *rows, size_t count)
{
	const struct sim_served *served = &sim->links[l].lists[list];
	struct sim_work *work = sim_work_create(list);

	work->request = served->request;
	work->paper = *paper;
	work->after = served->position.after;
	sim_collect(work, rows, count);
	if (count == 0) {
		work->up_to = work->after;
	}
	sim_send(sim, l, false, sim_client_chunk, work);
}

/* The history that this client is told. */
static const struct sim_copy *twin_for(const struct sim *sim, size_t l, size_t list)
{
	const struct sim_link *link = &sim->links[l];
	const struct sim_node *node = &sim->nodes[link->server];
	const struct sim_copy *twin = node->twins == NULL ? NULL : &node->twins[list];

	return twin != NULL && !sim->calm && twin->copy.head.sequence != 0 &&
			       link->client % 2 == 1
		       ? twin
		       : NULL;
}

static bool answer_twin(struct sim *sim, size_t l, size_t list)
{
	const struct sim_copy *twin = twin_for(sim, l, list);
	struct sim_served *served = &sim->links[l].lists[list];
	const struct state *member = &sim->nodes[sim->links[l].client].member;
	uint64_t from = 0;

	if (twin == NULL || serve_decide(&twin->copy, &served->position, member,
				    &from) != SERVE_ROWS) {
		return false;
	}
	served->position.after = from;
	answer(sim, l, list, &twin->paper, &twin->rows, 20);
	return true;
}

bool sim_malice_pull(struct sim *sim, size_t l, size_t list)
{
	const struct sim_link *link = &sim->links[l];
	const struct sim_copy *copy = &sim->nodes[link->server].copies[list];
	const struct sim_signed *old;

	if (!sim_malice_at(sim, link->server, list)) {
		return false;
	}
	if (answer_twin(sim, l, list) || plays(sim, l, list, SILENCE)) {
		return true;
	}
	if (plays(sim, l, list, REFUSE)) {
		struct sim_work *work = sim_work_create(list);

		work->request = link->lists[list].request;
		sim_send(sim, l, false, sim_client_refused, work);
		return true;
	}
	old = seen(sim, link->server, list);
	if (old != NULL && plays(sim, l, list, OLD_STATE)) {
		answer(sim, l, list, &old->paper, &old->rows, 20);
		return true;
	}
	if (copy->copy.head.sequence != 0 && plays(sim, l, list, NO_END)) {
		answer(sim, l, list, &copy->paper, &copy->rows, sim_random(sim, 2));
		return true;
	}
	return false;
}

/* ---- heads ---- */

bool sim_malice_head(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_copy *twin = twin_for(sim, l, work->list);
	const struct sim_signed *old;

	if (!sim_malice_at(sim, sim->links[l].server, work->list)) {
		return false;
	}
	if (twin != NULL) {
		work->paper = twin->paper;
	}
	old = seen(sim, sim->links[l].server, work->list);
	if (old != NULL && plays(sim, l, work->list, REPLAY_HEAD)) {
		work->paper = old->paper;
	} else if (plays(sim, l, work->list, FORGE_HEAD)) {
		forge(sim, &work->paper);
	} else if (plays(sim, l, work->list, HIDE_HEAD)) {
		sim_work_destroy(work);
		return true;
	}
	return false;
}

/* A flood of heads, and a chunk that nobody asked for. */
void sim_malice_turn(struct sim *sim, size_t n)
{
	size_t l = sim_random(sim, sim->links_count);
	size_t list = sim_random(sim, sim->lists_count);
	const struct sim_link *link = &sim->links[l];
	const struct sim_signed *old = NULL;

	if (link->server != n || !link->up) {
		return;
	}
	for (size_t i = 0; i < FLOOD_HEADS; i++) {
		struct sim_work *work;

		old = seen(sim, n, list);
		if (old == NULL) {
			continue;
		}
		work = sim_work_create(list);
		work->paper = old->paper;
		if (sim_chance(sim, 200)) {
			forge(sim, &work->paper);
		}
		sim_send(sim, l, false, sim_client_head, work);
	}
	if (old != NULL) {
		answer(sim, l, list, &old->paper, &old->rows, 20);
	}
}
