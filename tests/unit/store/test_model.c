/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "proto/digest.h"
#include "tests/unit/store/fixture.h"

/*
 * Random changes to the store and to a plain model of it, side by side: rows, digests,
 * numbers, counts of what was not understood, over commits, aborts and restarts.
 */

#define LISTS 2
#define IDS 24
#define NUMBERS 12
#define TRANSACTIONS 150

struct model_row {
	bool there;
	bool readable;
	struct entry entry; /* its bytes are in the fixture's arena */
	unsigned number;    /* of its document, unless withdrawn or unreadable */
};

struct model {
	struct model_row live[LISTS][IDS];
	struct model_row stage[LISTS][IDS];
	uint64_t sequence[LISTS];
	bool loading; /* live was cleared, and no list was put since */
};

static const struct list_id *list_of(size_t list)
{
	return list == 0 ? &kaz_documents : &rus_documents;
}

static uint64_t next_random(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static unsigned pick(uint64_t *random, unsigned count)
{
	return (unsigned)((next_random(random) >> 20) % count);
}

static const char *id_of(struct fixture *f, size_t list, unsigned id)
{
	return arena_printf(&f->arena, "%s-%u", list_of(list)->owner.code, id);
}

static const char *number_of(struct fixture *f, unsigned number)
{
	return arena_printf(&f->arena, "N77%02u", number);
}

/* A live row, a tombstone, or one that cannot be read; with the list's next sequence.
 */
static struct model_row make_row(struct fixture *f, struct model *model, size_t list,
	unsigned id, uint64_t *random)
{
	struct model_row row = { .there = true, .readable = true };
	const char *id_text = id_of(f, list, id);
	struct cordon_record record = record_of(list_of(list), id_text);
	struct cordon_document document = { .issuer = "KAZ" };
	uint64_t sequence = ++model->sequence[list];
	unsigned kind = pick(random, 8);

	row.number = NUMBERS;
	if (kind == 0) {
		row.entry = tombstone(sequence, id_text);
	} else if (kind == 1) {
		row.entry = raw_entry(sequence, id_text, "\xff unreadable");
		row.readable = false;
	} else {
		row.number = pick(random, NUMBERS);
		document.number = number_of(f, row.number);
		record.documents = &document;
		record.documents_count = 1;
		row.entry = live_entry(f, sequence, &record);
	}
	return row;
}

static void change_once(
	struct fixture *f, struct model *model, struct store_txn *txn, uint64_t *random)
{
	size_t list = pick(random, LISTS);
	unsigned id = pick(random, IDS);
	struct feed feed = feed_of(txn, list_of(list));
	struct model_row *live = &model->live[list][id];
	struct model_row *staged = &model->stage[list][id];
	struct bytes id_bytes = bytes_text(id_of(f, list, id));
	unsigned what = pick(random, 40);

	if (what < 20) {
		*live = make_row(f, model, list, id, random);
		assert_int_equal(
			feed.ops->put(feed.context, FEED_LIVE, &live->entry), 0);
	} else if (what < 30) {
		*staged = make_row(f, model, list, id, random);
		assert_int_equal(
			feed.ops->put(feed.context, FEED_STAGE, &staged->entry), 0);
	} else if (what < 35) {
		live->there = false;
		assert_int_equal(
			feed.ops->remove(feed.context, FEED_LIVE, id_bytes), 0);
	} else if (what < 39) {
		if (staged->there) {
			assert_int_equal(
				feed.ops->promote(feed.context, staged->entry.sequence),
				0);
			*live = *staged;
			staged->there = false;
		}
	} else {
		enum feed_area area = pick(random, 2) == 0 ? FEED_LIVE : FEED_STAGE;

		assert_int_equal(feed.ops->clear(feed.context, area), 0);
		memset(area == FEED_LIVE ? model->live[list] : model->stage[list], 0,
			sizeof(model->live[list]));
		model->loading = model->loading || area == FEED_LIVE;
	}
}

static void add_row(struct digest *digest, size_t list, const struct entry *entry)
{
	struct digest element;

	assert_int_equal(digest_element(list_of(list), entry, &element), 0);
	digest_add(digest, &element);
}

static void check_area(struct store_txn *txn, size_t list, enum feed_area area,
	const struct model_row rows[IDS])
{
	struct feed feed = feed_of(txn, list_of(list));
	struct digest expected, stored;
	size_t expected_count = 0, count = 0;
	uint64_t after = 0;

	memset(&expected, 0, sizeof(expected));
	memset(&stored, 0, sizeof(stored));
	for (size_t i = 0; i < IDS; i++) {
		if (rows[i].there) {
			add_row(&expected, list, &rows[i].entry);
			expected_count++;
		}
	}
	for (;;) {
		struct entry row;
		bool found;

		assert_int_equal(
			feed.ops->next(feed.context, area, after, &row, &found), 0);
		if (!found) {
			break;
		}
		assert_true(row.sequence > after);
		after = row.sequence;
		add_row(&stored, list, &row);
		count++;
	}
	assert_int_equal(count, expected_count);
	assert_memory_equal(&stored, &expected, sizeof(stored));
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *expected_ids(
	struct fixture *f, const struct model *model, unsigned number)
{
	const char *ids[LISTS * IDS];
	const char *out = "";
	size_t count = 0;

	for (size_t list = 0; list < LISTS; list++) {
		for (unsigned id = 0; id < IDS; id++) {
			const struct model_row *row = &model->live[list][id];

			if (row->there && row->number == number) {
				ids[count++] = id_of(f, list, id);
			}
		}
	}
	qsort(ids, count, sizeof(ids[0]), compare_texts);
	for (size_t i = 0; i < count; i++) {
		out = arena_printf(&f->arena, i == 0 ? "%s%s" : "%s %s", out, ids[i]);
	}
	return out;
}

static void check(struct fixture *f, const struct model *model)
{
	struct store_txn *txn = read_begin(f);

	for (size_t list = 0; list < LISTS; list++) {
		uint64_t unread = 0;

		check_area(txn, list, FEED_LIVE, model->live[list]);
		check_area(txn, list, FEED_STAGE, model->stage[list]);
		for (unsigned id = 0; id < IDS; id++) {
			const struct model_row *row = &model->live[list][id];

			unread += row->there && !row->readable;
		}
		assert_true(not_understood(f, list_of(list)) == unread);
	}
	/* nothing is found in a list before it can be answered from */
	for (unsigned number = 0; !model->loading && number < NUMBERS; number++) {
		struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT,
			.number = number_of(f, number) };

		assert_string_equal(
			find_in(f, txn, query), expected_ids(f, model, number));
	}
	store_read_end(txn);
}

static void index_some(struct store_txn *txn, uint64_t *random)
{
	bool more;

	for (size_t list = 0; list < LISTS; list++) {
		assert_int_equal(
			store_index_some(txn, list_of(list), pick(random, 4) != 0,
				1 + pick(random, 9), &more),
			0);
	}
}

static void let_answer(struct store_txn *txn)
{
	static const struct list_copy copy = { .phase = COPY_FOLLOWING };

	for (size_t list = 0; list < LISTS; list++) {
		assert_int_equal(store_list_put(txn, list_of(list), &copy), 0);
	}
}

static void the_store_does_what_a_plain_model_does(struct fixture *f, uint64_t seed)
{
	static struct model model, changed;
	uint64_t random = seed;

	memset(&model, 0, sizeof(model));
	for (size_t i = 0; i < TRANSACTIONS; i++) {
		struct store_txn *txn = write_begin(f);
		unsigned changes = 1 + pick(&random, 12);

		changed = model;
		while (changes-- > 0) {
			change_once(f, &changed, txn, &random);
		}
		if (pick(&random, 3) == 0) {
			index_some(txn, &random);
		}
		if (pick(&random, 3) == 0) {
			let_answer(txn);
			changed.loading = false;
		}
		if (pick(&random, 5) == 0) {
			store_abort(txn);
		} else {
			commit(txn);
			model = changed;
		}
		check(f, &model);
		if (pick(&random, 25) == 0) {
			fixture_reopen(f);
			check(f, &model);
		}
	}
}

static void random_changes_agree_with_the_model(void **state)
{
	struct fixture *f = *state;

	the_store_does_what_a_plain_model_does(f, UINT64_C(0x9e3779b97f4a7c15));
}

static void other_random_changes_agree_with_the_model(void **state)
{
	struct fixture *f = *state;

	the_store_does_what_a_plain_model_does(f, UINT64_C(88172645463325252));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_changes_agree_with_the_model),
		TEST(other_random_changes_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
