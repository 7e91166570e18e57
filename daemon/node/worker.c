/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/node/access_log.h"
#include "daemon/node/lookup.h"
#include "daemon/node/sessions.h"

/* A letter of the worker's own that is under way at most once. */
struct notice {
	struct letter letter;
	struct worker *worker;
	atomic_bool posted;
};

struct worker {
	struct service service; /* first: service_txn finds the worker by it */
	struct sessions sessions;
	pthread_t thread;
	bool running;
	struct event *batch_end; /* gives the snapshot back */
	struct event *deadline;  /* of the stop */
	struct store_txn *txn;
	bool renewed; /* in this batch of events */
	struct notice lists_changed, profile_changed, stop;
	uint32_t stop_timeout_ms;
};

/* A connection on its way from main. */
struct arrival {
	struct letter letter;
	struct worker *worker;
	int fd;
	bool local;
	char address[80];
};

/* ---- the snapshot -----------------------------------------------------------------
 */

/*
 * Renewed at the first use in a batch of events; given back behind the events that are
 * active by then, so that pipelined requests share it and an idle worker holds none.
 * Renewed, too, after an error, which is sticky and the request's that had it.
 */
int service_txn(struct service *service, struct store_txn **txn, struct errmsg *msg)
{
	struct worker *worker = (struct worker *)service;

	if (!worker->renewed || store_txn_error(worker->txn, NULL) != 0) {
		if (store_read_renew(worker->txn) != 0) {
			return store_txn_error(worker->txn, msg);
		}
		service->snapshot++;
	}
	if (!worker->renewed) {
		worker->renewed = true;
		event_active(worker->batch_end, EV_TIMEOUT, 0);
	}
	*txn = worker->txn;
	return 0;
}

static void on_batch_end(evutil_socket_t fd, short what, void *context)
{
	struct worker *worker = context;

	(void)fd;
	(void)what;
	store_read_reset(worker->txn);
	worker->renewed = false;
}

/* ---- letters ----------------------------------------------------------------------
 */

static void post(struct notice *notice)
{
	if (!atomic_exchange(&notice->posted, true)) {
		mailbox_post(notice->worker->service.mailbox, &notice->letter);
	}
}

/* What is posted from here on is delivered again. */
static struct worker *receive(struct letter *letter)
{
	struct notice *notice = (struct notice *)letter;

	atomic_store(&notice->posted, false);
	return notice->worker;
}

/* A snapshot taken earlier in this batch may be older than the news, which are told of
 * once. */
static void on_lists_changed(struct letter *letter)
{
	struct worker *worker = receive(letter);

	worker->renewed = false;
	store_read_reset(worker->txn); /* the data file may be another one by now */
	sessions_turn(&worker->sessions);
}

static void on_profile_changed(struct letter *letter)
{
	struct worker *worker = receive(letter);

	serve_acks_profile_changed(&worker->service.serve);
	sessions_profile_changed(&worker->sessions);
}

static void on_arrival(struct letter *letter)
{
	struct arrival *arrival = (struct arrival *)letter;

	sessions_add(&arrival->worker->sessions, arrival->fd, arrival->address,
		arrival->local);
	free(arrival);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct worker *worker = context;

	(void)fd;
	(void)what;
	sessions_abort(&worker->sessions);
}

static void on_stop(struct letter *letter)
{
	struct worker *worker = receive(letter);
	struct timeval after = { .tv_sec = worker->stop_timeout_ms / 1000,
		.tv_usec = worker->stop_timeout_ms % 1000 * 1000 };

	if (!worker->sessions.stopping) {
		evtimer_add(worker->deadline, &after);
		sessions_stop(&worker->sessions);
	}
}

static void on_empty(void *context)
{
	struct worker *worker = context;

	event_base_loopbreak(worker->service.base);
}

static void init_notice(struct worker *worker, struct notice *notice,
	void (*deliver)(struct letter *letter))
{
	notice->worker = worker;
	notice->letter.deliver = deliver;
	atomic_init(&notice->posted, false);
}

/* ---- any thread -------------------------------------------------------------------
 */

