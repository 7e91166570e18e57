/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <pthread.h>

#include "daemon/store/keys.h"
#include "proto/buffer.h"

/*
 * What write transactions did to the tables, for a copy that is being made meanwhile.
 * Each operation sets or removes one key (or one of its values), so all of them can be
 * done again, in order, over any state that came to be among them.
 */
enum journal_op {
	JOURNAL_PUT = 1,
	JOURNAL_DELETE,
	JOURNAL_REMOVE_VALUE, /* of a table with several values a key */
	JOURNAL_DROP
};

#define JOURNAL_BYTES_MAX ((size_t)512 * 1024 * 1024)

struct journal {
	pthread_mutex_t lock;
	bool on;     /* for transactions that begin from now on */
	bool failed; /* memory has run out, or JOURNAL_BYTES_MAX: it is not whole */
	struct buffer waiting;
};

struct journal_entry {
	enum journal_op op;
	enum table table;
	struct bytes key, value;
};

/* Appends to a transaction's own operations.  False: out of memory. */
bool journal_note(struct buffer *own, const struct journal_entry *entry);
/* Takes one from the front of data; false at its end. */
bool journal_next(struct reader *data, struct journal_entry *entry);

/* Starts empty, or ends and forgets. */
void journal_set(struct journal *journal, bool on);
bool journal_is_on(struct journal *journal);
/* A transaction has committed; whole: nothing of it was left out. */
void journal_commit(struct journal *journal, struct buffer *own, bool whole);
/* Takes what waits; false when it is not whole.  *out is the caller's. */
bool journal_take(struct journal *journal, struct buffer *out);

#endif
