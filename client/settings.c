/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "client/settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include <cordon/version.h>
#include "proto/tls_x509.h"

#define SOFTWARE_MAX 128

static int not_a_server(const char *text, struct errmsg *msg)
{
	return errmsg_set(msg, CORDON_EINVAL,
		"server \"%s\": expected HOST:PORT, [ADDRESS]:PORT, or the path of a "
		"node's local socket",
		text);
}

static bool parse_port(const char *text, uint16_t *port)
{
	unsigned long value;
	char *end;

	if (text[0] < '0' || text[0] > '9' || strlen(text) > 5) {
		return false;
	}
	value = strtoul(text, &end, 10);
	*port = (uint16_t)value;
	return *end == '\0' && value >= 1 && value <= UINT16_MAX;
}

/* Where the host ends and the port begins; false when the text has no such form. */
static bool split(
	const char *text, const char **host, size_t *host_bytes, const char **port)
{
	const char *end;

	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL || end[1] != ':') {
			return false;
		}
		*host = text + 1;
		*host_bytes = (size_t)(end - *host);
		*port = end + 2;
		return true;
	}
	end = strchr(text, ':');
	/* a bare IPv6 address leaves open where its port begins */
	if (end == NULL || strchr(end + 1, ':') != NULL) {
		return false;
	}
	*host = text;
	*host_bytes = (size_t)(end - text);
	*port = end + 1;
	return true;
}

int server_parse(const char *text, struct server *server, struct errmsg *msg)
{
	struct server s = { .local = text[0] == '/' };
	const char *host = NULL, *port = NULL;
	size_t host_bytes = 0;

	if (s.local && strlen(text) >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"server \"%s\": the path of a local socket has at most %zu "
			"bytes",
			text, sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
	}
	if (!s.local) {
		if (!split(text, &host, &host_bytes, &port) || host_bytes == 0 ||
			host_bytes > SERVER_HOST_MAX || !parse_port(port, &s.port)) {
			return not_a_server(text, msg);
		}
		memcpy(s.host, host, host_bytes);
	}
	s.text = strdup(text);
	if (s.text == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*server = s;
	return 0;
}

void server_finish(struct server *server)
{
	free(server->text);
	*server = (struct server){ 0 };
}

static int init_servers(
	struct settings *s, const struct cordon_options *options, struct errmsg *msg)
{
	int error = 0;

	if (options->servers_count < 1 || options->servers_count > CORDON_SERVERS_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%zu servers given, 1 to %d are possible",
			options->servers_count, CORDON_SERVERS_MAX);
	}
	while (error == 0 && s->servers_count < options->servers_count) {
		const char *text = options->servers[s->servers_count];

		if (text == NULL) {
			return errmsg_set(msg, CORDON_EINVAL, "server %zu is not given",
				s->servers_count + 1);
		}
		error = server_parse(text, &s->servers[s->servers_count], msg);
		s->servers_count += error == 0;
	}
	return error;
}

static bool all_local(const struct settings *s)
{
	for (size_t i = 0; i < s->servers_count; i++) {
		if (!s->servers[i].local) {
			return false;
		}
	}
	return true;
}

/* The member that the client's own certificate names. */
static int own_member(const char *path, struct state *member, struct errmsg *msg)
{
	STACK_OF(X509) * chain;
	struct identity self;
	int error = tls_x509_load_certificates(path, &chain, msg);

	if (error != 0) {
		return error;
	}
	error = tls_x509_identity(sk_X509_value(chain, 0), &self, msg);
	sk_X509_pop_free(chain, X509_free);
	if (error != 0) {
		return errmsg_wrap(msg, error, "load %s", path);
	}
	*member = self.member;
	return 0;
}

static int init_profile(
	struct settings *s, const struct cordon_options *options, struct errmsg *msg)
{
	struct tls_member own = { .ca = options->ca, .crl = options->crl };
	const struct tls_options tls = {
		.certificate = options->certificate,
		.key = options->key,
		.members = &own,
		.members_count = 1,
	};
	int error;

	if (all_local(s)) {
		return 0;
	}
	if (options->certificate == NULL || options->key == NULL ||
		options->ca == NULL) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s is not given: a connection to %s needs the client's "
			"certificate, "
			"its key, and its member's CA",
			options->certificate == NULL ? "the certificate"
			: options->key == NULL       ? "the key"
						     : "the CA",
			s->servers[0].text);
	}
	error = own_member(options->certificate, &own.member, msg);
	return error != 0 ? error : tls_profile_create(&tls, &s->profile, msg);
}

/* Hello must hold it, and the node's log. */
static int init_software(
	struct settings *s, const struct cordon_options *options, struct errmsg *msg)
{
	const char *software = options->software == NULL ? "libcordon " CORDON_VERSION
							 : options->software;

	if (strlen(software) > SOFTWARE_MAX ||
		!bytes_are_text(software, strlen(software))) {
		return errmsg_set(msg, CORDON_EINVAL,
			"software: expected at most %d bytes of printable UTF-8 text",
			SOFTWARE_MAX);
	}
	s->software = strdup(software);
	return s->software != NULL ? 0
				   : errmsg_set(msg, CORDON_ENOMEM, "out of memory");
}

int settings_init(struct settings *settings, const struct cordon_options *options,
	struct errmsg *msg)
{
	struct settings s = {
		.timeout_ms = options->timeout_ms,
		.connect_timeout_ms = options->connect_timeout_ms,
	};
	int error = init_servers(&s, options, msg);

	if (s.timeout_ms == 0) {
		s.timeout_ms = CORDON_TIMEOUT_DEFAULT_MS;
	}
	if (s.connect_timeout_ms == 0) {
		s.connect_timeout_ms = CORDON_CONNECT_TIMEOUT_DEFAULT_MS;
	}
	if (error == 0) {
		error = init_profile(&s, options, msg);
	}
	if (error == 0) {
		error = init_software(&s, options, msg);
	}
	if (error != 0) {
		settings_finish(&s);
		return error;
	}
	*settings = s;
	return 0;
}

void settings_finish(struct settings *settings)
{
	for (size_t i = 0; i < settings->servers_count; i++) {
		server_finish(&settings->servers[i]);
	}
	tls_profile_unref(settings->profile);
	free(settings->software);
	*settings = (struct settings){ 0 };
}
