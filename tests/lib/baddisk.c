/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/lib/baddisk.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/baddisk_format.h"
#include "tests/lib/random.h"
#include "tests/lib/union_private.h"

#define SECTOR_BYTES 512

struct baddisk {
	struct union_node *node;
	char journal[UNION_PATH_MAX], store[UNION_PATH_MAX];
	char variables[3][UNION_PATH_MAX + 64];
	const char *wrapper[5];
	struct baddisk_fault *fault;
};

static struct baddisk_fault *map_fault(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *at;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sizeof(struct baddisk_fault)), 0);
	at = mmap(NULL, sizeof(struct baddisk_fault), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	assert_true(at != MAP_FAILED);
	close(fd);
	return at;
}

struct baddisk *baddisk_create(struct union_node *node)
{
	struct baddisk *disk = calloc(1, sizeof(*disk));
	char fault[UNION_PATH_MAX];

	assert_non_null(disk);
	disk->node = node;
	snprintf(disk->journal, sizeof(disk->journal), "%s/journal", node->dir);
	snprintf(disk->store, sizeof(disk->store), "%s/data/data.mdb", node->dir);
	snprintf(fault, sizeof(fault), "%s/fault", node->dir);
	disk->fault = map_fault(fault);
	snprintf(disk->variables[0], sizeof(disk->variables[0]), "LD_PRELOAD=%s",
		TEST_BADDISK);
	snprintf(disk->variables[1], sizeof(disk->variables[1]), "%s=%s",
		BADDISK_JOURNAL, disk->journal);
	snprintf(disk->variables[2], sizeof(disk->variables[2]), "%s=%s", BADDISK_FAULT,
		fault);
	disk->wrapper[0] = "env";
	for (size_t i = 0; i < 3; i++) {
		disk->wrapper[i + 1] = disk->variables[i];
	}
	node->wrapper = disk->wrapper;
	return disk;
}

void baddisk_destroy(struct baddisk *disk)
{
	if (disk != NULL) {
		munmap(disk->fault, sizeof(*disk->fault));
		free(disk);
	}
}

void baddisk_fail(struct baddisk *disk, int error)
{
	__atomic_store_n(&disk->fault->error, error, __ATOMIC_RELEASE);
}

void baddisk_fail_log(struct baddisk *disk, int error)
{
	__atomic_store_n(&disk->fault->log, error, __ATOMIC_RELEASE);
}

void baddisk_fail_commits(struct baddisk *disk, int error)
{
	__atomic_store_n(&disk->fault->commits, error, __ATOMIC_RELEASE);
}

/* ---- taking back
 * ---------------------------------------------------------------------------- */

struct journal {
	uint8_t *bytes;
	size_t size;
	size_t *records; /* where each begins */
	size_t count;
};

static struct baddisk_undo undo_at(const struct journal *journal, size_t n)
{
	struct baddisk_undo undo;

	memcpy(&undo, journal->bytes + journal->records[n], sizeof(undo));
	return undo;
}

static void read_journal(const struct baddisk *disk, struct journal *journal)
{
	FILE *file = fopen(disk->journal, "r");
	size_t at = 0;
	struct stat status;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	journal->size = (size_t)status.st_size;
	journal->bytes = malloc(journal->size + 1);
	journal->records =
		calloc(journal->size / sizeof(struct baddisk_undo) + 1, sizeof(size_t));
	journal->count = 0;
	assert_non_null(journal->bytes);
	assert_non_null(journal->records);
	assert_int_equal(fread(journal->bytes, 1, journal->size, file), journal->size);
	fclose(file);
	/* the kill may have cut the last one, whose write was not begun then */
	while (at + sizeof(struct baddisk_undo) <= journal->size) {
		struct baddisk_undo undo;

		memcpy(&undo, journal->bytes + at, sizeof(undo));
		if (at + sizeof(undo) + undo.size > journal->size) {
			break;
		}
		journal->records[journal->count++] = at;
		at += sizeof(undo) + undo.size;
	}
}

struct taking {
	int fd;
	bool *kept; /* sectors that reached the disk as they stand now */
	size_t sectors;
	enum baddisk_loss loss;
	uint64_t *random;
	struct baddisk_lost lost;
};

static void take_back_write(
	struct taking *t, const struct baddisk_undo *undo, const uint8_t *old)
{
	uint64_t at = 0;

	while (at < undo->size) {
		uint64_t sector = (undo->offset + at) / SECTOR_BYTES;
		uint64_t room = (sector + 1) * SECTOR_BYTES - (undo->offset + at);
		size_t part = (size_t)(room < undo->size - at ? room : undo->size - at);

		assert_true(sector < t->sectors);
		if (!t->kept[sector] && t->loss == BADDISK_SOME &&
			random_below(t->random, 2) == 0) {
			t->kept[sector] = true;
		}
		if (!t->kept[sector]) {
			assert_int_equal(pwrite(t->fd, old + at, part,
						 (off_t)(undo->offset + at)),
				part);
			t->lost.sectors++;
		}
		at += part;
	}
}

/* The last first: a sector that has reached the disk in a later form stays so. */
static void take_back(struct taking *t, const struct journal *journal)
{
	for (size_t n = journal->count; n-- > 0;) {
		struct baddisk_undo undo = undo_at(journal, n);

		take_back_write(
			t, &undo, journal->bytes + journal->records[n] + sizeof(undo));
		if (t->loss == BADDISK_ALL) {
			assert_int_equal(ftruncate(t->fd, (off_t)undo.file_size), 0);
		}
		t->lost.writes++;
	}
}

struct baddisk_lost baddisk_cut_power(
	struct baddisk *disk, enum baddisk_loss loss, uint64_t *random)
{
	struct taking taking = { .loss = loss, .random = random };
	struct journal journal;
	struct stat status;

	union_kill(disk->node);
	read_journal(disk, &journal);
	taking.fd = open(disk->store, O_RDWR | O_CLOEXEC);
	assert_true(taking.fd >= 0);
	assert_int_equal(fstat(taking.fd, &status), 0);
	/* writes that the kill prevented may have been meant to go beyond the end */
	for (size_t n = 0; n < journal.count; n++) {
		struct baddisk_undo undo = undo_at(&journal, n);
		size_t end = (size_t)((undo.offset + undo.size) / SECTOR_BYTES + 1);

		taking.sectors = end > taking.sectors ? end : taking.sectors;
	}
	taking.kept = calloc(taking.sectors + 1, sizeof(bool));
	assert_non_null(taking.kept);
	take_back(&taking, &journal);
	close(taking.fd);
	free(taking.kept);
	free(journal.records);
	free(journal.bytes);
	assert_int_equal(truncate(disk->journal, 0), 0);
	return taking.lost;
}
