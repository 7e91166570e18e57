/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_COPY_H
#define CORE_REPL_COPY_H

#include "daemon/core/repl/feed.h"
#include "proto/head.h"

/*
 * What a node knows of one list, kept with its rows in the same transaction.
 *
 *   EMPTY      nothing yet
 *   LOADING    first load, straight into live; nothing counts on it
 *   FOLLOWING  live is exactly what head says
 *   STAGING    as FOLLOWING, and a catch-up is collected in the stage
 *   MOVING     the stage was verified and is moved into live, slice by slice: each
 *              live row is one that the owner signed, but the set is none
 *   UNSHARED   the owner ended the sharing: no rows, only the head that says so
 *   STOPPED    evidence of two histories: live stays, nothing more of this epoch is
 *              taken; without a verified head there is nothing in it
 */
enum copy_phase {
	COPY_EMPTY = 0,
	COPY_LOADING,
	COPY_FOLLOWING,
	COPY_STAGING,
	COPY_MOVING,
	COPY_UNSHARED,
	COPY_STOPPED
};

struct list_copy {
	enum copy_phase phase;
	/* Of live.  In EMPTY and LOADING zero, or the one that ended an earlier
	 * sharing: older ones are not taken. */
	struct head head;
	struct digest digest; /* of live's rows, always */
	uint64_t live_count;  /* rows in state live, always */

	/* A read under way (LOADING, STAGING, MOVING). */
	struct epoch read_epoch;
	uint64_t base;     /* own sequence at its start, or the lowest snapshot's */
	uint64_t position; /* read up to here */
	/* The highest head of any snapshot read.  Of a first load that was STOPPED: the
	 * one that ended an earlier sharing. */
	struct head high;
	bool whole;                /* from nothing: what the stage lacks is removed */
	struct digest read_digest; /* STAGING: digest after the move */
	uint64_t read_live_count;
	uint64_t swept; /* MOVING, whole: live rows up to here were looked at; else 0 */
	/* A move was broken off, or own rows were found damaged: live is not what head
	 * says, until a whole stage has been moved in. */
	bool mixed;
	/* An epoch that the owner has given up, when it began anew what its peers still
	 * held: nothing of it is taken, or of what began after it.  Number 0: none. */
	struct epoch left;
};

/* Can lookups count on it?  FOLLOWING, STAGING, MOVING (and STOPPED). */
bool copy_answers(const struct list_copy *copy);
/* May it be served onward?  FOLLOWING and STAGING: live is what head says. */
bool copy_serves(const struct list_copy *copy);

/* LOADING, STAGING, MOVING. */
bool copy_reads(const struct list_copy *copy);
/* The newest head of anything that is held of the list, verified or not; to be told to
 * peers as what is held. */
const struct head *copy_newest(const struct list_copy *copy);
/* The epoch's number that a STOPPED list takes nothing of. */
uint64_t copy_stopped_epoch(const struct list_copy *copy);

/* By (epoch number, sequence), whatever the time: <0, 0, >0. */
int copy_head_order(const struct head *a, const struct head *b);

/* Where the next pull starts. */
struct copy_position {
	struct epoch epoch; /* number 0: from nothing */
	uint64_t after;
	uint8_t head_hash[HASH_BYTES]; /* where has_hash */
	bool has_hash;                 /* after is the verified head's sequence */
};

void copy_position(const struct list_copy *copy, struct copy_position *out);
/* Where a read starts that gives up what was read so far: the verified head, or
 * nothing. */
void copy_position_anew(const struct list_copy *copy, struct copy_position *out);

/* "following", "loading", "staging", "moving", "unshared", "stopped", "empty".
 */
const char *copy_phase_text(enum copy_phase phase);

#endif
