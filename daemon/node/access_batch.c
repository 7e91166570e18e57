/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "daemon/node/access_log_private.h"
#include "daemon/node/session_private.h"

/*
 * A worker's entries.  It has two batches: one is being filled while the other is on
 * its way to the disk and back.
 *
 * 1. The first entry of a batch asks for a call once the events at hand are served.
 * 2. Then the batch leaves, unless the other one is still on its way: when the log's
 * end is free the worker writes and syncs it itself, which is quicker than two threads
 *    that wake each other; or else the writer takes it along.
 * 3. A session is held from its first entry in a batch; its mark is set when the batch
 *    leaves, and up to there it is let go when the batch is back.
 */
struct access_batches {
	struct access_log *log;
	struct service *service;
	struct access_batch *batch[2];
	unsigned filling;
	bool under_way; /* the other one */
	bool asked;     /* for the call */
	bool closing;   /* nobody is served any more */
	struct event *served;
};

/* ---- one batch --------------------------------------------------------------------
 */

struct access_batch *access_batch_create(void)
{
	return calloc(1, sizeof(struct access_batch));
}

/* What was asked is wiped; the memory stays for the next. */
void access_batch_clear(struct access_batch *batch)
{
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		struct buffer *secret = &batch->secret[i];

		if (buffer_bytes(secret) > 0) {
			OPENSSL_cleanse(
				secret->data + secret->start, buffer_bytes(secret));
		}
		buffer_consume(secret, buffer_bytes(secret));
		buffer_consume(&batch->plain[i], buffer_bytes(&batch->plain[i]));
		batch->entries[i] = 0;
	}
	batch->bytes = 0;
	batch->error = 0;
}

void access_batch_destroy(struct access_batch *batch)
{
	if (batch == NULL) {
		return;
	}
	access_batch_clear(batch);
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		buffer_finish(&batch->plain[i]);
		buffer_finish(&batch->secret[i]);
	}
	free(batch);
}

int access_batch_add(struct access_batch *batch, enum audit_class class,
	const struct audit_entry *entry)
{
	uint8_t *plain = buffer_reserve(&batch->plain[class], audit_entry_bytes(entry));
	size_t size = entry->secret.size, wrote;
	uint8_t *secret = NULL;

	if (size > 0) {
		secret = buffer_reserve(&batch->secret[class], size);
	}
	if (plain == NULL || (size > 0 && secret == NULL)) {
		return CORDON_ENOMEM;
	}
	wrote = audit_entry_write(entry, plain);
	buffer_commit(&batch->plain[class], wrote);
	if (size > 0) {
		memcpy(secret, entry->secret.data, size);
		buffer_commit(&batch->secret[class], size);
	}
	batch->entries[class]++;
	batch->bytes += wrote + size;
	return 0;
}

/* ---- held answers -----------------------------------------------------------------
 */

static void hold(struct access_batches *b, struct session *session)
{
	struct session_wait *wait = &session->waits[b->filling];

	if (wait->waits || session->conn == NULL) {
		return;
	}
	session_hold(session);
	wait->waits = true;
	wait->next = b->batch[b->filling]->sessions;
	b->batch[b->filling]->sessions = session;
	conn_hold(session->conn);
}

static void mark_all(struct access_batches *b)
{
	for (struct session *s = b->batch[b->filling]->sessions; s != NULL;
		s = s->waits[b->filling].next) {
		if (s->conn != NULL) {
			s->waits[b->filling].mark = conn_mark(s->conn);
		}
	}
}

static void let_go(struct session *s, unsigned which, int error)
{
	if (s->conn == NULL) {
		return;
	}
	if (error != 0) {
		session_gone(s, CORDON_ENOLOG,
			"its answers could not be logged, and were not given");
		return;
	}
	conn_let_go(s->conn, s->waits[which].mark, !s->waits[!which].waits);
}

static void let_all_go(struct access_batch *batch, unsigned which)
{
	struct session *next, *s = batch->sessions;

	batch->sessions = NULL;
	for (; s != NULL; s = next) {
		next = s->waits[which].next;
		s->waits[which].waits = false;
		let_go(s, which, batch->error);
		session_release(s);
	}
}

/* ---- on its way -------------------------------------------------------------------
 */

