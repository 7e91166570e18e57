/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/tls_profile.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "proto/message.h"
#include "proto/tls_bio.h"
#include "proto/tls_trust.h"
#include "proto/tls_x509.h"

struct tls_profile {
	atomic_uint references;
	bool server;
	SSL_CTX *ctx;
	BIO_METHOD *bio;
	struct tls_trust *trust;
	EVP_PKEY *key;
	X509 *certificate;
	uint8_t *der;
	int der_bytes;
	struct identity self;
};

/* RFC 7301 §3.1: length, then the protocol's name. */
static const uint8_t alpn[] = "\x08" PROTOCOL_ALPN;
#define ALPN_BYTES (sizeof(alpn) - 1)

static enum tls_purpose peer_purpose(const struct tls_profile *profile)
{
	return profile->server ? TLS_PURPOSE_CLIENT : TLS_PURPOSE_SERVER;
}

/* Replaces OpenSSL's chain check, which knows one store for all members. */
static int verify_peer(X509_STORE_CTX *ctx, void *context)
{
	struct tls_profile *profile = context;
	SSL *ssl =
		X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct errmsg *refusal = SSL_get_app_data(ssl);
	struct identity peer;
	int x509_error;
	int error = tls_trust_verify(profile->trust, X509_STORE_CTX_get0_cert(ctx),
		peer_purpose(profile), &peer, &x509_error, refusal);

	X509_STORE_CTX_set_error(ctx, x509_error);
	return error == 0;
}

/* A client without ALPN is another program; with another ALPN as well. */
static int demand_alpn(SSL *ssl, int *alert, void *context)
{
	const unsigned char *extension;
	size_t size;

	(void)context;
	if (SSL_client_hello_get0_ext(ssl,
		    TLSEXT_TYPE_application_layer_protocol_negotiation, &extension,
		    &size) == 1) {
		return SSL_CLIENT_HELLO_SUCCESS;
	}
	errmsg_set(SSL_get_app_data(ssl), CORDON_ETLS,
		"the client does not offer ALPN %s: it is no Cordon client",
		PROTOCOL_ALPN);
	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	return SSL_CLIENT_HELLO_ERROR;
}

