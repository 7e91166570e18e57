/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_OWN_LISTS_H
#define NODE_OWN_LISTS_H

#include "daemon/core/repl/own.h"
#include "daemon/node/node.h"

/*
 * The lists that this node signs, one per kind.  On the writer thread, inside a write
 * transaction: own_lists_begin, changes, own_lists_publish; then the caller commits.
 *
 * A node does not open its lists at once: peers may hold what its store has lost, and
 * another node may have taken over.  It waits until every configured peer has told its
 * heads, or OWN_LISTS_GRACE_MS have passed; when a peer holds heads of this member's
 * lists that the node does not have, it stays closed and says so (signing.h).
 * node->own_open tells.
 */
#define OWN_LISTS_GRACE_MS 3000

struct own_lists;
struct pending_change;

int own_lists_begin(struct node *node, struct store_txn *txn, struct own_lists **lists,
	struct errmsg *msg);

/* The configuration's rules for own records, as of now. */
void own_lists_policy(const struct node *node, struct record_policy *policy);

/* One item of a submission; a put is checked by the entry rules already. */
struct own_item {
	enum {
		OWN_PUT = 1,
		OWN_WITHDRAW,
		OWN_CONFIRM
	} type;
	struct cordon_record *record; /* put; review_by is filled in here */
	struct bytes id;              /* withdraw, confirm */
	uint32_t reason;              /* withdraw */
	const char *text;             /* withdraw; kept beside the record */
	struct cordon_date until;     /* confirm */
	uint8_t salt[16];             /* random */
	const char *by;               /* URI of the submitter; NULL: the node itself */
	const bool *hold; /* withdraw: by kind, which wait (brake.h); or NULL */
	uint32_t why; /* set of enum eyes: it waits (pending.h) if it changes anything
		       */
	struct bytes packed;           /* why: the SubmitItem, and by is not NULL */
	struct pending_change *change; /* why: of the whole request */
};

struct own_result {
	uint32_t outcome; /* enum cordon_outcome */
	uint64_t version;
	uint64_t sequence;
	uint16_t kind;      /* of the list; 0: refused before that was known */
	struct epoch epoch; /* that the list is in */
	/* in the arena; empty where nothing was changed, or nothing stood */
	struct bytes old_sealed, new_sealed;
	bool withdrew;      /* a record that was live until now */
	int error;          /* refused */
	struct errmsg text; /* refused; or a warning */
};

/*
 * Changes the list, or refuses in *result.  Content equal to what stands is
 * "unchanged"; withdrawing what is withdrawn is no error.  Non-zero only when the
 * transaction failed.
 */
int own_lists_change(struct own_lists *lists, const struct own_item *item,
	struct arena *arena, struct own_result *result, struct errmsg *msg);

/* Signs a head for each list that changed (all of them when idle), stores copies and
 * heads.  CORDON_ENOTSIGNER where this node must not sign (any more). */
int own_lists_publish(struct own_lists *lists, bool idle, struct errmsg *msg);

/* Frees; the transaction is the caller's. */
void own_lists_end(struct own_lists *lists);

/* Posts a job that creates what is missing, applies the configured sharing, signs, and
 * then sets node->own_open. */
void own_lists_open(struct node *node);
/* Posts a job that signs the standing heads at a new time. */
void own_lists_sign_idle(struct node *node);

#endif
