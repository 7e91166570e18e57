/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <time.h>

#include <openssl/evp.h>

#include "tests/lib/union_private.h"

/* What clients of a node are made with; the texts belong together with it. */
struct files {
	char server[96], pem[UNION_PATH_MAX], key[UNION_PATH_MAX], ca[UNION_PATH_MAX];
	const char *servers[1];
	struct cordon_options options;
};

static const struct cordon_options *options_for(struct files *files,
	const struct union_node *node, const char *pki, const char *certificate)
{
	snprintf(files->server, sizeof(files->server), "%s:%u", node->host, node->port);
	snprintf(files->pem, sizeof(files->pem), "%s/%s.pem", pki, certificate);
	snprintf(files->key, sizeof(files->key), "%s/%s.key", pki, certificate);
	snprintf(files->ca, sizeof(files->ca), "%s/ca.pem", node->pki);
	files->servers[0] = files->server;
	files->options = (struct cordon_options){
		.servers = files->servers,
		.servers_count = 1,
		.certificate = files->pem,
		.key = files->key,
		.ca = files->ca,
		.timeout_ms = UNION_PATIENCE_MS / 2,
	};
	return &files->options;
}

static struct cordon_client *create(
	struct union_node *node, const char *pki, const char *certificate)
{
	struct files files;
	struct cordon_client *client;
	char message[512];

	if (cordon_client_create(options_for(&files, node, pki, certificate), &client,
		    message, sizeof(message)) != 0) {
		union_fail(node->in, "client %s: %s", certificate, message);
	}
	return client;
}

struct cordon_async *union_async(
	struct union_node *node, enum union_role role, struct event_base *base)
{
	struct files files;
	struct cordon_async *async;
	char message[512];

	if (cordon_async_create(base,
		    options_for(&files, node, node->pki, union_role_text(role)), &async,
		    message, sizeof(message)) != 0) {
		union_fail(node->in, "async client: %s", message);
	}
	return async;
}

struct cordon_client *union_client_with(
	struct union_node *at, const char *certificate_pki, const char *name)
{
	return create(at, certificate_pki, name);
}

struct cordon_client *union_client(struct union_node *node, enum union_role role)
{
	if (node->clients[role] == NULL) {
		node->clients[role] = create(node, node->pki, union_role_text(role));
	}
	return node->clients[role];
}

void union_forget_clients(struct union_node *node)
{
	for (size_t i = 0; i < UNION_ROLES; i++) {
		cordon_client_destroy(node->clients[i]);
		node->clients[i] = NULL;
	}
}

/* ---- submissions
 * ------------------------------------------------------------------------ */

char *union_ban(const char *id, const char *surname, const char *number)
{
	char *json;

	assert_true(asprintf(&json,
			    "{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":"
			    "\"overstay\",\"valid_from\":\"2026-01-01\","
			    "\"valid_until\":\"2029-12-31\",\"actions\":"
			    "[\"refuse_entry\"],\"person\":{\"names\":[{\"type\":"
			    "\"primary\",\"surname\":\"%s\",\"given\":\"MARK\"}],"
			    "\"born\":\"1990-01-01\",\"documents\":[{\"type\":\"P\","
			    "\"number\":\"%s\",\"issuer\":\"UZB\"}]}}",
			    id, surname, number) > 0);
	return json;
}

struct cordon_record *union_record(struct testunion *u, const char *json)
{
	struct cordon_record *record;
	char message[512];

	if (cordon_record_from_json(
		    json, strlen(json), &record, message, sizeof(message)) != 0) {
		union_fail(u, "%s: %s", json, message);
	}
	return record;
}

/* Comes back as long as the node says when to, as cordonctl does. */
static int submit(struct union_node *node, enum union_role role,
	const struct cordon_item *items, size_t count, struct cordon_results **results)
{
	struct cordon_client *client = union_client(node, role);
	struct union_waiting waiting = union_waiting(node->in, "the node has time");
	int error;

	while ((error = cordon_submit(client, items, count, results)) == CORDON_EBUSY) {
		union_pause(&waiting);
	}
	return error;
}

static void submit_all(
	struct union_node *node, const struct cordon_item *items, size_t count)
{
	struct cordon_results *results;

	if (submit(node, UNION_AGENCY, items, count, &results) != 0) {
		union_fail(node->in, "submit at %s: %s", node->member,
			cordon_client_error_text(union_client(node, UNION_AGENCY)));
	}
	assert_int_equal(results->count, count);
	for (size_t i = 0; i < count; i++) {
		if (results->results[i].error != 0) {
			union_fail(node->in, "submit at %s: %s", node->member,
				results->results[i].error_text);
		}
	}
	cordon_results_destroy(results);
}

