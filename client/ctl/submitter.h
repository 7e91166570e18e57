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
};

struct submitter;

/* from_public_list: see struct cordon_item.  NULL: out of memory. */
struct submitter *submitter_create(struct ctl *ctl, bool from_public_list);
void submitter_destroy(struct submitter *submitter);

/* Copies the record; line says where it stands, for reports.  EXIT_OK, or a status
 * after a message. */
int submitter_add(struct submitter *submitter, const struct cordon_record *record,
	const char *path, uint64_t line);
/* Sends what is left. */
int submitter_flush(struct submitter *submitter);

/* A line that never became a record: reported and counted like one that was refused. */
void submitter_refuse(struct submitter *submitter, const char *path, uint64_t line,
	const char *reference, const char *reason);

const struct submitter_counts *submitter_counts(const struct submitter *submitter);

#endif
