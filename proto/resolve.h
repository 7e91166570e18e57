/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RESOLVE_H
#define PROTO_RESOLVE_H

#include <netdb.h>
#include <stdint.h>

#include "proto/errmsg.h"

/*
 * A name looked up by a thread of its own.  The thread and the asker each hold the
 * lookup; whoever lets go last frees it, so that neither waits for the other.
 */
struct resolve;

/* An address as text, which needs no lookup: NULL when host is none. */
struct addrinfo *resolve_address(const char *host, uint16_t port);

/*
 * *ready_fd (borrowed) becomes readable when the lookup is done.
 * CORDON_EUNREACHABLE when no thread or descriptor is to be had, CORDON_ENOMEM.
 */
int resolve_start(const char *host, uint16_t port, struct resolve **resolve,
	int *ready_fd, struct errmsg *msg);

/*
 * After ready_fd became readable, once: the addresses, at least one, the caller's
 * (freeaddrinfo).  CORDON_EUNREACHABLE with the reason.
 */
int resolve_result(
	struct resolve *resolve, struct addrinfo **found, struct errmsg *msg);

/* The asker lets go, at any time. */
void resolve_release(struct resolve *resolve);

#endif
