/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/access_log_private.h"
#include "daemon/node/rights.h"
#include "daemon/node/session_private.h"

/*
 * ACCESS_LOG and HISTORY.  Files are read by the keeper, never by a worker: the request
 * is held, the keeper does the job, and a letter brings it back.
 */

/* Of one answer; the smallest frame that cordonctl accepts is larger. */
#define CHUNK_BYTES ((size_t)2 << 20)
#define CHANGES_MAX 1000

enum {
	WHAT_SEGMENTS = 1,
	WHAT_BYTES = 2
};

struct reading {
	struct access_job job; /* first */
	struct letter letter;
	struct held *held; /* NULL: the session is gone */
	struct service *service;
	bool done;
	uint16_t type;
	uint32_t what;
	uint64_t segment, offset;
	char id[64];
	size_t id_size;
	/* what came of it */
	int error;
	struct errmsg msg;
	struct access_segment *segments;
	size_t segments_count;
	uint8_t *data;
	size_t data_size;
	uint64_t whole_size;
	struct arena arena;              /* of changes */
	Cordon__HistoryChange **changes; /* CHANGES_MAX, the newest last */
	size_t changes_count;
	bool more;
};

static void destroy(struct reading *r)
{
	arena_finish(&r->arena);
	free(r->segments);
	free(r->data);
	free(r);
}

/* ---- on the keeper's thread -------------------------------------------------------
 */

static int read_bytes(struct access_log *log, struct reading *r)
{
	uint8_t *whole;
	size_t size;
	int error = access_log_read(log, r->segment, &whole, &size, &r->msg);

	if (error != 0) {
		return error;
	}
	r->whole_size = size;
	if (r->offset > size) {
		free(whole);
		return errmsg_set(&r->msg, CORDON_EINVAL,
			"offset: %" PRIu64 " is behind the segment's end (%zu)",
			r->offset, size);
	}
	r->data_size = size - (size_t)r->offset;
	if (r->data_size > CHUNK_BYTES) {
		r->data_size = CHUNK_BYTES;
	}
	memmove(whole, whole + r->offset, r->data_size);
	r->data = whole;
	return 0;
}

static ProtobufCBinaryData keep(struct arena *arena, struct bytes bytes)
{
	struct bytes kept = { NULL, 0 };

	if (bytes.size > 0) {
		kept.data = (const uint8_t *)arena_text(arena, bytes.data, bytes.size);
		kept.size = kept.data == NULL ? 0 : bytes.size;
	}
	return message_data_bytes(kept);
}

static void add_change(struct reading *r, const struct audit_entry *entry)
{
	Cordon__HistoryChange *change = arena_alloc(&r->arena, sizeof(*change));

	if (change == NULL) {
		return;
	}
	if (r->changes_count == CHANGES_MAX) {
		memmove(r->changes, r->changes + 1,
			(CHANGES_MAX - 1) * sizeof(*r->changes));
		r->changes_count--;
		r->more = true;
	}
	cordon__history_change__init(change);
	change->at_us = entry->at_us;
	change->who = keep(&r->arena, entry->who);
	change->type = entry->query;
	change->outcome = entry->outcome;
	change->error = entry->error;
	change->version = entry->version;
	change->fields = keep(&r->arena, entry->fields);
	change->old_hash = keep(&r->arena, entry->old_hash);
	change->new_hash = keep(&r->arena, entry->new_hash);
	r->changes[r->changes_count++] = change;
}

static void look_at_part(struct reading *r, struct bytes plain)
{
	struct audit_entry entry;
	uint32_t secret;
	size_t size;

	while (plain.size > 0 && audit_entry_read(plain, &entry, &size, &secret)) {
		if (entry.kind == AUDIT_SUBMIT && entry.id.size == r->id_size &&
			memcmp(entry.id.data, r->id, r->id_size) == 0) {
			add_change(r, &entry);
		}
		plain.data += size;
		plain.size -= size;
	}
}

static void look_at_segment(struct reading *r, struct bytes left)
{
	struct audit_frame frame;

	while (audit_frame_read(left, &frame) == 0) {
		if (frame.type == AUDIT_GROUP) {
			look_at_part(r, frame.parts[AUDIT_ACT].plain);
		}
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
	}
}

static int read_history(struct access_log *log, struct reading *r)
{
	struct access_file *files;
	size_t count;
	int error = access_list(log, &files, &count, &r->msg);

	if (error != 0) {
		return error;
	}
	r->changes = arena_array(&r->arena, CHANGES_MAX, sizeof(*r->changes));
	for (size_t i = 0; i < count && error == 0 && r->changes != NULL; i++) {
		uint8_t *data;
		size_t size;

		error = access_log_read(log, files[i].number, &data, &size, &r->msg);
		if (error == 0) {
			look_at_segment(r, (struct bytes){ data, size });
			free(data);
		}
	}
	free(files);
	return error == 0 && r->arena.failed
		       ? errmsg_set(&r->msg, CORDON_ENOMEM, "out of memory")
		       : error;
}

static void run(struct access_job *job, struct access_log *log)
{
	struct reading *r = (struct reading *)job;

	if (r->type == MESSAGE_HISTORY) {
		r->error = read_history(log, r);
	} else if (r->what == WHAT_BYTES) {
		r->error = read_bytes(log, r);
	} else {
		r->error = access_log_segments(
			log, &r->segments, &r->segments_count, &r->msg);
	}
	mailbox_post(r->service->mailbox, &r->letter);
}

/* ---- back on the worker -----------------------------------------------------------
 */

