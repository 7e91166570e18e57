/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_STEADY_H
#define BENCH_STEADY_H

#include <stdbool.h>

/*
 * Propagation under a steady load: one writer enters records, one at a time, at a fixed
 * rate (open loop: a late one does not put off those behind it), and for each peer a
 * reader asks from the acknowledgement on until the record is found there.  The same
 * code measures a Cordon and its peers.
 */
struct steady_ops {
	const char *name;
	/* A connection of its own: to the writer's node (where 0), or a peer (1, 2). */
	void *(*connect)(int where);
	/* Returns when it is acknowledged. */
	void (*put)(void *connection, unsigned number);
	bool (*found)(void *connection, unsigned number);
};

/* Ends the program where something fails. */
_Noreturn void steady_die(const char *what, const char *why);

/* Prints medians and 99th percentiles: of the acknowledgement, from the time that the
 * change was due, and of its arrival at the later of two peers, from the
 * acknowledgement.  Arguments: [RATE [SECONDS]], 500 and 10. */
int steady_main(const struct steady_ops *ops, int argc, char **argv);

#endif
