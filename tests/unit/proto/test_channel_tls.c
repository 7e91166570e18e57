/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "tests/lib/pair.h"
#include "tests/lib/testpki.h"

static struct testpki *pki;
static struct tls_profile *node; /* as a server */

static int make_pki(void **state)
{
	static const struct testpki_leaf node_leaf = { .signer = "KAZ",
		.uri = "cordon://KAZ/node/almaty-1" };
	static const struct testpki_leaf desk = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/desk-1" };

	(void)state;
	pki = testpki_create();
	testpki_issue(pki, "node", &node_leaf);
	testpki_issue(pki, "desk", &desk);
	node = testpki_profile(pki, true, "node", NULL);
	return 0;
}

static int remove_pki(void **state)
{
	(void)state;
	tls_profile_unref(node);
	testpki_destroy(pki);
	return 0;
}

static int send_hello(struct side *side)
{
	Cordon__Hello h = CORDON__HELLO__INIT;

	h.protocol_min = 1;
	return channel_send(side->channel, MESSAGE_HELLO, 0, 0, &h.base);
}

static void shake(struct side *client, struct side *server,
	struct tls_profile *client_profile, struct tls_profile *server_profile)
{
	int fds[2];

	pair_sockets(fds);
	side_init(client, fds[0], client_profile, false);
	side_init(server, fds[1], server_profile, true);
	pair_run(client, server);
}

static void finish(struct side *client, struct side *server)
{
	side_finish(client);
	side_finish(server);
}

static void says(const struct side *side, int error, const char *words)
{
	assert_int_equal(side->error, error);
	if (strstr(side->msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", side->msg.text, words);
	}
}

static void both_sides_learn_who_the_other_is(void **state)
{
	struct tls_profile *desk = testpki_profile(pki, false, "desk", NULL);
	struct side client, server;

	(void)state;
	shake(&client, &server, desk, node);
	assert_int_equal(client.error, 0);
	assert_int_equal(server.error, 0);
	assert_true(channel_open(client.channel));
	assert_true(channel_open(server.channel));
	assert_string_equal(channel_peer(client.channel)->name, "almaty-1");
	assert_int_equal(channel_peer(client.channel)->role, ROLE_NODE);
	assert_string_equal(channel_peer(server.channel)->name, "desk-1");
	assert_int_equal(channel_peer(server.channel)->role, ROLE_CHECKPOINT);
	assert_string_equal(channel_peer(server.channel)->member.code, "RUS");
	assert_int_equal(channel_peer_certificate(server.channel).size,
		tls_profile_certificate(desk).size);
	finish(&client, &server);
	tls_profile_unref(desk);
}

static void frames_and_the_goodbye_pass_through_tls(void **state)
{
	struct tls_profile *desk = testpki_profile(pki, false, "desk", NULL);
	struct side client, server;

	(void)state;
	shake(&client, &server, desk, node);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(send_hello(&client), 0);
		assert_int_equal(send_hello(&server), 0);
	}
	side_step(&client);
	side_step(&server);
	channel_shutdown(client.channel);
	pair_run(&client, &server);
	assert_int_equal(client.frames, 30);
	assert_int_equal(server.frames, 30);
	assert_int_equal(server.error, CORDON_ECLOSED);
	finish(&client, &server);
	tls_profile_unref(desk);
}

static void a_broken_connection_is_no_orderly_end(void **state)
{
	struct tls_profile *desk = testpki_profile(pki, false, "desk", NULL);
	struct side client, server;

	(void)state;
	shake(&client, &server, desk, node);
	side_finish(&client);
	pair_run(&server, NULL);
	says(&server, CORDON_EIO, "without a goodbye");
	side_finish(&server);
	tls_profile_unref(desk);
}

