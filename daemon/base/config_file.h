/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_FILE_H
#define BASE_CONFIG_FILE_H

#include <stdbool.h>

#include "daemon/base/config_schema.h"
#include "proto/arena.h"
#include "proto/errmsg.h"

/* What a configuration file says, by section and key, before anybody reads values. */

struct config_entry {
	const char *text;
	int line;
	struct config_entry *next; /* of the same list */
};

struct config_block {
	const struct config_section *section;
	const char *title; /* "" without */
	int line;          /* of its opening brace; 0 for the top of the file */
	struct config_entry
		*entries[CONFIG_KEYS_MAX]; /* by the section's keys; NULL: not given */
	struct config_block *next;         /* in the order of the file, the top first */
};

/*
 * Everything is in arena memory.  path: for errors, "PATH:LINE: …".  CORDON_ECONFIG
 * for what libconfuse cannot read, unknown sections and keys, and what is given twice;
 * CORDON_ENOMEM.  Any thread: callers take turns, for libconfuse's scanner is one per
 * process.
 */
int config_file_parse(const char *path, const char *input, size_t input_bytes,
	struct arena *arena, struct config_block **blocks, struct errmsg *msg);

#endif
