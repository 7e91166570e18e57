/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"

/* Who may do what, as a node explains it. */

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__AuthzAnswer *message =
		(const Cordon__Control__AuthzAnswer *)frame->message;
	struct cordon_authz *authz = question_object(request, sizeof(*authz));
	struct reading r = { NULL, "AUTHZ_ANSWER", msg, 0 };
	struct cordon_authz_step *steps;

	if (authz == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	steps = reading_array(&r, message->n_steps, sizeof(*steps));
	for (size_t i = 0; steps != NULL && i < message->n_steps; i++) {
		const Cordon__Control__AuthzStep *m = message->steps[i];

		steps[i] = (struct cordon_authz_step){
			.rule = reading_mandatory(&r, m->rule),
			.passed = m->passed,
			.text = reading_text(&r, m->text),
		};
	}
	*authz = (struct cordon_authz){
		.allowed = message->allowed,
		.steps = steps,
		.steps_count = message->n_steps,
		.eyes = reading_texts(&r, message->eyes, message->n_eyes),
		.eyes_count = message->n_eyes,
		.section = reading_text(&r, message->section),
	};
	return reading_end(&r);
}

static const struct request_type authz_type = {
	.message = MESSAGE_AUTHZ,
	.answer = MESSAGE_AUTHZ_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_authz(struct cordon_client *client,
	const struct cordon_authz_question *question, struct cordon_authz **authz)
{
	Cordon__Control__AuthzRequest message = CORDON__CONTROL__AUTHZ_REQUEST__INIT;
	uint32_t query = question->query_type;
	void *object;
	int error;

	client_begin(client);
	message.identity = message_data(question->identity);
	message.action = message_data(question->action);
	message.owner = message_data(question->owner);
	message.kind = question->kind;
	message.queries = &query;
	message.n_queries = query == 0 ? 0 : 1;
	error = client_ask(client, &authz_type, &message.base, &object);
	if (error == 0) {
		*authz = object;
	}
	return error;
}

void cordon_authz_destroy(struct cordon_authz *authz)
{
	owned_destroy(authz);
}
