/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "proto/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct resolve {
	atomic_uint holders;
	int asker_fd; /* at its end when the thread has closed the other */
	int thread_fd;
	char *host;
	char service[8];
	/* the thread's, until done */
	atomic_bool done;
	int error;  /* of getaddrinfo */
	int number; /* errno with EAI_SYSTEM */
	struct addrinfo *found;
};

static const struct addrinfo stream = { .ai_socktype = SOCK_STREAM };

struct addrinfo *resolve_address(const char *host, uint16_t port)
{
	struct addrinfo hints = stream;
	struct addrinfo *found;
	char service[8];

	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	snprintf(service, sizeof(service), "%u", port);
	return getaddrinfo(host, service, &hints, &found) == 0 ? found : NULL;
}

static void let_go(struct resolve *r)
{
	if (atomic_fetch_sub(&r->holders, 1) > 1) {
		return;
	}
	if (r->found != NULL) {
		freeaddrinfo(r->found);
	}
	free(r->host);
	free(r);
}

static void *look_up(void *context)
{
	struct resolve *r = context;

	r->error = getaddrinfo(r->host, r->service, &stream, &r->found);
	r->number = errno;
	atomic_store(&r->done, true);
	close(r->thread_fd);
	let_go(r);
	return NULL;
}

/* Signals are for the threads that expect them.  Returns 0 or an errno. */
static int start_thread(struct resolve *r)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;
	int number = pthread_attr_init(&attributes);

	if (number != 0) {
		return number;
	}
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	number = pthread_create(&thread, &attributes, look_up, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return number;
}

int resolve_start(const char *host, uint16_t port, struct resolve **resolve,
	int *ready_fd, struct errmsg *msg)
{
	struct resolve *r = calloc(1, sizeof(*r));
	int fds[2], number;

	if (r == NULL || (r->host = strdup(host)) == NULL) {
		free(r);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	snprintf(r->service, sizeof(r->service), "%u", port);
	atomic_init(&r->holders, 2);
	atomic_init(&r->done, false);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) {
		number = errno;
		goto free_lookup;
	}
	r->asker_fd = fds[0];
	r->thread_fd = fds[1];
	number = start_thread(r);
	if (number != 0) {
		goto close_pipe;
	}
	*resolve = r;
	*ready_fd = fds[0];
	return 0;
close_pipe:
	close(fds[0]);
	close(fds[1]);
free_lookup:
	free(r->host);
	free(r);
	return errmsg_set(
		msg, CORDON_EUNREACHABLE, "look up %s: %s", host, strerror(number));
}

int resolve_result(struct resolve *resolve, struct addrinfo **found, struct errmsg *msg)
{
	struct resolve *r = resolve;

	if (!atomic_load(&r->done)) {
		return errmsg_set(
			msg, CORDON_EINTERNAL, "look up %s: not done yet", r->host);
	}
	if (r->error != 0) {
		return errmsg_set(msg, CORDON_EUNREACHABLE, "look up %s: %s", r->host,
			r->error == EAI_SYSTEM ? strerror(r->number)
					       : gai_strerror(r->error));
	}
	*found = r->found;
	r->found = NULL;
	return 0;
}

void resolve_release(struct resolve *resolve)
{
	if (resolve == NULL) {
		return;
	}
	close(resolve->asker_fd);
	let_go(resolve);
}
