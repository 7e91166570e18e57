/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/head_announce.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "proto/head_key.h"
#include "proto/signature.h"

#define PEM_NAME "CORDON HEAD KEY"
#define DOMAIN "cordon key 1" /* with its NUL */
#define SPKI_MAX 4096
#define SIGNED_MAX (sizeof(DOMAIN) + 3 + KEY_ID_BYTES + SPKI_MAX)
#define ANNOUNCE_MAX (3 + KEY_ID_BYTES + 2 + SPKI_MAX + 2048)

/* What the data of the PEM block says. */
struct announcement {
	struct state owner;
	uint8_t by[KEY_ID_BYTES];
	struct bytes spki, signature;
};

static struct bytes signed_bytes(const struct announcement *a, uint8_t out[SIGNED_MAX])
{
	struct writer w;

	writer_init(&w, out, SIGNED_MAX);
	writer_bytes(&w, DOMAIN, sizeof(DOMAIN));
	writer_bytes(&w, a->owner.code, 3);
	writer_bytes(&w, a->by, KEY_ID_BYTES);
	writer_bytes(&w, a->spki.data, a->spki.size);
	return (struct bytes){ out, w.used };
}

static int write_pem(const struct announcement *a, struct arena *arena,
	struct bytes *pem, struct errmsg *msg)
{
	uint8_t data[ANNOUNCE_MAX];
	BIO *bio = BIO_new(BIO_s_mem());
	const char *text;
	struct writer w;
	long size = 0;

	writer_init(&w, data, sizeof(data));
	writer_bytes(&w, a->owner.code, 3);
	writer_bytes(&w, a->by, KEY_ID_BYTES);
	writer_u16(&w, (uint16_t)a->spki.size);
	writer_bytes(&w, a->spki.data, a->spki.size);
	writer_bytes(&w, a->signature.data, a->signature.size);
	if (bio != NULL && !w.bad &&
		PEM_write_bio(bio, PEM_NAME, "", data, (long)w.used) > 0) {
		size = BIO_get_mem_data(bio, &text);
	}
	if (size > 0) {
		pem->data = (const uint8_t *)arena_text(arena, text, (size_t)size);
		pem->size = (size_t)size;
	}
	BIO_free(bio);
	ERR_clear_error();
	return size > 0 && pem->data != NULL
		       ? 0
		       : errmsg_set(msg, CORDON_ENOMEM, "write the announcement");
}

int head_announce_make(const struct head_key *present, const struct state *owner,
	const struct head_key *next, struct arena *arena, struct bytes *pem,
	struct errmsg *msg)
{
	struct announcement a = { .owner = *owner };
	uint8_t data[SIGNED_MAX];
	unsigned char *der = NULL;
	int size, error;

	if (!present->can_sign || memcmp(present->id, next->id, KEY_ID_BYTES) == 0) {
		return errmsg_set(msg, CORDON_EINVAL, "%s",
			present->can_sign ? "a key does not announce itself"
					  : "a public key does not sign");
	}
	size = i2d_PUBKEY(next->pkey, &der);
	if (size <= 0 || size > SPKI_MAX) {
		ERR_clear_error();
		OPENSSL_free(der);
		return errmsg_set(msg, CORDON_EINVAL,
			"the next key has no public part that fits");
	}
	memcpy(a.by, present->id, KEY_ID_BYTES);
	a.spki = (struct bytes){ der, (size_t)size };
	error = signature_make(
		present->pkey, signed_bytes(&a, data), arena, &a.signature, msg);
	if (error == 0) {
		error = write_pem(&a, arena, pem, msg);
	}
	OPENSSL_free(der);
	return error;
}

/* The block's data, to be freed with OPENSSL_free; NULL: no announcement. */
static unsigned char *read_block(const char *path, long *size)
{
	BIO *bio = BIO_new_file(path, "r");
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;

	if (bio != NULL && PEM_read_bio(bio, &name, &header, &data, size) == 1 &&
		strcmp(name, PEM_NAME) != 0) {
		OPENSSL_free(data);
		data = NULL;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	BIO_free(bio);
	ERR_clear_error();
	return data;
}

bool head_announce_is(const char *path)
{
	long size;
	unsigned char *data = read_block(path, &size);

	OPENSSL_free(data);
	return data != NULL;
}

static bool read_data(struct bytes data, struct announcement *a)
{
	struct reader r;
	struct bytes code;

	reader_init(&r, data.data, data.size);
	code = reader_bytes(&r, 3);
	reader_copy(&r, a->by, KEY_ID_BYTES);
	a->spki = reader_bytes(&r, reader_u16(&r));
	a->signature = reader_bytes(&r, r.left);
	return !r.bad && a->spki.size <= SPKI_MAX && a->signature.size > 0 &&
	       ident_state_set(&a->owner, (const char *)code.data, 3);
}

static int check(const struct announcement *a, const struct state *owner,
	const struct head_key *const *keys, size_t keys_count, struct errmsg *msg)
{
	uint8_t data[SIGNED_MAX];
	char id[2 * KEY_ID_BYTES + 1];

	if (!ident_state_equal(&a->owner, owner)) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"it announces a key of %s, not of %s", a->owner.code,
			owner->code);
	}
	for (size_t i = 0; i < keys_count; i++) {
		if (memcmp(keys[i]->id, a->by, KEY_ID_BYTES) == 0) {
			return signature_check(keys[i]->pkey, signed_bytes(a, data),
				       a->signature, msg) == 0
				       ? 0
				       : CORDON_ECONFIG;
		}
	}
	bytes_to_hex(a->by, KEY_ID_BYTES, id);
	return errmsg_set(msg, CORDON_ECONFIG,
		"it is signed by key %s, which is not configured for %s", id,
		owner->code);
}

/* CORDON_ECONFIG when the bytes are no key. */
static int read_key(struct bytes spki, struct head_key **key, struct errmsg *msg)
{
	const unsigned char *at = spki.data;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)spki.size);

	if (pkey == NULL || at != spki.data + spki.size) {
		EVP_PKEY_free(pkey);
		ERR_clear_error();
		return errmsg_set(msg, CORDON_ECONFIG, "the key in it is none");
	}
	return head_key_wrap(pkey, key, msg);
}

int head_announce_load(const char *path, const struct state *owner,
	const struct head_key *const *keys, size_t keys_count, struct head_key **next,
	struct errmsg *msg)
{
	struct announcement a;
	long size = 0;
	unsigned char *data = read_block(path, &size);
	int error = CORDON_ECONFIG;

	if (data == NULL || !read_data((struct bytes){ data, (size_t)size }, &a)) {
		errmsg_set(msg, error, "no announcement of a head key");
	} else {
		error = check(&a, owner, keys, keys_count, msg);
	}
	if (error == 0) {
		error = read_key(a.spki, next, msg);
	}
	OPENSSL_free(data);
	return error == 0 ? 0 : errmsg_wrap(msg, error, "load %s", path);
}
