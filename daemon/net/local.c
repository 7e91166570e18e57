/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/net/local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/net/acceptor.h"

struct local {
	struct acceptor acceptor;
	local_accept_fn *accepted;
	void *context;
	char *path; /* NULL: no socket file of ours */
	dev_t device;
	ino_t inode;
};

static void on_accepted(void *context, int fd, const struct sockaddr *address)
{
	struct local *l = context;
	struct ucred caller;
	socklen_t size = sizeof(caller);

	(void)address;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &caller, &size) != 0) {
		log_warning(
			"local socket: who calls is not known: %s", strerror(errno));
		close(fd);
		return;
	}
	if (caller.uid != 0 && caller.uid != geteuid()) {
		log_warning("local socket: user %u (process %d) is not allowed",
			(unsigned)caller.uid, (int)caller.pid);
		close(fd);
		return;
	}
	l->accepted(l->context, fd, caller.uid);
}

static int path_error(struct errmsg *msg, int error, const char *path, int number)
{
	return errmsg_set(msg, error, "local socket %s: %s", path, strerror(number));
}

static int address_of(const char *path, struct sockaddr_un *address, struct errmsg *msg)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) == 0 || strlen(path) >= sizeof(address->sun_path)) {
		return errmsg_set(msg, CORDON_EIO,
			"local socket %s: the path must have 1 to %zu bytes", path,
			sizeof(address->sun_path) - 1);
	}
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

static int new_socket(const char *path, int *fd, struct errmsg *msg)
{
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return *fd < 0 ? path_error(msg, CORDON_EIO, path, errno) : 0;
}

/* Is the socket in the way alive? */
static int ask(const struct sockaddr_un *address, struct errmsg *msg)
{
	const char *path = address->sun_path;
	int fd, number;
	int error = new_socket(path, &fd, msg);

	if (error != 0) {
		return error;
	}
	number = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0
			 ? 0
			 : errno;
	close(fd);
	switch (number) {
	case 0:
	case EAGAIN: /* its queue is full */
		return errmsg_set(msg, CORDON_EBUSY,
			"local socket %s: another node is listening there", path);
	case ECONNREFUSED:
	case ENOENT: /* removed meanwhile */
		return 0;
	default:
		return path_error(msg, CORDON_EIO, path, number);
	}
}

/* Removes what a killed node left, and nothing else. */
static int clear_the_way(const struct sockaddr_un *address, struct errmsg *msg)
{
	const char *path = address->sun_path;
	struct stat s;
	int error;

	if (lstat(path, &s) != 0) {
		return errno == ENOENT ? 0 : path_error(msg, CORDON_EIO, path, errno);
	}
	if (!S_ISSOCK(s.st_mode)) {
		return errmsg_set(msg, CORDON_EIO,
			"local socket %s: there is a file that is no socket", path);
	}
	error = ask(address, msg);
	if (error != 0) {
		return error;
	}
	if (unlink(path) != 0 && errno != ENOENT) {
		return path_error(msg, CORDON_EIO, path, errno);
	}
	return 0;
}

static int listen_at(
	struct local *l, const struct sockaddr_un *address, int fd, struct errmsg *msg)
{
	const char *path = address->sun_path;
	struct stat s;

	/* before bind, Linux: the file never exists with a wider mode */
	if (fchmod(fd, 0600) != 0 ||
		bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
		return path_error(msg, errno == EADDRINUSE ? CORDON_EBUSY : CORDON_EIO,
			path, errno);
	}
	l->path = strdup(path);
	if (l->path == NULL || lstat(path, &s) != 0 || listen(fd, SOMAXCONN) != 0) {
		int number = errno;

		unlink(path);
		free(l->path);
		l->path = NULL;
		return path_error(msg, CORDON_EIO, path, number);
	}
	l->device = s.st_dev;
	l->inode = s.st_ino;
	return 0;
}

static int start(
	struct local *l, struct event_base *base, const char *path, struct errmsg *msg)
{
	struct sockaddr_un address;
	int fd;
	int error = address_of(path, &address, msg);

	if (error == 0) {
		error = clear_the_way(&address, msg);
	}
	if (error == 0) {
		error = new_socket(path, &fd, msg);
	}
	if (error != 0) {
		return error;
	}
	error = listen_at(l, &address, fd, msg);
	if (error != 0) {
		close(fd);
		return error;
	}
	return acceptor_init(&l->acceptor, base, fd, msg);
}

int local_create(struct event_base *base, const char *path, local_accept_fn *accepted,
	void *context, struct local **local, struct errmsg *msg)
{
	struct local *l = calloc(1, sizeof(*l));
	int error;

	if (l == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	l->accepted = accepted;
	l->context = context;
	l->acceptor = (struct acceptor){ .spare = -1,
		.name = "local socket",
		.accepted = on_accepted,
		.context = l };
	error = start(l, base, path, msg);
	if (error != 0) {
		local_destroy(l);
		return error;
	}
	*local = l;
	return 0;
}

void local_destroy(struct local *local)
{
	struct stat s;

	if (local == NULL) {
		return;
	}
	acceptor_finish(&local->acceptor);
	if (local->path != NULL && lstat(local->path, &s) == 0 &&
		s.st_dev == local->device && s.st_ino == local->inode) {
		unlink(local->path);
	}
	free(local->path);
	free(local);
}
