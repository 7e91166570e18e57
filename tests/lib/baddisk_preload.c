/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded into a node (LD_PRELOAD): keeps a journal of what was written to the store and
 * not made durable yet, so that the test can take it back after a kill as a power cut
 * would have; and makes writes to the store or to the access log fail when told to.
 *
 * Durable is what an fdatasync, fsync or msync(MS_SYNC) followed, or what was written
 * through a descriptor opened with O_DSYNC or O_SYNC: that one write, not those before.
 * Renames and the file's birth are taken to be durable.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* both names of each call are defined here */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/lib/baddisk_format.h"

#define DESCRIPTORS 4096

#define EXPORT __attribute__((visibility("default")))

enum kind {
	NEITHER,
	STORE,
	STORE_SYNC,
	ACCESS_LOG
};

static unsigned char kinds[DESCRIPTORS];
static int journal = -1;
static const struct baddisk_fault *fault;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int sys_open(const char *path, int flags, mode_t mode)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv(BADDISK_JOURNAL);
	int fd;

	if (path != NULL) {
		journal = sys_open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (journal < 0) {
			abort();
		}
	}
	path = getenv(BADDISK_FAULT);
	if (path != NULL) {
		fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
		fault = mmap(NULL, sizeof(*fault), PROT_READ, MAP_SHARED, fd, 0);
		if (fault == MAP_FAILED) {
			abort();
		}
		close(fd);
	}
}

static enum kind kind_of(int fd)
{
	return fd >= 0 && fd < DESCRIPTORS ? (enum kind)kinds[fd] : NEITHER;
}

static int opened(int fd, const char *path, int flags)
{
	size_t size = strlen(path), end = strlen(BADDISK_STORE);

	if (fd < 0 || fd >= DESCRIPTORS) {
		return fd;
	}
	kinds[fd] = NEITHER;
	if (size >= end && strcmp(path + size - end, BADDISK_STORE) == 0) {
		kinds[fd] = (flags & O_DSYNC) != 0 ? STORE_SYNC : STORE;
	} else if (strstr(path, BADDISK_LOG) != NULL) {
		kinds[fd] = ACCESS_LOG;
	}
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT) != 0 ? (mode_t)va_arg(ap, int) : 0;
}

EXPORT int open(const char *path, int flags, ...);
EXPORT int open64(const char *path, int flags, ...);

EXPORT int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return opened(sys_open(path, flags, mode), path, flags);
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return opened(sys_open(path, flags, mode), path, flags);
}

EXPORT int close(int fd)
{
	if (fd >= 0 && fd < DESCRIPTORS) {
		kinds[fd] = NEITHER;
	}
	return (int)syscall(SYS_close, fd);
}

/* Not in the way of a test: a disk that cannot keep the journal ends the node. */
static void must(bool ok)
{
	if (!ok) {
		abort();
	}
}

static void append(const void *bytes, size_t size)
{
	must(syscall(SYS_write, journal, bytes, size) == (long)size);
}

/* A place at which the file may be shorter: what is missing was never there. */
static void remember(int fd, uint64_t offset, uint64_t size)
{
	struct baddisk_undo undo = { offset, size, 0 };
	struct stat status;
	char old[65536];

	must(fstat(fd, &status) == 0);
	undo.file_size = (uint64_t)status.st_size;
	append(&undo, sizeof(undo));
	while (size > 0) {
		size_t part = size < sizeof(old) ? (size_t)size : sizeof(old);

		memset(old, 0, part);
		must(pread(fd, old, part, (off_t)offset) >= 0);
		append(old, part);
		offset += part;
		size -= part;
	}
}

static bool is_store(int fd)
{
	return kind_of(fd) == STORE || kind_of(fd) == STORE_SYNC;
}

