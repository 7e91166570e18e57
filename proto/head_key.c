/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/head_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "proto/tls_x509.h"

/* The first bytes of SHA-256 of the SubjectPublicKeyInfo. */
static bool set_id(struct head_key *key)
{
	uint8_t hash[HASH_BYTES];
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(key->pkey, &der);
	bool ok = size > 0 && hash_bytes(der, (size_t)size, hash) == 0;

	if (ok) {
		memcpy(key->id, hash, KEY_ID_BYTES);
	}
	OPENSSL_free(der);
	return ok;
}

/* Takes pkey over, also on failure. */
static int create(
	EVP_PKEY *pkey, bool can_sign, struct head_key **key, struct errmsg *msg)
{
	struct head_key *new = calloc(1, sizeof(*new));

	if (new == NULL) {
		EVP_PKEY_free(pkey);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	new->pkey = pkey;
	new->can_sign = can_sign;
	if (!set_id(new)) {
		ERR_clear_error();
		head_key_destroy(new);
		return errmsg_set(msg, CORDON_ECONFIG,
			"the key has no public part that can be named");
	}
	*key = new;
	return 0;
}

int head_key_load_private(const char *path, struct head_key **key, struct errmsg *msg)
{
	EVP_PKEY *pkey;
	int error = tls_x509_load_key(path, &pkey, msg);

	if (error != 0) {
		return error;
	}
	error = create(pkey, true, key, msg);
	return error == 0 ? 0 : errmsg_wrap(msg, error, "load %s", path);
}

int head_key_load_public(const char *path, struct head_key **key, struct errmsg *msg)
{
	BIO *bio = BIO_new_file(path, "r");
	/* an empty passphrase, lest an encrypted file asks for one at the terminal */
	EVP_PKEY *pkey =
		bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, (void *)"");
	int error;

	BIO_free(bio);
	if (pkey == NULL) {
		ERR_clear_error();
		return errmsg_set(msg, CORDON_ECONFIG, "load %s: %s", path,
			bio == NULL ? "cannot be opened" : "no public key in PEM form");
	}
	error = create(pkey, false, key, msg);
	return error == 0 ? 0 : errmsg_wrap(msg, error, "load %s", path);
}

int head_key_wrap(EVP_PKEY *pkey, struct head_key **key, struct errmsg *msg)
{
	return create(pkey, false, key, msg);
}

void head_key_destroy(struct head_key *key)
{
	if (key != NULL) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

const uint8_t *head_key_id(const struct head_key *key)
{
	return key->id;
}
