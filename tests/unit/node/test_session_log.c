/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cordon/client.h>
#include "tests/lib/pair.h"
#include "tests/unit/node/asking.h"

/* What the node's log says of connections, and what it never says. */

struct fixture {
	struct node_case *c;
	FILE *log; /* what went to stderr meanwhile */
	int stderr_fd;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	log_init(LOG_LEVEL_DEBUG);
	f->c = node_case_create(NULL);
	f->log = tmpfile();
	assert_non_null(f->log);
	f->stderr_fd = dup(STDERR_FILENO);
	assert_true(dup2(fileno(f->log), STDERR_FILENO) >= 0);
	*state = f;
	return 0;
}

static void restore_stderr(struct fixture *f)
{
	if (f->stderr_fd >= 0) {
		dup2(f->stderr_fd, STDERR_FILENO);
		close(f->stderr_fd);
		f->stderr_fd = -1;
	}
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	restore_stderr(f);
	node_case_destroy(f->c);
	fclose(f->log);
	free(f);
	return 0;
}

/* Stops the node, and gives all that it logged; static. */
static const char *log_of(struct fixture *f)
{
	static char text[65536];
	size_t size;

	node_case_stop(f->c);
	restore_stderr(f);
	rewind(f->log);
	size = fread(text, 1, sizeof(text) - 1, f->log);
	text[size] = '\0';
	return text;
}

static size_t lines_with(const char *log, const char *words)
{
	size_t count = 0;

	for (const char *at = strstr(log, words); at != NULL;
		at = strstr(at + 1, words)) {
		count++;
	}
	return count;
}

static void assert_says_once(const char *log, const char *words)
{
	if (lines_with(log, words) != 1) {
		fail_msg("\"%s\" was expected once in: %s", words, log);
	}
}

static void a_refused_certificate_is_logged_with_the_reason(void **state)
{
	struct fixture *f = *state;
	struct tls_profile *profile = testpki_profile(f->c->pki, false, "desk", NULL);
	struct asking a;
	const char *log;

	testpki_revoke(f->c->pki, "KAZ", "desk");
	node_case_reload(f->c);
	asking_connect_with(&a, f->c, profile);
	asking_ended(&a);
	log = log_of(f);
	assert_says_once(log, "connection from test:1 refused");
	assert_says_once(log, "cordon://KAZ/checkpoint/desk-1");
	assert_says_once(log, "is revoked");
	assert_int_equal(atomic_load(&f->c->node.counters.handshake_failures), 1);
	tls_profile_unref(profile);
	asking_finish(&a);
}

static void plain_text_is_logged_as_no_tls(void **state)
{
	struct fixture *f = *state;
	static const char request[] = "GET / HTTP/1.1\r\nHost: almaty\r\n\r\n";
	int fds[2];
	const char *log;

	pair_sockets(fds);
	assert_int_equal(
		write(fds[0], request, sizeof(request)), (ssize_t)sizeof(request));
	worker_accept(f->c->node.workers[0], fds[1], "192.0.2.7:4711", false);
	node_case_until(atomic_load(&f->c->node.counters.handshake_failures) == 1);
	close(fds[0]);
	log = log_of(f);
	assert_says_once(log, "connection from 192.0.2.7:4711 refused: ");
}

static void a_client_of_another_member_is_logged_with_its_identity(void **state)
{
	struct fixture *f = *state;
	struct asking a;

	asking_connect_silent(&a, f->c, "rus-desk");
	asking_refused(&a, 0, CORDON_EDENIED, "");
	asking_ended(&a);
	assert_says_once(log_of(f),
		"connection from test:1 refused: cordon://RUS/checkpoint/desk-1: ");
	asking_finish(&a);
}

static void a_denied_request_is_logged_with_who_and_what(void **state)
{
	struct fixture *f = *state;
	Cordon__SubmitRequest request = CORDON__SUBMIT_REQUEST__INIT;
	struct asking a;
	uint32_t id;

	asking_connect(&a, f->c, "desk");
	id = asking_send(&a, MESSAGE_SUBMIT, &request.base);
	asking_refused(&a, id, CORDON_EDENIED, "");
	assert_says_once(log_of(f),
		"cordon://KAZ/checkpoint/desk-1 at test:1 is denied "
		"to submit records");
	asking_finish(&a);
}

