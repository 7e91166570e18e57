/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "client/ctl/import_seen.h"
#include "client/ctl/import_text.h"
#include "client/ctl/import_un.h"
#include "client/ctl/import_xml.h"
#include "proto/record.h"

/*
 * The consolidated list of the UN Security Council: its XML, from the root down to one
 * entry.  What an entry says is read in import_un_person.c.
 */

struct un_list {
	struct import *import;
	struct import_countries *countries;
	struct import_seen seen;
	struct draft draft;
};

/* dateGenerated="2026-02-27T00:00:09.554Z" is the day of the file. */
static int take_date(void *context, const char **attributes, struct errmsg *msg)
{
	struct un_list *list = context;
	struct import *import = list->import;
	const char *generated = NULL;

	if (!date_absent(&import->as_of)) {
		return 0;
	}
	for (const char **a = attributes; *a != NULL; a += 2) {
		if (strcmp(a[0], "dateGenerated") == 0) {
			generated = a[1];
		}
	}
	if (generated == NULL || strlen(generated) < 10 ||
		!date_parse(&import->as_of, generated, 10)) {
		return errmsg_set(msg, CORDON_ESYNTAX,
			"%s: the list does not say when it was generated: give its "
			"date with "
			"--as-of DATE",
			import->place.path);
	}
	return 0;
}

/* True when the entry may be taken: it has a number, and has not come before. */
static int check_number(struct un_list *list, bool *good, struct errmsg *msg)
{
	struct import *import = list->import;
	const char *reference = import->place.reference;
	uint64_t number;
	bool before;

	*good = false;
	if (reference == NULL || !import_seen_parse(reference, &number)) {
		import_refuse(import, "DATAID \"%.40s\": a number is expected",
			reference == NULL ? "" : reference);
		return 0;
	}
	if (import_seen_add(&list->seen, number, &before) != 0) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (before) {
		import_refuse(import, "DATAID %s is in the list for the second time",
			reference);
	}
	*good = !before;
	return 0;
}

static int take_entry(void *context, const struct xml_node *entry, struct errmsg *msg)
{
	struct un_list *list = context;
	struct import *import = list->import;
	bool good;
	int error;

	import->place.reference = xml_text(entry, "DATAID");
	if (strcmp(entry->name, "ENTITY") == 0) {
		import_leave_out(import, "entity");
		return 0;
	}
	if (strcmp(entry->name, "INDIVIDUAL") != 0) {
		import_refuse(import, "<%.40s> is neither INDIVIDUAL nor ENTITY",
			entry->name);
		return 0;
	}
	error = check_number(list, &good, msg);
	if (error != 0 || !good) {
		return error;
	}
	un_person_read(&list->draft, import, list->countries, entry);
	error = draft_finish(&list->draft, "UN", import->place.reference);
	return error == 0
		       ? 0
		       : errmsg_set(msg, error, "%s, line %llu: %s", import->place.path,
				 (unsigned long long)import->place.line,
				 cordon_error_text(error));
}

int import_un_xml(struct import *import, struct errmsg *msg)
{
	struct un_list *list = calloc(1, sizeof(*list));
	const struct xml_format format = {
		.root = "CONSOLIDATED_LIST",
		.ctx = list,
		.begin = take_date,
		.entry = take_entry,
	};
	int error;

	if (list == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	list->import = import;
	error = import_countries_create(&list->countries, msg);
	if (error == 0) {
		error = xml_read(import, &format, msg);
	}
	import_countries_destroy(list->countries);
	import_seen_finish(&list->seen);
	free(list);
	return error;
}
