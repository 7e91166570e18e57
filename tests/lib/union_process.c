/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/union_private.h"

#define PAUSE_MS 2
#define LOG_TAIL_BYTES 3000
#define ARGUMENTS_MAX 40

const char *union_cordond(void)
{
	return TEST_CORDOND;
}

const char *union_cordonctl(void)
{
	return TEST_CORDONCTL;
}

int64_t union_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct union_waiting union_waiting(struct testunion *u, const char *what)
{
	return (struct union_waiting){ u, what, union_now_ms() + UNION_PATIENCE_MS };
}

void union_pause(struct union_waiting *waiting)
{
	struct timespec pause = { 0, PAUSE_MS * 1000000L };

	if (union_now_ms() > waiting->until_ms) {
		union_fail(waiting->in, "waited in vain: %s", waiting->what);
	}
	nanosleep(&pause, NULL);
}

static void show_log(const struct union_node *node)
{
	char path[UNION_PATH_MAX];
	char *log;
	size_t size;

	snprintf(path, sizeof(path), "%s/log", node->dir);
	log = union_read(path);
	if (log == NULL) {
		return;
	}
	size = strlen(log);
	print_error("--- log of %s/%s\n%s\n", node->member, node->name,
		size > LOG_TAIL_BYTES ? log + size - LOG_TAIL_BYTES : log);
	free(log);
}

_Noreturn void union_fail(struct testunion *u, const char *format, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	for (size_t i = 0; i < u->count; i++) {
		show_log(u->nodes[i]);
	}
	print_error("%s\n", text);
	fail();
	abort();
}

char *union_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	long size;

	if (file == NULL) {
		return NULL;
	}
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	/* a log may have grown meanwhile: as far as it was */
	text[fread(text, 1, (size_t)size, file)] = '\0';
	fclose(file);
	return text;
}

void union_write(const char *path, const char *content)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0) {
		_exit(126);
	}
	close(fd);
}

static void become(const struct union_child *child, pid_t parent)
{
	const char *null = "/dev/null";

	/* dies with the test, however that ends */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) {
		_exit(126);
	}
	if (child->netns >= 0 && setns(child->netns, CLONE_NEWNET) != 0) {
		_exit(126);
	}
	redirect(child->in == NULL ? null : child->in, O_RDONLY, STDIN_FILENO);
	redirect(child->out == NULL ? null : child->out, O_WRONLY | O_CREAT | O_TRUNC,
		STDOUT_FILENO);
	redirect(child->err == NULL ? null : child->err, O_WRONLY | O_CREAT | O_APPEND,
		STDERR_FILENO);
	execvp(child->argv[0], (char *const *)child->argv);
	_exit(127);
}

pid_t union_spawn(struct testunion *u, const struct union_child *child)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		become(child, parent);
	}
	if (pid < 0) {
		union_fail(u, "fork: %s", strerror(errno));
	}
	return pid;
}

int union_reap(struct testunion *u, pid_t pid, const char *what)
{
	struct union_waiting waiting = union_waiting(u, what);
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		union_pause(&waiting);
	}
	if (got < 0) {
		union_fail(u, "%s: waitpid: %s", what, strerror(errno));
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void union_run(struct testunion *u, const char *input, const char *const *argv,
	struct union_output *output)
{
	char in[UNION_PATH_MAX], out[UNION_PATH_MAX], err[UNION_PATH_MAX];
	struct union_child child = { argv, NULL, out, err, -1 };
	unsigned run = u->runs++;

	snprintf(in, sizeof(in), "%s/run-%u.in", u->dir, run);
	snprintf(out, sizeof(out), "%s/run-%u.out", u->dir, run);
	snprintf(err, sizeof(err), "%s/run-%u.err", u->dir, run);
	if (input != NULL) {
		union_write(in, input);
		child.in = in;
	}
	output->status = union_reap(u, union_spawn(u, &child), argv[0]);
	output->out = union_read(out);
	output->err = union_read(err);
	unlink(in);
	unlink(out);
	unlink(err);
	assert_non_null(output->out);
	assert_non_null(output->err);
}

void union_output_finish(struct union_output *output)
{
	free(output->out);
	free(output->err);
	output->out = output->err = NULL;
}

void union_ctl(struct union_node *node, enum union_role role, const char *input,
	struct union_output *output, ...)
{
	const char *argv[ARGUMENTS_MAX] = { union_cordonctl(), "--config" };
	char config[UNION_PATH_MAX];
	size_t count = 3;
	va_list ap;

	snprintf(
		config, sizeof(config), "%s/%s.conf", node->dir, union_role_text(role));
	argv[2] = config;
	va_start(ap, output);
	do {
		assert_true(count < ARGUMENTS_MAX);
		argv[count] = va_arg(ap, const char *);
	} while (argv[count++] != NULL);
	va_end(ap);
	union_run(node->in, input, argv, output);
}
