/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way for a certificate to be wrong, shown to a real node: each is refused with a
 * reason of its own in the log, under the rule's name, and counted by it; and the alert
 * tells the other side as much as TLS can.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/lib/badcert.h"
#include "tests/lib/union.h"

#define ME "cordon://KAZ/checkpoint/desk-9"
#define LONG_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* By whom it is signed. */
enum issuer {
	KAZ_CA,
	RUS_CA,
	ITSELF,
	FAKE_CA,      /* the KAZ CA's name, another key */
	INNER_CA,     /* of the KAZ CA, and sent along */
	INNERMOST_CA, /* of that one, both sent along */
	A_LEAF,       /* of the KAZ CA, and sent along */
	ISSUERS
};

struct example {
	const char *what;
	struct badcert certificate;
	enum issuer issuer;
	const char *rule;  /* NULL: it is accepted */
	const char *words; /* of the reason */
	int alert;
};

#define NO_IDENTITY "identity", "cordon:// URIs", SSL_AD_BAD_CERTIFICATE
#define BAD_URI "identity", "URI in the certificate", SSL_AD_BAD_CERTIFICATE

static const struct example examples[] = {
	/* ---- as it should be */
	{ "a checkpoint", { .uris = { ME } }, KAZ_CA, NULL, NULL, 0 },
	{ "an agency", { .uris = { "cordon://KAZ/agency/a" } }, KAZ_CA, NULL, NULL, 0 },
	{ "an auditor", { .uris = { "cordon://KAZ/auditor/a" } }, KAZ_CA, NULL, NULL,
		0 },
	{ "an admin", { .uris = { "cordon://KAZ/admin/a" } }, KAZ_CA, NULL, NULL, 0 },
	{ "a node of another member",
		{ .uris = { "cordon://RUS/node/n" },
			.extended_usage = "serverAuth,clientAuth" },
		RUS_CA, NULL, NULL, 0 },
	{ "the longest name", { .uris = { "cordon://KAZ/admin/" LONG_64 } }, KAZ_CA,
		NULL, NULL, 0 },
	{ "an Ed25519 key", { .uris = { ME }, .key = "ED25519" }, KAZ_CA, NULL, NULL,
		0 },
	{ "RSA of 2,048 bits", { .uris = { ME }, .key = "RSA-2048" }, KAZ_CA, NULL,
		NULL, 0 },
	{ "P-384", { .uris = { ME }, .key = "P-384" }, KAZ_CA, NULL, NULL, 0 },
	{ "an unknown extension that is not critical",
		{ .uris = { ME }, .noncritical_unknown = true }, KAZ_CA, NULL, NULL,
		0 },
	{ "a DNS name beside the URI",
		{ .uris = { ME }, .other_name = "DNS:desk.kaz.example" }, KAZ_CA, NULL,
		NULL, 0 },
	{ "another use besides",
		{ .uris = { ME }, .extended_usage = "clientAuth,codeSigning" }, KAZ_CA,
		NULL, NULL, 0 },
	/* ---- time */
	{ "expired", { .uris = { ME }, .until_s = -60 }, KAZ_CA, "expired",
		"desk-9 expired", SSL_AD_CERTIFICATE_EXPIRED },
	{ "expired years ago",
		{ .uris = { ME }, .from_s = -400000000, .until_s = -300000000 }, KAZ_CA,
		"expired", "renew it", SSL_AD_CERTIFICATE_EXPIRED },
	{ "not valid yet", { .uris = { ME }, .from_s = 600, .until_s = 1200 }, KAZ_CA,
		"not-yet-valid", "is not valid before", SSL_AD_BAD_CERTIFICATE },
	{ "not valid for years",
		{ .uris = { ME }, .from_s = 300000000, .until_s = 400000000 }, KAZ_CA,
		"not-yet-valid", "compare the clocks", SSL_AD_BAD_CERTIFICATE },
	{ "ends before it begins", { .uris = { ME }, .from_s = 600, .until_s = -600 },
		KAZ_CA, "not-yet-valid", "is not valid before",
		SSL_AD_BAD_CERTIFICATE },
	/* ---- who it says it is */
	{ "no names", { .uris = { NULL } }, KAZ_CA, NO_IDENTITY },
	{ "a DNS name only", { .other_name = "DNS:kaz.example" }, KAZ_CA, NO_IDENTITY },
	{ "an e-mail address only", { .other_name = "email:desk@kaz.example" }, KAZ_CA,
		NO_IDENTITY },
	{ "an IP address only", { .other_name = "IP:192.0.2.1" }, KAZ_CA, NO_IDENTITY },
	{ "another URI only", { .uris = { "https://KAZ/checkpoint/desk-9" } }, KAZ_CA,
		NO_IDENTITY },
	{ "a scheme in capitals", { .uris = { "CORDON://KAZ/checkpoint/desk-9" } },
		KAZ_CA, NO_IDENTITY },
	{ "version 1, without extensions", { .uris = { ME }, .version_1 = true },
		KAZ_CA, NO_IDENTITY },
	{ "two identities", { .uris = { ME, "cordon://KAZ/admin/root" } }, KAZ_CA,
		NO_IDENTITY },
	{ "one identity twice", { .uris = { ME, ME } }, KAZ_CA, NO_IDENTITY },
	{ "three identities", { .uris = { ME, ME, ME } }, KAZ_CA, NO_IDENTITY },
	{ "a role that is none", { .uris = { "cordon://KAZ/king/desk-9" } }, KAZ_CA,
		BAD_URI },
	{ "no role", { .uris = { "cordon://KAZ/desk-9" } }, KAZ_CA, BAD_URI },
	{ "no name", { .uris = { "cordon://KAZ/checkpoint/" } }, KAZ_CA, BAD_URI },
	{ "a name of two parts", { .uris = { "cordon://KAZ/checkpoint/a/b" } }, KAZ_CA,
		BAD_URI },
	{ "a name too long", { .uris = { "cordon://KAZ/admin/" LONG_64 "a" } }, KAZ_CA,
		BAD_URI },
	{ "a name with a query", { .uris = { ME "?role=admin" } }, KAZ_CA, BAD_URI },
	{ "a name in percent signs", { .uris = { "cordon://KAZ/checkpoint/%61" } },
		KAZ_CA, BAD_URI },
	{ "a member in small letters", { .uris = { "cordon://kaz/checkpoint/a" } },
		KAZ_CA, BAD_URI },
	{ "a member of four letters", { .uris = { "cordon://KAZA/checkpoint/a" } },
		KAZ_CA, BAD_URI },
	{ "a member with a port", { .uris = { "cordon://KAZ:1/checkpoint/a" } }, KAZ_CA,
		BAD_URI },
	{ "a member that is none here", { .uris = { "cordon://UZB/checkpoint/a" } },
		KAZ_CA, "unknown-member", "names member UZB", SSL_AD_UNKNOWN_CA },
	/* ---- who vouches for it */
	{ "the own CA for another member", { .uris = { "cordon://RUS/checkpoint/a" } },
		KAZ_CA, "foreign-ca", "a CA vouches for its own member only",
		SSL_AD_UNKNOWN_CA },
	{ "another member's CA", { .uris = { ME } }, RUS_CA, "foreign-ca",
		"was not issued by KAZ's CA", SSL_AD_UNKNOWN_CA },
	{ "itself", { .uris = { ME } }, ITSELF, "self-signed", "is self-signed",
		SSL_AD_UNKNOWN_CA },
	{ "itself, as a CA",
		{ .uris = { ME },
			.constraints = "critical,CA:TRUE",
			.usage = "critical,digitalSignature,keyCertSign" },
		ITSELF, "self-signed", "is self-signed", SSL_AD_UNKNOWN_CA },
	{ "a CA of the same name", { .uris = { ME } }, FAKE_CA, "signature",
		"the signature on the certificate", SSL_AD_DECRYPT_ERROR },
	{ "a signature that was altered", { .uris = { ME }, .altered = true }, KAZ_CA,
		"signature", "was altered", SSL_AD_DECRYPT_ERROR },
	{ "a CA behind the CA", { .uris = { ME } }, INNER_CA, "foreign-ca",
		"but by CN = inner", SSL_AD_UNKNOWN_CA },
	{ "two CAs behind the CA", { .uris = { ME } }, INNERMOST_CA, "foreign-ca",
		"but by CN = innermost", SSL_AD_UNKNOWN_CA },
	{ "a checkpoint's certificate", { .uris = { ME } }, A_LEAF, "foreign-ca",
		"but by CN = leaf", SSL_AD_UNKNOWN_CA },
	/* ---- what it is for */
	{ "for servers only", { .uris = { ME }, .extended_usage = "serverAuth" },
		KAZ_CA, "extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "a node's, for servers only",
		{ .uris = { "cordon://KAZ/node/n" }, .extended_usage = "serverAuth" },
		KAZ_CA, "extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "for e-mail", { .uris = { ME }, .extended_usage = "emailProtection" }, KAZ_CA,
		"extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "for code", { .uris = { ME }, .extended_usage = "critical,codeSigning" },
		KAZ_CA, "extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "for anything", { .uris = { ME }, .extended_usage = "anyExtendedKeyUsage" },
		KAZ_CA, "extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "for nothing said", { .uris = { ME }, .extended_usage = "" }, KAZ_CA,
		"extended-key-usage", "must have clientAuth",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "to encipher keys", { .uris = { ME }, .usage = "critical,keyEncipherment" },
		KAZ_CA, "key-usage", "must have digitalSignature",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "to agree on keys", { .uris = { ME }, .usage = "critical,keyAgreement" },
		KAZ_CA, "key-usage", "must have digitalSignature",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "for lasting signatures", { .uris = { ME }, .usage = "nonRepudiation" },
		KAZ_CA, "key-usage", "must have digitalSignature",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "to sign certificates, but no CA's",
		{ .uris = { ME }, .usage = "critical,keyCertSign" }, KAZ_CA,
		"key-usage", "must have digitalSignature",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "with no key usage", { .uris = { ME }, .usage = "" }, KAZ_CA, "key-usage",
		"must have digitalSignature", SSL_AD_UNSUPPORTED_CERTIFICATE },
	{ "a CA that connects",
		{ .uris = { ME },
			.constraints = "critical,CA:TRUE",
			.usage = "critical,digitalSignature,keyCertSign" },
		KAZ_CA, "ca-as-leaf", "a CA does not connect itself",
		SSL_AD_UNSUPPORTED_CERTIFICATE },
	/* ---- what is in it */
	{ "a critical extension that nobody knows",
		{ .uris = { ME }, .critical_unknown = true }, KAZ_CA,
		"critical-extension", "critical extension that is not known",
		SSL_AD_CERTIFICATE_UNKNOWN },
	{ "a URI beyond the CA's names",
		{ .uris = { ME, "https://intruder.example/x" } }, KAZ_CA,
		"name-constraints", "a name that its CA may not vouch for",
		SSL_AD_CERTIFICATE_UNKNOWN },
	{ "a URI of another member beside its own", { .uris = { ME, "ldap://RUS/x" } },
		KAZ_CA, "name-constraints", "a name that its CA may not vouch for",
		SSL_AD_CERTIFICATE_UNKNOWN },
	{ "RSA of 1,024 bits", { .uris = { ME }, .key = "RSA-1024" }, KAZ_CA,
		"weak-key", "has a key that is too weak", SSL_AD_BAD_CERTIFICATE },
	{ "RSA of 1,536 bits", { .uris = { ME }, .key = "RSA-1536" }, KAZ_CA,
		"weak-key", "has a key that is too weak", SSL_AD_BAD_CERTIFICATE },
	{ "signed over SHA-1", { .uris = { ME }, .digest = "SHA1" }, KAZ_CA,
		"weak-digest", "SHA-256 is the least", SSL_AD_BAD_CERTIFICATE },
};

