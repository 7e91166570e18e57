/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"
#include "proto/entry.h"

#define FORCE_MAX 65 /* members of a union */

static void read_lists(struct reading *r,
	const Cordon__Control__TakeoverAnswer *message,
	struct cordon_takeover *takeover)
{
	size_t count = message->n_lists;
	struct cordon_takeover_list *lists = reading_array(r, count, sizeof(*lists));

	for (size_t i = 0; lists != NULL && i < count; i++) {
		const Cordon__Control__TakeoverList *m = message->lists[i];

		lists[i] = (struct cordon_takeover_list){
			.list = reading_list(r, m->list),
			.old_epoch = m->old_epoch == NULL ? 0 : m->old_epoch->number,
			.old_sequence = m->old_sequence,
			.epoch = m->epoch == NULL ? 0 : m->epoch->number,
			.sequence = m->sequence,
			.live = m->live,
			.created = m->created,
			.wanted = m->wanted,
			.state = reading_text(r, m->state),
		};
	}
	takeover->lists = lists;
	takeover->lists_count = count;
}

static void read_members(struct reading *r,
	const Cordon__Control__TakeoverAnswer *message,
	struct cordon_takeover *takeover)
{
	size_t count = message->n_members;
	struct cordon_takeover_member *members =
		reading_array(r, count, sizeof(*members));

	for (size_t i = 0; members != NULL && i < count; i++) {
		const Cordon__Control__TakeoverMember *m = message->members[i];

		members[i] = (struct cordon_takeover_member){
			.member = reading_mandatory(r, m->member),
			.reached = m->reached,
			.forced = m->forced,
			.node = reading_text(r, m->node),
		};
	}
	takeover->members = members;
	takeover->members_count = count;
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__TakeoverAnswer *message =
		(const Cordon__Control__TakeoverAnswer *)frame->message;
	struct cordon_takeover *takeover = question_object(request, sizeof(*takeover));
	struct reading r = { NULL, "TAKEOVER_ANSWER", msg, 0 };

	if (takeover == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	*takeover = (struct cordon_takeover){
		.done = message->done,
		.wait = message->wait,
		.reason = reading_text(&r, message->reason),
	};
	read_lists(&r, message, takeover);
	read_members(&r, message, takeover);
	if (!takeover->done && takeover->reason == NULL) {
		reading_fault(&r, "reason");
	}
	return reading_end(&r);
}

static const struct request_type takeover_type = {
	.message = MESSAGE_TAKEOVER,
	.answer = MESSAGE_TAKEOVER_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_takeover(struct cordon_client *client, enum cordon_takeover_what what,
	const char *const *force, size_t count, struct cordon_takeover **takeover)
{
	Cordon__Control__TakeoverRequest message =
		CORDON__CONTROL__TAKEOVER_REQUEST__INIT;
	ProtobufCBinaryData members[FORCE_MAX];
	void *object;
	int error;

	client_begin(client);
	if (count > FORCE_MAX) {
		return errmsg_set(&client->msg, CORDON_EINVAL,
			"%zu members are forced, a union has at most %d", count,
			FORCE_MAX);
	}
	error = client_one_server(client, "which node is to sign");
	if (error != 0) {
		return error;
	}
	for (size_t i = 0; i < count; i++) {
		members[i] = message_data(force[i]);
	}
	message.what = (uint32_t)what;
	message.force = members;
	message.n_force = count;
	error = client_ask(client, &takeover_type, &message.base, &object);
	if (error == 0) {
		*takeover = object;
	}
	return error;
}

void cordon_takeover_destroy(struct cordon_takeover *takeover)
{
	owned_destroy(takeover);
}
