/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/tls_refusal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/rule.h"
#include "proto/tls_x509.h"

/* In words that say what to do. */

static const char *const names[TLS_RULE_COUNT] = {
#define X(symbol, name) [TLS_RULE_##symbol] = name,
	TLS_RULES(X)
#undef X
};

const char *tls_rule_name(enum tls_rule rule)
{
	return (unsigned)rule < TLS_RULE_COUNT ? names[rule] : "?";
}

enum tls_rule tls_rule_parse(const char *name)
{
	int rule = 0;

	while (rule < TLS_RULE_COUNT && strcmp(names[rule], name) != 0) {
		rule++;
	}
	return (enum tls_rule)rule;
}

int tls_refusal(struct errmsg *msg, enum tls_rule rule, const char *format, ...)
{
	va_list args;

	if (msg != NULL) {
		va_start(args, format);
		vsnprintf(msg->text, sizeof(msg->text), format, args);
		va_end(args);
	}
	return rule_name(msg, CORDON_EIDENTITY, tls_rule_name(rule));
}

static int not_yet(const X509 *at, const char *uri, struct errmsg *msg)
{
	char when[TLS_TIME_TEXT_BYTES];

	tls_x509_time_text(X509_get0_notBefore(at), when);
	return tls_refusal(msg, TLS_RULE_NOT_YET_VALID,
		"the certificate of %s is not valid before %s: compare the clocks of "
		"this host and of its issuer",
		uri, when);
}

static int date_error(X509_STORE_CTX *ctx, const char *uri, struct errmsg *msg)
{
	X509 *at = X509_STORE_CTX_get_current_cert(ctx);
	char when[TLS_TIME_TEXT_BYTES];

	if (X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CERT_NOT_YET_VALID) {
		return not_yet(at, uri, msg);
	}
	tls_x509_time_text(X509_get0_notAfter(at), when);
	if (X509_STORE_CTX_get_error_depth(ctx) == 0) {
		return tls_refusal(msg, TLS_RULE_EXPIRED,
			"the certificate of %s expired %s: renew it with `cordonctl "
			"pki issue`",
			uri, when);
	}
	return tls_refusal(msg, TLS_RULE_CA_EXPIRED,
		"the CA behind %s expired %s: its member must renew the CA", uri, when);
}

/* What needs no more than a sentence.  %s: the URI. */
static const struct {
	int x509_error;
	enum tls_rule rule;
	const char *text;
} sentences[] = {
	{ X509_V_ERR_CERT_REVOKED, TLS_RULE_REVOKED,
		"the certificate of %s is revoked: it needs a new one from its "
		"member's CA" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, TLS_RULE_SIGNATURE,
		"the signature on the certificate of %s is not its member's CA's: the "
		"certificate was altered, or another CA has taken its name" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, TLS_RULE_WEAK_KEY,
		"the certificate of %s has a key that is too weak: P-256, or RSA of "
		"2,048 bits, is the least" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, TLS_RULE_WEAK_KEY,
		"the CA behind %s has a key that is too weak: P-256, or RSA of 2,048 "
		"bits, is the least" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, TLS_RULE_WEAK_DIGEST,
		"the certificate of %s is signed over a digest that is too weak: "
		"SHA-256 is the least" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, TLS_RULE_CRITICAL_EXTENSION,
		"the certificate of %s has a critical extension that is not known "
		"here: issue it without" },
	{ X509_V_ERR_PERMITTED_VIOLATION, TLS_RULE_NAME_CONSTRAINTS,
		"the certificate of %s has a name that its CA may not vouch for: a "
		"CA's name constraints permit its own member's URIs alone" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, TLS_RULE_NAME_CONSTRAINTS,
		"the certificate of %s has a name that its CA's name constraints "
		"exclude" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, TLS_RULE_PATH_LENGTH,
		"the certificate of %s lies behind more CAs than the CA known here "
		"allows" },
	{ X509_V_ERR_INVALID_CA, TLS_RULE_PATH_LENGTH,
		"the certificate of %s was issued by a certificate that is no CA's" },
};

static bool say_sentence(int x509_error, const char *uri, struct errmsg *msg)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].x509_error == x509_error) {
			tls_refusal(msg, sentences[i].rule, sentences[i].text, uri);
			return true;
		}
	}
	return false;
}

int tls_refusal_chain(
	X509_STORE_CTX *ctx, X509 *leaf, const struct identity *id, struct errmsg *msg)
{
	int error = X509_STORE_CTX_get_error(ctx);
	char uri[IDENT_URI_MAX], issuer[TLS_NAME_TEXT_BYTES];

	ident_uri_text(id, uri);
	tls_x509_name_text(X509_get_issuer_name(leaf), issuer);
	if (say_sentence(error, uri, msg)) {
		return CORDON_EIDENTITY;
	}
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return date_error(ctx, uri, msg);
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_NOT_YET_VALID:
		/* CRLs are looked at first; of a clock that is years behind say that */
		if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0) {
			return not_yet(leaf, uri, msg);
		}
		return tls_refusal(msg, TLS_RULE_NO_CRL,
			"the certificate of %s cannot be checked for revocation: %s's "
			"CRL file holds no list in force of its issuer (%s)",
			uri, id->member.code, issuer);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return tls_refusal(msg, TLS_RULE_SELF_SIGNED,
			"the certificate of %s is self-signed: it must be issued by "
			"%s's CA",
			uri, id->member.code);
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return tls_refusal(msg, TLS_RULE_FOREIGN_CA,
			"the certificate of %s was not issued by %s's CA known here "
			"but by %s: a CA vouches for its own member only",
			uri, id->member.code, issuer);
	default:
		return tls_refusal(msg, TLS_RULE_CHAIN, "the certificate of %s: %s",
			uri, X509_verify_cert_error_string(error));
	}
}
