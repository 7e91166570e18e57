/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "proto/errmsg.h"
#include "proto/tcp.h"

/*
 * A listening socket, non-blocking and close-on-exec.  host and port as in
 * listener_create.  CORDON_EUNREACHABLE with the reason.
 */
int tcp_listen(const char *host, uint16_t port, int *fd, struct errmsg *msg);

/*
 * The kernel finds out that the other host has gone without a word, or cannot be
 * reached any more, and ends the connection within TCP_GONE_MS.
 */
#define TCP_GONE_MS 30000
void tcp_keep_alive(int fd);

#endif
