/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"
#include "proto/entry.h"

struct verify_request {
	struct request request;
	cordon_verify_fn *check;
	void *data;
	struct arena arena; /* of the check that is handed out */
};

static void read_peers(struct reading *r, const Cordon__Control__VerifyAnswer *message,
	struct cordon_list_check *check)
{
	size_t count = message->n_peers;
	struct cordon_peer_digest *peers = reading_array(r, count, sizeof(*peers));

	for (size_t i = 0; peers != NULL && i < count; i++) {
		const Cordon__Control__PeerDigest *m = message->peers[i];

		peers[i] = (struct cordon_peer_digest){
			.peer = reading_mandatory(r, m->peer),
			.reachable = m->reachable,
			.epoch = m->epoch == NULL ? 0 : m->epoch->number,
			.sequence = m->sequence,
			.digest = reading_hash(r, m->digest),
		};
	}
	check->peers = peers;
	check->peers_count = count;
}

/* A node without lists answers with one frame that names none. */
static bool names_nothing(const Cordon__Control__VerifyAnswer *message)
{
	return message->list == NULL && message->entries == 0 &&
	       message->n_differences == 0 && message->n_peers == 0;
}

static int read_check(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	struct verify_request *verify = (struct verify_request *)request;
	const Cordon__Control__VerifyAnswer *message =
		(const Cordon__Control__VerifyAnswer *)frame->message;
	struct reading r = { &verify->arena, "VERIFY_ANSWER", msg, 0 };
	struct cordon_list_check check;
	int result;

	if (names_nothing(message)) {
		return 0;
	}
	arena_reset(&verify->arena);
	check = (struct cordon_list_check){
		.list = reading_list(&r, message->list),
		.ok = message->ok,
		.entries = message->entries,
		.digest_stored = reading_hash(&r, message->digest_stored),
		.digest_computed = reading_hash(&r, message->digest_computed),
		.digest_signed = reading_hash(&r, message->digest_signed),
		.differences =
			reading_texts(&r, message->differences, message->n_differences),
		.differences_count = message->n_differences,
	};
	read_peers(&r, message, &check);
	if (reading_end(&r) != 0) {
		return r.error;
	}
	request->started = true;
	result = verify->check(verify->data, &check);
	return result == 0 ? 0 : request_stop(request, result);
}

static void destroy_verify(struct request *request)
{
	request_finish(request);
	arena_finish(&((struct verify_request *)request)->arena);
}

static const struct request_type verify_type = {
	.message = MESSAGE_VERIFY,
	.answer = MESSAGE_VERIFY_ANSWER,
	.streams = true,
	.read = read_check,
	.destroy = destroy_verify,
};

int cordon_verify(struct cordon_client *client, const char *list,
	cordon_verify_fn *check, void *data)
{
	struct verify_request verify = { .check = check, .data = data };
	Cordon__Control__VerifyRequest message = CORDON__CONTROL__VERIFY_REQUEST__INIT;
	Cordon__ListId list_message;
	struct list_id id;
	int error;

	client_begin(client);
	if (list != NULL) {
		if (!ident_list_parse(&id, list)) {
			return errmsg_set(&client->msg, CORDON_EINVAL,
				"\"%s\" is no list; expected such as KAZ/entry_ban",
				list);
		}
		list_to_message(&id, &list_message);
		message.list = &list_message;
	}
	error = request_init(
		&verify.request, &verify_type, &message.base, &client->msg);
	if (error != 0) {
		return error;
	}
	arena_init(&verify.arena, 0);
	error = client_call(client, &verify.request);
	request_destroy(&verify.request);
	return error;
}