static void a_flood_of_denied_requests_is_no_flood_of_lines(void **state)
{
	enum {
		requests = 1000
	};
	struct fixture *f = *state;
	Cordon__SubmitRequest request = CORDON__SUBMIT_REQUEST__INIT;
	struct asking a;
	const char *log;

	asking_connect(&a, f->c, "desk");
	for (int i = 0; i < requests; i++) {
		asking_refused(&a, asking_send(&a, MESSAGE_SUBMIT, &request.base),
			CORDON_EDENIED, "");
	}
	asking_finish(&a);
	log = log_of(f);
	assert_int_equal(lines_with(log, "is denied to submit"), 10);
	assert_says_once(
		log, "cordon://KAZ/checkpoint/desk-1 at test:1 was denied 990 more");
}

static void a_flood_of_refused_connections_is_no_flood_of_lines(void **state)
{
	enum {
		connections = 300
	};
	struct fixture *f = *state;

	for (unsigned i = 1; i <= connections; i++) {
		int fds[2];

		pair_sockets(fds);
		assert_int_equal(write(fds[0], "GET / HTTP/1.1", 14), 14);
		close(fds[0]);
		worker_accept(f->c->node.workers[0], fds[1], "192.0.2.7:4711", false);
		node_case_until(
			atomic_load(&f->c->node.counters.handshake_failures) == i);
	}
	assert_int_equal(
		lines_with(log_of(f), "connection from 192.0.2.7:4711 refused"), 200);
}

/* Files may grow no more, as on a full disk; gives what was allowed before. */
static struct rlimit limit_files(rlim_t bytes)
{
	struct rlimit before, limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return before;
}

static void submissions_that_cannot_be_written_are_logged(void **state)
{
	struct fixture *f = *state;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	struct rlimit before;
	Cordon__SubmitItem *item;
	struct test_ban ban;
	struct asking a;

	asking_connect(&a, f->c, "agency");
	item = asking_put(
		&a, test_ban_make(&ban, "KAZ-1", "KARIMOV", "ALISHER", "AA1234567"));
	node_case_flush(f->c);
	before = limit_files(4096);
	asking_refused(&a, asking_submit_begin(&a, &item, 1), CORDON_EFULL, "commit");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, handler);
	asking_finish(&a);
	assert_says_once(log_of(f), "error submissions are not written: ");
}

static void names_and_numbers_are_never_logged(void **state)
{
	static const char *const secrets[] = { "KARIMOV", "karimov", "ALISHER",
		"Alisher", "AA1234567", "1980-05-07" };
	struct fixture *f = *state;
	Cordon__SubmitItem *items[3];
	struct test_ban good, foreign, bad;
	struct asking a;
	const char *log;

	asking_connect(&a, f->c, "agency");
	items[0] = asking_put(
		&a, test_ban_make(&good, "KAZ-1", "KARIMOV", "ALISHER", "AA1234567"));
	items[1] = asking_put(&a,
		test_ban_make(&foreign, "RUS-1", "KARIMOV", "ALISHER", "AA1234567"));
	items[2] = asking_put(
		&a, test_ban_make(&bad, "KAZ-2", "KARIMOV", "ALISHER", "AA1234567"));
	bad.document.issuer = NULL;
	(void)asking_submit_end(&a, asking_submit_begin(&a, items, 3), 3);
	(void)asking_lookup(&a, asking_document(&a, "AA1234567", "UZB"));
	(void)asking_lookup(&a, asking_person(&a, "Alisher Karimov", "1980-05-07"));
	(void)asking_lookup(&a, asking_person(&a, "Alisher Karimov", "KARIMOV"));
	asking_finish(&a);
	log = log_of(f);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		assert_int_equal(lines_with(log, secrets[i]), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_refused_certificate_is_logged_with_the_reason),
		TEST(plain_text_is_logged_as_no_tls),
		TEST(a_client_of_another_member_is_logged_with_its_identity),
		TEST(a_denied_request_is_logged_with_who_and_what),
		TEST(a_flood_of_denied_requests_is_no_flood_of_lines),
		TEST(a_flood_of_refused_connections_is_no_flood_of_lines),
		TEST(submissions_that_cannot_be_written_are_logged),
		TEST(names_and_numbers_are_never_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
