/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/node/access_log_private.h"

/* The log's files and their names. */

static const char *const suffixes[] = {
	[ACCESS_PLAIN] = ".log",
	[ACCESS_PACKED] = ".log.zst",
	[ACCESS_PACKED_FOUND] = ".kept.zst",
};

int access_fail(int error, const char *what, const char *path, struct errmsg *msg)
{
	int code = error == ENOSPC || error == EDQUOT ? CORDON_EFULL : CORDON_EIO;

	return errmsg_set(
		msg, code, "access log: cannot %s %s: %s", what, path, strerror(error));
}

void access_path(const struct access_log *log, const struct access_file *file,
	char path[ACCESS_PATH_MAX])
{
	snprintf(path, ACCESS_PATH_MAX, "%s/%016" PRIu64 "%s", log->directory,
		file->number, suffixes[file->form]);
}

static bool read_name(const char *name, struct access_file *file)
{
	char *end;

	if (name[0] < '0' || name[0] > '9') {
		return false;
	}
	errno = 0;
	file->number = strtoull(name, &end, 10);
	if (errno != 0 || end - name != 16 || file->number == 0) {
		return false;
	}
	for (int form = ACCESS_PLAIN; form <= ACCESS_PACKED_FOUND; form++) {
		if (strcmp(end, suffixes[form]) == 0) {
			file->form = (enum access_form)form;
			return true;
		}
	}
	return false;
}

/* By number; of one that is there in two forms the later form last. */
static int compare(const void *a, const void *b)
{
	const struct access_file *x = a, *y = b;

	if (x->number != y->number) {
		return x->number < y->number ? -1 : 1;
	}
	return (int)x->form - (int)y->form;
}

/* A plain file goes once the packed one is on disk: while both are there they say the
 * same, and the later form counts. */
static size_t without_doubles(struct access_file *files, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && files[kept - 1].number == files[i].number) {
			kept--;
		}
		files[kept++] = files[i];
	}
	return kept;
}

int access_list(const struct access_log *log, struct access_file **files, size_t *count,
	struct errmsg *msg)
{
	DIR *dir = opendir(log->directory);
	struct access_file *all = NULL, file;
	size_t used = 0, room = 0;
	struct dirent *entry;
	int error = 0;

	if (dir == NULL) {
		return access_fail(errno, "read", log->directory, msg);
	}
	while (error == 0 && (entry = readdir(dir)) != NULL) {
		if (!read_name(entry->d_name, &file)) {
			continue;
		}
		if (used == room) {
			void *grown;

			room = room * 2 + 64;
			grown = realloc(all, room * sizeof(*all));
			if (grown == NULL) {
				error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
				break;
			}
			all = grown;
		}
		all[used++] = file;
	}
	closedir(dir);
	if (error != 0) {
		free(all);
		return error;
	}
	if (used > 0) {
		qsort(all, used, sizeof(*all), compare);
	}
	*files = all;
	*count = without_doubles(all, used);
	return 0;
}

/* ---- reading and writing ----------------------------------------------------------
 */

int access_pwrite(int fd, const void *data, size_t size, uint64_t at)
{
	const uint8_t *from = data;

	while (size > 0) {
		ssize_t wrote = pwrite(fd, from, size, (off_t)at);

		if (wrote < 0 && errno == EINTR) {
			continue;
		}
		if (wrote <= 0) {
			return wrote < 0 ? errno : ENOSPC;
		}
		from += wrote;
		size -= (size_t)wrote;
		at += (uint64_t)wrote;
	}
	return 0;
}

static int read_all(int fd, uint8_t *data, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, data + got, size - got, (off_t)got);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? errno : EIO;
		}
		got += (size_t)n;
	}
	return 0;
}

int access_load_file(const struct access_log *log, const struct access_file *file,
	uint8_t **data, size_t *size, struct errmsg *msg)
{
	char path[ACCESS_PATH_MAX];
	struct stat stat;
	uint8_t *loaded;
	int fd, error;

	access_path(log, file, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &stat) != 0) {
		error = access_fail(errno, "open", path, msg);
		if (fd >= 0) {
			close(fd);
		}
		return error;
	}
	loaded = malloc((size_t)stat.st_size + 1);
	error = loaded == NULL ? ENOMEM : read_all(fd, loaded, (size_t)stat.st_size);
	close(fd);
	if (error != 0) {
		free(loaded);
		return access_fail(error, "read", path, msg);
	}
	*size = (size_t)stat.st_size;
	error = file->form == ACCESS_PLAIN ? 0 : access_unpack(&loaded, size, msg);
	if (error != 0) {
		free(loaded);
		return errmsg_wrap(msg, error, "%s", path);
	}
	*data = loaded;
	return 0;
}

