/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_QUERY_H
#define CTL_QUERY_H

#include "client/ctl/ctl.h"
#include "proto/errmsg.h"

/* Questions from the command line and from lines of JSON. */

/* The options of every lookup. */
#define QUERY_CONTEXT_OPTIONS                                                          \
	{ "purpose", "CODE", "why: border_check, visa, residence, police_check …" },   \
		{ "officer", "ID", "who asks" }, { "checkpoint", "ID", "where" },      \
		{ "direction", "CODE", "entry, exit, transit or inland" },             \
		{ "max-age", "SECONDS", "a list older than this counts as missing" },  \
	{                                                                              \
		"reference-date", "DATE",                                              \
			"today, for two-digit years (default: today)"                  \
	}
/* Of a question by name. */
#define QUERY_PERSON_OPTIONS                                                           \
	{ "name", "TEXT", "in any script, in any order" },                             \
		{ "born", "DATE", "YYYY[-MM[-DD]]" },                                  \
		{ "nationality", "XXX", "state" },                                     \
	{                                                                              \
		"sex", "M|F|X", "as printed"                                           \
	}
#define QUERY_SCORE_OPTION                                                             \
	{                                                                              \
		"min-score", "N", "the least score of a name (default: the node's)"    \
	}
#define QUERY_LIMIT_OPTION                                                             \
	{                                                                              \
		"limit", "N", "most matches in an answer (default 20)"                 \
	}

/* From options, else from the configuration.  False after a message. */
bool query_context(
	const struct ctl *ctl, const struct args *args, struct cordon_context *context);
bool query_limit(const struct args *args, struct cordon_query *query);
/* What QUERY_PERSON_OPTIONS and QUERY_SCORE_OPTION say; the name may be missing. */
bool query_person(const struct args *args, struct cordon_query *query);

/* Up to three lines for an MRZ from operands, else from stdin; in arena memory. */
bool query_mrz_lines(
	const struct args *args, struct arena *arena, struct cordon_query *query);

/*
 * One line of a batch.  *id is a new reference of its "id" (NULL: none), also on
 * failure where the line got that far.  The query is in arena memory.  CORDON_ESYNTAX,
 * CORDON_EFIELD with the field.
 */
int query_from_json(const char *line, size_t bytes, struct arena *arena,
	struct cordon_query *query, json_t **id, struct errmsg *msg);

#endif
