/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/replcase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/head_content.h"

#define ENDS_S 2000000000

void replcase_sign(struct head *head)
{
	const char *fault = head_content_fault(head);
	struct bytes packed;
	struct arena arena;

	if (fault != NULL) {
		fprintf(stderr, "an owner would sign that %s\n", fault);
		abort();
	}
	arena_init(&arena, 0);
	if (head_content_pack(head, &arena, &packed) != 0 ||
		hash_bytes(packed.data, packed.size, head->hash) != 0) {
		abort();
	}
	arena_finish(&arena);
}

static void check(int error)
{
	if (error != 0) {
		fprintf(stderr, "owner: %s\n", cordon_error_text(error));
		abort();
	}
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

/* ---- owner
 * ---------------------------------------------------------------------------- */

void owner_init(struct owner *owner, const char *member, const char *shared)
{
	struct list_id list = { .kind = CORDON_KIND_ENTRY_BAN };

	memset(owner, 0, sizeof(*owner));
	ident_state_set(&list.owner, member, strlen(member));
	memfeed_feed(&owner->rows, &list, &owner->feed);
	owner->time_s = 1700000000;
	own_create(&owner->copy, &list, (struct epoch){ 5, 55 });
	owner_begin(owner);
	owner_share(owner, shared);
	owner_publish(owner);
}

void owner_finish(struct owner *owner)
{
	memfeed_finish(&owner->rows);
}

void owner_copy(struct owner *to, const struct owner *from)
{
	*to = *from;
	memfeed_copy(&to->rows, &from->rows);
	memfeed_feed(&to->rows, &from->feed.list, &to->feed);
}

void owner_begin(struct owner *owner)
{
	own_begin(&owner->change, &owner->copy, &owner->feed);
}

static void put(
	struct owner *owner, const char *id, enum entry_state state, const char *sealed)
{
	struct entry old = { .version = 0 }, row = { .state = state };
	bool found;

	check(owner->feed.ops->find(
		owner->feed.context, FEED_LIVE, text_bytes(id), &old, &found));
	row.id = text_bytes(id);
	row.version = (found ? old.version : 0) + 1;
	row.ends_at_s = state == ENTRY_LIVE ? ENDS_S : 0;
	row.sealed = text_bytes(sealed);
	check(hash_bytes(row.sealed.data, row.sealed.size, row.sealed_hash));
	check(own_put(&owner->change, &row));
}

void owner_put(struct owner *owner, const char *id, const char *sealed)
{
	put(owner, id, ENTRY_LIVE, sealed);
}

void owner_withdraw(struct owner *owner, const char *id)
{
	put(owner, id, ENTRY_WITHDRAWN, "withdrawn");
}

void owner_share(struct owner *owner, const char *shared)
{
	struct state members[HEAD_MEMBERS_MAX];
	size_t count = 0;

	for (; strlen(shared) >= 3; shared += shared[3] == ' ' ? 4 : 3) {
		ident_state_set(&members[count++], shared, 3);
	}
	own_share(&owner->change, members, count);
}

void owner_floor(struct owner *owner, uint64_t floor)
{
	check(own_raise_floor(&owner->change, floor));
}

void owner_reopen(struct owner *owner, uint64_t epoch_number)
{
	check(own_reopen(
		&owner->change, (struct epoch){ epoch_number, 11 * epoch_number }));
}

void owner_publish(struct owner *owner)
{
	struct head *next;

	check(own_publish(&owner->change, ++owner->time_s, &next));
	replcase_sign(next);
	own_signed(&owner->change);
}

void owner_add(struct owner *owner, unsigned first, unsigned count)
{
	owner_begin(owner);
	for (unsigned i = first; i < first + count; i++) {
		char id[CORDON_ID_MAX + 1];

		snprintf(id, sizeof(id), "%s-%u", owner->feed.list.owner.code, i);
		owner_put(owner, id, "first");
	}
	owner_publish(owner);
}

void owner_change(struct owner *owner, const char *id, const char *sealed)
{
	owner_begin(owner);
	owner_put(owner, id, sealed);
	owner_publish(owner);
}

void owner_drop(struct owner *owner, const char *id)
{
	owner_begin(owner);
	owner_withdraw(owner, id);
	owner_publish(owner);
}

/* ---- parcel
 * -------------------------------------------------------------------------- */

void parcel_init(
	struct parcel *parcel, const struct owner *owner, uint64_t after, size_t max)
{
	const struct memfeed_area *live = &owner->rows.areas[FEED_LIVE];
	struct chunk *chunk = &parcel->chunk;
	size_t i = 0;

	memset(parcel, 0, sizeof(*parcel));
	memfeed_copy(&parcel->rows, &owner->rows);
	parcel->head = owner->copy.head;
	chunk->head = &parcel->head;
	chunk->after = chunk->up_to = after;
	chunk->entries = parcel->entries;
	while (i < live->count && live->rows[i]->entry.sequence <= after) {
		i++;
	}
	for (; i < live->count && chunk->entries_count < max; i++) {
		assert_true(chunk->entries_count < PARCEL_MAX);
		parcel->entries[chunk->entries_count++] = live->rows[i]->entry;
		chunk->up_to = live->rows[i]->entry.sequence;
	}
	if (i == live->count) {
		chunk->up_to = parcel->head.sequence;
	}
}

void parcel_finish(struct parcel *parcel)
{
	memfeed_finish(&parcel->rows);
}

/* ---- receiver
 * --------------------------------------------------------------------------- */

void receiver_init(
	struct receiver *receiver, const char *member, const struct owner *owner)
{
	memset(receiver, 0, sizeof(*receiver));
	ident_state_set(&receiver->member, member, strlen(member));
	memfeed_feed(&receiver->rows, &owner->feed.list, &receiver->feed);
}

void receiver_finish(struct receiver *receiver)
{
	memfeed_finish(&receiver->rows);
}

struct work {
	const struct chunk *chunk;
	const struct head *head;
	const struct patch *patch;
	size_t entries_max;
};

/* With the sum of its elements made ahead for every second one: no result may depend on
 * it. */
static enum apply_result apply_one(struct receiver *receiver, const struct chunk *chunk,
	const struct apply_context *context)
{
	struct chunk summed = *chunk;
	struct digest sum;

	if (receiver->chunks++ % 2 == 1 &&
		digest_sum(&receiver->feed.list, chunk->entries, chunk->entries_count,
			&sum) == 0) {
		summed.sum = &sum;
	}
	return apply_chunk(
		&receiver->copy, &receiver->feed, &summed, context, &receiver->error);
}

static enum apply_result apply(struct receiver *receiver, const struct work *work)
{
	struct list_copy *copy = &receiver->copy;
	const struct feed *feed = &receiver->feed;
	struct apply_context context = receiver->context;

	context.member = receiver->member;
	if (work->chunk != NULL) {
		return apply_one(receiver, work->chunk, &context);
	}
	if (work->head != NULL) {
		return apply_head(
			copy, feed, work->head, &receiver->member, &receiver->error);
	}
	if (work->patch != NULL) {
		return apply_patch(copy, feed, work->patch, &context, &receiver->error);
	}
	return apply_move(copy, feed, work->entries_max, &receiver->error);
}

static const struct head *head_of(const struct work *work)
{
	return work->chunk != NULL   ? work->chunk->head
	       : work->patch != NULL ? work->patch->head
				     : work->head;
}

static enum apply_result run(struct receiver *receiver, const struct work *work)
{
	struct list_copy before = receiver->copy;
	enum apply_result result;
	struct memfeed snapshot;

	memfeed_copy(&snapshot, &receiver->rows);
	receiver->error = 0;
	result = apply(receiver, work);
	if (result == APPLY_ERROR) {
		assert_int_not_equal(receiver->error, 0);
	} else {
		assert_int_equal(receiver->error, 0);
	}
	if (result == APPLY_STALE || result == APPLY_UNSURE ||
		result == APPLY_STRANGE || result == APPLY_BROKEN ||
		result == APPLY_FORK) {
		assert_true(memfeed_equal(&snapshot, &receiver->rows, FEED_LIVE));
		assert_true(memfeed_equal(&snapshot, &receiver->rows, FEED_STAGE));
		assert_memory_equal(&before, &receiver->copy, sizeof(before));
	}
	if (apply_failed(result)) {
		memfeed_restore(&receiver->rows, &snapshot);
		receiver->copy = before;
	}
	if (result == APPLY_MISMATCH && work->patch == NULL) {
		receiver->again =
			apply_again(&receiver->copy, &receiver->feed, &receiver->error);
	} else if (result == APPLY_FORK) {
		receiver->again = apply_stop(&receiver->copy, &receiver->feed,
			&head_of(work)->epoch, &receiver->error);
	}
	memfeed_finish(&snapshot);
	return result;
}

enum apply_result receiver_take(struct receiver *receiver, struct parcel *parcel)
{
	return run(receiver, &(struct work){ .chunk = &parcel->chunk });
}

enum apply_result receiver_hear(struct receiver *receiver, const struct head *head)
{
	return run(receiver, &(struct work){ .head = head });
}

enum apply_result receiver_move(struct receiver *receiver, size_t entries_max)
{
	return run(receiver, &(struct work){ .entries_max = entries_max });
}

enum apply_result receiver_patch(struct receiver *receiver, const struct patch *patch)
{
	return run(receiver, &(struct work){ .patch = patch });
}

enum apply_result receiver_pull(
	struct receiver *receiver, const struct owner *owner, size_t max)
{
	struct copy_position position;
	enum apply_result result;
	struct parcel parcel;
	uint64_t from;

	copy_position(&receiver->copy, &position);
	if (serve_decide(&owner->copy, &position, &receiver->member, &from) !=
		SERVE_ROWS) {
		return APPLY_STALE;
	}
	parcel_init(&parcel, owner, from, max);
	result = receiver_take(receiver, &parcel);
	parcel_finish(&parcel);
	return result;
}

void receiver_follow(struct receiver *receiver, const struct owner *owner, size_t max)
{
	size_t turns = 0;

	while (!receiver_equals(receiver, owner)) {
		enum apply_result result =
			receiver->copy.phase == COPY_MOVING
				? receiver_move(receiver, max)
				: receiver_pull(receiver, owner, max);

		assert_false(apply_failed(result));
		assert_int_not_equal(result, APPLY_STALE);
		assert_true(++turns < 1000);
	}
}

bool receiver_equals(const struct receiver *receiver, const struct owner *owner)
{
	const struct list_copy *copy = &receiver->copy;

	return copy->phase == COPY_FOLLOWING &&
	       epoch_equal(&copy->head.epoch, &owner->copy.head.epoch) &&
	       copy->head.sequence == owner->copy.head.sequence &&
	       memcmp(copy->head.hash, owner->copy.head.hash, HASH_BYTES) == 0 &&
	       memfeed_equal(&receiver->rows, &owner->rows, FEED_LIVE) &&
	       receiver->rows.areas[FEED_STAGE].count == 0 &&
	       copy->live_count == owner->copy.live_count &&
	       memcmp(&copy->digest, &owner->copy.digest, sizeof(copy->digest)) == 0;
}
