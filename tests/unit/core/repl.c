/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/repl.h"

int pair_setup(void **state)
{
	static struct pair pair;

	owner_init(&pair.owner, "KAZ", "BLR RUS");
	receiver_init(&pair.receiver, "BLR", &pair.owner);
	*state = &pair;
	return 0;
}

int pair_teardown(void **state)
{
	struct pair *pair = *state;

	receiver_finish(&pair->receiver);
	owner_finish(&pair->owner);
	return 0;
}

enum apply_result take(struct receiver *receiver, const struct owner *owner,
	uint64_t after, size_t max)
{
	struct parcel parcel;
	enum apply_result result;

	parcel_init(&parcel, owner, after, max);
	result = receiver_take(receiver, &parcel);
	parcel_finish(&parcel);
	return result;
}

void pair_fill(struct owner *owner)
{
	owner_add(owner, 1, 9);
	owner_change(owner, "KAZ-2", "second");
	owner_change(owner, "KAZ-5", "second");
	owner_drop(owner, "KAZ-7");
}

void pair_follow(struct pair *pair)
{
	receiver_follow(&pair->receiver, &pair->owner, ALL);
}

void pair_reach(struct pair *pair, enum copy_phase phase, struct owner *old)
{
	struct owner *owner = &pair->owner;
	struct receiver *receiver = &pair->receiver;

	pair_fill(owner);
	owner_copy(old, owner);
	switch (phase) {
	case COPY_EMPTY:
		break;
	case COPY_LOADING:
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_PARTIAL);
		break;
	case COPY_UNSHARED:
		pair_follow(pair);
		owner_begin(owner);
		owner_share(owner, "RUS");
		owner_publish(owner);
		assert_int_equal(
			receiver_hear(receiver, &owner->copy.head), APPLY_UNSHARED);
		owner_begin(owner);
		owner_share(owner, "BLR RUS");
		owner_publish(owner);
		break;
	default:
		pair_follow(pair);
		break;
	}
	owner_add(owner, 20, 4);
	if (phase == COPY_STAGING || phase == COPY_MOVING) {
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_PARTIAL);
	}
	if (phase == COPY_MOVING) {
		assert_int_equal(receiver_pull(receiver, owner, 2), APPLY_MOVE);
		owner_add(owner, 30, 2);
	}
	if (phase == COPY_STOPPED) {
		receiver->copy.phase = COPY_STOPPED;
	}
	assert_int_equal(receiver->copy.phase, phase);
}

void pair_reopen(struct owner *owner, uint64_t epoch_number)
{
	owner_begin(owner);
	owner_reopen(owner, epoch_number);
	owner_publish(owner);
}
