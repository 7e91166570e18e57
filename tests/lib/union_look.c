/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/union_private.h"

#define METRICS_BYTES (256 * 1024)

/* What nodes show to those who are no clients. */

bool union_data_has(struct union_node *node, const char *text)
{
	char path[UNION_PATH_MAX];
	const char *grep[] = { "grep", "-q", "-a", "-F", text, path, NULL };
	struct union_output output;
	bool has;

	snprintf(path, sizeof(path), "%s/data/data.mdb", node->dir);
	union_run(node->in, NULL, grep, &output);
	has = output.status == 0;
	union_output_finish(&output);
	return has;
}

size_t union_data_alter(struct union_node *node, const char *text, const char *to)
{
	char path[UNION_PATH_MAX];
	size_t size = strlen(text), found = 0, at = 0, got;
	static char block[1 << 16];
	FILE *file;

	snprintf(path, sizeof(path), "%s/data/data.mdb", node->dir);
	file = fopen(path, "r+b");
	assert_non_null(file);
	for (;;) {
		assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
		got = fread(block, 1, sizeof(block), file);
		for (size_t i = 0; i + size <= got; i++) {
			if (memcmp(block + i, text, size) == 0) {
				fseek(file, (long)(at + i), SEEK_SET);
				assert_int_equal(fwrite(to, 1, size, file), size);
				found++;
			}
		}
		if (got < sizeof(block)) {
			break;
		}
		at += sizeof(block) - size;
	}
	assert_int_equal(fclose(file), 0);
	return found;
}

static int call_metrics(struct union_node *node)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)node->metrics) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, node->host, &at.sin_addr), 1);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		union_fail(node->in, "%s: no metrics", node->dir);
	}
	return fd;
}

static void get_metrics(struct union_node *node, char *text)
{
	const char *request = "GET /metrics HTTP/1.0\r\n\r\n";
	int fd = call_metrics(node);
	size_t used = 0;
	ssize_t got;

	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	while ((got = read(fd, text + used, METRICS_BYTES - 1 - used)) > 0) {
		used += (size_t)got;
	}
	assert_int_equal(got, 0);
	text[used] = '\0';
	close(fd);
}

uint64_t union_metric(struct union_node *node, const char *name)
{
	char *text = malloc(METRICS_BYTES);
	char wanted[160];
	const char *found;
	uint64_t value = 0;

	assert_non_null(text);
	get_metrics(node, text);
	snprintf(wanted, sizeof(wanted), "\ncordon_%s ", name);
	found = strstr(text, wanted);
	if (found != NULL) {
		value = strtoull(found + strlen(wanted), NULL, 10);
	}
	free(text);
	return value;
}
