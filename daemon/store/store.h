/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "daemon/core/match/screen.h"
#include "daemon/core/match/search.h"
#include "daemon/core/repl/copy.h"
#include "proto/errmsg.h"
#include "proto/evidence.h"

/*
 * The node's LMDB environment.  The only user of LMDB; keys.h has every table's
 * key layout on one page.
 *
 * One write transaction at a time, on the writer thread, covers records, indexes,
 * digests and heads together; commit returns when all is on disk.  Read
 * transactions are cheap, one per worker, renewed per batch of events; what they
 * return is borrowed until they are renewed or ended.
 *
 * Both kinds are sticky: the first error is kept, later calls do nothing and return
 * it; store_commit refuses then.  Of the errors that only a store has:
 *
 *   CORDON_EFULL     the disk or the map is full; nothing of the transaction is kept,
 *                    all before it is, and a later one may work again
 *   CORDON_EIO       from store_write_begin and store_commit: close it and open it
 *                    anew, which tells whether the last transaction, which was not
 *                    acknowledged, came to the disk
 *   CORDON_ECORRUPT  stored data makes no sense; msg says which table and key
 */
struct store;
struct store_txn;

#define STORE_FORMAT 1

struct store_options {
	const char *path;        /* directory, made when it is missing (mode 0700) */
	uint64_t map_size_bytes; /* sparse; at least 16 MiB */
	uint32_t readers;        /* read transactions at a time */
	const char *node;        /* URI; another node's store is refused */
};

/* CORDON_EBUSY when another process has it open; CORDON_EIDENTITY for another node's;
 * CORDON_EVERSION for a format of another version, with what to do. */
int store_open(
	const struct store_options *options, struct store **store, struct errmsg *msg);
void store_close(struct store *store);
/* Bytes used in the data file (not the sparse map). */
uint64_t store_used_bytes(const struct store *store);
/*
 * A commit failed in such a way that nobody can tell whether it is on disk: nothing can
 * be read or written any more until the store is opened anew.  Any thread.
 */
bool store_is_broken(const struct store *store);
/* Grows with each commit that changed something; any thread. */
uint64_t store_generation(const struct store *store);

int store_read_begin(struct store *store, struct store_txn **txn, struct errmsg *msg);
/* Sees the newest commit from now on; clears a sticky error. */
int store_read_renew(struct store_txn *txn);
/* Lets go of the snapshot (an idle worker must not hold old pages); renew to go on. */
void store_read_reset(struct store_txn *txn);
void store_read_end(struct store_txn *txn);

int store_write_begin(struct store *store, struct store_txn **txn, struct errmsg *msg);
/* Ends the transaction in any case. */
int store_commit(struct store_txn *txn, struct errmsg *msg);
void store_abort(struct store_txn *txn);
/* The first error of the transaction and its text; 0 when none. */
int store_txn_error(const struct store_txn *txn, struct errmsg *msg);

/* ---- lists ---------------------------------------------------------------- */

/* *found false and *copy EMPTY for a list never heard of. */
int store_list_get(struct store_txn *txn, const struct list_id *list,
	struct list_copy *copy, bool *found);
int store_list_put(struct store_txn *txn, const struct list_id *list,
	const struct list_copy *copy);
/* All lists in order; out is arena memory. */
int store_lists(struct store_txn *txn, struct arena *arena, struct list_id **out,
	size_t *count);
/* Without the digests and the read's state: cheap, for every renewed worker. */
struct store_list_info {
	struct list_id list;
	enum copy_phase phase;
	struct epoch epoch;
	uint64_t sequence;
	int64_t head_time_s;     /* 0: never */
	uint64_t not_understood; /* live rows that are kept but not (wholly) indexed */
	bool persons_partial;    /* not all of its persons can be searched yet */
};
int store_list_infos(struct store_txn *txn, struct arena *arena,
	struct store_list_info **out, size_t *count);

/* Rows of one list for core/repl; *feed and its context live as long as the txn.  In a
 * read transaction only find and next work. */
int store_feed(struct store_txn *txn, const struct list_id *list, struct feed *feed);

