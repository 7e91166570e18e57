/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/lookup_codec.h"

#include "proto/record.h"

/* ---- to messages ---- */

static int date_to_message(const struct cordon_date *date, struct arena *arena,
	const char *field, ProtobufCBinaryData *out, struct errmsg *msg)
{
	char *text;

	if (date_absent(date)) {
		return 0;
	}
	if (!date_valid(date)) {
		return errmsg_set(msg, CORDON_EINVAL, "%s: %d-%02u-%02u: no such date",
			field, date->year, date->month, date->day);
	}
	text = arena_alloc(arena, DATE_TEXT_BYTES);
	if (text == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	date_text(date, text);
	*out = message_data(text);
	return 0;
}

static int context_to_message(const struct cordon_context *context, struct arena *arena,
	Cordon__Context **out, struct errmsg *msg)
{
	Cordon__Context *message = arena_alloc(arena, sizeof(*message));

	if (message == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*message = (Cordon__Context)CORDON__CONTEXT__INIT;
	message->purpose = context->purpose;
	message->direction = context->direction;
	message->officer = message_data(context->officer);
	message->checkpoint = message_data(context->checkpoint);
	message->max_age_s = context->max_age_s;
	*out = message;
	return date_to_message(&context->reference_date, arena,
		"context.reference_date", &message->reference_date, msg);
}

/* All that one query may need, so that the branches below only fill it. */
struct query_parts {
	Cordon__Query query;
	union {
		Cordon__DocumentQuery document;
		Cordon__PersonalNumber personal_number;
		Cordon__PersonQuery person;
		struct {
			Cordon__MrzQuery query;
			ProtobufCBinaryData lines[3];
		} mrz;
	} u;
};

static void document_to_message(
	const struct cordon_query *query, struct query_parts *parts)
{
	Cordon__DocumentQuery *document = &parts->u.document;

	*document = (Cordon__DocumentQuery)CORDON__DOCUMENT_QUERY__INIT;
	document->number = message_data(query->number);
	document->issuer = message_data(query->issuer);
	document->type = query->document_type;
	parts->query.what_case = CORDON__QUERY__WHAT_DOCUMENT;
	parts->query.document = document;
}

static void personal_number_to_message(
	const struct cordon_query *query, struct query_parts *parts)
{
	Cordon__PersonalNumber *number = &parts->u.personal_number;

	*number = (Cordon__PersonalNumber)CORDON__PERSONAL_NUMBER__INIT;
	number->number = message_data(query->number);
	number->issuer = message_data(query->issuer);
	parts->query.what_case = CORDON__QUERY__WHAT_PERSONAL_NUMBER;
	parts->query.personal_number = number;
}

static int mrz_to_message(
	const struct cordon_query *query, struct query_parts *parts, struct errmsg *msg)
{
	Cordon__MrzQuery *mrz = &parts->u.mrz.query;

	if (query->mrz_line_count > 3) {
		return errmsg_set(msg, CORDON_EINVAL,
			"mrz: %zu lines, a machine-readable zone has up to 3",
			query->mrz_line_count);
	}
	*mrz = (Cordon__MrzQuery)CORDON__MRZ_QUERY__INIT;
	for (size_t i = 0; i < query->mrz_line_count; i++) {
		parts->u.mrz.lines[i] = message_data(query->mrz_lines[i]);
	}
	mrz->lines = parts->u.mrz.lines;
	mrz->n_lines = query->mrz_line_count;
	parts->query.what_case = CORDON__QUERY__WHAT_MRZ;
	parts->query.mrz = mrz;
	return 0;
}

static int person_to_message(const struct cordon_query *query,
	struct query_parts *parts, struct arena *arena, struct errmsg *msg)
{
	Cordon__PersonQuery *person = &parts->u.person;

	*person = (Cordon__PersonQuery)CORDON__PERSON_QUERY__INIT;
	person->name = message_data(query->name);
	person->sex = query->sex;
	person->nationality = message_data(query->nationality);
	parts->query.what_case = CORDON__QUERY__WHAT_PERSON;
	parts->query.person = person;
	return date_to_message(&query->born, arena, "person.born", &person->born, msg);
}

static int query_to_message(const struct cordon_query *query, struct query_parts *parts,
	struct arena *arena, struct errmsg *msg)
{
	parts->query = (Cordon__Query)CORDON__QUERY__INIT;
	parts->query.limit = query->limit;
	parts->query.min_score = query->min_score;
	switch (query->type) {
	case CORDON_QUERY_DOCUMENT:
		document_to_message(query, parts);
		return 0;
	case CORDON_QUERY_PERSONAL_NUMBER:
		personal_number_to_message(query, parts);
		return 0;
	case CORDON_QUERY_MRZ:
		return mrz_to_message(query, parts, msg);
	case CORDON_QUERY_PERSON:
		return person_to_message(query, parts, arena, msg);
	}
	return errmsg_set(
		msg, CORDON_EINVAL, "%d is no type of query", (int)query->type);
}

static int queries_to_message(const struct cordon_query *queries, size_t count,
	struct arena *arena, Cordon__LookupRequest *request, struct errmsg *msg)
{
	struct query_parts *parts = arena_array(arena, count, sizeof(*parts));
	Cordon__Query **pointers = arena_array(arena, count, sizeof(Cordon__Query *));
	int error;

	if (parts == NULL || pointers == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < count; i++) {
		error = query_to_message(&queries[i], &parts[i], arena, msg);
		if (error != 0) {
			return errmsg_wrap(msg, error, "query %zu", i + 1);
		}
		pointers[i] = &parts[i].query;
	}
	request->queries = pointers;
	request->n_queries = count;
	return 0;
}

int lookup_request_to_message(const struct cordon_context *context,
	const struct cordon_query *queries, size_t count, struct arena *arena,
	Cordon__LookupRequest **request, struct errmsg *msg)
{
	Cordon__LookupRequest *message;
	int error;

	if (count == 0 || count > CORDON_BATCH_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%zu queries in one request, 1 to %d are possible", count,
			CORDON_BATCH_MAX);
	}
	message = arena_alloc(arena, sizeof(*message));
	if (message == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*message = (Cordon__LookupRequest)CORDON__LOOKUP_REQUEST__INIT;
	error = context == NULL
			? 0
			: context_to_message(context, arena, &message->context, msg);
	if (error == 0) {
		error = queries_to_message(queries, count, arena, message, msg);
	}
	if (error == 0) {
		*request = message;
	}
	return error;
}

int lookup_explain_to_message(const struct cordon_context *context,
	const struct cordon_query *query, const char *id, struct arena *arena,
	Cordon__ExplainRequest **request, struct errmsg *msg)
{
	Cordon__ExplainRequest *message = arena_alloc(arena, sizeof(*message));
	struct query_parts *parts = arena_alloc(arena, sizeof(*parts));
	int error;

	if (query->type != CORDON_QUERY_PERSON) {
		return errmsg_set(msg, CORDON_EINVAL,
			"only a question about a person by name can be explained");
	}
	if (message == NULL || parts == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*message = (Cordon__ExplainRequest)CORDON__EXPLAIN_REQUEST__INIT;
	error = query_to_message(query, parts, arena, msg);
	if (error == 0 && context != NULL) {
		error = context_to_message(context, arena, &message->context, msg);
	}
	message->person = parts->query.person;
	message->min_score = query->min_score;
	message->id = message_data(id);
	if (error == 0) {
		*request = message;
	}
	return error;
}

/* ---- from messages ---- */

/* Fields read one after the other; the first fault stays. */
struct field_reader {
	struct arena *arena;
	struct errmsg *msg;
	int error;
};

static const char *read_text(
	struct field_reader *r, ProtobufCBinaryData data, const char *field)
{
	bool bad = false;
	const char *text = message_text(data, r->arena, &bad);

	if (bad && r->error == 0) {
		r->error = errmsg_set(
			r->msg, CORDON_EFIELD, "%s: not printable UTF-8 text", field);
	}
	return text;
}

static const char *read_mandatory(
	struct field_reader *r, ProtobufCBinaryData data, const char *field)
{
	if (data.len == 0 && r->error == 0) {
		r->error = errmsg_set(r->msg, CORDON_EFIELD, "%s: missing", field);
	}
	return read_text(r, data, field);
}

static struct cordon_date read_date(
	struct field_reader *r, ProtobufCBinaryData data, const char *field)
{
	struct cordon_date date = { 0, 0, 0 };

	if (data.len > 0 && !date_parse(&date, (const char *)data.data, data.len) &&
		r->error == 0) {
		r->error = errmsg_set(r->msg, CORDON_EFIELD,
			"%s: no such date; expected YYYY-MM-DD, YYYY-MM or YYYY",
			field);
	}
	return date;
}

/* 0, or in the code table. */
static uint32_t read_code(struct field_reader *r, uint32_t number,
	enum cordon_codes table, const char *field)
{
	if (number != 0 && cordon_code_text(table, number) == NULL && r->error == 0) {
		r->error = errmsg_set(r->msg, CORDON_EFIELD, "%s: %u is no known code",
			field, number);
	}
	return number;
}

static int read_end(struct field_reader *r)
{
	if (r->error == 0 && r->arena->failed) {
		r->error = errmsg_set(r->msg, CORDON_ENOMEM, "out of memory");
	}
	return r->error;
}

int lookup_context_read(const Cordon__Context *message, struct arena *arena,
	struct cordon_context *context, struct errmsg *msg)
{
	struct field_reader r = { arena, msg, 0 };
	struct cordon_context out = { 0 };

	if (message != NULL) {
		out.purpose = read_code(
			&r, message->purpose, CORDON_CODES_PURPOSE, "context.purpose");
		out.direction = read_code(&r, message->direction,
			CORDON_CODES_DIRECTION, "context.direction");
		out.officer = read_text(&r, message->officer, "context.officer");
		out.checkpoint =
			read_text(&r, message->checkpoint, "context.checkpoint");
		out.max_age_s = message->max_age_s;
		out.reference_date = read_date(
			&r, message->reference_date, "context.reference_date");
	}
	if (!date_absent(&out.reference_date) && !date_whole(&out.reference_date) &&
		r.error == 0) {
		r.error = errmsg_set(msg, CORDON_EFIELD,
			"context.reference_date: expected a whole date, YYYY-MM-DD");
	}
	if (read_end(&r) == 0) {
		*context = out;
	}
	return r.error;
}

static void read_mrz(struct field_reader *r, const Cordon__MrzQuery *message,
	struct cordon_query *query)
{
	if (message->n_lines < 1 || message->n_lines > 3) {
		r->error = errmsg_set(r->msg, CORDON_EFIELD,
			"mrz: %zu lines, a machine-readable zone has 1 to 3",
			message->n_lines);
		return;
	}
	for (size_t i = 0; i < message->n_lines; i++) {
		query->mrz_lines[i] = read_mandatory(r, message->lines[i], "mrz");
	}
	query->mrz_line_count = message->n_lines;
}

static void read_person(struct field_reader *r, const Cordon__PersonQuery *message,
	struct cordon_query *query)
{
	query->name = read_mandatory(r, message->name, "person.name");
	query->born = read_date(r, message->born, "person.born");
	query->sex = read_code(r, message->sex, CORDON_CODES_SEX, "person.sex");
	query->nationality = read_text(r, message->nationality, "person.nationality");
}

static void read_what(struct field_reader *r, const Cordon__Query *message,
	struct cordon_query *query)
{
	switch (message->what_case) {
	case CORDON__QUERY__WHAT_DOCUMENT:
		query->type = CORDON_QUERY_DOCUMENT;
		query->number =
			read_mandatory(r, message->document->number, "document.number");
		query->issuer =
			read_text(r, message->document->issuer, "document.issuer");
		query->document_type = read_code(r, message->document->type,
			CORDON_CODES_DOCUMENT_TYPE, "document.type");
		return;
	case CORDON__QUERY__WHAT_PERSONAL_NUMBER:
		query->type = CORDON_QUERY_PERSONAL_NUMBER;
		query->number = read_mandatory(
			r, message->personal_number->number, "personal_number.number");
		query->issuer = read_mandatory(
			r, message->personal_number->issuer, "personal_number.issuer");
		return;
	case CORDON__QUERY__WHAT_MRZ:
		query->type = CORDON_QUERY_MRZ;
		read_mrz(r, message->mrz, query);
		return;
	case CORDON__QUERY__WHAT_PERSON:
		query->type = CORDON_QUERY_PERSON;
		read_person(r, message->person, query);
		return;
	default:
		r->error = errmsg_set(r->msg, CORDON_EFIELD,
			"the query asks for no document, personal number, MRZ or "
			"person");
	}
}

static uint32_t read_min_score(struct field_reader *r, uint32_t score)
{
	if (score > CORDON_SCORE_MAX && r->error == 0) {
		r->error = errmsg_set(r->msg, CORDON_EFIELD,
			"min_score: %u is above %d", score, CORDON_SCORE_MAX);
	}
	return score;
}

int lookup_query_read(const Cordon__Query *message, struct arena *arena,
	struct cordon_query *query, struct errmsg *msg)
{
	struct field_reader r = { arena, msg, 0 };
	struct cordon_query out = { 0 };

	read_what(&r, message, &out);
	out.limit = message->limit == 0 ? CORDON_LIMIT_DEFAULT : message->limit;
	if (out.limit > CORDON_LIMIT_MAX && r.error == 0) {
		r.error = errmsg_set(msg, CORDON_EFIELD, "limit: %u is above %d",
			out.limit, CORDON_LIMIT_MAX);
	}
	out.min_score = read_min_score(&r, message->min_score);
	if (read_end(&r) == 0) {
		*query = out;
	}
	return r.error;
}

int lookup_explain_read(const Cordon__ExplainRequest *message, struct arena *arena,
	struct cordon_query *query, const char **id, struct errmsg *msg)
{
	struct field_reader r = { arena, msg, 0 };
	struct cordon_query out = { .type = CORDON_QUERY_PERSON };
	const char *text;

	if (message->person == NULL) {
		return errmsg_set(msg, CORDON_EFIELD, "person: missing");
	}
	read_person(&r, message->person, &out);
	out.limit = CORDON_LIMIT_DEFAULT;
	out.min_score = read_min_score(&r, message->min_score);
	text = read_mandatory(&r, message->id, "id");
	if (read_end(&r) == 0) {
		*query = out;
		*id = text;
	}
	return r.error;
}
