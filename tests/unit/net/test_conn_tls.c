/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/pair.h"
#include "tests/lib/testpki.h"
#include "tests/unit/net/end.h"

static struct testpki *pki;
static struct tls_profile *node; /* as a server */
static struct tls_profile *desk;

static int make_pki(void **state)
{
	static const struct testpki_leaf node_leaf = { .signer = "KAZ",
		.uri = "cordon://KAZ/node/almaty-1" };
	static const struct testpki_leaf desk_leaf = { .signer = "RUS",
		.uri = "cordon://RUS/checkpoint/desk-1" };

	(void)state;
	pki = testpki_create();
	testpki_issue(pki, "node", &node_leaf);
	testpki_issue(pki, "desk", &desk_leaf);
	node = testpki_profile(pki, true, "node", NULL);
	desk = testpki_profile(pki, false, "desk", NULL);
	return 0;
}

static int remove_pki(void **state)
{
	(void)state;
	tls_profile_unref(node);
	tls_profile_unref(desk);
	testpki_destroy(pki);
	return 0;
}

struct fixture {
	struct loop loop;
	struct end client, server;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	loop_init(&f->loop);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	end_finish(&f->client);
	end_finish(&f->server);
	loop_finish(&f->loop);
	free(f);
	return 0;
}

static void shake(struct fixture *f)
{
	end_pair(&f->client, &f->server, &f->loop, desk, node);
	loop_until(&f->loop, f->client.open && f->server.open);
}

/* A certificate of that name, and the profile of a client that has it. */
static struct tls_profile *another_desk(const char *name, const char *uri)
{
	const struct testpki_leaf leaf = { .signer = "RUS", .uri = uri };

	testpki_issue(pki, name, &leaf);
	return testpki_profile(pki, false, name, NULL);
}

static void the_peer_is_known_before_its_first_frame(void **state)
{
	struct fixture *f = *state;

	end_pair(&f->client, &f->server, &f->loop, desk, node);
	/* on its way together with the end of the handshake */
	for (uint32_t i = 1; i <= 5; i++) {
		assert_int_equal(end_send(&f->client, 10, i), 0);
	}
	loop_until(&f->loop, f->server.frames == 5);
	assert_string_equal(f->server.peer.name, "desk-1");
	assert_int_equal(f->server.peer.role, ROLE_CHECKPOINT);
	assert_string_equal(f->client.peer.name, "almaty-1");
	assert_string_equal(conn_peer(f->server.conn)->member.code, "RUS");
	assert_int_equal(conn_peer_certificate(f->server.conn).size,
		tls_profile_certificate(desk).size);
}

static void large_frames_and_the_goodbye_pass(void **state)
{
	struct fixture *f = *state;

	shake(f);
	conn_set_payload_max(f->server.conn, FRAME_MAX_CLIENT);
	for (uint32_t i = 1; i <= 4; i++) {
		assert_int_equal(end_send(&f->client, 900 * 1024, i), 0);
	}
	conn_close(f->client.conn, CORDON_ESHUTDOWN, "enough");
	loop_until(&f->loop, f->server.closed && f->client.closed);
	assert_int_equal(f->server.frames, 4);
	end_says(&f->server, CORDON_ECLOSED, "closed");
	end_says(&f->client, CORDON_ESHUTDOWN, "enough");
}

static void a_break_is_no_orderly_end(void **state)
{
	struct fixture *f = *state;

	shake(f);
	end_finish(&f->client);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_EIO, "without a goodbye");
}

static void a_refused_client_is_told_why(void **state)
{
	struct fixture *f = *state;
	const struct testpki_leaf leaf = { .signer = "KAZ",
		.uri = "cordon://RUS/node/moscow" };
	struct tls_profile *impostor;

	testpki_issue(pki, "impostor", &leaf);
	impostor = testpki_profile(pki, false, "impostor", "KAZ");
	end_pair(&f->client, &f->server, &f->loop, impostor, node);
	/* unread when the server refuses: must not cost the client the alert */
	for (uint32_t i = 1; i <= 15; i++) {
		assert_int_equal(end_send(&f->client, 4000, i), 0);
	}
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_EIDENTITY, "not issued by RUS's CA");
	end_says(&f->client, CORDON_EIDENTITY, "does not know this certificate's CA");
	assert_false(f->server.open);
	assert_int_equal(conn_peer(f->server.conn)->role, ROLE_NONE);
	tls_profile_unref(impostor);
}

