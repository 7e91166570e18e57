/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_HEAD_CHECK_H
#define NODE_HEAD_CHECK_H

#include "daemon/base/config.h"
#include "proto/head.h"

/*
 * Are heads signed by whom they say?  Holds each member's public keys, and remembers
 * which heads were found good: the same ones come over every link.  One thread.
 */
struct head_check;

/* Loads the keys of all configured members. */
int head_check_create(
	const struct config *config, struct head_check **check, struct errmsg *msg);
void head_check_destroy(struct head_check *check);

/* Unpacks and verifies.  CORDON_EPROTO, CORDON_ESIGNATURE; CORDON_EIDENTITY when the
 * owner is no configured member. */
int head_check_open(struct head_check *check, struct bytes packed, struct head *head,
	struct errmsg *msg);

#endif
