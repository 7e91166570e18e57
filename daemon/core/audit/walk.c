/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/audit/walk.h"

#include <inttypes.h>
#include <string.h>

#define DAY_US (INT64_C(86400) * 1000000)

/* One segment on its way. */
struct stretch {
	struct audit_walk *walk;
	struct audit_fault *fault;
	uint64_t segment;
	struct bytes all;
	size_t at;
	bool began;
};

const char *audit_fault_text(enum audit_fault_kind kind)
{
	static const char *const texts[] = {
		[AUDIT_GOOD] = "good",
		[AUDIT_ALTERED] = "altered",
		[AUDIT_REMOVED] = "removed or moved",
		[AUDIT_TRUNCATED] = "truncated",
		[AUDIT_FORGED] = "forged",
		[AUDIT_EARLY] = "dropped before its time",
	};

	return texts[kind];
}

static int fail(struct stretch *s, enum audit_fault_kind kind, const char *why)
{
	struct audit_fault *f = s->fault;

	f->kind = kind;
	f->segment = s->segment;
	f->frame = s->walk->end.number + 1;
	f->from = s->walk->signed_frame;
	f->offset = s->at;
	return errmsg_set(&f->text, CORDON_ECORRUPT, "%s", why);
}

static bool same(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

/* ---- groups -----------------------------------------------------------------------
 */

/* The index of the first entry of the part whose sum is wrong; entries: all are right.
 */
static uint32_t first_wrong(const struct audit_part *part, size_t class)
{
	struct bytes plain = part->plain, secret = part->secret;
	uint32_t i;

	for (i = 0; i < part->entries; i++) {
		struct audit_entry entry;
		uint32_t secret_bytes, sum;
		struct reader r;
		size_t size;

		if (!audit_entry_read(plain, &entry, &size, &secret_bytes) ||
			secret_bytes > secret.size) {
			break;
		}
		reader_init(&r, plain.data + AUDIT_ENTRY_SUM_AT, 4);
		sum = audit_entry_sum((uint64_t) class << 32 | i,
			(struct bytes){ plain.data, size },
			(struct bytes){ secret.data, secret_bytes });
		if (sum != reader_u32(&r)) {
			break;
		}
		plain.data += size;
		plain.size -= size;
		secret.data += secret_bytes;
		secret.size -= secret_bytes;
	}
	return i;
}

/* 0, or CORDON_ECORRUPT where a part's hash is wrong: *entry then tells which one. */
static int check_parts(struct stretch *s, const struct audit_frame *frame)
{
	uint64_t entry = s->walk->end.entries;

	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		const struct audit_part *part = &frame->parts[i];
		uint8_t hash[HASH_BYTES];
		uint32_t wrong;

		if (part->dropped) {
			entry += part->entries;
			continue;
		}
		if (audit_part_hash(part, hash) == 0 && same(hash, part->hash)) {
			entry += part->entries;
			continue;
		}
		wrong = first_wrong(part, i);
		s->fault->entry =
			wrong < part->entries ? entry + wrong : AUDIT_NO_ENTRY;
		return fail(s, AUDIT_ALTERED, "an entry is not as it was written");
	}
	return 0;
}

static int check_dropped(struct stretch *s, const struct audit_frame *frame)
{
	const struct audit_walk *w = s->walk;

	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		if (!frame->parts[i].dropped || w->now_us == 0) {
			continue;
		}
		if (i != AUDIT_EMPTY ||
			w->now_us - frame->at_us < w->keep_empty_days * DAY_US) {
			return fail(s, AUDIT_EARLY,
				"entries were dropped whose time is not over");
		}
	}
	return 0;
}

static void advance(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;

	for (size_t i = 0; frame->type == AUDIT_GROUP && i < AUDIT_CLASSES; i++) {
		w->end.entries += frame->parts[i].entries;
	}
	w->end.number = frame->number;
	memcpy(w->end.hash, frame->hash, HASH_BYTES);
	s->at += frame->whole.size;
	w->good_bytes = s->at;
}

/* ---- segments and checkpoints -----------------------------------------------------
 */

static int take_segment(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;

	if (s->began || frame->segment != s->segment) {
		return fail(s, AUDIT_REMOVED, "it is the beginning of another segment");
	}
	s->began = true;
	w->ended = false;
	w->end.segment = frame->segment;
	w->end.oldest = frame->oldest;
	w->keep_empty_days = frame->keep_empty_days;
	return 0;
}

static int take_checkpoint(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;
	struct errmsg msg = { "" };

	if (w->key != NULL && audit_checkpoint_verify(frame, w->key, &msg) != 0) {
		fail(s, AUDIT_FORGED, "");
		return errmsg_set(&s->fault->text, CORDON_ECORRUPT,
			"the checkpoint's signature does not hold (%s): something "
			"after frame %" PRIu64 " was altered and hashed anew",
			msg.text, w->signed_frame);
	}
	if (frame->segment != s->segment) {
		return fail(s, AUDIT_REMOVED, "the checkpoint is another segment's");
	}
	w->ended = frame->reason != AUDIT_INTERVAL;
	w->end.oldest = frame->oldest;
	w->signed_frame = frame->number;
	w->signed_us = frame->at_us;
	w->signed_entries = w->end.entries;
	return 0;
}

/* ---- frames -----------------------------------------------------------------------
 */

static bool is_newest(const struct audit_walk *w, const struct audit_frame *frame)
{
	return w->newest.size == frame->whole.size &&
	       memcmp(w->newest.data, frame->whole.data, w->newest.size) == 0;
}

