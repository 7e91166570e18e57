/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"
#include "proto/entry.h"

#define PROOF_HEADS_MAX 3

static void read_heads(struct reading *r, const Cordon__Control__EvidenceProof *message,
	struct cordon_proof *proof)
{
	if (message->n_heads < 2 || message->n_heads > PROOF_HEADS_MAX) {
		reading_fault(r, "a proof");
		return;
	}
	for (size_t i = 0; i < message->n_heads; i++) {
		const ProtobufCBinaryData *head = &message->heads[i];

		proof->heads[i] = (const unsigned char *)arena_text(
			r->arena, head->data, head->len);
		proof->heads_bytes[i] = head->len;
	}
	proof->heads_count = message->n_heads;
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__EvidenceAnswer *message =
		(const Cordon__Control__EvidenceAnswer *)frame->message;
	struct cordon_evidence *evidence = question_object(request, sizeof(*evidence));
	struct reading r = { NULL, "EVIDENCE_ANSWER", msg, 0 };
	struct cordon_proof *proofs;

	if (evidence == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	proofs = reading_array(&r, message->n_proofs, sizeof(*proofs));
	for (size_t i = 0; proofs != NULL && i < message->n_proofs; i++) {
		proofs[i].list = reading_list(&r, message->proofs[i]->list);
		read_heads(&r, message->proofs[i], &proofs[i]);
	}
	evidence->proofs = proofs;
	evidence->count = message->n_proofs;
	evidence->more = message->more;
	return reading_end(&r);
}

static const struct request_type evidence_type = {
	.message = MESSAGE_EVIDENCE,
	.answer = MESSAGE_EVIDENCE_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_evidence(struct cordon_client *client, const char *list,
	struct cordon_evidence **evidence)
{
	Cordon__Control__EvidenceRequest message =
		CORDON__CONTROL__EVIDENCE_REQUEST__INIT;
	Cordon__ListId list_message;
	struct list_id id;
	void *object;
	int error;

	client_begin(client);
	if (list != NULL && !ident_list_parse(&id, list)) {
		return errmsg_set(&client->msg, CORDON_EINVAL,
			"\"%s\" is no list; expected such as KAZ/entry_ban", list);
	}
	if (list != NULL) {
		list_to_message(&id, &list_message);
		message.list = &list_message;
	}
	error = client_ask(client, &evidence_type, &message.base, &object);
	if (error == 0) {
		*evidence = object;
	}
	return error;
}

void cordon_evidence_destroy(struct cordon_evidence *evidence)
{
	owned_destroy(evidence);
}
