/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_private.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/lookup_private.h"
#include "daemon/node/session_private.h"

/* What is said of a request. */

/* Of a request that failed or is no lookup, so much of what was sent is kept. */
#define PAYLOAD_MAX 4096

static struct bytes text_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, text == NULL ? 0 : strlen(text) };
}

static struct bytes data_of(ProtobufCBinaryData data)
{
	return (struct bytes){ data.data, data.len };
}

/* 0: leaves no trace: it shows nobody's data and changes nothing (status), or is
 * replication, whose traces are heads and acknowledgements. */
static enum audit_kind kind_of(enum action action)
{
	switch (action) {
	case ACTION_LOOKUP:
		return AUDIT_LOOKUP;
	case ACTION_SUBMIT:
		return AUDIT_SUBMIT;
	case ACTION_RECORD_SHOW:
	case ACTION_DUE:
	case ACTION_HISTORY:
	case ACTION_EXPLAIN:
		return AUDIT_READ;
	case ACTION_EXPORT:
		return AUDIT_EXPORT;
	case ACTION_STATUS:
	case ACTION_REPLICATE:
		return 0;
	default:
		return AUDIT_CONTROL;
	}
}

static void describe_session(const struct session *session, struct audit_entry *entry)
{
	entry->who = text_of(session->uri);
	entry->address = text_of(session->address);
	entry->role = (uint8_t)session->asker.identity.role;
	entry->flags |= session->local ? AUDIT_LOCAL : 0;
}

static void describe(
	const struct request *request, enum audit_kind kind, struct audit_entry *entry)
{
	*entry = (struct audit_entry){ .kind = (uint8_t)kind,
		.message = request->type,
		.at_us = clock_wall().us };
	describe_session(request->session, entry);
}

static void add_payload(const struct request *request, struct audit_entry *entry)
{
	entry->secret = request->payload;
	if (entry->secret.size > PAYLOAD_MAX) {
		entry->secret.size = PAYLOAD_MAX;
		entry->flags |= AUDIT_CUT;
	}
}

static void add_id(const struct request *request, struct audit_entry *entry)
{
	if (request->message == NULL) {
		return;
	}
	if (request->type == MESSAGE_RECORD) {
		entry->id =
			data_of(((const Cordon__RecordRequest *)request->message)->id);
	} else if (request->type == MESSAGE_HISTORY) {
		entry->id =
			data_of(((const Cordon__HistoryRequest *)request->message)->id);
	} else if (request->type == MESSAGE_EXPLAIN) {
		entry->id =
			data_of(((const Cordon__ExplainRequest *)request->message)->id);
	}
	if (!bytes_are_text(entry->id.data, entry->id.size)) {
		entry->id.size = 0;
	}
}

int access_log_before(
	const struct request *request, enum action action, struct errmsg *msg)
{
	enum audit_kind kind = kind_of(action);
	struct audit_entry entry;
	int error;

	if (request->service->access == NULL || kind == 0) {
		return 0;
	}
	error = access_log_check(request->service, msg);
	if (error != 0 || kind == AUDIT_LOOKUP || kind == AUDIT_SUBMIT) {
		return error; /* these say what came of it */
	}
	describe(request, kind, &entry);
	add_payload(request, &entry);
	add_id(request, &entry);
	return access_log_add(
		request->service, request->session, AUDIT_ACT, &entry, msg);
}

void access_log_failed(const struct request *request, enum action action, int error)
{
	enum audit_kind kind = kind_of(action);
	struct audit_entry entry;

	if (kind == 0) { /* what is tried in vain is no matter of course */
		kind = error == CORDON_EDENIED ? AUDIT_CONTROL : kind;
	}
	if (request->service->access == NULL || kind == 0 || error == CORDON_ENOLOG ||
		access_log_check(request->service, NULL) != 0) {
		return;
	}
	describe(request, kind, &entry);
	add_payload(request, &entry);
	add_id(request, &entry);
	entry.error = (uint16_t)-error;
	(void)access_log_add(request->service, request->session,
		kind == AUDIT_LOOKUP ? AUDIT_FOUND : AUDIT_ACT, &entry, NULL);
}

/* ---- lookups ----------------------------------------------------------------------
 */

void access_log_asked(struct lookup_run *run, const struct question *question)
{
	const struct access_batches *access = run->request->service->access;
	const uint8_t *key;

	if (access == NULL) {
		return;
	}
	key = access_log_tag_key(run->request->service->node->access_log);
	if (question->has_number) {
		run->tags[AUDIT_TAG_DOCUMENT] = audit_tag(key, AUDIT_TAG_DOCUMENT,
			question->number, strlen(question->number));
	}
	if (question->has_personal_number) {
		run->tags[AUDIT_TAG_PERSONAL] = audit_tag(key, AUDIT_TAG_PERSONAL,
			question->personal_number, strlen(question->personal_number));
	}
}

