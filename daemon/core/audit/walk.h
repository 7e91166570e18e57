/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUDIT_WALK_H
#define CORE_AUDIT_WALK_H

#include "daemon/core/audit/frame.h"

/*
 * Follows a log from its oldest segment to its end and finds the first thing that is
 * not as it was written.
 *
 * 1. Every frame bears the next number and the hash of the one before, and its own
 *    hash is right; in a group, each part's, and each entry's sum.
 * 2. A checkpoint's signature is the log key's.  Between two good ones nothing was
 *    altered by anyone without the key, however much was hashed anew.
 * 3. A segment ends with a checkpoint that says so, and the next begins where it ended.
 * 4. Only parts whose time is over are missing.
 * 5. The log reaches the newest checkpoint that is known from elsewhere.
 */
enum audit_fault_kind {
	AUDIT_GOOD = 0,
	AUDIT_ALTERED,
	AUDIT_REMOVED,   /* or put in another place */
	AUDIT_TRUNCATED, /* the end is missing */
	AUDIT_FORGED,    /* hashed anew: a signature does not fit */
	AUDIT_EARLY      /* dropped before its time */
};

#define AUDIT_NO_ENTRY UINT64_MAX

struct audit_fault {
	enum audit_fault_kind kind;
	uint64_t segment;
	uint64_t frame;  /* the first that is not right, or not there */
	uint64_t from;   /* FORGED: between this frame and that */
	uint64_t entry;  /* number in the whole log; AUDIT_NO_ENTRY: not known */
	uint64_t offset; /* in the segment */
	struct errmsg text;
};

/* Each frame that was found good; non-zero ends the walk. */
typedef int audit_frame_fn(void *context, const struct audit_frame *frame);

struct audit_walk {
	/* the caller's */
	const struct head_key *key; /* NULL: signatures are not checked */
	int64_t now_us;             /* for rule 4; 0: not checked */
	struct bytes newest;        /* a CHECKPOINT frame; empty: none is known */
	audit_frame_fn *frame;      /* may be NULL */
	void *context;
	/* where it is */
	struct audit_end end;
	uint64_t first_segment;
	uint64_t signed_frame; /* the last good checkpoint */
	int64_t signed_us;
	uint64_t signed_entries;
	bool ended; /* the last segment said so */
	bool newest_seen;
	uint16_t keep_empty_days;
	size_t good_bytes; /* of the segment looked at last */
};

/* The caller's fields set, the rest zeroed. */
/*
 * The next segment.  number: by its name; last: none follows (it may lack its end, and
 * zeros may stand behind it).  0; CORDON_ECORRUPT with *fault; or what frame returned.
 */
int audit_walk_segment(struct audit_walk *walk, uint64_t number, struct bytes data,
	bool last, struct audit_fault *fault);

/* After the last one: rule 5, and that nothing is missing before the first. */
int audit_walk_finish(struct audit_walk *walk, struct audit_fault *fault);

const char *audit_fault_text(enum audit_fault_kind kind);

#endif
