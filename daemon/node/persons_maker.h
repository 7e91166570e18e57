/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PERSONS_MAKER_H
#define NODE_PERSONS_MAKER_H

#include "daemon/node/node.h"

/*
 * The index of persons made anew after its rules have changed (store_persons_some): one
 * slice after the other, each a job of the writer, from the start on until it is whole.
 * Lookups of persons say meanwhile that they are not complete.  On main's thread.
 */
struct persons_maker;

/* Nothing is to be made: *maker is made all the same.  The first job is posted by the
 * event loop. */
int persons_maker_create(
	struct node *node, struct persons_maker **maker, struct errmsg *msg);
/* After the writer and the mailbox have stopped; NULL is accepted. */
void persons_maker_destroy(struct persons_maker *maker);

#endif
