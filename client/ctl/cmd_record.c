/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/ctl/copies.h"
#include "client/ctl/lines.h"
#include "client/ctl/output_json.h"
#include "client/ctl/submitter.h"
#include "proto/record_json.h"

const struct option_spec record_put_options[] = {
	COPIES_OPTION,
	{ NULL, NULL, NULL },
};

const struct option_spec record_withdraw_options[] = {
	{ "reason", "CODE", "expired, annulled, error, wrong_person, duplicate …" },
	{ "text", "TEXT", "why, kept at the own member" },
	COPIES_OPTION,
	{ NULL, NULL, NULL },
};

const struct option_spec record_confirm_options[] = {
	{ "until", "DATE", "the new review date" },
	COPIES_OPTION,
	{ NULL, NULL, NULL },
};

const struct option_spec record_due_options[] = {
	{ "within", "DAYS", "how far ahead (default 90)" },
	{ NULL, NULL, NULL },
};

static int put_line(struct submitter *submitter, const char *path, uint64_t number,
	const char *text, size_t bytes)
{
	struct cordon_record *record;
	char message[512];
	int error =
		cordon_record_from_json(text, bytes, &record, message, sizeof(message));
	int status;

	if (error != 0) {
		submitter_refuse(submitter, path, number, NULL, message);
		return error == CORDON_ENOMEM ? EXIT_FAILED : EXIT_OK;
	}
	status = submitter_add(submitter, record, path, number);
	cordon_record_destroy(record);
	return status;
}

static int put_lines(struct submitter *submitter, struct lines *lines, const char *path)
{
	const char *text;
	size_t bytes;
	int got, status = EXIT_OK;

	while (status == EXIT_OK && ((got = lines_next(lines, &text, &bytes)) > 0 ||
					    got == CORDON_ETOOBIG)) {
		if (got == CORDON_ETOOBIG) {
			submitter_refuse(submitter, path, lines->number, NULL,
				"the line is longer than a record may be");
		} else if (bytes > 0) {
			status = put_line(submitter, path, lines->number, text, bytes);
		}
	}
	if (status == EXIT_OK) {
		status = submitter_flush(submitter);
	}
	if (status == EXIT_OK && got < 0) {
		fprintf(stderr, "cordonctl: %s: line %" PRIu64 ": %s\n", path,
			lines->number + 1, cordon_error_text(got));
		status = EXIT_FAILED;
	}
	return status;
}

int cmd_record_put(struct ctl *ctl, const struct args *args)
{
	const char *path = args->operands[0];
	struct submitter_options options = { .from_public_list = false };
	struct cordon_submission wish;
	struct submitter *submitter;
	struct lines lines;
	int status;

	if (!copies_read(ctl, args, &wish)) {
		return EXIT_USAGE;
	}
	options.copies = wish.copies;
	options.copies_timeout_ms = wish.copies_timeout_ms;
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	if (lines_open(&lines, path) != 0) {
		fprintf(stderr, "cordonctl: read %s: %s\n", path, strerror(errno));
		return EXIT_FAILED;
	}
	submitter = submitter_create(ctl, &options);
	if (submitter == NULL) {
		status = ctl_fail(ctl, CORDON_ENOMEM, NULL);
	} else {
		status = put_lines(submitter, &lines, path);
		status = submitter_end(submitter, status, NULL);
	}
	lines_close(&lines);
	submitter_destroy(submitter);
	return status;
}

static int print_one(struct ctl *ctl, const struct cordon_item *item,
	const struct cordon_results *results)
{
	static const char *const outcomes[] = { "", "created", "changed", "unchanged",
		"withdrawn", "refused", "held", "pending" };
	const struct cordon_result *result = &results->results[0];
	json_t *json;

	if (ctl->json) {
		json = json_pack("{s:s, s:s, s:I, s:I}", "id", item->id, "outcome",
			outcomes[result->outcome], "version",
			(json_int_t)result->version, "sequence",
			(json_int_t)result->sequence);
		if (copies_matter(results)) {
			json = output_json_with(json, "copies", copies_json(results));
		}
		return ctl_print_json(json);
	}
	printf("%s: %s, version %" PRIu64 ", sequence %" PRIu64, item->id,
		outcomes[result->outcome], result->version, result->sequence);
	if (results->copies_error == 0 && copies_matter(results) &&
		result->outcome != CORDON_OUTCOME_HELD) {
		copies_print_members(stdout, results);
	}
	putchar('\n');
	if (results->copies_error != 0) {
		copies_warn(results);
	}
	return EXIT_OK;
}

