/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/lib/union_private.h"

#define WRAPPER_MAX 8

static const char *const kinds[UNION_KINDS] = { "entry_ban", "deportation",
	"illegal_stay", "invalid_document" };

/* ---- configuration
 * --------------------------------------------------------------------- */

static bool first_of_member(const struct testunion *u, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(u->nodes[i]->member, u->nodes[index]->member) == 0) {
			return false;
		}
	}
	return true;
}

static void write_self(FILE *file, const struct union_node *node)
{
	fprintf(file,
		"node = %s/%s\ncertificate = \"%s/%s.pem\"\nkey = \"%s/%s.key\"\n"
		"data_dir = \"%s\"\nlocal_socket = control\nlisten = {\"%s:%u\"}\n"
		"workers = 2\nmap_size = 1GiB\nhead_interval = 500ms\n"
		"reconnect_min = 20ms\nreconnect_max = 200ms\n",
		node->member, node->name, node->pki, node->name, node->pki, node->name,
		node->data_dir == NULL ? "data" : node->data_dir, node->host,
		node->port);
	/* tests withdraw without asking, unless they say otherwise */
	if (node->extra == NULL || strstr(node->extra, "brake_percent") == NULL) {
		fputs("brake_percent = 100\n", file);
	}
	/* and one certificate of a role is enough for them */
	if (node->extra == NULL || strstr(node->extra, "two_eyes") == NULL) {
		fputs("two_eyes = {}\n", file);
	}
	if (!node->follows) {
		fprintf(file, "head_key = \"%s/head.key\"\n", node->pki);
	}
	if (node->standby) {
		fputs("standby = yes\n", file);
	}
}

static void write_members(FILE *file, const struct testunion *u)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct union_node *node = u->nodes[i];

		if (first_of_member(u, i)) {
			fprintf(file,
				"member %s {\n\tca = \"%s/ca.pem\"\n\tcrl = "
				"\"%s/crl.pem\"\n\thead_keys = "
				"{\"%s/head.pem%s\"}\n}\n",
				node->member, node->pki, node->pki, node->pki,
				node->head_key_days == NULL ? "" : node->head_key_days);
		}
	}
}

static void write_peers(FILE *file, const struct union_node *self)
{
	const struct testunion *u = self->in;

	for (size_t i = 0; i < u->count; i++) {
		const struct union_node *node = u->nodes[i];
		char title[32];

		snprintf(title, sizeof(title), "%s/%s", node->member, node->name);
		if (node == self ||
			(self->peers != NULL && strstr(self->peers, title) == NULL)) {
			continue;
		}
		fprintf(file, "peer %s {\n\taddress = \"%s:%u\"\n}\n", title,
			self->via[i] != 0 ? u->host : node->host,
			self->via[i] != 0 ? self->via[i] : node->port);
	}
}

static void write_others(FILE *file, const struct union_node *self, const char *suffix)
{
	const struct testunion *u = self->in;
	const char *separator = "";

	for (size_t i = 0; i < u->count; i++) {
		const struct union_node *node = u->nodes[i];

		if (first_of_member(u, i) && strcmp(node->member, self->member) != 0) {
			fprintf(file, "%s%s%s", separator, node->member, suffix);
			separator = ", ";
		}
	}
}

static void write_lists(FILE *file, const struct union_node *node)
{
	for (size_t i = 0; i < UNION_KINDS; i++) {
		fprintf(file, "list %s {\n\tretention = 3653d\n\tshare_with = {",
			kinds[i]);
		if (node->share_with[i] != NULL) {
			fputs(node->share_with[i], file);
		} else {
			write_others(file, node, "");
		}
		fputs("}\n}\n", file);
	}
	fputs("recognise {\n\tbinding = {", file);
	write_others(file, node, "/entry_ban");
	fputs("}\n}\n", file);
}