static bool fails(int fd)
{
	const int32_t *of = NULL;
	int error = 0;

	if (fault != NULL && is_store(fd)) {
		of = kind_of(fd) == STORE_SYNC ? &fault->commits : &fault->error;
	} else if (fault != NULL && kind_of(fd) == ACCESS_LOG) {
		of = &fault->log;
	}
	if (of != NULL) {
		error = __atomic_load_n(of, __ATOMIC_ACQUIRE);
	}
	errno = error != 0 ? error : errno;
	return error != 0;
}

/* Also reading needs a descriptor that may read, which LMDB's for pages may. */
static ssize_t write_at(int fd, const struct iovec *parts, int count, off_t offset)
{
	size_t size = 0;
	ssize_t done;

	if (fails(fd)) {
		return -1;
	}
	if (!is_store(fd)) {
		return syscall(SYS_pwritev, fd, parts, (unsigned long)count,
			(unsigned long)offset, 0UL);
	}
	for (int i = 0; i < count; i++) {
		size += parts[i].iov_len;
	}
	pthread_mutex_lock(&lock);
	if (journal >= 0 && kind_of(fd) == STORE) {
		remember(fd, (uint64_t)offset, size);
	}
	done = syscall(SYS_pwritev, fd, parts, (unsigned long)count,
		(unsigned long)offset, 0UL);
	pthread_mutex_unlock(&lock);
	return done;
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	return write_at(fd, parts, count, offset);
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
	return write_at(fd, parts, count, offset);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	const struct iovec part = { (void *)bytes, size };

	return write_at(fd, &part, 1, offset);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	const struct iovec part = { (void *)bytes, size };

	return write_at(fd, &part, 1, offset);
}

/* LMDB seeks and writes where one piece of pages is a single page. */
static ssize_t write_here(int fd, const struct iovec *parts, int count)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t done;

	must(at >= 0);
	done = write_at(fd, parts, count, at);
	if (done > 0) {
		lseek(fd, at + done, SEEK_SET);
	}
	return done;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t size)
{
	const struct iovec part = { (void *)bytes, size };

	return is_store(fd) ? write_here(fd, &part, 1)
			    : syscall(SYS_write, fd, bytes, size);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return is_store(fd) ? write_here(fd, parts, count)
			    : syscall(SYS_writev, fd, parts, count);
}

/* What was written before it began is durable. */
static int durable(int fd, long call)
{
	int done;

	if (fails(fd)) {
		return -1;
	}
	if (!is_store(fd)) {
		return (int)syscall(call, fd);
	}
	pthread_mutex_lock(&lock);
	done = (int)syscall(call, fd);
	if (done == 0 && journal >= 0) {
		must(syscall(SYS_ftruncate, journal, 0L) == 0);
	}
	pthread_mutex_unlock(&lock);
	return done;
}

EXPORT int fdatasync(int fd)
{
	return durable(fd, SYS_fdatasync);
}

EXPORT int fsync(int fd)
{
	return durable(fd, SYS_fsync);
}

/* The store is not written through its map: LMDB uses no MDB_WRITEMAP here. */
EXPORT int msync(void *address, size_t size, int flags)
{
	return (int)syscall(SYS_msync, address, size, flags);
}

static int cut_to(int fd, off_t size)
{
	struct stat status;
	int done;

	if (fails(fd)) {
		return -1;
	}
	if (!is_store(fd)) {
		return (int)syscall(SYS_ftruncate, fd, size);
	}
	pthread_mutex_lock(&lock);
	must(fstat(fd, &status) == 0);
	if (journal >= 0 && size < status.st_size) {
		remember(fd, (uint64_t)size, (uint64_t)(status.st_size - size));
	} else if (journal >= 0) {
		remember(fd, (uint64_t)status.st_size, 0);
	}
	done = (int)syscall(SYS_ftruncate, fd, size);
	pthread_mutex_unlock(&lock);
	return done;
}

EXPORT int ftruncate(int fd, off_t size)
{
	return cut_to(fd, size);
}

EXPORT int ftruncate64(int fd, off64_t size)
{
	return cut_to(fd, size);
}
