/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "proto/evidence.h"
#include "tests/sim/sim.h"

/*
 * Two histories: what a node remembers of heads, and what it makes of others'.  It
 * stands for replicator_trace.c, serve_heads_at.c, serve_evidence.c and the store.
 * Heads go about as their places in the register of what was signed.
 */

static struct sim_memory *memory_of(struct sim *sim, size_t n, size_t l)
{
	return &sim->nodes[n].memories[l];
}

static const struct head *head_at(const struct sim *sim, size_t l, size_t i)
{
	return &sim->lists[l].heads[i].paper.head;
}

void sim_remember(struct sim *sim, size_t n, size_t l, const struct head *head)
{
	struct sim_memory *memory = memory_of(sim, n, l);
	size_t i = sim_signed_index(&sim->lists[l], head);

	if (i == SIM_NOBODY) {
		return;
	}
	for (size_t k = 0; k < memory->count; k++) {
		const struct head *old = head_at(sim, l, memory->heads[k]);

		if (old->sequence == head->sequence &&
			epoch_equal(&old->epoch, &head->epoch)) {
			return; /* the first stays */
		}
	}
	if (memory->count == SIM_MEMORY_MAX) {
		memmove(&memory->heads[0], &memory->heads[1],
			--memory->count * sizeof(memory->heads[0]));
	}
	memory->heads[memory->count++] = i;
}

/* ---- sets of heads ---- */

#define SET_MAX (2 * SIM_MEMORY_MAX + 8)

struct set {
	size_t places[SET_MAX];
	size_t count;
};

static void add(struct set *set, size_t place)
{
	if (place != SIM_NOBODY && set->count < SET_MAX) {
		set->places[set->count++] = place;
	}
}

/* Those of an epoch from from to to, and the nearest below and above. */
static void add_around(const struct sim *sim, size_t n, size_t l, struct set *set,
	const struct head *from, uint64_t to)
{
	const struct sim_memory *memory = &sim->nodes[n].memories[l];
	size_t below = SIM_NOBODY, above = SIM_NOBODY;

	for (size_t k = 0; k < memory->count; k++) {
		size_t i = memory->heads[k];
		const struct head *head = head_at(sim, l, i);

		if (!epoch_equal(&head->epoch, &from->epoch)) {
			continue;
		}
		if (head->sequence >= from->sequence && head->sequence <= to) {
			add(set, i);
		} else if (head->sequence > to) {
			above = above == SIM_NOBODY ||
						head->sequence <
							head_at(sim, l, above)->sequence
					? i
					: above;
		} else {
			below = below == SIM_NOBODY ||
						head->sequence >
							head_at(sim, l, below)->sequence
					? i
					: below;
		}
	}
	add(set, below);
	add(set, above);
}

static void add_kept(const struct sim *sim, size_t n, size_t l, struct set *set,
	const struct head *head)
{
	const struct sim_memory *memory = &sim->nodes[n].memories[l];

	for (size_t k = 0; k < memory->count; k++) {
		const struct head *old = head_at(sim, l, memory->heads[k]);

		if (old->sequence == head->sequence &&
			epoch_equal(&old->epoch, &head->epoch)) {
			add(set, memory->heads[k]);
		}
	}
}

/* Finds a contradiction; proof gets the heads of it. */
static bool find(
	const struct sim *sim, size_t l, const struct set *set, struct sim_proof *proof)
{
	const struct head *heads[SET_MAX];
	struct evidence evidence;

	for (size_t i = 0; i < set->count; i++) {
		heads[i] = head_at(sim, l, set->places[i]);
	}
	if (evidence_find(heads, set->count, &evidence) == EVIDENCE_NONE) {
		return false;
	}
	proof->count = 0;
	for (size_t i = 0; i < evidence.count; i++) {
		proof->heads[proof->count++] =
			sim_signed_index(&sim->lists[l], evidence.heads[i]);
	}
	return true;
}

