/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/persons_maker.h"

#include <inttypes.h>
#include <stdlib.h>

#include <event2/event.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/node/committer.h"

#define ROWS_PER_SLICE 512 /* about ten milliseconds of the writer's */
#define BUSY_MS 100        /* when too many jobs wait for the writer */
#define RETRY_MS 60000     /* after a slice that failed, perhaps of a full disk */

struct persons_maker {
	struct commit_job job;
	struct letter letter;
	struct node *node;
	struct event *timer;
	struct mono began;
	uint64_t slices;
	bool more;
	int error;
	struct errmsg text;
};

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct persons_maker *maker = (struct persons_maker *)job;

	return store_persons_some(txn, ROWS_PER_SLICE, &maker->more) == 0
		       ? 0
		       : store_txn_error(txn, msg);
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct persons_maker *maker = (struct persons_maker *)job;

	maker->error = error == 0 ? 0 : errmsg_set(&maker->text, error, "%s", text);
	mailbox_post(maker->node->mailbox, &maker->letter);
}

static void wait_ms(struct persons_maker *maker, uint32_t ms)
{
	struct timeval time = { ms / 1000, ms % 1000 * 1000 };

	if (event_add(maker->timer, &time) != 0) {
		log_error("the index of names stays incomplete: out of memory");
	}
}

static void post(struct persons_maker *maker)
{
	int error = committer_post(maker->node->committer, &maker->job);

	if (error != 0 && error != CORDON_ESHUTDOWN) {
		wait_ms(maker, BUSY_MS);
	}
}

static void report(const struct persons_maker *maker)
{
	log_notice("the index of names is whole again, in %" PRIu64 " slices, after "
		   "%" PRIu64 " s",
		maker->slices, (uint64_t)(clock_mono().us - maker->began.us) / 1000000);
}

static void on_letter(struct letter *letter)
{
	struct persons_maker *maker =
		(struct persons_maker *)((char *)letter -
					 offsetof(struct persons_maker, letter));

	maker->slices++;
	if (atomic_load(&maker->node->stopping)) {
		return; /* the next start goes on */
	}
	if (maker->error != 0) {
		log_error("the index of names is not whole: %s; trying again in %d s",
			maker->text.text, RETRY_MS / 1000);
		wait_ms(maker, RETRY_MS);
	} else if (maker->more) {
		post(maker);
	} else {
		report(maker);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	post(context);
}

static int look(
	struct node *node, struct store_persons_progress *progress, struct errmsg *msg)
{
	struct store_txn *txn;
	int error = store_read_begin(node->store, &txn, msg);

	if (error != 0) {
		return error;
	}
	error = store_persons_progress(txn, progress);
	if (error != 0) {
		(void)store_txn_error(txn, msg);
	}
	store_read_end(txn);
	return error;
}

int persons_maker_create(
	struct node *node, struct persons_maker **maker, struct errmsg *msg)
{
	struct store_persons_progress progress = { .partial = false };
	struct persons_maker *m = calloc(1, sizeof(*m));
	int error = 0;

	if (m == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	m->job.run = run;
	m->job.done = done;
	m->letter.deliver = on_letter;
	m->node = node;
	m->began = clock_mono();
	m->timer = event_new(node->base, -1, 0, on_timer, m);
	if (m->timer == NULL) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (error == 0) {
		error = look(node, &progress, msg);
	}
	if (error != 0) {
		persons_maker_destroy(m);
		return error;
	}
	if (progress.partial) {
		log_notice("the rules by which names are compared have changed: their "
			   "index is made anew, %" PRIu64 " of %" PRIu64
			   " records are in it",
			progress.done, progress.total);
		wait_ms(m, 0);
	}
	*maker = m;
	return 0;
}

void persons_maker_destroy(struct persons_maker *maker)
{
	if (maker == NULL) {
		return;
	}
	if (maker->timer != NULL) {
		event_free(maker->timer);
	}
	free(maker);
}
