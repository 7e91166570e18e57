/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/crowd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <openssl/ssl.h>

#include "proto/channel.h"
#include "proto/hello.h"

struct crowd {
	unsigned count;
	int *fds;                  /* mute ones; -1: closed */
	struct channel **channels; /* the others */
};

int crowd_connect(struct union_node *node, const char *source)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)node->port) };
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, node->host, &to.sin_addr), 1);
	if (source != NULL) {
		assert_int_equal(inet_pton(AF_INET, source, &from.sin_addr), 1);
		assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	}
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* ---- good ones --------------------------------------------------------------------
 */

static int keep_hello(
	void *context, const struct frame_header *header, struct bytes payload)
{
	(void)payload;
	*(bool *)context = header->type == MESSAGE_HELLO;
	return 0;
}

static void turn(struct channel *channel, bool *said)
{
	unsigned wants = channel_wants(channel);
	struct pollfd p = {
		.fd = channel_fd(channel),
		.events =
			(short)(POLLIN | ((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0)),
	};
	struct errmsg msg = { "" };

	if ((wants & CHANNEL_AGAIN) == 0) {
		assert_int_equal(poll(&p, 1, UNION_PATIENCE_MS), 1);
	}
	if (channel_step(channel, keep_hello, said, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
}

static void say_hello(struct channel *channel)
{
	struct arena arena;
	struct hello hello;

	arena_init(&arena, 0);
	hello_init(&hello, FRAME_MAX_CLIENT, "crowd");
	assert_int_equal(channel_send(channel, MESSAGE_HELLO, 0, 0,
				 &hello_to_message(&hello, &arena)->base),
		0);
	arena_finish(&arena);
}

static struct tls_profile *profile_of(struct union_node *node, enum union_role role)
{
	char ca[UNION_PATH_MAX], certificate[UNION_PATH_MAX], key[UNION_PATH_MAX];
	struct tls_member member = { .ca = ca };
	struct tls_options options = { .certificate = certificate,
		.key = key,
		.members = &member,
		.members_count = 1 };
	struct tls_profile *profile;
	struct errmsg msg = { "" };

	memcpy(member.member.code, node->member, sizeof(node->member));
	snprintf(ca, sizeof(ca), "%s/ca.pem", node->pki);
	snprintf(certificate, sizeof(certificate), "%s/%s.pem", node->pki,
		union_role_text(role));
	snprintf(key, sizeof(key), "%s/%s.key", node->pki, union_role_text(role));
	if (tls_profile_create(&options, &profile, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	return profile;
}

static struct channel *open_channel(
	struct union_node *node, struct tls_profile *profile, const char *source)
{
	static const struct channel_limits limits = { FRAME_MAX_CLIENT,
		4 * FRAME_MAX_CLIENT };
	struct channel *channel;
	struct errmsg msg = { "" };
	bool said = false;
	int fd = crowd_connect(node, source);

	assert_true(fd >= 0);
	if (channel_create(fd, profile, false, &limits, &channel, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	if (channel_step(channel, keep_hello, &said, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	while (!channel_open(channel)) {
		turn(channel, &said);
	}
	say_hello(channel);
	while (!said || channel_output_bytes(channel) > 0) {
		turn(channel, &said);
	}
	channel_set_payload_max(channel, FRAME_MAX_CLIENT);
	return channel;
}

struct channel *crowd_channel(
	struct union_node *node, enum union_role role, const char *source)
{
	struct tls_profile *profile = profile_of(node, role);
	struct channel *channel = open_channel(node, profile, source);

	tls_profile_unref(profile);
	return channel;
}

static struct crowd *make(unsigned count)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	assert_non_null(crowd);
	crowd->count = count;
	return crowd;
}

struct crowd *crowd_create(struct union_node *node, enum union_role role,
	const char *source, unsigned count)
{
	struct tls_profile *profile = profile_of(node, role);
	struct crowd *crowd = make(count);

	crowd->channels = calloc(count, sizeof(struct channel *));
	assert_non_null(crowd->channels);
	for (unsigned i = 0; i < count; i++) {
		crowd->channels[i] = open_channel(node, profile, source);
	}
	tls_profile_unref(profile);
	return crowd;
}

/* ---- mute ones --------------------------------------------------------------------
 */

struct crowd *crowd_create_mute(
	struct union_node *node, const char *source, unsigned count)
{
	struct crowd *crowd = make(count);

	crowd->fds = calloc(count, sizeof(int));
	assert_non_null(crowd->fds);
	for (unsigned i = 0; i < count; i++) {
		crowd->fds[i] = crowd_connect(node, source);
	}
	return crowd;
}

unsigned crowd_say(struct crowd *crowd, const void *data, size_t size)
{
	unsigned taken = 0;

	for (unsigned i = 0; crowd->fds != NULL && i < crowd->count; i++) {
		if (crowd->fds[i] >= 0) {
			taken += send(crowd->fds[i], data, size, MSG_NOSIGNAL) ==
				 (ssize_t)size;
		}
	}
	return taken;
}

/* Nothing comes that is the end. */
static bool stands(int fd)
{
	char ignored[4096];
	ssize_t got;

	do {
		got = recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT);
	} while (got > 0);
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

unsigned crowd_standing(struct crowd *crowd)
{
	unsigned standing = 0;

	for (unsigned i = 0; i < crowd->count; i++) {
		int fd = crowd->fds != NULL ? crowd->fds[i]
					    : channel_fd(crowd->channels[i]);

		standing += fd >= 0 && stands(fd);
	}
	return standing;
}

void crowd_destroy(struct crowd *crowd)
{
	if (crowd == NULL) {
		return;
	}
	for (unsigned i = 0; i < crowd->count; i++) {
		if (crowd->fds != NULL && crowd->fds[i] >= 0) {
			close(crowd->fds[i]);
		}
		if (crowd->channels != NULL) {
			channel_destroy(crowd->channels[i]);
		}
	}
	free(crowd->fds);
	free(crowd->channels);
	free(crowd);
}

/* ---- bad handshakes ---------------------------------------------------------------
 */

/* Whatever the node says, until it says no more. */
static void wait_for_end(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	do {
		assert_int_equal(poll(&p, 1, UNION_PATIENCE_MS), 1);
	} while (stands(fd));
}

static SSL_CTX *nobody(void)
{
	static const unsigned char alpn[] = "\x08" PROTOCOL_ALPN;
	static SSL_CTX *ctx;

	if (ctx == NULL) {
		/* the node closes while OpenSSL writes */
		signal(SIGPIPE, SIG_IGN);
		ctx = SSL_CTX_new(TLS_client_method());
		assert_non_null(ctx);
		SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn) - 1);
	}
	return ctx;
}

static void shake_as_nobody(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	SSL *ssl = SSL_new(nobody());
	char byte;
	int result = -1;

	assert_non_null(ssl);
	SSL_set_fd(ssl, fd);
	SSL_set_connect_state(ssl);
	for (int i = 0; i < 64; i++) {
		result = result == 1 ? SSL_read(ssl, &byte, 1) : SSL_do_handshake(ssl);
		if (result != 1 && SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ) {
			break;
		}
		if (result != 1 || SSL_is_init_finished(ssl)) {
			assert_true(poll(&p, 1, UNION_PATIENCE_MS) >= 0);
			result = SSL_is_init_finished(ssl);
		}
	}
	SSL_free(ssl);
}

void crowd_bad_handshake(
	struct union_node *node, const char *source, enum crowd_badness badness)
{
	static const uint8_t garbage[64] = "GET / HTTP/1.1\r\nHost: border\r\n\r\n";
	static const uint8_t half[] = { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };
	int fd = crowd_connect(node, source);

	if (fd < 0) {
		return;
	}
	if (badness == CROWD_GARBAGE) {
		(void)send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL);
		wait_for_end(fd);
	} else if (badness == CROWD_HALF) {
		(void)send(fd, half, sizeof(half), MSG_NOSIGNAL);
	} else {
		shake_as_nobody(fd);
	}
	close(fd);
}

/* ---- anything at all --------------------------------------------------------------
 */

static SSL_CTX *context_of(
	struct union_node *node, int version, const char *alpn, enum union_role role)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char path[UNION_PATH_MAX];

	assert_non_null(ctx);
	assert_int_equal(SSL_CTX_set_min_proto_version(ctx, version), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(ctx, version), 1);
	if (alpn != NULL) {
		SSL_CTX_set_alpn_protos(
			ctx, (const unsigned char *)alpn, (unsigned)strlen(alpn));
	}
	if (role != UNION_ROLES) {
		snprintf(path, sizeof(path), "%s/%s.pem", node->pki,
			union_role_text(role));
		assert_int_equal(SSL_CTX_use_certificate_chain_file(ctx, path), 1);
		snprintf(path, sizeof(path), "%s/%s.key", node->pki,
			union_role_text(role));
		assert_int_equal(
			SSL_CTX_use_PrivateKey_file(ctx, path, SSL_FILETYPE_PEM), 1);
	}
	return ctx;
}

SSL *crowd_shake(struct union_node *node, const char *source, int version,
	const char *alpn, enum union_role role)
{
	const struct timeval patience = { UNION_PATIENCE_MS / 1000, 0 };
	SSL_CTX *ctx = context_of(node, version, alpn, role);
	SSL *ssl = SSL_new(ctx);
	int fd = crowd_connect(node, source);

	SSL_CTX_free(ctx);
	assert_non_null(ssl);
	assert_true(fd >= 0);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)),
		0);
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1) {
		crowd_hang_up(ssl);
		return NULL;
	}
	return ssl;
}

void crowd_hang_up(SSL *ssl)
{
	if (ssl != NULL) {
		int fd = SSL_get_fd(ssl);

		SSL_free(ssl);
		close(fd);
	}
}

uint64_t crowd_node_bytes(struct union_node *node)
{
	char path[64], line[256];
	uint64_t kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)node->pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "RssAnon:", 8) == 0) {
			kib = strtoull(line + 8, NULL, 10);
		}
	}
	fclose(file);
	assert_true(kib > 0);
	return kib * 1024;
}
