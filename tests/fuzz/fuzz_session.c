/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/thread.h>
#include <openssl/pem.h>

#include "daemon/node/node.h"
#include "proto/message.h"
#include "tests/fuzz/plain_transport.h"
#include "tests/lib/testpki.h"

/*
 * A whole session against a whole node, TLS apart: any messages in any order, of
 * anybody. The first byte says who it is (bits 0–3) and whether frames are sent as they
 * stand (bit 7) or with lengths that fit; the rest are frames.  The node lives on from
 * one input to the next, so that what one has entered another finds; it must answer a
 * good request after each, and have no connection left.
 */

#define PATIENCE_MS 60000
#define OPENING_TRIES 1000

static const char *const peers[] = {
	"cordon://KAZ/agency/migration-1",
	"cordon://KAZ/checkpoint/desk-1",
	"cordon://KAZ/admin/admin-1",
	"cordon://KAZ/auditor/audit-1",
	"cordon://RUS/node/moscow-1",
	"cordon://KAZ/node/astana-1",
	"cordon://RUS/agency/migration-1",
	"cordon://BLR/node/minsk-1",
	"cordon://KAZ/agency/migration-2",
};
#define PEERS (sizeof(peers) / sizeof(peers[0]))

static uint16_t port;

/* ---- the node ---------------------------------------------------------------------
 */

static uint16_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	FUZZ_CHECK(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	FUZZ_CHECK(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
	close(fd);
	return ntohs(at.sin_port);
}

static void write_head_key(struct testpki *pki)
{
	FILE *key = fopen(testpki_path(pki, "node.key"), "r");
	FILE *pub = fopen(testpki_path(pki, "head.pub"), "w");
	EVP_PKEY *pkey = PEM_read_PrivateKey(key, NULL, NULL, NULL);

	FUZZ_CHECK(pkey != NULL && PEM_write_PUBKEY(pub, pkey) == 1);
	EVP_PKEY_free(pkey);
	fclose(key);
	fclose(pub);
}

static struct config *configure(struct testpki *pki)
{
	struct config *config;
	struct errmsg msg = { "" };
	char text[2048];
	int size = snprintf(text, sizeof(text),
		"node = KAZ/almaty-1\ndata_dir = %s\ncertificate = node.pem\n"
		"key = node.key\nhead_key = node.key\nlisten = 127.0.0.1:%u\n"
		"local_socket = socket\nworkers = 1\nmap_size = 64MiB\n"
		"seccomp = no\nlog_level = error\nutc_offset = \"+00:00\"\n"
		"requests_per_identity = 0\nrequests_per_address = 0\n"
		"requests_per_node = 0\nbytes_per_identity = 0B\n"
		"bytes_per_address = 0B\nhandshakes_per_identity = 0\n"
		"handshakes_per_address = 0\nfollow_wait = 10ms\n"
		"copies_timeout = 10ms\n"
		"member KAZ { ca = KAZ-ca.pem crl = KAZ-crl.pem head_keys = head.pub "
		"}\n"
		"member RUS { ca = RUS-ca.pem crl = RUS-crl.pem }\n"
		"list entry_ban { share_with = {RUS} }\n",
		testpki_path(pki, "data"), port);

	FUZZ_CHECK(size > 0 && (size_t)size < sizeof(text));
	if (config_parse(testpki_path(pki, "cordond.conf"), text, (size_t)size, &config,
		    &msg) != 0) {
		fprintf(stderr, "%s\n", msg.text);
		abort();
	}
	return config;
}

static void *run(void *context)
{
	struct errmsg msg = { "" };

	if (node_run(context, &msg) != 0) {
		fprintf(stderr, "the node ended: %s\n", msg.text);
		abort();
	}
	return NULL;
}

static struct testpki *pki;

static void remove_pki(void)
{
	testpki_destroy(pki);
}

static void start(void)
{
	static const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://KAZ/node/almaty-1" };
	pthread_t thread;

	FUZZ_CHECK(evthread_use_pthreads() == 0);
	log_init(LOG_LEVEL_ERROR);
	pki = testpki_create();
	testpki_issue(pki, "node", &leaf);
	write_head_key(pki);
	port = free_port();
	FUZZ_CHECK(pthread_create(&thread, NULL, run, configure(pki)) == 0);
	pthread_detach(thread);
	atexit(remove_pki);
}

/* ---- one connection ---------------------------------------------------------------
 */

static int dial(const char *uri)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct identity peer;
	int fd = -1;

	FUZZ_CHECK(ident_uri_parse(&peer, uri, strlen(uri), NULL) == 0);
	plain_transport_peer(&peer);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* it may still be starting */
	for (int i = 0; i < PATIENCE_MS; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		FUZZ_CHECK(fd >= 0);
		if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
			return fd;
		}
		close(fd);
		poll(NULL, 0, 1);
	}
	fputs("the node does not listen\n", stderr);
	abort();
}

/* What the node said: the beginning of it. */
struct heard {
	uint8_t data[8192];
	size_t size;
};

static void keep(struct heard *heard, const uint8_t *data, size_t size)
{
	size_t room = sizeof(heard->data) - heard->size;

	size = size < room ? size : room;
	memcpy(heard->data + heard->size, data, size);
	heard->size += size;
}

