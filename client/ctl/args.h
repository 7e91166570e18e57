/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/record.h>

/*
 * A command line as tables: every command names its options; the global ones may stand
 * anywhere before "--".
 */
struct option_spec {
	const char *name;     /* without "--" */
	const char *argument; /* "FILE"; NULL: a flag */
	const char *help;
};

#define ARGS_OPTIONS_MAX 40

struct args {
	const struct option_spec *specs[ARGS_OPTIONS_MAX];
	const char *values[ARGS_OPTIONS_MAX]; /* NULL: not given; "" for flags */
	size_t count;
	char **operands;
	size_t operands_count;
};

/* Adds a table (ended by a NULL name). */
void args_allow(struct args *args, const struct option_spec *specs);

/*
 * Reads argv (argc words, none of them the program's name).  With first true stops at
 * the first operand; returns how many words were read, or -1 after a message on stderr.
 */
int args_read(struct args *args, int argc, char **argv, bool first);

/* NULL when it was not given. */
const char *args_value(const struct args *args, const char *name);
bool args_given(const struct args *args, const char *name);

/* The value as a number, a date, a code.  False after a message on stderr; *out is
 * untouched when the option was not given. */
bool args_number(const struct args *args, const char *name, uint32_t min, uint32_t max,
	uint32_t *out);
bool args_date(const struct args *args, const char *name, struct cordon_date *out);
bool args_code(const struct args *args, const char *name, enum cordon_codes table,
	uint32_t *out);

/* "  --name ARG   help" lines of a table on stdout. */
void args_print_help(const struct option_spec *specs);

#endif
