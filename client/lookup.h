/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_LOOKUP_H
#define CLIENT_LOOKUP_H

#include <cordon/lookup.h>
#include "client/owned.h"
#include "client/request.h"

/* A lookup on its way, for both APIs. */
struct lookup_request {
	struct request request;
	size_t count;          /* of queries */
	struct owned *answers; /* filled by the answer; NULL once given away */
};

/* unix_s: "today" where the context has no reference date.  CORDON_EINVAL,
 * CORDON_ETOOBIG, CORDON_ENOMEM. */
int lookup_request_create(const struct cordon_context *context,
	const struct cordon_query *queries, size_t count, int64_t unix_s,
	struct lookup_request **lookup, struct errmsg *msg);

/* After the request ended well: the answers, count of them, are the caller's. */
void lookup_request_give(struct lookup_request *lookup, struct cordon_answer **answers);

#endif
