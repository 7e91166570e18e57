/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/errand.h"
#include "daemon/node/served.h"

/* What was put aside: listed page by page, and dropped by the writer. */

#define PAGE_ENTRIES 512
#define PAGE_BYTES ((size_t)1024 * 1024)

enum aside_what {
	ASIDE_LIST = 1,
	ASIDE_DROP
};

/* ---- list ---------------------------------------------------------------------------
 */

struct aside_message {
	Cordon__Control__AsideEntry message;
	Cordon__ListId list_message;
	Cordon__Epoch epoch;
	Cordon__Entry entry;
	struct list_id list;
};

struct page {
	struct arena *arena;
	struct bytes id; /* size 0: all */
	size_t bytes_max, bytes;
	Cordon__Control__AsideEntry **entries;
	size_t count;
	bool more, failed;
};

static bool add(void *context, const struct store_aside *aside)
{
	struct page *page = context;
	struct aside_message *m;
	size_t bytes = aside->entry.sealed.size + 256;

	if (page->id.size != 0 && (aside->entry.id.size != page->id.size ||
					  memcmp(aside->entry.id.data, page->id.data,
						  page->id.size) != 0)) {
		return true;
	}
	if (page->count == PAGE_ENTRIES ||
		(page->count > 0 && page->bytes + bytes > page->bytes_max)) {
		page->more = true;
		return false;
	}
	m = arena_alloc(page->arena, sizeof(*m));
	if (m == NULL) {
		page->failed = true;
		return false;
	}
	cordon__control__aside_entry__init(&m->message);
	m->list = aside->list;
	list_to_message(&m->list, &m->list_message);
	epoch_to_message(&aside->epoch, &m->epoch);
	entry_to_message(&aside->entry, &m->entry);
	m->message.list = &m->list_message;
	m->message.epoch = &m->epoch;
	m->message.entry = &m->entry;
	m->message.kept_at_s = aside->kept_at_s;
	page->entries[page->count++] = &m->message;
	page->bytes += bytes;
	return true;
}

static int read_after(
	const Cordon__Position *message, struct store_aside *after, struct errmsg *msg)
{
	int error = list_from_message(message->list, &after->list, msg);

	if (error == 0) {
		error = epoch_from_message(message->epoch, &after->epoch, msg);
	}
	if (error == 0 && message->sequence == UINT64_MAX) {
		error = errmsg_set(msg, CORDON_EPROTO, "after: no such sequence");
	}
	after->entry.sequence = message->sequence;
	return error;
}

static int list(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__AsideRequest *message =
		(const Cordon__Control__AsideRequest *)request->message;
	Cordon__Control__AsideAnswer answer = CORDON__CONTROL__ASIDE_ANSWER__INIT;
	struct page page = { .arena = request->arena,
		.id = { message->id.data, message->id.len },
		.bytes_max = served_bytes_max(request->session, PAGE_BYTES) };
	struct store_aside after = { .kept_at_s = 0 };
	struct store_txn *txn;
	int error = request_txn(request, &txn, msg);

	if (error == 0 && message->after != NULL) {
		error = read_after(message->after, &after, msg);
	}
	if (error != 0) {
		return error;
	}
	page.entries = arena_array(page.arena, PAGE_ENTRIES, sizeof(*page.entries));
	if (page.entries == NULL) {
		return CORDON_ENOMEM;
	}
	if (store_asides(txn, message->after == NULL ? NULL : &after, add, &page) !=
		0) {
		return served_failed(txn, msg);
	}
	if (page.failed) {
		return CORDON_ENOMEM;
	}
	answer.entries = page.entries;
	answer.n_entries = page.count;
	answer.more = page.more;
	return session_answer(
		request->session, request->id, MESSAGE_ASIDE_ANSWER, 0, &answer.base);
}

/* ---- drop ---------------------------------------------------------------------------
 */

struct drop {
	struct errand errand; /* first */
	uint8_t id[CORDON_ID_MAX];
	size_t id_size;
	uint64_t dropped;
};

static int run_drop(struct errand *errand, struct store_txn *txn, struct errmsg *msg)
{
	struct drop *drop = (struct drop *)errand;
	struct bytes id = { drop->id, drop->id_size };

	return store_aside_drop(txn, id, &drop->dropped) == 0
		       ? 0
		       : store_txn_error(txn, msg);
}

static void answer_drop(
	struct errand *errand, struct session *session, uint32_t request)
{
	Cordon__Control__AsideAnswer answer = CORDON__CONTROL__ASIDE_ANSWER__INIT;

	answer.dropped = ((const struct drop *)errand)->dropped;
	(void)session_answer(session, request, MESSAGE_ASIDE_ANSWER, 0, &answer.base);
}

static void destroy_drop(struct errand *errand)
{
	free(errand);
}

static const struct errand_ops drop_ops = {
	.run = run_drop, .answer = answer_drop, .destroy = destroy_drop
};

static int drop(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__AsideRequest *message =
		(const Cordon__Control__AsideRequest *)request->message;
	struct drop *d;

	if (message->id.len > CORDON_ID_MAX) {
		return errmsg_set(msg, CORDON_EPROTO, "id: %zu bytes, at most %d",
			message->id.len, CORDON_ID_MAX);
	}
	d = calloc(1, sizeof(*d));
	if (d == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (message->id.len > 0) {
		memcpy(d->id, message->id.data, message->id.len);
	}
	d->id_size = message->id.len;
	return errand_begin(request, &d->errand, &drop_ops);
}

int handle_aside(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__AsideRequest *message =
		(const Cordon__Control__AsideRequest *)request->message;

	switch (message->what) {
	case ASIDE_LIST:
		return list(request, msg);
	case ASIDE_DROP:
		return drop(request, msg);
	default:
		return errmsg_set(msg, CORDON_EPROTO,
			"what: %u, expected 1 (list) or 2 (drop)", message->what);
	}
}
