/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/envelope.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "proto/digest.h"

/*
 * 1. A fresh key of 32 bytes seals the secret, once: AES-256-GCM with a nonce of zeros.
 * 2. RSA: that key is random, and sealed by OAEP with SHA-256.
 * 3. Keys that agree: it is HKDF-SHA256 of what an ephemeral key and the receiver's
 *    agree on; both public keys are its info, the salt is empty.
 */
enum {
	KIND_AGREED = 1,
	KIND_RSA = 2
};

#define INFO "cordon envelope 1" /* with its NUL */
#define NAME_BYTES 8             /* of the receiver's key */
#define KEY_DER_MAX 1024

struct der {
	uint8_t *data;
	size_t size;
};

static int failed(const char *what, struct errmsg *msg)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	int error = errmsg_set(msg, CORDON_EINTERNAL, "%s: %s", what,
		reason == NULL ? "libcrypto failed" : reason);

	ERR_clear_error();
	return error;
}

static bool der_of(EVP_PKEY *key, struct der *der)
{
	int size = i2d_PUBKEY(key, &der->data);

	der->size = size > 0 ? (size_t)size : 0;
	return size > 0 && size <= KEY_DER_MAX;
}

int envelope_load_public(const char *path, EVP_PKEY **key, struct errmsg *msg)
{
	BIO *bio = BIO_new_file(path, "r");
	/* an empty passphrase, lest an encrypted file asks for one at the terminal */
	EVP_PKEY *loaded =
		bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, (void *)"");
	struct bytes probe = { (const uint8_t *)"", 0 }, sealed;
	struct arena arena;
	int error;

	BIO_free(bio);
	if (loaded == NULL) {
		ERR_clear_error();
		return errmsg_set(msg, CORDON_ECONFIG, "load %s: %s", path,
			bio == NULL ? "cannot be opened" : "no public key in PEM form");
	}
	arena_init(&arena, 0);
	error = envelope_seal(loaded, probe, &arena, &sealed, msg);
	arena_finish(&arena);
	if (error != 0) {
		EVP_PKEY_free(loaded);
		return errmsg_wrap(msg, CORDON_ECONFIG,
			"load %s: not a key to encrypt to (X25519, EC or RSA)", path);
	}
	*key = loaded;
	return 0;
}

/* ---- one key for one secret -----------------------------------------------------
 */

static int derive(const uint8_t *shared, size_t shared_size, const struct der *one,
	const struct der *to, uint8_t key[BOX_KEY_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t size = BOX_KEY_BYTES;
	bool ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) == 1 &&
		  EVP_PKEY_CTX_set1_hkdf_key(ctx, shared, (int)shared_size) == 1 &&
		  EVP_PKEY_CTX_add1_hkdf_info(
			  ctx, (const uint8_t *)INFO, (int)sizeof(INFO)) == 1 &&
		  EVP_PKEY_CTX_add1_hkdf_info(ctx, one->data, (int)one->size) == 1 &&
		  EVP_PKEY_CTX_add1_hkdf_info(ctx, to->data, (int)to->size) == 1 &&
		  EVP_PKEY_derive(ctx, key, &size) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok ? 0 : CORDON_EINTERNAL;
}

