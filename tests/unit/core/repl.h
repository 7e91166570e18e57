/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CORE_REPL_H
#define TESTS_UNIT_CORE_REPL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/replcase.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ALL SIZE_MAX

/* KAZ's entry bans, shared with BLR and RUS, and BLR's copy of it. */
struct pair {
	struct owner owner;
	struct receiver receiver;
};

static inline int pair_setup(void **state)
{
	static struct pair pair;

	owner_init(&pair.owner, "KAZ", "BLR RUS");
	receiver_init(&pair.receiver, "BLR", &pair.owner);
	*state = &pair;
	return 0;
}

static inline int pair_teardown(void **state)
{
	struct pair *pair = *state;

	receiver_finish(&pair->receiver);
	owner_finish(&pair->owner);
	return 0;
}

#define PAIR_TEST(function)                                                            \
	cmocka_unit_test_setup_teardown(function, pair_setup, pair_teardown)

/* Takes one chunk of at most max rows after a sequence. */
static inline enum apply_result take(struct receiver *receiver,
	const struct owner *owner, uint64_t after, size_t max)
{
	struct parcel parcel;
	enum apply_result result;

	parcel_init(&parcel, owner, after, max);
	result = receiver_take(receiver, &parcel);
	parcel_finish(&parcel);
	return result;
}

#endif
