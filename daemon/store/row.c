/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/row.h"

#include <inttypes.h>

#include "daemon/store/keys.h"

#define ROW_VERSION 1
#define FLAG_NOT_UNDERSTOOD 1

int row_check(const struct entry *entry, struct errmsg *msg)
{
	if (entry->id.size == 0 || entry->id.size > CORDON_ID_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"an entry's id has %zu bytes, expected 1 to %d", entry->id.size,
			CORDON_ID_MAX);
	}
	if (entry->sequence == 0 || entry->sequence > REF_SEQUENCE_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%.*s: sequence %" PRIu64 " is not between 1 and 2^48 - 1",
			(int)entry->id.size, (const char *)entry->id.data,
			entry->sequence);
	}
	if (entry->sealed.size > RECORD_SEALED_MAX) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"%.*s: %zu sealed bytes, at most %d fit", (int)entry->id.size,
			(const char *)entry->id.data, entry->sealed.size,
			RECORD_SEALED_MAX);
	}
	if (entry->state != ENTRY_LIVE && entry->state != ENTRY_WITHDRAWN) {
		return errmsg_set(msg, CORDON_EINVAL, "%.*s: no such state: %d",
			(int)entry->id.size, (const char *)entry->id.data,
			(int)entry->state);
	}
	return 0;
}

size_t row_write(const struct row *row, uint8_t out[ROW_BYTES_MAX])
{
	const struct entry *entry = &row->entry;
	struct writer w;

	writer_init(&w, out, ROW_BYTES_MAX);
	writer_u8(&w, ROW_VERSION);
	writer_u64(&w, entry->version);
	writer_u8(&w, (uint8_t)entry->state);
	writer_u8(&w, row->not_understood ? FLAG_NOT_UNDERSTOOD : 0);
	writer_u64(&w, (uint64_t)entry->ends_at_s);
	writer_bytes(&w, entry->sealed_hash, HASH_BYTES);
	writer_u8(&w, (uint8_t)entry->id.size);
	writer_bytes(&w, entry->id.data, entry->id.size);
	writer_bytes(&w, entry->sealed.data, entry->sealed.size);
	return w.used;
}

bool row_read(struct bytes bytes, uint64_t sequence, struct row *row)
{
	struct row out = { .entry = { .sequence = sequence } };
	struct reader r;
	uint8_t version, state, flags;

	reader_init(&r, bytes.data, bytes.size);
	version = reader_u8(&r);
	out.entry.version = reader_u64(&r);
	state = reader_u8(&r);
	flags = reader_u8(&r);
	out.entry.ends_at_s = (int64_t)reader_u64(&r);
	reader_copy(&r, out.entry.sealed_hash, HASH_BYTES);
	out.entry.id = reader_bytes(&r, reader_u8(&r));
	out.entry.sealed = reader_bytes(&r, r.left);
	out.entry.state = (enum entry_state)state;
	out.not_understood = flags == FLAG_NOT_UNDERSTOOD;
	if (r.bad || version != ROW_VERSION || flags > FLAG_NOT_UNDERSTOOD ||
		out.entry.id.size == 0 || out.entry.id.size > CORDON_ID_MAX ||
		out.entry.sealed.size > RECORD_SEALED_MAX ||
		(state != ENTRY_LIVE && state != ENTRY_WITHDRAWN)) {
		return false;
	}
	*row = out;
	return true;
}
