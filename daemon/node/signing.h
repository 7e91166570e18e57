/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SIGNING_H
#define NODE_SIGNING_H

#include "daemon/node/node.h"

/*
 * Who signs.  One node of a member signs its lists, and only in epochs that it opened
 * itself.  The role is kept in the store, changed in the same transaction as the lists
 * are: a takeover opens the epochs and begins to sign in one, and a signer that must
 * give way stops in the one that keeps its changes aside.
 */
enum signing {
	SIGNING_NEVER = 0, /* has no head key */
	SIGNING_STANDBY,   /* has it, and waits for "cordonctl promote" */
	SIGNING_NEW, /* nothing in the store: opens its lists if no peer has any */
	SIGNING_YES,
	SIGNING_BEHIND,     /* peers hold more of the own lists than the store */
	SIGNING_SUPERSEDED, /* another node has opened a later epoch */
	SIGNING_FORKED      /* two histories of an own list are signed */
};

/* What the store says, and the configuration where it says nothing.  At start, before
 * the writer. */
int signing_load(struct node *node, struct errmsg *msg);
/* Inside the transaction that makes it so; CORDON_E… sticky. */
int signing_put(struct store_txn *txn, enum signing signing);
/* After its commit: node->signing, signs and own_open follow.  The writer's. */
void signing_set(struct node *node, enum signing signing);

enum signing signing_of(struct node *node);

/* "signs", "standby", "behind" …, for status. */
const char *signing_text(enum signing signing);
/* What the node says of itself at its start. */
const char *signing_notice(enum signing signing);
/* Why nothing can be entered at a node whose lists are not open, and what to do:
 * CORDON_ENOTSIGNER, or CORDON_EBUSY where waiting helps. */
int signing_refuse(struct node *node, struct errmsg *msg);

#endif