/* The first of live's rows behind after, readable or not: for a scrub.  A failure is
 * one of LMDB's, never that a row makes no sense. */
struct store_walked {
	bool found;
	uint64_t sequence;
	bool readable;
	struct entry entry; /* readable */
};
int store_walk(struct store_txn *txn, const struct list_id *list, uint64_t after,
	struct store_walked *walked);

/* Removes what cannot be read, before the list is read anew as a whole. */
int store_scrap_unreadable(struct store_txn *txn, const struct list_id *list);

/*
 * Index keys that name no row, as a repair of damaged rows may leave them.  Zeroed at
 * first; looks at max keys at a time, in a read transaction that may be renewed
 * between.
 */
#define STORE_STRAYS_MAX 256
#define STORE_STRAY_KEY_MAX 128
struct store_stray {
	size_t index;
	uint8_t key[STORE_STRAY_KEY_MAX];
	size_t key_bytes;
	uint8_t value[POSTING_BYTES];
	size_t value_bytes; /* 0: the key has one value */
	uint64_t ref;
};
struct store_strays {
	struct store_stray found[STORE_STRAYS_MAX];
	size_t count;
	bool done; /* there are no more keys */
	/* Where the next look begins. */
	size_t index;
	struct store_stray at;
};
int store_strays_look(struct store_txn *txn, struct store_strays *strays, size_t max);
/* Unless its row has come meanwhile. */
int store_stray_remove(
	struct store_txn *txn, const struct store_stray *stray, bool *removed);

/*
 * Adds the index keys that live rows of list have and that are missing; looks at max
 * rows at a time, in a write transaction, in which nothing changes when none is.  Not
 * of a list that is loading.
 */
struct store_mending { /* zeroed at first */
	uint64_t after;
	bool done;
	size_t rows; /* that lacked some */
};
int store_mend_keys(struct store_txn *txn, const struct list_id *list,
	struct store_mending *mending, size_t max);

/* The live row with the lowest id that is not below from (after: that is above it);
 * from of size 0 is below all. */
int store_next_id(struct store_txn *txn, const struct list_id *list, struct bytes from,
	bool after, struct entry *row, bool *found);

/*
 * Index keys of entries, derived before the transaction that puts them: by far the most
 * of what a put costs.  entries (and the arenas) are borrowed until the transaction
 * ends; puts of these very entries take the keys, others are derived as ever.  Several
 * threads may derive different ranges at a time, each with its own match context and
 * arena.  CORDON_ENOMEM and what ICU fails with.
 */
struct store_prepared;
int store_prepared_create(const struct list_id *list, const struct entry *entries,
	size_t count, struct arena *arena, struct store_prepared **prepared);
int store_prepared_derive(struct store_prepared *prepared, size_t from, size_t count,
	struct match_context *match, struct arena *arena);
void store_feed_prepared(
	const struct feed *feed, const struct store_prepared *prepared);

/*
 * A list whose live rows were cleared is indexed when it gets a phase that answers, in
 * store_list_put.  For a long one that takes long: so that the writer is not held up,
 * its keys go in before, by slices.  Adds at most keys_max of them, if many wait or all
 * is set; *more tells that there is another slice, for another transaction.  Nothing is
 * done to any other list.
 */
int store_index_some(struct store_txn *txn, const struct list_id *list, bool all,
	size_t keys_max, bool *more);

/* The packed, signed head of the list's live rows (message Head); {NULL,0} when none.
 * Kept by the caller next to store_list_put. */
int store_head_put(struct store_txn *txn, const struct head *head, struct bytes packed);
int store_head_get(
	struct store_txn *txn, const struct list_id *list, struct bytes *packed);
/* A recent head by (epoch, sequence), the newest one too; 256 of a list are kept.  A
 * head that was put again at a later time is the one of the first time: same hash. */
int store_head_at(struct store_txn *txn, const struct list_id *list,
	const struct epoch *epoch, uint64_t sequence, struct bytes *packed);
/* Keeps an authentic head among the recent ones that live does not show (yet). */
int store_head_remember(
	struct store_txn *txn, const struct head *head, struct bytes packed);
