/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_SUBMIT_H
#define CLIENT_SUBMIT_H

#include <cordon/client.h>
#include "client/owned.h"
#include "client/reading.h"
#include "client/request.h"

/* A submission on its way, for both APIs. */
struct submit_request {
	struct request request;
	size_t count;    /* of items */
	uint32_t copies; /* as wanted */
	struct owned *
		owned; /* struct cordon_results; NULL until the answer, or given away */
};

/* timeout_ms: what each node may take for its answer, waiting for copies apart.
 * CORDON_EINVAL, CORDON_EFIELD, CORDON_ETOOBIG, CORDON_ENOMEM. */
int submit_request_create(const struct cordon_submission *submission,
	uint32_t timeout_ms, struct submit_request **submit, struct errmsg *msg);

/* After the request ended well: the results are the caller's. */
struct cordon_results *submit_request_give(struct submit_request *submit);

/* One item's result. */
void submit_result_read(struct reading *r, const Cordon__SubmitResult *message,
	struct cordon_result *result);

#endif
