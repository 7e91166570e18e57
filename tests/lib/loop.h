/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LOOP_H
#define TESTS_LOOP_H

#include <event2/event.h>

/*
 * An event loop for tests: no sleeps, what is waited for is a condition, and one
 * that never comes fails the test instead of hanging it.
 */
struct loop {
	struct event_base *base;
	struct event *guard;
	int too_late;
};

void loop_init(struct loop *loop);
void loop_finish(struct loop *loop);

/* Runs the loop until condition, an expression over what callbacks change. */
#define loop_until(loop, condition)                                                    \
	do {                                                                           \
		loop_start((loop));                                                    \
		while (!(condition)) {                                                 \
			loop_turn((loop), #condition);                                 \
		}                                                                      \
	} while (0)

/* Does what there is to do without waiting, several times over, so that
 * consequences follow too. */
void loop_settle(struct loop *loop);

/* Of loop_until. */
void loop_start(struct loop *loop);
void loop_turn(struct loop *loop, const char *condition);

#endif
