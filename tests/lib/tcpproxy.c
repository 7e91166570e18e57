/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "tests/lib/proxy.h"

/*
 * A bad line as a program: tcpproxy [LISTEN-PORT] TARGET-PORT.  Commands come line by
 * line on stdin, each is answered by a line on stdout; it ends with stdin.
 */

struct console {
	struct event_base *base;
	struct evbuffer *in;
	struct proxy *proxy;
};

static void on_input(evutil_socket_t fd, short what, void *context)
{
	struct console *c = context;
	char answer[PROXY_ANSWER_BYTES];
	char *line;
	int got = evbuffer_read(c->in, fd, -1);

	(void)what;
	while ((line = evbuffer_readln(c->in, NULL, EVBUFFER_EOL_LF)) != NULL) {
		proxy_command(c->proxy, line, answer);
		puts(answer);
		fflush(stdout);
		free(line);
	}
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		event_base_loopbreak(c->base);
	}
}

static bool port_of(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*port = (uint16_t)value;
	return *text != '\0' && *end == '\0' && value <= UINT16_MAX;
}

static int run(uint16_t listen_port, uint16_t target_port)
{
	struct console c = { .base = event_base_new(), .in = evbuffer_new() };
	struct errmsg msg = { "" };
	struct event *input;

	if (c.base == NULL || c.in == NULL) {
		fprintf(stderr, "tcpproxy: out of memory\n");
		return 1;
	}
	if (proxy_create(c.base, listen_port, target_port, &c.proxy, &msg) != 0) {
		fprintf(stderr, "tcpproxy: %s\n", msg.text);
		return 1;
	}
	input = event_new(c.base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, &c);
	if (input == NULL || event_add(input, NULL) != 0) {
		fprintf(stderr,
			"tcpproxy: stdin cannot be waited for: make it a pipe\n");
		return 1;
	}
	printf("listening %u\n", proxy_port(c.proxy));
	fflush(stdout);
	event_base_dispatch(c.base);
	event_free(input);
	proxy_destroy(c.proxy);
	evbuffer_free(c.in);
	event_base_free(c.base);
	return 0;
}

int main(int argc, char **argv)
{
	uint16_t listen_port = 0, target_port = 0;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		printf("usage: tcpproxy [LISTEN-PORT] TARGET-PORT\n"
		       "Passes on what comes to 127.0.0.1:LISTEN-PORT (default: any "
		       "free one,\n"
		       "see the line \"listening PORT\") to 127.0.0.1:TARGET-PORT. "
		       "Commands on stdin:\n\n" PROXY_COMMANDS);
		return 0;
	}
	if (argc < 2 || argc > 3 || !port_of(argv[argc - 1], &target_port) ||
		(argc == 3 && !port_of(argv[1], &listen_port))) {
		fprintf(stderr, "usage: tcpproxy [LISTEN-PORT] TARGET-PORT\n");
		return 2;
	}
	return run(listen_port, target_port);
}