void worker_accept(struct worker *worker, int fd, const char *address, bool local)
{
	struct arrival *arrival = calloc(1, sizeof(*arrival));

	if (arrival == NULL) {
		log_warning("connection from %s refused: out of memory", address);
		close(fd);
		return;
	}
	arrival->letter.deliver = on_arrival;
	arrival->worker = worker;
	arrival->fd = fd;
	arrival->local = local;
	snprintf(arrival->address, sizeof(arrival->address), "%s", address);
	atomic_fetch_add(&worker->sessions.load, 1);
	mailbox_post(worker->service.mailbox, &arrival->letter);
}

size_t worker_load(const struct worker *worker)
{
	return atomic_load(&worker->sessions.load);
}

void worker_lists_changed(struct worker *worker)
{
	post(&worker->lists_changed);
}

void worker_profile_changed(struct worker *worker)
{
	post(&worker->profile_changed);
}

void worker_stop(struct worker *worker, uint32_t timeout_ms)
{
	worker->stop_timeout_ms = timeout_ms;
	post(&worker->stop);
}

/* ---- life -------------------------------------------------------------------------
 */

static void *run(void *context)
{
	struct worker *worker = context;

	event_base_loop(worker->service.base, EVLOOP_NO_EXIT_ON_EMPTY);
	/* not by a stop: the loop itself has failed */
	if (!worker->sessions.stopping) {
		log_error(
			"worker %zu: its event loop has ended", worker->service.index);
	}
	return NULL;
}

static int create_events(struct worker *worker)
{
	struct event_base *base = worker->service.base;

	worker->batch_end = event_new(base, -1, 0, on_batch_end, worker);
	worker->deadline = evtimer_new(base, on_deadline, worker);
	return worker->batch_end == NULL || worker->deadline == NULL ? CORDON_ENOMEM
								     : 0;
}

static int open_all(struct worker *worker, struct errmsg *msg)
{
	struct service *service = &worker->service;
	int error;

	service->base = event_base_new();
	if (service->base == NULL || create_events(worker) != 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "no event loop for a worker");
	}
	error = mailbox_create(service->base, &service->mailbox, msg);
	if (error == 0) {
		error = match_context_create(&service->match, msg);
	}
	if (error == 0) {
		error = access_batches_create(service, msg);
	}
	if (error == 0) {
		error = lookups_create(&service->lookups, msg);
	}
	if (error == 0) {
		error = store_read_begin(service->node->store, &worker->txn, msg);
	}
	if (error == 0) {
		store_read_reset(worker->txn);
	}
	return error;
}

int worker_create(
	struct node *node, size_t index, struct worker **worker, struct errmsg *msg)
{
	struct worker *w = calloc(1, sizeof(*w));
	int error;

	if (w == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	w->service.node = node;
	w->service.index = index;
	w->sessions.empty = on_empty;
	w->sessions.context = w;
	sessions_init(&w->sessions, &w->service);
	init_notice(w, &w->lists_changed, on_lists_changed);
	init_notice(w, &w->profile_changed, on_profile_changed);
	init_notice(w, &w->stop, on_stop);
	error = open_all(w, msg);
	if (error == 0 && pthread_create(&w->thread, NULL, run, w) != 0) {
		error = errmsg_set(msg, CORDON_ENOMEM, "cannot start a worker thread");
	}
	if (error != 0) {
		worker_destroy(w);
		return error;
	}
	w->running = true;
	*worker = w;
	return 0;
}

void worker_join(struct worker *worker)
{
	if (worker->running) {
		pthread_join(worker->thread, NULL);
		worker->running = false;
	}
}

void worker_destroy(struct worker *worker)
{
	if (worker == NULL) {
		return;
	}
	worker_join(worker);
	/* letters that came late find nobody in */
	worker->sessions.stopping = true;
	sessions_abort(&worker->sessions);
	access_batches_wait(worker->service.access);
	mailbox_destroy(worker->service.mailbox);
	access_batches_destroy(worker->service.access);
	sessions_finish(&worker->sessions);
	store_read_end(worker->txn);
	lookups_destroy(worker->service.lookups);
	serve_state_finish(&worker->service.serve);
	match_context_destroy(worker->service.match);
	if (worker->batch_end != NULL) {
		event_free(worker->batch_end);
	}
	if (worker->deadline != NULL) {
		event_free(worker->deadline);
	}
	if (worker->service.base != NULL) {
		event_base_free(worker->service.base);
	}
	free(worker);
}
