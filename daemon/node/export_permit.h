/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_EXPORT_PERMIT_H
#define NODE_EXPORT_PERMIT_H

#include "daemon/node/session.h"

/*
 * An export beyond the own lists waits until a second certificate has approved it
 * (pending.h), where the configuration says so; it may then be done once.
 */
struct export_permit;

/* Is one needed for lists of owner (NULL: of every member)? */
bool export_permit_needed(const struct node *node, const struct state *owner);

/*
 * Asks for the message of request.  decided is called once, on the worker: error 0, the
 * export may be done; CORDON_ETWOEYES, it waits; or what else went wrong.
 */
typedef void export_permit_fn(void *context, int error, const struct errmsg *msg);
int export_permit_ask(struct request *request, export_permit_fn *decided, void *context,
	struct export_permit **permit, struct errmsg *msg);

/* Nobody waits for it any more: decided is not called.  NULL is accepted. */
void export_permit_forget(struct export_permit *permit);

#endif
