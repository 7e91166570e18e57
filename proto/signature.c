/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/signature.h"

#include <openssl/err.h>

static const char *digest_name(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "EC") || EVP_PKEY_is_a(key, "RSA") ? "SHA256" : NULL;
}

static int fail(const char *what, struct errmsg *msg)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	int error = errmsg_set(msg, CORDON_EINTERNAL, "%s: %s", what,
		reason == NULL ? "libcrypto failed" : reason);

	ERR_clear_error();
	return error;
}

int signature_make(EVP_PKEY *key, struct bytes data, struct arena *arena,
	struct bytes *signature, struct errmsg *msg)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *out = NULL;
	size_t size = 0;
	int error = 0;

	if (ctx == NULL ||
		EVP_DigestSignInit_ex(
			ctx, NULL, digest_name(key), NULL, NULL, key, NULL) != 1 ||
		EVP_DigestSign(ctx, NULL, &size, data.data, data.size) != 1) {
		error = fail("sign", msg);
		goto free_ctx;
	}
	out = arena_alloc(arena, size);
	if (out == NULL) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		goto free_ctx;
	}
	if (EVP_DigestSign(ctx, out, &size, data.data, data.size) != 1) {
		error = fail("sign", msg);
		goto free_ctx;
	}
	signature->data = out;
	signature->size = size;
free_ctx:
	EVP_MD_CTX_free(ctx);
	return error;
}

int signature_check(
	EVP_PKEY *key, struct bytes data, struct bytes signature, struct errmsg *msg)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int error = 0;

	if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, digest_name(key), NULL,
				   NULL, key, NULL) != 1) {
		error = fail("check a signature", msg);
	} else if (EVP_DigestVerify(ctx, signature.data, signature.size, data.data,
			   data.size) != 1) {
		ERR_clear_error();
		error = errmsg_set(msg, CORDON_ESIGNATURE,
			"the signature does not fit the content");
	}
	EVP_MD_CTX_free(ctx);
	return error;
}
