/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/signing.h"

#include <string.h>

#define META_NAME "signs"

/* As status tells them, and as the store keeps those that are kept. */
static const char *const texts[] = {
	[SIGNING_NEVER] = "follows",
	[SIGNING_STANDBY] = "standby",
	[SIGNING_NEW] = "opening",
	[SIGNING_YES] = "signs",
	[SIGNING_BEHIND] = "behind",
	[SIGNING_SUPERSEDED] = "superseded",
	[SIGNING_FORKED] = "forked",
};

const char *signing_text(enum signing signing)
{
	return texts[signing];
}

const char *signing_notice(enum signing signing)
{
	switch (signing) {
	case SIGNING_NEVER:
		return "following its member's signing node";
	case SIGNING_STANDBY:
		return "standing by for its member's signing node";
	case SIGNING_NEW:
	case SIGNING_YES:
		return "signing its member's lists";
	case SIGNING_BEHIND:
		return "not signing: its lists were behind its peers; \"cordonctl "
		       "recover\" is the way on";
	case SIGNING_SUPERSEDED:
		return "not signing: another node has taken over";
	case SIGNING_FORKED:
		break;
	}
	return "not signing: two histories of its lists; \"cordonctl reopen\" is the "
	       "way on";
}

int signing_refuse(struct node *node, struct errmsg *msg)
{
	const char *member = node->config->node.member.code;

	switch (signing_of(node)) {
	case SIGNING_NEVER:
		return errmsg_set(msg, CORDON_ENOTSIGNER,
			"this node does not sign the lists of %s, and has no head_key; "
			"submit at the node that does",
			member);
	case SIGNING_STANDBY:
		return errmsg_set(msg, CORDON_ENOTSIGNER,
			"this node stands by: it does not sign the lists of %s; submit "
			"at the node that does, or, when that one or the disk of this "
			"one was lost, run \"cordonctl promote\" here",
			member);
	case SIGNING_BEHIND:
		return errmsg_set(msg, CORDON_ENOTSIGNER,
			"peers hold records of %s that this node's store lacked, and "
			"it "
			"signs nothing: run \"cordonctl recover\" here",
			member);
	case SIGNING_SUPERSEDED:
		return errmsg_set(msg, CORDON_ENOTSIGNER,
			"another node has taken over the lists of %s in a later epoch; "
			"submit there (\"cordonctl aside list\" shows what only this "
			"node had)",
			member);
	case SIGNING_FORKED:
		return errmsg_set(msg, CORDON_ENOTSIGNER,
			"two histories of a list of %s are signed: stop all but one of "
			"the nodes that hold its head key, and run \"cordonctl "
			"reopen\" at that one",
			member);
	case SIGNING_NEW:
	case SIGNING_YES:
		break;
	}
	return errmsg_set(msg, CORDON_EBUSY,
		"the lists of %s are not open yet: the node asks its peers first what "
		"they hold; try again",
		member);
}

enum signing signing_of(struct node *node)
{
	return (enum signing)atomic_load(&node->signing);
}

/* Only these are kept: the others follow from the configuration. */
static bool signing_read(struct bytes value, enum signing *signing)
{
	for (enum signing r = SIGNING_YES; r <= SIGNING_FORKED; r++) {
		if (value.size == strlen(texts[r]) &&
			memcmp(value.data, texts[r], value.size) == 0) {
			*signing = r;
			return true;
		}
	}
	return false;
}

/* Is anything stored of the own lists? */
static int has_own(struct node *node, struct store_txn *txn, bool *yes)
{
	struct arena arena;
	struct list_id *lists;
	size_t count;
	int error;

	arena_init(&arena, 0);
	error = store_lists(txn, &arena, &lists, &count);
	*yes = false;
	for (size_t i = 0; error == 0 && i < count; i++) {
		*yes = *yes ||
		       ident_state_equal(&lists[i].owner, &node->config->node.member);
	}
	arena_finish(&arena);
	return error;
}

/*
 * 1. Without the key it follows, whatever it did before.
 * 2. What the store says holds, for a standby that was promoted too.
 * 3. A standby never begins by itself.
 * 4. A store with own lists, none of which this node opened, has to be told.
 */
static int find_signing(struct node *node, struct store_txn *txn, enum signing *signing)
{
	struct bytes value;
	bool found = false, own = false;
	int error;

	if (node->head_key == NULL) { /* 1 */
		*signing = SIGNING_NEVER;
		return 0;
	}
	error = store_meta_get(txn, META_NAME, &value, &found);
	if (error != 0) {
		return error;
	}
	if (found) { /* 2 */
		return signing_read(value, signing) ? 0 : CORDON_ECORRUPT;
	}
	if (node->config->standby) { /* 3 */
		*signing = SIGNING_STANDBY;
		return 0;
	}
	error = has_own(node, txn, &own);
	*signing = own ? SIGNING_BEHIND : SIGNING_NEW; /* 4 */
	return error;
}

int signing_load(struct node *node, struct errmsg *msg)
{
	enum signing signing = SIGNING_NEVER;
	struct store_txn *txn;
	int error = store_read_begin(node->store, &txn, msg);

	if (error != 0) {
		return error;
	}
	error = find_signing(node, txn, &signing);
	if (error != 0 && store_txn_error(txn, msg) == 0) {
		errmsg_set(msg, error, "the store's %s makes no sense", META_NAME);
	}
	store_read_end(txn);
	if (error == 0) {
		signing_set(node, signing);
		atomic_store(&node->own_open, false);
	}
	return error;
}

int signing_put(struct store_txn *txn, enum signing signing)
{
	struct bytes value = { (const uint8_t *)texts[signing],
		strlen(texts[signing]) };

	return store_meta_put(txn, META_NAME, value);
}

void signing_set(struct node *node, enum signing signing)
{
	bool signs = signing == SIGNING_YES;

	if (!signs) {
		atomic_store(&node->own_open, false);
	}
	atomic_store(&node->signing, (int)signing);
	atomic_store(&node->signs, signs);
}
