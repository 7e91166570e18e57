/* SPDX-License-Identifier: Apache-2.0 */
#include "client/arrivals.h"

#include "proto/ident.h"

/* Older nodes name no member: it stands in the node's URI. */
static const char *read_member(struct reading *r, const Cordon__Arrival *message)
{
	struct identity node;

	if (message->member.len != 0) {
		return reading_text(r, message->member);
	}
	if (message->node.len == 0 ||
		ident_uri_parse(&node, (const char *)message->node.data,
			message->node.len, NULL) != 0) {
		reading_fault(r, "an arrival at nobody");
		return NULL;
	}
	return arena_text(r->arena, node.member.code, 3);
}

static void read_one(struct reading *r, const Cordon__Arrival *message,
	struct cordon_arrival *arrival)
{
	*arrival = (struct cordon_arrival){
		.node = reading_text(r, message->node),
		.arrived = message->arrived,
		.sequence = message->sequence,
		.time_s = message->time_s,
		.member = read_member(r, message),
		.epoch = message->epoch == NULL ? 0 : message->epoch->number,
		.fault = reading_text(r, message->fault),
		.list = message->list == NULL ? NULL : reading_list(r, message->list),
		.expected = message->expected,
	};
	if (message->ack.len != 0) {
		arrival->ack = (const unsigned char *)arena_text(
			r->arena, message->ack.data, message->ack.len);
		arrival->ack_bytes = message->ack.len;
	}
}

void arrivals_read(struct reading *r, Cordon__Arrival *const *messages, size_t count,
	const struct cordon_arrival **arrivals)
{
	struct cordon_arrival *out = reading_array(r, count, sizeof(*out));

	if (out == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		read_one(r, messages[i], &out[i]);
	}
	*arrivals = out;
}
