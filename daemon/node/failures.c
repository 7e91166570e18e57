/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/failures.h"

#include <string.h>

/* "person.names[1].surname: too long" blames person.names[1].surname. */
static const char *field_of(const char *text, char out[FAILURES_FIELD_BYTES])
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.[]");

	if (size == 0 || size >= FAILURES_FIELD_BYTES ||
		strncmp(text + size, ": ", 2) != 0) {
		return NULL;
	}
	memcpy(out, text, size);
	out[size] = '\0';
	return out;
}

static bool blames_field(int error)
{
	return error == CORDON_EFIELD || error == CORDON_ESYNTAX ||
	       error == CORDON_EOWNER || error == CORDON_ETOOBIG;
}

void failures_describe(int error, const char *text, char field[FAILURES_FIELD_BYTES],
	struct failure *failure)
{
	*failure = (struct failure){
		.error = error,
		.text = text == NULL || text[0] == '\0' ? cordon_error_text(error)
							: text,
		.retry_after_ms = error == CORDON_EBUSY || error == CORDON_ELIMIT
					  ? FAILURES_RETRY_MS
					  : 0,
	};
	if (blames_field(error)) {
		failure->field = field_of(failure->text, field);
	}
}
