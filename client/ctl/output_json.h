/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_OUTPUT_JSON_H
#define CTL_OUTPUT_JSON_H

#include <stddef.h>

#include <jansson.h>

/*
 * Pieces of JSON that are whole or NULL (no memory): nothing is left out in silence.
 * json_pack passes a NULL on.
 */

/* A string.  What is no UTF-8 (a file's name, the system's messages) has U+FFFD in the
 * place of each such byte.  text NULL gives null. */
json_t *output_json_text(const char *text);
json_t *output_json_texts(const char *const *texts, size_t count);

/* Appends to *array, which is freed and NULL, and stays so, unless it can.  Takes
 * value. */
void output_json_add(json_t **array, json_t *value);
/* Sets a key of object; unless it can, frees object and gives NULL.  Takes both. */
json_t *output_json_with(json_t *object, const char *key, json_t *value);

#endif
