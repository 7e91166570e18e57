/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/query.h"

#include <stdio.h>
#include <string.h>

/* An option's code, else the configuration's. */
static bool code(const struct args *args, const char *name, const char *configured,
	enum cordon_codes table, uint32_t *out)
{
	if (!args_given(args, name) && configured != NULL) {
		*out = cordon_code_number(table, configured);
		if (*out == 0) {
			fprintf(stderr,
				"cordonctl: configuration: %s %s: no such code\n", name,
				configured);
			return false;
		}
		return true;
	}
	return args_code(args, name, table, out);
}

bool query_context(
	const struct ctl *ctl, const struct args *args, struct cordon_context *context)
{
	const char *officer = args_value(args, "officer");
	const char *checkpoint = args_value(args, "checkpoint");

	memset(context, 0, sizeof(*context));
	context->officer = officer == NULL ? ctl->officer : officer;
	context->checkpoint = checkpoint == NULL ? ctl->checkpoint : checkpoint;
	if (!code(args, "purpose", ctl->purpose, CORDON_CODES_PURPOSE,
		    &context->purpose) ||
		!code(args, "direction", ctl->direction, CORDON_CODES_DIRECTION,
			&context->direction) ||
		!args_number(args, "max-age", 1, UINT32_MAX, &context->max_age_s) ||
		!args_date(args, "reference-date", &context->reference_date)) {
		return false;
	}
	if (context->reference_date.year != 0 && context->reference_date.day == 0) {
		fputs("cordonctl: --reference-date: expected a whole date, "
		      "YYYY-MM-DD\n",
			stderr);
		return false;
	}
	return true;
}

bool query_limit(const struct args *args, struct cordon_query *query)
{
	return args_number(args, "limit", 1, CORDON_LIMIT_MAX, &query->limit);
}

bool query_person(const struct args *args, struct cordon_query *query)
{
	query->name = args_value(args, "name");
	query->nationality = args_value(args, "nationality");
	return args_date(args, "born", &query->born) &&
	       args_code(args, "sex", CORDON_CODES_SEX, &query->sex) &&
	       args_number(args, "min-score", 1, CORDON_SCORE_MAX, &query->min_score);
}

bool query_mrz_lines(
	const struct args *args, struct arena *arena, struct cordon_query *query)
{
	bool typed = args->operands_count > 1 ||
		     (args->operands_count == 1 && strcmp(args->operands[0], "-") != 0);
	char line[256];

	query->type = CORDON_QUERY_MRZ;
	for (size_t i = 0; typed && i < args->operands_count; i++) {
		query->mrz_lines[query->mrz_line_count++] = args->operands[i];
	}
	while (!typed && fgets(line, sizeof(line), stdin) != NULL) {
		size_t length = strcspn(line, "\r\n");

		if (length == 0) {
			continue;
		}
		if (query->mrz_line_count == 3) {
			fputs("cordonctl: more than three lines: one zone at a time\n",
				stderr);
			return false;
		}
		query->mrz_lines[query->mrz_line_count++] =
			arena_text(arena, line, length);
	}
	if (query->mrz_line_count == 0) {
		fputs("cordonctl: no line of a machine-readable zone was given\n",
			stderr);
		return false;
	}
	return !arena->failed;
}
