/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/tls_trust.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "proto/rule.h"
#include "proto/tls_refusal.h"
#include "proto/tls_x509.h"

/* OpenSSL's level of 112 bits: RSA of 2,048, SHA-2.  A host may demand more. */
#define AUTH_LEVEL_LEAST 2

struct trusted {
	struct state member;
	X509_STORE *store;
	STACK_OF(X509) * cas;
	STACK_OF(X509_CRL) * crls; /* NULL: revocation is not checked */
};

struct tls_trust {
	int auth_level;
	size_t count;
	struct trusted members[];
};

static int add_cas(struct trusted *t, const char *path, struct errmsg *msg)
{
	int error = tls_x509_load_certificates(path, &t->cas, msg);

	for (int i = 0; error == 0 && i < sk_X509_num(t->cas); i++) {
		X509 *ca = sk_X509_value(t->cas, i);

		if (X509_check_ca(ca) == 0) {
			error = errmsg_set(msg, CORDON_ECONFIG,
				"load %s: certificate %d in it is not a CA's", path,
				i + 1);
		} else if (X509_STORE_add_cert(t->store, ca) != 1) {
			error = errmsg_set(
				msg, CORDON_ENOMEM, "load %s: out of memory", path);
		}
	}
	return error;
}

static bool signed_by_any(X509_CRL *crl, const STACK_OF(X509) * cas)
{
	for (int i = 0; i < sk_X509_num(cas); i++) {
		EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(cas, i));

		if (key != NULL && X509_CRL_verify(crl, key) == 1) {
			return true;
		}
	}
	ERR_clear_error();
	return false;
}

