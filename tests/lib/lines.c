/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/lib/lines.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/proxy.h"
#include "tests/lib/union_private.h"

struct lines {
	struct testunion *in;
	pid_t pid;
	FILE *to, *from;
	struct {
		size_t from, to;
	} ends[UNION_NODES_MAX * UNION_NODES_MAX];
	size_t count;
};

static void ask(struct lines *lines, const char *command, char *answer)
{
	if (fprintf(lines->to, "%s\n", command) < 0 || fflush(lines->to) != 0 ||
		fgets(answer, PROXY_ANSWER_BYTES, lines->from) == NULL) {
		union_fail(lines->in, "the bad lines have gone");
	}
	if (strncmp(answer, "ok", 2) != 0) {
		union_fail(lines->in, "bad lines: %s: %s", command, answer);
	}
}

struct lines *lines_create(struct testunion *u)
{
	struct lines *lines = calloc(1, sizeof(*lines));
	const char *argv[] = { TEST_BADLINES, NULL };
	char in[32], out[32];
	struct union_child child = { argv, in, out, NULL, -1 };
	int to[2], from[2];

	assert_non_null(lines);
	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	snprintf(in, sizeof(in), "/dev/fd/%d", to[0]);
	snprintf(out, sizeof(out), "/dev/fd/%d", from[1]);
	lines->in = u;
	lines->pid = union_spawn(u, &child);
	close(to[0]);
	close(from[1]);
	lines->to = fdopen(to[1], "w");
	lines->from = fdopen(from[0], "r");
	assert_non_null(lines->to);
	assert_non_null(lines->from);
	return lines;
}

void lines_destroy(struct lines *lines)
{
	int status;

	if (lines == NULL) {
		return;
	}
	fclose(lines->to);
	status = union_reap(lines->in, lines->pid, "the bad lines end");
	fclose(lines->from);
	free(lines);
	assert_int_equal(status, 0);
}

size_t lines_between(
	struct lines *lines, struct union_node *from, const struct union_node *to)
{
	char command[160], answer[PROXY_ANSWER_BYTES];
	size_t line;
	unsigned port = union_free_port(lines->in);

	snprintf(command, sizeof(command), "line %s %u %s %u", union_host(lines->in),
		port, to->host, to->port);
	ask(lines, command, answer);
	assert_int_equal(sscanf(answer, "ok %zu", &line), 1);
	assert_int_equal(line, lines->count);
	lines->ends[line].from = from->index;
	lines->ends[line].to = to->index;
	lines->count++;
	from->via[to->index] = port;
	return line;
}

size_t lines_count(const struct lines *lines)
{
	return lines->count;
}

size_t lines_find(const struct lines *lines, const struct union_node *from,
	const struct union_node *to)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (lines->ends[i].from == from->index &&
			lines->ends[i].to == to->index) {
			return i;
		}
	}
	return SIZE_MAX;
}

void lines_tell(struct lines *lines, size_t line, const char *format, ...)
{
	char command[160], answer[PROXY_ANSWER_BYTES];
	int used = snprintf(command, sizeof(command), "%zu ", line);
	va_list ap;

	va_start(ap, format);
	vsnprintf(command + used, sizeof(command) - (size_t)used, format, ap);
	va_end(ap);
	ask(lines, command, answer);
}

void lines_tell_all(struct lines *lines, const char *command)
{
	for (size_t i = 0; i < lines->count; i++) {
		lines_tell(lines, i, "%s", command);
	}
}

void lines_shake(struct lines *lines, unsigned min_ms, unsigned max_ms, uint64_t seed)
{
	for (size_t i = 0; i < lines->count; i++) {
		lines_tell(lines, i, "shake %u %u %" PRIu64, min_ms, max_ms, seed + i);
	}
}

struct lines_counts lines_counts(struct lines *lines, size_t line)
{
	char command[32], answer[PROXY_ANSWER_BYTES];
	struct lines_counts counts;

	snprintf(command, sizeof(command), "%zu count", line);
	ask(lines, command, answer);
	assert_int_equal(
		sscanf(answer,
			"ok connections %" SCNu64 " up %" SCNu64 " down %" SCNu64,
			&counts.connections, &counts.up_bytes, &counts.down_bytes),
		3);
	return counts;
}

/* ---- shapes
 * -------------------------------------------------------------------------------- */

const char *lines_shape_text(enum lines_shape shape)
{
	static const char *const texts[LINES_SHAPES] = { "chain", "star", "ring",
		"mesh" };

	return texts[shape];
}

static bool know_each_other(enum lines_shape shape, size_t count, size_t a, size_t b)
{
	size_t low = a < b ? a : b, high = a < b ? b : a;

	switch (shape) {
	case LINES_CHAIN:
		return high == low + 1;
	case LINES_STAR:
		return low == 0;
	case LINES_RING:
		return high == low + 1 || (low == 0 && high == count - 1);
	case LINES_MESH:
	case LINES_SHAPES:
		break;
	}
	return true;
}

/* "KAZ/node-1 RUS/node-1"; good until the next lines_join. */
static void name_peers(struct union_node *node, struct union_node **nodes,
	const bool *known, size_t count)
{
	static char texts[UNION_NODES_MAX][UNION_NODES_MAX * 20];
	char *text = texts[node->index];

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		if (known[i]) {
			strcat(text, nodes[i]->member);
			strcat(text, "/node-1 ");
		}
	}
	node->peers = text;
}

void lines_join(struct testunion *u, struct lines *lines, enum lines_shape shape,
	struct union_node **nodes, size_t count)
{
	static const char *const members[] = { "BLR", "KAZ", "RUS", "KGZ", "ARM" };

	assert_true(count >= 3 && count <= sizeof(members) / sizeof(members[0]));
	for (size_t i = 0; i < count; i++) {
		nodes[i] = union_add(u, members[i], "node-1");
	}
	for (size_t i = 0; i < count; i++) {
		bool known[UNION_NODES_MAX] = { false };

		for (size_t k = 0; k < count; k++) {
			known[k] = k != i && know_each_other(shape, count, i, k);
			if (known[k] && lines != NULL) {
				lines_between(lines, nodes[i], nodes[k]);
			}
		}
		name_peers(nodes[i], nodes, known, count);
	}
}

void lines_start(struct union_node **nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		union_launch(nodes[i]);
	}
	for (size_t i = 0; i < count; i++) {
		union_await(nodes[i]);
	}
}
