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

static void sign_and_send(struct node *node, struct peer *peer, const struct head *head)
{
	struct tls_profile *profile = node_profile(node);
	struct ack ack = {
		.list = head->list,
		.epoch = head->epoch,
		.sequence = head->sequence,
		.node = node->config->node,
		.time_s = wall_s(clock_wall()),
	};
	struct errmsg msg = { "" };
	struct arena arena;
	struct bytes packed;
	int error;

	memcpy(ack.head_hash, head->hash, HASH_BYTES);
	arena_init(&arena, 0);
	error = ack_sign(&ack, tls_profile_key(profile),
		tls_profile_certificate(profile), &arena, &packed, &msg);
	if (error == 0) {
		send_packed(peer, packed);
	} else {
		log_error("acknowledge: %s", errmsg_text(&msg, error));
	}
	arena_finish(&arena);
	tls_profile_unref(profile);
}

static struct peer *towards(struct peer *const *peers, size_t count, size_t source,
	const struct state *owner)
{
	for (size_t i = 0; i < count; i++) {
		if (peer_is_up(peers[i]) &&
			ident_state_equal(&peer_identity(peers[i])->member, owner)) {
			return peers[i];
		}
	}
	return source < count && peer_is_up(peers[source]) ? peers[source] : NULL;
}

void ack_out_send(struct node *node, struct peer *const *peers, size_t count,
	size_t source, const struct head *head)
{
	struct peer *peer = towards(peers, count, source, &head->list.owner);

	if (peer != NULL) {
		sign_and_send(node, peer, head);
	}
}

void ack_out_forward(struct peer *const *peers, size_t count, size_t source,
	const struct list_id *list, struct bytes packed)
{
	struct peer *peer = towards(peers, count, source, &list->owner);

	if (peer != NULL) {
		send_packed(peer, packed);
	}
}

void ack_out_all(struct node *node, struct store_txn *txn, struct peer *peer)
{
	const struct state *owner = &peer_identity(peer)->member;
	struct list_id *lists;
	struct arena arena;
	size_t count = 0;
	int error;

	arena_init(&arena, 0);
	error = store_lists(txn, &arena, &lists, &count);
	for (size_t i = 0; error == 0 && i < count; i++) {
		struct list_copy copy;
		bool found;

		if (!ident_state_equal(&lists[i].owner, owner)) {
			continue;
		}
		error = store_list_get(txn, &lists[i], &copy, &found);
		if (error == 0 && copy_serves(&copy)) {
			sign_and_send(node, peer, &copy.head);
		}
	}
	arena_finish(&arena);
	if (error != 0) {
		log_error("acknowledge: %s", cordon_error_text(error));
	}
}