static void what_is_no_tls_is_refused(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: node\r\n\r\n";
	struct fixture *f = *state;
	const struct conn_options options = end_options(true);
	int fds[2];

	pair_sockets(fds);
	end_init(&f->server, &f->loop, fds[1], node, &options);
	assert_int_equal(send(fds[0], request, strlen(request), 0), strlen(request));
	shutdown(fds[0], SHUT_WR);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETLS, "not TLS");
	close(fds[0]);
}

/* Closing at once could cost the other side the alert that says why. */
static void a_refusal_waits_for_the_other_side_to_end(void **state)
{
	struct fixture *f = *state;
	const struct conn_options options = end_options(true);
	char byte;
	int fds[2];

	pair_sockets(fds);
	end_init(&f->server, &f->loop, fds[1], node, &options);
	assert_int_equal(send(fds[0], "SSH-2.0-OpenSSH_9.2\r\n", 21, 0), 21);
	loop_settle(&f->loop);
	assert_int_equal(f->server.closed, 0);
	assert_int_equal(recv(fds[0], &byte, 1, 0), 0);
	close(fds[0]);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETLS, "not TLS");
}

static void one_who_stays_after_a_refusal_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	struct conn_options options = end_options(true);
	int fds[2];

	options.handshake_timeout_ms = 30;
	pair_sockets(fds);
	end_init(&f->server, &f->loop, fds[1], node, &options);
	assert_int_equal(send(fds[0], "SSH-2.0-OpenSSH_9.2\r\n", 21, 0), 21);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETLS, "not TLS");
	close(fds[0]);
}

static void a_handshake_that_never_ends_does(void **state)
{
	struct fixture *f = *state;
	struct conn_options options = end_options(true);
	int fds[2];

	options.handshake_timeout_ms = 30;
	pair_sockets(fds);
	end_init(&f->server, &f->loop, fds[1], node, &options);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETIMEOUT, "TLS handshake within 30 ms");
	close(fds[0]);
}

static void drip(evutil_socket_t unused, short what, void *context)
{
	const int *fd = context;

	(void)unused;
	(void)what;
	(void)!send(*fd, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Bytes inside a TLS record that never ends are no frame, but no life either. */
static void a_record_that_comes_byte_by_byte_is_cut_off(void **state)
{
	struct fixture *f = *state;
	const struct conn_options as_client = end_options(false);
	const struct timeval period = { 0, 2000 };
	struct conn_options options = end_options(true);
	struct event *tick;
	int fds[2], fd;

	options.frame_timeout_ms = 60;
	pair_sockets(fds);
	fd = dup(fds[0]);
	end_init(&f->client, &f->loop, fds[0], desk, &as_client);
	end_init(&f->server, &f->loop, fds[1], node, &options);
	loop_until(&f->loop, f->client.open && f->server.open);
	/* application data of 16 KiB, says the header */
	assert_int_equal(send(fd, "\x17\x03\x03\x40\x00", 5, 0), 5);
	tick = event_new(f->loop.base, -1, EV_PERSIST, drip, &fd);
	assert_int_equal(event_add(tick, &period), 0);
	loop_until(&f->loop, f->server.closed);
	end_says(&f->server, CORDON_ETIMEOUT, "did not finish it within 60 ms");
	event_free(tick);
	close(fd);
}

static void closed_during_the_handshake_it_ends(void **state)
{
	struct fixture *f = *state;

	end_pair(&f->client, &f->server, &f->loop, desk, node);
	conn_close(f->server.conn, CORDON_ESHUTDOWN, NULL);
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_ESHUTDOWN, "stopping");
	end_says(&f->client, CORDON_ETLS, "in the middle of TLS");
	assert_false(f->client.open);
}

static void a_good_certificate_stays_after_a_reload(void **state)
{
	struct fixture *f = *state;
	struct tls_profile *again = testpki_profile(pki, true, "node", NULL);

	shake(f);
	conn_check_again(f->server.conn, again);
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	loop_until(&f->loop, f->server.frames == 1);
	assert_int_equal(f->server.closed, 0);
	tls_profile_unref(again);
}

static void a_revoked_certificate_ends_an_open_connection(void **state)
{
	struct fixture *f = *state;
	struct tls_profile *leaver =
		another_desk("leaver", "cordon://RUS/checkpoint/leaver");
	struct tls_profile *reloaded;

	end_pair(&f->client, &f->server, &f->loop, leaver, node);
	loop_until(&f->loop, f->client.open && f->server.open);
	testpki_revoke(pki, "RUS", "leaver");
	reloaded = testpki_profile(pki, true, "node", NULL);
	assert_int_equal(end_send(&f->client, 10, 1), 0);
	conn_check_again(f->server.conn, reloaded);
	assert_int_equal(end_send(&f->server, 10, 1), CORDON_ECLOSED);
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_EIDENTITY,
		"cordon://RUS/checkpoint/leaver is revoked");
	end_says(&f->client, CORDON_ECLOSED, "closed");
	assert_int_equal(f->server.frames, 0);
	tls_profile_unref(leaver);
	tls_profile_unref(reloaded);
}

