/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NODE_CASE_H
#define TESTS_NODE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/node/node.h"
#include "daemon/node/worker.h"
#include "proto/record_codec.h"
#include "tests/lib/testpki.h"

/*
 * A node of KAZ in a union with RUS: real store, writer and one worker; no listeners
 * and no links.  What runs on its threads is waited for, never slept for.  Everything
 * fails the running cmocka test when it does not work.
 */
struct node_case {
	struct testpki *pki; /* node, peer, desk, agency, agency-2, auditor, admin,
			      * RUS's: rus-node, rus-desk, rus-agency */
	struct config *config;
	struct node node;
	char dir[64];
	/* between the test and the writer */
	pthread_mutex_t lock;
	pthread_cond_t marked;
	bool writer_stands, writer_released, writer_done;
};

/* more: lines of configuration; NULL for none.  Own lists are open, and both members'
 * heads heard. */
struct node_case *node_case_create(const char *more);
/* The same, own lists closed and nobody heard. */
struct node_case *node_case_create_closed(const char *more);
/* Stops in order. */
void node_case_destroy(struct node_case *c);
/* Stops worker and writer; node_case_destroy is still to be called. */
void node_case_stop(struct node_case *c);
/* The writer does what was posted and takes no more. */
void node_case_stop_writer(struct node_case *c);
/* As SIGHUP does. */
void node_case_reload(struct node_case *c);

void node_case_open_lists(struct node_case *c);
/* The writer has done all that was posted before. */
void node_case_flush(struct node_case *c);
/* The writer stands still until released. */
void node_case_block_writer(struct node_case *c);
void node_case_release_writer(struct node_case *c);

/* Gives way to the node's threads until condition, an expression over atomics. */
#define node_case_until(condition)                                                     \
	do {                                                                           \
		int64_t until_us_ = node_case_deadline();                              \
		while (!(condition)) {                                                 \
			node_case_yield(until_us_, #condition);                        \
		}                                                                      \
	} while (0)

/* Of node_case_until. */
int64_t node_case_deadline(void);
void node_case_yield(int64_t until_us, const char *condition);

/* Another member's list as this node would follow it, newest head so old. */
void node_case_put_list(struct node_case *c, const struct list_id *list,
	enum copy_phase phase, int64_t head_age_s);
/* A row of it, sealed; not seen by lookups unless the list counts. */
void node_case_put_row(struct node_case *c, const struct list_id *list,
	uint64_t sequence, const struct cordon_record *record);
/* The same record under so many ids, RUS-100000 and so on, from sequence 1. */
void node_case_put_many(struct node_case *c, const struct list_id *list,
	struct cordon_record *record, size_t count);
/* The list has rows that nobody can read. */
void node_case_put_unreadable(
	struct node_case *c, const struct list_id *list, uint64_t sequence);

/* Days from today, in UTC. */
struct cordon_date node_case_day(int days);

/* A person's entry ban, in force for a year from ten days ago; static parts. */
struct test_ban {
	struct cordon_record record;
	struct cordon_person person;
	struct cordon_name name;
	struct cordon_document document;
	const char *nationality;
	uint32_t action;
};

/* ban is filled and must outlive its record. */
struct cordon_record *test_ban_make(struct test_ban *ban, const char *id,
	const char *surname, const char *given, const char *number);

#endif
