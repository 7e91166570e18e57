/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/union_private.h"

static const char *const roles[UNION_ROLES] = { "admin", "agency", "checkpoint",
	"auditor" };

const char *union_role_text(enum union_role role)
{
	return roles[role];
}

const char *union_dir(const struct testunion *u)
{
	return u->dir;
}

/* ---- the directory
 * ------------------------------------------------------------------- */

static int remove_one(
	const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A process that waits until the test closes its end or dies, then removes dir. */
static pid_t start_reaper(const char *dir, int *fd)
{
	int ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setsid(); /* outlives what ends the test's group */
		close(ends[1]);
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR) {
		}
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		_exit(0);
	}
	close(ends[0]);
	*fd = ends[1];
	return pid;
}

struct testunion *union_create(void)
{
	struct testunion *u = calloc(1, sizeof(*u));
	unsigned pid = (unsigned)getpid();

	assert_non_null(u);
	strcpy(u->dir, "/tmp/cordon-union-XXXXXX");
	assert_non_null(mkdtemp(u->dir));
	/* the whole of 127.0.0.0/8 is this host: each test has an address of its own */
	snprintf(u->host, sizeof(u->host), "127.%u.%u.%u", 16 + (pid >> 16) % 200,
		pid >> 8 & 255, 1 + pid % 254);
	if (getenv("CORDON_TEST_KEEP") != NULL) {
		print_message("kept: %s\n", u->dir);
		u->reaper_fd = -1;
	} else {
		u->reaper = start_reaper(u->dir, &u->reaper_fd);
	}
	return u;
}

const char *union_host(const struct testunion *u)
{
	return u->host;
}

void union_set_host(struct testunion *u, const char *host)
{
	snprintf(u->host, sizeof(u->host), "%s", host);
}

static void free_node(struct union_node *node)
{
	union_forget_clients(node);
	if (node->netns >= 0) {
		close(node->netns);
	}
	free(node);
}

void union_destroy(struct testunion *u)
{
	int statuses[UNION_NODES_MAX] = { 0 };
	bool ok = true;

	for (size_t i = 0; i < u->count; i++) {
		union_signal(u->nodes[i], SIGTERM);
	}
	for (size_t i = 0; i < u->count; i++) {
		if (u->nodes[i]->pid != 0) {
			statuses[i] = union_wait(u->nodes[i]);
		}
	}
	for (size_t i = 0; i < u->count; i++) {
		if (statuses[i] != 0) {
			char path[UNION_PATH_MAX];
			char *log;

			snprintf(path, sizeof(path), "%s/log", u->nodes[i]->dir);
			log = union_read(path);
			print_error("%s ended with status %d:\n%s", u->nodes[i]->dir,
				statuses[i], log == NULL ? "" : log);
			free(log);
			ok = false;
		}
		free_node(u->nodes[i]);
	}
	if (u->reaper_fd >= 0) {
		close(u->reaper_fd);
		waitpid(u->reaper, NULL, 0);
	}
	for (size_t i = 0; i < UNION_FILES; i++) {
		free(u->files[i]);
	}
	free(u);
	assert_true(ok);
}

const char *union_file(struct testunion *u, const char *name, const char *content)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", u->dir, name) > 0);
	union_write(path, content);
	free(u->files[u->next_file % UNION_FILES]);
	u->files[u->next_file++ % UNION_FILES] = path;
	return path;
}

/* ---- nodes
 * ------------------------------------------------------------------------------ */

#define PORT_ELSEWHERE 7700

static unsigned port_now_free(const char *host)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, host, &at.sin_addr), 1);
	if (bind(fd, (struct sockaddr *)&at, size) != 0) {
		/* an address of another network namespace, which has all its ports */
		close(fd);
		return PORT_ELSEWHERE;
	}
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	close(fd);
	return ntohs(at.sin_port);
}

/*
 * Of an address that no other process uses: what is free now stays so, but for this
 * process itself, which may be offered a port that it took and has not bound yet.
 */
static unsigned free_port(const char *host)
{
	static bool taken[65536];
	unsigned port;

	do {
		port = port_now_free(host);
	} while (port != PORT_ELSEWHERE && taken[port]);
	taken[port] = true;
	return port;
}

unsigned union_free_port(struct testunion *u)
{
	return free_port(u->host);
}

static void pki(struct testunion *u, const char *const *argv)
{
	struct union_output output;

	union_run(u, NULL, argv, &output);
	if (output.status != 0) {
		union_fail(u, "cordonctl pki %s: %s", argv[2], output.err);
	}
	union_output_finish(&output);
}

static void issue(
	struct union_node *node, const char *role, const char *name, const char *out)
{
	const char *argv[] = { union_cordonctl(), "pki", "issue", node->pki, "--role",
		role, "--name", name, "--out", out, NULL, NULL, NULL };

	if (strcmp(role, "node") == 0) {
		argv[10] = "--host";
		argv[11] = node->host;
	}
	pki(node->in, argv);
}

static void make_member(struct union_node *node)
{
	const char *init[] = { union_cordonctl(), "pki", "init-member", node->member,
		node->pki, NULL };

	pki(node->in, init);
	for (size_t i = 0; i < UNION_ROLES; i++) {
		char name[32], out[UNION_PATH_MAX];

		snprintf(name, sizeof(name), "%s-1", roles[i]);
		snprintf(out, sizeof(out), "%s/%s", node->pki, roles[i]);
		issue(node, roles[i], name, out);
	}
}

static void write_client_configs(const struct union_node *node)
{
	for (size_t i = 0; i < UNION_ROLES; i++) {
		char path[UNION_PATH_MAX], text[1024];

		snprintf(path, sizeof(path), "%s/%s.conf", node->dir, roles[i]);
		snprintf(text, sizeof(text),
			"server = {\"%s:%u\"}\ncert = \"%s/%s.pem\"\nkey = "
			"\"%s/%s.key\"\nca = \"%s/ca.pem\"\n",
			node->host, node->port, node->pki, roles[i], node->pki,
			roles[i], node->pki);
		union_write(path, text);
	}
}

struct union_node *union_add(struct testunion *u, const char *member, const char *name)
{
	struct union_node *node = calloc(1, sizeof(*node));
	char out[UNION_PATH_MAX];
	bool first = true;

	assert_non_null(node);
	assert_true(u->count < UNION_NODES_MAX);
	node->in = u;
	node->netns = -1;
	snprintf(node->member, sizeof(node->member), "%s", member);
	snprintf(node->name, sizeof(node->name), "%s", name);
	snprintf(node->host, sizeof(node->host), "%s", u->host);
	snprintf(node->dir, sizeof(node->dir), "%s/%s-%s", u->dir, member, name);
	snprintf(node->pki, sizeof(node->pki), "%s/%s-pki", u->dir, member);
	node->port = free_port(u->host);
	for (size_t i = 0; i < u->count; i++) {
		first = first && strcmp(u->nodes[i]->member, member) != 0;
	}
	node->index = u->count;
	u->nodes[u->count++] = node;
	assert_int_equal(mkdir(node->dir, 0700), 0);
	if (first) {
		make_member(node);
	}
	snprintf(out, sizeof(out), "%s/%s", node->pki, name);
	issue(node, "node", name, out);
	write_client_configs(node);
	return node;
}

void union_three(struct testunion *u, struct union_node *node[3])
{
	static const char *const members[] = { "BLR", "KAZ", "RUS" };

	for (size_t i = 0; i < 3; i++) {
		node[i] = union_add(u, members[i], "node-1");
	}
	for (size_t i = 0; i < 3; i++) {
		union_launch(node[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		union_await(node[i]);
	}
}