void union_configure(struct union_node *node)
{
	char path[UNION_PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cordond.conf", node->dir);
	file = fopen(path, "w");
	assert_non_null(file);
	write_self(file, node);
	if (node->metrics != 0) {
		fprintf(file, "metrics = \"%s:%u\"\n", node->host, node->metrics);
	}
	if (node->extra != NULL) {
		fprintf(file, "%s\n", node->extra);
	}
	if (node->access_log) {
		fprintf(file,
			"access_log {\n\tauditors = \"%s/auditors.pem\"\n\tkey = "
			"\"%s/log.key\"\n\tsegment_size = 8MiB\n\treserve = %s\n"
			"\tdirectory = \"%s\"\n\tcheckpoint_interval = 100ms\n%s}\n",
			node->pki, node->pki,
			node->log_reserve == NULL ? "0B" : node->log_reserve,
			node->log_dir == NULL ? "access-log" : node->log_dir,
			node->log_extra == NULL ? "" : node->log_extra);
	}
	write_members(file, node->in);
	write_peers(file, node);
	write_lists(file, node);
	assert_int_equal(fclose(file), 0);
}

/* ---- life
 * ---------------------------------------------------------------------------------- */

void union_launch(struct union_node *node)
{
	char config[UNION_PATH_MAX], log[UNION_PATH_MAX];
	const char *argv[WRAPPER_MAX + 4];
	struct union_child child = { argv, NULL, NULL, log, node->netns };
	size_t n = 0;

	assert_int_equal(node->pid, 0);
	while (node->wrapper != NULL && node->wrapper[n] != NULL) {
		assert_true(n < WRAPPER_MAX);
		argv[n] = node->wrapper[n];
		n++;
	}
	argv[n++] = union_cordond();
	argv[n++] = "-c";
	argv[n++] = config;
	argv[n] = NULL;
	union_configure(node);
	node->log_from = union_log_size(node);
	snprintf(config, sizeof(config), "%s/cordond.conf", node->dir);
	snprintf(log, sizeof(log), "%s/log", node->dir);
	node->pid = union_spawn(node->in, &child);
}

void union_await(struct union_node *node)
{
	struct union_waiting waiting = union_waiting(node->in, "the node answers");

	for (;;) {
		struct cordon_client *client = union_client(node, UNION_ADMIN);
		struct cordon_status *status;

		if (cordon_status(client, &status) == 0) {
			cordon_status_destroy(status);
			break;
		}
		if (waitpid(node->pid, NULL, WNOHANG) != 0) {
			node->pid = 0;
			union_fail(node->in, "%s does not run", node->dir);
		}
		/* a new client does not wait before it connects again */
		union_forget_clients(node);
		union_pause(&waiting);
	}
	if (!node->follows && !node->standby && !node->waits) {
		union_await_log(node, node->log_from, "own lists are open");
	}
}

void union_start(struct union_node *node)
{
	union_launch(node);
	union_await(node);
}

void union_signal(struct union_node *node, int signal)
{
	if (node->pid != 0) {
		kill(node->pid, signal);
	}
}

int union_wait(struct union_node *node)
{
	pid_t pid = node->pid;

	node->pid = 0;
	union_forget_clients(node);
	return union_reap(node->in, pid, "the node ends");
}

void union_stop(struct union_node *node)
{
	int status;

	union_signal(node, SIGTERM);
	status = union_wait(node);
	if (status != 0) {
		union_fail(node->in, "%s stopped with status %d", node->dir, status);
	}
}

void union_kill(struct union_node *node)
{
	union_signal(node, SIGKILL);
	assert_int_equal(union_wait(node), 128 + SIGKILL);
}

static void run(struct union_node *node, const char *const *argv)
{
	struct union_output output;

	assert_int_equal(node->pid, 0);
	union_run(node->in, NULL, argv, &output);
	if (output.status != 0) {
		union_fail(node->in, "%s: %s", argv[0], output.err);
	}
	union_output_finish(&output);
}

void union_erase(struct union_node *node)
{
	char data[UNION_PATH_MAX];
	const char *argv[] = { "/bin/rm", "-rf", data, NULL };

	snprintf(data, sizeof(data), "%s/data", node->dir);
	run(node, argv);
}

static void copy(struct union_node *node, const char *from, const char *to)
{
	char source[UNION_PATH_MAX], target[UNION_PATH_MAX];
	const char *argv[] = { "/bin/cp", "-a", "--sparse=always", source, target,
		NULL };

	snprintf(source, sizeof(source), "%s/%s", node->dir, from);
	snprintf(target, sizeof(target), "%s/%s", node->dir, to);
	run(node, argv);
}

void union_save(struct union_node *node, const char *name)
{
	copy(node, "data", name);
}

void union_restore(struct union_node *node, const char *name)
{
	union_erase(node);
	copy(node, name, "data");
}

/* ---- log
 * --------------------------------------------------------------------------------- */

static const char *log_path(const struct union_node *node, char path[UNION_PATH_MAX])
{
	snprintf(path, UNION_PATH_MAX, "%s/log", node->dir);
	return path;
}

size_t union_log_size(struct union_node *node)
{
	char path[UNION_PATH_MAX];
	struct stat status;

	return stat(log_path(node, path), &status) == 0 ? (size_t)status.st_size : 0;
}

bool union_log_has(struct union_node *node, size_t offset, const char *text)
{
	char path[UNION_PATH_MAX];
	char *log = union_read(log_path(node, path));
	bool has = log != NULL && strlen(log) >= offset &&
		   strstr(log + offset, text) != NULL;

	free(log);
	return has;
}

void union_await_log(struct union_node *node, size_t offset, const char *text)
{
	union_until(node->in, text, union_log_has(node, offset, text));
}
