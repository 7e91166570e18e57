/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/core/repl/copy.h"
#include "daemon/node/metrics.h"
#include "tests/lib/loop.h"
#include "tests/lib/testpki.h"

/* What the host's monitoring reads. */

struct metrics_case {
	struct serve_case *c;
	struct testpki *pki;
	struct loop loop;
	struct metrics *metrics;
	char *text; /* of the last answer, head and body */
};

static int set_up(void **state)
{
	static const struct testpki_leaf own = { .signer = "KAZ", .uri = NODE_URI };
	struct metrics_case *m = calloc(1, sizeof(*m));
	struct node *node;
	void *c;

	assert_non_null(m);
	assert_int_equal(case_setup(&c), 0);
	m->c = c;
	node = &m->c->node;
	m->pki = testpki_create();
	testpki_issue(m->pki, "own", &own);
	node->profile = testpki_profile(m->pki, true, "own", NULL);
	pthread_mutex_init(&node->profile_lock, NULL);
	loop_init(&m->loop);
	node->base = m->loop.base;
	m->c->config.metrics = (struct config_address){ "127.0.0.1", 0 };
	assert_int_equal(metrics_create(node, &m->metrics, NULL), 0);
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct metrics_case *m = *state;
	void *c = m->c;

	metrics_destroy(m->metrics);
	loop_finish(&m->loop);
	tls_profile_unref(m->c->node.profile);
	pthread_mutex_destroy(&m->c->node.profile_lock);
	testpki_destroy(m->pki);
	free(m->text);
	free(m);
	return case_teardown(&c);
}

static int dial(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

struct reading {
	int fd;
	char *text;
	size_t size;
	bool over;
};

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct reading *reading = context;
	char part[4096];
	ssize_t got = recv(fd, part, sizeof(part), 0);

	(void)what;
	assert_true(got >= 0);
	reading->over = got == 0;
	reading->text = realloc(reading->text, reading->size + (size_t)got + 1);
	assert_non_null(reading->text);
	memcpy(reading->text + reading->size, part, (size_t)got);
	reading->size += (size_t)got;
	reading->text[reading->size] = '\0';
}

/* The status; m->text is all that came. */
static int get(struct metrics_case *m, const char *path)
{
	struct reading reading = { .fd = dial(metrics_port(m->metrics)) };
	struct event *event = event_new(
		m->loop.base, reading.fd, EV_READ | EV_PERSIST, on_readable, &reading);
	char line[128];
	int status = 0;

	snprintf(line, sizeof(line), "GET %s HTTP/1.0\r\n\r\n", path);
	assert_true(send(reading.fd, line, strlen(line), 0) == (ssize_t)strlen(line));
	event_add(event, NULL);
	loop_until(&m->loop, reading.over);
	event_free(event);
	close(reading.fd);
	free(m->text);
	m->text = reading.text;
	assert_int_equal(sscanf(m->text, "HTTP/1.%*d %d", &status), 1);
	return status;
}

static void assert_has(const struct metrics_case *m, const char *line)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	if (strstr(m->text, whole) == NULL) {
		fail_msg("\"%s\" is not in:\n%s", line, m->text);
	}
}

static void start_loading(struct serve_case *c, struct store_txn *txn)
{
	struct list_copy copy = { .phase = COPY_LOADING };

	(void)c;
	assert_int_equal(store_list_put(txn, &rus_bans, &copy), 0);
}

static void counters_and_gauges_are_shown(void **state)
{
	struct metrics_case *m = *state;
	struct node_counters *counters = &m->c->node.counters;

	atomic_store(&counters->lookups, 12);
	atomic_store(&counters->verdicts[CORDON_VERDICT_MATCH], 3);
	atomic_store(&counters->lookup_us, 1500042);
	atomic_store(&counters->connections, 2);
	atomic_store(&counters->copies_waiting, 4);
	assert_int_equal(get(m, "/metrics"), 200);
	assert_has(m, "# TYPE cordon_lookups_total counter");
	assert_has(m, "cordon_lookups_total 12");
	assert_has(m, "cordon_lookup_verdicts_total{verdict=\"match\"} 3");
	assert_has(m, "cordon_lookup_verdicts_total{verdict=\"clear\"} 0");
	assert_has(m, "cordon_lookup_seconds_total 1.500042");
	assert_has(m, "cordon_connections 2");
	assert_has(m, "cordon_copies_waiting 4");
	assert_has(m, "cordon_link_up{peer=\"cordon://BLR/node/minsk-1\"} 1");
	assert_has(m, "cordon_link_up{peer=\"cordon://RUS/node/moscow-1\"} 0");
	assert_has(
		m, "cordon_link_entries_total{peer=\"cordon://BLR/node/minsk-1\"} 7");
	assert_has(
		m, "cordon_link_bytes_total{peer=\"cordon://BLR/node/minsk-1\"} 1900");
	assert_has(m, "cordon_info{node=\"" NODE_URI "\",software=\"cordond test\"} 1");
	assert_non_null(strstr(m->text, "\ncordon_certificate_expiry_seconds "));
}

