/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ACCEPTOR_H
#define NET_ACCEPTOR_H

#include <stdbool.h>
#include <sys/socket.h>

#include <event2/listener.h>

#include "proto/errmsg.h"

/*
 * Accepts on a listening socket of any family.  Out of file descriptors it closes
 * what it cannot serve and rests for a moment, so that it never spins.
 */
struct acceptor {
	struct evconnlistener *listener;
	struct event *rest;
	int spare;        /* a descriptor given up to be able to accept and close */
	bool failing;     /* and has been logged */
	const char *name; /* for the log */
	void (*accepted)(void *context, int fd, const struct sockaddr *address);
	void *context;
};

/*
 * accepted, context and name are set by the caller beforehand; the rest here.
 * Takes the fd, also on failure.  CORDON_ENOMEM, CORDON_EIO.
 */
int acceptor_init(
	struct acceptor *acceptor, struct event_base *base, int fd, struct errmsg *msg);
/* Not inside accepted.  Also after a failed init, or with all zero and spare -1. */
void acceptor_finish(struct acceptor *acceptor);

#endif
