/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARRIER_H
#define TESTS_CARRIER_H

#include "daemon/core/repl/repair.h"
#include "tests/lib/replcase.h"

/*
 * Carries a repair in memory: between a receiver, whose rows it reads, and an owner
 * that stands for the peer.  What travels is counted as the messages' bytes would be,
 * within a tenth.
 */
struct carrier {
	struct receiver *own;
	struct owner *peer;
	size_t bytes;  /* asked and answered */
	size_t rounds; /* questions */
	/* Before each step, to change the peer or the list, or to end it. */
	void (*before)(struct carrier *carrier, struct repair *repair);
	/* Answers on their way, to be falsified. */
	void (*ranges)(struct repair_told *told, size_t count);
	void (*marks)(struct repair_mark *marks, size_t *count);
	void (*entries)(struct entry *entries, size_t *count);
	enum apply_result applied; /* the last */
};

/* Until it is done or has failed: the last step. */
enum repair_step carrier_run(struct carrier *carrier, struct repair *repair);

#endif
