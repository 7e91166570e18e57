/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/ctl/copies.h"
#include "client/ctl/import.h"
#include "client/ctl/output.h"
#include "client/ctl/submitter.h"
#include "proto/record.h"

const struct option_spec import_options_table[] = {
	{ "format", "FORMAT", "jsonl, un-xml or ofac-csv" },
	{ "aliases", "FILE", "ofac-csv: the aliases (alt.csv)" },
	{ "owner", "XXX", "in whose name: the own member (the default)" },
	{ "as-of", "DATE", "first day in force (default: the file's own date)" },
	{ "valid-days", "N", "how long (default: the kind's longest retention)" },
	COPIES_OPTION,
	{ NULL, NULL, NULL },
};

struct importing {
	struct ctl *ctl;
	struct submitter *submitter;
	struct progress progress;
	uint64_t records;
	int status;
};

static int on_record(void *context, const struct cordon_record *record,
	const struct import_place *place)
{
	struct importing *importing = context;

	importing->records++;
	importing->status =
		submitter_add(importing->submitter, record, place->path, place->line);
	return importing->status == EXIT_OK ? 0 : CORDON_ECLOSED;
}

static void on_refused(
	void *context, const struct import_place *place, const char *reason)
{
	struct importing *importing = context;

	progress_end(&importing->progress);
	submitter_refuse(importing->submitter, place->path, place->line,
		place->reference, reason);
}

static void say(struct importing *importing, const struct import_place *place,
	const char *outcome, const char *text)
{
	const struct submitter_line told = { place->path, place->line, place->reference,
		outcome, text };

	progress_end(&importing->progress);
	submitter_tell(importing->submitter, &told);
}

static void on_left_out(
	void *context, const struct import_place *place, const char *what)
{
	say(context, place, "left out", what);
}

static void on_remark(void *context, const struct import_place *place, const char *text)
{
	say(context, place, "remark", text);
}

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	struct importing *importing = context;

	progress_draw(&importing->progress, done, total, importing->records);
}

/* OFAC's files have no date inside; the file system's is the one they were published or
 * fetched with.  Said aloud, because the records' validity hangs on it. */
static bool date_of_file(const char *path, struct cordon_date *date)
{
	struct stat st;
	char text[16];

	if (strcmp(path, "-") == 0) {
		fputs("cordonctl: this list has no date of its own: give --as-of "
		      "DATE\n",
			stderr);
		return false;
	}
	if (stat(path, &st) != 0) {
		fprintf(stderr, "cordonctl: read %s: %s\n", path, strerror(errno));
		return false;
	}
	*date = date_at(st.st_mtime, 0);
	date_text(date, text);
	fprintf(stderr,
		"cordonctl: as of %s, the file's date; --as-of DATE says another\n",
		text);
	return true;
}

/* Whose name, how long: from the options, else from what the node says. */
static int complete(
	struct ctl *ctl, const struct args *args, struct import_options *options)
{
	const struct cordon_node_info *info;
	const char *owner = args_value(args, "owner");
	int error = cordon_client_node(ctl->client, &info);

	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	if (owner == NULL && info->node != NULL &&
		strncmp(info->node, "cordon://", 9) == 0) {
		owner = info->node + 9; /* its first three letters: the node's member */
	}
	if (owner == NULL || strlen(owner) < 3 ||
		!ident_state_set(&options->owner, owner, 3) ||
		(args_given(args, "owner") && strlen(owner) != 3)) {
		fputs("cordonctl: --owner: expected a member's three letters\n",
			stderr);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < info->policies_count; i++) {
		if (info->policies[i].kind == CORDON_KIND_ENTRY_BAN) {
			options->retention_days = info->policies[i].retention_days;
		}
	}
	if (options->format == IMPORT_OFAC_CSV && date_absent(&options->as_of) &&
		!date_of_file(options->path, &options->as_of)) {
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* An option that nothing reads is a mistake. */
static bool options_fit(const struct args *args, enum import_format format)
{
	static const char *const of_lists[] = { "owner", "as-of", "valid-days" };

	for (size_t i = 0; format == IMPORT_JSONL && i < 3; i++) {
		if (args_given(args, of_lists[i])) {
			fprintf(stderr,
				"cordonctl: --%s: not with --format jsonl, whose lines "
				"say it all themselves\n",
				of_lists[i]);
			return false;
		}
	}
	if (format != IMPORT_OFAC_CSV && args_given(args, "aliases")) {
		fputs("cordonctl: --aliases: only with --format ofac-csv\n", stderr);
		return false;
	}
	return true;
}

static bool read_options(const struct args *args, struct import_options *options)
{
	const char *format = args_value(args, "format");

	options->path = args->operands[0];
	options->aliases_path = args_value(args, "aliases");
	if (format == NULL || (options->format = import_format_parse(format)) == 0) {
		fputs("cordonctl: --format: expected jsonl, un-xml or ofac-csv\n",
			stderr);
		return false;
	}
	return options_fit(args, options->format) &&
	       args_date(args, "as-of", &options->as_of) &&
	       args_number(args, "valid-days", 1, 36525, &options->valid_days);
}

static int run(struct importing *importing, const struct import_options *options)
{
	struct import_handler handler = {
		.ctx = importing,
		.record = on_record,
		.refused = on_refused,
		.left_out = on_left_out,
		.remark = on_remark,
		.progress = on_progress,
	};
	struct submitter_besides besides;
	struct import_counts counts;
	struct errmsg msg = { "" };
	int error = import_run(options, &handler, &counts, &msg);
	int status = importing->status;

	if (error == 0) {
		status = submitter_flush(importing->submitter);
	} else if (status == EXIT_OK) {
		progress_end(&importing->progress);
		status = ctl_fail(importing->ctl, error, errmsg_text(&msg, error));
		/* what came before the fault goes in all the same, and is counted */
		submitter_flush(importing->submitter);
		status = error == CORDON_EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	progress_end(&importing->progress);
	besides = (struct submitter_besides){ counts.left_out, counts.remarks };
	return submitter_end(importing->submitter, status, &besides);
}

int cmd_import(struct ctl *ctl, const struct args *args)
{
	struct import_options options = { .format = 0 };
	struct submitter_options wanted = { .from_public_list = false };
	struct importing importing = { .ctl = ctl };
	struct cordon_submission wish;
	int status;

	if (!read_options(args, &options) || !copies_read(ctl, args, &wish)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status == EXIT_OK && options.format != IMPORT_JSONL) {
		status = complete(ctl, args, &options);
	}
	if (status != EXIT_OK) {
		return status;
	}
	wanted.from_public_list = options.format != IMPORT_JSONL;
	wanted.copies = wish.copies;
	wanted.copies_timeout_ms = wish.copies_timeout_ms;
	importing.submitter = submitter_create(ctl, &wanted);
	if (importing.submitter == NULL) {
		return ctl_fail(ctl, CORDON_ENOMEM, NULL);
	}
	status = run(&importing, &options);
	submitter_destroy(importing.submitter);
	return status;
}
