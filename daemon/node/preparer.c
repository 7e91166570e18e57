/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/preparer.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/node/apply_job.h"

#define THREADS_MAX 4

struct part {
	struct part *next;
	struct preparation *of;
	size_t from, count;
	struct digest sum;
	struct arena arena; /* of the keys */
	int error;
};

/* One chunk on its way; the job's until it is destroyed. */
struct preparation {
	struct apply_job *job;
	struct store_prepared *keys;
	atomic_size_t left; /* parts */
	size_t parts_count;
	struct part parts[THREADS_MAX];
};

struct thread {
	pthread_t id;
	struct preparer *preparer;
	struct match_context *match;
};

struct preparer {
	struct node *node;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct part *first, **last;
	bool stopping;
	size_t threads_count;
	struct thread threads[THREADS_MAX];
};

static struct part *take(struct preparer *preparer)
{
	struct part *part;

	pthread_mutex_lock(&preparer->lock);
	while (preparer->first == NULL && !preparer->stopping) {
		pthread_cond_wait(&preparer->wake, &preparer->lock);
	}
	part = preparer->first;
	if (part != NULL) {
		preparer->first = part->next;
		if (preparer->first == NULL) {
			preparer->last = &preparer->first;
		}
	}
	pthread_mutex_unlock(&preparer->lock);
	return part;
}

static void work(struct thread *thread, struct part *part)
{
	struct preparation *of = part->of;
	const struct apply_job *job = of->job;

	part->error = digest_sum(
		&job->list, job->chunk.entries + part->from, part->count, &part->sum);
	if (part->error == 0) {
		part->error = store_prepared_derive(
			of->keys, part->from, part->count, thread->match, &part->arena);
	}
	if (atomic_fetch_sub(&of->left, 1) == 1) {
		mailbox_post(thread->preparer->node->mailbox, &of->job->letter);
	}
}

static void *run(void *context)
{
	struct thread *thread = context;

	for (;;) {
		struct part *part = take(thread->preparer);

		if (part == NULL) {
			return NULL;
		}
		work(thread, part);
	}
}

static size_t threads_wanted(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;
}

static int start(struct preparer *preparer, struct errmsg *msg)
{
	struct thread *thread = &preparer->threads[preparer->threads_count];
	int error = match_context_create(&thread->match, msg);

	if (error != 0) {
		return error;
	}
	thread->preparer = preparer;
	if (pthread_create(&thread->id, NULL, run, thread) != 0) {
		match_context_destroy(thread->match);
		return errmsg_set(
			msg, CORDON_ENOMEM, "cannot start a thread that prepares");
	}
	preparer->threads_count++;
	return 0;
}

int preparer_create(struct node *node, struct preparer **preparer, struct errmsg *msg)
{
	struct preparer *p = calloc(1, sizeof(*p));
	size_t wanted = threads_wanted();
	int error = 0;

	if (p == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	p->node = node;
	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	while (error == 0 && p->threads_count < wanted) {
		error = start(p, msg);
	}
	if (error != 0) {
		preparer_destroy(p);
		return error;
	}
	*preparer = p;
	return 0;
}

void preparer_destroy(struct preparer *preparer)
{
	if (preparer == NULL) {
		return;
	}
	pthread_mutex_lock(&preparer->lock);
	preparer->stopping = true;
	pthread_cond_broadcast(&preparer->wake);
	pthread_mutex_unlock(&preparer->lock);
	for (size_t i = 0; i < preparer->threads_count; i++) {
		pthread_join(preparer->threads[i].id, NULL);
		match_context_destroy(preparer->threads[i].match);
	}
	pthread_cond_destroy(&preparer->wake);
	pthread_mutex_destroy(&preparer->lock);
	free(preparer);
}

void preparation_destroy(struct preparation *preparation)
{
	if (preparation == NULL) {
		return;
	}
	for (size_t i = 0; i < preparation->parts_count; i++) {
		arena_finish(&preparation->parts[i].arena);
	}
	free(preparation);
}

/* All or nothing, so that every entry is counted once. */
static void deliver(struct letter *letter)
{
	struct apply_job *job =
		(struct apply_job *)((char *)letter -
				     offsetof(struct apply_job, letter));
	struct preparation *p = job->preparation;
	bool whole = p != NULL;

	for (size_t i = 0; whole && i < p->parts_count; i++) {
		whole = p->parts[i].error == 0;
	}
	if (whole) {
		for (size_t i = 1; i < p->parts_count; i++) {
			digest_add(&p->parts[0].sum, &p->parts[i].sum);
		}
		job->chunk.sum = &p->parts[0].sum;
		job->keys = p->keys;
	}
	job->prepared(job);
}

static struct preparation *divide(struct preparer *preparer, struct apply_job *job)
{
	struct preparation *p = calloc(1, sizeof(*p));
	size_t count = job->chunk.entries_count, from = 0;

	if (p == NULL || store_prepared_create(&job->list, job->chunk.entries, count,
				 &job->arena, &p->keys) != 0) {
		free(p);
		return NULL;
	}
	p->job = job;
	p->parts_count = preparer->threads_count;
	atomic_init(&p->left, p->parts_count);
	for (size_t i = 0; i < p->parts_count; i++) {
		struct part *part = &p->parts[i];

		part->of = p;
		part->from = from;
		part->count = (count - from) / (p->parts_count - i);
		from += part->count;
		arena_init(&part->arena, 0);
	}
	return p;
}

static void queue(struct preparer *preparer, struct preparation *p)
{
	/* once the last part is in the queue, p may be done with at any time */
	size_t count = p->parts_count;

	pthread_mutex_lock(&preparer->lock);
	for (size_t i = 0; i < count; i++) {
		p->parts[i].next = NULL;
		*preparer->last = &p->parts[i];
		preparer->last = &p->parts[i].next;
	}
	pthread_cond_broadcast(&preparer->wake);
	pthread_mutex_unlock(&preparer->lock);
}

void preparer_post(struct preparer *preparer, struct apply_job *job)
{
	job->letter.deliver = deliver;
	job->preparation = divide(preparer, job);
	if (job->preparation == NULL) {
		mailbox_post(preparer->node->mailbox, &job->letter);
		return;
	}
	queue(preparer, job->preparation);
}
