/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_HEAD_ANNOUNCE_H
#define PROTO_HEAD_ANNOUNCE_H

#include "proto/head.h"

/*
 * The roll-over of a head key: an owner's statement, signed with its present key, that
 * another key signs its heads as well.  A file that stands where a public key does in
 * the configuration; who has the present key needs no other proof of the next one.
 * It is worth as much as the key that made it, and as long as that one is configured.
 */

/* PEM text in arena memory.  present: private; next: public or private.  CORDON_EINVAL
 * for a key that announces itself. */
int head_announce_make(const struct head_key *present, const struct state *owner,
	const struct head_key *next, struct arena *arena, struct bytes *pem,
	struct errmsg *msg);

/* Is the file an announcement?  False also when it cannot be read. */
bool head_announce_is(const char *path);

/*
 * Loads the key that owner announces.  CORDON_ECONFIG with the path: no announcement,
 * another owner's, or one that none of keys has signed.
 */
int head_announce_load(const char *path, const struct state *owner,
	const struct head_key *const *keys, size_t keys_count, struct head_key **next,
	struct errmsg *msg);

#endif
