/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/head_announce.h"

/* A file that somebody brought: without the present key it announces nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct state kaz = { "KAZ" };
	struct head_key *key = NULL;
	struct errmsg msg = { "" };
	char path[32];
	int fd = memfd_create("announcement", 0);

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	FUZZ_CHECK(
		head_announce_load(path, &kaz, NULL, 0, &key, &msg) == CORDON_ECONFIG);
	FUZZ_CHECK(key == NULL && msg.text[0] != '\0');
	close(fd);
	return 0;
}
