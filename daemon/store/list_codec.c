/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/list_codec.h"

#include <string.h>

#define CODEC_VERSION 2 /* 1: without the epoch that was left */

/* A head with all its bases and members; see write_head. */
#define HEAD_STORED_MAX                                                                \
	(5 + 16 + 1 + HEAD_BASES_MAX * (16 + 8 + HASH_BYTES) + 3 * 8 + HASH_BYTES +    \
		1 + HEAD_MEMBERS_MAX * 3 + 1 + 2 * HASH_BYTES + 8)

_Static_assert(HEAD_STORED_MAX + 128 <= COPY_PART_MAX, "a part holds a whole head");

static void write_epoch(struct writer *w, const struct epoch *epoch)
{
	writer_u64(w, epoch->number);
	writer_u64(w, epoch->tag);
}

static struct epoch read_epoch(struct reader *r)
{
	struct epoch epoch;

	epoch.number = reader_u64(r);
	epoch.tag = reader_u64(r);
	return epoch;
}

static void write_state(struct writer *w, const struct state *state)
{
	writer_bytes(w, state->code, 3);
}

static void read_state(struct reader *r, struct state *state)
{
	reader_copy(r, state->code, 3);
}

static bool read_bool(struct reader *r)
{
	uint8_t value = reader_u8(r);

	r->bad = r->bad || value > 1;
	return value == 1;
}

/* A count in front of an array that holds max. */
static size_t read_count(struct reader *r, size_t max)
{
	size_t count = reader_u8(r);

	r->bad = r->bad || count > max;
	return r->bad ? 0 : count;
}

static void write_head(struct writer *w, const struct head *head)
{
	write_state(w, &head->list.owner);
	writer_u16(w, head->list.kind);
	write_epoch(w, &head->epoch);
	writer_u8(w, (uint8_t)head->bases_count);
	for (size_t i = 0; i < head->bases_count; i++) {
		write_epoch(w, &head->bases[i].epoch);
		writer_u64(w, head->bases[i].sequence);
		writer_bytes(w, head->bases[i].hash, HASH_BYTES);
	}
	writer_u64(w, head->sequence);
	writer_u64(w, head->floor);
	writer_u64(w, head->live_count);
	writer_bytes(w, head->digest, HASH_BYTES);
	writer_u8(w, (uint8_t)head->shared_with_count);
	for (size_t i = 0; i < head->shared_with_count; i++) {
		write_state(w, &head->shared_with[i]);
	}
	writer_u8(w, head->has_previous);
	writer_bytes(w, head->previous, HASH_BYTES);
	writer_u64(w, (uint64_t)head->time_s);
	writer_bytes(w, head->hash, HASH_BYTES);
}

static void read_head(struct reader *r, struct head *head)
{
	memset(head, 0, sizeof(*head));
	read_state(r, &head->list.owner);
	head->list.kind = reader_u16(r);
	head->epoch = read_epoch(r);
	head->bases_count = read_count(r, HEAD_BASES_MAX);
	for (size_t i = 0; i < head->bases_count; i++) {
		head->bases[i].epoch = read_epoch(r);
		head->bases[i].sequence = reader_u64(r);
		reader_copy(r, head->bases[i].hash, HASH_BYTES);
	}
	head->sequence = reader_u64(r);
	head->floor = reader_u64(r);
	head->live_count = reader_u64(r);
	reader_copy(r, head->digest, HASH_BYTES);
	head->shared_with_count = read_count(r, HEAD_MEMBERS_MAX);
	for (size_t i = 0; i < head->shared_with_count; i++) {
		read_state(r, &head->shared_with[i]);
	}
	head->has_previous = read_bool(r);
	reader_copy(r, head->previous, HASH_BYTES);
	head->time_s = (int64_t)reader_u64(r);
	reader_copy(r, head->hash, HASH_BYTES);
}

/* The version; 0: none that is known. */
static uint8_t begin(struct reader *r, struct bytes bytes)
{
	uint8_t version;

	reader_init(r, bytes.data, bytes.size);
	version = reader_u8(r);
	return version <= CODEC_VERSION ? version : 0;
}

size_t copy_write_live(const struct list_copy *copy, uint8_t out[COPY_PART_MAX])
{
	struct writer w;

	writer_init(&w, out, COPY_PART_MAX);
	writer_u8(&w, CODEC_VERSION);
	writer_u8(&w, (uint8_t)copy->phase);
	write_head(&w, &copy->head);
	writer_u64(&w, copy->live_count);
	return w.used;
}

bool copy_read_live(struct bytes bytes, struct list_copy *copy)
{
	struct reader r;
	uint8_t phase;

	if (begin(&r, bytes) == 0) {
		return false;
	}
	phase = reader_u8(&r);
	read_head(&r, &copy->head);
	copy->live_count = reader_u64(&r);
	copy->phase = (enum copy_phase)phase;
	return reader_done(&r) && phase <= COPY_STOPPED;
}

size_t copy_write_read(const struct list_copy *copy, uint8_t out[COPY_PART_MAX])
{
	struct writer w;

	writer_init(&w, out, COPY_PART_MAX);
	writer_u8(&w, CODEC_VERSION);
	write_epoch(&w, &copy->read_epoch);
	writer_u64(&w, copy->base);
	writer_u64(&w, copy->position);
	write_head(&w, &copy->high);
	writer_u8(&w, copy->whole);
	writer_u64(&w, copy->read_live_count);
	writer_u64(&w, copy->swept);
	writer_u8(&w, copy->mixed);
	write_epoch(&w, &copy->left);
	return w.used;
}

bool copy_read_read(struct bytes bytes, struct list_copy *copy)
{
	struct reader r;
	uint8_t version = begin(&r, bytes);

	if (version == 0) {
		return false;
	}
	copy->read_epoch = read_epoch(&r);
	copy->base = reader_u64(&r);
	copy->position = reader_u64(&r);
	read_head(&r, &copy->high);
	copy->whole = read_bool(&r);
	copy->read_live_count = reader_u64(&r);
	copy->swept = reader_u64(&r);
	copy->mixed = read_bool(&r);
	if (version > 1) {
		copy->left = read_epoch(&r);
	}
	return reader_done(&r);
}
