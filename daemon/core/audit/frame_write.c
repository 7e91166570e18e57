/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/core/audit/frame_layout.h"
#include "proto/head_key.h"
#include "proto/signature.h"

static void write_header(struct writer *w, enum audit_type type,
	const struct audit_end *end, int64_t at_us)
{
	writer_u32(w, FRAME_MAGIC);
	writer_u8(w, (uint8_t)type);
	writer_u8(w, 0);
	writer_u16(w, 0);
	writer_u64(w, end->number + 1);
	writer_bytes(w, end->hash, HASH_BYTES);
	writer_u64(w, (uint64_t)at_us);
	writer_u64(w, end->entries);
}

/* ---- groups -----------------------------------------------------------------------
 */

/* Of one class, over all pieces. */
static void sum_up(const struct audit_piece *pieces, size_t count, size_t class,
	struct audit_part *part)
{
	*part = (struct audit_part){ .entries = 0 };
	for (size_t i = 0; i < count; i++) {
		part->entries += pieces[i].entries[class];
		part->plain_bytes += (uint32_t)pieces[i].plain[class].size;
		part->secret_bytes += (uint32_t)pieces[i].secret[class].size;
	}
}

static size_t part_bytes(const struct audit_part *part)
{
	return (size_t)part->plain_bytes + part->secret_bytes +
	       (part->secret_bytes > 0 ? BOX_TAG_BYTES : 0);
}

size_t audit_group_bytes(const struct audit_piece *pieces, size_t count)
{
	size_t size = AUDIT_GROUP_FIXED_BYTES;

	for (size_t class = 0; class < AUDIT_CLASSES; class ++) {
		struct audit_part part;

		sum_up(pieces, count, class, &part);
		size += part_bytes(&part);
	}
	return size;
}

static void copy_in(uint8_t **at, struct bytes data)
{
	if (data.size > 0) {
		memcpy(*at, data.data, data.size);
		*at += data.size;
	}
}

/* Each entry's own, over its secret as it stands now. */
static void set_sums(size_t class, const struct audit_part *part, uint8_t *plain)
{
	const uint8_t *secret = part->secret.data;
	uint8_t *end = plain + part->plain_bytes;

	for (uint64_t i = 0; plain < end; i++) {
		struct reader r;
		size_t size, secret_bytes;
		uint32_t sum;

		reader_init(&r, plain, (size_t)(end - plain));
		size = reader_u16(&r);
		reader_bytes(&r, 22);
		secret_bytes = reader_u32(&r);
		sum = audit_entry_sum((uint64_t) class << 32 | i,
			(struct bytes){ plain, size },
			(struct bytes){ secret, secret_bytes });
		for (int b = 0; b < 4; b++) {
			plain[AUDIT_ENTRY_SUM_AT + b] = (uint8_t)(sum >> (24 - 8 * b));
		}
		plain += size;
		secret += secret_bytes;
	}
}

static int write_part(const struct audit_piece *pieces, size_t count, size_t class,
	uint64_t number, struct box *box, struct audit_part *part, uint8_t *out)
{
	uint8_t *at = out, *secret = out + part->plain_bytes;
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		copy_in(&at, pieces[i].plain[class]);
	}
	for (size_t i = 0; i < count; i++) {
		copy_in(&at, pieces[i].secret[class]);
	}
	part->plain = (struct bytes){ out, part->plain_bytes };
	part->secret = (struct bytes){ secret, part->secret_bytes };
	if (part->secret_bytes > 0) {
		error = box_close(
			box, number, (uint32_t) class, secret, part->secret_bytes, at);
		part->tag = (struct bytes){ at, BOX_TAG_BYTES };
	}
	if (error == 0) {
		set_sums(class, part, out);
		error = audit_part_hash(part, part->hash);
	}
	return error;
}

int audit_group_write(struct audit_end *end, int64_t at_us,
	const struct audit_piece *pieces, size_t count, struct box *box, uint8_t *out)
{
	uint8_t *at = out + GROUP_HASHED_BYTES, hash[HASH_BYTES];
	uint64_t entries = end->entries;
	struct writer w;
	int error;

	writer_init(&w, out, GROUP_HASHED_BYTES);
	write_header(&w, AUDIT_GROUP, end, at_us);
	for (size_t class = 0; class < AUDIT_CLASSES; class ++) {
		struct audit_part part;

		sum_up(pieces, count, class, &part);
		error = write_part(
			pieces, count, class, end->number + 1, box, &part, at);
		if (error != 0) {
			return error;
		}
		at += part_bytes(&part);
		entries += part.entries;
		writer_u32(&w, part.entries);
		writer_u32(&w, part.plain_bytes);
		writer_u32(&w, part.secret_bytes);
		writer_bytes(&w, part.hash, HASH_BYTES);
	}
	error = hash_bytes(out, GROUP_HASHED_BYTES, hash);
	if (error != 0) {
		return error;
	}
	memcpy(at, hash, HASH_BYTES);
	memcpy(end->hash, hash, HASH_BYTES);
	end->number++;
	end->entries = entries;
	return 0;
}

