/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RULE_H
#define PROTO_RULE_H

#include <stdbool.h>

#include "proto/errmsg.h"

/*
 * A refusal names the rule that it goes by, at the end of its text: "… (rule owner)".
 * So people, logs and metrics speak of the same thing.
 */
#define RULE_NAME_MAX 32 /* and NUL */

/* Puts the rule behind the text (which is cut for it where it must be); returns error.
 * A NULL msg is left alone. */
int rule_name(struct errmsg *msg, int error, const char *rule);

/* The rule that text names; false where it names none. */
bool rule_of(const char *text, char rule[RULE_NAME_MAX]);

#endif