static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_bytes,
	const unsigned char *in, unsigned in_bytes, void *context)
{
	unsigned char *found;

	(void)context;
	if (SSL_select_next_proto(&found, out_bytes, alpn, ALPN_BYTES, in, in_bytes) !=
		OPENSSL_NPN_NEGOTIATED) {
		errmsg_set(SSL_get_app_data(ssl), CORDON_ETLS,
			"the client offers another ALPN than %s: it is no Cordon "
			"client, or "
			"one of a version not spoken here",
			PROTOCOL_ALPN);
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

static int load_own(
	struct tls_profile *p, const struct tls_options *options, struct errmsg *msg)
{
	STACK_OF(X509) * chain;
	int error = tls_x509_load_certificates(options->certificate, &chain, msg);

	if (error != 0) {
		return error;
	}
	/* what follows the leaf in the file is for other programs */
	p->certificate = sk_X509_shift(chain);
	sk_X509_pop_free(chain, X509_free);
	error = tls_x509_load_key(options->key, &p->key, msg);
	if (error != 0) {
		return error;
	}
	if (X509_check_private_key(p->certificate, p->key) != 1) {
		ERR_clear_error();
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: the key does not belong to the certificate %s",
			options->key, options->certificate);
	}
	p->der_bytes = i2d_X509(p->certificate, &p->der);
	return p->der_bytes > 0 ? 0 : errmsg_set(msg, CORDON_ENOMEM, "out of memory");
}

/* What a start with this certificate would only show at the first connection. */
static int check_own(struct tls_profile *p, struct errmsg *msg)
{
	char when[TLS_TIME_TEXT_BYTES];
	int error = tls_x509_identity(p->certificate, &p->self, msg);

	if (error != 0) {
		return error;
	}
	if (p->server && p->self.role != ROLE_NODE) {
		return errmsg_set(msg, CORDON_EIDENTITY,
			"a node needs a certificate of role node, this one is of role "
			"%s",
			ident_role_text(p->self.role));
	}
	if (tls_trust_knows(p->trust, &p->self.member)) {
		return tls_trust_verify(p->trust, p->certificate,
			p->server ? TLS_PURPOSE_SERVER : TLS_PURPOSE_CLIENT, &p->self,
			NULL, msg);
	}
	if (X509_cmp_current_time(X509_get0_notBefore(p->certificate)) > 0) {
		tls_x509_time_text(X509_get0_notBefore(p->certificate), when);
		return errmsg_set(msg, CORDON_EIDENTITY, "not valid before %s", when);
	}
	if (X509_cmp_current_time(X509_get0_notAfter(p->certificate)) < 0) {
		tls_x509_time_text(X509_get0_notAfter(p->certificate), when);
		return errmsg_set(msg, CORDON_EIDENTITY,
			"expired %s: renew it with `cordonctl pki issue`", when);
	}
	return 0;
}

static int set_policy(
	struct tls_profile *p, const struct tls_options *options, struct errmsg *msg)
{
	static const unsigned char session_context[] = PROTOCOL_ALPN;
	SSL_CTX *ctx = p->ctx;

	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_verify(
		ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify_peer, p);
	/* what was read is wiped in OpenSSL's own buffers */
	SSL_CTX_set_options(ctx, SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
	if (p->server) {
		SSL_CTX_set_client_hello_cb(ctx, demand_alpn, NULL);
		SSL_CTX_set_alpn_select_cb(ctx, select_alpn, NULL);
	}
	if (SSL_CTX_set_session_id_context(
		    ctx, session_context, sizeof(session_context) - 1) != 1 ||
		SSL_CTX_set_alpn_protos(ctx, alpn, ALPN_BYTES) != 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (options->ciphersuites != NULL &&
		SSL_CTX_set_ciphersuites(ctx, options->ciphersuites) != 1) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"\"%s\" are not cipher suites of TLS 1.3 known to this OpenSSL",
			options->ciphersuites);
	}
	if (options->groups != NULL &&
		SSL_CTX_set1_groups_list(ctx, options->groups) != 1) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"\"%s\" are not key exchange groups known to this OpenSSL",
			options->groups);
	}
	return 0;
}

static int fill(
	struct tls_profile *p, const struct tls_options *options, struct errmsg *msg)
{
	int error = set_policy(p, options, msg);

	if (error != 0) {
		return error;
	}
	error = tls_trust_create(options->members, options->members_count,
		SSL_CTX_get_security_level(p->ctx), &p->trust, msg);
	if (error != 0) {
		return error;
	}
	error = load_own(p, options, msg);
	if (error != 0) {
		return error;
	}
	error = check_own(p, msg);
	if (error != 0) {
		return errmsg_wrap(msg, error, "load %s", options->certificate);
	}
	if (SSL_CTX_use_certificate(p->ctx, p->certificate) != 1 ||
		SSL_CTX_use_PrivateKey(p->ctx, p->key) != 1) {
		return errmsg_set(msg, CORDON_ECONFIG,
			"load %s: OpenSSL's security level refuses it: %s",
			options->certificate,
			ERR_reason_error_string(ERR_peek_last_error()));
	}
	return 0;
}

int tls_profile_create(const struct tls_options *options, struct tls_profile **profile,
	struct errmsg *msg)
{
	struct tls_profile *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	atomic_init(&p->references, 1);
	p->server = options->server;
	p->ctx = SSL_CTX_new(p->server ? TLS_server_method() : TLS_client_method());
	p->bio = tls_bio_method_create();
	error = p->ctx == NULL || p->bio == NULL
			? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
			: fill(p, options, msg);
	ERR_clear_error();
	if (error != 0) {
		tls_profile_unref(p);
		return error;
	}
	*profile = p;
	return 0;
}

