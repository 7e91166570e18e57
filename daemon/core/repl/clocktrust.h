/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_CLOCKTRUST_H
#define CORE_REPL_CLOCKTRUST_H

#include "daemon/core/time.h"
#include "proto/ident.h"

/*
 * Is the own clock to be trusted with what cannot be undone?  Pure.
 *
 * Other members' heads carry the time at which they were signed, every few seconds.
 *   1. One owner's live head, heard of lately and at its newest, must agree with the
 * own clock within CLOCKTRUST_AGREE_S.
 *   2. Owners whose heads are further ahead than that speak against it: a relay can
 * hold heads back, but nobody can show one that is not signed yet.  Those that agree
 * must be as many.  Heads that are behind say nothing: they may be replayed.
 *   3. When the own clock has moved otherwise than the monotonic one since the last
 * look, nothing heard before counts.
 */
#define CLOCKTRUST_AGREE_S 180
#define CLOCKTRUST_LIVE_MS 300000
#define CLOCKTRUST_JUMP_S 5
#define CLOCKTRUST_OWNERS_MAX 64

struct clocktrust {
	struct {
		struct state owner;
		int64_t time_s;  /* of its newest head */
		int64_t ahead_s; /* of the own clock, when that was heard */
		struct mono at;
		bool counts; /* heard since the last jump */
	} owners[CLOCKTRUST_OWNERS_MAX];
	size_t owners_count;
	bool begun;
	struct wall wall;
	struct mono mono; /* the last look */
};

void clocktrust_init(struct clocktrust *trust);
/* An authentic head of another owner, heard now. */
void clocktrust_head(struct clocktrust *trust, const struct state *owner,
	int64_t time_s, struct mono mono, struct wall wall);
bool clocktrust_ask(struct clocktrust *trust, struct mono mono, struct wall wall);

#endif
