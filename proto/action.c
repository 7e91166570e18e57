/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/action.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
} actions[ACTION_COUNT] = {
#define X(symbol, name, text) [ACTION_##symbol] = { name, text },
	ACTIONS(X)
#undef X
};

const char *action_name(enum action action)
{
	return (unsigned)action < ACTION_COUNT ? actions[action].name : "?";
}

const char *action_text(enum action action)
{
	return (unsigned)action < ACTION_COUNT ? actions[action].text : "do that";
}

bool action_parse(const char *name, enum action *action)
{
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (strcmp(actions[i].name, name) == 0) {
			*action = (enum action)i;
			return true;
		}
	}
	return false;
}
