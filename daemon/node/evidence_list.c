/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/served.h"

/* What this node holds against owners, for whoever may verify lists. */

#define PROOFS_MAX 1024

struct listing {
	struct arena *arena;
	const struct list_id *list; /* of the proofs that come */
	Cordon__Control__EvidenceAnswer answer;
	size_t bytes, bytes_max;
	bool failed;
};

static ProtobufCBinaryData copy_head(struct listing *listing, struct bytes packed)
{
	struct bytes copy = { (const uint8_t *)arena_text(
				      listing->arena, packed.data, packed.size),
		packed.size };

	listing->failed = listing->failed || copy.data == NULL;
	return message_data_bytes(copy);
}

static Cordon__Control__EvidenceProof *make_proof(
	struct listing *listing, const struct store_evidence *evidence)
{
	Cordon__Control__EvidenceProof *proof =
		arena_alloc(listing->arena, sizeof(*proof));
	Cordon__ListId *list = arena_alloc(listing->arena, sizeof(*list));

	if (proof == NULL || list == NULL) {
		return NULL;
	}
	cordon__control__evidence_proof__init(proof);
	list_to_message(listing->list, list);
	proof->list = list;
	proof->heads =
		arena_array(listing->arena, evidence->count, sizeof(*proof->heads));
	for (size_t i = 0; proof->heads != NULL && i < evidence->count; i++) {
		proof->heads[proof->n_heads++] = copy_head(listing, evidence->heads[i]);
	}
	return proof->heads == NULL ? NULL : proof;
}

static bool add(void *context, const struct store_evidence *evidence)
{
	struct listing *listing = context;
	Cordon__Control__EvidenceAnswer *answer = &listing->answer;
	size_t bytes = 64;

	for (size_t i = 0; i < evidence->count; i++) {
		bytes += evidence->heads[i].size + 8;
	}
	if (answer->n_proofs == PROOFS_MAX ||
		listing->bytes + bytes > listing->bytes_max) {
		answer->more = true;
		return false;
	}
	listing->bytes += bytes;
	answer->proofs[answer->n_proofs] = make_proof(listing, evidence);
	listing->failed = listing->failed || answer->proofs[answer->n_proofs] == NULL;
	answer->n_proofs += !listing->failed;
	return !listing->failed;
}

static int collect(struct listing *listing, struct store_txn *txn,
	const struct list_id *only, struct errmsg *msg)
{
	struct list_id *lists;
	size_t count;

	if (store_lists(txn, listing->arena, &lists, &count) != 0) {
		return served_failed(txn, msg);
	}
	for (size_t i = 0; i < count && !listing->answer.more; i++) {
		if (only != NULL && !ident_list_equal(only, &lists[i])) {
			continue;
		}
		listing->list = &lists[i];
		if (store_evidence(txn, &lists[i], add, listing) != 0) {
			return served_failed(txn, msg);
		}
		if (listing->failed) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
	}
	return 0;
}

int handle_evidence(struct request *request, struct errmsg *msg)
{
	const Cordon__Control__EvidenceRequest *message =
		(const Cordon__Control__EvidenceRequest *)request->message;
	struct listing listing = { .arena = request->arena,
		.bytes_max = served_bytes_max(request->session, 2u * 1024 * 1024) };
	struct store_txn *txn;
	struct list_id only;
	int error = 0;

	cordon__control__evidence_answer__init(&listing.answer);
	listing.answer.proofs =
		arena_array(request->arena, PROOFS_MAX, sizeof(*listing.answer.proofs));
	if (listing.answer.proofs == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (message->list != NULL) {
		error = served_list(message->list, &only, msg);
	}
	if (error == 0) {
		error = request_txn(request, &txn, msg);
	}
	if (error == 0) {
		error = collect(
			&listing, txn, message->list == NULL ? NULL : &only, msg);
	}
	return error != 0 ? error
			  : session_answer(request->session, request->id,
				    MESSAGE_EVIDENCE_ANSWER, 0, &listing.answer.base);
}
