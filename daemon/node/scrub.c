/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "daemon/node/committer.h"
#include "proto/bytes.h"

#define META_SCRUB "scrub"
#define KEPT_BYTES (8 + 8 + 1 + 3 + 2)

/* A slice of work, and the pause after it unless it is in a hurry. */
#define SLICE_US 5000
#define PAUSE_MS 20
/* How often it is looked whether one is due. */
#define LOOK_S 60

/* ---- what is kept over a restart ----------------------------------------------------
 */

static void load(struct scrub *scrub)
{
	struct bytes value;
	struct reader r;
	bool found;

	if (store_meta_get(scrub->txn, META_SCRUB, &value, &found) != 0 || !found ||
		value.size != KEPT_BYTES) {
		return; /* from the beginning */
	}
	reader_init(&r, value.data, value.size);
	scrub->state.begun_s = (int64_t)reader_u64(&r);
	scrub->state.finished_s = (int64_t)reader_u64(&r);
	scrub->has_last = reader_u8(&r) == 1;
	memset(&scrub->last, 0, sizeof(scrub->last));
	reader_copy(&r, (uint8_t *)scrub->last.owner.code, 3);
	scrub->last.kind = reader_u16(&r);
}

struct keep_job {
	struct commit_job job;
	uint8_t value[KEPT_BYTES];
};

static int keep_run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct keep_job *keep = (struct keep_job *)job;
	struct bytes value = { keep->value, sizeof(keep->value) };
	int error = store_meta_put(txn, META_SCRUB, value);

	return error == 0 ? 0 : store_txn_error(txn, msg);
}

static void keep_done(struct commit_job *job, int error, const char *text)
{
	if (error != 0) {
		log_warning("scrub: how far it is is not kept: %s", text);
	}
	free(job);
}

static void keep(struct scrub *scrub)
{
	struct keep_job *job = calloc(1, sizeof(*job));
	struct writer w;

	if (job == NULL) {
		return; /* the next is kept */
	}
	writer_init(&w, job->value, sizeof(job->value));
	pthread_mutex_lock(&scrub->lock);
	writer_u64(&w, (uint64_t)scrub->state.begun_s);
	writer_u64(&w, (uint64_t)scrub->state.finished_s);
	pthread_mutex_unlock(&scrub->lock);
	writer_u8(&w, scrub->has_last);
	writer_bytes(&w, scrub->last.owner.code, 3);
	writer_u16(&w, scrub->last.kind);
	job->job.run = keep_run;
	job->job.done = keep_done;
	if (committer_post(scrub->node->committer, &job->job) != 0) {
		free(job);
	}
}

/* ---- pace
 * ------------------------------------------------------------------------------
 */

static struct timespec after_ms(int64_t ms)
{
	struct mono at = mono_after_ms(clock_mono(), ms);

	return (struct timespec){ at.us / 1000000, at.us % 1000000 * 1000 };
}

bool scrub_breathe(struct scrub *scrub, unsigned rows)
{
	struct timespec until;
	bool go_on;

	atomic_fetch_add(&scrub->node->scrubbed.rows, rows);
	if (clock_mono().us < scrub->slice_until.us) {
		return true;
	}
	pthread_mutex_lock(&scrub->lock);
	scrub->state.rows =
		atomic_load(&scrub->node->scrubbed.rows) - scrub->rows_before;
	until = after_ms(PAUSE_MS);
	while (!scrub->stopping && !scrub->hurry &&
		pthread_cond_timedwait(&scrub->wake, &scrub->lock, &until) == 0) {
	}
	go_on = !scrub->stopping;
	pthread_mutex_unlock(&scrub->lock);
	scrub->slice_until.us = clock_mono().us + SLICE_US;
	return go_on;
}

/* ---- a run
 * ----------------------------------------------------------------------------
 */

static bool behind_last(const struct scrub *scrub, const struct list_id *list)
{
	int order = memcmp(list->owner.code, scrub->last.owner.code, 3);

	return !scrub->has_last || order > 0 ||
	       (order == 0 && list->kind > scrub->last.kind);
}

static void begin_state(struct scrub *scrub, size_t count)
{
	pthread_mutex_lock(&scrub->lock);
	scrub->state.running = true;
	scrub->wanted = false;
	scrub->state.lists_count = (uint32_t)count;
	scrub->state.lists_done = 0;
	scrub->state.rows = 0;
	scrub->state.damaged = 0;
	if (!scrub->has_last) {
		scrub->state.begun_s = wall_s(clock_wall());
	}
	scrub->indexes_before = atomic_load(&scrub->node->scrubbed.indexes);
	pthread_mutex_unlock(&scrub->lock);
	scrub->rows_before = atomic_load(&scrub->node->scrubbed.rows);
	scrub->slice_until.us = clock_mono().us + SLICE_US;
}

static void list_done(struct scrub *scrub, const struct list_id *list)
{
	scrub->last = *list;
	scrub->has_last = true;
	pthread_mutex_lock(&scrub->lock);
	scrub->state.lists_done++;
	pthread_mutex_unlock(&scrub->lock);
	keep(scrub);
}

/* A list that cannot be read to its end is told, and the next one is read. */
static int run_list(struct scrub *scrub, const struct list_id *list)
{
	struct errmsg msg = { "" };
	char text[LIST_TEXT_MAX];
	int error = store_read_renew(scrub->txn);

	pthread_mutex_lock(&scrub->lock);
	scrub->state.list = *list;
	pthread_mutex_unlock(&scrub->lock);
	if (error == 0) {
		error = scrub_list(scrub, list, &msg);
	}
	store_read_reset(scrub->txn);
	if (error == 0) {
		error = scrub_keys(scrub, list, &msg);
	}
	if (error == CORDON_ESHUTDOWN) {
		return error;
	}
	if (error != 0) {
		ident_list_text(list, text);
		log_error("scrub: %s: %s", text, errmsg_text(&msg, error));
	}
	list_done(scrub, list);
	return 0;
}