int union_try_put(
	struct union_node *node, enum union_role role, const char *json, char *text)
{
	struct cordon_record *record = union_record(node->in, json);
	struct cordon_item item = { .type = CORDON_ITEM_PUT, .record = record };
	struct cordon_results *results;
	int error = submit(node, role, &item, 1, &results);

	snprintf(text, 512, "%s",
		error == 0 ? "" : cordon_client_error_text(union_client(node, role)));
	if (error == 0) {
		error = results->results[0].error;
		snprintf(text, 512, "%s",
			error == 0 ? "" : results->results[0].error_text);
		cordon_results_destroy(results);
	}
	cordon_record_destroy(record);
	return error;
}

void union_put(struct union_node *node, const char *id, const char *number)
{
	char *json = union_ban(id, "TESTOV", number);
	struct cordon_record *record = union_record(node->in, json);
	struct cordon_item item = { .type = CORDON_ITEM_PUT, .record = record };

	submit_all(node, &item, 1);
	cordon_record_destroy(record);
	free(json);
}

void union_put_many(
	struct union_node *node, const char *prefix, unsigned count, char generation)
{
	struct cordon_item items[CORDON_SUBMIT_MAX];
	struct cordon_record *records[CORDON_SUBMIT_MAX];
	unsigned next = 0;

	while (next < count) {
		size_t n = 0;

		for (; n < CORDON_SUBMIT_MAX && next < count; n++, next++) {
			char id[48], number[16];
			char *json;

			snprintf(id, sizeof(id), "%s-%s-%05u", node->member, prefix,
				next);
			snprintf(number, sizeof(number), "A%c%05u", generation, next);
			json = union_ban(id, "TESTOV", number);
			records[n] = union_record(node->in, json);
			items[n] = (struct cordon_item){ .type = CORDON_ITEM_PUT,
				.record = records[n] };
			free(json);
		}
		submit_all(node, items, n);
		for (size_t i = 0; i < n; i++) {
			cordon_record_destroy(records[i]);
		}
	}
}

void union_withdraw(struct union_node *node, const char *id)
{
	struct cordon_item item = { .type = CORDON_ITEM_WITHDRAW,
		.id = id,
		.reason = CORDON_WITHDRAWAL_ERROR };

	submit_all(node, &item, 1);
}

/* ---- lookups
 * ------------------------------------------------------------------------------- */

enum cordon_verdict union_verdict(struct union_node *node, const char *number)
{
	struct cordon_client *client = union_client(node, UNION_CHECKPOINT);
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT, .number = number, .issuer = "UZB"
	};
	struct cordon_answer *answer;
	enum cordon_verdict verdict;

	if (cordon_lookup(client, NULL, &query, 1, &answer) != 0) {
		union_fail(node->in, "lookup at %s: %s", node->member,
			cordon_client_error_text(client));
	}
	if (answer->error != 0) {
		union_fail(
			node->in, "lookup at %s: %s", node->member, answer->error_text);
	}
	verdict = answer->verdict;
	cordon_answer_destroy(answer);
	return verdict;
}

void union_await_verdict(
	struct union_node *node, const char *number, enum cordon_verdict verdict)
{
	union_until(node->in, number, union_verdict(node, number) == verdict);
}

/* ---- what nodes hold
 * ----------------------------------------------------------------------- */

static int on_check(void *data, const struct cordon_list_check *check)
{
	struct union_node *node = data;

	if (!check->ok) {
		union_fail(node->in, "verify at %s: %s: %s", node->member, check->list,
			check->differences_count == 0 ? "not ok"
						      : check->differences[0]);
	}
	return 0;
}

void union_verify(struct union_node *node)
{
	struct cordon_client *client = union_client(node, UNION_ADMIN);

	if (cordon_verify(client, NULL, on_check, node) != 0) {
		union_fail(node->in, "verify at %s: %s", node->member,
			cordon_client_error_text(client));
	}
}

void union_verify_access_log(struct union_node *node)
{
	struct union_output output;
	char key[UNION_PATH_MAX];

	snprintf(key, sizeof(key), "%s/log.pem", node->pki);
	union_ctl(node, UNION_AUDITOR, NULL, &output, "access-log", "verify",
		"--log-key", key, NULL);
	if (output.status != 0) {
		union_fail(node->in, "access log of %s: %s%s", node->member, output.out,
			output.err);
	}
	union_output_finish(&output);
}

struct lines {
	char **lines;
	size_t count, room;
};

