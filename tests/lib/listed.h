/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIB_LISTED_H
#define TESTS_LIB_LISTED_H

#include "daemon/core/match/search.h"

/*
 * Listed persons in memory: an array of postings and the cards, as a source for
 * search_person.  Memory that runs out ends the program.
 */

struct listed {
	struct listed_posting *postings;
	size_t count, room;
	uint8_t *cards; /* packed, one behind the other */
	size_t cards_bytes, cards_room;
	struct listed_card *at; /* of each person */
	size_t persons, persons_room;
	bool sorted;
};

/* ref is any number that no other has.  Returns whether something was cut. */
bool listed_add(struct listed *listed, uint64_t ref, struct bytes card);
/* After the last add. */
struct posting_source listed_source(struct listed *listed);
/* Bytes of postings and cards, without the array's own. */
size_t listed_bytes(const struct listed *listed);
void listed_free(struct listed *listed);

#endif
