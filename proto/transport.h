/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TRANSPORT_H
#define PROTO_TRANSPORT_H

#include "proto/tls_profile.h"

/* The bytes below a channel: TLS or nothing over one non-blocking socket. */
struct transport {
	int fd;
	SSL *ssl; /* NULL: without TLS */
	struct tls_profile *profile;
	bool open;
	bool wants_write; /* TLS has something of its own to write */
	struct identity peer;
	uint8_t *peer_der;
	int peer_der_bytes;
	struct errmsg refusal;
};

/* Takes the fd, also on failure. */
int transport_init(struct transport *transport, int fd, struct tls_profile *profile,
	bool server, struct errmsg *msg);
void transport_finish(struct transport *transport);

/* Goes on with the handshake; sets open once it is done and the peer is known. */
int transport_handshake(struct transport *transport, struct errmsg *msg);

/*
 * At most size bytes; *got 0 when nothing is there yet.  CORDON_ECLOSED at an
 * orderly end, CORDON_EIO when the connection broke, CORDON_ETLS,
 * CORDON_EIDENTITY when the other side says so.
 */
int transport_read(struct transport *transport, void *data, size_t size, size_t *got,
	struct errmsg *msg);

/* After a read of got out of size bytes: would another find more, without waiting
 * for the socket?  Saves the read that only says "nothing". */
bool transport_more(const struct transport *transport, size_t got, size_t size);

/* A TLS record has begun and not ended. */
bool transport_partial(const struct transport *transport);

/*
 * *sent may be less than size, or 0.  After a failure the other side's last word is
 * looked for, because that tells why.  What was not sent must be offered again,
 * unchanged, though it may have moved and grown.
 */
int transport_write(struct transport *transport, const void *data, size_t size,
	size_t *sent, struct errmsg *msg);

/* Says goodbye; *done false when the socket takes no more now. */
int transport_goodbye(struct transport *transport, bool *done, struct errmsg *msg);

#endif
