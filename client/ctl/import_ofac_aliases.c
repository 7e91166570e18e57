/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "client/ctl/import_csv.h"
#include "client/ctl/import_ofac.h"
#include "client/ctl/import_seen.h"

#define ALIASES_BYTES_MAX (256u << 20)

enum alias_column {
	ENTRY,
	NUMBER,
	TYPE,
	NAME,
	REMARKS,
	COLUMNS
};

struct alias {
	uint64_t entry;
	uint64_t line;
	const char *type, *name, *remarks;
	bool used;
};

struct ofac_aliases {
	struct import *import;
	struct arena arena; /* texts */
	struct alias *all;  /* by entry, then line */
	size_t count, room;
};

static int append(
	struct ofac_aliases *aliases, const struct alias *alias, struct errmsg *msg)
{
	if (aliases->count == aliases->room) {
		size_t room = aliases->room == 0 ? 1024 : 2 * aliases->room;
		struct alias *all = realloc(aliases->all, room * sizeof(*all));

		if (all == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
		aliases->all = all;
		aliases->room = room;
	}
	aliases->all[aliases->count++] = *alias;
	return 0;
}

static int take_row(void *context, const struct csv_row *row, struct errmsg *msg)
{
	struct ofac_aliases *aliases = context;
	struct alias alias = {
		.line = row->line,
		.type = row->columns[TYPE],
		.name = row->columns[NAME],
		.remarks = row->columns[REMARKS],
	};

	if (row->columns[ENTRY] == NULL ||
		!import_seen_parse(row->columns[ENTRY], &alias.entry)) {
		import_refuse(aliases->import,
			"column 1: the number of an entry is expected");
		return 0;
	}
	if (alias.name == NULL) {
		import_refuse(aliases->import, "column 4: a name is expected");
		return 0;
	}
	return append(aliases, &alias, msg);
}

static int compare(const void *left, const void *right)
{
	const struct alias *a = left, *b = right;

	if (a->entry != b->entry) {
		return a->entry < b->entry ? -1 : 1;
	}
	return (a->line > b->line) - (a->line < b->line);
}

int ofac_aliases_create(struct import *import, const char *path,
	struct ofac_aliases **aliases, struct errmsg *msg)
{
	struct ofac_aliases *new = calloc(1, sizeof(*new));
	const struct csv_format format = {
		.path = path,
		.columns = COLUMNS,
		.ctx = new,
		.arena = new == NULL ? NULL : &new->arena,
		.row = take_row,
	};
	int error = 0;

	if (new == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	new->import = import;
	arena_init(&new->arena, ALIASES_BYTES_MAX);
	if (path != NULL) {
		error = csv_read(import, &format, msg);
	}
	if (error == 0 && new->arena.failed) {
		error = errmsg_set(msg, CORDON_ETOOBIG,
			"%s is larger than an aliases file is", path);
	}
	if (error != 0) {
		ofac_aliases_destroy(new);
		return error;
	}
	if (new->count > 0) {
		qsort(new->all, new->count, sizeof(new->all[0]), compare);
	}
	*aliases = new;
	return 0;
}

void ofac_aliases_destroy(struct ofac_aliases *aliases)
{
	if (aliases != NULL) {
		arena_finish(&aliases->arena);
		free(aliases->all);
		free(aliases);
	}
}

static enum cordon_name_type type_of(struct draft *draft, const char *type)
{
	if (type != NULL && strcmp(type, "fka") == 0) {
		return CORDON_NAME_FORMER;
	}
	if (type == NULL || (strcmp(type, "aka") != 0 && strcmp(type, "nka") != 0)) {
		import_remark(draft->import,
			"alias of the unknown type \"%.20s\" is taken for an a.k.a.",
			type == NULL ? "" : type);
	}
	return CORDON_NAME_ALIAS;
}

/* The first alias of entry, or where it would stand. */
static size_t find(const struct ofac_aliases *aliases, uint64_t entry)
{
	size_t first = 0, behind = aliases->count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;

		if (aliases->all[middle].entry < entry) {
			first = middle + 1;
		} else {
			behind = middle;
		}
	}
	return first;
}

void ofac_aliases_apply(
	struct ofac_aliases *aliases, uint64_t entry, struct draft *draft)
{
	for (size_t i = find(aliases, entry);
		i < aliases->count && aliases->all[i].entry == entry; i++) {
		struct alias *alias = &aliases->all[i];

		alias->used = true;
		if (draft != NULL) {
			ofac_name(draft, type_of(draft, alias->type), alias->name);
			draft_note(draft, alias->name, alias->remarks);
		}
	}
}

size_t ofac_aliases_left(const struct ofac_aliases *aliases)
{
	uint64_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < aliases->count; i++) {
		if (!aliases->all[i].used && aliases->all[i].entry != last) {
			count++;
		}
		last = aliases->all[i].entry;
	}
	return count;
}
