/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BADDISK_FORMAT_H
#define TESTS_BADDISK_FORMAT_H

#include <stdint.h>

/*
 * What the library that is loaded into a node (baddisk_preload.c) and the test
 * (baddisk.c) tell each other, in two files.
 *
 * Journal: one record for each write to the store's file that is not durable yet, in
 * order: a struct baddisk_undo and what stood there before (size bytes).
 */
#define BADDISK_JOURNAL "CORDON_TEST_DISK_JOURNAL" /* environment: the files' names */
#define BADDISK_FAULT "CORDON_TEST_DISK_FAULT"
#define BADDISK_STORE "/data.mdb"  /* the end of the store's name */
#define BADDISK_LOG "/access-log/" /* within the names of the access log's files */

struct baddisk_undo {
	uint64_t offset;
	uint64_t size;
	uint64_t file_size; /* before */
};

/* Mapped by both. */
struct baddisk_fault {
	int32_t log;     /* errno of each write and sync of the access log */
	int32_t error;   /* errno of each write and sync of the store; 0: they work */
	int32_t commits; /* errno of those writes alone that are durable by themselves:
			  * by them a transaction becomes one that counts */
};

#endif
