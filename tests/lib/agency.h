/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_AGENCY_H
#define TESTS_AGENCY_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/lib/union.h"

/*
 * An agency that enters entry bans at one node, one after the other, on a thread of its
 * own, until one is not taken: MEMBER-PREFIX-00000, with passports PREFIX00000, and so
 * on.  prefix: two letters.
 */
struct agency {
	struct union_node *at;
	const char *prefix;
	pthread_t thread;
	struct cordon_client *client;
	atomic_uint acknowledged; /* the first so many */
};

void agency_begin(struct agency *agency, struct union_node *at, const char *prefix);
/* Waits until one was not taken. */
void agency_end(struct agency *agency);

/* Does the node know of its record of this number, live or withdrawn? */
bool agency_holds(const struct agency *agency, struct union_node *at, unsigned number);

#endif
