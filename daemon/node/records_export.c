/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "daemon/node/export_permit.h"
#include "daemon/node/rights.h"
#include "daemon/node/serve_snapshot.h"
#include "daemon/node/served.h"

/*
 * Live records as they stand (also those that have ended and wait for their owner's
 * withdrawal), list by list in the order of their feeds, all from one snapshot.
 *
 * A list that is still being loaded would make an export that looks whole and is not:
 * it is refused at the start, with the list's name.  Lists whose sharing has ended have
 * nothing to export.
 */

/* Of one frame; a client's limit is FRAME_MAX_CLIENT. */
#define CHUNK_ENTRIES_MAX 2048
#define CHUNK_BYTES_MAX ((size_t)512 * 1024)

/* What the request asks for; owner and kind empty: all. */
struct filter {
	bool has_owner;
	struct state owner;
	uint32_t kind;
};

struct dump {
	struct service *service;
	struct store_txn *txn;
	struct arena arena; /* holds lists */
	struct list_id *lists;
	size_t count;
	size_t at;         /* the list … */
	uint64_t position; /* … and the sequence up to which it was sent */
	struct filter filter;
	struct held *held;
	struct export_permit *permit; /* is waited for; NULL: no more */
};

static void export_destroy(void *context)
{
	struct dump *dump = context;

	export_permit_forget(dump->permit);
	snapshot_close(dump->service, dump->txn);
	arena_finish(&dump->arena);
	free(dump);
}

/* ---- frames -------------------------------------------------------------------------
 */

/* The current list's rows until the frame is full or the list is at its end. */
static int collect_list(struct dump *dump, struct served_entries *entries,
	uint64_t *position, bool *full)
{
	struct feed feed;
	bool found = true;
	int error = store_feed(dump->txn, &dump->lists[dump->at], &feed);

	while (error == 0) {
		struct entry row;

		error = feed.ops->next(
			feed.context, FEED_LIVE, *position, &row, &found);
		if (error != 0 || !found) {
			break;
		}
		if (row.state == ENTRY_LIVE && row.sealed.size > 0) {
			error = served_entries_add(entries, &row, full);
		}
		if (*full) {
			break;
		}
		*position = row.sequence;
	}
	return error;
}

static int send_frame(struct dump *dump, struct held *held, bool *done)
{
	struct dump before = *dump;
	Cordon__ExportChunk chunk = CORDON__EXPORT_CHUNK__INIT;
	struct served_entries entries;
	struct arena arena;
	bool full = false;
	int error = 0;

	arena_init(&arena, 0);
	served_entries_init(&entries, &arena, CHUNK_ENTRIES_MAX,
		served_bytes_max(held_session(held), CHUNK_BYTES_MAX));
	while (error == 0 && !full && dump->at < dump->count) {
		error = collect_list(dump, &entries, &dump->position, &full);
		if (error == 0 && !full) {
			dump->at++;
			dump->position = 0;
		}
	}
	*done = dump->at == dump->count;
	if (error == 0) {
		chunk.entries = entries.entries;
		chunk.n_entries = entries.count;
		error = session_answer(held_session(held), held_request(held),
			MESSAGE_EXPORT_CHUNK, *done ? 0 : FRAME_MORE, &chunk.base);
	}
	if (error == CORDON_EBUSY) { /* the same once more */
		dump->at = before.at;
		dump->position = before.position;
	}
	arena_finish(&arena);
	return error;
}

static void export_turn(struct held *held, void *context)
{
	struct dump *dump = context;
	struct errmsg msg = { "" };
	bool done = false;
	int error = CORDON_EBUSY;

	if (dump->permit != NULL) {
		return;
	}
	if (held_may_write(held)) {
		error = send_frame(dump, held, &done);
	}
	if (error == CORDON_EBUSY) {
		held_wake_after(held, SERVED_RETRY_MS);
	} else if (error == 0 && !done) {
		held_wake_after(held, 0); /* others first */
	} else {
		store_txn_error(dump->txn, &msg);
		served_end(held, error, &msg);
	}
}