static int on_record(void *data, const struct cordon_record *record)
{
	struct lines *lines = data;

	if (lines->count == lines->room) {
		lines->room = lines->room == 0 ? 1024 : 2 * lines->room;
		lines->lines = realloc(lines->lines, lines->room * sizeof(char *));
		assert_non_null(lines->lines);
	}
	return cordon_record_to_json(record, &lines->lines[lines->count++]);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void union_export_digest(struct union_node *node, const char *owner, char hex[65])
{
	struct cordon_client *client = union_client(node, UNION_ADMIN);
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	struct lines lines = { NULL, 0, 0 };
	uint8_t out[32];

	if (cordon_export(client, owner, 0, on_record, &lines) != 0) {
		union_fail(node->in, "export at %s: %s", node->member,
			cordon_client_error_text(client));
	}
	if (lines.count > 0) {
		qsort(lines.lines, lines.count, sizeof(char *), compare);
	}
	assert_int_equal(EVP_DigestInit_ex(hash, EVP_sha256(), NULL), 1);
	for (size_t i = 0; i < lines.count; i++) {
		EVP_DigestUpdate(hash, lines.lines[i], strlen(lines.lines[i]));
		EVP_DigestUpdate(hash, "\n", 1);
		free(lines.lines[i]);
	}
	free(lines.lines);
	assert_int_equal(EVP_DigestFinal_ex(hash, out, NULL), 1);
	EVP_MD_CTX_free(hash);
	for (size_t i = 0; i < sizeof(out); i++) {
		snprintf(hex + 2 * i, 3, "%02x", out[i]);
	}
}

static struct cordon_status *status_of(struct union_node *node)
{
	struct cordon_client *client = union_client(node, UNION_ADMIN);
	struct cordon_status *status;

	if (cordon_status(client, &status) != 0) {
		union_fail(node->in, "status at %s: %s", node->member,
			cordon_client_error_text(client));
	}
	return status;
}

static void copy_list(struct union_list *list, const struct cordon_list_status *from)
{
	list->present = true;
	list->epoch = from->epoch;
	list->sequence = from->sequence;
	list->live = from->live;
	list->verified = from->verified;
	snprintf(list->state, sizeof(list->state), "%s",
		from->state == NULL ? "" : from->state);
	snprintf(list->digest, sizeof(list->digest), "%s",
		from->digest == NULL ? "" : from->digest);
}

struct union_list union_list(struct union_node *node, const char *name)
{
	struct cordon_status *status = status_of(node);
	struct union_list list = { .present = false };

	for (size_t i = 0; i < status->lists_count; i++) {
		if (strcmp(status->lists[i].list, name) == 0) {
			copy_list(&list, &status->lists[i]);
		}
	}
	cordon_status_destroy(status);
	return list;
}

static bool may_have(
	const struct union_node *node, const struct cordon_list_status *list)
{
	for (size_t i = 0; i < list->shared_with_count; i++) {
		if (strcmp(list->shared_with[i], node->member) == 0) {
			return true;
		}
	}
	return strncmp(node->member, list->list, 3) == 0;
}

static bool has_it(struct union_node *node, const struct cordon_list_status *wanted)
{
	struct union_list list = union_list(node, wanted->list);

	return list.present && list.verified == CORDON_VERIFIED_YES &&
	       list.epoch == wanted->epoch && list.sequence == wanted->sequence &&
	       strcmp(list.digest, wanted->digest) == 0;
}

/* Whether the other nodes have all that this one owns and shares with them. */
static bool delivered(struct union_node *owner)
{
	struct testunion *u = owner->in;
	struct cordon_status *status = status_of(owner);
	size_t own = 0;
	bool all = true;

	for (size_t i = 0; i < status->lists_count; i++) {
		const struct cordon_list_status *list = &status->lists[i];

		if (strncmp(list->list, owner->member, 3) != 0) {
			continue;
		}
		own++;
		for (size_t k = 0; k < u->count && all; k++) {
			struct union_node *node = u->nodes[k];

			all = node == owner || node->pid == 0 ||
			      !may_have(node, list) || has_it(node, list);
		}
	}
	cordon_status_destroy(status);
	return all && own == UNION_KINDS;
}

static bool settled(struct testunion *u)
{
	for (size_t i = 0; i < u->count; i++) {
		if (u->nodes[i]->pid != 0 && !u->nodes[i]->follows &&
			!delivered(u->nodes[i])) {
			return false;
		}
	}
	return true;
}

void union_settle(struct testunion *u)
{
	union_until(u, "all have what is shared with them", settled(u));
}
