/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/node.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <cordon/version.h>
#include "daemon/base/clock.h"
#include "daemon/base/notify.h"
#include "daemon/base/sandbox.h"
#include "daemon/net/listener.h"
#include "daemon/net/local.h"
#include "daemon/node/access_log.h"
#include "daemon/node/metrics.h"
#include "daemon/node/own_lists.h"
#include "daemon/node/profile.h"
#include "daemon/node/registry.h"
#include "daemon/node/replicator.h"
#include "daemon/node/rights.h"
#include "daemon/node/persons_maker.h"
#include "daemon/node/scrub.h"
#include "daemon/node/serve_snapshot.h"
#include "daemon/node/brake.h"
#include "daemon/node/compactor.h"
#include "daemon/node/upkeep.h"
#include "daemon/node/signing.h"
#include "daemon/node/worker.h"
#include "daemon/node/committer.h"

/* How long requests in flight may take at a stop. */
#define STOP_TIMEOUT_MS 10000
#define WARN_INTERVAL_S 86400
/* File descriptors besides the clients': store, loops, listeners, links. */
#define DESCRIPTORS_OWN 256

/* What only main knows of a running node. */
struct running {
	struct node node;
	struct listener *listeners[8];
	struct local *local;
	struct metrics *metrics;
	struct access_keys *access_keys; /* until the log has them */
	struct event *events[6];
	size_t events_count;
};

const char *node_software(void)
{
	return "cordond " CORDON_VERSION;
}

void node_lists_changed(struct node *node)
{
	for (size_t i = 0; i < node->workers_count; i++) {
		worker_lists_changed(node->workers[i]);
	}
}

/* ---- connections ------------------------------------------------------------- */

static void hand_out(struct node *node, int fd, const char *address, bool local)
{
	struct worker *least = node->workers[0];

	for (size_t i = 1; i < node->workers_count; i++) {
		if (worker_load(node->workers[i]) < worker_load(least)) {
			least = node->workers[i];
		}
	}
	worker_accept(least, fd, address, local);
}

static void on_accept(void *context, int fd, const char *address)
{
	hand_out(context, fd, address, false);
}

static void on_local(void *context, int fd, uid_t uid)
{
	char text[32];

	snprintf(text, sizeof(text), "local uid %u", (unsigned)uid);
	hand_out(context, fd, text, true);
}

static int listen_all(struct running *run, struct errmsg *msg)
{
	struct node *node = &run->node;
	const struct config *config = node->config;

	for (size_t i = 0; i < config->listen_count; i++) {
		const struct config_address *at = &config->listen[i];
		int error = listener_create(node->base, at->host, at->port, on_accept,
			node, &run->listeners[i], msg);

		if (error != 0) {
			return errmsg_wrap(msg, error, "listen on %s:%u",
				at->host == NULL ? "*" : at->host, at->port);
		}
		log_notice("listening on %s port %u", at->host == NULL ? "*" : at->host,
			listener_port(run->listeners[i]));
	}
	if (config->local_socket != NULL) {
		int error = local_create(node->base, config->local_socket, on_local,
			node, &run->local, msg);

		if (error != 0) {
			return error;
		}
	}
	return metrics_create(node, &run->metrics, msg);
}

static void stop_listening(struct running *run)
{
	for (size_t i = 0; i < sizeof(run->listeners) / sizeof(run->listeners[0]);
		i++) {
		listener_destroy(run->listeners[i]);
		run->listeners[i] = NULL;
	}
	local_destroy(run->local);
	run->local = NULL;
}

/* ---- signals and timers --------------------------------------------------------- */

static void on_stop(evutil_socket_t signal, short what, void *context)
{
	struct running *run = context;

	(void)what;
	log_notice("stopping on %s", signal == SIGTERM ? "SIGTERM" : "SIGINT");
	atomic_store(&run->node.stopping, true);
	event_base_loopbreak(run->node.base);
}

static void on_reload(evutil_socket_t signal, short what, void *context)
{
	struct running *run = context;
	struct node *node = &run->node;
	struct errmsg msg = { "" };
	int error;

	(void)signal;
	(void)what;
	notify_send(NOTIFY_RELOADING);
	error = profile_reload(node, &msg);
	if (error != 0) {
		log_error("reload: %s; the certificates and CRLs in force stay so",
			errmsg_text(&msg, error));
	} else {
		log_notice("certificates and CRLs reloaded");
		access_log_note_config(node, "reloaded");
		for (size_t i = 0; i < node->workers_count; i++) {
			worker_profile_changed(node->workers[i]);
		}
		replicator_profile_changed(node->replicator);
		profile_warn(node);
	}
	notify_send(NOTIFY_READY);
}

