/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_FIELDS_H
#define PROTO_RECORD_FIELDS_H

#include <protobuf-c/protobuf-c.h>

#include "proto/record.h"

/*
 * Every field of a record, in one table: what the codec, the JSON form, the
 * comparison and the entry rules walk over.  A new field of cordon.proto is a new
 * line in record_fields.c and nothing else.
 */

enum field_type {
	FIELD_TEXT,   /* const char * */
	FIELD_STATE,  /* const char *, a state's code */
	FIELD_ID,     /* const char *, a record's id */
	FIELD_DATE,   /* struct cordon_date, perhaps partial */
	FIELD_DAY,    /* struct cordon_date, whole */
	FIELD_CODE,   /* uint32_t */
	FIELD_BOOL,   /* bool */
	FIELD_INT32,  /* int32_t */
	FIELD_UINT64, /* uint64_t */
	FIELD_OBJECT  /* a pointer to one struct, or an array of them */
};

struct shape;

struct field {
	const char *name; /* in JSON and cordon.proto */
	enum field_type type;
	bool repeated;             /* a pointer and a count; of codes: a set */
	bool local;                /* never leaves the owner's nodes */
	enum cordon_codes codes;   /* of FIELD_CODE */
	const struct shape *shape; /* of FIELD_OBJECT */
	size_t offset;             /* in the struct */
	size_t count_offset;       /* of the count, where repeated */
	size_t longest;            /* characters of a text */
	size_t most;               /* elements, where repeated */
};

/* A struct and its fields, in the order of their numbers in cordon.proto. */
struct shape {
	size_t size;
	const struct field *fields;
	size_t count;
	const ProtobufCMessageDescriptor *descriptor;
};

extern const struct shape record_shape;

/* The values of a field: one for what is there once, none for an absent object. */
struct values {
	char *data;
	size_t count;
	size_t size; /* of one */
};

struct values field_values(const struct field *field, const void *object);
/* The i-th value.  Its type is the field's. */
void *values_at(const struct values *values, size_t i);

/* Makes room for count values (1 where the field is not repeated) in arena memory and
 * attaches it to object.  data is NULL without memory. */
struct values field_make(
	const struct field *field, void *object, size_t count, struct arena *arena);

/* Bytes of one value in protobuf-c's structs (a bool only where not repeated). */
size_t field_packed_size(const struct field *field);

/* Says nothing: no text, no date, 0, false. */
bool field_value_absent(const struct field *field, const void *value);

/* The field of that name; NULL: there is none. */
const struct field *shape_find(const struct shape *shape, const char *name);

/* Where a value stands: "person.names[1].surname". */
struct field_path {
	const struct field_path *up; /* NULL: the record's own fields */
	const char *name;
	size_t index;
	bool indexed;
};

#define FIELD_PATH_BYTES 160

/* out: FIELD_PATH_BYTES. */
void field_path_text(const struct field_path *path, char *out);

#define FIELD_QUOTE_BYTES 68

/* "value" in quotes for an error's text, cut to what fits; words instead where it is
 * no text.  out: FIELD_QUOTE_BYTES.  Returns out. */
const char *field_quote(const char *value, char *out);

/* msg becomes "path: …"; returns error. */
int field_fail(const struct field_path *path, struct errmsg *msg, int error,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