static int held(const struct ctl *ctl)
{
	if (!ctl->json) {
		fputs("cordonctl: too many withdrawals at once: it waits for an "
		      "administrator (cordonctl brake list)\n",
			stderr);
	}
	return EXIT_HELD;
}

/* One item, its outcome printed. */
static int submit_one(
	struct ctl *ctl, const struct args *args, const struct cordon_item *item)
{
	struct cordon_submission submission = { .items = item, .count = 1 };
	struct ctl_patience patience = { 0 };
	struct cordon_results *results;
	const struct cordon_result *result;
	int error, status;

	if (!copies_read(ctl, args, &submission)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	do {
		error = cordon_submit_with(ctl->client, &submission, &results);
	} while (error != 0 && ctl_again(ctl, &patience, error));
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	result = &results->results[0];
	if (result->error != 0 || result->outcome == CORDON_OUTCOME_REFUSED) {
		status = ctl_fail(ctl, result->error, result->error_text);
	} else {
		status = print_one(ctl, item, results);
		if (status == EXIT_OK && result->outcome == CORDON_OUTCOME_HELD) {
			status = held(ctl);
		} else if (status == EXIT_OK && results->copies_error != 0) {
			status = EXIT_COPIES;
		}
	}
	cordon_results_destroy(results);
	return status;
}

int cmd_record_withdraw(struct ctl *ctl, const struct args *args)
{
	struct cordon_item item = {
		.type = CORDON_ITEM_WITHDRAW,
		.id = args->operands[0],
		.text = args_value(args, "text"),
	};

	if (!args_given(args, "reason")) {
		fputs("cordonctl: --reason CODE is missing; see cordonctl record "
		      "withdraw "
		      "--help\n",
			stderr);
		return EXIT_USAGE;
	}
	if (!args_code(args, "reason", CORDON_CODES_WITHDRAWAL, &item.reason)) {
		return EXIT_USAGE;
	}
	return submit_one(ctl, args, &item);
}

int cmd_record_confirm(struct ctl *ctl, const struct args *args)
{
	struct cordon_item item = {
		.type = CORDON_ITEM_CONFIRM,
		.id = args->operands[0],
	};

	if (!args_date(args, "until", &item.until)) {
		return EXIT_USAGE;
	}
	if (!date_whole(&item.until)) {
		fputs("cordonctl: --until DATE is missing or not a whole date\n",
			stderr);
		return EXIT_USAGE;
	}
	return submit_one(ctl, args, &item);
}

static json_t *date_json(const struct cordon_date *date)
{
	char text[16];

	date_text(date, text);
	return json_string(text);
}

static void print_due(const struct ctl *ctl, const struct cordon_due_record *record)
{
	char review[16], until[16];

	if (ctl->json) {
		ctl_print_json(json_pack("{s:s, s:o, s:o}", "id", record->id,
			"review_by", date_json(&record->review_by), "valid_until",
			date_json(&record->valid_until)));
		return;
	}
	date_text(&record->review_by, review);
	date_text(&record->valid_until, until);
	printf("%s  review by %s  valid until %s\n", record->id, review, until);
}

int cmd_record_due(struct ctl *ctl, const struct args *args)
{
	uint32_t days = 90;
	struct cordon_due *due;
	int error, status;

	if (!args_number(args, "within", 0, 36500, &days)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_due(ctl->client, days, &due);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	for (size_t i = 0; i < due->count; i++) {
		print_due(ctl, &due->records[i]);
	}
	if (due->more) {
		fputs("cordonctl: there are more; ask for fewer days\n", stderr);
	}
	cordon_due_destroy(due);
	return EXIT_OK;
}
