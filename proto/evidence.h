/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_EVIDENCE_H
#define PROTO_EVIDENCE_H

#include "proto/head.h"

/*
 * Do heads that an owner signed contradict each other?  Pure: that each is authentic is
 * the caller's to have checked.  An owner that signs one history never makes such
 * heads, whatever it is stopped and started; whoever brings them, they prove that it
 * signed two.
 *
 * No proof, and never taken for one: the same head at a later time; heads of different
 * epochs, of which the later may take over below what the earlier one still signed
 * elsewhere; heads between which others are not known.
 */

enum evidence_kind {
	EVIDENCE_NONE = 0,
	/* One epoch number with two tags. */
	EVIDENCE_TAGS,
	/* One epoch and sequence with two contents. */
	EVIDENCE_CONTENTS,
	/* Two heads of one epoch that follow the same head, or both nothing. */
	EVIDENCE_PREVIOUS,
	/* A head of the same epoch between another and the one that this follows (which
	 * is the third head; a list's first follows none, and two are enough). */
	EVIDENCE_BETWEEN
};

#define EVIDENCE_HEADS_MAX 3

struct evidence {
	enum evidence_kind kind;
	const struct head *heads[EVIDENCE_HEADS_MAX]; /* by sequence, then hash */
	size_t count;                                 /* 2 or 3; 0: none */
};

/*
 * The first contradiction among heads, in whatever order they come; those of other
 * lists than the first one's are left out.  The proof borrows them.  EVIDENCE_NONE
 * empties *out.  Takes time that grows with the square of count.
 */
enum evidence_kind evidence_find(
	const struct head *const *heads, size_t count, struct evidence *out);

/* "two_tags", "two_contents", "two_successors", "between"; "none". */
const char *evidence_kind_text(enum evidence_kind kind);

#endif
