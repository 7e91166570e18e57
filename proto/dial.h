/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_DIAL_H
#define PROTO_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/errmsg.h"

/*
 * One attempt to connect to a host: resolves (an address needs no resolver, a name is
 * looked up by a short-lived thread of its own), tries the addresses in turn.  No event
 * loop and no clock: whoever owns it waits for what dial_waits says and calls
 * dial_step. Node and client library share it.  Times are milliseconds of any clock
 * that only goes forward.
 */
struct dial;

/* Nothing happens yet.  timeout_ms covers all of it.  Fails with CORDON_ENOMEM only. */
int dial_create(const char *host, uint16_t port, int64_t now_ms, uint32_t timeout_ms,
	struct dial **dial);
/* Gives up; a thread that still looks up a name ends by itself. */
void dial_destroy(struct dial *dial);

/* What to wait for; the fd changes from step to step. */
struct dial_waits {
	int fd;     /* -1: for the time only */
	bool write; /* until it is writable, else readable */
	int64_t until_ms;
};

struct dial_waits dial_waits(const struct dial *dial);

/*
 * Goes on.  0 with *fd -1: wait again.  0 with *fd: connected; the caller's,
 * non-blocking, close-on-exec, TCP_NODELAY.  Else CORDON_EUNREACHABLE, CORDON_ETIMEOUT
 * or CORDON_ENOMEM, and what became of each address in msg.  Not called again after
 * that.
 */
int dial_step(struct dial *dial, int64_t now_ms, int *fd, struct errmsg *msg);

#endif
