/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/settings.h"
#include "tests/unit/client/talk.h"

static void refused(const char *text)
{
	struct server server = { 0 };
	struct errmsg msg = { "" };

	assert_int_equal(server_parse(text, &server, &msg), CORDON_EINVAL);
	assert_null(server.text);
	if (strstr(msg.text, "expected HOST:PORT") == NULL ||
		strstr(msg.text, text) == NULL) {
		fail_msg("%s", msg.text);
	}
}

static void a_server_is_a_host_an_address_or_a_path(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} cases[] = {
		{ "almaty-1:7001", "almaty-1", 7001 },
		{ "192.0.2.1:1", "192.0.2.1", 1 },
		{ "[2001:db8::1]:65535", "2001:db8::1", 65535 },
	};
	struct server server;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(server_parse(cases[i].text, &server, NULL), 0);
		assert_false(server.local);
		assert_string_equal(server.text, cases[i].text);
		assert_string_equal(server.host, cases[i].host);
		assert_int_equal(server.port, cases[i].port);
		server_finish(&server);
	}
	assert_int_equal(server_parse("/run/cordon/control", &server, NULL), 0);
	assert_true(server.local);
	server_finish(&server);
}

static void anything_else_is_refused_with_the_form(void **state)
{
	static const char *const texts[] = { "", "almaty", "almaty:", ":7001",
		"almaty:0", "almaty:65536", "almaty:7001x", "almaty:-1", "almaty: 1",
		"2001:db8::1:7001", "[2001:db8::1]", "[2001:db8::1]7001", "[::1:7001",
		"[]:7001", "almaty:000001" };
	char host[SERVER_HOST_MAX + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		refused(texts[i]);
	}
	memset(host, 'a', sizeof(host));
	memcpy(host + SERVER_HOST_MAX + 1, ":7001", sizeof(":7001"));
	refused(host);
}

static void a_path_too_long_for_a_socket_is_refused(void **state)
{
	char path[200];
	struct server server;
	struct errmsg msg = { "" };

	(void)state;
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(server_parse(path, &server, &msg), CORDON_EINVAL);
	assert_non_null(strstr(msg.text, "at most 107 bytes"));
}

/* cordon_client_create says no, with the words, in whatever room there is. */
static void not_created(
	const struct cordon_options *options, int error, const char *words)
{
	struct cordon_client *client = NULL;
	char message[512], little[8];

	assert_int_equal(
		cordon_client_create(options, &client, message, sizeof(message)),
		error);
	if (strstr(message, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", message, words);
	}
	assert_int_equal(
		cordon_client_create(options, &client, little, sizeof(little)), error);
	assert_int_equal(strlen(little), sizeof(little) - 1);
	assert_int_equal(cordon_client_create(options, &client, NULL, 0), error);
	assert_null(client);
}

static void options_that_cannot_be_are_refused(void **state)
{
	const char *servers[CORDON_SERVERS_MAX + 1] = { "almaty-1:7001" };
	const char *nothing[] = { NULL };
	char software[200];
	const struct cordon_options good = {
		.servers = servers,
		.servers_count = 1,
		.certificate = testpki_path(talk_pki, "desk.pem"),
		.key = testpki_path(talk_pki, "desk.key"),
		.ca = testpki_path(talk_pki, "KAZ-ca.pem"),
	};
	struct cordon_options options = good;

	(void)state;
	options.servers_count = 0;
	not_created(&options, CORDON_EINVAL, "0 servers given");
	options.servers_count = CORDON_SERVERS_MAX + 1;
	not_created(&options, CORDON_EINVAL, "17 servers given");
	options.servers_count = 1;
	options.servers = nothing;
	not_created(&options, CORDON_EINVAL, "server 1 is not given");
	options = good;
	options.certificate = NULL;
	not_created(&options, CORDON_EINVAL, "the certificate is not given");
	options = good;
	options.key = NULL;
	not_created(&options, CORDON_EINVAL, "the key is not given");
	options = good;
	options.ca = NULL;
	not_created(&options, CORDON_EINVAL, "the CA is not given");
	options = good;
	options.ca = testpki_path(talk_pki, "none.pem");
	not_created(&options, CORDON_EIO, "none.pem: No such file");
	options = good;
	options.key = testpki_path(talk_pki, "node.key");
	not_created(&options, CORDON_ECONFIG, "does not belong to the certificate");
	options = good;
	options.ca = testpki_path(talk_pki, "RUS-ca.pem");
	not_created(&options, CORDON_EIDENTITY, "desk.pem");
	options = good;
	options.software = "two\nlines";
	not_created(&options, CORDON_EINVAL, "software");
	memset(software, 'a', sizeof(software) - 1);
	software[sizeof(software) - 1] = '\0';
	options.software = software;
	not_created(&options, CORDON_EINVAL, "at most 128 bytes");
}

static void a_local_socket_needs_no_certificate(void **state)
{
	const char *servers[] = { "/run/a", "/run/b" };
	const struct cordon_options options = { .servers = servers,
		.servers_count = 2 };
	struct settings settings;

	(void)state;
	assert_int_equal(settings_init(&settings, &options, NULL), 0);
	assert_null(settings.profile);
	assert_int_equal(settings.timeout_ms, CORDON_TIMEOUT_DEFAULT_MS);
	assert_int_equal(
		settings.connect_timeout_ms, CORDON_CONNECT_TIMEOUT_DEFAULT_MS);
	assert_memory_equal(settings.software, "libcordon ", 10);
	settings_finish(&settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_a_host_an_address_or_a_path),
		cmocka_unit_test(anything_else_is_refused_with_the_form),
		cmocka_unit_test(a_path_too_long_for_a_socket_is_refused),
		cmocka_unit_test(options_that_cannot_be_are_refused),
		cmocka_unit_test(a_local_socket_needs_no_certificate),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