static void end_state(struct scrub *scrub, bool whole)
{
	pthread_mutex_lock(&scrub->lock);
	scrub->state.running = false;
	scrub->hurry = scrub->hurry && scrub->wanted;
	scrub->state.rows =
		atomic_load(&scrub->node->scrubbed.rows) - scrub->rows_before;
	if (whole) {
		scrub->state.finished_s = wall_s(clock_wall());
		scrub->state.runs++;
		scrub->has_last = false;
	}
	pthread_mutex_unlock(&scrub->lock);
	keep(scrub);
}

static void run_all(struct scrub *scrub)
{
	struct list_id *lists = NULL;
	struct errmsg msg = { "" };
	struct arena arena;
	size_t count = 0;
	int error = store_read_renew(scrub->txn);

	arena_init(&arena, 0);
	if (error == 0) {
		error = store_lists(scrub->txn, &arena, &lists, &count);
	}
	store_read_reset(scrub->txn);
	begin_state(scrub, count);
	for (size_t i = 0; error == 0 && i < count; i++) {
		if (behind_last(scrub, &lists[i])) {
			error = run_list(scrub, &lists[i]);
		}
	}
	if (error == 0) {
		error = scrub_indexes(scrub, &msg);
	}
	if (error != 0 && error != CORDON_ESHUTDOWN) {
		log_error("scrub: %s", errmsg_text(&msg, error));
	}
	end_state(scrub, error != CORDON_ESHUTDOWN);
	arena_finish(&arena);
}

/* A run that a stop had cut goes on; else one is due so long after the last. */
static bool is_due(const struct scrub *scrub)
{
	int64_t every_s = (int64_t)scrub->node->config->scrub_days * 86400;
	int64_t now_s = wall_s(clock_wall());

	if (scrub->wanted) {
		return true;
	}
	return every_s > 0 &&
	       (scrub->has_last || now_s - scrub->state.finished_s >= every_s ||
		       now_s < scrub->state.finished_s);
}

static void *run(void *context)
{
	struct scrub *scrub = context;

	pthread_mutex_lock(&scrub->lock);
	while (!scrub->stopping) {
		if (is_due(scrub)) {
			if (scrub->wanted) {
				scrub->has_last = false;
			}
			pthread_mutex_unlock(&scrub->lock);
			run_all(scrub);
			pthread_mutex_lock(&scrub->lock);
		} else {
			struct timespec until = after_ms(LOOK_S * 1000);

			pthread_cond_timedwait(&scrub->wake, &scrub->lock, &until);
		}
	}
	pthread_mutex_unlock(&scrub->lock);
	return NULL;
}

/* ---- life
 * ------------------------------------------------------------------------------
 */

static int init_wake(struct scrub *scrub)
{
	pthread_condattr_t attr;
	int rc;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	rc = pthread_cond_init(&scrub->wake, &attr);
	pthread_condattr_destroy(&attr);
	return rc == 0 ? 0 : CORDON_ENOMEM;
}

int scrub_create(struct node *node, struct scrub **scrub, struct errmsg *msg)
{
	struct scrub *s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	s->node = node;
	pthread_mutex_init(&s->lock, NULL);
	error = init_wake(s);
	if (error == 0) {
		error = store_read_begin(node->store, &s->txn, msg);
	}
	if (error == 0) {
		load(s);
		store_read_reset(s->txn);
		s->started = pthread_create(&s->thread, NULL, run, s) == 0;
		error = s->started ? 0
				   : errmsg_set(msg, CORDON_ENOMEM,
					     "cannot start the scrub's thread");
	}
	if (error != 0) {
		scrub_destroy(s);
		return error;
	}
	*scrub = s;
	return 0;
}

void scrub_destroy(struct scrub *scrub)
{
	if (scrub == NULL) {
		return;
	}
	pthread_mutex_lock(&scrub->lock);
	scrub->stopping = true;
	pthread_cond_signal(&scrub->wake);
	pthread_mutex_unlock(&scrub->lock);
	if (scrub->started) {
		pthread_join(scrub->thread, NULL);
	}
	if (scrub->txn != NULL) {
		store_read_end(scrub->txn);
	}
	pthread_cond_destroy(&scrub->wake);
	pthread_mutex_destroy(&scrub->lock);
	free(scrub);
}

void scrub_now(struct scrub *scrub)
{
	pthread_mutex_lock(&scrub->lock);
	scrub->wanted = !scrub->state.running;
	scrub->hurry = true;
	pthread_cond_signal(&scrub->wake);
	pthread_mutex_unlock(&scrub->lock);
}

void scrub_state(struct scrub *scrub, struct scrub_state *state)
{
	pthread_mutex_lock(&scrub->lock);
	*state = scrub->state;
	state->indexes =
		atomic_load(&scrub->node->scrubbed.indexes) - scrub->indexes_before;
	state->running = state->running || scrub->wanted;
	pthread_mutex_unlock(&scrub->lock);
}

void scrub_repaired(struct scrub *scrub, const struct list_id *list, bool good)
{
	uint32_t *count = &scrub->state.repairs_wanted;

	pthread_mutex_lock(&scrub->lock);
	for (uint32_t i = 0; good && i < *count; i++) {
		if (ident_list_equal(&scrub->waiting[i], list)) {
			scrub->waiting[i] = scrub->waiting[--*count];
			break;
		}
	}
	pthread_mutex_unlock(&scrub->lock);
}
