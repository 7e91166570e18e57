/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/repl/copy.h"
#include "daemon/net/http.h"

struct metrics {
	struct node *node;
	struct http *http;
	struct store_txn *txn; /* begun at the first GET, reset behind each */
};

/* The store is opened after the port, as another user perhaps. */
static int renew(struct metrics *metrics)
{
	if (metrics->txn == NULL) {
		return store_read_begin(metrics->node->store, &metrics->txn, NULL);
	}
	return store_read_renew(metrics->txn);
}

static void reset(struct metrics *metrics)
{
	if (metrics->txn != NULL) {
		store_read_reset(metrics->txn);
	}
}

static bool answers(const struct store_list_info *info)
{
	const struct list_copy copy = { .phase = info->phase,
		.head = { .sequence = info->sequence } };

	return info->phase == COPY_UNSHARED || copy_answers(&copy);
}

static int health_text(struct store_txn *txn, struct evbuffer *body)
{
	struct store_list_info *infos;
	struct arena arena;
	size_t count, missing = 0;
	int error;

	arena_init(&arena, 0);
	error = store_list_infos(txn, &arena, &infos, &count);
	for (size_t i = 0; error == 0 && i < count; i++) {
		missing += !answers(&infos[i]);
	}
	arena_finish(&arena);
	if (error == 0 &&
		evbuffer_add_printf(body, "ok\n%zu lists, %zu of them not loaded yet\n",
			count, missing) < 0) {
		error = CORDON_ENOMEM;
	}
	return error;
}

static int failed(struct evbuffer *body, int error)
{
	evbuffer_drain(body, evbuffer_get_length(body));
	evbuffer_add_printf(
		body, "the store cannot be read: %s\n", cordon_error_text(error));
	return 503;
}

static int get_health(struct metrics *metrics, struct evbuffer *body)
{
	int error;

	if (atomic_load(&metrics->node->stopping)) {
		evbuffer_add_printf(body, "stopping\n");
		return 503;
	}
	error = renew(metrics);
	if (error == 0) {
		error = health_text(metrics->txn, body);
	}
	reset(metrics);
	return error == 0 ? 200 : failed(body, error);
}

static int get_metrics(
	struct metrics *metrics, struct evbuffer *body, const char **type)
{
	int error = renew(metrics);

	if (error == 0) {
		error = metrics_text(metrics->node, metrics->txn, body);
	}
	reset(metrics);
	if (error != 0) {
		return failed(body, error);
	}
	*type = "text/plain; version=0.0.4; charset=utf-8";
	return 200;
}

static int on_get(
	void *context, const char *path, struct evbuffer *body, const char **type)
{
	if (strcmp(path, "/metrics") == 0) {
		return get_metrics(context, body, type);
	}
	return strcmp(path, "/healthz") == 0 ? get_health(context, body) : 404;
}

int metrics_create(struct node *node, struct metrics **metrics, struct errmsg *msg)
{
	const struct config_address *at = &node->config->metrics;
	struct metrics *m;
	int error;

	if (at->host == NULL) {
		*metrics = NULL;
		return 0;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	m->node = node;
	error = http_create(node->base, at->host, at->port, on_get, m, &m->http, msg);
	if (error != 0) {
		metrics_destroy(m);
		return errmsg_wrap(msg, error, "metrics");
	}
	log_notice("metrics on %s port %u", at->host, http_port(m->http));
	*metrics = m;
	return 0;
}

void metrics_destroy(struct metrics *metrics)
{
	if (metrics == NULL) {
		return;
	}
	http_destroy(metrics->http);
	if (metrics->txn != NULL) {
		store_read_end(metrics->txn);
	}
	free(metrics);
}

uint16_t metrics_port(const struct metrics *metrics)
{
	return http_port(metrics->http);
}