static void take_back(struct access_batches *b, struct access_batch *batch)
{
	b->under_way = false;
	let_all_go(batch, !b->filling);
	access_batch_clear(batch);
}

static void send_off(struct access_batches *b)
{
	struct access_batch *batch = b->batch[b->filling];

	if (b->under_way || batch->bytes == 0 || b->closing) {
		return;
	}
	mark_all(b);
	b->under_way = true;
	b->filling = !b->filling;
	if (access_write_now(b->log, batch)) {
		take_back(b, batch);
	} else {
		access_submit(b->log, batch);
	}
}

static void on_served(evutil_socket_t fd, short what, void *context)
{
	struct access_batches *b = context;

	(void)fd;
	(void)what;
	b->asked = false;
	send_off(b);
}

static void on_back(struct letter *letter)
{
	struct access_batch *batch =
		(struct access_batch *)((char *)letter -
					offsetof(struct access_batch, letter));
	struct access_batches *b = batch->owner;

	take_back(b, batch);
	send_off(b);
}

int access_log_check(struct service *service, struct errmsg *msg)
{
	struct access_batches *b = service->access;

	if (b == NULL) {
		return 0;
	}
	if (atomic_load_explicit(&b->log->spent, memory_order_relaxed) ||
		atomic_load_explicit(&b->log->broken, memory_order_relaxed)) {
		atomic_fetch_add(&b->log->refused, 1);
		return errmsg_set(msg, CORDON_ENOLOG,
			"the access log cannot be written (%s), and nothing is "
			"answered without a trace; ask another node",
			atomic_load(&b->log->broken) ? "its disk failed"
						     : "its disk is full");
	}
	if (b->batch[b->filling]->bytes >= b->log->unit_bytes) {
		return errmsg_set(msg, CORDON_EBUSY,
			"the access log's disk is slower than requests come; later");
	}
	return 0;
}

int access_log_add(struct service *service, struct session *session,
	enum audit_class class, const struct audit_entry *entry, struct errmsg *msg)
{
	struct access_batches *b = service->access;
	int error;

	if (b == NULL) {
		return 0;
	}
	error = access_batch_add(b->batch[b->filling], class, entry);
	if (error != 0) {
		return errmsg_set(msg, error, "out of memory for the access log");
	}
	if (session != NULL && b->log->config->sync == CONFIG_LOG_SYNC_GROUP) {
		hold(b, session);
	}
	if (!b->asked && !b->closing) {
		b->asked = true;
		event_active(b->served, EV_TIMEOUT, 0);
	}
	return 0;
}

/* ---- life -------------------------------------------------------------------------
 */

int access_batches_create(struct service *service, struct errmsg *msg)
{
	struct access_log *log = service->node->access_log;
	struct access_batches *b;
	bool whole;

	if (log == NULL) {
		return 0;
	}
	b = calloc(1, sizeof(*b));
	if (b == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	service->access = b;
	b->log = log;
	b->service = service;
	b->served = event_new(service->base, -1, 0, on_served, b);
	whole = b->served != NULL;
	for (size_t i = 0; i < 2; i++) {
		b->batch[i] = access_batch_create();
		whole &= b->batch[i] != NULL;
		if (b->batch[i] != NULL) {
			b->batch[i]->owner = b;
			b->batch[i]->mailbox = service->mailbox;
			b->batch[i]->letter.deliver = on_back;
		}
	}
	return whole ? 0 : errmsg_set(msg, CORDON_ENOMEM, "out of memory");
}

void access_batches_wait(struct access_batches *batches)
{
	if (batches != NULL) {
		batches->closing = true;
		access_wait(batches->log);
	}
}

void access_batches_destroy(struct access_batches *batches)
{
	struct access_batches *b = batches;

	if (b == NULL) {
		return;
	}
	if (b->batch[0] != NULL && b->batch[1] != NULL &&
		b->batch[b->filling]->bytes > 0) {
		/* the writer frees it */
		b->batch[b->filling]->mailbox = NULL;
		let_all_go(b->batch[b->filling], b->filling);
		access_submit(b->log, b->batch[b->filling]);
		b->batch[b->filling] = NULL;
	}
	access_batch_destroy(b->batch[0]);
	access_batch_destroy(b->batch[1]);
	if (b->served != NULL) {
		event_free(b->served);
	}
	free(b);
}
