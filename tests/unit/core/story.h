/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CORE_STORY_H
#define TESTS_UNIT_CORE_STORY_H

#include "daemon/core/repl/engine.h"
#include "tests/unit/core/repl.h"

/*
 * Stories of one node, RUS, with three peers and KAZ's list.  A step is told by what it
 * asks for: "pull 1 at 5.20", "move", "ack", …, and "wake 250" for the time until it
 * wants to be woken.
 */

#define EPOCH 5
#define PEERS 3

struct story {
	struct engine *engine;
	struct mono now;
	struct list_id list;
	struct list_copy copy; /* as the store has it */
	char told[512];
};

extern struct story story;

int story_begin(bool signer);
int story_setup(void **state);
int story_teardown(void **state);

#define STORY(function)                                                                \
	cmocka_unit_test_setup_teardown(function, story_setup, story_teardown)

/* A head of story.list that names RUS. */
struct head story_head(uint64_t sequence);

/* The last step asked for exactly this. */
void story_expect(const char *expected, int line);
#define EXPECT(expected) story_expect(expected, __LINE__)

/* What happens. */
void up(size_t peer);
void down(size_t peer);
void hear(size_t peer, const struct head *head);
void holds(size_t peer, uint64_t sequence);
void refused(size_t peer);
/* It answers with what nobody signed. */
void rubbish(size_t peer);
void differs(size_t peer); /* refused: it remembers another head where we stand */
void traced(size_t peer, enum engine_trace trace);
void damaged(void); /* a scrub says so */
/* VERIFIED: the store is at story.copy. */
void repaired(size_t peer, enum apply_result result);
/* Taking an answer failed in the store. */
void failed(size_t peer, int error);
void pass(int64_t ms); /* without a step */
void tick(int64_t ms);
/* The store is at story.copy. */
void result(size_t peer, enum apply_result result, bool pull_answer);

/* Answers to a pull that bring story.copy there. */
void verified(size_t peer, uint64_t sequence);
void partial(size_t peer, enum copy_phase phase, uint64_t position);
/* Follows KAZ's list at 20 from peer 0, with an open pull. */
void follow(void);

#endif
