/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_HEAD_KEY_H
#define PROTO_HEAD_KEY_H

#include "proto/head.h"

/* What head_sign.c sees of a key. */
struct head_key {
	EVP_PKEY *pkey;
	bool can_sign; /* the private part is there */
	uint8_t id[KEY_ID_BYTES];
};

/* A public key of libcrypto's, which is taken over, also on failure. */
int head_key_wrap(EVP_PKEY *pkey, struct head_key **key, struct errmsg *msg);

#endif
