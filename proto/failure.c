/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/failure.h"

void failure_to_message(const struct failure *failure, Cordon__Error *message)
{
	*message = (Cordon__Error)CORDON__ERROR__INIT;
	message->code = (uint32_t)-failure->error;
	message->text = message_data(failure->text);
	message->field = message_data(failure->field);
	message->retry_after_ms = failure->retry_after_ms;
}

void failure_from_message(
	const Cordon__Error *message, struct arena *arena, struct failure *failure)
{
	bool ignored = false;
	int error = message->code == 0 || message->code > INT32_MAX
			    ? CORDON_EPROTO
			    : -(int)message->code;
	const char *text = message_text(message->text, arena, &ignored);

	*failure = (struct failure){
		.error = error,
		.text = text != NULL ? text : cordon_error_text(error),
		.field = message_text(message->field, arena, &ignored),
		.retry_after_ms = message->retry_after_ms,
	};
}
