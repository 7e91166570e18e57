/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SESSIONS_H
#define NODE_SESSIONS_H

#include "daemon/base/log_quota.h"
#include "daemon/node/session.h"

/*
 * All sessions of one worker.  On its thread, but for load.
 */
struct sessions {
	struct service *service;
	struct arena arena;           /* of the request being handled */
	struct session *first, *last; /* the oldest first */
	struct session *oldest_nobody, *newest_nobody; /* have not said who they are */
	atomic_size_t load; /* sessions, and connections on their way here */
	bool stopping;
	struct log_quota ends; /* lines about connections refused or broken */
	/* Stopping, and none is left; called once or more. */
	void (*empty)(void *context);
	void *context;
};

/* empty and context are set by the caller beforehand; the rest here. */
void sessions_init(struct sessions *sessions, struct service *service);
/* When none is left. */
void sessions_finish(struct sessions *sessions);

/*
 * Takes the fd, which load counts already.  Refused with a log line where the node's
 * limit or memory forbids it.
 */
void sessions_add(struct sessions *sessions, int fd, const char *address, bool local);

/* Lists have changed: every held request has its turn. */
void sessions_turn(struct sessions *sessions);

void sessions_profile_changed(struct sessions *sessions);

/* No more requests; sessions end when what they have in flight is answered. */
void sessions_stop(struct sessions *sessions);
/* Ends all at once. */
void sessions_abort(struct sessions *sessions);

#endif
