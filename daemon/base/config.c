/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/config_build.h"
#include "daemon/base/config_file.h"
#include "daemon/base/config_text.h"
#include "proto/arena.h"

/* Far more than a file of CONFIG_FILE_MAX_BYTES turns into. */
#define MEMORY_MAX_BYTES ((size_t)256 * 1024 * 1024)

static struct config *create(void)
{
	struct arena *arena = malloc(sizeof(*arena));
	struct config *config;

	if (arena == NULL) {
		return NULL;
	}
	arena_init(arena, MEMORY_MAX_BYTES);
	config = arena_alloc(arena, sizeof(*config));
	if (config == NULL) {
		arena_finish(arena);
		free(arena);
		return NULL;
	}
	config->arena = arena;
	return config;
}

void config_destroy(struct config *config)
{
	struct arena *arena = config == NULL ? NULL : config->arena;

	if (arena != NULL) {
		arena_finish(arena); /* config is in it */
		free(arena);
	}
}

/* path from the root; NULL without memory, or without a working directory. */
static const char *absolute(struct arena *arena, const char *path)
{
	char here[PATH_MAX];

	if (path[0] == '/') {
		return arena_text(arena, path, strlen(path));
	}
	return getcwd(here, sizeof(here)) == NULL
		       ? NULL
		       : arena_printf(arena, "%s/%s", here, path);
}

static int parse(
	const char *text, size_t bytes, struct config *config, struct errmsg *msg)
{
	const char *dir = arena_text(config->arena, config->path,
		(size_t)(strrchr(config->path, '/') - config->path));
	struct config_block *blocks;
	int error;

	if (dir == NULL) {
		return errmsg_set(
			msg, CORDON_ENOMEM, "%s: out of memory", config->path);
	}
	error = config_file_parse(
		config->path, text, bytes, config->arena, &blocks, msg);
	if (error == 0) {
		error = config_build(blocks, dir, config, msg);
	}
	return error == 0 ? config_check(blocks, config, msg) : error;
}

int config_parse(const char *path, const char *text, size_t text_bytes,
	struct config **config, struct errmsg *msg)
{
	struct config *new = create();
	int error;

	if (new == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "%s: out of memory", path);
	}
	new->path = absolute(new->arena, path);
	error = new->path == NULL
			? errmsg_set(msg, CORDON_ECONFIG,
				  "%s: the working directory is unknown", path)
			: parse(text, text_bytes, new, msg);
	if (error != 0) {
		config_destroy(new);
		return error;
	}
	*config = new;
	return 0;
}

/* Up to size bytes; fewer at the end of the file.  -1 with errno. */
static ssize_t read_whole(int fd, char *out, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(fd, out + used, size - used);

		if (got == 0) {
			break;
		}
		if (got < 0 && errno != EINTR) {
			return -1;
		}
		used += got < 0 ? 0 : (size_t)got;
	}
	return (ssize_t)used;
}

/* One byte more than is allowed, for the parser to refuse. */
#define READ_BYTES (CONFIG_FILE_MAX_BYTES + 1)

int config_load(const char *path, struct config **config, struct errmsg *msg)
{
	char *text = malloc(READ_BYTES);
	ssize_t bytes;
	int error, fd;

	if (text == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "%s: out of memory", path);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	bytes = fd < 0 ? -1 : read_whole(fd, text, READ_BYTES);
	error = bytes < 0 ? errmsg_set(msg, CORDON_ECONFIG, "read %s: %s", path,
				    strerror(errno))
			  : config_parse(path, text, (size_t)bytes, config, msg);
	if (fd >= 0) {
		close(fd);
	}
	free(text);
	return error;
}

const struct config_member *config_member_find(
	const struct config *config, const struct state *code)
{
	for (size_t i = 0; i < config->members_count; i++) {
		if (ident_state_equal(&config->members[i].code, code)) {
			return &config->members[i];
		}
	}
	return NULL;
}