static void the_revoked_get_nothing_that_still_waits(void **state)
{
	struct fixture *f = *state;
	struct tls_profile *mole = another_desk("mole", "cordon://RUS/checkpoint/mole");
	struct tls_profile *reloaded;

	end_pair(&f->client, &f->server, &f->loop, mole, node);
	loop_until(&f->loop, f->client.open && f->server.open);
	testpki_revoke(pki, "RUS", "mole");
	reloaded = testpki_profile(pki, true, "node", NULL);
	assert_int_equal(end_send(&f->server, 10, 1), 0);
	conn_check_again(f->server.conn, reloaded);
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_EIDENTITY, "is revoked");
	assert_int_equal(f->client.frames, 0);
	tls_profile_unref(mole);
	tls_profile_unref(reloaded);
}

static void a_reload_during_the_handshake_counts_too(void **state)
{
	struct fixture *f = *state;
	struct tls_profile *late = another_desk("late", "cordon://RUS/checkpoint/late");
	struct tls_profile *reloaded;

	end_pair(&f->client, &f->server, &f->loop, late, node);
	testpki_revoke(pki, "RUS", "late");
	reloaded = testpki_profile(pki, true, "node", NULL);
	conn_check_again(f->server.conn, reloaded);
	loop_until(&f->loop, f->server.closed && f->client.closed);
	end_says(&f->server, CORDON_EIDENTITY, "is revoked");
	assert_false(f->server.open);
	tls_profile_unref(late);
	tls_profile_unref(reloaded);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_peer_is_known_before_its_first_frame),
		TEST(large_frames_and_the_goodbye_pass),
		TEST(a_break_is_no_orderly_end),
		TEST(a_refused_client_is_told_why),
		TEST(what_is_no_tls_is_refused),
		TEST(a_refusal_waits_for_the_other_side_to_end),
		TEST(one_who_stays_after_a_refusal_is_not_waited_for),
		TEST(a_handshake_that_never_ends_does),
		TEST(a_record_that_comes_byte_by_byte_is_cut_off),
		TEST(closed_during_the_handshake_it_ends),
		TEST(a_good_certificate_stays_after_a_reload),
		TEST(a_revoked_certificate_ends_an_open_connection),
		TEST(the_revoked_get_nothing_that_still_waits),
		TEST(a_reload_during_the_handshake_counts_too),
	};

	return cmocka_run_group_tests(tests, make_pki, remove_pki);
}
