/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_QUESTION_H
#define CORE_MATCH_QUESTION_H

#include "daemon/core/match/screen.h"

/* Parts of question_make; question is new and filled piece by piece. */

/* Everything that a machine-readable zone asks at once. */
int question_ask_zone(struct match_context *context, const struct cordon_query *query,
	struct cordon_date today, struct question *question, struct errmsg *msg);

/* The words of a name; has_name stays false where it holds no letter. */
int question_take_name(struct match_context *context, const struct cordon_name *name,
	struct question *question, struct errmsg *msg);

#endif
