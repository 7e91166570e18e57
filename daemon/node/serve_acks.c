/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/ack_in.h"
#include "daemon/node/replicator.h"
#include "daemon/node/served.h"

/*
 * Acknowledgements, which get no answer.  Each is checked before it is kept or passed
 * on:
 *
 *   1. Its form and its signature, by the certificate inside.
 *   2. The certificate: a CA that vouches for its member, not revoked, of the node that
 *      is named, which has the role of a node.
 *   3. Own lists, where this node signs them: kept; ack_in.c checks the rest against
 * the list, inside the transaction.
 *   4. Other lists: passed on towards the owner, if the list is shared with the node's
 *      member here, and once: two nodes that pull from each other would pass it to and
 *      fro for ever.
 *
 * What fails is dropped and counted, and the log says so now and then.  The sender may
 * be a relay that checked less, so its connection goes on.
 */

/* A frame's signatures are checked in one go on the worker. */
#define ACKS_MAX 64
#define WARN_EVERY_MS 60000

static int pack(const Cordon__Ack *message, struct arena *arena, struct bytes *packed)
{
	int error = message_pack(&message->base, arena, packed);

	if (error == 0 && packed->size > ACK_BYTES_MAX) {
		error = CORDON_ETOOBIG;
	}
	return error;
}

void serve_acks_profile_changed(struct serve_state *state)
{
	memset(state->certificates, 0, sizeof(state->certificates));
}

static const struct serve_certificate *remembered(
	const struct serve_state *state, const uint8_t hash[HASH_BYTES])
{
	int64_t now_us = clock_mono().us;

	for (size_t i = 0; i < SERVE_CERTIFICATES; i++) {
		const struct serve_certificate *one = &state->certificates[i];

		if (one->until.us > now_us &&
			memcmp(one->hash, hash, HASH_BYTES) == 0) {
			return one;
		}
	}
	return NULL;
}

/* A node acknowledges often with one certificate: its chain is followed once in a
 * while.  What is refused is not remembered. */
static int check_certificate(struct service *service, struct bytes der,
	struct identity *identity, struct errmsg *msg)
{
	struct serve_state *state = &service->serve;
	const struct serve_certificate *before;
	struct serve_certificate good = { .until.us = 0 };
	struct tls_profile *profile;
	int error = hash_bytes(der.data, der.size, good.hash);

	if (error != 0) {
		return error;
	}
	before = remembered(state, good.hash);
	if (before != NULL) {
		*identity = before->identity;
		return 0;
	}
	profile = node_profile(service->node);
	error = tls_profile_check_certificate(profile, der, &good.identity, msg);
	tls_profile_unref(profile);
	if (error != 0) {
		return error;
	}
	good.until = mono_after_ms(clock_mono(), SERVE_CERTIFICATE_MS);
	state->certificates[state->certificates_next] = good;
	state->certificates_next = (state->certificates_next + 1) % SERVE_CERTIFICATES;
	*identity = good.identity;
	return 0;
}

/* 1, 2 */
static int open_ack(struct service *service, struct bytes packed, struct ack *ack,
	struct errmsg *msg)
{
	struct bytes certificate;
	struct identity identity;
	int error = ack_open(packed, ack, &certificate, msg);

	if (error == 0) {
		error = check_certificate(service, certificate, &identity, msg);
	}
	if (error != 0) {
		return error;
	}
	if (!ident_equal(&identity, &ack->node)) {
		return errmsg_set(
			msg, CORDON_EIDENTITY, "the certificate is another's");
	}
	if (identity.role != ROLE_NODE) {
		return errmsg_set(msg, CORDON_EIDENTITY, "signed by no node");
	}
	return 0;
}

/* Remembers it; true when it has been here before. */
static bool seen(struct serve_state *state, struct bytes packed, int *error)
{
	uint8_t hash[HASH_BYTES];

	*error = hash_bytes(packed.data, packed.size, hash);
	if (*error != 0) {
		return false;
	}
	for (size_t i = 0; i < SERVE_ACKS_SEEN; i++) {
		if (memcmp(state->acks_seen[i], hash, HASH_BYTES) == 0) {
			return true;
		}
	}
	memcpy(state->acks_seen[state->acks_next], hash, HASH_BYTES);
	state->acks_next = (state->acks_next + 1) % SERVE_ACKS_SEEN;
	return false;
}

/* 4 */
static int forward(struct request *request, const struct ack *ack, struct bytes packed,
	struct errmsg *msg)
{
	struct service *service = request->service;
	const struct relayed_ack relayed = { ack->list, ack->node,
		request->asker->identity, packed };
	struct store_txn *txn;
	struct list_copy copy;
	bool found;
	int error = request_txn(request, &txn, msg);

	if (error != 0 || ident_equal(&ack->node, &service->node->config->node)) {
		return error; /* has gone round in a circle */
	}
	if (store_list_get(txn, &ack->list, &copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	if (!found || !served_shared(&copy, &ack->node.member)) {
		return errmsg_set(msg, CORDON_ENOTSHARED, "%s",
			cordon_error_text(CORDON_ENOTSHARED));
	}
	if (!seen(&service->serve, packed, &error) && error == 0) {
		replicator_forward_ack(service->node->replicator, &relayed);
	}
	return error;
}

static int take(struct request *request, struct ack_in *in, const Cordon__Ack *message,
	struct errmsg *msg)
{
	struct node *node = request->service->node;
	struct bytes packed;
	struct ack ack;
	int error = pack(message, request->arena, &packed);

	if (error == 0) {
		error = open_ack(request->service, packed, &ack, msg);
	}
	if (error != 0) {
		return error;
	}
	if (atomic_load(&node->signs) &&
		ident_state_equal(&ack.list.owner, &node->config->node.member)) {
		return ack_in_add(in, &ack, packed, msg); /* 3 */
	}
	return forward(request, &ack, packed, msg);
}

static void warn(
	struct request *request, size_t dropped, int error, const struct errmsg *first)
{
	struct serve_state *state = &request->service->serve;
	struct mono now = clock_mono();
	char uri[IDENT_URI_MAX];

	if (state->acks_warned_at.us != 0 &&
		now.us < mono_after_ms(state->acks_warned_at, WARN_EVERY_MS).us) {
		return;
	}
	state->acks_warned_at = now;
	ident_uri_text(&request->asker->identity, uri);
	log_warning("%zu acknowledgements from %s are dropped, the first: %s", dropped,
		uri, errmsg_text(first, error));
}

int handle_acks(struct request *request, struct errmsg *msg)
{
	const Cordon__Acks *message = (const Cordon__Acks *)request->message;
	struct errmsg first = { "" };
	struct ack_in *in = NULL;
	size_t dropped = 0;
	int error, why = 0;

	if (message->n_acks > ACKS_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"%zu acknowledgements in a frame, at most %d", message->n_acks,
			ACKS_MAX);
	}
	error = ack_in_create(request->service->node, &in, msg);
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < message->n_acks; i++) {
		struct errmsg text = { "" };

		error = take(request, in, message->acks[i], &text);
		if (error != 0 && dropped++ == 0) {
			why = error;
			first = text;
		}
	}
	if (dropped > 0) {
		atomic_fetch_add(
			&request->service->node->counters.protocol_errors, dropped);
		warn(request, dropped, why, &first);
	}
	ack_in_post(in);
	return 0;
}
