/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_ANSWER_H
#define CTL_ANSWER_H

#include "client/ctl/ctl.h"

/* Answers of lookups: their JSON form, their text for people, their exit status. */

/* A new reference; NULL without memory.  Without "error": that is the caller's. */
json_t *answer_json(const struct cordon_answer *answer);

/* On stdout.  Never says "clear": nothing found, in how many lists. */
void answer_print(const struct cordon_answer *answer);

/* 0, 2, 3 or 4 as lookups end; for an answer with an error 1 or 2. */
int answer_status(const struct cordon_answer *answer);

/* The worse of two for a batch: 1, then 2, 4, 3, 0. */
int answer_worse_status(int a, int b);

#endif
