/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_IMPORT_RUN_H
#define CTL_IMPORT_RUN_H

#include "client/ctl/import.h"
#include "proto/arena.h"

/* What the readers of all formats share: one import under way. */
struct import {
	const struct import_options *options;
	const struct import_handler *handler;
	struct import_counts counts;
	struct import_place place; /* of the entry at hand */
	struct arena arena;        /* of the entry at hand */
	struct cordon_date as_of;  /* absent until known */
};

/* An entry may use this much memory; a larger one is refused. */
#define IMPORT_ENTRY_BYTES_MAX (4u << 20)

/* Hands the record over; returns what the handler says. */
int import_record(struct import *import, const struct cordon_record *record);
void import_refuse(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void import_leave_out(struct import *import, const char *what);
void import_remark(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The formats.  CORDON_E… as import_run. */
int import_jsonl(struct import *import, struct errmsg *msg);
int import_un_xml(struct import *import, struct errmsg *msg);
int import_ofac_csv(struct import *import, struct errmsg *msg);

#endif