/* ---- the others -------------------------------------------------------------------
 */

static int finish(struct audit_end *end, struct writer *w, size_t *used)
{
	uint8_t hash[HASH_BYTES];
	int error;

	if (w->bad) {
		return CORDON_ETOOBIG;
	}
	error = hash_bytes(w->data, w->used, hash);
	if (error != 0) {
		return error;
	}
	writer_bytes(w, hash, HASH_BYTES);
	if (w->bad) {
		return CORDON_ETOOBIG;
	}
	memcpy(end->hash, hash, HASH_BYTES);
	end->number++;
	*used = w->used;
	return 0;
}

int audit_segment_write(struct audit_end *end, const struct audit_frame *frame,
	uint8_t *out, size_t *used)
{
	struct writer w;

	writer_init(&w, out, AUDIT_FRAME_SMALL_MAX);
	write_header(&w, AUDIT_SEGMENT, end, frame->at_us);
	writer_u64(&w, end->segment);
	writer_u64(&w, end->oldest);
	writer_u16(&w, frame->keep_empty_days);
	writer_u16(&w, frame->keep_days);
	writer_u16(&w, (uint16_t)frame->node.size);
	writer_bytes(&w, frame->node.data, frame->node.size);
	writer_u16(&w, (uint16_t)frame->envelope.size);
	writer_bytes(&w, frame->envelope.data, frame->envelope.size);
	return finish(end, &w, used);
}

int audit_checkpoint_write(struct audit_end *end, int64_t at_us,
	enum audit_reason reason, const struct head_key *key, uint8_t *out,
	size_t *used, struct errmsg *msg)
{
	uint8_t data[CHECKPOINT_SIGNED_BYTES];
	struct bytes signature;
	struct arena arena;
	struct writer w;
	int error;

	arena_init(&arena, 0);
	writer_init(&w, out, AUDIT_FRAME_SMALL_MAX);
	write_header(&w, AUDIT_CHECKPOINT, end, at_us);
	writer_u64(&w, end->segment);
	writer_u64(&w, end->oldest);
	writer_u8(&w, (uint8_t)reason);
	writer_bytes(&w, key->id, KEY_ID_BYTES);
	error = audit_checkpoint_signed((struct bytes){ out, w.used }, data);
	if (error == 0) {
		error = signature_make(key->pkey, (struct bytes){ data, sizeof(data) },
			&arena, &signature, msg);
	}
	if (error == 0) {
		writer_u16(&w, (uint16_t)signature.size);
		writer_bytes(&w, signature.data, signature.size);
		error = finish(end, &w, used);
	}
	arena_finish(&arena);
	return error;
}

/* ---- dropping ---------------------------------------------------------------------
 */

/* Moves a frame down to out, without the part. */
static size_t move_frame(const struct audit_frame *frame, enum audit_class which,
	bool drop, uint8_t *out)
{
	size_t used =
		frame->type == AUDIT_GROUP ? GROUP_HASHED_BYTES : frame->whole.size;

	memmove(out, frame->whole.data, used);
	if (frame->type != AUDIT_GROUP) {
		return used;
	}
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		const struct audit_part *part = &frame->parts[i];
		size_t size = part_bytes(part);

		if (part->dropped || (drop && i == (size_t)which)) {
			out[FRAME_DROPPED_AT] |= (uint8_t)(1u << i);
			continue;
		}
		memmove(out + used, part->plain.data, size);
		used += size;
	}
	memcpy(out + used, frame->hash, HASH_BYTES);
	return used + HASH_BYTES;
}

size_t audit_drop(
	uint8_t *segment, size_t size, enum audit_class which, int64_t until_us)
{
	struct bytes left = { segment, size };
	size_t used = 0;
	struct audit_frame frame;

	while (audit_frame_read(left, &frame) == 0) {
		bool drop = frame.type == AUDIT_GROUP && frame.at_us <= until_us &&
			    frame.parts[which].entries > 0;

		left.data += frame.whole.size;
		left.size -= frame.whole.size;
		used += move_frame(&frame, which, drop, segment + used);
	}
	return used;
}
