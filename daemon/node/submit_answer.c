/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/failures.h"
#include "daemon/node/submit_private.h"

/* What became of a submission's items, as a message. */

struct result_message {
	Cordon__SubmitResult result;
	Cordon__Error error;
	char field[FAILURES_FIELD_BYTES];
};

static void fill_result(struct result_message *message, const struct submit_item *item)
{
	const struct own_result *result = &item->result;
	const char *warning =
		result->text.text[0] != '\0' ? result->text.text : item->warning.text;
	int error = result->outcome == CORDON_OUTCOME_PENDING ? CORDON_ETWOEYES
							      : result->error;
	struct failure failure;

	message->result = (Cordon__SubmitResult)CORDON__SUBMIT_RESULT__INIT;
	message->result.id = message_data_bytes(item->own.id);
	message->result.outcome = result->outcome;
	if (error != 0) {
		failures_describe(error, result->text.text, message->field, &failure);
		failure_to_message(&failure, &message->error);
		message->result.error = &message->error;
		return;
	}
	message->result.version = result->version;
	message->result.sequence = result->sequence;
	message->result.warning = message_data(warning);
}

Cordon__SubmitAnswer *submit_answer_make(
	const struct submit_item *items, size_t count, struct arena *arena)
{
	Cordon__SubmitAnswer *answer = arena_alloc(arena, sizeof(*answer));
	struct result_message *messages = arena_array(arena, count, sizeof(*messages));
	Cordon__SubmitResult **pointers =
		arena_array(arena, count, sizeof(Cordon__SubmitResult *));

	if (arena->failed) {
		return NULL;
	}
	*answer = (Cordon__SubmitAnswer)CORDON__SUBMIT_ANSWER__INIT;
	for (size_t i = 0; i < count; i++) {
		fill_result(&messages[i], &items[i]);
		pointers[i] = &messages[i].result;
	}
	answer->results = pointers;
	answer->n_results = count;
	return answer;
}
