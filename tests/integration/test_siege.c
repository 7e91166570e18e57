/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever can reach a node's port but is nobody, and whoever is somebody and wants too
 * much: the others are served meanwhile.  Asserts on counts, never on time.
 */
#define _GNU_SOURCE /* prlimit */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "proto/channel.h"
#include "tests/lib/crowd.h"

#define ELSEWHERE "127.77.0.1" /* where the attackers are */
#define NUMBER "ZQ7734071"     /* asked for, and nowhere else */

static struct testunion *all;
static struct union_node *kaz;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	kaz->metrics = union_free_port(all);
	kaz->extra = "handshake_timeout = 2s\nframe_timeout = 2s\n"
		     "connections_per_address = 300\nhandshakes_per_address = 400\n"
		     "handshakes_per_identity = 0\n"
		     "requests_per_identity = 500\n";
	union_start(kaz);
	union_put(kaz, "KAZ-1", "AA11111");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

/* A good request on a connection that stands, and one that comes new. */
static void others_are_served(void)
{
	struct channel *channel;

	assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_MATCH);
	channel = crowd_channel(kaz, UNION_AUDITOR, NULL);
	channel_destroy(channel);
}

static uint64_t limited(const char *limit)
{
	char name[96];

	snprintf(name, sizeof(name), "limited_total{limit=\"%s\"}", limit);
	return union_metric(kaz, name);
}

/* ---- nobody -----------------------------------------------------------------------
 */

static void thousands_that_say_nothing_keep_nobody_out(void **state)
{
	uint64_t before = limited("connections_per_address");
	struct crowd *crowd;

	(void)state;
	crowd = crowd_create_mute(kaz, ELSEWHERE, 2000);
	others_are_served();
	union_until(all, "an address has had enough",
		limited("connections_per_address") + limited("handshakes_per_address") >
			before);
	others_are_served();
	assert_true(crowd_standing(crowd) <= 300);
	/* those that were let in are let go when TLS does not come to its end */
	union_until(all, "the mute ones are gone", crowd_standing(crowd) == 0);
	others_are_served();
	crowd_destroy(crowd);
}

/* A byte of a ClientHello at a time never makes a handshake, nor keeps a connection. */
static void a_handshake_byte_by_byte_ends_in_time(void **state)
{
	static const uint8_t hello[] = { 0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3 };
	struct crowd *crowd = crowd_create_mute(kaz, "127.77.0.2", 50);
	struct union_waiting waiting = union_waiting(all, "slow ones are let go");
	uint64_t failures = union_metric(kaz, "handshake_failures_total");
	size_t said = 0;

	(void)state;
	while (crowd_standing(crowd) > 0) {
		crowd_say(crowd, &hello[said < sizeof(hello) ? said++ : 10], 1);
		others_are_served();
		union_pause(&waiting);
	}
	union_until(all, "they are counted",
		union_metric(kaz, "handshake_failures_total") > failures);
	crowd_destroy(crowd);
}

static void bad_handshakes_lose_no_good_request(void **state)
{
	uint64_t before = limited("handshakes_per_address");

	(void)state;
	for (unsigned i = 0; i < 1500; i++) {
		char source[32];

		/* half of them from one address, half from all over */
		snprintf(source, sizeof(source), "127.78.%u.7", i % 2 * (i % 250));
		crowd_bad_handshake(kaz, source, i % CROWD_BADNESSES);
		if (i % 50 == 0) {
			others_are_served();
		}
	}
	others_are_served();
	assert_true(limited("handshakes_per_address") >= before);
	assert_true(union_metric(kaz, "handshake_failures_total") > 0);
}

