/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SERVED_H
#define NODE_SERVED_H

#include "daemon/core/repl/copy.h"
#include "daemon/node/session.h"

/*
 * What the handlers of replication share: which lists an asker may have, and parts of
 * their answers.  Messages made here borrow from the read transaction and the arena.
 */

/* One list as it is passed on, out of one read transaction. */
struct served {
	struct list_id list;
	struct list_copy copy;
	struct bytes packed; /* its signed head */
};

/*
 * May member's nodes have the list now?  In order:
 *   1. It is not known here, or its head does not name member, or one that was read of
 *      meanwhile does not: CORDON_ENOTSHARED, in the same words, so that nobody learns
 *      whether it exists.
 *   2. It is not passed on now (copy_serves), or what is stored does not agree with the
 *      signed head: CORDON_EUNVERIFIED.
 */
int served_open(struct store_txn *txn, const struct state *member,
	const struct list_id *list, struct served *served, struct errmsg *msg);

/* As 1 above, of a copy that is known. */
bool served_shared(const struct list_copy *copy, const struct state *member);
/* As 2 above: may the signed head go out? *serves is set on 0. */
int served_serves(struct store_txn *txn, struct served *served, bool *serves);

/*
 * What stands of all lists in the worker's transaction, in order; read once however
 * many held requests look at it.  Good as long as the transaction's snapshot.
 */
int served_infos(struct service *service, struct store_txn *txn,
	const struct store_list_info **infos, size_t *count);
/* One of them; NULL when the list is not known. */
const struct store_list_info *served_info(
	const struct store_list_info *infos, size_t count, const struct list_id *list);

/* The member whose node asks. */
const struct state *request_member(const struct request *request);
/* A ListId of a request.  CORDON_EPROTO. */
int served_list(
	const Cordon__ListId *message, struct list_id *list, struct errmsg *msg);

/* The epoch that a request is about is the one in force?  CORDON_EEPOCH. */
int served_epoch(
	const struct served *served, const Cordon__Epoch *message, struct errmsg *msg);

/* The signed head as a message, for an answer. CORDON_ENOMEM, CORDON_ECORRUPT. */
int served_head_message(struct bytes packed, struct arena *arena, Cordon__Head **head,
	struct errmsg *msg);

/* Entries for an answer, grown as they come; bounded by count and by bytes: wanted, or
 * what the other side's frames have room for beside the head. */
size_t served_bytes_max(const struct session *session, size_t wanted);

struct served_entries {
	struct arena *arena;
	Cordon__Entry **entries;
	size_t count, room, max;
	size_t bytes, bytes_max; /* of their messages */
};

void served_entries_init(struct served_entries *entries, struct arena *arena,
	size_t max, size_t bytes_max);
/* The message borrows the row's bytes.  *full: it was left out, there is no room. */
int served_entries_add(
	struct served_entries *entries, const struct entry *row, bool *full);

/* How soon an answer that found no room is tried again, should nothing else wake it. */
#define SERVED_RETRY_MS 50

/* A held request ends, with an error where there is one. */
void served_end(struct held *held, int error, const struct errmsg *msg);

/* The error that a transaction keeps, in msg. */
int served_failed(const struct store_txn *txn, struct errmsg *msg);

#endif
