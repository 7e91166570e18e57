/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_COMPLAINT_H
#define NODE_COMPLAINT_H

#include "daemon/base/log_quota.h"
#include "daemon/node/peer.h"

/*
 * A peer that is set aside for a list is told why, so that its administrator can find
 * out: a relay with a bad disk does not know what it serves.  Nothing is believed and
 * nothing is done on a complaint; it is logged and counted.
 */

/* Within the quota, which is for all peers. */
void complaint_send(struct peer *peer, struct log_quota *quota,
	const struct list_id *list, int error, const char *text);

#define COMPLAINT_QUOTA 20 /* in a window of the quota */
#define COMPLAINT_TEXT_MAX 512

#endif
