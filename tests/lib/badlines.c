/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "tests/lib/proxy.h"
#include "tests/lib/random.h"

/*
 * Many bad lines as one program, for tests/lib/lines.c.  Commands come line by line on
 * stdin, each is answered by a line on stdout; it ends with stdin.
 *
 *   line LISTEN-HOST LISTEN-PORT TARGET-HOST TARGET-PORT   answers: ok INDEX
 *   INDEX COMMAND                              of tcpproxy --help
 *   INDEX shake MIN-MS MAX-MS SEED             cuts after random times; 0 0 0: no more
 *   all COMMAND
 */

#define LINES_MAX 64
#define COMMAND_BYTES 128

struct badline {
	struct badlines *in;
	struct proxy *proxy;
	struct event *shaking;
	uint64_t random;
	unsigned min_ms, max_ms;
};

struct badlines {
	struct event_base *base;
	struct evbuffer *in;
	struct badline lines[LINES_MAX];
	size_t count;
};

static void shake_later(struct badline *line)
{
	uint64_t ms = line->min_ms +
		      random_below(&line->random, line->max_ms - line->min_ms + 1);
	struct timeval after = { (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) };

	event_add(line->shaking, &after);
}

static void on_shake(evutil_socket_t fd, short what, void *context)
{
	struct badline *line = context;

	(void)fd;
	(void)what;
	proxy_cut(line->proxy);
	shake_later(line);
}

static bool shake(struct badline *line, const char *command)
{
	if (sscanf(command, "shake %u %u %" SCNu64, &line->min_ms, &line->max_ms,
		    &line->random) != 3 ||
		line->max_ms < line->min_ms) {
		return false;
	}
	event_del(line->shaking);
	if (line->max_ms > 0) {
		shake_later(line);
	}
	return true;
}

static void tell(struct badline *line, const char *command, char *answer)
{
	if (strncmp(command, "shake ", 6) != 0) {
		proxy_command(line->proxy, command, answer);
	} else if (shake(line, command)) {
		strcpy(answer, "ok");
	} else {
		strcpy(answer, "error: shake MIN-MS MAX-MS SEED");
	}
}

static void add(struct badlines *b, const char *command, char *answer)
{
	struct badline *line = &b->lines[b->count];
	char listen_host[48], target_host[48];
	struct proxy_ends ends = { listen_host, 0, target_host, 0 };
	struct errmsg msg = { "" };

	if (b->count == LINES_MAX ||
		sscanf(command, "line %47s %" SCNu16 " %47s %" SCNu16, listen_host,
			&ends.listen_port, target_host, &ends.target_port) != 4) {
		strcpy(answer,
			"error: line LISTEN-HOST LISTEN-PORT TARGET-HOST TARGET-PORT");
		return;
	}
	line->in = b;
	line->shaking = evtimer_new(b->base, on_shake, line);
	if (line->shaking == NULL ||
		proxy_create_at(b->base, &ends, &line->proxy, &msg) != 0) {
		snprintf(answer, PROXY_ANSWER_BYTES, "error: %.120s", msg.text);
		return;
	}
	snprintf(answer, PROXY_ANSWER_BYTES, "ok %zu", b->count++);
}

static void take(struct badlines *b, const char *command, char *answer)
{
	char *rest;
	size_t index;

	if (strncmp(command, "line ", 5) == 0) {
		add(b, command, answer);
		return;
	}
	if (strncmp(command, "all ", 4) == 0) {
		strcpy(answer, "ok");
		for (size_t i = 0; i < b->count; i++) {
			tell(&b->lines[i], command + 4, answer);
		}
		return;
	}
	index = strtoul(command, &rest, 10);
	if (rest == command || *rest != ' ' || index >= b->count) {
		strcpy(answer, "error: no such line");
		return;
	}
	tell(&b->lines[index], rest + 1, answer);
}

static void on_input(evutil_socket_t fd, short what, void *context)
{
	struct badlines *b = context;
	char answer[PROXY_ANSWER_BYTES];
	char *command;
	int got = evbuffer_read(b->in, fd, -1);

	(void)what;
	while ((command = evbuffer_readln(b->in, NULL, EVBUFFER_EOL_LF)) != NULL) {
		if (strlen(command) < COMMAND_BYTES) {
			take(b, command, answer);
		} else {
			strcpy(answer, "error: too long");
		}
		puts(answer);
		fflush(stdout);
		free(command);
	}
	if (got <= 0) {
		event_base_loopbreak(b->base);
	}
}

int main(void)
{
	static struct badlines b;
	struct event *input;

	b.base = event_base_new();
	b.in = evbuffer_new();
	if (b.base == NULL || b.in == NULL) {
		return 1;
	}
	input = event_new(b.base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, &b);
	if (input == NULL || event_add(input, NULL) != 0) {
		fputs("badlines: stdin cannot be waited for: make it a pipe\n", stderr);
		return 1;
	}
	event_base_dispatch(b.base);
	for (size_t i = 0; i < b.count; i++) {
		event_free(b.lines[i].shaking);
		proxy_destroy(b.lines[i].proxy);
	}
	event_free(input);
	evbuffer_free(b.in);
	event_base_free(b.base);
	return 0;
}
