/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/compactor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/committer.h"

#define TIME_NAME "compacted"
#define DAY_S 86400
#define RETRY_S 3600 /* after a scheduled one that failed */
#define MIB (1024.0 * 1024.0)

struct compactor {
	struct commit_job begin, end; /* of the one that is under way; begin is first */
	struct node *node;
	pthread_t thread;
	bool has_thread; /* to be joined */
	pthread_mutex_t lock;
	/* by lock */
	bool stopping;
	struct compaction *compaction;
	struct mono began;
	struct compactor_state state;
	int64_t last_s; /* the last that worked, or the store's first start */
	int64_t not_before_s;
};

static struct compactor *of_end(struct commit_job *job)
{
	return (struct compactor *)((char *)job - offsetof(struct compactor, end));
}

/* ---- how it ends ---------------------------------------------------------------- */

static void report(const struct compactor_state *state)
{
	if (state->error != 0) {
		log_error("compaction: %s", state->text.text);
		return;
	}
	log_notice("the store was written anew: %.1f MiB, before %.1f MiB, in %" PRIu64
		   " ms",
		(double)state->progress.after_bytes / MIB,
		(double)state->progress.before_bytes / MIB, state->took_ms);
}

static void finish(struct compactor *c, int error, const struct errmsg *msg)
{
	int64_t now_s = wall_s(clock_wall());
	struct compactor_state state;

	pthread_mutex_lock(&c->lock);
	if (c->compaction != NULL) {
		store_compact_progress(c->compaction, &c->state.progress);
		store_compact_end(c->compaction);
		c->compaction = NULL;
	}
	c->state.running = false;
	c->state.error = error;
	c->state.text = *msg;
	c->state.took_ms = (uint64_t)(clock_mono().us - c->began.us) / 1000;
	if (error == 0) {
		c->last_s = now_s;
	}
	c->not_before_s = now_s + RETRY_S;
	state = c->state;
	pthread_mutex_unlock(&c->lock);
	report(&state);
}

/* ---- the swap, on the writer's thread ------------------------------------------- */

static int put_time(struct store_txn *txn, int64_t now_s)
{
	uint8_t bytes[8];
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	writer_u64(&w, (uint64_t)now_s);
	return store_meta_put(txn, TIME_NAME, (struct bytes){ bytes, w.used });
}

static int run_end(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	(void)job;
	return put_time(txn, wall_s(clock_wall())) == 0 ? 0 : store_txn_error(txn, msg);
}

static void done_end(struct commit_job *job, int error, const char *text)
{
	struct compactor *c = of_end(job);
	struct errmsg msg = { "" };

	if (error != 0) {
		errmsg_set(&msg, error, "%s", text);
	} else {
		error = store_compact_swap(c->compaction, &msg);
	}
	finish(c, error, &msg);
	if (error == 0) {
		node_lists_changed(c->node); /* idle workers let go of the old file */
	}
}

/* ---- the copy, on its own thread ------------------------------------------------ */

static void *copy(void *context)
{
	struct compactor *c = context;
	struct errmsg msg = { "" };
	int error = store_compact_copy(c->compaction, &msg);

	if (error == 0) {
		error = committer_post(c->node->committer, &c->end);
		errmsg_set(&msg, error,
			"the writer takes no job: %s; the store is as it was",
			cordon_error_text(error));
	}
	if (error != 0) {
		finish(c, error, &msg);
	}
	return NULL;
}

/* ---- the beginning, on the writer's thread -------------------------------------- */

static int run_begin(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	(void)job;
	(void)txn;
	(void)msg;
	return 0; /* there is to be no transaction: see done_begin */
}

/* By lock.  The thread of the last one has ended. */
static int begin(struct compactor *c, struct errmsg *msg)
{
	int error;

	if (c->stopping) {
		return errmsg_set(msg, CORDON_ESHUTDOWN, "the node stops");
	}
	if (c->has_thread) {
		pthread_join(c->thread, NULL);
		c->has_thread = false;
	}
	error = store_compact_begin(c->node->store, &c->compaction, msg);
	if (error == 0 && pthread_create(&c->thread, NULL, copy, c) != 0) {
		error = errmsg_set(msg, CORDON_ENOMEM, "cannot start a thread");
	}
	c->has_thread = error == 0;
	return error;
}

