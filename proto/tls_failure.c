/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/tls_profile.h"

#include <stdio.h>

#include <openssl/err.h>

#include "proto/message.h"
#include "proto/tls_refusal.h"
#include "proto/tls_x509.h"

/*
 * Alerts that the other side sent (RFC 8446 §6): what they mean for whoever reads
 * the log on this side.  %s: who this side said it is.
 */
static const struct {
	int alert;
	int error;
	const char *text;
} alerts[] = {
	{ SSL_AD_UNKNOWN_CA, CORDON_EIDENTITY,
		"the other side does not know this certificate's CA (%s): it must have "
		"the CA "
		"of that member configured, and the certificate must come from it" },
	{ SSL_AD_CERTIFICATE_EXPIRED, CORDON_EIDENTITY,
		"the other side refuses this certificate as expired (%s): renew it "
		"with "
		"`cordonctl pki issue`" },
	{ SSL_AD_CERTIFICATE_REVOKED, CORDON_EIDENTITY,
		"the other side refuses this certificate as revoked (%s): its member's "
		"CA must "
		"issue a new one" },
	{ SSL_AD_BAD_CERTIFICATE, CORDON_EIDENTITY,
		"the other side refuses this certificate (%s): it is not valid yet, or "
		"names "
		"no single cordon:// identity with a role accepted there; its log says "
		"which" },
	{ SSL_AD_UNSUPPORTED_CERTIFICATE, CORDON_EIDENTITY,
		"the other side refuses this certificate for this use (%s): its "
		"extended key "
		"usage must fit (clientAuth to connect, serverAuth to be a node)" },
	{ SSL_AD_CERTIFICATE_UNKNOWN, CORDON_EIDENTITY,
		"the other side refuses this certificate (%s): its log says why" },
	{ SSL_AD_DECRYPT_ERROR, CORDON_EIDENTITY,
		"the other side could not check this certificate's signature (%s): key "
		"and "
		"certificate may not belong together" },
	{ SSL_AD_CERTIFICATE_REQUIRED, CORDON_EIDENTITY,
		"the other side demands a client certificate and got none (%s): set "
		"certificate and key" },
	{ SSL_AD_PROTOCOL_VERSION, CORDON_ETLS,
		"the other side does not speak TLS 1.3, the only version used here "
		"(%s)" },
	{ SSL_AD_NO_APPLICATION_PROTOCOL, CORDON_ETLS,
		"the other side does not speak " PROTOCOL_ALPN
		" (%s): its version may differ" },
	{ SSL_AD_HANDSHAKE_FAILURE, CORDON_ETLS,
		"no cipher suite, group or signature in common with the other side "
		"(%s): "
		"compare ciphersuites and groups in the configurations" },
	{ SSL_AD_INTERNAL_ERROR, CORDON_ETLS,
		"the other side failed in the TLS handshake (%s): its log says why" },
};