_Static_assert(sizeof(examples) / sizeof(examples[0]) >= 40, "forty cases at least");

static struct testunion *all;
static struct union_node *kaz, *rus;
static struct badcert_pair issuers[ISSUERS];

static void read_ca(struct union_node *node, struct badcert_pair *pair)
{
	char certificate[UNION_PATH_MAX], key[UNION_PATH_MAX];

	snprintf(certificate, sizeof(certificate), "%s/ca.pem", node->pki);
	snprintf(key, sizeof(key), "%s/ca.key", node->pki);
	*pair = badcert_read(certificate, key);
}

static void make_issuers(void)
{
	const struct badcert ca = { .constraints = "critical,CA:TRUE",
		.usage = "critical,keyCertSign,cRLSign",
		.extended_usage = "" };
	struct badcert inner = ca, innermost = ca,
		       leaf = { .uris = { ME }, .name = "leaf" };

	read_ca(kaz, &issuers[KAZ_CA]);
	read_ca(rus, &issuers[RUS_CA]);
	inner.name = "inner";
	innermost.name = "innermost";
	issuers[INNER_CA] = badcert_make(&inner, &issuers[KAZ_CA]);
	issuers[INNERMOST_CA] = badcert_make(&innermost, &issuers[INNER_CA]);
	issuers[A_LEAF] = badcert_make(&leaf, &issuers[KAZ_CA]);
	issuers[FAKE_CA] = badcert_make(&ca, NULL);
	X509_set_subject_name(issuers[FAKE_CA].certificate,
		X509_get_subject_name(issuers[KAZ_CA].certificate));
}

