/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/journal.h"

#include <string.h>

#define ENTRY_BYTES 10 /* before key and value */

bool journal_note(struct buffer *own, const struct journal_entry *entry)
{
	size_t size = ENTRY_BYTES + entry->key.size + entry->value.size;
	uint8_t *room = buffer_reserve(own, size);
	struct writer w;

	if (room == NULL) {
		return false;
	}
	writer_init(&w, room, size);
	writer_u8(&w, (uint8_t)entry->op);
	writer_u8(&w, (uint8_t)entry->table);
	writer_u32(&w, (uint32_t)entry->key.size);
	writer_u32(&w, (uint32_t)entry->value.size);
	writer_bytes(&w, entry->key.data, entry->key.size);
	writer_bytes(&w, entry->value.data, entry->value.size);
	buffer_commit(own, w.used);
	return !w.bad;
}

bool journal_next(struct reader *data, struct journal_entry *entry)
{
	uint32_t key_bytes, value_bytes;

	if (data->left == 0) {
		return false;
	}
	entry->op = (enum journal_op)reader_u8(data);
	entry->table = (enum table)reader_u8(data);
	key_bytes = reader_u32(data);
	value_bytes = reader_u32(data);
	entry->key = reader_bytes(data, key_bytes);
	entry->value = reader_bytes(data, value_bytes);
	return !data->bad;
}

void journal_set(struct journal *journal, bool on)
{
	pthread_mutex_lock(&journal->lock);
	buffer_finish(&journal->waiting);
	journal->on = on;
	journal->failed = false;
	pthread_mutex_unlock(&journal->lock);
}

bool journal_is_on(struct journal *journal)
{
	bool on;

	pthread_mutex_lock(&journal->lock);
	on = journal->on;
	pthread_mutex_unlock(&journal->lock);
	return on;
}

static bool append(struct journal *journal, const struct buffer *own)
{
	size_t size = buffer_bytes(own);
	uint8_t *room;

	if (buffer_bytes(&journal->waiting) + size > JOURNAL_BYTES_MAX) {
		return false;
	}
	room = buffer_reserve(&journal->waiting, size);
	if (room == NULL) {
		return false;
	}
	memcpy(room, buffer_data(own), size);
	buffer_commit(&journal->waiting, size);
	return true;
}

void journal_commit(struct journal *journal, struct buffer *own, bool whole)
{
	pthread_mutex_lock(&journal->lock);
	if (journal->on && !journal->failed && buffer_bytes(own) > 0) {
		journal->failed = !whole || !append(journal, own);
	} else if (journal->on && !whole) {
		journal->failed = true;
	}
	if (journal->failed) {
		buffer_finish(&journal->waiting);
	}
	pthread_mutex_unlock(&journal->lock);
}

bool journal_take(struct journal *journal, struct buffer *out)
{
	bool whole;

	pthread_mutex_lock(&journal->lock);
	whole = !journal->failed;
	*out = journal->waiting;
	memset(&journal->waiting, 0, sizeof(journal->waiting));
	pthread_mutex_unlock(&journal->lock);
	return whole;
}
