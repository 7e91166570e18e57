/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/*
 * A node's writer.  A job is one transaction: it is on disk, and to be seen, at the
 * moment it runs; a crash before loses it, a crash between that and the moment its
 * result is told does not.
 */

#define ENTRIES_MAX 512

static const char *const results[] = {
	[APPLY_VERIFIED] = "verified",
	[APPLY_PARTIAL] = "partial",
	[APPLY_MOVE] = "to move",
	[APPLY_SAME] = "same",
	[APPLY_STALE] = "stale",
	[APPLY_UNSURE] = "unsure",
	[APPLY_RESTART] = "restart",
	[APPLY_UNSHARED] = "unshared",
	[APPLY_STRANGE] = "strange",
	[APPLY_BROKEN] = "broken",
	[APPLY_MISMATCH] = "mismatch",
	[APPLY_FORK] = "fork",
	[APPLY_ERROR] = "error",
};

static void finished(struct sim *sim, size_t n, struct sim_work *job)
{
	struct engine_event event = {
		.type = ENGINE_APPLIED,
		.peer = job->peer,
		.list = sim->lists[job->list].id,
		.result = job->result,
		.copy = job->result == APPLY_ERROR ? NULL : job->copy,
		.head = job->type == SIM_APPLY_CHUNK ? &job->paper.head : NULL,
		.pull_answer = job->pull_answer,
	};

	sim_node_step(sim, n, &event);
}

static enum apply_result apply(struct sim *sim, size_t n, const struct sim_work *job,
	struct list_copy *copy, const struct feed *feed, int *error)
{
	const struct sim_node *node = &sim->nodes[n];
	struct apply_context context;
	struct entry entries[ENTRIES_MAX];
	struct chunk chunk = {
		.head = &job->paper.head,
		.after = job->after,
		.up_to = job->up_to,
		.entries = entries,
		.entries_count = job->rows_count,
	};

	switch (job->type) {
	case SIM_APPLY_CHUNK:
		for (size_t i = 0; i < job->rows_count; i++) {
			entries[i] = job->rows[i]->entry;
		}
		sim_upkeep_context(sim, n, &context);
		apply_strip(entries, job->rows_count, &context);
		return apply_chunk(copy, feed, &chunk, &context, error);
	case SIM_APPLY_HEAD:
		return apply_head(copy, feed, &job->paper.head, &node->member, error);
	case SIM_APPLY_MOVE:
	case SIM_EVIDENCE:
		break;
	}
	return apply_move(copy, feed, node->move_entries, error);
}

/* Does the nth operation from now fail? */
static void arm(struct sim *sim, struct memfeed *rows)
{
	rows->fail_at = 0;
	if (!sim->calm && sim_chance(sim, 20)) {
		rows->fail_at = 1 + sim_random(sim, 12);
		rows->fail_error = CORDON_EFULL;
	}
}

/* The list takes nothing more of this epoch, for what proof shows. */
static enum apply_result stop(struct sim *sim, size_t n, const struct sim_work *job,
	const struct epoch *epoch, const struct sim_proof *proof)
{
	struct sim_copy *place = &sim->nodes[n].copies[job->list];
	enum apply_result result;
	struct feed feed;
	int error = 0;

	memfeed_feed(&place->rows, &sim->lists[job->list].id, &feed);
	result = apply_stop(&place->copy, &feed, epoch, &error);
	if (result == APPLY_ERROR) {
		sim_fail(sim, "stop a list: %s", cordon_error_text(error));
	}
	if (proof != NULL) {
		sim->nodes[n].memories[job->list].proof = *proof;
	}
	return result;
}

static enum apply_result keep_evidence(
	struct sim *sim, size_t n, const struct sim_work *job)
{
	const struct sim_list *list = &sim->lists[job->list];

	return stop(sim, n, job, &list->heads[job->proof.heads[0]].paper.head.epoch,
		&job->proof);
}

/* The first transaction is undone; a second one records what remains. */
static enum apply_result after_failure(
	struct sim *sim, size_t n, const struct sim_work *job)
{
	struct sim_copy *place = &sim->nodes[n].copies[job->list];
	const struct head *head = &job->paper.head;
	enum apply_result result = job->result;
	struct sim_proof proof;
	struct feed feed;
	int error = 0;

	if (result == APPLY_FORK) {
		return stop(sim, n, job, &head->epoch,
			sim_contradicts(sim, n, job->list, head, &proof) ? &proof
									 : NULL);
	}
	if (result != APPLY_MISMATCH) {
		return result;
	}
	memfeed_feed(&place->rows, &sim->lists[job->list].id, &feed);
	result = apply_again(&place->copy, &feed, &error);
	if (result == APPLY_ERROR) {
		sim_fail(sim, "after a mismatch: %s", cordon_error_text(error));
	}
	return result;
}

