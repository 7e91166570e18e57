/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/unit/node/asking.h"

#include <poll.h>
#include <string.h>

#include "proto/hello.h"
#include "tests/lib/pair.h"

#define TOO_LONG_MS 20000

struct frame {
	struct frame *next;
	struct frame_header header;
	struct bytes payload;
};

static int keep_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct asking *a = context;
	struct frame *frame = arena_alloc(&a->arena, sizeof(*frame));

	assert_non_null(frame);
	frame->header = *header;
	frame->payload.data =
		(const uint8_t *)arena_text(&a->arena, payload.data, payload.size);
	frame->payload.size = payload.size;
	*a->last = frame;
	a->last = &frame->next;
	return 0;
}

static void step(struct asking *a)
{
	if (a->error == 0) {
		a->error = channel_step(a->channel, keep_frame, a, &a->msg);
	}
}

static void wait_for_socket(struct asking *a)
{
	unsigned wants = channel_wants(a->channel);
	struct pollfd p = {
		.fd = channel_fd(a->channel),
		.events = (short)(((wants & CHANNEL_READ) != 0 ? POLLIN : 0) |
				  ((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0)),
	};

	if ((wants & CHANNEL_AGAIN) == 0 && poll(&p, 1, TOO_LONG_MS) == 0) {
		fail_msg("the node says nothing");
	}
}

static void turn(struct asking *a)
{
	wait_for_socket(a);
	step(a);
}

void asking_connect_with(
	struct asking *a, struct node_case *c, struct tls_profile *profile)
{
	static const struct channel_limits limits = { .payload_max = FRAME_MAX_PEER,
		.output_max = 8 * FRAME_MAX_PEER };
	struct errmsg msg = { "" };
	int fds[2];

	*a = (struct asking){ 0 };
	a->last = &a->first;
	arena_init(&a->arena, 0);
	pair_sockets(fds);
	if (channel_create(fds[0], profile, false, &limits, &a->channel, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	worker_accept(c->node.workers[0], fds[1], "test:1", profile == NULL);
	step(a);
}

void asking_connect_silent(struct asking *a, struct node_case *c, const char *name)
{
	struct tls_profile *profile =
		name == NULL ? NULL : testpki_profile(c->pki, false, name, NULL);

	asking_connect_with(a, c, profile);
	tls_profile_unref(profile);
}

void asking_say_hello(struct asking *a, uint32_t frame_max)
{
	struct hello hello;

	hello_init(&hello, frame_max, "test");
	asking_send_frame(
		a, MESSAGE_HELLO, 0, 0, &hello_to_message(&hello, &a->arena)->base);
}

void asking_connect(struct asking *a, struct node_case *c, const char *name)
{
	asking_connect_silent(a, c, name);
	asking_say_hello(a, FRAME_MAX_PEER);
	(void)asking_take(a, MESSAGE_HELLO, 0);
	channel_set_payload_max(a->channel, FRAME_MAX_PEER);
}

void asking_finish(struct asking *a)
{
	channel_destroy(a->channel);
	arena_finish(&a->arena);
}

void asking_send_frame(struct asking *a, uint16_t type, uint16_t flags,
	uint32_t request, const ProtobufCMessage *message)
{
	while (!channel_open(a->channel) && a->error == 0) {
		turn(a);
	}
	if (a->error != 0) {
		return; /* the test sees it when it waits for the answer */
	}
	assert_int_equal(channel_send(a->channel, type, flags, request, message), 0);
	asking_flush(a);
}

void asking_flush(struct asking *a)
{
	if (a->error == 0) {
		a->error = channel_flush(a->channel, &a->msg);
	}
}

uint32_t asking_send(struct asking *a, uint16_t type, const ProtobufCMessage *message)
{
	asking_send_frame(a, type, 0, ++a->request, message);
	return a->request;
}

static void wait_for_frame(struct asking *a)
{
	while (a->first == NULL && a->error == 0) {
		turn(a);
	}
}

uint16_t asking_next_type(struct asking *a)
{
	wait_for_frame(a);
	return a->first == NULL ? 0 : a->first->header.type;
}

static struct frame *take(struct asking *a)
{
	struct frame *frame;

	wait_for_frame(a);
	if (a->first == NULL) {
		fail_msg("a frame was expected, but: %s",
			errmsg_text(&a->msg, a->error));
	}
	frame = a->first;
	a->first = frame->next;
	if (a->first == NULL) {
		a->last = &a->first;
	}
	return frame;
}

const ProtobufCMessage *asking_take(struct asking *a, uint16_t type, uint32_t request)
{
	const struct frame *frame = take(a);
	struct errmsg msg = { "" };
	ProtobufCMessage *message;

	if (message_decode(frame->header.type, frame->payload, &a->arena, &message,
		    &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	if (frame->header.type == MESSAGE_ERROR && type != MESSAGE_ERROR) {
		struct failure failure;

		failure_from_message((Cordon__Error *)message, &a->arena, &failure);
		fail_msg("%s was expected, but: %s", message_type_text(type),
			failure.text);
	}
	assert_int_equal(frame->header.type, type);
	assert_int_equal(frame->header.request, request);
	return message;
}

const struct failure *asking_take_error(struct asking *a, uint32_t request)
{
	struct failure *failure = arena_alloc(&a->arena, sizeof(*failure));

	failure_from_message(
		(const Cordon__Error *)asking_take(a, MESSAGE_ERROR, request),
		&a->arena, failure);
	return failure;
}

void asking_refused(struct asking *a, uint32_t request, int error, const char *words)
{
	const struct failure *failure = asking_take_error(a, request);

	if (failure->error != error || strstr(failure->text, words) == NULL) {
		fail_msg("%s \"%s\" was expected, but: %s \"%s\"",
			cordon_error_name(error), words,
			cordon_error_name(failure->error), failure->text);
	}
}

void asking_ended(struct asking *a)
{
	if (asking_next_type(a) != 0) {
		fail_msg("the end was expected, but: %s",
			message_type_text(a->first->header.type));
	}
	/* or the node waits for our end, too */
	channel_destroy(a->channel);
	a->channel = NULL;
}

/* ---- lookups ----------------------------------------------------------------------
 */

bool data_is(ProtobufCBinaryData data, const char *text)
{
	return data.len == strlen(text) &&
	       (data.len == 0 || memcmp(data.data, text, data.len) == 0);
}

bool data_has(ProtobufCBinaryData data, const char *words)
{
	return memmem(data.data, data.len, words, strlen(words)) != NULL;
}

static Cordon__Query *new_query(struct asking *a)
{
	Cordon__Query *query = arena_alloc(&a->arena, sizeof(*query));

	*query = (Cordon__Query)CORDON__QUERY__INIT;
	return query;
}

Cordon__Query *asking_document(struct asking *a, const char *number, const char *issuer)
{
	Cordon__Query *query = new_query(a);
	Cordon__DocumentQuery *document = arena_alloc(&a->arena, sizeof(*document));

	*document = (Cordon__DocumentQuery)CORDON__DOCUMENT_QUERY__INIT;
	document->number = message_data(number);
	document->issuer = message_data(issuer);
	query->what_case = CORDON__QUERY__WHAT_DOCUMENT;
	query->document = document;
	return query;
}

Cordon__Query *asking_person(struct asking *a, const char *name, const char *born)
{
	Cordon__Query *query = new_query(a);
	Cordon__PersonQuery *person = arena_alloc(&a->arena, sizeof(*person));

	*person = (Cordon__PersonQuery)CORDON__PERSON_QUERY__INIT;
	person->name = message_data(name);
	person->born = message_data(born);
	query->what_case = CORDON__QUERY__WHAT_PERSON;
	query->person = person;
	return query;
}

const Cordon__LookupAnswer *asking_lookup_all(struct asking *a,
	const Cordon__Context *context, Cordon__Query **queries, size_t count)
{
	Cordon__LookupRequest request = CORDON__LOOKUP_REQUEST__INIT;
	uint32_t id;

	/* protobuf-c has no const */
	request.context = (Cordon__Context *)(uintptr_t)context;
	request.queries = queries;
	request.n_queries = count;
	id = asking_send(a, MESSAGE_LOOKUP, &request.base);
	if (asking_next_type(a) == MESSAGE_FRESHNESS) {
		a->freshness =
			(const Cordon__Freshness *)asking_take(a, MESSAGE_FRESHNESS, 0);
	}
	return (const Cordon__LookupAnswer *)asking_take(a, MESSAGE_LOOKUP_ANSWER, id);
}

const Cordon__Answer *asking_lookup(struct asking *a, Cordon__Query *query)
{
	const Cordon__LookupAnswer *answer = asking_lookup_all(a, NULL, &query, 1);

	assert_int_equal(answer->n_answers, 1);
	return answer->answers[0];
}

/* ---- submissions ------------------------------------------------------------------
 */

static Cordon__SubmitItem *new_item(struct asking *a)
{
	Cordon__SubmitItem *item = arena_alloc(&a->arena, sizeof(*item));

	*item = (Cordon__SubmitItem)CORDON__SUBMIT_ITEM__INIT;
	return item;
}

Cordon__SubmitItem *asking_put(struct asking *a, const struct cordon_record *record)
{
	Cordon__SubmitItem *item = new_item(a);
	struct bytes packed;

	assert_int_equal(record_pack(record, &a->arena, &packed), 0);
	item->what_case = CORDON__SUBMIT_ITEM__WHAT_PUT;
	item->put = message_data_bytes(packed);
	return item;
}

Cordon__SubmitItem *asking_withdraw(struct asking *a, const char *id, uint32_t reason)
{
	Cordon__SubmitItem *item = new_item(a);
	Cordon__WithdrawItem *withdraw = arena_alloc(&a->arena, sizeof(*withdraw));

	*withdraw = (Cordon__WithdrawItem)CORDON__WITHDRAW_ITEM__INIT;
	withdraw->id = message_data(id);
	withdraw->reason = reason;
	item->what_case = CORDON__SUBMIT_ITEM__WHAT_WITHDRAW;
	item->withdraw = withdraw;
	return item;
}

Cordon__SubmitItem *asking_confirm(
	struct asking *a, const char *id, struct cordon_date until)
{
	Cordon__SubmitItem *item = new_item(a);
	Cordon__ConfirmItem *confirm = arena_alloc(&a->arena, sizeof(*confirm));
	char *text = arena_alloc(&a->arena, DATE_TEXT_BYTES);

	date_text(&until, text);
	*confirm = (Cordon__ConfirmItem)CORDON__CONFIRM_ITEM__INIT;
	confirm->id = message_data(id);
	confirm->until = message_data(text);
	item->what_case = CORDON__SUBMIT_ITEM__WHAT_CONFIRM;
	item->confirm = confirm;
	return item;
}

uint32_t asking_submit_begin(struct asking *a, Cordon__SubmitItem **items, size_t count)
{
	Cordon__SubmitRequest request = CORDON__SUBMIT_REQUEST__INIT;

	request.items = items;
	request.n_items = count;
	return asking_send(a, MESSAGE_SUBMIT, &request.base);
}

const Cordon__SubmitAnswer *asking_submit_end(
	struct asking *a, uint32_t request, size_t count)
{
	const Cordon__SubmitAnswer *answer = (const Cordon__SubmitAnswer *)asking_take(
		a, MESSAGE_SUBMIT_ANSWER, request);

	assert_int_equal(answer->n_results, count);
	return answer;
}

const Cordon__SubmitResult *asking_submit(struct asking *a, Cordon__SubmitItem *item)
{
	uint32_t request = asking_submit_begin(a, &item, 1);

	return asking_submit_end(a, request, 1)->results[0];
}
