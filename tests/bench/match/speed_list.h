/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_MATCH_SPEED_LIST_H
#define TESTS_BENCH_MATCH_SPEED_LIST_H

#include "daemon/store/store.h"

/*
 * The index of persons in a store, without their records: filled in the order of the
 * tables, as a first load does.  Complains and exits when anything fails.
 */
struct speed_list;

struct speed_list *speed_list_create(
	const char *directory, struct match_context *context);
/* ref: one more with each call. */
void speed_list_add(
	struct speed_list *list, uint64_t ref, const struct cordon_person *person);
/* After the last; prints how large it is. */
void speed_list_finish(struct speed_list *list);
struct store *speed_list_store(struct speed_list *list);
void speed_list_destroy(struct speed_list *list);

/* Exits with what failed. */
void speed_need(int error, const char *what);

#endif
