/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/args.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record.h"

void args_allow(struct args *args, const struct option_spec *specs)
{
	for (; specs != NULL && specs->name != NULL; specs++) {
		assert(args->count < ARGS_OPTIONS_MAX);
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

/* What getopt_long returns for the first option of a table, above all letters. */
#define OPTION_FIRST 256

/* Why getopt_long stopped; word: the last that it looked at. */
static void say_fault(const struct args *args, int option, const char *word)
{
	if (optopt >= OPTION_FIRST) {
		const struct option_spec *spec = args->specs[optopt - OPTION_FIRST];

		fprintf(stderr, "cordonctl: --%s %s%s\n", spec->name,
			option == ':' ? "needs a value: " : "takes no value",
			option == ':' ? spec->argument : "");
	} else if (optopt > 0) {
		fprintf(stderr, "cordonctl: -%c: no such option\n", optopt);
	} else {
		fprintf(stderr,
			"cordonctl: %s: no such option, or several that begin so\n",
			word);
	}
}

/* The next option's index, -1 at the end, -2 after a message.  getopt_long wants an
 * option table of its own form. */
static int next_option(const struct args *args, int argc, char **argv, bool first)
{
	struct option table[ARGS_OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	int option;

	for (size_t i = 0; i < args->count; i++) {
		table[i].name = args->specs[i]->name;
		table[i].has_arg = args->specs[i]->argument != NULL;
		table[i].val = OPTION_FIRST + (int)i;
	}
	option = getopt_long(argc, argv, first ? "+:h" : ":h", table, NULL);
	if (option == 'h' && find(args, "help") >= 0) {
		return find(args, "help");
	}
	if (option >= 0 && option < OPTION_FIRST) {
		say_fault(args, option, argv[optind - 1]);
		return -2;
	}
	return option < 0 ? -1 : option - OPTION_FIRST;
}

int args_read(struct args *args, int argc, char **argv, bool first)
{
	char **words = argv - 1;
	int option;

	opterr = 0;
	optind = 0; /* begins anew */
	while ((option = next_option(args, argc + 1, words, first)) >= 0) {
		args->values[option] = optarg == NULL ? "" : optarg;
	}
	if (option < -1) {
		return -1;
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
