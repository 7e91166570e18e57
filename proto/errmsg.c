/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/errmsg.h"

#include <stdio.h>
#include <string.h>

#include "proto/bytes.h"

/* A text that did not fit ends with a whole character. */
static void trim(char *text, size_t size)
{
	size_t end = strlen(text);
	size_t start = end;

	if (end + 1 < size || end == 0) {
		return;
	}
	do {
		start--;
	} while (
		start > 0 && end - start < 4 && ((unsigned char)text[start] >> 6) == 2);
	if (!bytes_are_text(text + start, end - start)) {
		text[start] = '\0';
	}
}

int errmsg_set(struct errmsg *msg, int error, const char *format, ...)
{
	va_list ap;

	if (msg != NULL) {
		va_start(ap, format);
		vsnprintf(msg->text, sizeof(msg->text), format, ap);
		va_end(ap);
		trim(msg->text, sizeof(msg->text));
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
	trim(msg->text, sizeof(msg->text));
	return error;
}

const char *errmsg_text(const struct errmsg *msg, int error)
{
	if (msg == NULL || msg->text[0] == '\0') {
		return cordon_error_text(error);
	}
	return msg->text;
}

void errmsg_copy(const struct errmsg *msg, int error, char *out, size_t out_bytes)
{
	if (out != NULL && out_bytes > 0) {
		snprintf(out, out_bytes, "%s", errmsg_text(msg, error));
		trim(out, out_bytes);
	}
}