static int setup(void **state)
{
	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->metrics = union_free_port(all);
	union_start(kaz);
	make_issuers();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ISSUERS; i++) {
		badcert_finish(&issuers[i]);
	}
	union_destroy(all);
	return 0;
}

/* ---- a client that presents whatever it is given ------------------------------------
 */

static int connect_to(const struct union_node *node)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)node->port) };
	struct timeval patience = { UNION_PATIENCE_MS / 1000, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, node->host, &address.sin_addr), 1);
	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)),
		0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static SSL_CTX *client_context(const struct badcert_pair *pair, enum issuer issuer)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	static const uint8_t alpn[] = "\x08"
				      "cordon/1";

	assert_non_null(ctx);
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn) - 1);
	if (pair == NULL) {
		return ctx;
	}
	assert_int_equal(SSL_CTX_use_certificate(ctx, pair->certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, pair->key), 1);
	for (int i = issuer; i == INNER_CA || i == INNERMOST_CA || i == A_LEAF;
		i = i == INNERMOST_CA ? INNER_CA : KAZ_CA) {
		assert_int_equal(
			SSL_CTX_add1_chain_cert(ctx, issuers[i].certificate), 1);
	}
	return ctx;
}

/* The alert that the node sent; 0: it said HELLO. */
static int knock(const struct badcert_pair *pair, enum issuer issuer)
{
	SSL_CTX *ctx = client_context(pair, issuer);
	SSL *ssl = SSL_new(ctx);
	int fd = connect_to(kaz), alert = 0;
	char byte;

	assert_non_null(ssl);
	SSL_set_fd(ssl, fd);
	ERR_clear_error();
	if (SSL_connect(ssl) != 1 || SSL_read(ssl, &byte, 1) != 1) {
		alert = ERR_GET_REASON(ERR_peek_last_error()) - SSL_AD_REASON_OFFSET;
	}
	SSL_shutdown(ssl);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	ERR_clear_error();
	return alert;
}

