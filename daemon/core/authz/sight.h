/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUTHZ_SIGHT_H
#define CORE_AUTHZ_SIGHT_H

#include <cordon/record.h>
#include "proto/eyes.h"

/*
 * What of a record is to be seen: by a second pair of eyes before it is entered, and by
 * a checkpoint that decides.  Pure.
 */

/* What in the record demands a second pair of eyes: a set of enum eyes.  A range is
 * wide when it spans more than range_max numbers. */
uint32_t sight_demands(const struct cordon_record *record, uint64_t range_max);

/*
 * What a checkpoint decides by.  Kept: which record it is and when it is in force,
 * reason, actions, scope, contact, note and warning; of the subject what an officer
 * compares with the person in front of them (names, birth, sex, nationalities) and what
 * is to be known of them (markers); the documents of a record that is about documents.
 * Left out: the decision's papers, source and links, review date, the person's
 * documents and personal numbers (the node has compared them), orders and removals,
 * exceptions and distinguished persons (the node has judged by them; those are other
 * people), and any internal note.
 *
 * *person is *reduced's person, where it has one; all else is borrowed from record.
 */
void sight_reduce(const struct cordon_record *record, struct cordon_record *reduced,
	struct cordon_person *person);

#endif
