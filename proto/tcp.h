/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TCP_H
#define PROTO_TCP_H

#include <stdint.h>
#include <sys/socket.h>

/* What both ends of a TCP connection need of their sockets. */

#define TCP_ADDRESS_TEXT_BYTES 64

/* "192.0.2.7:40112" or "[2001:db8::7]:40112"; IPv4 inside IPv6 is shown as IPv4.
 * out: TCP_ADDRESS_TEXT_BYTES. */
void tcp_address_text(const struct sockaddr *address, char *out);

/* The port of the socket's own address; 0 when it has none. */
uint16_t tcp_port(int fd);

/* Small frames leave at once. */
void tcp_no_delay(int fd);

#endif
