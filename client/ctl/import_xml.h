/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_XML_H
#define CTL_IMPORT_XML_H

#include "client/ctl/import_run.h"

/*
 * Lists in XML, entry by entry: <ROOT><GROUP><ENTRY>…</ENTRY>…</GROUP>…</ROOT>.  Only
 * one entry is in memory at a time.  A document type declaration is refused, so no
 * entities are ever expanded.
 */

#define XML_DEPTH_MAX 12

struct xml_node {
	const char *name;
	const char *text;              /* its own, cleaned; NULL when blank */
	struct xml_node *first, *next; /* children, in order */
	struct xml_node **append;      /* the reader's */
};

struct xml_format {
	const char *root;
	void *ctx;
	/* The root's attributes, as name, value, …, NULL.  Not 0 ends the reading. */
	int (*begin)(void *ctx, const char **attributes, struct errmsg *msg);
	/* Entry and all below it are in import's arena.  import->place.line is set. */
	int (*entry)(void *ctx, const struct xml_node *entry, struct errmsg *msg);
};

/* Reads import's file.  CORDON_ESYNTAX names file and line. */
int xml_read(
	struct import *import, const struct xml_format *format, struct errmsg *msg);

/* The first child of this name; NULL: none. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
/* Its text; NULL when there is none. */
const char *xml_text(const struct xml_node *node, const char *name);

#endif