static void post(
	struct sim *sim, size_t n, size_t peer, size_t l, const struct sim_proof *proof)
{
	struct sim_work *job = sim_work_create(l);

	job->type = SIM_EVIDENCE;
	job->peer = peer;
	job->proof = *proof;
	sim_job_post(sim, n, job);
}

/* Would a contradiction of this epoch be news? */
static bool wanted(struct sim *sim, size_t n, size_t l, uint64_t number)
{
	const struct list_copy *copy = &sim->nodes[n].copies[l].copy;

	return number >= copy->head.epoch.number &&
	       (copy->phase != COPY_STOPPED || number > copy_stopped_epoch(copy)) &&
	       !(sim->nodes[n].signs &&
		       sim->lists[l].member == sim->nodes[n].member_index);
}

/* ---- heads that come ---- */

bool sim_suspect(
	struct sim *sim, size_t n, size_t peer, size_t l, const struct head *head)
{
	const struct list_copy *copy = &sim->nodes[n].copies[l].copy;
	struct set set = { .count = 0 };
	struct sim_proof proof;

	if (memcmp(head->hash, copy->head.hash, HASH_BYTES) == 0 ||
		!wanted(sim, n, l, head->epoch.number)) {
		return false;
	}
	add(&set, sim_signed_index(&sim->lists[l], head));
	add_around(sim, n, l, &set, head, head->sequence);
	add_kept(sim, n, l, &set, &copy->head);
	add_kept(sim, n, l, &set, &copy->high);
	if (!find(sim, l, &set, &proof)) {
		return false;
	}
	post(sim, n, peer, l, &proof);
	return true;
}

bool sim_contradicts(struct sim *sim, size_t n, size_t l, const struct head *head,
	struct sim_proof *proof)
{
	const struct list_copy *copy = &sim->nodes[n].copies[l].copy;
	struct set set = { .count = 0 };

	add(&set, sim_signed_index(&sim->lists[l], head));
	add_kept(sim, n, l, &set, &copy->head);
	add_kept(sim, n, l, &set, &copy->high);
	return find(sim, l, &set, proof);
}

bool sim_stands_apart(
	const struct sim *sim, size_t n, size_t l, const struct copy_position *asked)
{
	const struct list_copy *copy = &sim->nodes[n].copies[l].copy;
	struct head at = { .epoch = asked->epoch, .sequence = asked->after };
	struct serve_around around = { NULL, NULL, NULL };
	struct set set = { .count = 0 };

	if (!asked->has_hash || !epoch_equal(&asked->epoch, &copy->head.epoch) ||
		asked->after >= copy->head.sequence) {
		return false;
	}
	add_around(sim, n, l, &set, &at, at.sequence);
	for (size_t i = 0; i < set.count; i++) {
		const struct head *head = head_at(sim, l, set.places[i]);

		if (head->sequence == at.sequence) {
			around.at = head;
		} else if (head->sequence > at.sequence) {
			around.above = head;
		} else {
			around.below = head;
		}
	}
	return !serve_may_lead(&around, asked);
}

/* ---- the heads that a peer remembers ---- */

static void traced(struct sim *sim, size_t link_index, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[link_index];
	size_t n = link->client, l = work->list;
	struct engine_event event = {
		.type = ENGINE_TRACED, .peer = link->peer, .list = sim->lists[l].id
	};
	const struct head *held = &work->paper.head;
	struct head from = { .epoch = held->epoch, .sequence = 0 };
	struct set set = { .count = 0 };
	struct sim_proof proof;
	bool among = false;

	add_around(sim, n, l, &set, &from, held->sequence);
	for (size_t i = 0; i < work->places_count; i++) {
		add(&set, work->places[i]);
		among = among || memcmp(head_at(sim, l, work->places[i])->hash,
					 held->hash, HASH_BYTES) == 0;
	}
	if (find(sim, l, &set, &proof)) {
		event.trace = ENGINE_TRACE_FORK;
		post(sim, n, link->peer, l, &proof);
	} else if (!among && work->places_count > 0) {
		event.trace = ENGINE_TRACE_UNKNOWN;
	} else {
		event.trace = work->up_to == 0 || among ? ENGINE_TRACE_SAME
							: ENGINE_TRACE_UNKNOWN;
	}
	sim_trace(sim, "%s %s: %s shows %zu heads: %s", sim->nodes[n].name,
		sim_list_name(sim, l), sim->nodes[link->server].name,
		work->places_count,
		event.trace == ENGINE_TRACE_FORK      ? "a fork"
		: event.trace == ENGINE_TRACE_UNKNOWN ? "another history"
						      : "nothing");
	sim_node_step(sim, n, &event);
}

