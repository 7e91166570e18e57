/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_REPLCASE_H
#define TESTS_REPLCASE_H

#include "daemon/core/repl/apply.h"
#include "daemon/core/repl/own.h"
#include "daemon/core/repl/patch.h"
#include "daemon/core/repl/serve.h"
#include "tests/lib/memfeed.h"

/*
 * Owners and receivers of one list in memory, for tests of core/repl.  Owners' calls
 * abort when they fail; assertions are the tests' own, but for those of receiver_….
 */

/* Sets head->hash as signing does, without a signature.  Aborts for a head that no
 * owner may sign. */
void replcase_sign(struct head *head);

/* ---- an owner -----------------------------------------------------------------------
 */

struct owner {
	struct list_copy copy;
	struct memfeed rows;
	struct feed feed;
	struct own_change change;
	int64_t time_s;
};

/* An own list of entry bans, published with nothing in it; shared: "BLR RUS". */
void owner_init(struct owner *owner, const char *member, const char *shared);
void owner_finish(struct owner *owner);
/* The same owner at this moment, as another peer may still hold it. */
void owner_copy(struct owner *to, const struct owner *from);

/* One transaction: owner_begin, changes, owner_publish. */
void owner_begin(struct owner *owner);
void owner_put(struct owner *owner, const char *id, const char *sealed);
void owner_withdraw(struct owner *owner, const char *id);
void owner_share(struct owner *owner, const char *shared);
void owner_floor(struct owner *owner, uint64_t floor);
void owner_reopen(struct owner *owner, uint64_t epoch_number);
void owner_publish(struct owner *owner);

/* Whole transactions: records MEMBER-first … of one text; one record; one withdrawn. */
void owner_add(struct owner *owner, unsigned first, unsigned count);
void owner_change(struct owner *owner, const char *id, const char *sealed);
void owner_drop(struct owner *owner, const char *id);

/* ---- a chunk on its way
 * ---------------------------------------------------------------- */

#define PARCEL_MAX 128

/* Everything in it may be altered before it is taken. */
struct parcel {
	struct head head;
	struct chunk chunk;
	struct entry entries[PARCEL_MAX];
	struct memfeed rows; /* holds the entries' bytes */
};

/* The rows after, at most max, as owner's node (or one that follows it) sends them. */
void parcel_init(
	struct parcel *parcel, const struct owner *owner, uint64_t after, size_t max);
void parcel_finish(struct parcel *parcel);

/* ---- a receiver
 * -------------------------------------------------------------------------- */

struct receiver {
	struct state member;
	struct apply_context context; /* but its member */
	struct list_copy copy;
	struct memfeed rows;
	struct feed feed;
	int error;
	enum apply_result again; /* of apply_again or apply_stop, after a failure */
	unsigned chunks;         /* applied so far */
};

void receiver_init(
	struct receiver *receiver, const char *member, const struct owner *owner);
void receiver_finish(struct receiver *receiver);

/* One transaction each, which is aborted when it fails; a mismatch and a fork are
 * followed by a second one, as in a node.  Fail when a failure changed anything. */
enum apply_result receiver_take(struct receiver *receiver, struct parcel *parcel);
enum apply_result receiver_hear(struct receiver *receiver, const struct head *head);
enum apply_result receiver_move(struct receiver *receiver, size_t entries_max);
/* Without a second one: a patch that does not fit changes nothing at all. */
enum apply_result receiver_patch(struct receiver *receiver, const struct patch *patch);

/* Pulls from owner where the receiver stands; APPLY_STALE when that is refused or
 * held.  max: entries of the chunk. */
enum apply_result receiver_pull(
	struct receiver *receiver, const struct owner *owner, size_t max);
/* Pulls and moves with chunks and slices of max entries until all is the owner's. */
void receiver_follow(struct receiver *receiver, const struct owner *owner, size_t max);

/* The receiver's rows, digest, count and head are exactly the owner's. */
bool receiver_equals(const struct receiver *receiver, const struct owner *owner);

#endif