struct tls_profile *tls_profile_ref(struct tls_profile *profile)
{
	atomic_fetch_add_explicit(&profile->references, 1, memory_order_relaxed);
	return profile;
}

void tls_profile_unref(struct tls_profile *profile)
{
	if (profile == NULL || atomic_fetch_sub_explicit(&profile->references, 1,
				       memory_order_acq_rel) > 1) {
		return;
	}
	SSL_CTX_free(profile->ctx);
	BIO_meth_free(profile->bio);
	tls_trust_destroy(profile->trust);
	EVP_PKEY_free(profile->key);
	X509_free(profile->certificate);
	OPENSSL_free(profile->der);
	free(profile);
}

SSL *tls_profile_ssl(
	struct tls_profile *profile, int fd, struct errmsg *refusal, struct errmsg *msg)
{
	SSL *ssl = SSL_new(profile->ctx);
	BIO *bio = BIO_new(profile->bio);

	if (ssl == NULL || bio == NULL) {
		SSL_free(ssl);
		BIO_free(bio);
		ERR_clear_error();
		errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		return NULL;
	}
	BIO_set_fd(bio, fd, BIO_NOCLOSE);
	SSL_set_bio(ssl, bio, bio);
	SSL_set_app_data(ssl, refusal);
	return ssl;
}

int tls_profile_peer(struct tls_profile *profile, SSL *ssl, struct identity *peer,
	struct errmsg *msg)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	const unsigned char *protocol;
	unsigned bytes;

	SSL_get0_alpn_selected(ssl, &protocol, &bytes);
	if (bytes != ALPN_BYTES - 1 || memcmp(protocol, alpn + 1, bytes) != 0) {
		return errmsg_set(msg, CORDON_ETLS,
			"the other side does not speak %s: check the address",
			PROTOCOL_ALPN);
	}
	if (certificate == NULL) {
		return errmsg_set(
			msg, CORDON_EIDENTITY, "the other side has no certificate");
	}
	if (!SSL_session_reused(ssl)) {
		return tls_x509_identity(certificate, peer, msg);
	}
	return tls_trust_verify(
		profile->trust, certificate, peer_purpose(profile), peer, NULL, msg);
}

int tls_profile_check_certificate(struct tls_profile *profile, struct bytes der,
	struct identity *identity, struct errmsg *msg)
{
	const unsigned char *at = der.data;
	X509 *certificate =
		der.size > INT32_MAX ? NULL : d2i_X509(NULL, &at, (long)der.size);
	int error;

	ERR_clear_error();
	if (certificate == NULL || at != der.data + der.size) {
		X509_free(certificate);
		return errmsg_set(
			msg, CORDON_EIDENTITY, "the certificate is not readable");
	}
	error = tls_trust_verify(profile->trust, certificate, peer_purpose(profile),
		identity, NULL, msg);
	X509_free(certificate);
	return error;
}

const struct identity *tls_profile_self(const struct tls_profile *profile)
{
	return &profile->self;
}

EVP_PKEY *tls_profile_key(const struct tls_profile *profile)
{
	return profile->key;
}

struct bytes tls_profile_certificate(const struct tls_profile *profile)
{
	return (struct bytes){ profile->der, (size_t)profile->der_bytes };
}

int64_t tls_profile_ends_s(const struct tls_profile *profile)
{
	return tls_x509_time_s(X509_get0_notAfter(profile->certificate));
}

bool tls_profile_expiry(
	const struct tls_profile *profile, size_t *position, struct tls_expiry *expiry)
{
	size_t of_trust;
	bool found;

	if (*position == 0) {
		*position = 1;
		*expiry = (struct tls_expiry){ "certificate", profile->self.member,
			tls_profile_ends_s(profile) };
		return true;
	}
	of_trust = *position - 1;
	found = tls_trust_expiry(profile->trust, &of_trust, expiry);
	*position = of_trust + 1;
	return found;
}