/* Of one epoch's recent heads, downwards: the next one above to, those from from to to,
 * and the next one below.  Returns false to stop; may not change the store. */
typedef bool store_head_fn(void *context, struct bytes packed);
int store_heads_down(struct store_txn *txn, const struct list_id *list,
	const struct epoch *epoch, uint64_t from, uint64_t to, store_head_fn *each,
	void *context);

/* Packed heads that contradict each other (proto/evidence.h), in its order. */
struct store_evidence {
	struct bytes heads[EVIDENCE_HEADS_MAX];
	size_t count;
};

/* Kept for an admin, once: *added is false for what is known.  first: the first of the
 * heads.  Of one list the first 64 are kept; more prove nothing new. */
int store_evidence_put(struct store_txn *txn, const struct head *first,
	const struct store_evidence *evidence, bool *added);
/* Returns false to stop; may not change the store. */
typedef bool store_evidence_fn(void *context, const struct store_evidence *evidence);
int store_evidence(struct store_txn *txn, const struct list_id *list,
	store_evidence_fn *each, void *context);

/* ---- records -------------------------------------------------------------- */

struct store_row {
	uint64_t ref;
	struct list_id list;
	struct entry entry;
};

/* By id; looks in all of the owner's lists. */
int store_find(struct store_txn *txn, const char *id, size_t id_bytes,
	struct store_row *row, bool *found);

/*
 * References of live rows that may answer the question: by number skeleton (documents,
 * ranges, personal number); each once, at most max.  *cut: there
 * were more.  The rows are to be screened.
 */
int store_candidates(struct store_txn *txn, const struct question *question,
	uint64_t *refs, size_t max, size_t *count, bool *cut);
int store_row(struct store_txn *txn, uint64_t ref, struct store_row *row);

/*
 * The listed persons of a snapshot, to be searched; refs are references of live rows.
 * What it shows is borrowed from the map.  An error of the source is the transaction's.
 * Opened for one question after the other; closed before the transaction is renewed or
 * ends.
 */
struct store_persons {
	struct posting_source source;
	struct store_txn *txn;
	void *postings, *cards; /* LMDB's cursors */
};
/*
 * When the rules by which names are compared have changed (MATCH_RULES_VERSION, or
 * ICU's data), postings and cards are made anew while the store is used: adds those of
 * at most rows_max rows; *more: there are others, for another transaction.
 */
int store_persons_some(struct store_txn *txn, size_t rows_max, bool *more);
struct store_persons_progress {
	bool partial;         /* it is under way */
	uint64_t done, total; /* rows, about */
};
int store_persons_progress(
	struct store_txn *txn, struct store_persons_progress *progress);
int store_persons_open(struct store_txn *txn, struct store_persons *persons);
void store_persons_close(struct store_persons *persons);

/* The owner's internal note of a record; NULL text removes it. */
int store_note_put(struct store_txn *txn, struct bytes id, const char *text);
int store_note_get(struct store_txn *txn, struct bytes id, struct bytes *text);

/* Own live records whose review_by is at or before day (date_days), in that order:
 * returns false from each to stop. */
typedef bool store_due_fn(void *context, int64_t review_day, struct bytes id);
int store_due(struct store_txn *txn, const struct state *owner, int64_t day,
	store_due_fn *each, void *context);
/* The same of an owner's live rows whose validity ended at or before second (unix);
 * each is told the second.  For both, each may not change the store. */
int store_ended(struct store_txn *txn, const struct state *owner, int64_t second,
	store_due_fn *each, void *context);

/* ---- acknowledgements ------------------------------------------------------ */

/* One that says no more than the node's newest for the list, by epoch and sequence, is
 * left out, which is no error. */
int store_ack_put(struct store_txn *txn, const struct ack *ack, struct bytes packed);
/* Returns false to stop; may not change the store. */
typedef bool store_ack_fn(void *context, const struct ack *ack);
/* The newest acknowledgement of each node for the list. */
int store_acks(struct store_txn *txn, const struct list_id *list, store_ack_fn *each,
	void *context);
/* One of them as it was signed; {NULL, 0} when there is none. */
int store_ack_packed(struct store_txn *txn, const struct list_id *list,
	const struct identity *node, struct bytes *packed);

