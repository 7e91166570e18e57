/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_HEAD_CONTENT_H
#define PROTO_HEAD_CONTENT_H

#include "proto/head.h"

/* The content of heads and its bytes; head_sign.c puts the signature around. */

/* NULL, or what is wrong with the values of a head. */
const char *head_content_fault(const struct head *head);

/* CORDON_ENOMEM. */
int head_content_pack(
	const struct head *head, struct arena *arena, struct bytes *packed);

/* Everything of head but time_s and hash.  CORDON_EPROTO, CORDON_ENOMEM. */
int head_content_unpack(struct bytes packed, struct arena *arena, struct head *head,
	struct errmsg *msg);

/* True when packed is what message packs to: the one encoding of its content. */
bool head_content_canonical(
	const ProtobufCMessage *message, struct bytes packed, struct arena *arena);

#endif
