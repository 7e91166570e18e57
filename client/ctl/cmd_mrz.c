/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/ctl/query.h"
#include "proto/record.h"

/* Exit statuses of mrz. */
enum {
	MRZ_VALID = 0,
	MRZ_NONE = 2,
	MRZ_FAULT = 3
};

const struct option_spec mrz_options[] = {
	{ "reference-date", "DATE", "today, for two-digit years (default: today)" },
	{ NULL, NULL, NULL },
};

static json_t *check_json(enum cordon_check check)
{
	return check == CORDON_CHECK_NONE ? json_null()
					  : json_boolean(check == CORDON_CHECK_RIGHT);
}

static json_t *date_json(const struct cordon_date *date)
{
	char text[16];

	if (date_absent(date)) {
		return json_null();
	}
	date_text(date, text);
	return json_string(text);
}

static json_t *mrz_json(const struct cordon_mrz *mrz)
{
	json_t *checks = json_pack("{s:o, s:o, s:o, s:o, s:o}", "number",
		check_json(mrz->checks.number), "born", check_json(mrz->checks.born),
		"expires", check_json(mrz->checks.expires), "optional",
		check_json(mrz->checks.optional), "composite",
		check_json(mrz->checks.composite));

	return json_pack(
		"{s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:s, s:o, s:s, s:s, "
		"s:o, s:s*}",
		"format", cordon_mrz_format_text(mrz->format), "valid", mrz->valid,
		"document_type", mrz->document_code, "issuer", mrz->issuer, "number",
		mrz->number, "surname", mrz->surname, "given", mrz->given,
		"names_truncated", mrz->names_truncated, "born", date_json(&mrz->born),
		"sex", cordon_code_text(CORDON_CODES_SEX, mrz->sex), "expires",
		date_json(&mrz->expires), "nationality", mrz->nationality, "optional",
		mrz->optional, "checks", checks, "fault",
		mrz->valid ? NULL : mrz->fault);
}

static void print_check(const char *name, enum cordon_check check)
{
	if (check != CORDON_CHECK_NONE) {
		printf("  check digit of %-10s %s\n", name,
			check == CORDON_CHECK_RIGHT ? "right" : "WRONG");
	}
}

static void print_text(const struct cordon_mrz *mrz)
{
	char born[16], expires[16], cyrillic[256];

	date_text(&mrz->born, born);
	date_text(&mrz->expires, expires);
	printf("%s %s of %s, number %s\n", cordon_mrz_format_text(mrz->format),
		mrz->document_code, mrz->issuer, mrz->number);
	printf("  %s, %s%s\n", mrz->surname, mrz->given,
		mrz->names_truncated ? " (cut to fit)" : "");
	if (mrz->cyrillic) {
		if (cordon_mrz_cyrillic_name(
			    mrz->surname, cyrillic, sizeof(cyrillic)) == 0) {
			printf("  %s", cyrillic);
		}
		if (cordon_mrz_cyrillic_name(mrz->given, cyrillic, sizeof(cyrillic)) ==
			0) {
			printf(" %s", cyrillic);
		}
		putchar('\n');
	}
	printf("  born %s, %s, national of %s, expires %s\n", born,
		cordon_code_text(CORDON_CODES_SEX, mrz->sex), mrz->nationality,
		expires[0] == '\0' ? "(no date)" : expires);
	if (mrz->optional[0] != '\0') {
		printf("  optional %s\n", mrz->optional);
	}
	print_check("number", mrz->checks.number);
	print_check("birth date", mrz->checks.born);
	print_check("expiry", mrz->checks.expires);
	print_check("optional", mrz->checks.optional);
	print_check("all", mrz->checks.composite);
	puts(mrz->valid ? "valid" : mrz->fault);
}

int cmd_mrz(struct ctl *ctl, const struct args *args)
{
	struct cordon_query query = { .mrz_line_count = 0 };
	struct cordon_date today = date_at(time(NULL), 0);
	struct cordon_mrz mrz;
	char why[128];
	int error;

	if (!args_date(args, "reference-date", &today) ||
		!query_mrz_lines(args, &ctl->arena, &query)) {
		return EXIT_USAGE;
	}
	error = cordon_mrz_parse(
		query.mrz_lines, query.mrz_line_count, today, &mrz, why, sizeof(why));
	if (error != 0) {
		ctl_fail(ctl, error, why);
		return MRZ_NONE;
	}
	if (!ctl->json) {
		print_text(&mrz);
	} else if (ctl_print_json(mrz_json(&mrz)) != EXIT_OK) {
		return EXIT_FAILED;
	}
	return mrz.valid ? MRZ_VALID : MRZ_FAULT;
}
