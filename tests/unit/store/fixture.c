/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "tests/unit/store/fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/digest.h"

#define CANDIDATES_MAX 512

const struct list_id kaz_bans = { { "KAZ" }, CORDON_KIND_ENTRY_BAN };
const struct list_id kaz_documents = { { "KAZ" }, CORDON_KIND_INVALID_DOCUMENT };
const struct list_id rus_bans = { { "RUS" }, CORDON_KIND_ENTRY_BAN };
const struct list_id rus_documents = { { "RUS" }, CORDON_KIND_INVALID_DOCUMENT };

void fixture_open(struct fixture *f)
{
	struct errmsg msg = { "" };

	if (store_open(&f->options, &f->store, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

void fixture_close(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

void fixture_reopen(struct fixture *f)
{
	fixture_close(f);
	fixture_open(f);
}

int fixture_setup(void **state)
{
	const char *directory = getenv("TMPDIR");
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s/cordon-store-XXXXXX",
		directory == NULL || strlen(directory) > 30 ? "/tmp" : directory);
	assert_non_null(mkdtemp(f->path));
	f->options = (struct store_options){
		.path = f->path,
		.map_size_bytes = 4 * MAP_SMALL,
		.readers = 8,
		.node = NODE_URI,
	};
	arena_init(&f->arena, 0);
	assert_int_equal(match_context_create(&f->match, NULL), 0);
	fixture_open(f);
	*state = f;
	return 0;
}

static int remove_entry(
	const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	match_context_destroy(f->match);
	arena_finish(&f->arena);
	nftw(f->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

struct store_txn *write_begin(struct fixture *f)
{
	struct store_txn *txn = NULL;

	assert_int_equal(store_write_begin(f->store, &txn, NULL), 0);
	return txn;
}

struct store_txn *read_begin(struct fixture *f)
{
	struct store_txn *txn = NULL;

	assert_int_equal(store_read_begin(f->store, &txn, NULL), 0);
	return txn;
}

void commit(struct store_txn *txn)
{
	struct errmsg msg = { "" };

	if (store_commit(txn, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

struct feed feed_of(struct store_txn *txn, const struct list_id *list)
{
	struct feed feed;

	assert_int_equal(store_feed(txn, list, &feed), 0);
	return feed;
}

struct cordon_record record_of(const struct list_id *list, const char *id)
{
	return (struct cordon_record){
		.id = id,
		.kind = list->kind,
		.version = 1,
		.valid_from = { 2026, 3, 1 },
		.valid_until = { 2031, 3, 1 },
		.reason = list->kind == CORDON_KIND_INVALID_DOCUMENT
				  ? CORDON_REASON_STOLEN
				  : CORDON_REASON_OVERSTAY,
	};
}

struct bytes bytes_text(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

void assert_packed(struct bytes packed, const char *expected)
{
	assert_int_equal(packed.size, strlen(expected));
	assert_memory_equal(packed.data, expected, packed.size);
}

struct head head_of(const struct list_id *list, uint64_t epoch, uint64_t sequence)
{
	struct head head = { .list = *list,
		.epoch = { epoch, epoch + 77 },
		.sequence = sequence,
		.time_s = 1780000000 };

	memset(head.hash, (int)sequence & 0xff, sizeof(head.hash));
	return head;
}

static struct entry entry_of(uint64_t sequence, const char *id, struct bytes sealed)
{
	struct entry entry = {
		.sequence = sequence,
		.id = bytes_text(id),
		.version = 1,
		.state = ENTRY_LIVE,
		.ends_at_s = 1930000000,
		.sealed = sealed,
	};

	assert_int_equal(hash_bytes(sealed.data, sealed.size, entry.sealed_hash), 0);
	return entry;
}

struct entry live_entry(
	struct fixture *f, uint64_t sequence, const struct cordon_record *record)
{
	static const uint8_t salt[RECORD_SALT_BYTES] = { 1, 2, 3 };
	struct bytes sealed;
	struct entry entry;

	assert_int_equal(record_seal(record, salt, &f->arena, &sealed), 0);
	entry = entry_of(sequence, record->id, sealed);
	entry.version = record->version;
	entry.ends_at_s = record_ends_s(record);
	return entry;
}

struct entry raw_entry(uint64_t sequence, const char *id, const char *sealed)
{
	return entry_of(sequence, id, bytes_text(sealed));
}

struct entry tombstone(uint64_t sequence, const char *id)
{
	struct entry entry = entry_of(sequence, id, bytes_text("withdrawn"));

	entry.state = ENTRY_WITHDRAWN;
	entry.version = 2;
	entry.ends_at_s = 0;
	return entry;
}

void put(struct store_txn *txn, const struct list_id *list, const struct entry *entry)
{
	struct feed feed = feed_of(txn, list);
	struct errmsg msg = { "" };

	if (feed.ops->put(feed.context, FEED_LIVE, entry) != 0) {
		store_txn_error(txn, &msg);
		fail_msg("%s", msg.text);
	}
}

void put_record(struct fixture *f, struct store_txn *txn, const struct list_id *list,
	uint64_t sequence, const struct cordon_record *record)
{
	struct entry entry = live_entry(f, sequence, record);

	put(txn, list, &entry);
}

void remove_id(struct store_txn *txn, const struct list_id *list, const char *id)
{
	struct feed feed = feed_of(txn, list);

	assert_int_equal(feed.ops->remove(feed.context, FEED_LIVE, bytes_text(id)), 0);
}

void commit_record(struct fixture *f, const struct list_id *list, uint64_t sequence,
	const struct cordon_record *record)
{
	struct store_txn *txn = write_begin(f);

	put_record(f, txn, list, sequence, record);
	commit(txn);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t find_person(
	struct store_txn *txn, const struct question *question, uint64_t *refs)
{
	static struct search_work work;
	static struct search_result found;
	struct store_persons persons;

	assert_int_equal(store_persons_open(txn, &persons), 0);
	assert_int_equal(search_person(&persons.source, &question->person, SCORE_NAME,
				 CANDIDATES_MAX, &work, &found),
		0);
	store_persons_close(&persons);
	for (size_t i = 0; i < found.count; i++) {
		refs[i] = found.found[i].ref;
	}
	return found.count;
}

const char *find_in(struct fixture *f, struct store_txn *txn, struct cordon_query query)
{
	static const struct cordon_date today = { 2026, 6, 1 };
	const char *ids[CANDIDATES_MAX];
	uint64_t refs[CANDIDATES_MAX];
	struct question question;
	const char *out = "";
	size_t count;
	bool cut;

	assert_int_equal(question_make(f->match, &query, today, &question, NULL), 0);
	assert_int_equal(
		store_candidates(txn, &question, refs, CANDIDATES_MAX, &count, &cut),
		0);
	assert_false(cut);
	if (question.has_name) {
		count += find_person(txn, &question, refs + count);
	}
	for (size_t i = 0; i < count; i++) {
		struct store_row row;

		assert_int_equal(store_row(txn, refs[i], &row), 0);
		ids[i] = arena_text(&f->arena, row.entry.id.data, row.entry.id.size);
	}
	qsort(ids, count, sizeof(ids[0]), compare_texts);
	for (size_t i = 0; i < count; i++) {
		out = arena_printf(&f->arena, i == 0 ? "%s%s" : "%s %s", out, ids[i]);
	}
	return out;
}

static const char *find(struct fixture *f, struct cordon_query query)
{
	struct store_txn *txn = read_begin(f);
	const char *ids = find_in(f, txn, query);

	store_read_end(txn);
	return ids;
}

const char *find_document(struct fixture *f, const char *number)
{
	return find(f, (struct cordon_query){
			       .type = CORDON_QUERY_DOCUMENT, .number = number });
}

const char *find_personal(struct fixture *f, const char *number, const char *issuer)
{
	return find(f, (struct cordon_query){ .type = CORDON_QUERY_PERSONAL_NUMBER,
			       .number = number,
			       .issuer = issuer });
}

const char *find_name(struct fixture *f, const char *name)
{
	return find(
		f, (struct cordon_query){ .type = CORDON_QUERY_PERSON, .name = name });
}

uint64_t not_understood(struct fixture *f, const struct list_id *list)
{
	struct store_txn *txn = read_begin(f);
	struct store_list_info *infos;
	uint64_t rows = 0;
	size_t count;

	assert_int_equal(store_list_infos(txn, &f->arena, &infos, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (ident_list_equal(&infos[i].list, list)) {
			rows = infos[i].not_understood;
		}
	}
	store_read_end(txn);
	return rows;
}
