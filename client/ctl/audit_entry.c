/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/ctl/output.h"
#include "proto/message.h"

/* Entries as people and programs read them. */

#define TIME_BYTES 40

static void time_text(int64_t at_us, char out[TIME_BYTES])
{
	time_t at = (time_t)(at_us / 1000000);
	struct tm tm;

	snprintf(out, TIME_BYTES, "?");
	if (gmtime_r(&at, &tm) != NULL) {
		size_t used = strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);

		snprintf(out + used, TIME_BYTES - used, ".%03dZ",
			(int)(at_us / 1000 % 1000));
	}
}

/* NULL for what is no text; nothing is believed that stands in a file. */
static json_t *text_json(const void *data, size_t size)
{
	return size > 0 && bytes_are_text(data, size) ? json_stringn(data, size) : NULL;
}

static void set_text(json_t *json, const char *name, struct bytes text)
{
	json_t *value = text_json(text.data, text.size);

	if (value != NULL) {
		json_object_set_new(json, name, value);
	}
}

static void set_data(json_t *json, const char *name, ProtobufCBinaryData data)
{
	set_text(json, name, (struct bytes){ data.data, data.len });
}

static void set_code(
	json_t *json, const char *name, enum cordon_codes codes, unsigned code)
{
	const char *text = cordon_code_text(codes, code);

	if (code != 0) {
		json_object_set_new(json, name,
			text == NULL ? json_integer(code) : json_string(text));
	}
}

static const char *const verdicts[] = {
	[CORDON_VERDICT_CLEAR] = "clear",
	[CORDON_VERDICT_POSSIBLE] = "possible",
	[CORDON_VERDICT_MATCH] = "match",
};

const char *audit_verdict_text(unsigned verdict)
{
	return verdict < sizeof(verdicts) / sizeof(verdicts[0]) ? verdicts[verdict]
								: NULL;
}

unsigned audit_verdict_parse(const char *text)
{
	for (unsigned i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i] != NULL && strcmp(verdicts[i], text) == 0) {
			return i;
		}
	}
	return 0;
}

static void set_number(json_t *json, const char *name, uint64_t number)
{
	if (number != 0) {
		json_object_set_new(json, name, json_integer((json_int_t)number));
	}
}

static void set_hex(json_t *json, const char *name, struct bytes data)
{
	char hex[2 * HASH_BYTES + 1];

	if (data.size > 0 && data.size <= HASH_BYTES) {
		bytes_to_hex(data.data, data.size, hex);
		json_object_set_new(json, name, json_string(hex));
	}
}

/* ---- what was asked ---------------------------------------------------------------
 */

static json_t *document_json(const Cordon__DocumentQuery *query)
{
	json_t *json = json_object();

	set_data(json, "number", query->number);
	set_data(json, "issuer", query->issuer);
	set_number(json, "type", query->type);
	return json;
}

static json_t *person_json(const Cordon__PersonQuery *query)
{
	json_t *json = json_object();

	set_data(json, "name", query->name);
	set_data(json, "born", query->born);
	set_data(json, "nationality", query->nationality);
	return json;
}

static json_t *personal_number_json(const Cordon__PersonalNumber *query)
{
	json_t *json = json_object();

	set_data(json, "number", query->number);
	set_data(json, "issuer", query->issuer);
	return json;
}

static json_t *mrz_json(const Cordon__MrzQuery *query)
{
	json_t *json = json_array();

	for (size_t i = 0; i < query->n_lines; i++) {
		json_t *line = text_json(query->lines[i].data, query->lines[i].len);

		if (line != NULL) {
			json_array_append_new(json, line);
		}
	}
	return json;
}

static json_t *query_json(const Cordon__Query *query)
{
	json_t *json = json_object();

	switch (query->what_case) {
	case CORDON__QUERY__WHAT_DOCUMENT:
		json_object_set_new(json, "document", document_json(query->document));
		break;
	case CORDON__QUERY__WHAT_PERSONAL_NUMBER:
		json_object_set_new(json, "personal_number",
			personal_number_json(query->personal_number));
		break;
	case CORDON__QUERY__WHAT_MRZ:
		json_object_set_new(json, "mrz", mrz_json(query->mrz));
		break;
	case CORDON__QUERY__WHAT_PERSON:
		json_object_set_new(json, "person", person_json(query->person));
		break;
	default:
		break;
	}
	return json;
}

static json_t *queries_json(const Cordon__LookupRequest *request)
{
	json_t *json;

	if (request->n_queries == 1) {
		return query_json(request->queries[0]);
	}
	json = json_array();
	for (size_t i = 0; i < request->n_queries; i++) {
		json_array_append_new(json, query_json(request->queries[i]));
	}
	return json;
}

json_t *audit_asked_json(const struct audit_entry *entry, struct bytes secret)
{
	bool packed = (entry->flags & AUDIT_PACKED) != 0;
	ProtobufCMessage *message;
	struct arena arena;
	json_t *json = NULL;

	arena_init(&arena, (size_t)16 << 20);
	if (packed && message_unpack(&cordon__query__descriptor, secret, &arena,
			      &message, NULL) == 0) {
		json = query_json((const Cordon__Query *)message);
	} else if (!packed && entry->message == MESSAGE_LOOKUP &&
		   message_decode(MESSAGE_LOOKUP, secret, &arena, &message, NULL) ==
			   0) {
		json = queries_json((const Cordon__LookupRequest *)message);
	}
	arena_finish(&arena);
	return json;
}