/* Has the copy's head changed, or will it once the move is done? */
static bool head_changed(const struct sim_work *job)
{
	return (job->type == SIM_APPLY_CHUNK || job->type == SIM_APPLY_HEAD) &&
	       (job->result == APPLY_VERIFIED || job->result == APPLY_MOVE ||
		       job->result == APPLY_SAME || job->result == APPLY_UNSHARED);
}

/* All of it, or nothing. */
static void transact(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_node *node = &sim->nodes[n];
	struct sim_copy *place = &node->copies[job->list];
	uint64_t live = place->rows.areas[FEED_LIVE].sum;
	uint64_t stage = place->rows.areas[FEED_STAGE].sum;
	struct list_copy copy = place->copy;
	struct feed feed;
	bool armed, hit;
	int error = 0;

	memfeed_feed(&place->rows, &sim->lists[job->list].id, &feed);
	arm(sim, &place->rows);
	armed = place->rows.fail_at > 0;
	memfeed_begin(&place->rows);
	job->result = apply(sim, n, job, &copy, &feed, &error);
	hit = armed && place->rows.fail_at == 0;
	place->rows.fail_at = 0;
	if (hit != (job->result == APPLY_ERROR) || (hit && error != CORDON_EFULL)) {
		sim_fail(sim, "%s: a write that failed gave %s", node->name,
			results[job->result]);
	}
	if (job->result == APPLY_STALE &&
		(live != place->rows.areas[FEED_LIVE].sum ||
			stage != place->rows.areas[FEED_STAGE].sum)) {
		sim_fail(sim, "%s: something stale changed rows", node->name);
	}
	if (apply_failed(job->result) || job->result == APPLY_STALE ||
		job->result == APPLY_UNSURE || job->result == APPLY_STRANGE) {
		memfeed_abort(&place->rows);
		return;
	}
	memfeed_commit(&place->rows);
	place->copy = copy;
	if (head_changed(job)) {
		place->paper = job->paper;
	}
}

static void remember(struct sim *sim, size_t n, const struct sim_work *job)
{
	if (head_changed(job) ||
		(job->type == SIM_APPLY_CHUNK && job->result == APPLY_PARTIAL)) {
		sim_remember(sim, n, job->list, &job->paper.head);
	}
}

/* With an eye on what is erased. */
static void transact_watched(struct sim *sim, size_t n, struct sim_work *job)
{
	struct memfeed before;

	if (!sim->erases || job->type != SIM_APPLY_CHUNK || !sim_upkeep_sure(sim, n)) {
		transact(sim, n, job);
		return;
	}
	memfeed_copy(&before, &sim->nodes[n].copies[job->list].rows);
	transact(sim, n, job);
	sim_upkeep_check_kept(sim, n, job, &before);
	memfeed_finish(&before);
}

static void run_job(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_node *node = &sim->nodes[n];
	struct sim_copy *place = &node->copies[job->list];
	struct list_copy before = place->copy;

	if (node->signs && sim->lists[job->list].member == node->member_index) {
		job->result = APPLY_STALE; /* it has taken over meanwhile */
	} else if (job->type == SIM_EVIDENCE) {
		job->result = keep_evidence(sim, n, job);
	} else {
		transact_watched(sim, n, job);
		sim_check_result(sim, n, job);
		job->result = after_failure(sim, n, job);
		remember(sim, n, job);
	}
	sim_trace(sim, "%s %s: %s, %s at %llu.%llu", node->name,
		sim_list_name(sim, job->list), results[job->result],
		copy_phase_text(place->copy.phase),
		(unsigned long long)place->copy.head.epoch.number,
		(unsigned long long)place->copy.head.sequence);
	sim_mark(sim, (uint64_t)sim->now.us * 16 + job->result);
	sim_mark(sim, place->rows.areas[FEED_LIVE].sum);
	sim_check_copy(sim, n, job->list, &before);
	sim_server_changed(sim, n, job->list);
}

/* The result is told a little later than it was committed, in the order of commits. */
static void run_posted(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_work *result = sim_work_create(job->list);
	struct mono *told = &sim->nodes[n].told;
	struct mono at = mono_after_ms(sim->now, (int64_t)sim_random(sim, 4));

	run_job(sim, n, job);
	result->type = job->type;
	result->peer = job->peer;
	result->paper = job->paper;
	result->pull_answer = job->pull_answer;
	result->result = job->result;
	result->copy = malloc(sizeof(*result->copy));
	if (result->copy == NULL) {
		abort();
	}
	*result->copy = sim->nodes[n].copies[job->list].copy;
	if (at.us > told->us) {
		*told = at;
	}
	sim_during(sim, *told, finished, n, result, &sim->nodes[n].life);
}

void sim_job_post(struct sim *sim, size_t n, struct sim_work *job)
{
	struct sim_node *node = &sim->nodes[n];
	struct mono start =
		node->writer_free.us > sim->now.us ? node->writer_free : sim->now;

	node->writer_free = mono_after_ms(start, 1 + (int64_t)sim_random(sim, 10));
	sim_during(sim, node->writer_free, run_posted, n, job, &node->life);
}