/* OpenSSL's own reasons when what arrives is not what the policy wants. */
static const struct {
	int reason;
	const char *text;
} reasons[] = {
	{ SSL_R_UNSUPPORTED_PROTOCOL,
		"the other side speaks no TLS 1.3, the only version used here" },
	{ SSL_R_WRONG_SSL_VERSION,
		"the other side speaks no TLS 1.3, the only version used here" },
	{ SSL_R_VERSION_TOO_LOW,
		"the other side speaks no TLS 1.3, the only version used here" },
	{ SSL_R_NO_PROTOCOLS_AVAILABLE,
		"TLS 1.3 is switched off in this host's OpenSSL configuration" },
	{ SSL_R_WRONG_VERSION_NUMBER, "not TLS: plain text or another protocol" },
	{ SSL_R_HTTP_REQUEST, "not TLS: a plain HTTP request" },
	{ SSL_R_HTTPS_PROXY_REQUEST, "not TLS: a request to an HTTP proxy" },
	{ SSL_R_PACKET_LENGTH_TOO_LONG, "not TLS: plain text or another protocol" },
	{ SSL_R_ENCRYPTED_LENGTH_TOO_LONG, "not TLS: plain text or another protocol" },
	{ SSL_R_RECORD_LENGTH_MISMATCH, "not TLS: plain text or another protocol" },
	{ SSL_R_BAD_RECORD_TYPE, "not TLS: plain text or another protocol" },
	{ SSL_R_UNEXPECTED_MESSAGE, "not TLS as expected here: another protocol" },
	{ SSL_R_LENGTH_MISMATCH, "not TLS as expected here: another protocol" },
	{ SSL_R_NO_SHARED_CIPHER, "no cipher suite in common with the other side: "
				  "compare ciphersuites in the "
				  "configurations" },
	{ SSL_R_NO_SUITABLE_KEY_SHARE, "no key exchange group in common with the other "
				       "side: compare groups in the "
				       "configurations" },
	{ SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,
		"the client sent no certificate: it must have one from its member's "
		"CA" },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING,
		"the other side closed the connection in the middle of TLS" },
};

#define OWN_TEXT_BYTES (IDENT_URI_MAX + TLS_TIME_TEXT_BYTES + 16)

static void own_text(SSL *ssl, char *out)
{
	X509 *own = SSL_get_certificate(ssl);
	char uri[IDENT_URI_MAX], end[TLS_TIME_TEXT_BYTES];
	struct identity id;

	if (own == NULL || tls_x509_identity(own, &id, NULL) != 0) {
		snprintf(out, OWN_TEXT_BYTES, "no certificate");
		return;
	}
	ident_uri_text(&id, uri);
	tls_x509_time_text(X509_get0_notAfter(own), end);
	snprintf(out, OWN_TEXT_BYTES, "%s, ends %s", uri, end);
}

/* OpenSSL numbers a received alert's reason by this rule. */
static int alert_error(SSL *ssl, int alert, struct errmsg *msg)
{
	char own[OWN_TEXT_BYTES];

	own_text(ssl, own);
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
		if (alerts[i].alert == alert) {
			return errmsg_set(msg, alerts[i].error, alerts[i].text, own);
		}
	}
	return errmsg_set(msg, CORDON_ETLS,
		"the other side ended TLS with the alert \"%s\"",
		SSL_alert_desc_string_long(alert));
}

static int reason_error(unsigned long error, struct errmsg *msg)
{
	int reason = ERR_GET_REASON(error);
	const char *text = ERR_reason_error_string(error);

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (ERR_GET_LIB(error) == ERR_LIB_SSL && reasons[i].reason == reason) {
			return reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
				       ? tls_refusal(msg, TLS_RULE_NO_CERTIFICATE, "%s",
						 reasons[i].text)
				       : errmsg_set(msg, CORDON_ETLS, "%s",
						 reasons[i].text);
		}
	}
	return errmsg_set(msg, CORDON_ETLS, "TLS failed: %s",
		text == NULL ? "for a reason that OpenSSL does not name" : text);
}

int tls_profile_failure(SSL *ssl, struct errmsg *msg)
{
	const struct errmsg *refusal = SSL_get_app_data(ssl);
	unsigned long error = ERR_peek_error();
	int reason = ERR_GET_REASON(error);

	ERR_clear_error();
	if (refusal->text[0] != '\0') {
		return errmsg_set(msg,
			SSL_get_verify_result(ssl) == X509_V_OK ? CORDON_ETLS
								: CORDON_EIDENTITY,
			"%s", refusal->text);
	}
	if (error == 0) {
		return errmsg_set(msg, CORDON_ETLS,
			"the other side closed the connection in the middle of TLS");
	}
	if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET &&
		reason <= SSL_AD_REASON_OFFSET + UINT8_MAX) {
		return alert_error(ssl, reason - SSL_AD_REASON_OFFSET, msg);
	}
	return reason_error(error, msg);
}