static void a_revoked_client_is_refused_and_told(void **state)
{
	const struct testpki_leaf leaf = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/leaver" };
	struct tls_profile *leaver, *server_profile;
	struct side client, server;

	(void)state;
	testpki_issue(pki, "leaver", &leaf);
	leaver = testpki_profile(pki, false, "leaver", NULL);
	testpki_revoke(pki, "RUS", "leaver");
	server_profile = testpki_profile(pki, true, "node", NULL);
	shake(&client, &server, leaver, server_profile);
	says(&server, CORDON_EIDENTITY, "cordon://RUS/checkpoint/leaver is revoked");
	says(&client, CORDON_EIDENTITY, "refuses this certificate as revoked");
	finish(&client, &server);
	tls_profile_unref(leaver);
	tls_profile_unref(server_profile);
}

static void a_ca_that_speaks_for_another_member_is_refused(void **state)
{
	const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://RUS/node/moscow" };
	struct tls_profile *impostor;
	struct side client, server;

	(void)state;
	testpki_issue(pki, "impostor", &leaf);
	impostor = testpki_profile(pki, false, "impostor", "KAZ");
	shake(&client, &server, impostor, node);
	says(&server, CORDON_EIDENTITY, "not issued by RUS's CA");
	says(&client, CORDON_EIDENTITY, "does not know this certificate's CA");
	finish(&client, &server);
	tls_profile_unref(impostor);
}

static void a_self_signed_client_is_refused(void **state)
{
	const struct testpki_leaf leaf = { .uri = "cordon://RUS/admin/root" };
	struct tls_profile *self;
	struct side client, server;

	(void)state;
	testpki_issue(pki, "self", &leaf);
	self = testpki_profile(pki, false, "self", "KAZ");
	shake(&client, &server, self, node);
	says(&server, CORDON_EIDENTITY, "self-signed");
	says(&client, CORDON_EIDENTITY, "does not know this certificate's CA");
	finish(&client, &server);
	tls_profile_unref(self);
}

static void only_a_node_may_answer_as_a_server(void **state)
{
	const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://RUS/node/moscow" };
	struct tls_profile *desk = testpki_profile(pki, false, "desk", NULL);
	struct tls_profile *impostor;
	struct side client, server;

	(void)state;
	testpki_issue(pki, "false-node", &leaf);
	impostor = testpki_profile(pki, true, "false-node", "KAZ");
	shake(&client, &server, desk, impostor);
	says(&client, CORDON_EIDENTITY, "not issued by RUS's CA");
	says(&server, CORDON_EIDENTITY, "does not know this certificate's CA");
	finish(&client, &server);
	tls_profile_unref(desk);
	tls_profile_unref(impostor);
}

/*
 * Programs that do not keep to our policy: OpenSSL by itself, with what is given.
 */
struct foreign {
	const char *certificate; /* NAME, or NULL: none */
	const char *alpn;        /* with its length byte; NULL: none */
	int version_max;         /* 0: any */
};

static SSL_CTX *foreign_context(const struct foreign *f)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char file[64];

	assert_non_null(ctx);
	if (f->certificate != NULL) {
		snprintf(file, sizeof(file), "%s.pem", f->certificate);
		assert_int_equal(SSL_CTX_use_certificate_file(ctx,
					 testpki_path(pki, file), SSL_FILETYPE_PEM),
			1);
		snprintf(file, sizeof(file), "%s.key", f->certificate);
		assert_int_equal(SSL_CTX_use_PrivateKey_file(ctx,
					 testpki_path(pki, file), SSL_FILETYPE_PEM),
			1);
	}
	if (f->alpn != NULL) {
		assert_int_equal(SSL_CTX_set_alpn_protos(ctx, (const uint8_t *)f->alpn,
					 (unsigned)strlen(f->alpn)),
			0);
	}
	if (f->version_max != 0) {
		SSL_CTX_set_max_proto_version(ctx, f->version_max);
	}
	return ctx;
}

