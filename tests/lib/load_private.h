/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LOAD_PRIVATE_H
#define TESTS_LOAD_PRIVATE_H

#include <sys/queue.h>

#include "tests/lib/load.h"

/* A record's content is told by its passport's number; 0: there is none. */
struct load_record {
	uint32_t stands;  /* told last */
	uint32_t perhaps; /* asked for and not answered yet, when the batch is busy */
	uint64_t version; /* told last; 0: never */
};

struct load_owner {
	struct load *load;
	struct union_node *node;
	struct cordon_async *async;
	struct load_record *records;
	bool *busy; /* of each batch of records */
	LIST_HEAD(, load_request) requests;
	unsigned in_flight;
	uint32_t numbers; /* of passports given out */
};

struct load {
	struct testunion *in;
	struct load_options options;
	struct event_base *base;
	struct load_owner owners[UNION_NODES_MAX];
	size_t owners_count;
	uint64_t random;
	struct event *paced;
	uint64_t acknowledged, refused, repeated;
	uint64_t wanted;
	bool (*over)(void *context);
	void *context;
	bool ending, abandoned;
};

void load_record_id(const struct load_owner *owner, unsigned record, char id[32]);
void load_number(const struct load_owner *owner, uint32_t number, char text[16]);

#endif
