/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What libFuzzer and replay.c call with each input.  Returns 0; a broken promise of
 * the code under test ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also in builds without assert. */
#define FUZZ_CHECK(condition)                                                          \
	do {                                                                           \
		if (!(condition)) {                                                    \
			__builtin_trap();                                              \
		}                                                                      \
	} while (0)

#endif
