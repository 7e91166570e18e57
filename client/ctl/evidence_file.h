/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_EVIDENCE_FILE_H
#define CTL_EVIDENCE_FILE_H

#include <jansson.h>

#include <cordon/client.h>
#include "proto/evidence.h"

/*
 * Proofs that an owner signed two histories, in a file for somebody who has neither a
 * node nor an account: JSON with the heads as their owner signed them (base64), and
 * what they say, for people.  Only the heads count; a file that describes them as
 * something else is no proof.
 */

#define EVIDENCE_FORMAT "cordon evidence 1"
#define EVIDENCE_FILE_BYTES_MAX (16u * 1024 * 1024)
#define EVIDENCE_PROOFS_MAX 4096

struct evidence_claim {
	const char *list; /* "KAZ/entry_ban", as the file says; so is … */
	const char *kind; /* … evidence_kind_text */
	struct bytes heads[EVIDENCE_HEADS_MAX];
	size_t count; /* 2 or 3 */
};

struct evidence_file {
	struct evidence_claim *claims;
	size_t count;
};

/* From its text, which need not end in a NUL, into arena memory.  CORDON_ESYNTAX with
 * what is wrong and where, CORDON_ENOMEM. */
int evidence_file_read(const char *text, size_t bytes, struct arena *arena,
	struct evidence_file *file, struct errmsg *msg);

/* The file's JSON; now_s: when it is made, by: the node that held them.  NULL without
 * memory, or when a head is none (msg). */
json_t *evidence_file_make(const struct cordon_evidence *evidence, const char *by,
	int64_t now_s, struct errmsg *msg);

/* What came of a claim. */
struct evidence_finding {
	bool holds;
	struct errmsg why; /* it does not */
	struct head heads[EVIDENCE_HEADS_MAX];
	struct evidence evidence; /* of heads; where they could be read */
};

/* keys: the owner's public ones. */
void evidence_judge(const struct evidence_claim *claim,
	const struct head_key *const *keys, size_t keys_count,
	struct evidence_finding *finding);

/* evidence_text.c: for people who know no protocol. */

/* One statement: its list, number, time and hash; the caller's (free). */
char *evidence_head_text(const struct head *head);
/* What the kind means, and why it proves something; a sentence or two. */
const char *evidence_explanation(enum evidence_kind kind);

#endif
