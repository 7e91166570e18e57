/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_VALUE_H
#define BASE_CONFIG_VALUE_H

#include "daemon/base/config_schema.h"
#include "proto/arena.h"

/*
 * Reads one value as key says into *field, which is of the key's type (see enum
 * config_type).  dir: what relative paths are relative to.  Strings go to arena.
 * False, *field untouched, when it is not what config_key_expected says (or the arena
 * failed, which it remembers).
 */
bool config_value_read(const struct config_key *key, const char *dir,
	struct arena *arena, const char *text, void *field);

#endif
