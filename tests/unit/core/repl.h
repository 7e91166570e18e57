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

int pair_setup(void **state);
int pair_teardown(void **state);

#define PAIR_TEST(function)                                                            \
	cmocka_unit_test_setup_teardown(function, pair_setup, pair_teardown)

/* The owner's list gets nine rows: two records were changed, one withdrawn. */
void pair_fill(struct owner *owner);
/* The receiver reaches the owner's head. */
void pair_follow(struct pair *pair);
/* Fills, and brings the receiver into phase, the owner having more than it.  *old, to
 * be finished, is the owner as it stood once filled. */
void pair_reach(struct pair *pair, enum copy_phase phase, struct owner *old);
/* A new epoch, alone in its transaction. */
void pair_reopen(struct owner *owner, uint64_t epoch_number);

/* Takes one chunk of at most max rows after a sequence. */
enum apply_result take(struct receiver *receiver, const struct owner *owner,
	uint64_t after, size_t max);

#endif
