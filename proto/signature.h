/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_SIGNATURE_H
#define PROTO_SIGNATURE_H

#include <openssl/evp.h>

#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/errmsg.h"

/*
 * Signatures by any of OpenSSL's keys.  EC and RSA keys sign a SHA-256; others
 * (Ed25519, national algorithms) hash on their own terms.
 */

/* CORDON_EINTERNAL with libcrypto's reason, CORDON_ENOMEM. */
int signature_make(EVP_PKEY *key, struct bytes data, struct arena *arena,
	struct bytes *signature, struct errmsg *msg);

/* CORDON_ESIGNATURE when it does not fit.  Thread-safe. */
int signature_check(
	EVP_PKEY *key, struct bytes data, struct bytes signature, struct errmsg *msg);

#endif
