/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/output_json.h"

#include <stdlib.h>
#include <string.h>

#include "client/ctl/output.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define REPLACEMENT_BYTES (sizeof(REPLACEMENT) - 1)

/* Every byte that begins no character becomes a replacement; the caller's. */
static char *mend(const char *text)
{
	size_t bytes = strlen(text), used = 0;
	char *out = malloc(REPLACEMENT_BYTES * bytes + 1);

	for (size_t i = 0, from = 0; out != NULL && i < bytes; from = i) {
		if (output_next(text, bytes, &i) >= 0) {
			memcpy(out + used, text + from, i - from);
			used += i - from;
		} else {
			memcpy(out + used, REPLACEMENT, REPLACEMENT_BYTES);
			used += REPLACEMENT_BYTES;
		}
	}
	if (out != NULL) {
		out[used] = '\0';
	}
	return out;
}

json_t *output_json_text(const char *text)
{
	json_t *json;
	char *mended;

	if (text == NULL) {
		return json_null();
	}
	json = json_string(text);
	if (json != NULL) {
		return json;
	}
	mended = mend(text);
	json = mended == NULL ? NULL : json_string(mended);
	free(mended);
	return json;
}

json_t *output_json_texts(const char *const *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		output_json_add(&array, output_json_text(texts[i]));
	}
	return array;
}

void output_json_add(json_t **array, json_t *value)
{
	/* frees the value also when it fails, for no array too */
	if (json_array_append_new(*array, value) != 0) {
		json_decref(*array);
		*array = NULL;
	}
}

json_t *output_json_with(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}
