/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/net/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* Returns 0 or an errno. */
static int listen_on(const struct sockaddr *address, socklen_t size, int *fd)
{
	int s = socket(
		address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, off = 0, number;

	if (s < 0) {
		return errno;
	}
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->sa_family == AF_INET6) {
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	}
	if (bind(s, address, size) != 0 || listen(s, SOMAXCONN) != 0) {
		number = errno;
		close(s);
		return number;
	}
	*fd = s;
	return 0;
}

static int listen_everywhere(uint16_t port, int *fd, struct errmsg *msg)
{
	const struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_ANY_INIT,
		.sin6_port = htons(port),
	};
	const struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	int number = listen_on((const struct sockaddr *)&v6, sizeof(v6), fd);

	/* a host without IPv6 */
	if (number == EAFNOSUPPORT || number == EADDRNOTAVAIL) {
		number = listen_on((const struct sockaddr *)&v4, sizeof(v4), fd);
	}
	return number == 0 ? 0
			   : errmsg_set(msg, CORDON_EUNREACHABLE,
				     "listen on port %u: %s", port, strerror(number));
}

int tcp_listen(const char *host, uint16_t port, int *fd, struct errmsg *msg)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE };
	struct addrinfo *found = NULL;
	char service[8];
	int number;

	if (host == NULL) {
		return listen_everywhere(port, fd, msg);
	}
	snprintf(service, sizeof(service), "%u", port);
	number = getaddrinfo(host, service, &hints, &found);
	if (number != 0) {
		return errmsg_set(msg, CORDON_EUNREACHABLE, "listen on %s: %s", host,
			number == EAI_SYSTEM ? strerror(errno) : gai_strerror(number));
	}
	number = listen_on(found->ai_addr, found->ai_addrlen, fd);
	freeaddrinfo(found);
	return number == 0 ? 0
			   : errmsg_set(msg, CORDON_EUNREACHABLE,
				     "listen on %s port %u: %s", host, port,
				     strerror(number));
}
