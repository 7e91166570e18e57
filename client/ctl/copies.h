/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_COPIES_H
#define CTL_COPIES_H

#include "client/ctl/ctl.h"

/* Who else has a change: what a submitter wants, and what is told of it. */

#define COPIES_OPTION                                                                  \
	{                                                                              \
		"copies", "local|N|all",                                               \
			"wait until so many members hold it (--timeout: how long)"     \
	}

/*
 * Reads --copies into the submission's wish; without it the node does as it is
 * configured.  The wait is --timeout's.  False after a message.
 */
bool copies_read(const struct ctl *ctl, const struct args *args,
	struct cordon_submission *submission);

/* Were copies waited for, or wanted in vain? */
bool copies_matter(const struct cordon_results *results);
/* {"wanted":…,"reached":…,"arrivals":[…]}, with "error" where they are not there; NULL
 * without memory. */
json_t *copies_json(const struct cordon_results *results);
/* " (held by BLR, RUS)" of those that have all that arrivals are about. */
void copies_print_members(FILE *out, const struct cordon_results *results);
/* On stderr: it is kept, but; and a line for each that lacks it. */
void copies_warn(const struct cordon_results *results);

/* With the list and the sequence, where it is of a submission. */
json_t *copies_arrivals_json(
	const struct cordon_arrival *arrivals, size_t arrivals_count);
/*
 * "RUS node-1: arrived 2026-11-24 12:00:01Z", "… arrived by …" where it is later
 * changes, too, that were acknowledged then, "… not yet (at sequence 41 of 43, …)".
 * epoch: in force; 0: not known.
 */
void copies_print_arrival(FILE *out, const struct cordon_arrival *arrival,
	uint64_t expected, uint64_t epoch);

#endif
