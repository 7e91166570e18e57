/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/rule.h"

#include <stdio.h>
#include <string.h>

#define BEGIN " (rule "

int rule_name(struct errmsg *msg, int error, const char *rule)
{
	char end[sizeof(BEGIN) + RULE_NAME_MAX + 1];
	size_t at, size;

	if (msg == NULL) {
		return error;
	}
	snprintf(end, sizeof(end), BEGIN "%s)", rule);
	size = strlen(end);
	at = strlen(msg->text);
	if (at + size >= sizeof(msg->text)) {
		at = sizeof(msg->text) - size - 1;
		/* not in the middle of a character */
		while (at > 0 && (msg->text[at] & 0xc0) == 0x80) {
			at--;
		}
	}
	memcpy(msg->text + at, end, size + 1);
	return error;
}

bool rule_of(const char *text, char rule[RULE_NAME_MAX])
{
	size_t size = strlen(text);
	const char *at = NULL;

	for (const char *next = text; (next = strstr(next, BEGIN)) != NULL; next++) {
		at = next;
	}
	if (at == NULL || text[size - 1] != ')') {
		return false;
	}
	at += strlen(BEGIN);
	size = (size_t)(text + size - 1 - at);
	if (size == 0 || size >= RULE_NAME_MAX || memchr(at, ' ', size) != NULL) {
		return false;
	}
	memcpy(rule, at, size);
	rule[size] = '\0';
	return true;
}