/* The first frame of all: what came before it is gone, and its number is believed until
 * a checkpoint says so. */
static void begin(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;

	w->first_segment = s->segment;
	w->end.number = s->segment == 1 ? 0 : frame->number - 1;
	memcpy(w->end.hash, frame->previous, HASH_BYTES);
	w->end.entries = frame->entries;
	w->signed_frame = w->end.number;
}

static int check_link(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;
	uint8_t hash[HASH_BYTES];
	bool intact = audit_frame_hash(frame, hash) == 0 && same(hash, frame->hash);

	if (!intact) {
		return fail(s, AUDIT_ALTERED, "the frame is not as it was written");
	}
	if (frame->number != w->end.number + 1 || !same(frame->previous, w->end.hash) ||
		frame->entries != w->end.entries) {
		fail(s, AUDIT_REMOVED, "");
		return errmsg_set(&s->fault->text, CORDON_ECORRUPT,
			"in its place stands frame %" PRIu64
			", which does not follow the one before",
			frame->number);
	}
	return 0;
}

static int take_frame(struct stretch *s, const struct audit_frame *frame)
{
	struct audit_walk *w = s->walk;
	int error;

	if (w->first_segment == 0 && frame->type == AUDIT_SEGMENT) {
		begin(s, frame);
	}
	error = frame->type == AUDIT_GROUP ? check_parts(s, frame) : 0;
	if (error == 0) {
		error = check_link(s, frame);
	}
	if (error != 0) {
		return error;
	}
	if (!s->began && frame->type != AUDIT_SEGMENT) {
		return fail(s, AUDIT_REMOVED, "the segment lacks its beginning");
	}
	if (w->ended && frame->type != AUDIT_SEGMENT) {
		return fail(
			s, AUDIT_REMOVED, "something stands behind the segment's end");
	}
	if (frame->type == AUDIT_SEGMENT) {
		error = take_segment(s, frame);
	} else if (frame->type == AUDIT_CHECKPOINT) {
		error = take_checkpoint(s, frame);
	} else {
		error = check_dropped(s, frame);
	}
	if (error != 0) {
		return error;
	}
	w->newest_seen |= is_newest(w, frame);
	advance(s, frame);
	return w->frame == NULL ? 0 : w->frame(w->context, frame);
}

static int at_end(struct stretch *s, bool last)
{
	bool all = s->at == s->all.size;

	if (!s->began) {
		return fail(s, AUDIT_TRUNCATED, "the segment is empty");
	}
	if (!last && (!s->walk->ended || !all)) {
		return fail(
			s, AUDIT_TRUNCATED, "the segment lacks its last checkpoint");
	}
	return 0;
}

int audit_walk_segment(struct audit_walk *walk, uint64_t number, struct bytes data,
	bool last, struct audit_fault *fault)
{
	struct stretch s = {
		.walk = walk, .fault = fault, .segment = number, .all = data
	};
	int error = 0;

	memset(fault, 0, sizeof(*fault));
	fault->entry = AUDIT_NO_ENTRY;
	walk->good_bytes = 0;
	if (walk->first_segment != 0 && number != walk->end.segment + 1) {
		s.segment = walk->end.segment + 1;
		return fail(&s, AUDIT_REMOVED, "the segment is not there");
	}
	while (error == 0) {
		struct bytes left = { data.data + s.at, data.size - s.at };
		struct audit_frame frame;

		error = audit_frame_read(left, &frame);
		if (error == CORDON_ECLOSED) {
			return at_end(&s, last);
		}
		if (error == CORDON_ETOOBIG) {
			return fail(&s, AUDIT_TRUNCATED,
				"the frame goes on behind the segment's end: it was "
				"cut off, or its sizes were altered");
		}
		if (error != 0) {
			return fail(&s, AUDIT_ALTERED, "no frame begins here");
		}
		error = take_frame(&s, &frame);
	}
	return error;
}

int audit_walk_finish(struct audit_walk *walk, struct audit_fault *fault)
{
	struct stretch s = { .walk = walk, .fault = fault };
	struct audit_frame newest = { .number = 0 };
	bool known = walk->newest.size > 0;

	memset(fault, 0, sizeof(*fault));
	fault->entry = AUDIT_NO_ENTRY;
	s.segment = walk->end.segment;
	s.at = walk->good_bytes;
	if (walk->end.oldest < walk->first_segment) {
		s.segment = walk->end.oldest;
		s.at = 0;
		fail(&s, AUDIT_REMOVED, "the oldest segments are not there");
		fault->frame = 0;
		return CORDON_ECORRUPT;
	}
	if (!known || walk->newest_seen) {
		return 0;
	}
	if (audit_frame_read(walk->newest, &newest) != 0 ||
		newest.type != AUDIT_CHECKPOINT) {
		return errmsg_set(&fault->text, CORDON_EINVAL,
			"the newest checkpoint cannot be read");
	}
	if (newest.number <= walk->end.number) {
		fail(&s, AUDIT_FORGED, "");
		return errmsg_set(&fault->text, CORDON_ECORRUPT,
			"checkpoint %" PRIu64
			", known from elsewhere, is another one here",
			newest.number);
	}
	fail(&s, AUDIT_TRUNCATED, "");
	return errmsg_set(&fault->text, CORDON_ECORRUPT,
		"the log ends with frame %" PRIu64 ", and checkpoint %" PRIu64
		" is known from elsewhere",
		walk->end.number, newest.number);
}
