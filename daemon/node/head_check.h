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

/*
 * Unpacks and verifies.  The key must be valid at the head's time, and at now_s, lest
 * one that has ended signs in the past; 0 for heads that were taken before and are
 * looked at again.  CORDON_EPROTO, CORDON_ESIGNATURE; CORDON_EIDENTITY when the owner
 * is no configured member.
 */
int head_check_open(struct head_check *check, struct bytes packed, int64_t now_s,
	struct head *head, struct errmsg *msg);

/* A line in the log for each key that ends within so many days or has ended. */
void head_check_warn(const struct head_check *check, uint32_t days, int64_t now_s);

#endif
