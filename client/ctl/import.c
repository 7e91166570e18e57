/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/import_run.h"
#include "proto/record.h"

#define REASON_BYTES 512
#define DAYS_MAX 36525 /* a century: no ban is meant to last longer */

static const struct {
	const char *text;
	int (*read)(struct import *import, struct errmsg *msg);
} formats[] = {
	[IMPORT_JSONL] = { "jsonl", import_jsonl },
	[IMPORT_UN_XML] = { "un-xml", import_un_xml },
	[IMPORT_OFAC_CSV] = { "ofac-csv", import_ofac_csv },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

const char *import_format_text(enum import_format format)
{
	return format >= IMPORT_JSONL && format < FORMATS ? formats[format].text
							  : "none";
}

enum import_format import_format_parse(const char *text)
{
	for (unsigned i = IMPORT_JSONL; i < FORMATS; i++) {
		if (strcmp(formats[i].text, text) == 0) {
			return (enum import_format)i;
		}
	}
	return (enum import_format)0;
}

int import_record(struct import *import, const struct cordon_record *record)
{
	const struct import_handler *handler = import->handler;

	import->counts.records++;
	return handler->record == NULL
		       ? 0
		       : handler->record(handler->ctx, record, &import->place);
}

void import_refuse(struct import *import, const char *format, ...)
{
	const struct import_handler *handler = import->handler;
	char reason[REASON_BYTES];
	va_list ap;

	import->counts.refused++;
	va_start(ap, format);
	vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	if (handler->refused != NULL) {
		handler->refused(handler->ctx, &import->place, reason);
	}
}

void import_leave_out(struct import *import, const char *what)
{
	const struct import_handler *handler = import->handler;

	import->counts.left_out++;
	if (handler->left_out != NULL) {
		handler->left_out(handler->ctx, &import->place, what);
	}
}

void import_remark(struct import *import, const char *format, ...)
{
	const struct import_handler *handler = import->handler;
	char text[REASON_BYTES];
	va_list ap;

	import->counts.remarks++;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (handler->remark != NULL) {
		handler->remark(handler->ctx, &import->place, text);
	}
}

static int check_list_options(const struct import_options *options, struct errmsg *msg)
{
	if (!ident_member_valid(options->owner.code)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"the owner in whose name the list is entered is needed: "
			"--owner XXX");
	}
	if (!date_absent(&options->as_of) && !date_whole(&options->as_of)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"--as-of: a whole date is expected, such as 2026-02-27");
	}
	if (options->valid_days > DAYS_MAX || options->retention_days > DAYS_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"--valid-days: at most %d days are expected", DAYS_MAX);
	}
	if (options->format == IMPORT_OFAC_CSV && date_absent(&options->as_of)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"OFAC's files hold no date of their own: give the day they "
			"were "
			"published with --as-of DATE, and the same one whenever the "
			"same file "
			"is imported again");
	}
	return 0;
}

static int check_options(const struct import_options *options, struct errmsg *msg)
{
	if (options->format < IMPORT_JSONL || options->format >= FORMATS) {
		return errmsg_set(msg, CORDON_EINVAL,
			"the format is one of jsonl, un-xml, ofac-csv");
	}
	if (options->path == NULL) {
		return errmsg_set(msg, CORDON_EINVAL, "the file to import is needed");
	}
	if (options->aliases_path != NULL && options->format != IMPORT_OFAC_CSV) {
		return errmsg_set(msg, CORDON_EINVAL,
			"only ofac-csv has its aliases in a file of their own");
	}
	return options->format == IMPORT_JSONL ? 0 : check_list_options(options, msg);
}

int import_run(const struct import_options *options,
	const struct import_handler *handler, struct import_counts *counts,
	struct errmsg *msg)
{
	struct import import = {
		.options = options,
		.handler = handler,
		.place = { .path = options->path },
		.as_of = options->as_of,
	};
	int error = check_options(options, msg);

	if (error == 0) {
		arena_init(&import.arena, IMPORT_ENTRY_BYTES_MAX);
		error = formats[options->format].read(&import, msg);
		arena_finish(&import.arena);
	}
	*counts = import.counts;
	return error;
}
