/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki_x509.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define SERIAL_BYTES 16

/* One text for all that libcrypto refuses; its own reason tells the rest. */
static int crypto_error(const char *what, struct errmsg *msg)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	int error = errmsg_set(msg, CORDON_EINTERNAL, "%s: %s", what,
		reason == NULL ? "libcrypto failed" : reason);

	ERR_clear_error();
	return error;
}

int pki_key_create(EVP_PKEY **key, struct errmsg *msg)
{
	EVP_PKEY *new = EVP_EC_gen("P-256");

	if (new == NULL) {
		return crypto_error("make a P-256 key", msg);
	}
	*key = new;
	return 0;
}

int pki_head_key_create(EVP_PKEY **key, struct errmsg *msg)
{
	EVP_PKEY *new = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	if (new == NULL) {
		return crypto_error("make an Ed25519 key", msg);
	}
	*key = new;
	return 0;
}

int pki_auditors_key_create(EVP_PKEY **key, struct errmsg *msg)
{
	EVP_PKEY *new = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	if (new == NULL) {
		return crypto_error("make an X25519 key", msg);
	}
	*key = new;
	return 0;
}

/* Keys that hash on their own terms (Ed25519) are given no digest. */
static const EVP_MD *digest_for(EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")
		       ? NULL
		       : EVP_sha256();
}

/* Random, positive, 127 bits: nobody can foresee what the CA will sign. */
static bool set_serial(X509 *x)
{
	uint8_t bytes[SERIAL_BYTES];
	BIGNUM *number;
	bool ok;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
		return false;
	}
	bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number != NULL &&
	     BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
	BN_free(number);
	return ok;
}

static bool add_text(
	X509 *x, const struct pki_signer *signer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool ok;

	X509V3_set_ctx(&ctx, signer->certificate == NULL ? x : signer->certificate, x,
		NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static const char *basic_constraints(const struct pki_content *content)
{
	if (!content->ca) {
		return "critical,CA:FALSE";
	}
	return content->member == NULL ? "critical,CA:TRUE"
				       : "critical,CA:TRUE,pathlen:0";
}

/* The "host" of cordon://KAZ/… is the member. */
static bool add_name_constraints(
	X509 *x, const struct pki_signer *signer, const char *member)
{
	char value[64];

	snprintf(value, sizeof(value), "critical,permitted;URI:%s", member);
	return add_text(x, signer, NID_name_constraints, value);
}

static bool add_usage(
	X509 *x, const struct pki_signer *signer, const struct pki_content *c)
{
	if (!add_text(x, signer, NID_basic_constraints, basic_constraints(c)) ||
		(c->member != NULL && !add_name_constraints(x, signer, c->member)) ||
		!add_text(x, signer, NID_key_usage,
			c->ca ? "critical,keyCertSign,cRLSign"
			      : "critical,digitalSignature") ||
		!add_text(x, signer, NID_subject_key_identifier, "hash") ||
		!add_text(x, signer, NID_authority_key_identifier, "keyid:always")) {
		return false;
	}
	if (!c->server_auth && !c->client_auth) {
		return true;
	}
	return add_text(x, signer, NID_ext_key_usage,
		c->server_auth && c->client_auth ? "serverAuth,clientAuth"
		: c->server_auth                 ? "serverAuth"
						 : "clientAuth");
}

static GENERAL_NAME *uri_name(const char *uri)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();

	if (name == NULL || text == NULL || ASN1_STRING_set(text, uri, -1) != 1) {
		GENERAL_NAME_free(name);
		ASN1_IA5STRING_free(text);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, GEN_URI, text);
	return name;
}

static GENERAL_NAME *host_name(const char *host)
{
	struct in6_addr address;
	bool numeric = inet_pton(AF_INET, host, &address) == 1 ||
		       inet_pton(AF_INET6, host, &address) == 1;

	return a2i_GENERAL_NAME(
		NULL, NULL, NULL, numeric ? GEN_IPADD : GEN_DNS, host, 0);
}

static bool push_name(GENERAL_NAMES *names, GENERAL_NAME *name)
{
	if (name != NULL && sk_GENERAL_NAME_push(names, name) > 0) {
		return true;
	}
	GENERAL_NAME_free(name);
	return false;
}

static bool add_names(X509 *x, const struct pki_content *content)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	bool ok = names != NULL;

	for (size_t i = 0; ok && i < content->uris_count; i++) {
		ok = push_name(names, uri_name(content->uris[i]));
	}
	for (size_t i = 0; ok && i < content->hosts_count; i++) {
		ok = push_name(names, host_name(content->hosts[i]));
	}
	if (ok && sk_GENERAL_NAME_num(names) > 0) {
		ok = X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0,
			     X509V3_ADD_DEFAULT) == 1;
	}
	GENERAL_NAMES_free(names);
	return ok;
}

