/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BADDISK_H
#define TESTS_BADDISK_H

#include "tests/lib/union.h"

/*
 * A disk, under one node's store, that loses power and whose writes fail.  Instead of a
 * file system of its own it is a library loaded into the node, which keeps a journal of
 * what is not durable yet; a power cut is a kill, after which some or all of that is
 * taken back, in pieces of a sector.
 */
struct baddisk;

/* From the node's next start on, until union_destroy. */
struct baddisk *baddisk_create(struct union_node *node);
void baddisk_destroy(struct baddisk *disk);

/* errno of each write and sync but those of baddisk_fail_commits; 0: they work again.
 */
void baddisk_fail(struct baddisk *disk, int error);

/* errno of those writes alone by which a transaction becomes one that counts. */
void baddisk_fail_commits(struct baddisk *disk, int error);

/* The same of the access log. */
void baddisk_fail_log(struct baddisk *disk, int error);

enum baddisk_loss {
	BADDISK_SOME, /* each sector by chance: disks write in any order */
	BADDISK_ALL
};

struct baddisk_lost {
	size_t writes;  /* that were not durable */
	size_t sectors; /* of them taken back */
};

/* Kills the node and takes back what it had no right to rely on. */
struct baddisk_lost baddisk_cut_power(
	struct baddisk *disk, enum baddisk_loss loss, uint64_t *random);

#endif
