/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/ctl.h"

/* cordonctl.1 describes what the commands take: no option more, none less. */
static const char *manual_path;

static char *read_manual(void)
{
	FILE *file = fopen(manual_path, "r");
	char *text;
	size_t size;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = (size_t)ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, size, file), size);
	fclose(file);
	return text;
}

/* What stands under a heading, up to the next one; the caller frees it. */
static char *section(const char *heading)
{
	char *text = read_manual(), *start = strstr(text, heading), *end;
	char *found;

	if (start == NULL) {
		fail_msg("the manual has no \"%s\"", heading);
	}
	start += strlen(heading);
	end = strstr(start, "\n.S");
	if (end != NULL) {
		*end = '\0';
	}
	found = strdup(start);
	assert_non_null(found);
	free(text);
	return found;
}

static void describes(
	const char *heading, const char *text, const struct option_spec *option)
{
	char item[64];
	size_t size = (size_t)snprintf(item, sizeof(item), "\n.It Fl -%s%s",
		option->name, option->argument == NULL ? "\n" : " Ar ");

	if (size >= sizeof(item) || strstr(text, item) == NULL) {
		fail_msg("%s does not describe --%s", heading, option->name);
	}
}

static size_t described(const char *text)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, "\n.It Fl -")) != NULL; at++) {
		count++;
	}
	return count;
}

static bool is_of_every_lookup(const char *name)
{
	static const char *const names[] = { "purpose", "officer", "checkpoint",
		"direction", "max-age", "reference-date" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

/* those: of every lookup, which the manual describes once for all of them. */
static void describes_options(
	const char *heading, const struct option_spec *options, bool lookup, bool those)
{
	char *text = section(heading);
	size_t count = 0;

	for (; options->name != NULL; options++) {
		if (!lookup || is_of_every_lookup(options->name) == those) {
			describes(heading, text, options);
			count++;
		}
	}
	assert_int_equal(described(text), count);
	free(text);
}

static void the_manual_describes_exactly_the_options_of_each_command(void **state)
{
	(void)state;
	describes_options("\n.Ss record put ", record_put_options, false, false);
	describes_options(
		"\n.Ss record withdraw ", record_withdraw_options, false, false);
	describes_options(
		"\n.Ss record confirm ", record_confirm_options, false, false);
	describes_options("\n.Ss record due\n", record_due_options, false, false);
	describes_options("\n.Ss import ", import_options_table, false, false);
	describes_options("\n.Ss export\n", export_options, false, false);
	describes_options("\n.Ss verify\n", verify_options, false, false);
	describes_options("\n.Ss mrz ", mrz_options, false, false);
}

static void the_manual_describes_exactly_the_options_of_lookups(void **state)
{
	(void)state;
	describes_options(
		"\n.Ss lookup document ", lookup_document_options, true, false);
	describes_options("\n.Ss lookup mrz ", lookup_mrz_options, true, false);
	describes_options("\n.Ss lookup person\n", lookup_person_options, true, false);
	describes_options("\n.Ss lookup batch ", lookup_batch_options, true, false);
	describes_options(
		"\n.Ss Options of every lookup\n", lookup_document_options, true, true);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_manual_describes_exactly_the_options_of_each_command),
		cmocka_unit_test(the_manual_describes_exactly_the_options_of_lookups),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s cordonctl.1\n", argv[0]);
		return 2;
	}
	manual_path = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
