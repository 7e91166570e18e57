/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_STORE_COUNTED_H
#define TEST_STORE_COUNTED_H

#include "tests/unit/store/fixture.h"

/*
 * A list whose rows, indexes, digest and count are kept in step, as core/repl does:
 * whatever happens to the process, a snapshot of it fits together.
 */

/* One transaction that puts so many rows, new ones and others anew. */
void counted_commit(struct fixture *f, size_t rows);

/*
 * True when the newest snapshot fits together; *sequence is then that of its last row,
 * 0 for none.  For any thread: asserts nothing.
 */
bool counted_whole(struct store *store, uint64_t *sequence);
/* The same in a transaction that is open. */
bool counted_whole_in(struct store_txn *txn, uint64_t *sequence);

#endif
