/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/match/speed_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/store/deferred_keys.h"

#define KEYS_AT_A_TIME 6000000
#define ROWS_PER_COMMIT 500000
#define MAP_BYTES ((uint64_t)64 << 30)

struct speed_list {
	struct store *store;
	struct store_txn *txn;
	struct match_context *context;
	struct deferred_keys keys;
	struct arena arena;
	uint64_t names;
};

void speed_need(int error, const char *what)
{
	if (error != 0) {
		fprintf(stderr, "%s: %s\n", what, cordon_error_text(error));
		exit(1);
	}
}

static void need_msg(int error, const struct errmsg *msg)
{
	if (error != 0) {
		fprintf(stderr, "%s\n", msg->text);
		exit(1);
	}
}

struct speed_list *speed_list_create(
	const char *directory, struct match_context *context)
{
	struct store_options options = { .path = directory,
		.map_size_bytes = MAP_BYTES,
		.readers = 4,
		.node = "cordon://UTO/node/bench" };
	struct speed_list *list = calloc(1, sizeof(*list));
	struct errmsg msg;

	speed_need(list == NULL ? CORDON_ENOMEM : 0, "the list");
	list->context = context;
	arena_init(&list->arena, 0);
	need_msg(store_open(&options, &list->store, &msg), &msg);
	need_msg(store_write_begin(list->store, &list->txn, &msg), &msg);
	return list;
}

static void fill(struct speed_list *list)
{
	struct db_filler filler;
	bool found = true;

	speed_need(db_filler_open(&filler, list->txn, TABLE_POSTINGS), "fill");
	while (found) {
		struct deferred_entry entry;
		struct deferred_key key;
		bool changed;

		speed_need(deferred_keys_next(&list->keys, &key, &found), "sort");
		if (found) {
			deferred_key_read(&key, &entry);
			speed_need(db_filler_add(&filler, key_bytes(&entry.key),
					   (struct bytes){
						   entry.value, entry.value_bytes },
					   &changed),
				"fill");
		}
	}
	db_filler_close(&filler);
}

void speed_list_add(
	struct speed_list *list, uint64_t ref, const struct cordon_person *person)
{
	struct cordon_record record = { .kind = CORDON_KIND_ENTRY_BAN,
		.person = (struct cordon_person *)person };
	struct index_person index = { .count = 0 };
	struct errmsg msg;
	bool cut = false;

	arena_reset(&list->arena);
	speed_need(persons_derive(list->context, &record, &list->arena, &index, &cut),
		"derive");
	speed_need(persons_put_card(list->txn, ref, &index), "card");
	for (size_t i = 0; i < index.count; i++) {
		speed_need(
			deferred_keys_add_posting(&list->keys, &index.postings[i], ref),
			"keep");
	}
	list->names++;
	if (list->keys.count > KEYS_AT_A_TIME) {
		fill(list);
	}
	if (ref % ROWS_PER_COMMIT == 0) {
		need_msg(store_commit(list->txn, &msg), &msg);
		need_msg(store_write_begin(list->store, &list->txn, &msg), &msg);
	}
}

static void print_size(struct speed_list *list)
{
	static const enum table tables[] = { TABLE_POSTINGS, TABLE_CARDS };
	struct errmsg msg;

	need_msg(store_read_begin(list->store, &list->txn, &msg), &msg);
	for (size_t i = 0; i < 2; i++) {
		size_t pages;
		MDB_stat stat;

		speed_need(mdb_stat(list->txn->mdb, list->txn->env->tables[tables[i]],
				   &stat) != 0,
			"stat");
		pages = stat.ms_branch_pages + stat.ms_leaf_pages +
			stat.ms_overflow_pages;
		printf("%s: %zu entries, %zu pages of its own\n",
			db_table_name(tables[i]), (size_t)stat.ms_entries, pages);
	}
	store_read_end(list->txn);
	printf("file: %.1f bytes a name\n",
		(double)store_used_bytes(list->store) / (double)list->names);
}

void speed_list_finish(struct speed_list *list)
{
	struct errmsg msg;

	fill(list);
	need_msg(store_commit(list->txn, &msg), &msg);
	deferred_keys_finish(&list->keys);
	print_size(list);
}

struct store *speed_list_store(struct speed_list *list)
{
	return list->store;
}

void speed_list_destroy(struct speed_list *list)
{
	store_close(list->store);
	arena_finish(&list->arena);
	free(list);
}