/* Runs a foreign client against our server; the client's side is not judged. */
static void shake_foreign(const struct foreign *f, struct side *server)
{
	SSL_CTX *ctx = foreign_context(f);
	SSL *ssl = SSL_new(ctx);
	char ignored[64];
	int fds[2];

	pair_sockets(fds);
	SSL_set_fd(ssl, fds[0]);
	side_init(server, fds[1], node, true);
	for (int i = 0; i < 10; i++) {
		if (SSL_connect(ssl) == 1) {
			SSL_read(ssl, ignored, sizeof(ignored));
		}
		side_step(server);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fds[0]);
}

#define OUR_ALPN "\x08" PROTOCOL_ALPN

static void foreign_clients_are_refused_with_the_reason(void **state)
{
	static const struct testpki_leaf old = {
		.signer = "RUS", .uri = "cordon://RUS/checkpoint/old", .ends_in_s = -60
	};
	static const struct testpki_leaf early = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/early",
		.starts_in_s = 600 };
	static const struct testpki_leaf unfit = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/unfit",
		.no_client_auth = true };
	static const struct testpki_leaf nobody = { .signer = "RUS" };
	static const struct {
		struct foreign client;
		int error;
		const char *words;
	} cases[] = {
		{ { "old", OUR_ALPN, 0 }, CORDON_EIDENTITY, "expired" },
		{ { "early", OUR_ALPN, 0 }, CORDON_EIDENTITY, "is not valid before" },
		{ { "unfit", OUR_ALPN, 0 }, CORDON_EIDENTITY, "clientAuth" },
		{ { "nobody", OUR_ALPN, 0 }, CORDON_EIDENTITY, "0 cordon:// URIs" },
		{ { NULL, OUR_ALPN, 0 }, CORDON_EIDENTITY,
			"the client sent no certificate" },
		{ { "desk", NULL, 0 }, CORDON_ETLS, "does not offer ALPN cordon/1" },
		{ { "desk", "\x02h2", 0 }, CORDON_ETLS, "another ALPN than cordon/1" },
		{ { "desk", OUR_ALPN, TLS1_2_VERSION }, CORDON_ETLS,
			"speaks no TLS 1.3" },
	};
	struct side server;

	(void)state;
	testpki_issue(pki, "old", &old);
	testpki_issue(pki, "early", &early);
	testpki_issue(pki, "unfit", &unfit);
	testpki_issue(pki, "nobody", &nobody);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shake_foreign(&cases[i].client, &server);
		says(&server, cases[i].error, cases[i].words);
		assert_false(channel_open(server.channel));
		side_finish(&server);
	}
}

static void bytes_that_are_no_tls_are_refused(void **state)
{
	static const char *const garbage[] = {
		"GET / HTTP/1.1\r\nHost: node\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
		"\x00\x00\x00\x05\x01\x02\x03 and so on and so on and so on",
	};
	static const size_t sizes[] = { 30, 30, 37 };

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct side server;
		int fds[2];

		pair_sockets(fds);
		side_init(&server, fds[1], node, true);
		assert_int_equal(send(fds[0], garbage[i], sizes[i], 0), sizes[i]);
		pair_run(&server, NULL);
		says(&server, CORDON_ETLS, "not TLS");
		side_finish(&server);
		close(fds[0]);
	}
}

static void a_client_says_when_the_server_speaks_no_tls(void **state)
{
	static const char banner[] = "220 mail.example ESMTP ready\r\n";
	struct tls_profile *desk = testpki_profile(pki, false, "desk", NULL);
	struct side client;
	int fds[2];

	(void)state;
	pair_sockets(fds);
	side_init(&client, fds[0], desk, false);
	side_step(&client);
	assert_int_equal(send(fds[1], banner, strlen(banner), 0), strlen(banner));
	pair_run(&client, NULL);
	says(&client, CORDON_ETLS, "not TLS");
	side_finish(&client);
	close(fds[1]);
	tls_profile_unref(desk);
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	SSL_SESSION **kept = SSL_get_ex_data(ssl, 1);

	SSL_SESSION_free(*kept);
	*kept = session;
	return 1;
}