/* Name and birth date as asked, without case: the same search again has the same. */
static uint64_t person_tag(const uint8_t *key, const Cordon__PersonQuery *person)
{
	uint8_t text[512];
	size_t used = 0;

	for (size_t i = 0; i < person->name.len && used < 400; i++) {
		uint8_t c = person->name.data[i];

		text[used++] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
	}
	text[used++] = '\0';
	for (size_t i = 0; i < person->born.len && i < 16; i++) {
		text[used++] = person->born.data[i];
	}
	return audit_tag(key, AUDIT_TAG_PERSON, text, used);
}

/* Ids of the matches; true: all of them. */
static bool list_records(const Cordon__Answer *answer, uint8_t *out, size_t size,
	struct audit_entry *entry)
{
	size_t used = 0, i = 0;

	while (i < answer->n_matches && i < AUDIT_RECORDS_MAX &&
		audit_records_add(out, size, &used, data_of(answer->matches[i]->id))) {
		i++;
	}
	entry->records = (struct bytes){ out, used };
	entry->records_count = (uint16_t)i;
	return i == answer->n_matches;
}

static uint8_t query_type(const Cordon__Query *query)
{
	static const uint8_t types[] = {
		[CORDON__QUERY__WHAT_DOCUMENT] = CORDON_QUERY_DOCUMENT,
		[CORDON__QUERY__WHAT_PERSONAL_NUMBER] = CORDON_QUERY_PERSONAL_NUMBER,
		[CORDON__QUERY__WHAT_MRZ] = CORDON_QUERY_MRZ,
		[CORDON__QUERY__WHAT_PERSON] = CORDON_QUERY_PERSON,
	};
	size_t what = (size_t)query->what_case;

	return what < sizeof(types) / sizeof(types[0]) ? types[what] : 0;
}

static void add_answer(const Cordon__Answer *answer, struct audit_entry *entry)
{
	entry->took_us = answer->took_us;
	entry->verdict = (uint8_t)answer->verdict;
	entry->lookup = data_of(answer->lookup);
	entry->flags |= answer->complete ? 0 : AUDIT_INCOMPLETE;
	entry->flags |= answer->more ? AUDIT_MORE : 0;
	if (answer->error != NULL) {
		entry->error = (uint16_t)answer->error->code;
	}
}

/* What was asked: the payload as it came where it has one query, else the query. */
static int add_asked(const struct lookup_run *run, const Cordon__LookupRequest *message,
	size_t i, struct audit_entry *entry)
{
	if (message->n_queries == 1) {
		entry->secret = run->request->payload;
		return 0;
	}
	entry->flags |= AUDIT_PACKED;
	return message_pack(
		&message->queries[i]->base, run->request->arena, &entry->secret);
}

static int log_answer(struct lookup_run *run, const Cordon__LookupRequest *message,
	const Cordon__LookupAnswer *answers, size_t i, struct audit_entry entry,
	struct errmsg *msg)
{
	const Cordon__Query *query = message->queries[i];
	const Cordon__Answer *answer = answers->answers[i];
	uint8_t ids[4096];
	bool empty;
	int error = add_asked(run, message, i, &entry);

	if (error != 0) {
		return errmsg_set(msg, error, "out of memory for the access log");
	}
	entry.query = query_type(query);
	add_answer(answer, &entry);
	if (answer->n_matches > 0 && !list_records(answer, ids, sizeof(ids), &entry)) {
		entry.flags |= AUDIT_MORE;
	}
	memcpy(entry.tags, run->all_tags[i], sizeof(entry.tags));
	if (query->what_case == CORDON__QUERY__WHAT_PERSON) {
		entry.tags[AUDIT_TAG_PERSON] = person_tag(
			access_log_tag_key(run->request->service->node->access_log),
			query->person);
	}
	empty = answer->n_matches == 0 && answer->error == NULL;
	return access_log_add(run->request->service, run->request->session,
		empty ? AUDIT_EMPTY : AUDIT_FOUND, &entry, msg);
}

int access_log_lookup(struct lookup_run *run, const Cordon__LookupRequest *message,
	const Cordon__LookupAnswer *answer, struct errmsg *msg)
{
	struct audit_entry entry;

	if (run->request->service->access == NULL) {
		return 0;
	}
	describe(run->request, AUDIT_LOOKUP, &entry);
	entry.purpose = (uint8_t)run->context.purpose;
	entry.direction = (uint8_t)run->context.direction;
	entry.officer = text_of(run->context.officer);
	entry.checkpoint = text_of(run->context.checkpoint);
	for (size_t i = 0; i < answer->n_answers; i++) {
		int error = log_answer(run, message, answer, i, entry, msg);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}