/* ---- what the node makes of it ------------------------------------------------------
 */

static uint64_t refused_by(const char *rule)
{
	char name[96];

	snprintf(name, sizeof(name), "certificates_refused_total{rule=\"%s\"}", rule);
	return union_metric(kaz, name);
}

static void assert_refused(const char *what, const struct badcert_pair *pair,
	enum issuer issuer, const char *rule, const char *words, int alert)
{
	uint64_t before = refused_by(rule);
	size_t from = union_log_size(kaz);
	char named[64];
	int got = knock(pair, issuer);

	if (got != alert) {
		union_fail(all, "%s: alert %d, expected %d", what, got, alert);
	}
	snprintf(named, sizeof(named), "(rule %s)", rule);
	union_await_log(kaz, from, "refused: ");
	union_await_log(kaz, from, words);
	union_await_log(kaz, from, named);
	union_until(all, what, refused_by(rule) == before + 1);
}

static void every_fault_has_its_own_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct example *e = &examples[i];
		struct badcert_pair pair = badcert_make(&e->certificate,
			e->issuer == ITSELF ? NULL : &issuers[e->issuer]);

		if (e->rule != NULL) {
			assert_refused(
				e->what, &pair, e->issuer, e->rule, e->words, e->alert);
		} else if (knock(&pair, e->issuer) != 0) {
			union_fail(all, "%s is refused", e->what);
		}
		badcert_finish(&pair);
	}
}

static void without_a_certificate_nobody_is_heard(void **state)
{
	(void)state;
	assert_refused("none", NULL, KAZ_CA, "no-certificate", "sent no certificate",
		SSL_AD_CERTIFICATE_REQUIRED);
}

static void the_ca_itself_is_nobody(void **state)
{
	(void)state;
	assert_refused("the CA", &issuers[KAZ_CA], KAZ_CA, "identity",
		"0 cordon:// URIs", SSL_AD_BAD_CERTIFICATE);
}

