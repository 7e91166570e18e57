/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_OFAC_H
#define CTL_IMPORT_OFAC_H

#include "client/ctl/import_draft.h"

/* OFAC's list of specially designated nationals (SDN), as its CSV files have it. */

/* "TOLMAROV, Sedrik": surname, given names; without a comma the whole. */
void ofac_name(struct draft *draft, enum cordon_name_type type, const char *name);

/* What the remarks say: "DOB 03 Feb 1967; POB Sari, Iran; Passport A9002987 (Iran)".
 */
void ofac_remarks(struct draft *draft, const char *remarks);

/* A segment that tells a document or a number; false when it is none. */
bool ofac_paper(struct draft *draft, const char *segment);

/* All of an aliases file, by the number of their entry. */
struct ofac_aliases;

/* path NULL: none.  Rows out of form are refused. */
int ofac_aliases_create(struct import *import, const char *path,
	struct ofac_aliases **aliases, struct errmsg *msg);
void ofac_aliases_destroy(struct ofac_aliases *aliases);
/* Gives draft (NULL: nobody) those of an entry; they outlive it. */
void ofac_aliases_apply(
	struct ofac_aliases *aliases, uint64_t entry, struct draft *draft);
/* How many entries have aliases and were never asked for. */
size_t ofac_aliases_left(const struct ofac_aliases *aliases);

#endif
