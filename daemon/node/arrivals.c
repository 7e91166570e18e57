/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/arrivals.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ----------------------------------------------------------------------
 */

struct collecting {
	struct arena *arena;
	struct list_acks *to;
	size_t room;
};

static bool collect(void *context, const struct ack *ack)
{
	struct collecting *c = context;
	struct list_acks *to = c->to;

	if (to->count == c->room) {
		size_t room = c->room == 0 ? 16 : 2 * c->room;
		struct ack *more = arena_array(c->arena, room, sizeof(*more));

		if (more == NULL) {
			return false;
		}
		if (to->count > 0) {
			memcpy(more, to->acks, to->count * sizeof(*more));
		}
		to->acks = more;
		c->room = room;
	}
	to->acks[to->count++] = *ack;
	return true;
}

int arrivals_read(struct store_txn *txn, struct arena *arena,
	const struct list_id *list, struct list_acks *acks, bool *found)
{
	struct collecting c = { .arena = arena, .to = acks };
	struct list_copy copy;
	int error = store_list_get(txn, list, &copy, found);

	if (error != 0 || !*found) {
		return error;
	}
	acks->head = copy.head;
	acks->acks = NULL;
	acks->count = 0;
	error = store_acks(txn, list, collect, &c);
	return error == 0 && arena->failed ? CORDON_ENOMEM : error;
}

/* ---- judging ----------------------------------------------------------------------
 */

bool arrivals_covers(const struct ack *ack, const struct head *head, uint64_t sequence)
{
	if (ack->sequence < sequence) {
		return false;
	}
	if (epoch_equal(&ack->epoch, &head->epoch)) {
		return true;
	}
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		if (epoch_equal(&base->epoch, &ack->epoch)) {
			return sequence <= base->sequence;
		}
	}
	return false;
}

bool arrivals_member_has(
	const struct list_acks *acks, const struct state *member, uint64_t sequence)
{
	for (size_t i = 0; i < acks->count; i++) {
		if (ident_state_equal(&acks->acks[i].node.member, member) &&
			arrivals_covers(&acks->acks[i], &acks->head, sequence)) {
			return true;
		}
	}
	return false;
}

size_t arrivals_count(const struct list_acks *acks, uint64_t sequence)
{
	size_t count = 0;

	for (size_t i = 0; i < acks->head.shared_with_count; i++) {
		count +=
			arrivals_member_has(acks, &acks->head.shared_with[i], sequence);
	}
	return count;
}

/* ---- telling ----------------------------------------------------------------------
 */

/* A message with what it points to. */
struct arrival {
	Cordon__Arrival message;
	Cordon__Epoch epoch;
	struct state member;
	char uri[IDENT_URI_MAX]; /* "": no node */
};

static struct arrival *of(Cordon__Arrival *message)
{
	return (struct arrival *)message; /* its first member */
}

static int make_room(struct arrivals *a)
{
	size_t room = a->room == 0 ? 16 : 2 * a->room;
	Cordon__Arrival **more;

	if (a->count < a->room) {
		return 0;
	}
	more = arena_array(a->arena, room, sizeof(Cordon__Arrival *));
	if (more == NULL) {
		return CORDON_ENOMEM;
	}
	if (a->count > 0) {
		memcpy(more, a->messages, a->count * sizeof(Cordon__Arrival *));
	}
	a->messages = more;
	a->room = room;
	return 0;
}

/* node NULL: none of the member's is known.  NULL: out of memory. */
static struct arrival *add(struct arrivals *a, const struct state *member,
	const struct identity *node, uint64_t sequence)
{
	struct arrival *arrival = arena_alloc(a->arena, sizeof(*arrival));

	if (arrival == NULL || make_room(a) != 0) {
		return NULL;
	}
	cordon__arrival__init(&arrival->message);
	arrival->member = *member;
	arrival->message.member = message_data(arrival->member.code);
	if (node != NULL) {
		ident_uri_text(node, arrival->uri);
		arrival->message.node = message_data(arrival->uri);
	}
	arrival->message.expected = sequence;
	a->messages[a->count++] = &arrival->message;
	return arrival;
}

static bool is_listed(const struct arrivals *a, size_t from, const char *uri)
{
	for (size_t i = from; i < a->count; i++) {
		if (strcmp(of(a->messages[i])->uri, uri) == 0) {
			return true;
		}
	}
	return false;
}

static bool member_is_listed(
	const struct arrivals *a, size_t from, const struct state *member)
{
	for (size_t i = from; i < a->count; i++) {
		if (ident_state_equal(&of(a->messages[i])->member, member)) {
			return true;
		}
	}
	return false;
}

static int add_acknowledged(
	struct arrivals *a, const struct list_acks *acks, uint64_t sequence)
{
	for (size_t i = 0; i < acks->count; i++) {
		const struct ack *ack = &acks->acks[i];
		struct arrival *arrival =
			add(a, &ack->node.member, &ack->node, sequence);

		if (arrival == NULL) {
			return CORDON_ENOMEM;
		}
		epoch_to_message(&ack->epoch, &arrival->epoch);
		arrival->message.epoch = &arrival->epoch;
		arrival->message.sequence = ack->sequence;
		arrival->message.time_s = ack->time_s;
		arrival->message.arrived = arrivals_covers(ack, &acks->head, sequence);
	}
	return 0;
}

/* Peers that may have the list and have never acknowledged anything of it. */
static int add_silent(struct arrivals *a, size_t from, const struct list_acks *acks,
	uint64_t sequence)
{
	for (size_t i = 0; i < a->config->peers_count; i++) {
		const struct identity *node = &a->config->peers[i].node;
		char uri[IDENT_URI_MAX];

		ident_uri_text(node, uri);
		if (head_shared_with(&acks->head, &node->member) &&
			!is_listed(a, from, uri) &&
			add(a, &node->member, node, sequence) == NULL) {
			return CORDON_ENOMEM;
		}
	}
	return 0;
}

static int add_unknown(struct arrivals *a, size_t from, const struct list_acks *acks,
	uint64_t sequence)
{
	for (size_t i = 0; i < acks->head.shared_with_count; i++) {
		const struct state *member = &acks->head.shared_with[i];

		if (!member_is_listed(a, from, member) &&
			add(a, member, NULL, sequence) == NULL) {
			return CORDON_ENOMEM;
		}
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct arrival *first = of(*(Cordon__Arrival *const *)a);
	const struct arrival *second = of(*(Cordon__Arrival *const *)b);
	int order = strcmp(first->member.code, second->member.code);

	return order != 0 ? order : strcmp(first->uri, second->uri);
}

int arrivals_add(
	struct arrivals *arrivals, const struct list_acks *acks, uint64_t sequence)
{
	size_t from = arrivals->count;
	int error = add_acknowledged(arrivals, acks, sequence);

	if (error == 0) {
		error = add_silent(arrivals, from, acks, sequence);
	}
	if (error == 0) {
		error = add_unknown(arrivals, from, acks, sequence);
	}
	if (error == 0 && arrivals->count > from) {
		qsort(arrivals->messages + from, arrivals->count - from,
			sizeof(Cordon__Arrival *), compare);
	}
	return error;
}
