/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_ofac.h"

#include <stdlib.h>
#include <string.h>

#include "client/ctl/import_csv.h"
#include "client/ctl/import_seen.h"
#include "client/ctl/import_text.h"

/* sdn.csv, row by row. */
enum sdn_column {
	ENTRY,
	NAME,
	TYPE,
	PROGRAM,
	TITLE,
	CALL_SIGN,
	VESSEL_TYPE,
	TONNAGE,
	GROSS_TONNAGE,
	VESSEL_FLAG,
	VESSEL_OWNER,
	REMARKS,
	COLUMNS
};

struct sdn_list {
	struct import *import;
	struct import_countries *countries;
	struct ofac_aliases *aliases;
	struct import_seen seen;
	struct draft draft;
};

void ofac_name(struct draft *draft, enum cordon_name_type type, const char *name)
{
	struct arena *arena = &draft->import->arena;
	const char *comma = strchr(name, ',');
	char *given;

	if (comma == NULL) {
		draft_full_name(draft, type, name);
		return;
	}
	given = arena_text(arena, comma + 1, strlen(comma + 1));
	if (given == NULL) {
		return;
	}
	for (char *at = given; *at != '\0'; at++) {
		*at = *at == ',' ? ' ' : *at; /* "KOSTOV, Fabian, Jr." */
	}
	draft_name(draft, type, import_text_clean(arena, name, (size_t)(comma - name)),
		import_text_clean(arena, given, strlen(given)));
}

/* "SDGT] [SYRIA" */
static const char *programmes(struct draft *draft, const char *text)
{
	struct arena *arena = &draft->import->arena;
	const char *all = NULL;

	while (text != NULL && *text != '\0') {
		size_t bytes = strcspn(text, "[]");

		if (bytes > strspn(text, " ")) {
			all = all == NULL ? arena_printf(arena, "OFAC programmes: %.*s",
						    (int)bytes, text)
					  : arena_printf(arena, "%s, %.*s", all,
						    (int)bytes, text);
		}
		text += bytes;
		text += strspn(text, "[] ");
	}
	return all;
}

static int take_person(struct sdn_list *list, const struct csv_row *row,
	uint64_t number, struct errmsg *msg)
{
	struct draft *draft = &list->draft;
	int error;

	draft_begin(draft, list->import, list->countries);
	draft->record.reason = CORDON_REASON_OTHER;
	/* another state's sanctions are no ban here: an officer decides */
	draft->action = CORDON_ACTION_REFER;
	draft->decision.authority = "US Department of the Treasury, OFAC";
	draft->decision.legal_basis = programmes(draft, row->columns[PROGRAM]);
	if (row->columns[NAME] != NULL) {
		ofac_name(draft, CORDON_NAME_PRIMARY, row->columns[NAME]);
	}
	ofac_aliases_apply(list->aliases, number, draft);
	draft_note(draft, "title", row->columns[TITLE]);
	if (row->columns[REMARKS] != NULL) {
		ofac_remarks(draft, row->columns[REMARKS]);
	}
	error = draft_finish(draft, "OFAC", row->columns[ENTRY]);
	return error == 0 ? 0
			  : errmsg_set(msg, error, "%s, line %llu: %s",
				    list->import->place.path,
				    (unsigned long long)row->line,
				    cordon_error_text(error));
}

static int take_row(void *context, const struct csv_row *row, struct errmsg *msg)
{
	struct sdn_list *list = context;
	const char *type = row->columns[TYPE];
	uint64_t number;
	bool before;

	if (row->columns[ENTRY] == NULL ||
		!import_seen_parse(row->columns[ENTRY], &number)) {
		import_refuse(list->import, "column 1: the entry's number is expected");
		return 0;
	}
	if (import_seen_add(&list->seen, number, &before) != 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (before) {
		import_refuse(list->import,
			"entry %s is in the list for the second time",
			row->columns[ENTRY]);
		return 0;
	}
	if (type == NULL || strcmp(type, "individual") != 0) {
		ofac_aliases_apply(list->aliases, number, NULL);
		import_leave_out(list->import, type == NULL ? "entity" : type);
		return 0;
	}
	return take_person(list, row, number, msg);
}

static void report_left_aliases(struct sdn_list *list)
{
	struct import *import = list->import;
	size_t left = ofac_aliases_left(list->aliases);

	if (left > 0) {
		import->place =
			(struct import_place){ import->options->aliases_path, 0, NULL };
		import_remark(import,
			"aliases of %zu entries that are not in %s: are both files of "
			"one day?",
			left, import->options->path);
	}
	if (import->options->aliases_path == NULL) {
		import->place = (struct import_place){ import->options->path, 0, NULL };
		import_remark(import, "no --aliases file was given: most aliases of "
				      "this list stand in alt.csv");
	}
}

int import_ofac_csv(struct import *import, struct errmsg *msg)
{
	struct sdn_list *list = calloc(1, sizeof(*list));
	const struct csv_format format = {
		.path = import->options->path,
		.columns = COLUMNS,
		.ctx = list,
		.arena = &import->arena,
		.row = take_row,
	};
	int error;

	if (list == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	list->import = import;
	error = import_countries_create(&list->countries, msg);
	if (error == 0) {
		error = ofac_aliases_create(
			import, import->options->aliases_path, &list->aliases, msg);
	}
	if (error == 0) {
		error = csv_read(import, &format, msg);
	}
	if (error == 0) {
		report_left_aliases(list);
	}
	ofac_aliases_destroy(list->aliases);
	import_countries_destroy(list->countries);
	import_seen_finish(&list->seen);
	free(list);
	return error;
}
