/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record_codec.h"
#include "tests/lib/records.h"

struct testpki *talk_pki;
struct tls_profile *talk_node_profile;
struct arena talk_arena;

int talk_make_pki(void **state)
{
	static const struct testpki_leaf node = { .signer = "KAZ",
		.uri = "cordon://KAZ/node/almaty-1" };
	static const struct testpki_leaf moscow = { .signer = "RUS",
		.uri = "cordon://RUS/node/moscow-1" };
	static const struct testpki_leaf desk = { .signer = "KAZ",
		.uri = "cordon://KAZ/checkpoint/desk-1" };

	(void)state;
	arena_init(&talk_arena, 0);
	talk_pki = testpki_create();
	testpki_issue(talk_pki, "node", &node);
	testpki_issue(talk_pki, "moscow", &moscow);
	testpki_issue(talk_pki, "desk", &desk);
	talk_node_profile = testpki_profile(talk_pki, true, "node", NULL);
	return 0;
}

int talk_remove_pki(void **state)
{
	(void)state;
	tls_profile_unref(talk_node_profile);
	testpki_destroy(talk_pki);
	arena_finish(&talk_arena);
	return 0;
}

struct cordon_client *talk_client(
	const char *name, const struct fake_node *first, const struct fake_node *second)
{
	const char *servers[] = { first->server,
		second == NULL ? NULL : second->server };
	char certificate[64], key[64], message[512];
	struct cordon_options options = {
		.servers = servers,
		.servers_count = second == NULL ? 1 : 2,
		.ca = testpki_path(talk_pki, "KAZ-ca.pem"),
		.crl = testpki_path(talk_pki, "KAZ-crl.pem"),
	};
	struct cordon_client *client;

	snprintf(certificate, sizeof(certificate), "%s.pem", name);
	snprintf(key, sizeof(key), "%s.key", name);
	options.certificate = testpki_path(talk_pki, certificate);
	options.key = testpki_path(talk_pki, key);
	if (cordon_client_create(&options, &client, message, sizeof(message)) != 0) {
		fail_msg("%s", message);
	}
	return client;
}

void talk_init(struct talk *t, fake_request_fn *request)
{
	fake_node_init(&t->node, talk_node_profile);
	if (request != NULL) {
		t->node.request = request;
	}
	fake_node_start(&t->node);
	t->client = talk_client("desk", &t->node, NULL);
}

void talk_finish(struct talk *t)
{
	cordon_client_destroy(t->client);
	fake_node_finish(&t->node);
}

void talk_says(const struct cordon_client *client, const char *words)
{
	if (strstr(cordon_client_error_text(client), words) == NULL) {
		fail_msg(
			"\"%s\" lacks \"%s\"", cordon_client_error_text(client), words);
	}
}

void talk_entry(struct entry *entry)
{
	static const uint8_t salt[RECORD_SALT_BYTES] = { 1 };
	struct cordon_record *record =
		records_make(records_entry_ban, NULL, NULL, &talk_arena);

	*entry = (struct entry){
		.sequence = 17,
		.version = 2,
		.state = ENTRY_LIVE,
		.ends_at_s = record_ends_s(record),
		.id = { (const uint8_t *)record->id, strlen(record->id) },
	};
	record->version = 2;
	if (record_seal(record, salt, &talk_arena, &entry->sealed) != 0) {
		abort();
	}
}