/* What own and other agree on, made a key; one and to are the two public keys. */
static int agree(EVP_PKEY *own, EVP_PKEY *other, const struct der *one,
	const struct der *to, uint8_t key[BOX_KEY_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
	uint8_t shared[256];
	size_t size = sizeof(shared);
	int error = CORDON_EINTERNAL;

	if (ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
		EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
		EVP_PKEY_derive(ctx, shared, &size) == 1) {
		error = derive(shared, size, one, to, key);
	}
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_cleanse(shared, sizeof(shared));
	return error;
}

static EVP_PKEY *like(EVP_PKEY *to)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(to, NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
		EVP_PKEY_keygen(ctx, &key) != 1) {
		key = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY_CTX *oaep(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *ctx))
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	if (ctx == NULL || init(ctx) != 1 ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) != 1 ||
		EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) != 1) {
		EVP_PKEY_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* ---- sealing --------------------------------------------------------------------
 */

struct sealing {
	EVP_PKEY *to;
	struct der name;           /* to's public part */
	uint8_t wrap[KEY_DER_MAX]; /* what leads the receiver to the key */
	size_t wrap_size;
	uint8_t key[BOX_KEY_BYTES];
};

static int wrap_rsa(struct sealing *s)
{
	EVP_PKEY_CTX *ctx = oaep(s->to, EVP_PKEY_encrypt_init);
	int error = CORDON_EINTERNAL;

	s->wrap_size = sizeof(s->wrap);
	if (ctx != NULL && RAND_bytes(s->key, sizeof(s->key)) == 1 &&
		EVP_PKEY_encrypt(ctx, s->wrap, &s->wrap_size, s->key, sizeof(s->key)) ==
			1) {
		error = 0;
	}
	EVP_PKEY_CTX_free(ctx);
	return error;
}

static int wrap_agreed(struct sealing *s)
{
	EVP_PKEY *one = like(s->to);
	struct der der = { NULL, 0 };
	int error = CORDON_EINTERNAL;

	if (one != NULL && der_of(one, &der)) {
		memcpy(s->wrap, der.data, der.size);
		s->wrap_size = der.size;
		error = agree(one, s->to, &der, &s->name, s->key);
	}
	OPENSSL_free(der.data);
	EVP_PKEY_free(one);
	return error;
}

/* The names' first bytes tell a receiver of many keys which one it is for. */
static int write_sealed(const struct sealing *s, uint8_t kind, struct bytes secret,
	struct arena *arena, struct bytes *sealed, struct errmsg *msg)
{
	uint8_t *out = arena_alloc(arena, ENVELOPE_BYTES_MAX), name[HASH_BYTES];
	struct box *box;
	struct writer w;
	int error;

	if (out == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = hash_bytes(s->name.data, s->name.size, name);
	if (error == 0) {
		error = box_create(s->key, &box, msg);
	}
	if (error != 0) {
		return error;
	}
	writer_init(&w, out, ENVELOPE_BYTES_MAX - BOX_TAG_BYTES);
	writer_u8(&w, kind);
	writer_bytes(&w, name, NAME_BYTES);
	writer_u16(&w, (uint16_t)s->wrap_size);
	writer_bytes(&w, s->wrap, s->wrap_size);
	writer_bytes(&w, secret.data, secret.size);
	if (w.bad) {
		error = errmsg_set(msg, CORDON_ETOOBIG, "too much for an envelope");
	} else {
		error = box_close(box, 0, 0, out + w.used - secret.size, secret.size,
			out + w.used);
	}
	box_destroy(box);
	sealed->data = out;
	sealed->size = w.used + BOX_TAG_BYTES;
	return error;
}

int envelope_seal(EVP_PKEY *to, struct bytes secret, struct arena *arena,
	struct bytes *sealed, struct errmsg *msg)
{
	bool rsa = EVP_PKEY_is_a(to, "RSA");
	struct sealing s = { .to = to };
	struct bytes made;
	int error = 0;

	if (!der_of(to, &s.name)) {
		error = failed("seal: the receiver's key", msg);
	} else if ((rsa ? wrap_rsa(&s) : wrap_agreed(&s)) != 0) {
		error = failed("seal", msg);
	}
	if (error == 0) {
		error = write_sealed(
			&s, rsa ? KIND_RSA : KIND_AGREED, secret, arena, &made, msg);
	}
	OPENSSL_free(s.name.data);
	OPENSSL_cleanse(&s, sizeof(s));
	if (error == 0) {
		*sealed = made;
	}
	return error;
}

/* ---- opening --------------------------------------------------------------------
 */

static int unwrap_rsa(EVP_PKEY *key, struct bytes wrap, uint8_t out[BOX_KEY_BYTES])
{
	EVP_PKEY_CTX *ctx = oaep(key, EVP_PKEY_decrypt_init);
	uint8_t room[KEY_DER_MAX];
	size_t size = sizeof(room);
	int error = CORDON_ECORRUPT;

	if (ctx != NULL &&
		EVP_PKEY_decrypt(ctx, room, &size, wrap.data, wrap.size) == 1 &&
		size == BOX_KEY_BYTES) {
		memcpy(out, room, BOX_KEY_BYTES);
		error = 0;
	}
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_cleanse(room, sizeof(room));
	return error;
}

static int unwrap_agreed(EVP_PKEY *key, const struct der *name, struct bytes wrap,
	uint8_t out[BOX_KEY_BYTES])
{
	const unsigned char *at = wrap.data;
	EVP_PKEY *one = d2i_PUBKEY(NULL, &at, (long)wrap.size);
	struct der der = { (uint8_t *)(uintptr_t)wrap.data, wrap.size };
	int error = CORDON_ECORRUPT;

	if (one != NULL && at == wrap.data + wrap.size) {
		error = agree(key, one, &der, name, out);
	}
	EVP_PKEY_free(one);
	return error;
}

struct sealed_parts {
	uint8_t kind;
	struct bytes name, wrap, data, tag;
};

static int read_sealed(struct bytes sealed, size_t size, struct sealed_parts *parts)
{
	struct reader r;

	reader_init(&r, sealed.data, sealed.size);
	parts->kind = reader_u8(&r);
	parts->name = reader_bytes(&r, NAME_BYTES);
	parts->wrap = reader_bytes(&r, reader_u16(&r));
	parts->data = reader_bytes(&r, size);
	parts->tag = reader_bytes(&r, BOX_TAG_BYTES);
	return reader_done(&r) ? 0 : CORDON_ECORRUPT;
}

static int unwrap(EVP_PKEY *key, const struct sealed_parts *parts,
	uint8_t out[BOX_KEY_BYTES], struct errmsg *msg)
{
	bool rsa = EVP_PKEY_is_a(key, "RSA");
	uint8_t hash[HASH_BYTES];
	struct der name = { NULL, 0 };
	int error = 0;

	if (!der_of(key, &name) || hash_bytes(name.data, name.size, hash) != 0) {
		error = failed("open: the key", msg);
	} else if (parts->kind != (rsa ? KIND_RSA : KIND_AGREED) ||
		   memcmp(hash, parts->name.data, NAME_BYTES) != 0) {
		error = errmsg_set(
			msg, CORDON_EDENIED, "it was encrypted to another key");
	} else if ((rsa ? unwrap_rsa(key, parts->wrap, out)
			: unwrap_agreed(key, &name, parts->wrap, out)) != 0) {
		error = errmsg_set(msg, CORDON_ECORRUPT, "the envelope is damaged");
	}
	ERR_clear_error();
	OPENSSL_free(name.data);
	return error;
}

int envelope_open(EVP_PKEY *key, struct bytes sealed, uint8_t *out, size_t size,
	struct errmsg *msg)
{
	struct sealed_parts parts;
	uint8_t secret[BOX_KEY_BYTES];
	struct box *box;
	int error = read_sealed(sealed, size, &parts);

	if (error != 0) {
		return errmsg_set(msg, error, "the envelope is damaged");
	}
	error = unwrap(key, &parts, secret, msg);
	if (error == 0) {
		error = box_create(secret, &box, msg);
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	if (error != 0) {
		return error;
	}
	if (box_open(box, 0, 0, parts.data, parts.tag.data, out) != 0) {
		error = errmsg_set(msg, CORDON_ECORRUPT, "the envelope is damaged");
	}
	box_destroy(box);
	return error;
}