int access_sync_directory(const struct access_log *log, struct errmsg *msg)
{
	int fd = open(log->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = 0;

	if (fd < 0 || fsync(fd) != 0) {
		error = access_fail(errno, "sync", log->directory, msg);
	}
	if (fd >= 0) {
		close(fd);
	}
	return error;
}

int access_replace(const char *path, const void *data, size_t size, struct errmsg *msg)
{
	char new[ACCESS_PATH_MAX + 8];
	int fd, error = 0;

	snprintf(new, sizeof(new), "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return access_fail(errno, "make", new, msg);
	}
	error = access_pwrite(fd, data, size, 0);
	if (error == 0 && fsync(fd) != 0) {
		error = errno;
	}
	close(fd);
	if (error == 0 && rename(new, path) != 0) {
		error = errno;
	}
	if (error != 0) {
		unlink(new);
		return access_fail(error, "write", path, msg);
	}
	return 0;
}

/* ---- spares -----------------------------------------------------------------------
 */

static void spare_path(
	const struct access_log *log, uint64_t number, char path[ACCESS_PATH_MAX])
{
	snprintf(path, ACCESS_PATH_MAX, "%s/spare-%" PRIu64, log->directory, number);
}

/* What was half made goes; a spare of another size is of no use. */
static int tidy_one(struct access_log *log, const char *name, struct errmsg *msg)
{
	char path[ACCESS_PATH_MAX];
	size_t size = strlen(name);
	struct stat stat_buf;
	uint64_t number;

	snprintf(path, sizeof(path), "%s/%s", log->directory, name);
	if (size > 4 && strcmp(name + size - 4, ".new") == 0) {
		return unlink(path) == 0 ? 0 : access_fail(errno, "remove", path, msg);
	}
	if (strncmp(name, "spare-", 6) != 0) {
		return 0;
	}
	number = strtoull(name + 6, NULL, 10);
	if (stat(path, &stat_buf) != 0) {
		return access_fail(errno, "look at", path, msg);
	}
	if ((uint64_t)stat_buf.st_size != log->segment_bytes) {
		return unlink(path) == 0 ? 0 : access_fail(errno, "remove", path, msg);
	}
	log->spares++;
	if (number >= log->spare_next) {
		log->spare_next = number + 1;
	}
	return 0;
}

int access_tidy(struct access_log *log, struct errmsg *msg)
{
	DIR *dir = opendir(log->directory);
	struct dirent *entry;
	int error = 0;

	if (dir == NULL) {
		return access_fail(errno, "read", log->directory, msg);
	}
	while (error == 0 && (entry = readdir(dir)) != NULL) {
		error = tidy_one(log, entry->d_name, msg);
	}
	closedir(dir);
	return error;
}

static int write_zeros(int fd, uint64_t size)
{
	static const uint8_t zeros[65536];
	int error = 0;

	for (uint64_t at = 0; error == 0 && at < size; at += sizeof(zeros)) {
		uint64_t left = size - at;

		error = access_pwrite(fd, zeros,
			left < sizeof(zeros) ? (size_t)left : sizeof(zeros), at);
	}
	return error;
}

/* Space that is the file's own, and written once: a sync over it writes data and
 * nothing else, where what was never written has its extents changed as well. */
static int allocate(int fd, uint64_t size)
{
	int error = posix_fallocate(fd, 0, (off_t)size);

	if (error == 0) {
		error = write_zeros(fd, size);
	}
	return error != 0 || fsync(fd) == 0 ? error : errno;
}

int access_make_spare(struct access_log *log, struct errmsg *msg)
{
	char path[ACCESS_PATH_MAX], new[ACCESS_PATH_MAX + 8];
	uint64_t number;
	int fd, error;

	pthread_mutex_lock(&log->lock);
	number = log->spare_next++;
	pthread_mutex_unlock(&log->lock);
	spare_path(log, number, path);
	snprintf(new, sizeof(new), "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return access_fail(errno, "make", new, msg);
	}
	error = allocate(fd, log->segment_bytes);
	close(fd);
	if (error == 0 && rename(new, path) != 0) {
		error = errno;
	}
	if (error != 0) {
		unlink(new);
		return access_fail(error, "make space ready in", log->directory, msg);
	}
	error = access_sync_directory(log, msg);
	if (error == 0) {
		pthread_mutex_lock(&log->lock);
		log->spares++;
		pthread_cond_signal(&log->wake);
		pthread_mutex_unlock(&log->lock);
	}
	return error;
}

/* Any one will do. */
static int find_spare(const struct access_log *log, char path[ACCESS_PATH_MAX])
{
	DIR *dir = opendir(log->directory);
	struct dirent *entry;
	int found = CORDON_EFULL;

	while (dir != NULL && found != 0 && (entry = readdir(dir)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (strncmp(entry->d_name, "spare-", 6) == 0 &&
			strcmp(entry->d_name + size - 4, ".new") != 0) {
			snprintf(path, ACCESS_PATH_MAX, "%s/%s", log->directory,
				entry->d_name);
			found = 0;
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return found;
}

int access_take_spare(struct access_log *log, uint64_t number, int *fd, uint64_t *size,
	struct errmsg *msg)
{
	const struct access_file file = { number, ACCESS_PLAIN };
	char from[ACCESS_PATH_MAX], path[ACCESS_PATH_MAX];
	int opened, error;

	if (find_spare(log, from) != 0) {
		return errmsg_set(msg, CORDON_EFULL,
			"access log: no space is ready in %s", log->directory);
	}
	access_path(log, &file, path);
	if (rename(from, path) != 0) {
		return access_fail(errno, "rename", from, msg);
	}
	pthread_mutex_lock(&log->lock);
	log->spares -= log->spares > 0;
	pthread_cond_signal(&log->tend);
	pthread_mutex_unlock(&log->lock);
	opened = open(path, O_RDWR | O_CLOEXEC);
	if (opened < 0) {
		return access_fail(errno, "open", path, msg);
	}
	error = access_sync_directory(log, msg);
	if (error != 0) {
		close(opened);
		return error;
	}
	*fd = opened;
	*size = log->segment_bytes;
	return 0;
}
