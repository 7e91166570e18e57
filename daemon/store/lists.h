/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LISTS_H
#define STORE_LISTS_H

#include "daemon/store/db.h"

/* What the table lists says of a list: its number and what each worker reads anew
 * with every snapshot. */
struct list_row {
	uint16_t number;
	uint8_t phase; /* enum copy_phase */
	struct epoch epoch;
	uint64_t sequence;
	int64_t head_time_s;
	uint64_t not_understood;
};

int list_row_get(struct store_txn *txn, const struct list_id *list,
	struct list_row *row, bool *found);

/* The list's row; of a list never heard of one with a new number.  For writing. */
int list_row_make(
	struct store_txn *txn, const struct list_id *list, struct list_row *row);
int list_row_put(
	struct store_txn *txn, const struct list_id *list, const struct list_row *row);

/* The list's number; 0 for a list never heard of, unless make gives it one. */
int list_number(
	struct store_txn *txn, const struct list_id *list, bool make, uint16_t *number);
/* CORDON_ECORRUPT for a number that was never given. */
int list_of_number(struct store_txn *txn, uint16_t number, struct list_id *list);

/* One live row more, or one less, that is kept but not (wholly) indexed. */
int list_count_not_understood(
	struct store_txn *txn, const struct list_id *list, bool more);
/* Before all indexes are made anew. */
int list_reset_not_understood(struct store_txn *txn, const struct list_id *list);

/* Is the list loaded with its index keys kept back (deferred.h)? */
int list_deferred_get(struct store_txn *txn, const struct list_id *list, bool *yes);
int list_deferred_put(struct store_txn *txn, const struct list_id *list, bool yes);

/* Calls each with every list in order; a negative result ends it and is returned. */
typedef int list_each_fn(
	void *context, const struct list_id *list, const struct list_row *row);
int list_each(struct store_txn *txn, list_each_fn *each, void *context);

#endif
