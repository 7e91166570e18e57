/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/ctl/audit.h"
#include "client/ctl/output.h"
#include "proto/head_key.h"
#include "proto/record.h"
#include "proto/tls_x509.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define REPEATED_DEFAULT 5
#define HOUR_FROM_DEFAULT 6
#define HOUR_UNTIL_DEFAULT 22

#define SOURCE_OPTION                                                                  \
	{                                                                              \
		"dir", "DIR", "the log's files, read without a node"                   \
	}
#define AUDITOR_OPTION                                                                 \
	{                                                                              \
		"auditor-key", "FILE",                                                 \
			"the auditors' private key: shows what was asked"              \
	}
#define FILTER_OPTIONS                                                                 \
	{ "record", "ID", "only what returned, showed or changed this record" },       \
		{ "officer", "ID", "only this officer's" },                            \
		{ "checkpoint", "ID", "only this checkpoint's" },                      \
		{ "from", "DATE", "only from this day on (UTC)" },                     \
		{ "to", "DATE", "only up to this day (UTC)" },                         \
		{ "verdict", "V", "clear, possible or match" },                        \
		{ "kind", "KIND",                                                      \
			"lookup, submit, export, read, control, config or log" },      \
		{ "document", "NUMBER", "only lookups of it (needs --auditor-key)" },  \
	{                                                                              \
		"personal-number", "NUMBER",                                           \
			"only lookups of it (needs --auditor-key)"                     \
	}

const struct option_spec access_log_search_options[] = {
	SOURCE_OPTION,
	AUDITOR_OPTION,
	FILTER_OPTIONS,
	{ NULL, NULL, NULL },
};

const struct option_spec access_log_verify_options[] = {
	SOURCE_OPTION,
	{ "log-key", "FILE", "the log's public key, PEM (log.pem)" },
	{ "newest", "FILE", "a checkpoint kept elsewhere, which it must reach" },
	{ NULL, NULL, NULL },
};

const struct option_spec access_log_report_options[] = {
	SOURCE_OPTION,
	{ "from", "DATE", "only from this day on (UTC)" },
	{ "to", "DATE", "only up to this day (UTC)" },
	{ "repeated", "N", "searches of one person that are many (default 5)" },
	{ "hour-from", "H", "when hours of duty begin, UTC (default 6)" },
	{ "hour-until", "H", "when they end, UTC (default 22)" },
	{ NULL, NULL, NULL },
};

/* ---- what is read -----------------------------------------------------------------
 */

static bool read_day(
	const struct args *args, const char *name, bool end, int64_t *at_us)
{
	struct cordon_date date = { 0 };

	if (args_value(args, name) == NULL) {
		return true;
	}
	if (!args_date(args, name, &date)) {
		return false;
	}
	if (date.month == 0 || date.day == 0) {
		fprintf(stderr, "cordonctl: --%s: a whole day is expected\n", name);
		return false;
	}
	*at_us = (date_days(&date) + end) * DAY_US - end;
	return true;
}

static bool read_word(const struct args *args, const char *name,
	unsigned (*parse)(const char *text), unsigned *out)
{
	const char *text = args_value(args, name);

	if (text == NULL) {
		return true;
	}
	*out = parse(text);
	if (*out == 0) {
		fprintf(stderr, "cordonctl: --%s: %s is none\n", name, text);
	}
	return *out != 0;
}

static bool read_filter(const struct args *args, struct audit_filter *filter)
{
	filter->record = args_value(args, "record");
	filter->officer = args_value(args, "officer");
	filter->checkpoint = args_value(args, "checkpoint");
	filter->document = args_value(args, "document");
	filter->personal_number = args_value(args, "personal-number");
	return read_day(args, "from", false, &filter->from_us) &&
	       read_day(args, "to", true, &filter->to_us) &&
	       read_word(args, "verdict", audit_verdict_parse, &filter->verdict) &&
	       read_word(args, "kind", audit_kind_parse, &filter->kind);
}

static int load_auditor(
	struct ctl *ctl, const struct args *args, struct audit_reading *reading)
{
	const char *path = args_value(args, "auditor-key");
	struct errmsg msg = { "" };
	int error;

