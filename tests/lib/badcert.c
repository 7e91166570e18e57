/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/badcert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define HOUR_S 3600

static EVP_PKEY *make_key(const char *name)
{
	EVP_PKEY *key;

	if (name == NULL) {
		name = "P-256";
	}
	if (strncmp(name, "RSA-", 4) == 0) {
		key = EVP_RSA_gen((unsigned)atoi(name + 4));
	} else if (strncmp(name, "P-", 2) == 0 || strncmp(name, "secp", 4) == 0) {
		key = EVP_EC_gen(name);
	} else {
		key = EVP_PKEY_Q_keygen(NULL, NULL, name);
	}
	assert_non_null(key);
	return key;
}

static void add(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	if (extension == NULL) {
		fail_msg("extension %s", value);
	}
	assert_int_equal(X509_add_ext(x, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

/* "" is left out, NULL as it should be. */
static void add_or(
	X509 *x, X509 *issuer, int nid, const char *value, const char *standard)
{
	value = value == NULL ? standard : value;
	if (value != NULL && value[0] != '\0') {
		add(x, issuer, nid, value);
	}
}

static void add_unknown(X509 *x, bool critical)
{
	ASN1_OBJECT *object = OBJ_txt2obj("1.3.6.1.4.1.55555.7.1", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	assert_int_equal(ASN1_OCTET_STRING_set(value, (const uint8_t *)"\x05", 2), 1);
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, critical, value);
	assert_int_equal(X509_add_ext(x, extension, -1), 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(object);
}

static void add_names(X509 *x, const struct badcert *wanted)
{
	char value[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < 3 && wanted->uris[i] != NULL; i++) {
		used += (size_t)snprintf(value + used, sizeof(value) - used, "%sURI:%s",
			used == 0 ? "" : ",", wanted->uris[i]);
	}
	if (wanted->other_name != NULL) {
		snprintf(value + used, sizeof(value) - used, "%s%s",
			used == 0 ? "" : ",", wanted->other_name);
	}
	add_or(x, x, NID_subject_alt_name, value, NULL);
}

static void add_extensions(X509 *x, X509 *issuer, const struct badcert *wanted)
{
	add_or(x, issuer, NID_basic_constraints, wanted->constraints,
		"critical,CA:FALSE");
	add_or(x, issuer, NID_key_usage, wanted->usage, "critical,digitalSignature");
	add_or(x, issuer, NID_ext_key_usage, wanted->extended_usage, "clientAuth");
	add_or(x, issuer, NID_name_constraints, wanted->name_constraints, NULL);
	add(x, issuer, NID_subject_key_identifier, "hash");
	add_names(x, wanted);
	if (wanted->critical_unknown || wanted->noncritical_unknown) {
		add_unknown(x, wanted->critical_unknown);
	}
}

static void set_serial(X509 *x)
{
	uint64_t serial;

	assert_int_equal(RAND_bytes((uint8_t *)&serial, sizeof(serial)), 1);
	assert_int_equal(
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1), 1);
}

static void alter(X509 *x)
{
	const ASN1_BIT_STRING *signature;

	X509_get0_signature(&signature, NULL, x);
	/* the last byte lies in a number, not in its length */
	((uint8_t *)(uintptr_t)ASN1_STRING_get0_data(
		signature))[ASN1_STRING_length(signature) - 1] ^= 1;
}

struct badcert_pair badcert_make(
	const struct badcert *wanted, const struct badcert_pair *issuer)
{
	struct badcert_pair pair = { X509_new(), make_key(wanted->key) };
	X509 *x = pair.certificate, *from = issuer == NULL ? x : issuer->certificate;
	EVP_PKEY *signer = issuer == NULL ? pair.key : issuer->key;
	const EVP_MD *digest = EVP_get_digestbyname(
		wanted->digest == NULL ? "SHA256" : wanted->digest);
	int64_t now = (int64_t)time(NULL);

	assert_non_null(x);
	X509_set_version(x, wanted->version_1 ? X509_VERSION_1 : X509_VERSION_3);
	set_serial(x);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
		(const uint8_t *)(wanted->name == NULL ? "test" : wanted->name), -1, -1,
		0);
	X509_set_issuer_name(x, X509_get_subject_name(from));
	ASN1_TIME_set(X509_getm_notBefore(x),
		now + (wanted->from_s != 0 ? wanted->from_s : -HOUR_S));
	ASN1_TIME_set(X509_getm_notAfter(x),
		now + (wanted->until_s != 0 ? wanted->until_s : HOUR_S));
	X509_set_pubkey(x, pair.key);
	if (!wanted->version_1) {
		add_extensions(x, from, wanted);
	}
	if (X509_sign(x, signer, EVP_PKEY_is_a(signer, "ED25519") ? NULL : digest) <=
		0) {
		fail_msg("sign: %s", ERR_error_string(ERR_peek_last_error(), NULL));
	}
	if (wanted->altered) {
		alter(x);
	}
	return pair;
}

struct badcert_pair badcert_read(const char *certificate, const char *key)
{
	struct badcert_pair pair;
	FILE *file = fopen(certificate, "r");

	assert_non_null(file);
	pair.certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	file = fopen(key, "r");
	assert_non_null(file);
	pair.key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(pair.certificate);
	assert_non_null(pair.key);
	return pair;
}

void badcert_finish(struct badcert_pair *pair)
{
	X509_free(pair->certificate);
	EVP_PKEY_free(pair->key);
	*pair = (struct badcert_pair){ NULL, NULL };
}

void badcert_write(const struct badcert_pair *pair, const char *certificate,
	const char *key, X509 *const *chain)
{
	FILE *file = fopen(certificate, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, pair->certificate), 1);
	while (chain != NULL && *chain != NULL) {
		assert_int_equal(PEM_write_X509(file, *chain++), 1);
	}
	assert_int_equal(fclose(file), 0);
	file = fopen(key, "w");
	assert_non_null(file);
	assert_int_equal(fchmod(fileno(file), 0600), 0);
	assert_int_equal(
		PEM_write_PrivateKey(file, pair->key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(file), 0);
}
