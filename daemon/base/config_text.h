/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_TEXT_H
#define BASE_CONFIG_TEXT_H

#include <stddef.h>

#include "proto/arena.h"
#include "proto/errmsg.h"

/*
 * Makes the text of a configuration safe for libconfuse, whose scanner (3.3) takes an
 * unterminated comment for the end of the file, drops characters it does not know,
 * puts environment variables in, keeps its state after an error, and miscounts lines
 * at comments.
 *
 * Refused, with the line: what is not UTF-8; a string or comment that does not end;
 * outside strings anything but words, "=", ",", braces and comments; in strings
 * variables and escapes other than \" and \\.
 */
struct config_text {
	char *text; /* comments blanked, an empty list written as {''}; as many lines */
	size_t size;
	int *section_lines; /* of each section's opening brace, in order */
	size_t sections_count;
};

#define CONFIG_FILE_MAX_BYTES (1024 * 1024)
#define CONFIG_SECTIONS_MAX 1024

/* path: for errors.  CORDON_ECONFIG, CORDON_ENOMEM. */
int config_text_prepare(const char *path, const char *input, size_t input_bytes,
	struct arena *arena, struct config_text *text, struct errmsg *msg);

#endif