/* The certificate NAME resumes; returns what the server's policy says of it. */
static int resume(struct tls_profile *server_profile, const char *name,
	SSL_SESSION **session, bool *resumed)
{
	const struct foreign f = { name, OUR_ALPN, 0 };
	SSL_CTX *ctx = foreign_context(&f);
	SSL *ssl;
	char ignored[64];
	struct identity peer;
	struct errmsg refusal = { "" };
	SSL *server;
	int fds[2];
	int error = 0;

	pair_sockets(fds);
	SSL_CTX_set_session_cache_mode(
		ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, keep_session);
	ssl = SSL_new(ctx);
	SSL_set_ex_data(ssl, 1, session);
	SSL_set_fd(ssl, fds[0]);
	if (*session != NULL) {
		assert_int_equal(SSL_set_session(ssl, *session), 1);
	}
	server = tls_profile_ssl(server_profile, fds[1], &refusal, NULL);
	SSL_set_accept_state(server);
	for (int i = 0; i < 10; i++) {
		SSL_connect(ssl);
		SSL_do_handshake(server);
	}
	assert_true(SSL_is_init_finished(server));
	SSL_read(ssl, ignored, sizeof(ignored));
	*resumed = SSL_session_reused(server);
	error = tls_profile_peer(server_profile, server, &peer, NULL);
	SSL_shutdown(ssl); /* without it the session counts as broken */
	SSL_free(ssl);
	SSL_free(server);
	SSL_CTX_free(ctx);
	close(fds[0]);
	close(fds[1]);
	return error;
}

/* Lets one profile take the other's tickets, as nothing but a test does. */
static void share_ticket_keys(struct tls_profile *from, struct tls_profile *to)
{
	struct tls_profile *profiles[] = { from, to };
	uint8_t keys[128];
	struct errmsg refusal;

	for (size_t i = 0; i < 2; i++) {
		SSL *ssl = tls_profile_ssl(profiles[i], -1, &refusal, NULL);
		SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);
		long size = SSL_CTX_get_tlsext_ticket_keys(ctx, NULL, 0);

		assert_in_range(size, 1, sizeof(keys));
		if (i == 0) {
			SSL_CTX_get_tlsext_ticket_keys(ctx, keys, size);
		} else {
			SSL_CTX_set_tlsext_ticket_keys(ctx, keys, size);
		}
		SSL_free(ssl);
	}
}

static void a_resumed_session_is_judged_by_todays_crl(void **state)
{
	static const struct testpki_leaf leaf = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/returner" };
	struct tls_profile *today;
	SSL_SESSION *session = NULL;
	bool resumed;

	(void)state;
	testpki_issue(pki, "returner", &leaf);
	assert_int_equal(resume(node, "returner", &session, &resumed), 0);
	assert_false(resumed);
	assert_non_null(session);
	assert_int_equal(resume(node, "returner", &session, &resumed), 0);
	assert_true(resumed);
	testpki_revoke(pki, "RUS", "returner");
	today = testpki_profile(pki, true, "node", NULL);
	share_ticket_keys(node, today);
	assert_int_equal(
		resume(today, "returner", &session, &resumed), CORDON_EIDENTITY);
	assert_true(resumed);
	SSL_SESSION_free(session);
	tls_profile_unref(today);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_learn_who_the_other_is),
		cmocka_unit_test(frames_and_the_goodbye_pass_through_tls),
		cmocka_unit_test(a_broken_connection_is_no_orderly_end),
		cmocka_unit_test(a_revoked_client_is_refused_and_told),
		cmocka_unit_test(a_ca_that_speaks_for_another_member_is_refused),
		cmocka_unit_test(a_self_signed_client_is_refused),
		cmocka_unit_test(only_a_node_may_answer_as_a_server),
		cmocka_unit_test(foreign_clients_are_refused_with_the_reason),
		cmocka_unit_test(bytes_that_are_no_tls_are_refused),
		cmocka_unit_test(a_client_says_when_the_server_speaks_no_tls),
		cmocka_unit_test(a_resumed_session_is_judged_by_todays_crl),
	};

	return cmocka_run_group_tests(tests, make_pki, remove_pki);
}
