/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include <openssl/ssl.h>

#include "tests/lib/union.h"

/*
 * Many connections to one node, good and bad ones, made and kept by the test itself.
 * Everything fails the running cmocka test when it does not work.
 */
struct crowd;

/*
 * count connections with the certificate of role, each after Hello; they then say
 * nothing.  source: the address of the loopback network they come from, NULL: any.
 */
struct crowd *crowd_create(struct union_node *node, enum union_role role,
	const char *source, unsigned count);
/* Says nothing at all: not even TLS begins.  Some may be closed by the node at once. */
struct crowd *crowd_create_mute(
	struct union_node *node, const char *source, unsigned count);
/* Each sends the same bytes once more; those that are closed meanwhile do not count.
 * Returns how many took them. */
unsigned crowd_say(struct crowd *crowd, const void *data, size_t size);
/* How many the node has not ended. */
unsigned crowd_standing(struct crowd *crowd);
void crowd_destroy(struct crowd *crowd);

/* ---- one at a time ----------------------------------------------------------------
 */

/* A socket, connected and non-blocking; -1: refused. */
int crowd_connect(struct union_node *node, const char *source);

enum crowd_badness {
	CROWD_GARBAGE,        /* no TLS */
	CROWD_NO_CERTIFICATE, /* TLS as it should be, but nobody */
	CROWD_HALF,           /* half of a ClientHello */
	CROWD_BADNESSES
};

/* A handshake that comes to nothing; returns when the node has answered or closed. */
void crowd_bad_handshake(
	struct union_node *node, const char *source, enum crowd_badness badness);

/* Of the node's process: bytes of memory of its own (RssAnon). */
uint64_t crowd_node_bytes(struct union_node *node);

/* ---- its own words ----------------------------------------------------------------
 */

/* A channel with the certificate of role, after Hello; the caller's. */
struct channel *crowd_channel(
	struct union_node *node, enum union_role role, const char *source);

/*
 * TLS of that version and ALPN list (NULL: none) with the certificate of role
 * (UNION_ROLES: none), blocking, to say anything at all through; NULL: refused.  Ended
 * with crowd_hang_up.
 */
SSL *crowd_shake(struct union_node *node, const char *source, int version,
	const char *alpn, enum union_role role);
/* NULL is fine. */
void crowd_hang_up(SSL *ssl);

#endif