/* up_to: 1 for an answer, 0 for a refusal. */
static void show(struct sim *sim, size_t link_index, struct sim_work *asked)
{
	const struct sim_link *link = &sim->links[link_index];
	const struct state *member = &sim->nodes[link->client].member;
	const struct list_copy *copy =
		&sim->nodes[link->server].copies[asked->list].copy;
	struct head from = { .epoch = asked->paper.head.epoch, .sequence = 0 };
	struct sim_work *work = sim_work_create(asked->list);
	bool hostile = sim_malice_at(sim, link->server, asked->list);
	struct set set = { .count = 0 };

	work->paper = asked->paper;
	work->up_to = copy->head.sequence != 0 && head_shared_with(&copy->head, member);
	if (work->up_to != 0) {
		add_around(sim, link->server, asked->list, &set, &from,
			asked->paper.head.sequence);
	}
	work->places = calloc(set.count + 1, sizeof(*work->places));
	if (work->places == NULL) {
		abort();
	}
	for (size_t i = 0; i < set.count; i++) {
		if (head_shared_with(
			    head_at(sim, asked->list, set.places[i]), member) &&
			!(hostile && sim_chance(sim, 500))) {
			work->places[work->places_count++] = set.places[i];
		}
	}
	if (hostile && sim_chance(sim, 300)) { /* says nothing */
		sim_work_destroy(work);
		return;
	}
	sim_send(sim, link_index, false, traced, work);
}

void sim_trace_peer(struct sim *sim, size_t link_index, size_t l)
{
	const struct sim_copy *copy =
		&sim->nodes[sim->links[link_index].client].copies[l];
	struct sim_work *work = sim_work_create(l);

	work->paper.head = copy->copy.head;
	sim_send(sim, link_index, true, show, work);
}

/* ---- proofs ---- */

static bool names(const struct sim *sim, size_t l, const struct sim_proof *proof,
	const struct state *member)
{
	for (size_t i = 0; i < proof->count; i++) {
		if (head_shared_with(head_at(sim, l, proof->heads[i]), member)) {
			return true;
		}
	}
	return false;
}

static void take_proof(struct sim *sim, size_t link_index, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[link_index];
	size_t n = link->client, l = work->list;
	const struct head *last =
		head_at(sim, l, work->proof.heads[work->proof.count - 1]);

	if (names(sim, l, &work->proof, &sim->nodes[n].member) &&
		wanted(sim, n, l, last->epoch.number)) {
		post(sim, n, link->peer, l, &work->proof);
	}
}

void sim_tell_proof(struct sim *sim, size_t link_index, size_t l)
{
	struct sim_link *link = &sim->links[link_index];
	const struct sim_memory *memory = memory_of(sim, link->server, l);
	struct sim_served *served = &link->lists[l];
	struct sim_work *work;

	if (served->proof_told || memory->proof.count == 0 ||
		sim->nodes[link->server].copies[l].copy.phase != COPY_STOPPED ||
		sim_malice_at(sim, link->server, l) ||
		!names(sim, l, &memory->proof, &sim->nodes[link->client].member)) {
		return;
	}
	served->proof_told = true;
	work = sim_work_create(l);
	work->proof = memory->proof;
	sim_send(sim, link_index, false, take_proof, work);
}
