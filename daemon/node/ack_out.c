/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/ack_out.h"

#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/core/repl/engine.h"

static void send_packed(struct peer *peer, struct bytes packed)
{
	Cordon__Acks acks = CORDON__ACKS__INIT;
	Cordon__Ack *ack = cordon__ack__unpack(NULL, packed.size, packed.data);

	if (ack == NULL) {
		log_error("out of memory: an acknowledgement is left for the next");
		return;
	}
	acks.acks = &ack;
	acks.n_acks = 1;
	peer_send(peer, MESSAGE_ACKS, 0, &acks.base);
	cordon__ack__free_unpacked(ack, NULL);
}

/* Not back to where it has been. */
static bool may_take(const struct peer *peer, const struct relayed_ack *relayed)
{
	const struct identity *who = peer_identity(peer);

	return peer_is_up(peer) && !ident_equal(who, &relayed->node) &&
	       !ident_equal(who, &relayed->from);
}

/* To every node of the owner that is linked, since only one of them signs, else to the
 * source. */
bool ack_out_forward(const struct ack_route *route, const struct relayed_ack *relayed)
{
	bool sent = false;

	for (size_t i = 0; i < route->count; i++) {
		struct peer *peer = route->peers[i];

		if (may_take(peer, relayed) &&
			ident_state_equal(
				&peer_identity(peer)->member, &relayed->list.owner)) {
			send_packed(peer, relayed->packed);
			sent = true;
		}
	}
	if (!sent && route->source < route->count &&
		may_take(route->peers[route->source], relayed)) {
		send_packed(route->peers[route->source], relayed->packed);
		sent = true;
	}
	return sent;
}

static int sign(struct node *node, const struct head *head, struct arena *arena,
	struct bytes *packed, struct errmsg *msg)
{
	struct tls_profile *profile = node_profile(node);
	struct ack ack = {
		.list = head->list,
		.epoch = head->epoch,
		.sequence = head->sequence,
		.node = node->config->node,
		.time_s = wall_s(clock_wall()),
	};
	int error;

	memcpy(ack.head_hash, head->hash, HASH_BYTES);
	error = ack_sign(&ack, tls_profile_key(profile),
		tls_profile_certificate(profile), arena, packed, msg);
	tls_profile_unref(profile);
	return error;
}

void ack_out_send(
	struct node *node, const struct ack_route *route, const struct head *head)
{
	const struct identity *self = &node->config->node;
	struct relayed_ack own = { head->list, *self, *self, { NULL, 0 } };
	struct errmsg msg = { "" };
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	error = sign(node, head, &arena, &own.packed, &msg);
	if (error == 0) {
		(void)ack_out_forward(route, &own);
	} else {
		log_error("acknowledge: %s", errmsg_text(&msg, error));
	}
	arena_finish(&arena);
}

static bool is_linked(const struct ack_route *route, const struct state *member)
{
	for (size_t i = 0; i < route->count; i++) {
		if (peer_is_up(route->peers[i]) &&
			ident_state_equal(
				&peer_identity(route->peers[i])->member, member)) {
			return true;
		}
	}
	return false;
}

/* Is the peer whom to tell what is held of the list? */
static bool concerns(const struct ack_route *route, const struct state *peer,
	const struct list_copy *copy)
{
	const struct state *owner = &copy->head.list.owner;

	return copy_serves(copy) &&
	       (ident_state_equal(owner, peer) ||
		       (!is_linked(route, owner) &&
			       head_shared_with(&copy->head, peer)));
}

static int tell_of(struct node *node, struct store_txn *txn,
	const struct ack_route *route, const struct list_id *list)
{
	struct peer *peer = route->peers[route->source];
	const struct state *self = &node->config->node.member;
	struct errmsg msg = { "" };
	struct list_copy copy;
	struct arena arena;
	struct bytes packed;
	bool found;
	int error = store_list_get(txn, list, &copy, &found);

	if (error != 0 || !found ||
		!concerns(route, &peer_identity(peer)->member, &copy) ||
		(atomic_load(&node->signs) && ident_state_equal(&list->owner, self))) {
		return error;
	}
	arena_init(&arena, 0);
	error = sign(node, &copy.head, &arena, &packed, &msg);
	if (error == 0) {
		send_packed(peer, packed);
	}
	arena_finish(&arena);
	return error;
}

void ack_out_all(
	struct node *node, struct store_txn *txn, const struct ack_route *route)
{
	struct list_id *lists;
	struct arena arena;
	size_t count = 0;
	int error;

	arena_init(&arena, 0);
	error = store_lists(txn, &arena, &lists, &count);
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = tell_of(node, txn, route, &lists[i]);
	}
	arena_finish(&arena);
	if (error != 0) {
		log_error("acknowledge: %s", cordon_error_text(error));
	}
}