static bool set_subject(X509 *x, const char *common_name)
{
	return X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
		       (const unsigned char *)common_name, -1, -1, 0) == 1;
}

static bool fill(X509 *x, const struct pki_content *content, EVP_PKEY *key,
	const struct pki_signer *signer)
{
	const X509 *issuer = signer->certificate == NULL ? x : signer->certificate;

	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       set_subject(x, content->common_name) &&
	       X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(x), content->not_before_s) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(x), content->not_after_s) != NULL &&
	       X509_set_pubkey(x, key) == 1 && add_usage(x, signer, content) &&
	       add_names(x, content) &&
	       X509_sign(x, signer->key, digest_for(signer->key)) > 0;
}

int pki_certificate_create(const struct pki_content *content, EVP_PKEY *key,
	const struct pki_signer *signer, X509 **certificate, struct errmsg *msg)
{
	X509 *new = X509_new();

	if (new == NULL || !fill(new, content, key, signer)) {
		X509_free(new);
		return crypto_error("make a certificate", msg);
	}
	*certificate = new;
	return 0;
}

static bool add_reason(X509_REVOKED *entry, int reason)
{
	ASN1_ENUMERATED *code = ASN1_ENUMERATED_new();
	bool ok = code != NULL && ASN1_ENUMERATED_set(code, reason) == 1 &&
		  X509_REVOKED_add1_ext_i2d(
			  entry, NID_crl_reason, code, 0, X509V3_ADD_DEFAULT) == 1;

	ASN1_ENUMERATED_free(code);
	return ok;
}

static bool add_revoked(X509_CRL *crl, const struct pki_revoked *revoked)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, revoked->at_s);
	bool ok = entry != NULL && at != NULL &&
		  X509_REVOKED_set_serialNumber(entry, revoked->serial) == 1 &&
		  X509_REVOKED_set_revocationDate(entry, at) == 1 &&
		  (revoked->reason == CRL_REASON_UNSPECIFIED ||
			  add_reason(entry, revoked->reason)) &&
		  X509_CRL_add0_revoked(crl, entry) == 1;

	ASN1_TIME_free(at);
	if (!ok) {
		X509_REVOKED_free(entry);
	}
	return ok;
}

static bool set_crl_times(X509_CRL *crl, const struct pki_crl_content *content)
{
	ASN1_TIME *this_update = ASN1_TIME_set(NULL, content->this_update_s);
	ASN1_TIME *next_update = ASN1_TIME_set(NULL, content->next_update_s);
	bool ok = this_update != NULL && next_update != NULL &&
		  X509_CRL_set1_lastUpdate(crl, this_update) == 1 &&
		  X509_CRL_set1_nextUpdate(crl, next_update) == 1;

	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	return ok;
}

/* RFC 5280 §5.2: which key signed it, and its number. */
static bool add_crl_extensions(X509_CRL *crl, X509 *issuer, int64_t number)
{
	ASN1_INTEGER *count = ASN1_INTEGER_new();
	X509V3_CTX ctx;
	X509_EXTENSION *key_id;
	bool ok;

	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	key_id = X509V3_EXT_conf_nid(
		NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	ok = key_id != NULL && X509_CRL_add_ext(crl, key_id, -1) == 1 &&
	     count != NULL && ASN1_INTEGER_set_int64(count, number) == 1 &&
	     X509_CRL_add1_ext_i2d(crl, NID_crl_number, count, 0, X509V3_ADD_DEFAULT) ==
		     1;
	X509_EXTENSION_free(key_id);
	ASN1_INTEGER_free(count);
	return ok;
}

static bool fill_crl(X509_CRL *crl, const struct pki_crl_content *content,
	const struct pki_signer *signer)
{
	if (X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
		X509_CRL_set_issuer_name(
			crl, X509_get_subject_name(signer->certificate)) != 1 ||
		!set_crl_times(crl, content) ||
		!add_crl_extensions(crl, signer->certificate, content->number)) {
		return false;
	}
	for (size_t i = 0; i < content->revoked_count; i++) {
		if (!add_revoked(crl, &content->revoked[i])) {
			return false;
		}
	}
	return X509_CRL_sort(crl) == 1 &&
	       X509_CRL_sign(crl, signer->key, digest_for(signer->key)) > 0;
}

int pki_crl_create(const struct pki_crl_content *content,
	const struct pki_signer *signer, X509_CRL **crl, struct errmsg *msg)
{
	X509_CRL *new = X509_CRL_new();

	if (new == NULL || !fill_crl(new, content, signer)) {
		X509_CRL_free(new);
		return crypto_error("make a certificate revocation list", msg);
	}
	*crl = new;
	return 0;
}