/* ---- changes put aside ------------------------------------------------------ */

/* A row of an own list that was accepted here in an epoch that was given up. */
struct store_aside {
	struct list_id list;
	struct epoch epoch;
	int64_t kept_at_s;
	struct entry entry; /* with the sequence it had */
};

int store_aside_put(struct store_txn *txn, const struct store_aside *aside);
/* Returns false to stop; may not change the store. */
typedef bool store_aside_fn(void *context, const struct store_aside *aside);
/* In order of lists, epochs and sequences; behind after's, or (NULL) from the first. */
int store_asides(struct store_txn *txn, const struct store_aside *after,
	store_aside_fn *each, void *context);
/* All of one id; size 0: everything.  *count is set to how many went. */
int store_aside_drop(struct store_txn *txn, struct bytes id, uint64_t *count);
/* ---- withdrawals that the brake holds ---------------------------------------- */

#define STORE_HELD_TEXT_MAX 4096

struct store_held {
	uint64_t batch; /* from 1; never used again */
	struct list_id list;
	struct bytes id;
	uint64_t version; /* of the record that was to be withdrawn */
	uint32_t reason;
	int64_t at_s;
	struct bytes by;   /* URI of the submitter */
	struct bytes text; /* as submitted */
};

/* Replaces an earlier one of the same id. */
int store_held_put(struct store_txn *txn, const struct store_held *held);
/* What is not there is no error. */
int store_held_remove(struct store_txn *txn, uint64_t batch, const struct list_id *list,
	struct bytes id);
/* Returns false to stop; may not change the store. */
typedef bool store_held_fn(void *context, const struct store_held *held);
/* Of one batch, or of all (0), in the order of their numbers. */
int store_held_each(
	struct store_txn *txn, uint64_t batch, store_held_fn *each, void *context);
/* The list's batch, or a new number for one.  In a write transaction. */
int store_held_batch(
	struct store_txn *txn, const struct list_id *list, uint64_t *batch);
int store_held_count(struct store_txn *txn, uint64_t *count);

/* ---- changes that wait for a second pair of eyes ------------------------------ */

#define STORE_PENDING_ITEM_MAX (80 * 1024)

struct store_pending {
	uint64_t number;   /* of the change; from 1, never used again */
	uint32_t position; /* of the item in it, from 1 */
	struct bytes id;   /* of the record; size 0: an export */
	uint16_t kind;     /* of the record */
	uint64_t version;  /* of the record that stood; 0: none */
	uint32_t why;      /* set of enum eyes */
	int64_t at_s;
	int64_t expires_s;
	struct bytes by;          /* URI of the submitter */
	struct bytes approved_by; /* of an export: URI; size 0: it waits */
	struct bytes item;        /* packed SubmitItem or ExportRequest */
};

/* Replaces one of the same number and position.  An id waits in one place at a time:
 * the caller removes the other. */
int store_pending_put(struct store_txn *txn, const struct store_pending *pending);
/* What is not there is no error. */
int store_pending_remove(struct store_txn *txn, uint64_t number, uint32_t position);
int store_pending_get(struct store_txn *txn, uint64_t number, uint32_t position,
	struct store_pending *pending, bool *found);
/* By the record's id. */
int store_pending_find(struct store_txn *txn, struct bytes id,
	struct store_pending *pending, bool *found);
/* Returns false to stop; may not change the store. */
typedef bool store_pending_fn(void *context, const struct store_pending *pending);
/* Behind (number, position), in their order. */
int store_pending_each(struct store_txn *txn, uint64_t number, uint32_t position,
	store_pending_fn *each, void *context);
/* A number for a new change. */
int store_pending_number(struct store_txn *txn, uint64_t *number);

/* ---- small things kept by name (node's own state); value at most 4 KiB ------ */

/* name: 1 to 100 bytes, not beginning with '.'. */
int store_meta_put(struct store_txn *txn, const char *name, struct bytes value);
int store_meta_get(
	struct store_txn *txn, const char *name, struct bytes *value, bool *found);

#endif
