/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <openssl/rand.h>

#include "daemon/node/brake_private.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/signing.h"

/* An administrator's word carried out, on the writer's thread, group by group. */

#define GROUP 512

struct taken {
	struct store_held *held;
	struct arena arena;
	size_t count;
	bool more;
};

static struct bytes copy_bytes(struct arena *arena, struct bytes from)
{
	return (struct bytes){ (const uint8_t *)arena_text(arena, from.data, from.size),
		from.size };
}

static bool take(void *context, const struct store_held *held)
{
	struct taken *taken = context;
	struct store_held *to;

	if (taken->count == GROUP) {
		taken->more = true;
		return false;
	}
	to = &taken->held[taken->count++];
	*to = *held;
	to->id = copy_bytes(&taken->arena, held->id);
	to->text = copy_bytes(&taken->arena, held->text);
	return true;
}

/* What was changed since is another record than the one that was to be withdrawn. */
static int still_stands(struct store_txn *txn, const struct store_held *held, bool *yes)
{
	struct store_row row;
	bool found;
	int error = store_find(
		txn, (const char *)held->id.data, held->id.size, &row, &found);

	*yes = error == 0 && found && row.entry.state == ENTRY_LIVE &&
	       row.entry.version == held->version;
	return error;
}

static int withdraw(struct brake_word *word, struct own_lists *lists,
	struct store_txn *txn, const struct store_held *held, struct errmsg *msg)
{
	struct own_item item = { .type = OWN_WITHDRAW,
		.id = held->id,
		.reason = held->reason,
		.text = held->text.size == 0 ? NULL : (const char *)held->text.data };
	struct own_result result;
	struct arena arena;
	bool stands;
	int error;

	if (still_stands(txn, held, &stands) != 0) {
		return store_txn_error(txn, msg);
	}
	if (!stands) {
		word->group_passed++;
		return 0;
	}
	if (RAND_bytes(item.salt, sizeof(item.salt)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	arena_init(&arena, 0);
	error = own_lists_change(lists, &item, &arena, &result, msg);
	arena_finish(&arena);
	if (error == 0 && result.error != 0) {
		return errmsg_set(msg, result.error, "%s", result.text.text);
	}
	word->group_withdrawn += error == 0;
	return error;
}

static int carry_out(struct brake_word *word, struct own_lists *lists,
	struct store_txn *txn, const struct taken *taken, struct errmsg *msg)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < taken->count; i++) {
		const struct store_held *held = &taken->held[i];

		if (word->release) {
			error = withdraw(word, lists, txn, held, msg);
		} else {
			word->group_dropped++;
		}
		if (error == 0 && store_held_remove(txn, held->batch, &held->list,
					  held->id) != 0) {
			error = store_txn_error(txn, msg);
		}
	}
	return error;
}

static int change(struct brake_word *word, struct store_txn *txn,
	const struct taken *taken, struct errmsg *msg)
{
	struct node *node = word->errand.service->node;
	struct own_lists *lists;
	int error;

	if (!word->release) {
		return carry_out(word, NULL, txn, taken, msg);
	}
	if (!atomic_load(&node->signs) || !atomic_load(&node->own_open)) {
		return signing_refuse(node, msg);
	}
	error = own_lists_begin(node, txn, &lists, msg);
	if (error != 0) {
		return error;
	}
	error = carry_out(word, lists, txn, taken, msg);
	if (error == 0) {
		error = own_lists_publish(lists, false, msg);
	}
	own_lists_end(lists);
	return error;
}

int brake_word_run(struct errand *errand, struct store_txn *txn, struct errmsg *msg)
{
	struct brake_word *word = (struct brake_word *)errand;
	struct taken taken = { .held = calloc(GROUP, sizeof(*taken.held)) };
	uint64_t held;
	int error;

	word->group_withdrawn = word->group_passed = word->group_dropped = 0;
	if (taken.held == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	arena_init(&taken.arena, 0);
	error = store_held_each(txn, word->batch, take, &taken);
	if (error != 0) {
		store_txn_error(txn, msg);
	} else if (taken.arena.failed) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	} else if (taken.count == 0 &&
		   word->withdrawn + word->passed + word->dropped == 0) {
		error = errmsg_set(msg, CORDON_ENOTFOUND,
			"no batch %llu is held; see cordonctl brake list",
			(unsigned long long)word->batch);
	} else {
		error = change(word, txn, &taken, msg);
	}
	errand->more = taken.more;
	if (error == 0 && store_held_count(txn, &held) == 0) {
		atomic_store(&word->errand.service->node->upkept.held, held);
	}
	arena_finish(&taken.arena);
	free(taken.held);
	return error;
}

void brake_word_committed(struct errand *errand)
{
	struct brake_word *word = (struct brake_word *)errand;

	word->withdrawn += word->group_withdrawn;
	word->passed += word->group_passed;
	word->dropped += word->group_dropped;
}
