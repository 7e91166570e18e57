/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "proto/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include <arpa/inet.h>

static void ipv6_text(const struct sockaddr_in6 *a, char *out)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (IN6_IS_ADDR_V4MAPPED(&a->sin6_addr)) {
		inet_ntop(AF_INET, a->sin6_addr.s6_addr + 12, host, sizeof(host));
		snprintf(out, TCP_ADDRESS_TEXT_BYTES, "%s:%u", host,
			ntohs(a->sin6_port));
		return;
	}
	inet_ntop(AF_INET6, &a->sin6_addr, host, sizeof(host));
	snprintf(out, TCP_ADDRESS_TEXT_BYTES, "[%s]:%u", host, ntohs(a->sin6_port));
}

void tcp_address_text(const struct sockaddr *address, char *out)
{
	const struct sockaddr_in *v4 =
		(const struct sockaddr_in *)(const void *)address;
	char host[INET_ADDRSTRLEN] = "?";

	if (address->sa_family == AF_INET6) {
		ipv6_text((const struct sockaddr_in6 *)(const void *)address, out);
		return;
	}
	if (address->sa_family != AF_INET) {
		snprintf(out, TCP_ADDRESS_TEXT_BYTES, "?");
		return;
	}
	inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
	snprintf(out, TCP_ADDRESS_TEXT_BYTES, "%s:%u", host, ntohs(v4->sin_port));
}

uint16_t tcp_port(int fd)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &size) != 0) {
		return 0;
	}
	return a.ss_family == AF_INET6  ? ntohs(((struct sockaddr_in6 *)&a)->sin6_port)
	       : a.ss_family == AF_INET ? ntohs(((struct sockaddr_in *)&a)->sin_port)
					: 0;
}

void tcp_no_delay(int fd)
{
	int on = 1;

	/* can only fail where there is no Nagle either */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}
