/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_fields.h"

#include <stdio.h>
#include <string.h>

void field_path_text(const struct field_path *path, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	if (path == NULL) {
		return;
	}
	if (path->up != NULL) {
		field_path_text(path->up, out);
		used = strlen(out);
	}
	if (path->indexed) {
		snprintf(out + used, FIELD_PATH_BYTES - used, "%s%s[%zu]",
			used > 0 ? "." : "", path->name, path->index);
	} else {
		snprintf(out + used, FIELD_PATH_BYTES - used, "%s%s",
			used > 0 ? "." : "", path->name);
	}
}

const char *field_quote(const char *value, char *out)
{
	size_t size = strlen(value), kept = FIELD_QUOTE_BYTES - sizeof("\"...\"");

	if (!bytes_are_text(value, size)) {
		snprintf(out, FIELD_QUOTE_BYTES, "(not text)");
		return out;
	}
	if (size <= kept) {
		snprintf(out, FIELD_QUOTE_BYTES, "\"%s\"", value);
		return out;
	}
	while (kept > 0 && ((unsigned char)value[kept] >> 6) == 2) {
		kept--;
	}
	snprintf(out, FIELD_QUOTE_BYTES, "\"%.*s...\"", (int)kept, value);
	return out;
}

int field_fail(const struct field_path *path, struct errmsg *msg, int error,
	const char *format, ...)
{
	char where[FIELD_PATH_BYTES];
	struct errmsg what = { "" };
	va_list ap;

	if (msg == NULL) {
		return error;
	}
	va_start(ap, format);
	vsnprintf(what.text, sizeof(what.text), format, ap);
	va_end(ap);
	field_path_text(path, where);
	return errmsg_set(
		msg, error, "%s%s%s", where, where[0] == '\0' ? "" : ": ", what.text);
}