static void a_node_out_of_descriptors_serves_those_it_has(void **state)
{
	struct rlimit few, many;
	struct crowd *crowd;

	(void)state;
	others_are_served();
	assert_int_equal(prlimit(kaz->pid, RLIMIT_NOFILE, NULL, &many), 0);
	few = many;
	few.rlim_cur = 60;
	if (prlimit(kaz->pid, RLIMIT_NOFILE, &few, NULL) != 0) {
		printf("skipped: %s\n", strerror(errno));
		return;
	}
	crowd = crowd_create_mute(kaz, "127.77.0.3", 100);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(union_verdict(kaz, "AA11111"), CORDON_VERDICT_MATCH);
	}
	union_await_log(kaz, 0, "cannot accept");
	crowd_destroy(crowd);
	assert_int_equal(prlimit(kaz->pid, RLIMIT_NOFILE, &many, NULL), 0);
	others_are_served();
}

/* ---- TLS as it should not be ------------------------------------------------------
 */

/* In TLS 1.3 the server's refusal is read, not shaken. */
static bool is_let_in(int version, const char *alpn, bool certificate)
{
	SSL *ssl = crowd_shake(kaz, "127.77.0.4", version, alpn,
		certificate ? UNION_CHECKPOINT : UNION_ROLES);
	char bytes[512];
	bool in = ssl != NULL && SSL_read(ssl, bytes, sizeof(bytes)) > 0;

	crowd_hang_up(ssl);
	return in;
}

static void an_older_tls_or_another_protocol_is_refused(void **state)
{
	(void)state;
	assert_true(is_let_in(TLS1_3_VERSION, "\x08" PROTOCOL_ALPN, true));
	assert_false(is_let_in(TLS1_2_VERSION, "\x08" PROTOCOL_ALPN, true));
	assert_false(is_let_in(TLS1_1_VERSION, "\x08" PROTOCOL_ALPN, true));
	assert_false(is_let_in(TLS1_3_VERSION, NULL, true));
	assert_false(is_let_in(TLS1_3_VERSION, "\x08http/1.1", true));
	assert_false(is_let_in(TLS1_3_VERSION, "\x08" PROTOCOL_ALPN, false));
	others_are_served();
}

/* What TLS 1.3 has in place of renegotiation. */
static void new_keys_again_and_again_are_one_connections_affair(void **state)
{
	SSL *ssl = crowd_shake(kaz, "127.77.0.5", TLS1_3_VERSION, "\x08" PROTOCOL_ALPN,
		UNION_CHECKPOINT);

	(void)state;
	assert_non_null(ssl);
	assert_int_equal(SSL_renegotiate(ssl), 0);
	for (int i = 0; i < 2000; i++) {
		if (SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
			SSL_do_handshake(ssl) != 1) {
			break;
		}
	}
	others_are_served();
	crowd_hang_up(ssl);
}

/* ---- somebody ---------------------------------------------------------------------
 */

static int count_errors(
	void *context, const struct frame_header *header, struct bytes payload)
{
	unsigned *counts = context;

	(void)payload;
	counts[header->type == MESSAGE_ERROR]++;
	return 0;
}

/* One checkpoint asks without waiting: it is refused and slowed, no other is. */
static void a_flood_of_requests_is_its_senders_affair(void **state)
{
	Cordon__LookupRequest message = CORDON__LOOKUP_REQUEST__INIT;
	Cordon__DocumentQuery document = CORDON__DOCUMENT_QUERY__INIT;
	Cordon__Query query = CORDON__QUERY__INIT, *queries = &query;
	struct channel *flood = crowd_channel(kaz, UNION_AGENCY, "127.77.0.6");
	struct union_waiting waiting = union_waiting(all, "the flood is refused");
	unsigned counts[2] = { 0, 0 };
	uint32_t request = 0;

	(void)state;
	document.number = (ProtobufCBinaryData){ 7, (uint8_t *)"AA11111" };
	query.what_case = CORDON__QUERY__WHAT_DOCUMENT;
	query.document = &document;
	message.queries = &queries;
	message.n_queries = 1;
	while (counts[1] < 2) {
		for (int i = 0; i < 2000; i++) {
			(void)channel_send(
				flood, MESSAGE_LOOKUP, 0, ++request, &message.base);
		}
		assert_int_equal(channel_step(flood, count_errors, counts, NULL), 0);
		others_are_served();
		union_pause(&waiting);
	}
	assert_true(limited("requests_per_identity") >= 2);
	assert_true(union_log_has(kaz, 0, "is over requests_per_identity"));
	others_are_served();
	channel_destroy(flood);
}

