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

void tcp_keep_alive(int fd)
{
	unsigned gone_ms = TCP_GONE_MS;
	int on = 1, probes = 3;
	int apart_s = TCP_GONE_MS / 1000 / (1 + probes);

	/* without them the idle timeout is what finds it out */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &apart_s, sizeof(apart_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &apart_s, sizeof(apart_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	/* bytes that were sent and are not acknowledged */
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &gone_ms, sizeof(gone_ms));
}