/* ---- an entry ---------------------------------------------------------------------
 */

static void set_records(json_t *json, const struct audit_entry *entry)
{
	struct bytes left = entry->records;
	json_t *array;

	if (left.size == 0) {
		return;
	}
	array = json_array();
	while (left.size > 0) {
		struct bytes id = audit_records_next(&left);
		json_t *text = text_json(id.data, id.size);

		if (text != NULL) {
			json_array_append_new(array, text);
		}
	}
	json_object_set_new(json, "records", array);
}

static void set_tags(json_t *json, const struct audit_entry *entry)
{
	static const char *const names[AUDIT_TAGS] = {
		[AUDIT_TAG_DOCUMENT] = "document_tag",
		[AUDIT_TAG_PERSONAL] = "personal_number_tag",
		[AUDIT_TAG_PERSON] = "person_tag",
	};

	for (size_t i = 0; i < AUDIT_TAGS; i++) {
		char hex[17];

		if (entry->tags[i] != 0) {
			snprintf(hex, sizeof(hex), "%016" PRIx64, entry->tags[i]);
			json_object_set_new(json, names[i], json_string(hex));
		}
	}
}

static void set_flags(json_t *json, const struct audit_entry *entry)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ AUDIT_INCOMPLETE, "incomplete" },
		{ AUDIT_MORE, "more" },
		{ AUDIT_CUT, "asked_cut" },
		{ AUDIT_LOCAL, "local" },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if ((entry->flags & flags[i].flag) != 0) {
			json_object_set_new(json, flags[i].name, json_true());
		}
	}
}

json_t *audit_entry_json(
	const struct audit_entry *entry, uint64_t number, const json_t *asked)
{
	const char *kind = audit_kind_text(entry->kind);
	const char *message = message_type_text(entry->message);
	json_t *json = json_object();
	char at[TIME_BYTES];

	time_text(entry->at_us, at);
	json_object_set_new(json, "entry", json_integer((json_int_t)number));
	json_object_set_new(json, "at", json_string(at));
	json_object_set_new(json, "kind", json_string(kind == NULL ? "?" : kind));
	if (message != NULL) {
		json_object_set_new(json, "request", json_string(message));
	}
	set_text(json, "who", entry->who);
	set_text(json, "officer", entry->officer);
	set_text(json, "checkpoint", entry->checkpoint);
	set_text(json, "address", entry->address);
	set_text(json, "lookup", entry->lookup);
	set_code(json, "purpose", CORDON_CODES_PURPOSE, entry->purpose);
	set_code(json, "direction", CORDON_CODES_DIRECTION, entry->direction);
	if (audit_verdict_text(entry->verdict) != NULL) {
		json_object_set_new(json, "verdict",
			json_string(audit_verdict_text(entry->verdict)));
	}
	if (entry->error != 0) {
		json_object_set_new(
			json, "error", json_string(cordon_error_name(-entry->error)));
	}
	set_records(json, entry);
	set_number(json, "took_us", entry->took_us);
	set_text(json, "id", entry->id);
	set_number(json, "version", entry->version);
	set_text(json, "fields", entry->fields);
	set_hex(json, "old_hash", entry->old_hash);
	set_hex(json, "new_hash", entry->new_hash);
	set_text(json, "text", entry->text);
	set_tags(json, entry);
	set_flags(json, entry);
	if (asked != NULL) {
		json_object_set(json, "asked", (json_t *)(uintptr_t)asked);
	}
	return json;
}

static void print_field(const char *name, struct bytes text)
{
	char line[1100];

	if (text.size > 0 && text.size < sizeof(line)) {
		memcpy(line, text.data, text.size);
		line[text.size] = '\0';
		printf("  %s%s", name, name[0] == '\0' ? "" : " ");
		output_text(stdout, line);
	}
}

static void print_outcome(const struct audit_entry *entry)
{
	const char *verdict = audit_verdict_text(entry->verdict);
	struct bytes left = entry->records;

	if (entry->error != 0) {
		printf("  %s", cordon_error_name(-entry->error));
	} else if (entry->kind == AUDIT_LOOKUP) {
		printf("  %s", verdict == NULL ? "?" : verdict);
	}
	while (left.size > 0) {
		print_field("record", audit_records_next(&left));
	}
}

void audit_entry_print(
	const struct audit_entry *entry, uint64_t number, const json_t *asked)
{
	const char *kind = audit_kind_text(entry->kind);
	const char *message = message_type_text(entry->message);
	char at[TIME_BYTES];

	time_text(entry->at_us, at);
	printf("%" PRIu64 "  %s  %s", number, at, kind == NULL ? "?" : kind);
	if (entry->kind == AUDIT_CONTROL && message != NULL) {
		printf(" %s", message);
	}
	print_field("by", entry->who);
	print_field("officer", entry->officer);
	print_field("at", entry->checkpoint);
	print_field("id", entry->id);
	print_outcome(entry);
	print_field("fields", entry->fields);
	print_field("", entry->text);
	if (asked != NULL) {
		char *text = json_dumps(asked, JSON_COMPACT | JSON_SORT_KEYS);

		printf("  asked ");
		output_text(stdout, text == NULL ? "?" : text);
		free(text);
	}
	putchar('\n');
}
