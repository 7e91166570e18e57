/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_DIALER_H
#define NET_DIALER_H

#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * One attempt to connect to a host: resolves, tries the addresses in turn, calls
 * back once.  Nothing blocks the loop: an address needs no resolver, a name is
 * looked up by a short-lived thread of its own (getaddrinfo cannot be cancelled;
 * a dialer destroyed meanwhile leaves the thread to end by itself).
 */
struct dialer;

/*
 * error 0: fd is the callee's, connected, non-blocking, close-on-exec, TCP_NODELAY;
 * else fd is -1 and text says why (CORDON_EUNREACHABLE, CORDON_ETIMEOUT).  From the
 * loop, never from dialer_create.  The dialer must still be destroyed, here or
 * later.
 */
typedef void dialer_done_fn(void *context, int error, int fd, const char *text);

/* timeout_ms covers all of it.  Fails with CORDON_ENOMEM only. */
int dialer_create(struct event_base *base, const char *host, uint16_t port,
	uint32_t timeout_ms, dialer_done_fn *done, void *context,
	struct dialer **dialer);

/* Gives up: done is not called any more. */
void dialer_destroy(struct dialer *dialer);

#endif