static int add_crls(struct trusted *t, const char *path, struct errmsg *msg)
{
	int error = tls_x509_load_crls(path, &t->crls, msg);

	for (int i = 0; error == 0 && i < sk_X509_CRL_num(t->crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(t->crls, i);

		if (!signed_by_any(crl, t->cas)) {
			error = errmsg_set(msg, CORDON_ECONFIG,
				"load %s: the list is not signed by %s's CA", path,
				t->member.code);
		} else if (X509_STORE_add_crl(t->store, crl) != 1) {
			error = errmsg_set(
				msg, CORDON_ENOMEM, "load %s: out of memory", path);
		}
	}
	return error;
}

static int add_member(
	struct tls_trust *trust, const struct tls_member *member, struct errmsg *msg)
{
	struct trusted *t = &trust->members[trust->count];
	int error;

	if (tls_trust_knows(trust, &member->member)) {
		return errmsg_set(msg, CORDON_ECONFIG, "member %s is named twice",
			member->member.code);
	}
	t->member = member->member;
	t->store = X509_STORE_new();
	trust->count++;
	if (t->store == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = add_cas(t, member->ca, msg);
	if (error == 0 && member->crl != NULL) {
		error = add_crls(t, member->crl, msg);
	}
	return error;
}

int tls_trust_create(const struct tls_member *members, size_t count, int auth_level,
	struct tls_trust **trust, struct errmsg *msg)
{
	struct tls_trust *new =
		calloc(1, sizeof(*new) + count * sizeof(new->members[0]));
	int error = 0;

	if (new == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	new->auth_level = auth_level < AUTH_LEVEL_LEAST ? AUTH_LEVEL_LEAST : auth_level;
	for (size_t i = 0; error == 0 && i < count; i++) {
		error = add_member(new, &members[i], msg);
	}
	if (error != 0) {
		tls_trust_destroy(new);
		return error;
	}
	*trust = new;
	return 0;
}

void tls_trust_destroy(struct tls_trust *trust)
{
	if (trust == NULL) {
		return;
	}
	for (size_t i = 0; i < trust->count; i++) {
		sk_X509_CRL_pop_free(trust->members[i].crls, X509_CRL_free);
		sk_X509_pop_free(trust->members[i].cas, X509_free);
		X509_STORE_free(trust->members[i].store);
	}
	free(trust);
}

static const struct trusted *find(
	const struct tls_trust *trust, const struct state *member)
{
	for (size_t i = 0; i < trust->count; i++) {
		if (ident_state_equal(&trust->members[i].member, member)) {
			return &trust->members[i];
		}
	}
	return NULL;
}

bool tls_trust_knows(const struct tls_trust *trust, const struct state *member)
{
	return find(trust, member) != NULL;
}

/* An ended CRL still refuses what it names (tls_profile_expiry tells of it). */
static int allow_old_crl(int ok, X509_STORE_CTX *ctx)
{
	return ok || X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CRL_HAS_EXPIRED;
}

static int verify_chain(const struct tls_trust *trust, const struct trusted *member,
	X509 *leaf, const struct identity *id, int *x509_error, struct errmsg *msg)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int error = 0;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, member->store, leaf, NULL) != 1) {
		X509_STORE_CTX_free(ctx);
		*x509_error = X509_V_ERR_OUT_OF_MEM;
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_auth_level(param, trust->auth_level);
	X509_VERIFY_PARAM_set_flags(
		param, X509_V_FLAG_PARTIAL_CHAIN |
			       (member->crls != NULL ? X509_V_FLAG_CRL_CHECK : 0));
	X509_STORE_CTX_set_verify_cb(ctx, allow_old_crl);
	if (X509_verify_cert(ctx) != 1) {
		*x509_error = X509_STORE_CTX_get_error(ctx);
		error = tls_refusal_chain(ctx, leaf, id, msg);
	}
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return error;
}

/* Both usages must be written in the certificate: their absence, which OpenSSL takes
 * for "any", is no licence here. */
static int verify_usage(
	X509 *leaf, enum tls_purpose purpose, const char *uri, struct errmsg *msg)
{
	bool server = purpose == TLS_PURPOSE_SERVER;
	uint32_t demanded = server ? XKU_SSL_SERVER : XKU_SSL_CLIENT;
	uint32_t written = X509_get_extension_flags(leaf);

	if ((written & EXFLAG_KUSAGE) == 0 ||
		(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) == 0) {
		return tls_refusal(msg, TLS_RULE_KEY_USAGE,
			"the certificate of %s is not for signatures: its key usage "
			"must have digitalSignature",
			uri);
	}
	if ((written & EXFLAG_XKUSAGE) == 0 ||
		(X509_get_extended_key_usage(leaf) & demanded) == 0) {
		return tls_refusal(msg, TLS_RULE_EXTENDED_KEY_USAGE,
			"the certificate of %s is not for TLS %ss: its extended key "
			"usage must have %sAuth",
			uri, server ? "server" : "client",
			server ? "server" : "client");
	}
	return 0;
}

static int verify_use(X509 *leaf, enum tls_purpose purpose, const struct identity *id,
	int *x509_error, struct errmsg *msg)
{
	char uri[IDENT_URI_MAX];
	int error;

	ident_uri_text(id, uri);
	*x509_error = X509_V_ERR_INVALID_PURPOSE;
	if (X509_check_ca(leaf) != 0) {
		return tls_refusal(msg, TLS_RULE_CA_AS_LEAF,
			"the certificate of %s is a CA's: a CA does not connect itself",
			uri);
	}
	error = verify_usage(leaf, purpose, uri, msg);
	if (error == 0 && purpose == TLS_PURPOSE_SERVER && id->role != ROLE_NODE) {
		*x509_error = X509_V_ERR_CERT_REJECTED;
		error = tls_refusal(msg, TLS_RULE_SERVER_ROLE,
			"%s answered as a server, and only nodes may: check the "
			"address",
			uri);
	}
	return error;
}

/*
 * 1. The certificate says who it is, in exactly one cordon:// URI.
 * 2. Its member is one of the union's.
 * 3. That member's CA vouches for it now: chain, dates, revocation.
 * 4. It is made for what it is used for.
 */
int tls_trust_verify(const struct tls_trust *trust, X509 *certificate,
	enum tls_purpose purpose, struct identity *identity, int *x509_error,
	struct errmsg *msg)
{
	const struct trusted *member;
	struct identity id;
	int ignored;
	int error;

	x509_error = x509_error == NULL ? &ignored : x509_error;
	*x509_error = X509_V_ERR_CERT_REJECTED;
	error = tls_x509_identity(certificate, &id, msg); /* 1 */
	if (error != 0) {
		return rule_name(msg, error, tls_rule_name(TLS_RULE_IDENTITY));
	}
	member = find(trust, &id.member); /* 2 */
	if (member == NULL) {
		*x509_error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
		return tls_refusal(msg, TLS_RULE_UNKNOWN_MEMBER,
			"the certificate names member %s, whose CA is not configured "
			"here",
			id.member.code);
	}
	error = verify_chain(trust, member, certificate, &id, x509_error, msg); /* 3 */
	if (error == 0) {
		error = verify_use(certificate, purpose, &id, x509_error, msg); /* 4 */
	}
	if (error != 0) {
		return error;
	}
	*x509_error = X509_V_OK;
	*identity = id;
	return 0;
}

/* The i-th of a member's CAs, then of its CRLs; false: it says no end. */
static bool member_expiry(const struct trusted *t, size_t i, struct tls_expiry *expiry)
{
	size_t cas = (size_t)sk_X509_num(t->cas);
	bool is_ca = i < cas;
	const ASN1_TIME *end = is_ca ? X509_get0_notAfter(sk_X509_value(t->cas, (int)i))
				     : X509_CRL_get0_nextUpdate(sk_X509_CRL_value(
					       t->crls, (int)(i - cas)));

	if (end == NULL) {
		return false;
	}
	*expiry = (struct tls_expiry){ is_ca ? "ca" : "crl", t->member,
		tls_x509_time_s(end) };
	return true;
}

bool tls_trust_expiry(
	const struct tls_trust *trust, size_t *position, struct tls_expiry *expiry)
{
	size_t at = 0;

	for (size_t m = 0; m < trust->count; m++) {
		const struct trusted *t = &trust->members[m];
		size_t count = (size_t)sk_X509_num(t->cas);

		count += t->crls == NULL ? 0 : (size_t)sk_X509_CRL_num(t->crls);
		for (size_t i = 0; i < count; i++, at++) {
			if (at < *position) {
				continue;
			}
			*position = at + 1;
			if (member_expiry(t, i, expiry)) {
				return true;
			}
		}
	}
	return false;
}
