/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_SUBMITTER_H
#define CTL_SUBMITTER_H

#include "client/ctl/ctl.h"

/*
 * Enters records in groups, tells what became of each, and counts: what record put and
 * import share.
 */
struct submitter_counts {
	uint64_t created, changed, unchanged, refused;
	uint64_t pending;         /* wait for a second pair of eyes */
	uint64_t held;            /* withdrawals that wait for an administrator */
	uint64_t short_of_copies; /* taken, and not held by as many as wanted */
};

struct submitter;

struct submitter_options {
	bool from_public_list; /* see struct cordon_item */
	/* The wish for each group; see copies.h.  Once a wait was in vain, what follows
	 * is only looked at: a member that is away must not cost a wait a group. */
	uint32_t copies, copies_timeout_ms;
};

/* NULL: out of memory. */
struct submitter *submitter_create(
	struct ctl *ctl, const struct submitter_options *options);
void submitter_destroy(struct submitter *submitter);

/* Copies the record; line says where it stands, for reports.  EXIT_OK, or a status
 * after a message. */
int submitter_add(struct submitter *submitter, const struct cordon_record *record,
	const char *path, uint64_t line);
/* Sends what is left. */
int submitter_flush(struct submitter *submitter);

/* What is told of a line. */
struct submitter_line {
	const char *path;
	uint64_t line;
	const char *id; /* or what the list calls it; NULL: not known */
	const char *outcome, *text;
};

/* On stderr, or as JSON. */
void submitter_tell(struct submitter *submitter, const struct submitter_line *line);
/* A line that never became a record: reported and counted like one that was refused. */
void submitter_refuse(struct submitter *submitter, const char *path, uint64_t line,
	const char *reference, const char *reason);

/* What an import counts besides. */
struct submitter_besides {
	uint64_t left_out, remarks;
};

/* Prints the totals; the command's exit status, which is status unless that is
 * EXIT_OK.  besides NULL: there is no such thing. */
int submitter_end(struct submitter *submitter, int status,
	const struct submitter_besides *besides);

const struct submitter_counts *submitter_counts(const struct submitter *submitter);

#endif
