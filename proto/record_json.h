/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_JSON_H
#define PROTO_RECORD_JSON_H

#include <jansson.h>

#include "proto/record.h"

/*
 * The one JSON form of records: names are the protobuf field names, codes their
 * texts, dates YYYY-MM-DD.
 */

/* Reads one JSON object into arena memory.  Unknown names, wrong types, unknown codes
 * and impossible dates are CORDON_EFIELD, naming field and value; no JSON is
 * CORDON_ESYNTAX. */
int record_json_read(const json_t *json, struct arena *arena,
	struct cordon_record **record, struct errmsg *msg);

/* A new reference; NULL without memory.  local: with internal_note. */
json_t *record_json_write(const struct cordon_record *record, bool local);

#endif