static void lists_are_shown(void **state)
{
	struct metrics_case *m = *state;
	char line[128];
	struct head head = case_publish(m->c, &kaz_bans, "", "KAZ-1 KAZ-2");

	case_write(m->c, start_loading);
	case_publish(m->c, &blr_bans, "KAZ", "BLR-1");
	case_unshare(m->c, &blr_bans, "");
	assert_int_equal(get(m, "/metrics"), 200);
	snprintf(line, sizeof(line),
		"cordon_list_sequence{list=\"KAZ/entry_ban\"} %llu",
		(unsigned long long)head.sequence);
	assert_has(m, line);
	assert_has(m, "cordon_list_live_records{list=\"KAZ/entry_ban\"} 2");
	assert_has(m, "cordon_list_verified{list=\"KAZ/entry_ban\"} 1");
	assert_has(m, "cordon_list_age_seconds{list=\"KAZ/entry_ban\"} 11");
	assert_has(m, "cordon_list_verified{list=\"RUS/entry_ban\"} 0");
	assert_null(strstr(m->text, "cordon_list_age_seconds{list=\"RUS"));
	assert_null(strstr(m->text, "BLR/entry_ban"));
}

/* HELP, TYPE, then samples of that family only, each family once. */
static void the_text_is_well_formed(void **state)
{
	struct metrics_case *m = *state;
	char family[64] = "", name[64], *line, *rest, *body;
	size_t families = 0;

	case_publish(m->c, &kaz_bans, "", "KAZ-1");
	assert_int_equal(get(m, "/metrics"), 200);
	body = strstr(m->text, "\r\n\r\n");
	assert_non_null(body);
	rest = body + 4;
	while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
		if (sscanf(line, "# HELP %63s", name) == 1) {
			snprintf(family, sizeof(family), "%s", name);
			families++;
			assert_int_equal(line[strlen(line) - 1], '.');
			continue;
		}
		if (sscanf(line, "# TYPE %63s", name) != 1) {
			assert_int_equal(sscanf(line, "%63[a-z_]", name), 1);
			assert_true(isdigit((unsigned char)line[strlen(line) - 1]));
		}
		assert_string_equal(name, family);
	}
	assert_true(families > 20);
}

static void health_is_whether_lookups_are_answered(void **state)
{
	struct metrics_case *m = *state;

	case_publish(m->c, &kaz_bans, "", "KAZ-1");
	case_write(m->c, start_loading);
	assert_int_equal(get(m, "/healthz"), 200);
	assert_non_null(strstr(m->text, "ok\n2 lists, 1 of them not loaded yet\n"));
	atomic_store(&m->c->node.stopping, true);
	assert_int_equal(get(m, "/healthz"), 503);
	assert_non_null(strstr(m->text, "stopping"));
}

static void nothing_else_is_there(void **state)
{
	struct metrics_case *m = *state;

	assert_int_equal(get(m, "/"), 404);
	assert_int_equal(get(m, "/metrics/more"), 404);
}

static void without_an_address_there_is_nothing(void **state)
{
	struct metrics_case *m = *state;
	struct metrics *none;

	m->c->config.metrics.host = NULL;
	assert_int_equal(metrics_create(&m->c->node, &none, NULL), 0);
	assert_null(none);
}

static void a_port_that_is_taken_is_named(void **state)
{
	struct metrics_case *m = *state;
	struct errmsg msg = { "" };
	struct metrics *second = NULL;
	char port[16];

	m->c->config.metrics.port = metrics_port(m->metrics);
	assert_true(metrics_create(&m->c->node, &second, &msg) < 0);
	assert_null(second);
	snprintf(port, sizeof(port), "%u", m->c->config.metrics.port);
	assert_non_null(strstr(msg.text, port));
}

#define METRICS(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		METRICS(counters_and_gauges_are_shown),
		METRICS(lists_are_shown),
		METRICS(the_text_is_well_formed),
		METRICS(health_is_whether_lookups_are_answered),
		METRICS(nothing_else_is_there),
		METRICS(without_an_address_there_is_nothing),
		METRICS(a_port_that_is_taken_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