static int answer_history(struct reading *r)
{
	Cordon__HistoryAnswer answer = CORDON__HISTORY_ANSWER__INIT;

	answer.changes = r->changes;
	answer.n_changes = r->changes_count;
	answer.more = r->more;
	return session_answer(held_session(r->held), held_request(r->held),
		MESSAGE_HISTORY_ANSWER, 0, &answer.base);
}

static int add_segments(struct reading *r, Cordon__Control__AccessLogAnswer *answer)
{
	size_t count = r->segments_count;
	Cordon__Control__AccessLogSegment *all =
		arena_array(&r->arena, count + 1, sizeof(*all));

	answer->segments = arena_array(
		&r->arena, count + 1, sizeof(Cordon__Control__AccessLogSegment *));
	if (r->arena.failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		cordon__control__access_log_segment__init(&all[i]);
		all[i].segment = r->segments[i].number;
		all[i].first_s = r->segments[i].first_s;
		all[i].last_s = r->segments[i].last_s;
		all[i].bytes = r->segments[i].file_bytes;
		all[i].compressed = r->segments[i].compressed;
		answer->segments[i] = &all[i];
	}
	answer->n_segments = count;
	return 0;
}

static int answer_log(struct reading *r)
{
	Cordon__Control__AccessLogAnswer answer =
		CORDON__CONTROL__ACCESS_LOG_ANSWER__INIT;
	int error = 0;

	answer.status =
		access_log_status_message(r->service->node->access_log, &r->arena);
	if (answer.status == NULL) {
		return CORDON_ENOMEM;
	}
	if (r->what == WHAT_SEGMENTS) {
		error = add_segments(r, &answer);
	} else {
		answer.data =
			message_data_bytes((struct bytes){ r->data, r->data_size });
		answer.size = r->whole_size;
	}
	return error != 0 ? error
			  : session_answer(held_session(r->held), held_request(r->held),
				    MESSAGE_ACCESS_LOG_ANSWER, 0, &answer.base);
}

static void try_answer(struct reading *r)
{
	struct held *held = r->held;
	int error = r->error;

	if (!held_may_write(held)) {
		return;
	}
	if (error == 0) {
		error = r->type == MESSAGE_HISTORY ? answer_history(r) : answer_log(r);
	}
	if (error != 0) {
		(void)session_refuse(held_session(held), held_request(held), error,
			r->error != 0 ? r->msg.text : NULL);
	}
	held_end(held);
}

static void on_letter(struct letter *letter)
{
	struct reading *r =
		(struct reading *)((char *)letter - offsetof(struct reading, letter));

	r->done = true;
	if (r->held == NULL) {
		destroy(r);
	} else {
		try_answer(r);
	}
}

static void on_turn(struct held *held, void *context)
{
	struct reading *r = context;

	(void)held;
	if (r->done) {
		try_answer(r);
	}
}

static void on_destroy(void *context)
{
	struct reading *r = context;

	r->held = NULL;
	if (r->done) {
		destroy(r);
	}
}

static const struct held_ops held_ops = { .turn = on_turn, .destroy = on_destroy };

/* ---- requests ---------------------------------------------------------------------
 */

static struct reading *new_reading(struct request *request)
{
	struct reading *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		arena_init(&r->arena, 0);
		r->service = request->service;
		r->type = request->type;
		r->job.run = run;
		r->letter.deliver = on_letter;
	}
	return r;
}

static int start(struct request *request, struct reading *r, struct errmsg *msg)
{
	int error = held_create(request, &held_ops, r, &r->held);

	if (error != 0) {
		destroy(r);
		return error;
	}
	if (!access_post_job(request->service->node->access_log, &r->job)) {
		r->done = true;
		held_end(r->held);
		return errmsg_set(msg, CORDON_EBUSY,
			"the access log is being read by others; later");
	}
	return 0;
}

static int check_kept(const struct request *request, struct errmsg *msg)
{
	return request->service->node->access_log != NULL
		       ? 0
		       : errmsg_set(msg, CORDON_EUNSUPPORTED,
				 "this node keeps no access log (section access_log of "
				 "its configuration)");
}

int handle_access_log(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__AccessLogRequest *message =
		(const Cordon__Control__AccessLogRequest *)request->message;
	struct reading *r;
	int error = check_kept(request, msg);

	if (error == 0 && message->what != WHAT_SEGMENTS &&
		message->what != WHAT_BYTES) {
		error = errmsg_set(msg, CORDON_EINVAL,
			"what: %u; 1 (segments) or 2 (bytes) is expected",
			message->what);
	}
	if (error != 0) {
		return error;
	}
	r = new_reading(request);
	if (r == NULL) {
		return CORDON_ENOMEM;
	}
	r->what = message->what;
	r->segment = message->segment;
	r->offset = message->offset;
	return start(request, r, msg);
}

int handle_history(struct request *request, struct errmsg *msg)
{
	const Cordon__HistoryRequest *message =
		(const Cordon__HistoryRequest *)request->message;
	struct state owner = { "" };
	struct reading *r;
	int error = check_kept(request, msg);

	if (error == 0 && !ident_record_id_valid(
				  (const char *)message->id.data, message->id.len)) {
		error = errmsg_set(msg, CORDON_EFIELD, "id: no record's id");
	}
	if (error == 0) {
		ident_state_set(&owner, (const char *)message->id.data, 3);
		error = request_may_touch(request, ACTION_HISTORY, &owner, 0, msg);
	}
	if (error != 0) {
		return error;
	}
	r = new_reading(request);
	if (r == NULL) {
		return CORDON_ENOMEM;
	}
	r->id_size = message->id.len;
	memcpy(r->id, message->id.data, r->id_size);
	return start(request, r, msg);
}