/* Sends all, and hears meanwhile, until the end. */
static void exchange(int fd, const uint8_t *data, size_t size, struct heard *heard)
{
	uint8_t came[16384];
	bool sent_all = false;
	ssize_t got = 1;

	while (got > 0) {
		struct pollfd p = { .fd = fd,
			.events = (short)(POLLIN | (size > 0 ? POLLOUT : 0)) };

		if (size == 0 && !sent_all) {
			shutdown(fd, SHUT_WR);
			sent_all = true;
		}
		FUZZ_CHECK(poll(&p, 1, PATIENCE_MS) == 1);
		if (size > 0 && (p.revents & POLLOUT) != 0) {
			ssize_t sent =
				send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

			/* the node may have ended it */
			size = sent < 0 ? 0 : size - (size_t)sent;
			data += sent < 0 ? 0 : sent;
		}
		if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
			got = recv(fd, came, sizeof(came), 0);
			keep(heard, came, got > 0 ? (size_t)got : 0);
		}
	}
	close(fd);
}

/* ---- frames -----------------------------------------------------------------------
 */

static const uint8_t hello[] = { 0, 0, 0, 9, 0, MESSAGE_HELLO, 0, 0, 0, 0, 0, 0,
	/* protocol_min 1, protocol_max 1, frame_max 4 MiB */
	0x08, 1, 0x10, 1, 0x20, 0x80, 0x80, 0x80, 0x02 };

/* Lengths that claim more than there is are made to fit. */
static size_t mend(const uint8_t *data, size_t size, uint8_t *out)
{
	size_t at = 0;

	memcpy(out, data, size);
	while (size - at >= FRAME_HEADER_BYTES) {
		struct frame_header header;
		size_t left = size - at - FRAME_HEADER_BYTES;

		if (frame_header_read(out + at, UINT32_MAX, &header) != 0) {
			header.flags = 0;
			header.size &= 0xff;
		}
		header.size = header.size > left ? (uint32_t)left : header.size;
		frame_header_write(&header, out + at);
		at += FRAME_HEADER_BYTES + header.size;
	}
	return size;
}

/* Has the node said this about that request? Then where its payload is. */
static bool has_said(
	const struct heard *heard, uint16_t type, uint32_t request, size_t *payload)
{
	struct frame_header header;

	for (size_t at = 0; heard->size - at >= FRAME_HEADER_BYTES;
		at += FRAME_HEADER_BYTES + header.size) {
		FUZZ_CHECK(frame_header_read(
				   heard->data + at, FRAME_MAX_PEER, &header) == 0);
		if (header.type == type && header.request == request &&
			header.size >= 2) {
			*payload = at + FRAME_HEADER_BYTES;
			return *payload + 2 <= heard->size;
		}
		if (header.size > heard->size - at - FRAME_HEADER_BYTES) {
			return false;
		}
	}
	return false;
}

/* What the node makes of one request without anything in it: the code of its Error; 0:
 * no Error came. */
static uint8_t refusal_of(const char *uri, uint8_t type)
{
	const uint8_t request[] = { 0, 0, 0, 0, 0, type, 0, 0, 0, 0, 0, 1 };
	uint8_t both[sizeof(hello) + sizeof(request)];
	struct heard heard = { .size = 0 };
	size_t at;

	memcpy(both, hello, sizeof(hello));
	memcpy(both + sizeof(hello), request, sizeof(request));
	exchange(dial(uri), both, sizeof(both), &heard);
	if (!has_said(&heard, MESSAGE_ERROR, 1, &at)) {
		return 0;
	}
	/* Error.code comes first: field 1, a small number */
	FUZZ_CHECK(heard.data[at] == 0x08 && heard.data[at + 1] < 0x80);
	return heard.data[at + 1];
}

/* A lookup that asks nothing is told so. */
static void still_answers(void)
{
	FUZZ_CHECK(refusal_of(peers[1], MESSAGE_LOOKUP) == -CORDON_EINVAL);
}

/* The own lists are open, so that submissions are taken. */
static void wait_until_open(void)
{
	for (int i = 0; i < OPENING_TRIES &&
			refusal_of(peers[0], MESSAGE_SUBMIT) == -CORDON_EBUSY;
		i++) {
		poll(NULL, 0, 10);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned count;
	uint8_t choice = size > 0 ? data[0] : 0;
	struct heard heard = { .size = 0 };
	uint8_t *frames;
	size_t at;

	if (port == 0) {
		start();
		wait_until_open();
	}
	data += size > 0;
	size -= size > 0;
	frames = malloc(sizeof(hello) + size);
	FUZZ_CHECK(frames != NULL);
	memcpy(frames, hello, sizeof(hello));
	if ((choice & 0x80) != 0) {
		memcpy(frames, data, size);
	} else {
		size = sizeof(hello) + mend(data, size, frames + sizeof(hello));
	}
	exchange(dial(peers[(choice & 15) % PEERS]), frames, size, &heard);
	/* whole frames, whatever came */
	(void)has_said(&heard, 0, 0, &at);
	free(frames);
	if (count++ % 16 == 0) {
		still_answers();
	}
	return 0;
}
