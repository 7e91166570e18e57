/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/counted.h"

#include "proto/digest.h"

/* A row of live, with the copy's digest and count kept along. */
static void put_counted(struct fixture *f, struct store_txn *txn,
	struct list_copy *copy, uint64_t sequence)
{
	/* ids come again, so that rows are replaced too */
	const char *id = arena_printf(&f->arena, "KAZ-%u", (unsigned)(sequence % 97));
	const char *number = arena_printf(&f->arena, "N%07u", (unsigned)sequence);
	struct cordon_document document = { .number = number, .issuer = "KAZ" };
	struct cordon_record record = record_of(&kaz_documents, id);
	struct feed feed = feed_of(txn, &kaz_documents);
	struct digest element;
	struct entry entry, old;
	bool found;

	record.documents = &document;
	record.documents_count = 1;
	entry = live_entry(f, sequence, &record);
	assert_int_equal(
		feed.ops->find(feed.context, FEED_LIVE, entry.id, &old, &found), 0);
	if (found) {
		assert_int_equal(digest_element(&kaz_documents, &old, &element), 0);
		digest_subtract(&copy->digest, &element);
		copy->live_count--;
	}
	assert_int_equal(digest_element(&kaz_documents, &entry, &element), 0);
	digest_add(&copy->digest, &element);
	copy->live_count++;
	copy->head.sequence = sequence;
	put(txn, &kaz_documents, &entry);
}

void counted_commit(struct fixture *f, size_t rows)
{
	struct store_txn *txn = write_begin(f);
	struct list_copy copy;
	bool found;

	assert_int_equal(store_list_get(txn, &kaz_documents, &copy, &found), 0);
	copy.phase = COPY_FOLLOWING;
	for (size_t i = 0; i < rows; i++) {
		put_counted(f, txn, &copy, copy.head.sequence + 1);
	}
	assert_int_equal(store_list_put(txn, &kaz_documents, &copy), 0);
	commit(txn);
	arena_reset(&f->arena);
}

/* The row is found by its number, and alone. */
static bool is_indexed(struct store_txn *txn, const struct entry *row)
{
	struct question question = { .has_number = true };
	struct store_row indexed;
	char number[CORDON_NUMBER_MAX + 1];
	uint64_t refs[2];
	size_t count;
	bool cut;

	snprintf(number, sizeof(number), "N%07u", (unsigned)row->sequence);
	document_skeleton(number, question.skeleton);
	return store_candidates(txn, &question, refs, 2, &count, &cut) == 0 &&
	       count == 1 && store_row(txn, refs[0], &indexed) == 0 &&
	       indexed.entry.sequence == row->sequence;
}

static bool rows_agree(
	struct store_txn *txn, const struct list_copy *copy, uint64_t *sequence)
{
	struct digest sum, element;
	struct feed feed;
	uint64_t after = 0, count = 0;

	memset(&sum, 0, sizeof(sum));
	if (store_feed(txn, &kaz_documents, &feed) != 0) {
		return false;
	}
	for (;;) {
		struct entry row;
		bool found;

		if (feed.ops->next(feed.context, FEED_LIVE, after, &row, &found) != 0) {
			return false;
		}
		if (!found) {
			break;
		}
		if (digest_element(&kaz_documents, &row, &element) != 0 ||
			!is_indexed(txn, &row)) {
			return false;
		}
		digest_add(&sum, &element);
		after = row.sequence;
		count++;
	}
	*sequence = after;
	return copy->head.sequence == after && copy->live_count == count &&
	       memcmp(&sum, &copy->digest, sizeof(sum)) == 0;
}

bool counted_whole_in(struct store_txn *txn, uint64_t *sequence)
{
	struct list_copy copy;
	bool found;

	return store_list_get(txn, &kaz_documents, &copy, &found) == 0 &&
	       rows_agree(txn, &copy, sequence);
}

bool counted_whole(struct store *store, uint64_t *sequence)
{
	struct store_txn *txn;
	bool whole;

	if (store_read_begin(store, &txn, NULL) != 0) {
		return false;
	}
	whole = counted_whole_in(txn, sequence);
	store_read_end(txn);
	return whole;
}
