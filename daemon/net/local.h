/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LOCAL_H
#define NET_LOCAL_H

#include <sys/types.h>

#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * Listens on a unix socket for administrators on the host: file mode 0600, and
 * the kernel's word (SO_PEERCRED) that the caller is root or the node's own user.
 * Others are closed at once, with a log line.
 */
struct local;

/* fd is the callee's: non-blocking, close-on-exec. Called on the loop's thread. */
typedef void local_accept_fn(void *context, int fd, uid_t uid);

/*
 * A socket file left by a killed node is replaced; one where somebody listens
 * gives CORDON_EBUSY, any other file CORDON_EIO.
 */
int local_create(struct event_base *base, const char *path, local_accept_fn *accepted,
	void *context, struct local **local, struct errmsg *msg);

/* Removes the socket file when it is still this one's. */
void local_destroy(struct local *local);

#endif
