/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/config.h"
#include "daemon/base/config_schema.h"

/* The manual page and the example, from the command line. */
static const char *manual_path, *example_path;

/* The manual, line by line. */
struct manual {
	FILE *file;
	char line[256];
};

static bool next(struct manual *m)
{
	if (fgets(m->line, sizeof(m->line), m->file) == NULL) {
		return false;
	}
	m->line[strcspn(m->line, "\n")] = '\0';
	return true;
}

static bool starts(const char *line, const char *prefix)
{
	return strncmp(line, prefix, strlen(prefix)) == 0;
}

/* Skips to the next line with one of the prefixes; "" at the end of the keys. */
static const char *skip_to(struct manual *m, const char *a, const char *b)
{
	while (next(m)) {
		if (starts(m->line, a) || starts(m->line, b)) {
			return m->line;
		}
		if (starts(m->line, ".Sh FILES")) {
			break;
		}
	}
	return "";
}

static void says(struct manual *m, const char *expected)
{
	assert_true(next(m));
	assert_string_equal(m->line, expected);
}

static void describes_key(struct manual *m, const struct config_key *key)
{
	char expected[CONFIG_EXPECTED_MAX], line[256];

	snprintf(line, sizeof(line), ".It Ic %s", key->name);
	assert_string_equal(skip_to(m, ".It Ic ", ".Ss "), line);
	says(m, key->help);
	config_key_expected(key, expected, sizeof(expected));
	if (key->values_max > 0) {
		snprintf(line, sizeof(line), "A list of up to %zu: %s.",
			key->values_max, expected);
	} else {
		snprintf(line, sizeof(line), "Value: %s.", expected);
	}
	says(m, line);
	snprintf(line, sizeof(line), "Default: %s.",
		key->standard == NULL ? "none" : key->standard);
	says(m, key->required ? "Required." : line);
}

static void describes_section(struct manual *m, const struct config_section *section)
{
	char expected[CONFIG_EXPECTED_MAX], line[256];

	if (section->name[0] == '\0') {
		assert_string_equal(
			skip_to(m, ".Ss ", ".It Ic "), ".Ss Outside any section");
	} else {
		snprintf(line, sizeof(line), ".Ss Section %s", section->name);
		assert_string_equal(skip_to(m, ".Ss ", ".It Ic "), line);
		assert_string_equal(
			skip_to(m, section->help, ".It Ic "), section->help);
	}
	if (section->titled) {
		config_key_expected(&section->title, expected, sizeof(expected));
		snprintf(line, sizeof(line), "Title: %s.", expected);
		assert_string_equal(skip_to(m, "Title: ", ".It Ic "), line);
	}
	for (size_t i = 0; i < section->keys_count; i++) {
		describes_key(m, &section->keys[i]);
	}
}

static void the_manual_describes_exactly_the_keys_that_are_read(void **state)
{
	struct manual m = { .file = fopen(manual_path, "r") };

	(void)state;
	assert_non_null(m.file);
	assert_string_equal(skip_to(&m, ".Sh KEYS", ".It Ic "), ".Sh KEYS");
	for (size_t i = 0; i < CONFIG_SECTIONS; i++) {
		describes_section(&m, &config_sections[i]);
	}
	assert_string_equal(skip_to(&m, ".It Ic ", ".Ss "), "");
	fclose(m.file);
}

static void keys_are_unlike_each_other_and_told_in_a_sentence(void **state)
{
	(void)state;
	for (size_t s = 0; s < CONFIG_SECTIONS; s++) {
		const struct config_section *section = &config_sections[s];

		assert_true(section->keys_count <= CONFIG_KEYS_MAX);
		for (size_t i = 0; i < section->keys_count; i++) {
			const char *help = section->keys[i].help;

			assert_int_equal(help[strlen(help) - 1], '.');
			assert_true(section->keys[i].value_bytes > 0);
			assert_false(section->keys[i].required &&
				     section->keys[i].standard != NULL);
			for (size_t j = 0; j < i; j++) {
				assert_string_not_equal(
					section->keys[i].name, section->keys[j].name);
			}
		}
	}
}

static void the_example_is_a_good_configuration(void **state)
{
	struct errmsg msg = { "" };
	struct config *config = NULL;

	(void)state;
	if (config_load(example_path, &config, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	assert_int_equal(config->members_count, 3);
	assert_int_equal(config->peers_count, 2);
	assert_int_equal(config->lists_count, CORDON_KIND_INVALID_DOCUMENT);
	assert_int_equal(config->agencies_count, 2);
	config_destroy(config);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manual_describes_exactly_the_keys_that_are_read),
		cmocka_unit_test(keys_are_unlike_each_other_and_told_in_a_sentence),
		cmocka_unit_test(the_example_is_a_good_configuration),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: %s MANUAL EXAMPLE\n", argv[0]);
		return 2;
	}
	manual_path = argv[1];
	example_path = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
