/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include <cordon/client.h>
#include "proto/tls_profile.h"

/* A client's options, checked and copied, and its TLS policy. */

#define SERVER_HOST_MAX 255

struct server {
	char *text; /* as in the options */
	bool local; /* text is the path of a socket */
	char host[SERVER_HOST_MAX + 1];
	uint16_t port;
};

struct settings {
	struct server servers[CORDON_SERVERS_MAX];
	size_t servers_count;
	struct tls_profile *profile; /* NULL where all servers are local */
	uint32_t timeout_ms;
	uint32_t connect_timeout_ms;
	char *software;
};

/*
 * "host:port", "[address]:port" or "/path".  CORDON_EINVAL names the text and what is
 * expected.  *server is zeroed or filled; finished by server_finish.
 */
int server_parse(const char *text, struct server *server, struct errmsg *msg);
void server_finish(struct server *server);

int settings_init(struct settings *settings, const struct cordon_options *options,
	struct errmsg *msg);
void settings_finish(struct settings *settings);

#endif
