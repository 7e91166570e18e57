/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/committer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/log_quota.h"
#include "daemon/core/repl/apply.h"
#include "daemon/node/own_lists.h"

/* Jobs that may wait; beyond, the sender is told to come back. */
#define WAITING_MAX 4096
/* Lines about submissions not written, in LOG_QUOTA_WINDOW_S. */
#define FAILURES_LOGGED 5

struct queue {
	struct commit_job *first, **last;
};

struct committer {
	struct node *node;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct queue submissions, others, patient;
	struct mono
		patient_due; /* when the first of patient, and with it all, is due */
	size_t waiting;
	bool stopping;
	struct log_quota failures; /* the writer's */
	bool broken;               /* the store; main has been told */
	struct letter broken_letter;
};

static void queue_init(struct queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static void queue_add(struct queue *queue, struct commit_job *job)
{
	job->next = NULL;
	*queue->last = job;
	queue->last = &job->next;
}

static struct commit_job *queue_take(struct queue *queue)
{
	struct commit_job *job = queue->first;

	if (job != NULL) {
		queue->first = job->next;
		if (queue->first == NULL) {
			queue->last = &queue->first;
		}
	}
	return job;
}

/* As many submissions as one transaction holds, at least one: a list in order. */
static struct commit_job *take_group(struct committer *committer)
{
	struct queue group;
	size_t entries = 0, bytes = 0;

	queue_init(&group);
	for (;;) {
		struct commit_job *job = committer->submissions.first;

		if (job == NULL) {
			break;
		}
		entries += job->entries;
		bytes += job->bytes;
		if (group.first != NULL &&
			(entries > APPLY_ENTRIES_MAX || bytes > APPLY_BYTES_MAX)) {
			break;
		}
		queue_add(&group, queue_take(&committer->submissions));
		committer->waiting--;
	}
	return group.first;
}

static void finish_group(struct commit_job *job, int error, const struct errmsg *msg)
{
	while (job != NULL) {
		struct commit_job *next = job->next;

		job->done(job, error, error == 0 ? "" : errmsg_text(msg, error));
		job = next;
	}
}

static void committed(struct committer *committer)
{
	atomic_fetch_add(&committer->node->counters.commits, 1);
	node_lists_changed(committer->node);
}

static int run_submissions(struct committer *committer, struct commit_job *group,
	struct store_txn *txn, struct errmsg *msg)
{
	struct own_lists *lists;
	int error = own_lists_begin(committer->node, txn, &lists, msg);

	if (error != 0) {
		return error;
	}
	for (struct commit_job *job = group; job != NULL && error == 0;
		job = job->next) {
		job->lists = lists;
		error = job->run(job, txn, msg);
		job->lists = NULL;
	}
	if (error == 0) {
		error = own_lists_publish(lists, false, msg);
	}
	own_lists_end(lists);
	return error;
}

/* Whoever submitted is told, but it is the node's administrator who can help.  What
 * becomes of other jobs those who post them log. */
static void log_failure(struct committer *committer, const struct commit_job *group,
	int error, const struct errmsg *msg)
{
	uint64_t left_out;

	if (error == 0 || !group->submission ||
		!log_quota_take(&committer->failures, clock_mono(), &left_out)) {
		return;
	}
	if (left_out > 0) {
		log_error("%" PRIu64 " more groups of submissions were not written",
			left_out);
	}
	log_error("submissions are not written: %s", errmsg_text(msg, error));
}

static void deliver_broken(struct letter *letter)
{
	struct committer *committer =
		(struct committer *)((char *)letter -
				     offsetof(struct committer, broken_letter));

	atomic_store(&committer->node->broken, true);
	atomic_store(&committer->node->stopping, true);
	event_base_loopbreak(committer->node->base);
}

static void look_after_store(struct committer *committer)
{
	if (!committer->broken && store_is_broken(committer->node->store)) {
		committer->broken = true;
		committer->broken_letter.deliver = deliver_broken;
		mailbox_post(committer->node->mailbox, &committer->broken_letter);
	}
}

/* One transaction for all of the group: all of it is on disk, or nothing. */
static void run_group(struct committer *committer, struct commit_job *group)
{
	struct errmsg msg = { "" };
	struct store_txn *txn;
	int error = store_write_begin(committer->node->store, &txn, &msg);

	if (error == 0) {
		error = group->submission ? run_submissions(committer, group, txn, &msg)
					  : group->run(group, txn, &msg);
		if (error == 0) {
			error = store_commit(txn, &msg);
		} else {
			store_abort(txn);
		}
	}
	if (error == 0) {
		committed(committer);
	}
	log_failure(committer, group, error, &msg);
	look_after_store(committer);
	finish_group(group, error, &msg);
}

/* Those that are due wait with the others from now on. */
static void end_patience(struct committer *committer)
{
	struct commit_job *job;

	if (committer->patient.first == NULL ||
		(!committer->stopping && clock_mono().us < committer->patient_due.us)) {
		return;
	}
	while ((job = queue_take(&committer->patient)) != NULL) {
		queue_add(&committer->others, job);
		committer->waiting++;
	}
}

static void wait_for_work(struct committer *committer)
{
	end_patience(committer);
	while (committer->waiting == 0 && !committer->stopping) {
		struct timespec until = { .tv_sec = committer->patient_due.us / 1000000,
			.tv_nsec = committer->patient_due.us % 1000000 * 1000 };

		if (committer->patient.first == NULL) {
			pthread_cond_wait(&committer->wake, &committer->lock);
		} else {
			pthread_cond_timedwait(
				&committer->wake, &committer->lock, &until);
		}
		end_patience(committer);
	}
}

/* Submissions first; between two groups one other job, so that neither waits for ever.
 */
static void *run(void *context)
{
	struct committer *committer = context;

	pthread_mutex_lock(&committer->lock);
	for (;;) {
		struct commit_job *group, *other;

		wait_for_work(committer);
		if (committer->waiting == 0) {
			break;
		}
		group = take_group(committer);
		other = queue_take(&committer->others);
		committer->waiting -= other != NULL;
		pthread_mutex_unlock(&committer->lock);
		if (group != NULL) {
			run_group(committer, group);
		}
		if (other != NULL) {
			other->next = NULL;
			run_group(committer, other);
		}
		pthread_mutex_lock(&committer->lock);
	}
	pthread_mutex_unlock(&committer->lock);
	return NULL;
}

int committer_create(
	struct node *node, struct committer **committer, struct errmsg *msg)
{
	struct committer *w = calloc(1, sizeof(*w));
	pthread_condattr_t attributes;

	if (w == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	w->node = node;
	log_quota_init(&w->failures, FAILURES_LOGGED);
	queue_init(&w->submissions);
	queue_init(&w->others);
	queue_init(&w->patient);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* as clock_mono */
	pthread_cond_init(&w->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		pthread_cond_destroy(&w->wake);
		pthread_mutex_destroy(&w->lock);
		free(w);
		return errmsg_set(msg, CORDON_ENOMEM, "cannot start the writer thread");
	}
	*committer = w;
	return 0;
}

static void add(struct committer *committer, struct commit_job *job)
{
	if (job->submission) {
		queue_add(&committer->submissions, job);
	} else if (!job->patient) {
		queue_add(&committer->others, job);
	} else {
		if (committer->patient.first == NULL) {
			committer->patient_due =
				mono_after_ms(clock_mono(), COMMITTER_PATIENCE_MS);
		}
		queue_add(&committer->patient, job);
	}
	committer->waiting += !job->patient;
	pthread_cond_signal(&committer->wake);
}

int committer_post(struct committer *committer, struct commit_job *job)
{
	int error = 0;

	pthread_mutex_lock(&committer->lock);
	if (committer->stopping) {
		error = CORDON_ESHUTDOWN;
	} else if (committer->waiting >= WAITING_MAX) {
		error = CORDON_EBUSY;
	} else {
		add(committer, job);
	}
	pthread_mutex_unlock(&committer->lock);
	return error;
}

void committer_stop(struct committer *committer)
{
	bool first;

	pthread_mutex_lock(&committer->lock);
	first = !committer->stopping;
	committer->stopping = true;
	pthread_cond_signal(&committer->wake);
	pthread_mutex_unlock(&committer->lock);
	if (first) {
		pthread_join(committer->thread, NULL);
	}
}

void committer_destroy(struct committer *committer)
{
	if (committer == NULL) {
		return;
	}
	committer_stop(committer);
	pthread_cond_destroy(&committer->wake);
	pthread_mutex_destroy(&committer->lock);
	free(committer);
}
