/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/errmsg.h"

#include <stdio.h>
#include <string.h>

int errmsg_set(struct errmsg *msg, int error, const char *format, ...)
{
	va_list ap;

	if (msg != NULL) {
		va_start(ap, format);
		vsnprintf(msg->text, sizeof(msg->text), format, ap);
		va_end(ap);
	}
	return error;
}

int errmsg_wrap(struct errmsg *msg, int error, const char *format, ...)
{
	struct errmsg inner;
	va_list ap;
	size_t used;

	if (msg == NULL) {
		return error;
	}
	inner = *msg;
	va_start(ap, format);
	vsnprintf(msg->text, sizeof(msg->text), format, ap);
	va_end(ap);
	used = strlen(msg->text);
	snprintf(msg->text + used, sizeof(msg->text) - used, ": %s",
		errmsg_text(&inner, error));
	return error;
}

const char *errmsg_text(const struct errmsg *msg, int error)
{
	if (msg == NULL || msg->text[0] == '\0') {
		return cordon_error_text(error);
	}
	return msg->text;
}
