/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/record.h>

#include <string.h>

struct code {
	uint32_t number;
	const char *text;
};

#define X(name, number, text) { (number), (text) },
static const struct code kinds[] = { CORDON_KINDS(X) };
static const struct code reasons[] = { CORDON_REASONS(X) };
static const struct code actions[] = { CORDON_ACTIONS(X) };
static const struct code scopes[] = { CORDON_SCOPES(X) };
static const struct code withdrawals[] = { CORDON_WITHDRAWALS(X) };
static const struct code name_types[] = { CORDON_NAME_TYPES(X) };
static const struct code markers[] = { CORDON_MARKERS(X) };
static const struct code sexes[] = { CORDON_SEXES(X) };
static const struct code document_types[] = { CORDON_DOCUMENT_TYPES(X) };
static const struct code exception_types[] = { CORDON_EXCEPTION_TYPES(X) };
static const struct code purposes[] = { CORDON_PURPOSES(X) };
static const struct code directions[] = { CORDON_DIRECTIONS(X) };
#undef X

#define TABLE(codes)                                                                   \
	{                                                                              \
		(codes), sizeof(codes) / sizeof((codes)[0])                            \
	}
static const struct {
	const struct code *codes;
	size_t count;
} tables[CORDON_CODES_COUNT] = {
	[CORDON_CODES_KIND] = TABLE(kinds),
	[CORDON_CODES_REASON] = TABLE(reasons),
	[CORDON_CODES_ACTION] = TABLE(actions),
	[CORDON_CODES_SCOPE] = TABLE(scopes),
	[CORDON_CODES_WITHDRAWAL] = TABLE(withdrawals),
	[CORDON_CODES_NAME_TYPE] = TABLE(name_types),
	[CORDON_CODES_MARKER] = TABLE(markers),
	[CORDON_CODES_SEX] = TABLE(sexes),
	[CORDON_CODES_DOCUMENT_TYPE] = TABLE(document_types),
	[CORDON_CODES_EXCEPTION_TYPE] = TABLE(exception_types),
	[CORDON_CODES_PURPOSE] = TABLE(purposes),
	[CORDON_CODES_DIRECTION] = TABLE(directions),
};

const char *cordon_code_text(enum cordon_codes table, uint32_t number)
{
	if ((unsigned)table >= CORDON_CODES_COUNT) {
		return NULL;
	}
	for (size_t i = 0; i < tables[table].count; i++) {
		if (tables[table].codes[i].number == number) {
			return tables[table].codes[i].text;
		}
	}
	return NULL;
}

uint32_t cordon_code_number(enum cordon_codes table, const char *text)
{
	if ((unsigned)table >= CORDON_CODES_COUNT || text == NULL) {
		return 0;
	}
	for (size_t i = 0; i < tables[table].count; i++) {
		if (strcmp(tables[table].codes[i].text, text) == 0) {
			return tables[table].codes[i].number;
		}
	}
	return 0;
}
