/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record.h"

void args_allow(struct args *args, const struct option_spec *specs)
{
	for (; specs != NULL && specs->name != NULL && args->count < ARGS_OPTIONS_MAX;
		specs++) {
		args->specs[args->count++] = specs;
	}
}

static int find(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->count; i++) {
		if (strcmp(args->specs[i]->name, name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/* getopt_long wants argv[0], and an option table of its own form. */
int args_read(struct args *args, int argc, char **argv, bool first)
{
	struct option table[ARGS_OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	char **words = argv - 1;
	int option;

	for (size_t i = 0; i < args->count; i++) {
		table[i].name = args->specs[i]->name;
		table[i].has_arg = args->specs[i]->argument != NULL;
	}
	table[args->count].name = NULL;
	optind = 0; /* begins anew */
	for (;;) {
		int index = 0;

		option = getopt_long(argc + 1, words, first ? "+" : "", table, &index);
		if (option == -1) {
			break;
		}
		if (option == '?') {
			return -1;
		}
		args->values[index] = optarg == NULL ? "" : optarg;
	}
	args->operands = words + optind;
	args->operands_count = (size_t)(argc + 1 - optind);
	return optind - 1;
}

const char *args_value(const struct args *args, const char *name)
{
	int i = find(args, name);

	return i < 0 ? NULL : args->values[i];
}

bool args_given(const struct args *args, const char *name)
{
	return args_value(args, name) != NULL;
}

bool args_number(const struct args *args, const char *name, uint32_t min, uint32_t max,
	uint32_t *out)
{
	const char *text = args_value(args, name);
	unsigned long long number;
	char *end;

	if (text == NULL) {
		return true;
	}
	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
		number < min || number > max) {
		fprintf(stderr, "cordonctl: --%s %s: expected a number from %u to %u\n",
			name, text, min, max);
		return false;
	}
	*out = (uint32_t)number;
	return true;
}

bool args_date(const struct args *args, const char *name, struct cordon_date *out)
{
	const char *text = args_value(args, name);

	if (text == NULL) {
		return true;
	}
	if (!date_parse(out, text, strlen(text))) {
		fprintf(stderr, "cordonctl: --%s %s: expected a date, YYYY[-MM[-DD]]\n",
			name, text);
		return false;
	}
	return true;
}

static void print_codes(enum cordon_codes table)
{
	const char *separator = "";

	for (uint32_t number = 1; number < 64; number++) {
		const char *text = cordon_code_text(table, number);

		if (text != NULL) {
			fprintf(stderr, "%s%s", separator, text);
			separator = ", ";
		}
	}
	fputc('\n', stderr);
}

bool args_code(const struct args *args, const char *name, enum cordon_codes table,
	uint32_t *out)
{
	const char *text = args_value(args, name);
	uint32_t number;

	if (text == NULL) {
		return true;
	}
	number = cordon_code_number(table, text);
	if (number == 0) {
		fprintf(stderr, "cordonctl: --%s %s: expected one of ", name, text);
		print_codes(table);
		return false;
	}
	*out = number;
	return true;
}

void args_print_help(const struct option_spec *specs)
{
	for (; specs != NULL && specs->name != NULL; specs++) {
		char left[48];

		snprintf(left, sizeof(left), "--%s%s%s", specs->name,
			specs->argument == NULL ? "" : " ",
			specs->argument == NULL ? "" : specs->argument);
		printf("  %-28s %s\n", left, specs->help);
	}
}