static void done_begin(struct commit_job *job, int error, const char *text)
{
	struct compactor *c = (struct compactor *)job;
	struct errmsg msg = { "" };

	if (error != 0) {
		errmsg_set(&msg, error, "%s", text);
	} else {
		pthread_mutex_lock(&c->lock);
		error = begin(c, &msg);
		pthread_mutex_unlock(&c->lock);
	}
	if (error != 0) {
		finish(c, error, &msg);
	}
}

int compactor_start(struct compactor *c, struct errmsg *msg)
{
	int error = 0;

	pthread_mutex_lock(&c->lock);
	if (!c->state.running && !c->stopping) {
		c->began = clock_mono();
		error = committer_post(c->node->committer, &c->begin);
		c->state.running = error == 0;
		c->state.runs += error == 0;
	}
	pthread_mutex_unlock(&c->lock);
	return error == 0 ? 0
			  : errmsg_set(msg, error, "the writer takes no job: %s",
				    cordon_error_text(error));
}

/* ---- when it is due ------------------------------------------------------------- */

void compactor_look(struct compactor *c)
{
	int64_t every_s = (int64_t)c->node->config->compact_days * DAY_S;
	int64_t now_s = wall_s(clock_wall());
	bool due;

	pthread_mutex_lock(&c->lock);
	due = every_s > 0 && !c->state.running && now_s >= c->last_s + every_s &&
	      now_s >= c->not_before_s;
	pthread_mutex_unlock(&c->lock);
	if (due) {
		struct errmsg msg = { "" };

		if (compactor_start(c, &msg) != 0) {
			log_warning("compaction: %s", msg.text);
		}
	}
}

void compactor_state(struct compactor *c, struct compactor_state *state)
{
	pthread_mutex_lock(&c->lock);
	*state = c->state;
	if (c->compaction != NULL) {
		store_compact_progress(c->compaction, &state->progress);
	}
	if (state->running) {
		state->took_ms = (uint64_t)(clock_mono().us - c->began.us) / 1000;
	}
	pthread_mutex_unlock(&c->lock);
}

/* ---- life ----------------------------------------------------------------------- */

/* A store that never was compacted is as if it had been now. */
static int load_time(struct compactor *c, struct store_txn *txn)
{
	struct bytes value;
	struct reader r;
	bool found;
	int error = store_meta_get(txn, TIME_NAME, &value, &found);

	if (error != 0) {
		return error;
	}
	if (found) {
		reader_init(&r, value.data, value.size);
		c->last_s = (int64_t)reader_u64(&r);
		return 0;
	}
	c->last_s = wall_s(clock_wall());
	return put_time(txn, c->last_s);
}

int compactor_create(
	struct node *node, struct compactor **compactor, struct errmsg *msg)
{
	struct compactor *c = calloc(1, sizeof(*c));
	struct store_txn *txn;
	int error;

	if (c == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	c->node = node;
	c->begin.run = run_begin;
	c->begin.done = done_begin;
	c->end.run = run_end;
	c->end.done = done_end;
	error = store_write_begin(node->store, &txn, msg);
	if (error == 0) {
		(void)load_time(c, txn);
		error = store_commit(txn, msg); /* its error, too, where it failed */
	}
	if (error != 0) {
		free(c);
		return error;
	}
	pthread_mutex_init(&c->lock, NULL);
	*compactor = c;
	return 0;
}

void compactor_stop(struct compactor *c)
{
	bool has_thread;

	if (c == NULL) {
		return;
	}
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	if (c->compaction != NULL) {
		store_compact_stop(c->compaction);
	}
	has_thread = c->has_thread;
	c->has_thread = false;
	pthread_mutex_unlock(&c->lock);
	if (has_thread) {
		pthread_join(c->thread, NULL);
	}
}

void compactor_destroy(struct compactor *c)
{
	if (c == NULL) {
		return;
	}
	store_compact_end(c->compaction);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