static void revoke(const char *certificate)
{
	const char *argv[] = { union_cordonctl(), "pki", "revoke", kaz->pki,
		certificate, NULL };
	struct union_output output;
	size_t from = union_log_size(kaz);

	union_run(all, NULL, argv, &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
	union_signal(kaz, SIGHUP);
	union_await_log(kaz, from, "certificates and CRLs reloaded");
}

static void a_revoked_one_is_refused_and_so_is_its_open_connection(void **state)
{
	const struct badcert wanted = { .uris = { ME } };
	struct badcert_pair pair = badcert_make(&wanted, &issuers[KAZ_CA]);
	char certificate[UNION_PATH_MAX], key[UNION_PATH_MAX];
	struct cordon_client *client;
	struct cordon_answer *answer;
	const struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = "AA1", .issuer = "UZB"
	};
	uint64_t before = refused_by("revoked");

	(void)state;
	snprintf(certificate, sizeof(certificate), "%s/gone.pem", kaz->pki);
	snprintf(key, sizeof(key), "%s/gone.key", kaz->pki);
	badcert_write(&pair, certificate, key, NULL);
	client = union_client_with(kaz, kaz->pki, "gone");
	assert_int_equal(cordon_lookup(client, NULL, &query, 1, &answer), 0);
	cordon_answer_destroy(answer);
	revoke(certificate);
	union_until(
		all, "the open connection ends", refused_by("revoked") == before + 1);
	assert_refused("revoked", &pair, KAZ_CA, "revoked", "is revoked",
		SSL_AD_CERTIFICATE_REVOKED);
	assert_int_equal(
		cordon_lookup(client, NULL, &query, 1, &answer), CORDON_EIDENTITY);
	cordon_client_destroy(client);
	badcert_finish(&pair);
}

/* ---- the node's own files
 * ------------------------------------------------------------
 */

static void a_renewed_certificate_is_taken_without_a_restart(void **state)
{
	const struct badcert wanted = { .uris = { "cordon://KAZ/node/node-1" },
		.extended_usage = "serverAuth,clientAuth",
		.until_s = 5 * 86400 };
	struct badcert_pair pair = badcert_make(&wanted, &issuers[KAZ_CA]);
	char certificate[UNION_PATH_MAX], key[UNION_PATH_MAX];
	struct cordon_status *status;
	size_t from = union_log_size(kaz);
	bool soon = false;

	(void)state;
	snprintf(certificate, sizeof(certificate), "%s/node-1.pem", kaz->pki);
	snprintf(key, sizeof(key), "%s/node-1.key", kaz->pki);
	badcert_write(&pair, certificate, key, NULL);
	badcert_finish(&pair);
	union_signal(kaz, SIGHUP);
	union_await_log(kaz, from, "certificates and CRLs reloaded");
	union_await_log(kaz, from, "the own certificate (KAZ) ends ");
	assert_int_equal(cordon_status(union_client(kaz, UNION_ADMIN), &status), 0);
	for (size_t i = 0; i < status->expiries_count; i++) {
		const struct cordon_expiry *e = &status->expiries[i];

		soon = soon || (strcmp(e->what, "certificate") == 0 && e->soon &&
				       e->ends_s > status->now_s);
	}
	assert_true(soon);
	cordon_status_destroy(status);
}

static void keys_that_others_can_read_are_refused(void **state)
{
	const char *const names[] = { "node-1", "head" };

	(void)state;
	union_stop(kaz);
	for (size_t i = 0; i < 2; i++) {
		char key[UNION_PATH_MAX];
		size_t from = union_log_size(kaz);

		snprintf(key, sizeof(key), "%s/%s.key", kaz->pki, names[i]);
		assert_int_equal(chmod(key, 0640), 0);
		union_launch(kaz);
		assert_int_equal(union_wait(kaz), 1);
		assert_true(union_log_has(kaz, from, "(mode 640)"));
		assert_true(union_log_has(kaz, from, "run chmod 600 on it"));
		assert_int_equal(chmod(key, 0600), 0);
	}
	union_start(kaz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_has_its_own_answer),
		cmocka_unit_test(without_a_certificate_nobody_is_heard),
		cmocka_unit_test(the_ca_itself_is_nobody),
		cmocka_unit_test(
			a_revoked_one_is_refused_and_so_is_its_open_connection),
		cmocka_unit_test(a_renewed_certificate_is_taken_without_a_restart),
		cmocka_unit_test(keys_that_others_can_read_are_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, setup, teardown);
}
