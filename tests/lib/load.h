/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LOAD_H
#define TESTS_LOAD_H

#include <event2/event.h>

#include "tests/lib/union.h"

/*
 * Clients that enter, change and withdraw entry bans at the nodes of a union while
 * things happen to it, and a ledger of what they were told.  A request that got no
 * answer is sent again until it gets one: until then each of its records may stand as
 * before or after it.  Some items are such as a node must refuse.
 *
 * load_check compares the ledger with what a node holds.  The same seed makes the same
 * requests, in the order in which the answers allow them.
 */
struct load;

struct load_options {
	uint64_t seed;
	unsigned records;   /* of each owner; a multiple of batch */
	unsigned batch;     /* items in a request, at most CORDON_SUBMIT_MAX */
	unsigned in_flight; /* requests of each owner */
	unsigned pause_ms;  /* before the next one; 0: none */
};

struct load *load_create(struct testunion *u, struct union_node *const *owners,
	size_t owners_count, const struct load_options *options);
void load_destroy(struct load *load);

/* For timers of the test that break the nodes meanwhile; they run inside load_run. */
struct event_base *load_base(struct load *load);

/*
 * Until changes (of all owners, and since load_create) are acknowledged and, when over
 * is given, it says so; then no more requests are made and those under way are waited
 * for.
 */
void load_run(struct load *load, uint64_t changes, bool (*over)(void *context),
	void *context);
/* Called inside load_run: it returns at once; requests under way stay so until the next
 * load_run, and their records may stand as before or after them. */
void load_pause(struct load *load);

/* Acknowledged so far. */
uint64_t load_acknowledged(const struct load *load);
/* Answers that said no, as they should have. */
uint64_t load_refused(const struct load *load);
/* Requests that got no answer and were sent again. */
uint64_t load_repeated(const struct load *load);

/* Fails unless node holds of each owner just what its clients were told. */
void load_check(struct load *load, struct union_node *node);

/* The seed of the environment's CORDON_TEST_SEED, or a fresh one; prints it. */
uint64_t load_seed(void);

#endif
