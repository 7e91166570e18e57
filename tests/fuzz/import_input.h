/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_IMPORT_INPUT_H
#define TESTS_FUZZ_IMPORT_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "client/ctl/import.h"

/*
 * Imports data as a file of this format and holds every record against what a node
 * expects of one.  For OFAC the list ends at the first zero byte and the aliases
 * follow.
 */
void import_input(enum import_format format, const uint8_t *data, size_t size);

#endif
