/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <stdint.h>
#include <sys/socket.h>

#include "proto/errmsg.h"

/* What listeners and dialers share about TCP sockets. */

#define TCP_ADDRESS_TEXT_BYTES 64

/* "192.0.2.7:40112" or "[2001:db8::7]:40112"; IPv4 inside IPv6 is shown as IPv4.
 * out: TCP_ADDRESS_TEXT_BYTES. */
void tcp_address_text(const struct sockaddr *address, char *out);

/* The port of the socket's own address; 0 when it has none. */
uint16_t tcp_port(int fd);

/* Small frames leave at once. */
void tcp_no_delay(int fd);

/*
 * A listening socket, non-blocking and close-on-exec.  host and port as in
 * listener_create.  CORDON_EUNREACHABLE with the reason.
 */
int tcp_listen(const char *host, uint16_t port, int *fd, struct errmsg *msg);

#endif
