/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <event2/event.h>

#include "proto/errmsg.h"

/*
 * Listens on one TCP address.  Out of file descriptors it closes what it cannot
 * serve and rests for a moment; it never spins and never ends by itself.
 */
struct listener;

/*
 * fd is the callee's: non-blocking, close-on-exec, TCP_NODELAY.  address:
 * "192.0.2.7:40112" or "[2001:db8::7]:40112", for the log, valid during the call.
 * Called on the loop's thread.  The listener must not be destroyed inside.
 */
typedef void listener_accept_fn(void *context, int fd, const char *address);

/*
 * host: an address or a name (resolved here and now: at start, not in a running
 * loop; the first address counts); NULL: every local address, IPv6 and IPv4.
 * port 0: any free one.  CORDON_EUNREACHABLE with the reason.
 */
int listener_create(struct event_base *base, const char *host, uint16_t port,
	listener_accept_fn *accepted, void *context, struct listener **listener,
	struct errmsg *msg);
void listener_destroy(struct listener *listener);

/* The port listened on. */
uint16_t listener_port(const struct listener *listener);

#endif