/* ---- what the process may do, and keeps -------------------------------------------
 */

static void assert_status(const char *path, const char *field, const char *value)
{
	char line[256];
	bool found = false;
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		return; /* the thread has ended meanwhile */
	}
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		found = strncmp(line, field, strlen(field)) == 0;
	}
	fclose(file);
	assert_true(found);
	assert_non_null(strstr(line, value));
}

static void every_thread_is_sealed(void **state)
{
	char path[96];
	unsigned threads = 0;
	struct dirent *entry;
	DIR *tasks;

	(void)state;
	if (union_log_has(kaz, 0, "NOT SEALED")) {
		printf("skipped: this build is not sealed\n");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/task", (int)kaz->pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	while ((entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status",
			(int)kaz->pid, entry->d_name);
		assert_status(path, "Seccomp:", "\t2\n");
		assert_status(path, "NoNewPrivs:", "\t1\n");
		threads++;
	}
	closedir(tasks);
	assert_true(threads >= 3);
	snprintf(path, sizeof(path), "/proc/%d/limits", (int)kaz->pid);
	assert_status(path, "Max core file size", " 0 ");
}

/* How often the bytes are in memory of the node's own; -1: it may not be read. */
static int times_in_memory(const char *text)
{
	char path[64], line[512];
	int times = 0, fd;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)kaz->pid);
	fd = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)kaz->pid);
	maps = fopen(path, "r");
	while (fd >= 0 && maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		uint64_t from, to;
		char rights[5];
		char *data, *at;
		ssize_t got;

		if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) != 3 ||
			rights[1] != 'w' || rights[3] != 'p') {
			continue;
		}
		data = malloc(to - from);
		assert_non_null(data);
		got = pread(fd, data, to - from, (off_t)from);
		for (at = data; got > 0 && at != NULL;) {
			at = memmem(at, (size_t)(data + got - at), text, strlen(text));
			if (at != NULL && getenv("CORDON_TEST_SHOW") != NULL) {
				printf("at %#lx of %s", from + (uint64_t)(at - data),
					line);
			}
			times += at != NULL;
			at = at == NULL ? NULL : at + 1;
		}
		free(data);
	}
	if (maps != NULL) {
		fclose(maps);
	}
	if (fd < 0) {
		return -1;
	}
	close(fd);
	return times;
}

static void what_was_asked_is_not_kept_in_memory(void **state)
{
	int times;

	(void)state;
	if (union_log_has(kaz, 0, "NOT SEALED")) {
		printf("skipped: a sanitizer keeps what was freed\n");
		return;
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(union_verdict(kaz, NUMBER), CORDON_VERDICT_CLEAR);
	}
	/* another's question, on each worker */
	others_are_served();
	times = times_in_memory(NUMBER);
	if (times < 0) {
		printf("skipped: the node's memory cannot be read\n");
		return;
	}
	assert_int_equal(times, 0);
	/* what it does keep is found so */
	assert_true(times_in_memory(kaz->dir) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_thread_is_sealed),
		cmocka_unit_test(what_was_asked_is_not_kept_in_memory),
		cmocka_unit_test(thousands_that_say_nothing_keep_nobody_out),
		cmocka_unit_test(a_handshake_byte_by_byte_ends_in_time),
		cmocka_unit_test(bad_handshakes_lose_no_good_request),
		cmocka_unit_test(a_node_out_of_descriptors_serves_those_it_has),
		cmocka_unit_test(an_older_tls_or_another_protocol_is_refused),
		cmocka_unit_test(new_keys_again_and_again_are_one_connections_affair),
		cmocka_unit_test(a_flood_of_requests_is_its_senders_affair),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