	if (path == NULL) {
		if (reading->filter.document == NULL &&
			reading->filter.personal_number == NULL) {
			return EXIT_OK;
		}
		fputs("cordonctl: numbers are searched for by their keyed hash: "
		      "--auditor-key is needed\n",
			stderr);
		return EXIT_USAGE;
	}
	error = tls_x509_load_key(path, &reading->auditor, &msg);
	return error == 0 ? EXIT_OK : ctl_fail(ctl, error, msg.text);
}

/* Opens all; audit_source_close and EVP_PKEY_free follow in any case. */
static int begin(struct ctl *ctl, const struct args *args, struct audit_source *source,
	struct audit_reading *reading)
{
	int status;

	*source = (struct audit_source){ .ctl = ctl };
	reading->source = source;
	if (!read_filter(args, &reading->filter)) {
		return EXIT_USAGE;
	}
	status = load_auditor(ctl, args, reading);
	return status != EXIT_OK
		       ? status
		       : audit_source_open(source, ctl, args_value(args, "dir"));
}

/* ---- search, export, report -------------------------------------------------------
 */

static int print_text(void *context, const struct audit_entry *entry, uint64_t number,
	const json_t *asked)
{
	(void)context;
	audit_entry_print(entry, number, asked);
	return 0;
}

static int print_json(void *context, const struct audit_entry *entry, uint64_t number,
	const json_t *asked)
{
	(void)context;
	return ctl_print_json(audit_entry_json(entry, number, asked)) == EXIT_OK
		       ? 0
		       : CORDON_EIO;
}

static int read_and_print(struct ctl *ctl, const struct args *args, bool json)
{
	struct audit_reading reading = { .entry = json ? print_json : print_text };
	struct audit_source source;
	int status = begin(ctl, args, &source, &reading);

	if (status == EXIT_OK) {
		status = audit_read_all(&reading);
	}
	audit_source_close(&source);
	EVP_PKEY_free(reading.auditor);
	return ctl_flush(status);
}

int cmd_access_log_search(struct ctl *ctl, const struct args *args)
{
	return read_and_print(ctl, args, ctl->json);
}

int cmd_access_log_export(struct ctl *ctl, const struct args *args)
{
	return read_and_print(ctl, args, true);
}

int cmd_access_log_report(struct ctl *ctl, const struct args *args)
{
	struct audit_report report = { .json = ctl->json };
	struct audit_reading reading = { .entry = NULL };
	struct audit_source source;
	uint32_t repeated = REPEATED_DEFAULT, from = HOUR_FROM_DEFAULT,
		 until = HOUR_UNTIL_DEFAULT;
	int status = EXIT_USAGE;

	if (!args_number(args, "repeated", 2, 1000000, &repeated) ||
		!args_number(args, "hour-from", 0, 23, &from) ||
		!args_number(args, "hour-until", 1, 24, &until)) {
		return EXIT_USAGE;
	}
	report.repeated = repeated;
	report.hour_from = from;
	report.hour_until = until;
	status = begin(ctl, args, &source, &reading);
	if (status == EXIT_OK) {
		status = audit_report(&reading, &report);
	}
	audit_source_close(&source);
	return ctl_flush(status);
}

/* ---- verify -----------------------------------------------------------------------
 */

static int say_fault(struct ctl *ctl, const struct audit_fault *fault)
{
	if (ctl->json) {
		json_t *json = json_pack("{s:b, s:s, s:I, s:I, s:I, s:s}", "ok", 0,
			"fault", audit_fault_text(fault->kind), "segment",
			(json_int_t)fault->segment, "frame", (json_int_t)fault->frame,
			"offset", (json_int_t)fault->offset, "text", fault->text.text);

		if (fault->entry != AUDIT_NO_ENTRY) {
			json_object_set_new(
				json, "entry", json_integer((json_int_t)fault->entry));
		}
		ctl_print_json(json);
		return EXIT_FAILED;
	}
	printf("%s: segment %" PRIu64 ", frame %" PRIu64 ", byte %" PRIu64,
		audit_fault_text(fault->kind), fault->segment, fault->frame,
		fault->offset);
	if (fault->entry != AUDIT_NO_ENTRY) {
		printf(", entry %" PRIu64, fault->entry);
	}
	if (fault->kind == AUDIT_FORGED) {
		printf(" (after frame %" PRIu64 ")", fault->from);
	}
	printf("\n%s\n", fault->text.text);
	return EXIT_FAILED;
}

