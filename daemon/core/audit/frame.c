/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/audit/frame.h"

#include <string.h>

#include "daemon/core/audit/frame_layout.h"
#include "proto/head_key.h"
#include "proto/signature.h"

/* Reading and checking; frame_write.c has the other way. */

static bool only_zeros(struct bytes data)
{
	for (size_t i = 0; i < data.size; i++) {
		if (data.data[i] != 0) {
			return false;
		}
	}
	return true;
}

static void read_parts(struct reader *r, unsigned dropped, struct audit_frame *frame)
{
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		struct audit_part *part = &frame->parts[i];

		part->entries = reader_u32(r);
		part->plain_bytes = reader_u32(r);
		part->secret_bytes = reader_u32(r);
		reader_copy(r, part->hash, HASH_BYTES);
		part->dropped = (dropped >> i & 1) != 0;
	}
	for (size_t i = 0; i < AUDIT_CLASSES; i++) {
		struct audit_part *part = &frame->parts[i];

		if (!part->dropped) {
			part->plain = reader_bytes(r, part->plain_bytes);
			part->secret = reader_bytes(r, part->secret_bytes);
			part->tag = reader_bytes(
				r, part->secret_bytes > 0 ? BOX_TAG_BYTES : 0);
		}
	}
}

static void read_segment(struct reader *r, struct audit_frame *frame)
{
	frame->segment = reader_u64(r);
	frame->oldest = reader_u64(r);
	frame->keep_empty_days = reader_u16(r);
	frame->keep_days = reader_u16(r);
	frame->node = reader_bytes(r, reader_u16(r));
	frame->envelope = reader_bytes(r, reader_u16(r));
}

static void read_checkpoint(struct reader *r, struct audit_frame *frame)
{
	frame->segment = reader_u64(r);
	frame->oldest = reader_u64(r);
	frame->reason = (enum audit_reason)reader_u8(r);
	frame->key_id = reader_bytes(r, KEY_ID_BYTES);
	frame->signature = reader_bytes(r, reader_u16(r));
}

static bool read_header(struct reader *r, struct audit_frame *frame, unsigned *dropped)
{
	bool good = reader_u32(r) == FRAME_MAGIC;

	frame->type = (enum audit_type)reader_u8(r);
	*dropped = reader_u8(r);
	good &= reader_u16(r) == 0 && *dropped < 1u << AUDIT_CLASSES;
	good &= *dropped == 0 || frame->type == AUDIT_GROUP;
	frame->number = reader_u64(r);
	reader_copy(r, frame->previous, HASH_BYTES);
	frame->at_us = (int64_t)reader_u64(r);
	frame->entries = reader_u64(r);
	return good;
}

int audit_frame_read(struct bytes data, struct audit_frame *frame)
{
	struct audit_frame f = { .number = 0 };
	struct reader r;
	unsigned dropped;
	bool good;

	if (data.size == 0 || (data.data[0] == 0 && only_zeros(data))) {
		return CORDON_ECLOSED;
	}
	reader_init(&r, data.data, data.size);
	good = read_header(&r, &f, &dropped);
	if (r.bad || !good) {
		return r.bad ? CORDON_ETOOBIG : CORDON_ECORRUPT;
	}
	switch (f.type) {
	case AUDIT_SEGMENT:
		read_segment(&r, &f);
		break;
	case AUDIT_GROUP:
		read_parts(&r, dropped, &f);
		break;
	case AUDIT_CHECKPOINT:
		read_checkpoint(&r, &f);
		break;
	default:
		return CORDON_ECORRUPT;
	}
	reader_copy(&r, f.hash, HASH_BYTES);
	if (r.bad) {
		return CORDON_ETOOBIG;
	}
	f.whole = (struct bytes){ data.data, data.size - r.left };
	*frame = f;
	return 0;
}

int audit_part_hash(const struct audit_part *part, uint8_t hash[HASH_BYTES])
{
	size_t size = part->plain.size + part->secret.size + part->tag.size;

	if (size == 0) {
		memset(hash, 0, HASH_BYTES);
		return 0;
	}
	return hash_bytes(part->plain.data, size, hash); /* they stand together */
}

int audit_frame_hash(const struct audit_frame *frame, uint8_t hash[HASH_BYTES])
{
	uint8_t head[AUDIT_GROUP_FIXED_BYTES];

	if (frame->type != AUDIT_GROUP) {
		return hash_bytes(
			frame->whole.data, frame->whole.size - HASH_BYTES, hash);
	}
	memcpy(head, frame->whole.data, GROUP_HASHED_BYTES);
	head[FRAME_DROPPED_AT] = 0;
	return hash_bytes(head, GROUP_HASHED_BYTES, hash);
}

/* What the signature is over: everything of the frame before it. */
int audit_checkpoint_signed(struct bytes before, uint8_t out[CHECKPOINT_SIGNED_BYTES])
{
	memcpy(out, CHECKPOINT_DOMAIN, sizeof(CHECKPOINT_DOMAIN));
	return hash_bytes(before.data, before.size, out + sizeof(CHECKPOINT_DOMAIN));
}

int audit_checkpoint_verify(
	const struct audit_frame *frame, const struct head_key *key, struct errmsg *msg)
{
	uint8_t data[CHECKPOINT_SIGNED_BYTES];
	size_t after = 2 + frame->signature.size + HASH_BYTES;
	struct bytes before = { frame->whole.data, frame->whole.size - after };
	int error = audit_checkpoint_signed(before, data);

	if (error != 0) {
		return error;
	}
	if (memcmp(key->id, frame->key_id.data, KEY_ID_BYTES) != 0) {
		return errmsg_set(
			msg, CORDON_ESIGNATURE, "it is signed by another key");
	}
	return signature_check(
		key->pkey, (struct bytes){ data, sizeof(data) }, frame->signature, msg);
}