static void on_sign(evutil_socket_t fd, short what, void *context)
{
	struct running *run = context;

	(void)fd;
	(void)what;
	if (atomic_load(&run->node.own_open)) {
		own_lists_sign_idle(&run->node);
	} else if (atomic_exchange(&run->node.own_reopen, false)) {
		own_lists_open(&run->node);
	}
}

static void on_warn(evutil_socket_t fd, short what, void *context)
{
	struct running *run = context;

	(void)fd;
	(void)what;
	profile_warn(&run->node);
}

static int add_event(struct running *run, int fd, short what,
	event_callback_fn callback, const struct timeval *every)
{
	struct event *event = event_new(run->node.base, fd, what, callback, run);

	if (event == NULL || event_add(event, every) != 0) {
		if (event != NULL) {
			event_free(event);
		}
		return CORDON_ENOMEM;
	}
	run->events[run->events_count++] = event;
	return 0;
}

static int watch_signals(struct running *run, struct errmsg *msg)
{
	uint32_t ms = run->node.config->head_interval_ms;
	struct timeval sign = { ms / 1000, ms % 1000 * 1000 };
	struct timeval warn = { WARN_INTERVAL_S, 0 };

	if (add_event(run, SIGTERM, EV_SIGNAL | EV_PERSIST, on_stop, NULL) != 0 ||
		add_event(run, SIGINT, EV_SIGNAL | EV_PERSIST, on_stop, NULL) != 0 ||
		add_event(run, SIGHUP, EV_SIGNAL | EV_PERSIST, on_reload, NULL) != 0 ||
		add_event(run, -1, EV_PERSIST, on_sign, &sign) != 0 ||
		add_event(run, -1, EV_PERSIST, on_warn, &warn) != 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	return 0;
}

/* ---- life ------------------------------------------------------------------------ */

static int open_store(struct node *node, struct errmsg *msg)
{
	const struct config *config = node->config;
	char uri[IDENT_URI_MAX];
	struct store_options options = {
		.path = config->data_dir,
		.map_size_bytes = config->map_size_bytes,
		.readers = config->workers * (1 + SNAPSHOTS_PER_WORKER) + 12,
		.node = uri,
	};

	ident_uri_text(&config->node, uri);
	return store_open(&options, &node->store, msg);
}

static int create_workers(struct node *node, struct errmsg *msg)
{
	node->workers = calloc(node->config->workers, sizeof(struct worker *));
	if (node->workers == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < node->config->workers; i++) {
		int error = worker_create(node, i, &node->workers[i], msg);

		if (error != 0) {
			return error;
		}
		atomic_fetch_add(&node->workers_count, 1);
	}
	return 0;
}

static int list_members(struct node *node, struct errmsg *msg)
{
	const struct config *config = node->config;

	node->members = calloc(config->members_count + 1, sizeof(*node->members));
	if (node->members == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->members_count; i++) {
		node->members[i] = config->members[i].code;
	}
	return 0;
}

/* All threads are there and wait.  Whoever runs without is told each time. */
static int seal(const struct config *config, struct errmsg *msg)
{
	const char *why = config->seccomp ? sandbox_unsealed()
					  : "seccomp = no in its configuration";

	if (why == NULL) {
		return sandbox_seal(msg);
	}
	log_warning("NOT SEALED: this node may make any system call: %s", why);
	return 0;
}

static int open_access_log(struct running *run, struct errmsg *msg)
{
	struct node *node = &run->node;
	int error;

	if (node->config->access_log == NULL) {
		log_warning("no access log is kept: who looks at what leaves no trace "
			    "(section access_log of the configuration)");
		return 0;
	}
	error = access_log_create(node, run->access_keys, &node->access_log, msg);
	if (error == 0) {
		run->access_keys = NULL;
		access_log_note_config(node, "started");
	}
	return error;
}

/* Everything that reads files as the user who started us, then the threads. */
static int start(struct running *run, struct errmsg *msg)
{
	struct node *node = &run->node;
	int error = sandbox_limit(node->config->connections_max + DESCRIPTORS_OWN, msg);

	if (error == 0) {
		error = list_members(node, msg);
	}
	if (error == 0) {
		error = rights_create(node->config, &node->rights, msg);
	}
	if (error == 0) {
		error = profile_init(node, msg);
	}
	if (error == 0 && node->config->head_key != NULL) {
		error = head_key_load_private(
			node->config->head_key, &node->head_key, msg);
	}
	if (error == 0 && node->config->access_log != NULL) {
		error = access_keys_load(node->config, &run->access_keys, msg);
	}
	if (error == 0) {
		node->base = event_base_new();
		error = node->base == NULL
				? errmsg_set(msg, CORDON_ENOMEM, "no event loop")
				: mailbox_create(node->base, &node->mailbox, msg);
	}
	if (error == 0) {
		error = listen_all(run, msg);
	}
	if (error == 0) {
		error = sandbox_become(node->config->user, msg);
	}
	if (error == 0) {
		error = open_store(node, msg);
	}
	if (error == 0) {
		error = open_access_log(run, msg);
	}
	if (error == 0) {
		node->brake = brake_create();
		error = node->brake == NULL
				? errmsg_set(msg, CORDON_ENOMEM, "out of memory")
				: 0;
	}
	if (error == 0) {
		error = compactor_create(node, &node->compactor, msg);
	}
	if (error == 0) {
		error = committer_create(node, &node->committer, msg);
	}
	if (error == 0) {
		error = registry_create(node->config, &node->registry, msg);
	}
	if (error == 0) {
		error = upkeep_create(node, &node->upkeep, msg);
	}
	if (error == 0) {
		error = persons_maker_create(node, &node->persons_maker, msg);
	}
	if (error == 0) {
		error = replicator_create(node, &node->replicator, msg);
	}
	if (error == 0) {
		error = scrub_create(node, &node->scrub, msg);
	}
	if (error == 0) {
		error = create_workers(node, msg);
	}
	if (error == 0) {
		error = watch_signals(run, msg);
	}
	return error == 0 ? seal(node->config, msg) : error;
}

/*
 * In order: nothing new comes in; sessions are answered and end; links end; the writer
 * commits what it has taken; what was on its way back is dropped; the rest.
 */
static void stop(struct running *run)
{
	struct node *node = &run->node;

	stop_listening(run);
	for (size_t i = 0; i < node->workers_count; i++) {
		worker_stop(node->workers[i], STOP_TIMEOUT_MS);
	}
	for (size_t i = 0; i < node->workers_count; i++) {
		worker_join(node->workers[i]);
	}
	scrub_destroy(node->scrub);
	if (node->replicator != NULL) {
		replicator_stop(node->replicator);
	}
	compactor_stop(node->compactor);
	committer_destroy(node->committer);
	compactor_destroy(node->compactor);
	mailbox_destroy(node->mailbox); /* posts to the workers */
	for (size_t i = 0; i < node->workers_count; i++) {
		worker_destroy(node->workers[i]);
	}
	free(node->workers);
	access_log_destroy(node->access_log); /* the workers' last entries are in it */
	access_keys_destroy(run->access_keys);
	registry_destroy(node->registry);
	upkeep_destroy(node->upkeep);
	persons_maker_destroy(node->persons_maker);
	brake_destroy(node->brake);
	metrics_destroy(run->metrics);
	replicator_destroy(node->replicator);
	store_close(node->store);
	for (size_t i = 0; i < run->events_count; i++) {
		event_free(run->events[i]);
	}
	if (node->base != NULL) {
		event_base_free(node->base);
	}
	head_key_destroy(node->head_key);
	free(node->members);
	rights_destroy(node->rights);
	profile_finish(node);
}

int node_run(const struct config *config, struct errmsg *msg)
{
	struct running *run = calloc(1, sizeof(*run));
	char uri[IDENT_URI_MAX];
	int error;

	if (run == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	run->node.config = config;
	run->node.started_s = wall_s(clock_wall());
	ident_uri_text(&config->node, uri);
	error = start(run, msg);
	if (error == 0) {
		profile_warn(&run->node);
		log_notice("%s is %s, %s", node_software(), uri,
			signing_notice(signing_of(&run->node)));
		notify_send(NOTIFY_READY);
		event_base_dispatch(run->node.base);
		notify_send(NOTIFY_STOPPING);
	}
	if (error == 0 && atomic_load(&run->node.broken)) {
		error = errmsg_set(msg, CORDON_EIO,
			"%s: a write failed, and only a new start tells what the disk "
			"holds: look after the disk",
			config->data_dir);
	}
	stop(run);
	free(run);
	if (error == 0) {
		log_notice("stopped");
	}
	return error;
}
