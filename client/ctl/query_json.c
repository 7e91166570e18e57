/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "client/ctl/query.h"
#include "proto/record.h"

/* One object of the line being read; name: how it is called in messages. */
struct object {
	const char *name;
	json_t *json;
	struct arena *arena;
	struct errmsg *msg;
	int error; /* sticky */
};

static void fail(struct object *o, const char *key, const char *expected)
{
	if (o->error == 0) {
		o->error = errmsg_set(o->msg, CORDON_EFIELD, "%s%s%s: expected %s",
			o->name, o->name[0] == '\0' ? "" : ".", key, expected);
	}
}

static const char *text(struct object *o, const char *key)
{
	const json_t *value = json_object_get(o->json, key);

	if (value == NULL) {
		return NULL;
	}
	if (!json_is_string(value)) {
		fail(o, key, "a string");
		return NULL;
	}
	return arena_text(
		o->arena, json_string_value(value), json_string_length(value));
}

static const char *mandatory(struct object *o, const char *key)
{
	const char *value = text(o, key);

	if (value == NULL || value[0] == '\0') {
		fail(o, key, "a text that is not empty");
	}
	return value;
}

static void date(struct object *o, const char *key, struct cordon_date *out)
{
	const char *value = text(o, key);

	if (value != NULL && !date_parse(out, value, strlen(value))) {
		fail(o, key, "a date, YYYY[-MM[-DD]]");
	}
}

static void code(
	struct object *o, const char *key, enum cordon_codes table, uint32_t *out)
{
	const char *value = text(o, key);

	if (value != NULL) {
		*out = cordon_code_number(table, value);
		if (*out == 0) {
			fail(o, key, "a known code");
		}
	}
}

/* From 1 to most; absent: *out is left. */
static void number(struct object *o, const char *key, uint32_t most, uint32_t *out)
{
	const json_t *value = json_object_get(o->json, key);
	char expected[40];

	if (value == NULL) {
		return;
	}
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
		json_integer_value(value) > most) {
		snprintf(expected, sizeof(expected), "a number from 1 to %u", most);
		fail(o, key, expected);
		return;
	}
	*out = (uint32_t)json_integer_value(value);
}

/* Keys that nobody reads are mistakes, and a mistake must not widen a search. */
static void only(struct object *o, const char *const *keys)
{
	const char *key;
	json_t *value;

	json_object_foreach(o->json, key, value)
	{
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], key) != 0) {
			i++;
		}
		if (keys[i] == NULL) {
			fail(o, key, "no such key here");
		}
	}
}

static void read_document(struct object *o, struct cordon_query *query)
{
	static const char *const keys[] = { "number", "issuer", "type", NULL };

	query->type = CORDON_QUERY_DOCUMENT;
	only(o, keys);
	query->number = mandatory(o, "number");
	query->issuer = text(o, "issuer");
	code(o, "type", CORDON_CODES_DOCUMENT_TYPE, &query->document_type);
}

static void read_person(struct object *o, struct cordon_query *query)
{
	static const char *const keys[] = { "name", "born", "sex", "nationality",
		"min_score", NULL };
	static const char *const number_keys[] = { "personal_number", "issuer", NULL };

	if (json_object_get(o->json, "personal_number") != NULL) {
		only(o, number_keys);
		query->type = CORDON_QUERY_PERSONAL_NUMBER;
		query->number = mandatory(o, "personal_number");
		query->issuer = mandatory(o, "issuer");
		return;
	}
	only(o, keys);
	query->type = CORDON_QUERY_PERSON;
	query->name = mandatory(o, "name");
	date(o, "born", &query->born);
	code(o, "sex", CORDON_CODES_SEX, &query->sex);
	query->nationality = text(o, "nationality");
	number(o, "min_score", CORDON_SCORE_MAX, &query->min_score);
}

static void read_mrz(struct object *o, const json_t *lines, struct cordon_query *query)
{
	size_t count = json_array_size(lines);

	query->type = CORDON_QUERY_MRZ;
	if (count < 1 || count > 3) {
		fail(o, "mrz", "one to three lines");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *line = json_array_get(lines, i);

		if (!json_is_string(line)) {
			fail(o, "mrz", "strings");
			return;
		}
		query->mrz_lines[query->mrz_line_count++] = arena_text(
			o->arena, json_string_value(line), json_string_length(line));
	}
}

static void read_query(struct object *o, struct cordon_query *query)
{
	static const char *const keys[] = { "id", "document", "mrz", "person", "limit",
		NULL };
	json_t *document = json_object_get(o->json, "document");
	json_t *mrz = json_object_get(o->json, "mrz");
	json_t *person = json_object_get(o->json, "person");
	struct object inner = *o;

	only(o, keys);
	number(o, "limit", CORDON_LIMIT_MAX, &query->limit);
	if ((document != NULL) + (mrz != NULL) + (person != NULL) != 1) {
		fail(o, "document|mrz|person", "exactly one of them");
		return;
	}
	if (mrz != NULL) {
		read_mrz(o, mrz, query);
		return;
	}
	inner.name = document != NULL ? "document" : "person";
	inner.json = document != NULL ? document : person;
	if (!json_is_object(inner.json)) {
		fail(o, inner.name, "an object");
		return;
	}
	if (document != NULL) {
		read_document(&inner, query);
	} else {
		read_person(&inner, query);
	}
	o->error = o->error == 0 ? inner.error : o->error;
}

int query_from_json(const char *line, size_t bytes, struct arena *arena,
	struct cordon_query *query, json_t **id, struct errmsg *msg)
{
	struct object o = { .name = "", .arena = arena, .msg = msg };
	json_error_t why;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &why);

	memset(query, 0, sizeof(*query));
	*id = NULL;
	if (json == NULL) {
		return errmsg_set(msg, CORDON_ESYNTAX, "no JSON: %s", why.text);
	}
	if (!json_is_object(json)) {
		json_decref(json);
		return errmsg_set(msg, CORDON_ESYNTAX, "expected a JSON object");
	}
	*id = json_incref(json_object_get(json, "id"));
	o.json = json;
	read_query(&o, query);
	json_decref(json);
	if (arena->failed) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	return o.error;
}
