/* SPDX-License-Identifier: Apache-2.0 */
/* CPU time of an entry's element of the digest: bench_digest [ENTRIES] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "proto/digest.h"

#define BATCH 1000

static double cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
	struct list_id list = { .owner = { "KAZ" }, .kind = 1 };
	static struct entry entries[BATCH];
	struct digest sum;
	double begin = cpu_us();

	for (uint64_t done = 0; done < count; done += BATCH) {
		for (uint64_t i = 0; i < BATCH; i++) {
			entries[i] = (struct entry){ .sequence = done + i + 1,
				.id = { (const uint8_t *)"KAZ-2026-000123", 15 },
				.version = 1,
				.state = ENTRY_LIVE,
				.ends_at_s = 1900000000 };
		}
		if (digest_sum(&list, entries, BATCH, &sum) != 0) {
			fputs("bench_digest: libcrypto failed\n", stderr);
			return 1;
		}
	}
	printf("digest: %.2f us of CPU an entry\n", (cpu_us() - begin) / (double)count);
	return 0;
}