static int say_good(struct ctl *ctl, const struct audit_walk *walk)
{
	uint64_t open = walk->end.entries - walk->signed_entries;
	char at[OUTPUT_TIME_BYTES];

	output_time(walk->signed_us / 1000000, at);
	if (ctl->json) {
		return ctl_print_json(json_pack("{s:b, s:I, s:I, s:I, s:I, s:s, s:I}",
			"ok", 1, "first_segment", (json_int_t)walk->first_segment,
			"segment", (json_int_t)walk->end.segment, "frames",
			(json_int_t)walk->end.number, "entries",
			(json_int_t)walk->end.entries, "signed", at, "unsigned_entries",
			(json_int_t)open));
	}
	printf("good: %" PRIu64 " entries in segments %" PRIu64 " to %" PRIu64
	       ", signed until %s\n",
		walk->end.entries, walk->first_segment, walk->end.segment, at);
	if (open > 0) {
		printf("%" PRIu64 " entries behind that are not signed yet\n", open);
	}
	if (walk->newest.size == 0) {
		puts("whether it goes on behind its end cannot be told: no newest "
		     "checkpoint is known (--newest)");
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

static int walk_all(struct audit_source *source, struct audit_walk *walk)
{
	struct audit_fault fault = { .entry = AUDIT_NO_ENTRY };
	int error = 0, status = EXIT_OK;

	for (size_t i = 0; i < source->count && error == 0 && status == EXIT_OK; i++) {
		uint8_t *data;
		size_t size;

		status = audit_source_load(source, i, &data, &size);
		if (status == EXIT_OK) {
			error = audit_walk_segment(walk, source->numbers[i],
				(struct bytes){ data, size }, i + 1 == source->count,
				&fault);
			free(data);
		}
	}
	if (status != EXIT_OK) {
		return status;
	}
	if (error == 0) {
		error = audit_walk_finish(walk, &fault);
	}
	return error != 0 ? say_fault(source->ctl, &fault)
			  : say_good(source->ctl, walk);
}

static int open_verified(
	struct ctl *ctl, const struct args *args, struct audit_source *source)
{
	const char *newest = args_value(args, "newest");
	int status = audit_source_open(source, ctl, args_value(args, "dir"));

	if (status == EXIT_OK && newest != NULL) {
		status = audit_source_newest(source, newest);
	}
	return status;
}

int cmd_access_log_verify(struct ctl *ctl, const struct args *args)
{
	const char *path = args_value(args, "log-key");
	struct audit_source source = { .ctl = ctl };
	struct audit_walk walk = { .key = NULL };
	struct errmsg msg = { "" };
	struct head_key *key = NULL;
	int error, status;

	if (path == NULL) {
		fputs("cordonctl: --log-key LOG.PEM is required: the log's public key, "
		      "from the node's\nadministrator and not from whoever has the "
		      "log\n",
			stderr);
		return EXIT_USAGE;
	}
	error = head_key_load_public(path, &key, &msg);
	if (error != 0) {
		return ctl_fail(ctl, error, msg.text);
	}
	status = open_verified(ctl, args, &source);
	if (status == EXIT_OK) {
		walk.key = key;
		walk.now_us = (int64_t)time(NULL) * 1000000;
		walk.newest = (struct bytes){ source.newest, source.newest_bytes };
		status = walk_all(&source, &walk);
	}
	audit_source_close(&source);
	head_key_destroy(key);
	return ctl_flush(status);
}

/* ---- checkpoint -------------------------------------------------------------------
 */

int cmd_access_log_checkpoint(struct ctl *ctl, const struct args *args)
{
	char hex[2 * AUDIT_FRAME_SMALL_MAX + 1];
	struct audit_source source;
	int status;

	(void)args;
	status = audit_source_open(&source, ctl, NULL);
	if (status == EXIT_OK && source.newest_bytes == 0) {
		status = ctl_fail(
			ctl, CORDON_ENOTFOUND, "the node has signed no checkpoint yet");
	}
	if (status == EXIT_OK) {
		bytes_to_hex(source.newest, source.newest_bytes, hex);
		puts(hex);
	}
	audit_source_close(&source);
	return ctl_flush(status);
}
