/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_HELLO_H
#define PROTO_HELLO_H

#include <cordon/client.h>
#include "proto/message.h"

/*
 * The first words on every connection (PROTOCOL.md, "Hello").
 *
 * 1. Each side sends Hello as its first frame as soon as TLS is done (on a local
 *    socket: at once), with request id 0 and no flags, without waiting for the other's.
 * 2. The first frame that comes is Hello, of at most FRAME_MAX_HELLO bytes of payload,
 *    request id 0, no flags.  A side that will not talk at all (too many
 *    connections, say) may send Error with request id 0 in its place and close.
 *    Anything else: CORDON_EPROTO.
 * 3. protocol_min..protocol_max is what a side speaks, 1 <= min <= max, else
 *    CORDON_EPROTO.  Both work out the same version: the highest in both ranges.
 *    No common one: CORDON_EVERSION, with both ranges in the text.
 * 4. frame_max is the largest payload that a side accepts from now on, at least
 *    FRAME_MAX_HELLO, else CORDON_EPROTO.  Nothing larger is sent to it.
 * 5. Before it has the other's Hello a side sends nothing but its own Hello, or Error;
 *    before that it knows neither version nor limit.
 * 6. Hello comes once: a second is CORDON_EPROTO.
 * 7. A server says its node's URI, the same as in its certificate.  What a side says
 *    beyond that (software, policies, demands) informs and refuses nothing.
 *
 * A side that finds a fault sends Error with request id 0 and the code above, then
 * closes.
 */
struct hello {
	uint32_t protocol_min, protocol_max;
	uint32_t frame_max;   /* bytes of payload */
	const char *software; /* NULL: not said, as below */
	const char *node;     /* URI; servers only */
	const struct cordon_kind_policy *policies;
	size_t policies_count;
	bool demands_purpose, demands_officer;
};

/* PROTOCOL_MIN..MAX, frame_max and software; the rest is the caller's to fill. */
void hello_init(struct hello *hello, uint32_t frame_max, const char *software);

/* The message in arena memory; it borrows the strings.  NULL: out of memory. */
Cordon__Hello *hello_to_message(const struct hello *hello, struct arena *arena);

/*
 * Reads the first frame of a connection (rules 2, 3, 4, 7); what *theirs points to is
 * in arena memory.  An Error in its place is returned as that error with its text.
 */
int hello_read(const struct frame_header *header, struct bytes payload,
	struct arena *arena, struct hello *theirs, struct errmsg *msg);

/* Rule 3: the version to speak. */
int hello_agree(const struct hello *own, const struct hello *theirs, uint32_t *version,
	struct errmsg *msg);

#endif
