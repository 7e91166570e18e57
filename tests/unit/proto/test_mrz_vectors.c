/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <cordon/error.h>
#include <cordon/mrz.h>

/*
 * Zones from the tests of other libraries (tests/vectors/mrz), each with what
 * those tests state.  Where we differ, the table says which paragraph of Doc 9303
 * decides; a difference that is not in the table fails, and so does an entry that no
 * zone needs.
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINES_MAX 8

static const char *vectors_dir;

static const struct difference {
	const char *id;
	const char *what; /* a field, "valid", or "all": not a zone of 9303 at all */
	const char *because;
} differences[] = {
	{ "mrz-0003", "optional1",
		"9303-5 §4.2.2 note j: ZZ0 is the number's, 0 its digit" },
	{ "mrz-0004", "optional1",
		"9303-5 §4.2.2 note j: 015 is the number's, 2 its digit" },
	{ "mrz-0005", "optional1",
		"9303-5 §4.2.2 note j: ZZ0 is the number's, 0 its digit" },
	{ "mrz-0008", "valid", "9303-3 §5 Part G: UTO is the code of specimens" },
	{ "mrz-0016", "valid", "9303-3 §5 Part G: UTO is the code of specimens" },
	{ "mrz-0026", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0027", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0028", "all", "9303-3 §4.3: only A-Z, 0-9 and the filler are printed" },
	{ "mrz-0034", "all", "9303-5 §4.2.2: three lines of 30, not 9, 30 and 30" },
	{ "mrz-0035", "all", "9303-3 §4.3: only A-Z, 0-9 and the filler are printed" },
	{ "mrz-0125", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0127", "all", "9303-6 §4.2.2: lines of 36, not 34" },
	{ "mrz-0135", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0136", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0137", "all",
		"9303-6 §4.2.2.2: French cards of 1988 have other positions" },
	{ "mrz-0148", "valid",
		"9303-5 §4.2.4: the digit is taken over positions 6 to 14 with "
		"the filler in 6, and stands in 17 to 29, not 30" },
	{ "mrz-0148", "document_number", "the same: its digit is wrong" },
	{ "mrz-0158", "valid", "9303-5 §4.2.2.2 note b: position 30 holds a numeral" },
	{ "mrz-0161", "valid", "9303-3 §4.7: codes are those of §5; YTO is none" },
	{ "mrz-0165", "valid", "9303-5 §4.2.2.2 note b: position 30 holds a numeral" },
	{ "mrz-0167", "valid",
		"9303-4 §4.2.2.2: position 43 may be a filler only where "
		"29 to 42 are not used; position 44 never" },
	{ "mrz-0171", "valid", "9303-4 §4.2.2.2 note b: position 44 holds a numeral" },
	{ "mrz-0175", "all", "9303-4 §4.2.2: two lines, not three" },
	{ "mrz-0184", "valid",
		"9303-5 §4.2.2.2 note b: dates are numerals; what was read "
		"for them is not what is printed" },
};

static bool used[COUNT(differences)];

/* Whether the table decides this one; counts as a use of the entry. */
static bool decided(const char *id, const char *what)
{
	for (size_t i = 0; i < COUNT(differences); i++) {
		if (strcmp(differences[i].id, id) == 0 &&
			strcmp(differences[i].what, what) == 0) {
			used[i] = true;
			return true;
		}
	}
	return false;
}

struct row {
	const char *id;
	json_t *json;
	const char *lines[LINES_MAX];
	size_t line_count;
	struct cordon_mrz mrz;
	bool is_zone;
};

static void differs(const struct row *row, const char *what, const char *ours)
{
	fail_msg("%s, %s: \"%s\" is not what the source states, and no paragraph of "
		 "9303 is given for it",
		row->id, what, ours);
}

/* As we give text: fillers inside as one space, none around. */
static void as_given(const char *text, char *out)
{
	size_t size = 0;

	for (; *text != '\0'; text++) {
		if (*text != '<' && *text != ' ') {
			out[size++] = *text;
		} else if (size > 0 && out[size - 1] != ' ') {
			out[size++] = ' ';
		}
	}
	while (size > 0 && out[size - 1] == ' ') {
		size--;
	}
	out[size] = '\0';
}

static const char *document_code(const struct cordon_mrz *mrz)
{
	return mrz->document_code;
}

static const char *document_subtype(const struct cordon_mrz *mrz)
{
	return mrz->document_code + 1;
}

static const char *issuer(const struct cordon_mrz *mrz)
{
	return mrz->issuer;
}

static const char *number(const struct cordon_mrz *mrz)
{
	return mrz->number;
}

static const char *surname(const struct cordon_mrz *mrz)
{
	return mrz->surname;
}

static const char *given(const struct cordon_mrz *mrz)
{
	return mrz->given;
}

static const char *nationality(const struct cordon_mrz *mrz)
{
	return mrz->nationality;
}

static const char *born_text(const struct cordon_mrz *mrz)
{
	return mrz->born_text;
}

static const char *expires_text(const struct cordon_mrz *mrz)
{
	return strcmp(mrz->expires_text, "<<<<<<") == 0 ? "" : mrz->expires_text;
}

static const char *sex(const struct cordon_mrz *mrz)
{
	return mrz->sex == CORDON_SEX_M ? "M" : mrz->sex == CORDON_SEX_F ? "F" : "";
}

static const char *optional(const struct cordon_mrz *mrz)
{
	return mrz->optional;
}

static const struct {
	const char *key;
	const char *(*ours)(const struct cordon_mrz *);
} fields[] = {
	{ "document_code", document_code },
	{ "document_subtype", document_subtype },
	{ "issuing_state", issuer },
	{ "document_number", number },
	{ "surname", surname },
	{ "given_names", given },
	{ "nationality", nationality },
	{ "birth_date", born_text },
	{ "expiry_date", expires_text },
	{ "sex", sex },
	{ "optional", optional },
	{ "personal_number", optional },
};

static bool field_agrees(const char *key, const char *stated, const char *ours)
{
	char a[128], b[128];

	as_given(stated, a);
	as_given(ours, b);
	if (strcmp(key, "birth_date") == 0) {
		a[strcspn(a, "X")] = '\0'; /* of the unknown parts */
	}
	return strcmp(a, b) == 0;
}

static void check_fields(const struct row *row, json_t *stated)
{
	for (size_t i = 0; i < COUNT(fields); i++) {
		const char *text =
			json_string_value(json_object_get(stated, fields[i].key));

		if (text != NULL &&
			!field_agrees(fields[i].key, text, fields[i].ours(&row->mrz))) {
			differs(row, fields[i].key, fields[i].ours(&row->mrz));
		}
	}
}

/* A TD1's two elements stand in one text; the source may state either or both. */
static void check_optional(const struct row *row, json_t *stated)
{
	const char *first = json_string_value(json_object_get(stated, "optional1"));
	const char *second = json_string_value(json_object_get(stated, "optional2"));
	const char *ours = row->mrz.optional;
	char text[128], both[256];
	bool agrees = true;

	if (first != NULL && second != NULL) {
		snprintf(both, sizeof(both), "%s<%s", first, second);
		as_given(both, text);
		agrees = strcmp(ours, text) == 0;
	} else if (first != NULL) {
		as_given(first, text);
		agrees = strncmp(ours, text, strlen(text)) == 0;
	} else if (second != NULL) {
		as_given(second, text);
		agrees = strlen(ours) >= strlen(text) &&
			 strcmp(ours + strlen(ours) - strlen(text), text) == 0;
	}
	if (!agrees && !decided(row->id, "optional1")) {
		differs(row, "optional1", ours);
	}
}

/* Every key is either compared or known to say nothing about the text. */
static void check_keys_known(const struct row *row, json_t *stated)
{
	static const char *const others[] = { "optional1", "optional2",
		/* digits as printed: checks say whether they are right */
		"document_number_cd", "birth_date_cd", "expiry_date_cd", "composite_cd",
		"optional1_cd", "check_number", "check_date_of_birth",
		"check_expiration_date", "check_composite", "check_personal_number" };
	const char *key;
	json_t *value;

	json_object_foreach(stated, key, value)
	{
		bool known = false;

		for (size_t i = 0; i < COUNT(fields); i++) {
			known = known || strcmp(key, fields[i].key) == 0;
		}
		for (size_t i = 0; i < COUNT(others); i++) {
			known = known || strcmp(key, others[i]) == 0;
		}
		if (!known) {
			fail_msg("%s states an unknown field %s", row->id, key);
		}
	}
}

static const struct {
	const char *key; /* what sources call it */
	const char *check;
} check_names[] = {
	{ "final_check_valid", "composite" },
	{ "valid_composite", "composite" },
	{ "overall", "composite" },
	{ "document_number_valid", "number" },
	{ "valid_document_number", "number" },
	{ "document_number", "number" },
	{ "birth_date_valid", "born" },
	{ "valid_birth_date", "born" },
	{ "date_of_birth", "born" },
	{ "expiry_date_valid", "expires" },
	{ "valid_expiry_date", "expires" },
	{ "date_of_expiry", "expires" },
};

/* A date is right when its digit is and it exists. */
static bool check_right(const struct cordon_mrz *mrz, const char *check)
{
	switch (check[0]) {
	case 'c':
		return mrz->checks.composite == CORDON_CHECK_RIGHT;
	case 'n':
		return mrz->checks.number == CORDON_CHECK_RIGHT;
	case 'b':
		return mrz->checks.born == CORDON_CHECK_RIGHT && mrz->born.year != 0;
	default:
		return mrz->checks.expires == CORDON_CHECK_RIGHT &&
		       mrz->expires.year != 0;
	}
}

/* Stated as {"birth_date_valid": true} or as {"check_digits_valid": ["date_of_birth"]}.
 */
static void check_digits_stated(const struct row *row, json_t *expect)
{
	json_t *list = json_object_get(expect, "check_digits_valid");

	for (size_t i = 0; i < COUNT(check_names); i++) {
		json_t *one = json_object_get(expect, check_names[i].key);
		bool right = check_right(&row->mrz, check_names[i].check);
		size_t index;
		json_t *name;

		if (json_is_boolean(one) && json_is_true(one) != right) {
			differs(row, check_names[i].key, right ? "right" : "wrong");
		}
		json_array_foreach(list, index, name)
		{
			if (strcmp(json_string_value(name), check_names[i].key) == 0 &&
				!right && !decided(row->id, check_names[i].key)) {
				differs(row, check_names[i].key, "wrong");
			}
		}
	}
}

/* Statements about what the source makes of misread text, not about the text. */
static bool after_correction(json_t *expect)
{
	return json_object_get(expect, "parses_after_ocr_correction") != NULL ||
	       json_object_get(expect,
		       "same_fields_as_previous_vector_with_autocorrect") != NULL;
}

static void check_row(const struct row *row)
{
	json_t *stated = json_object_get(row->json, "fields");
	json_t *valid = json_object_get(row->json, "valid");
	json_t *expect = json_object_get(row->json, "expect");
	bool ours = row->is_zone && row->mrz.valid;

	if (json_object_size(stated) > 0 && decided(row->id, "all")) {
		assert_false(ours);
		return;
	}
	if (json_is_boolean(valid) && json_is_true(valid) != ours &&
		!decided(row->id, "valid")) {
		differs(row, "valid", row->is_zone ? row->mrz.fault : "no zone");
	}
	if (!row->is_zone) {
		assert_int_equal(json_object_size(stated), 0);
		return;
	}
	check_keys_known(row, stated);
	check_fields(row, stated);
	check_optional(row, stated);
	if (!after_correction(expect)) {
		check_digits_stated(row, expect);
	}
}

static void read_row(struct row *row, json_t *json)
{
	static const struct cordon_date today = { 2026, 3, 1 };
	json_t *lines = json_object_get(json, "mrz");

	*row = (struct row){ .id = json_string_value(json_object_get(json, "id")),
		.json = json,
		.line_count = json_array_size(lines) };
	assert_in_range(row->line_count, 1, LINES_MAX);
	for (size_t i = 0; i < row->line_count; i++) {
		row->lines[i] = json_string_value(json_array_get(lines, i));
	}
	row->is_zone = cordon_mrz_parse(row->lines, row->line_count, today, &row->mrz,
			       NULL, 0) == 0;
}

static FILE *open_vectors(const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", vectors_dir, name);
	file = fopen(path, "r");
	if (file == NULL) {
		fail_msg("%s cannot be opened", path);
	}
	return file;
}

static void other_libraries_zones_give_what_they_state(void **state)
{
	FILE *file = open_vectors("vectors.jsonl");
	char line[8192];
	size_t count = 0;

	(void)state;
	while (fgets(line, sizeof(line), file) != NULL) {
		json_t *json = json_loads(line, 0, NULL);
		struct row row;

		assert_non_null(json);
		read_row(&row, json);
		check_row(&row);
		json_decref(json);
		count++;
	}
	fclose(file);
	assert_int_equal(count, 123);
	for (size_t i = 0; i < COUNT(differences); i++) {
		if (!used[i]) {
			fail_msg("%s, %s: no zone needs this entry", differences[i].id,
				differences[i].what);
		}
	}
}

static void other_libraries_check_digits_are_ours(void **state)
{
	FILE *file = open_vectors("check_digits.tsv");
	char line[512];
	size_t count = 0;

	(void)state;
	assert_non_null(fgets(line, sizeof(line), file)); /* the head line */
	while (fgets(line, sizeof(line), file) != NULL) {
		char *expected = strchr(line, '\t');
		char digit;

		assert_non_null(expected);
		digit = cordon_mrz_check_digit(line, (size_t)(expected - line));
		if (strncmp(expected + 1, "INVALID\t", 8) == 0) {
			assert_int_equal(digit, 0);
		} else {
			assert_int_equal(digit, expected[1]);
		}
		count++;
	}
	fclose(file);
	assert_int_equal(count, 31);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_libraries_zones_give_what_they_state),
		cmocka_unit_test(other_libraries_check_digits_are_ours),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY-OF-VECTORS\n", argv[0]);
		return EXIT_FAILURE;
	}
	vectors_dir = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