static const struct held_ops export_ops = {
	.turn = export_turn,
	.destroy = export_destroy,
};

/* ---- the request
 * --------------------------------------------------------------------- */

static int read_filter(
	struct request *request, struct filter *filter, struct errmsg *msg)
{
	const Cordon__ExportRequest *message =
		(const Cordon__ExportRequest *)request->message;
	const char *owner = (const char *)message->owner.data;

	filter->has_owner = message->owner.len != 0;
	filter->kind = message->kind;
	if (filter->has_owner &&
		(!ident_state_set(&filter->owner, owner, message->owner.len) ||
			config_member_find(request->service->node->config,
				&filter->owner) == NULL)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"owner: no member of that code in this node's configuration");
	}
	if (filter->kind > UINT16_MAX) {
		return errmsg_set(msg, CORDON_EINVAL, "kind: %u, expected 1 to %d",
			filter->kind, UINT16_MAX);
	}
	return request_may_touch(request, ACTION_EXPORT,
		filter->has_owner ? &filter->owner : NULL, filter->kind, msg);
}

static bool matches(const struct filter *filter, const struct list_id *list)
{
	return (!filter->has_owner ||
		       ident_state_equal(&filter->owner, &list->owner)) &&
	       (filter->kind == 0 || filter->kind == list->kind);
}

static int choose_lists(
	struct dump *dump, const struct filter *filter, struct errmsg *msg)
{
	struct store_list_info *infos;
	size_t count;

	if (store_list_infos(dump->txn, &dump->arena, &infos, &count) != 0) {
		return served_failed(dump->txn, msg);
	}
	dump->lists = arena_array(&dump->arena, count + 1, sizeof(*dump->lists));
	if (dump->lists == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct list_copy copy = { .phase = infos[i].phase };
		char text[LIST_TEXT_MAX];

		if (!matches(filter, &infos[i].list)) {
			continue;
		}
		if (infos[i].phase == COPY_LOADING) {
			ident_list_text(&infos[i].list, text);
			return errmsg_set(msg, CORDON_EUNVERIFIED,
				"%s is still being loaded here; export later, or other "
				"lists by owner and kind",
				text);
		}
		if (copy_answers(&copy)) {
			dump->lists[dump->count++] = infos[i].list;
		}
	}
	return 0;
}

/* From here on it goes by itself. */
static int begin(struct dump *dump, struct errmsg *msg)
{
	int error = snapshot_open(dump->service, &dump->txn, msg);

	if (error == 0) {
		error = choose_lists(dump, &dump->filter, msg);
	}
	if (error == 0) {
		held_wake_after(dump->held, 0);
	}
	return error;
}

static void on_decided(void *context, int error, const struct errmsg *msg)
{
	struct dump *dump = context;
	struct errmsg text = *msg;

	dump->permit = NULL;
	if (error == 0) {
		error = begin(dump, &text);
	}
	if (error != 0) {
		served_end(dump->held, error, &text);
	}
}

static int start(struct request *request, struct dump *dump, struct errmsg *msg)
{
	const struct filter *filter = &dump->filter;
	const struct state *owner = filter->has_owner ? &filter->owner : NULL;

	return export_permit_needed(request->service->node, owner)
		       ? export_permit_ask(
				 request, on_decided, dump, &dump->permit, msg)
		       : begin(dump, msg);
}

int handle_export(struct request *request, struct errmsg *msg)
{
	struct dump *dump = calloc(1, sizeof(*dump));
	int error;

	if (dump == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	dump->service = request->service;
	arena_init(&dump->arena, 0);
	error = read_filter(request, &dump->filter, msg);
	if (error == 0) {
		error = held_create(request, &export_ops, dump, &dump->held);
	}
	if (error != 0) {
		export_destroy(dump);
		return error;
	}
	error = start(request, dump, msg);
	if (error != 0) {
		held_end(dump->held); /* frees it */
	}
	return error;
}
