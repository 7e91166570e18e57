/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include <stdlib.h>

/* Sessions that keep what they are answered, and held requests that the test wakes. */

struct held {
	struct held *next;
	struct session *session;
	uint32_t request;
	const struct held_ops *ops;
	void *context;
	bool ended, wakes;
	int64_t wake_us;
};

void case_move_clock(int64_t us);
struct mono clock_mono(void);

/* ---- what session.h promises
 * ------------------------------------------------------------ */

int service_txn(struct service *service, struct store_txn **txn, struct errmsg *msg)
{
	struct serve_case *c =
		(struct serve_case *)((char *)service -
				      offsetof(struct serve_case, service));

	if (!c->renewed) {
		if (store_read_renew(c->txn) != 0) {
			return store_txn_error(c->txn, msg);
		}
		service->snapshot++;
	}
	c->renewed = true;
	*txn = c->txn;
	return 0;
}

void session_denied(struct session *session, enum action action, const char *why)
{
	(void)session;
	(void)action;
	assert_string_not_equal(why, "");
}

int request_txn(struct request *request, struct store_txn **txn, struct errmsg *msg)
{
	return service_txn(request->service, txn, msg);
}

int session_answer(struct session *session, uint32_t request, uint16_t type,
	uint16_t flags, const ProtobufCMessage *message)
{
	struct answer *answer = &session->answers[session->count];
	size_t size = protobuf_c_message_get_packed_size(message);

	if (session->full) {
		return CORDON_EBUSY;
	}
	if (size > session->frame_max) {
		return CORDON_ETOOBIG;
	}
	assert_true(session->count < CASE_ANSWERS_MAX);
	answer->request = request;
	answer->type = type;
	answer->flags = flags;
	answer->size = size;
	answer->packed = malloc(size + 1);
	assert_non_null(answer->packed);
	protobuf_c_message_pack(message, answer->packed);
	answer->message = protobuf_c_message_unpack(
		message->descriptor, NULL, size, answer->packed);
	assert_non_null(answer->message);
	session->count++;
	return 0;
}

int session_refuse(
	struct session *session, uint32_t request, int error, const char *text)
{
	Cordon__Error message = CORDON__ERROR__INIT;

	message.code = (uint32_t)-error;
	message.text = message_data(
		text == NULL || text[0] == '\0' ? cordon_error_text(error) : text);
	return session_answer(session, request, MESSAGE_ERROR, 0, &message.base);
}

uint32_t session_frame_max(const struct session *session)
{
	return session->frame_max;
}

const struct asker *session_asker(const struct session *session)
{
	return &session->asker;
}

int held_create(struct request *request, const struct held_ops *ops, void *context,
	struct held **held)
{
	struct held *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	h->session = request->session;
	h->request = request->id;
	h->ops = ops;
	h->context = context;
	h->next = h->session->c->held;
	h->session->c->held = h;
	*held = h;
	return 0;
}

struct session *held_session(struct held *held)
{
	return held->session;
}

struct service *held_service(struct held *held)
{
	return &held->session->c->service;
}

uint32_t held_request(struct held *held)
{
	return held->request;
}

void held_wake_after(struct held *held, uint32_t ms)
{
	held->wakes = true;
	held->wake_us = clock_mono().us + (int64_t)ms * 1000;
}

bool held_may_write(struct held *held)
{
	return !held->session->full;
}

void held_end(struct held *held)
{
	assert_false(held->ended);
	held->ended = true;
	held->ops->destroy(held->context);
}

/* ---- what the test does
 * -------------------------------------------------------------------- */

static void sweep(struct serve_case *c)
{
	struct held **at = &c->held;

	while (*at != NULL) {
		struct held *held = *at;

		if (held->ended) {
			*at = held->next;
			free(held);
		} else {
			at = &held->next;
		}
	}
}

static void turn(struct held *held)
{
	struct serve_case *c = held->session->c;

	held->wakes = false;
	c->renewed = false;
	held->ops->turn(held, held->context);
}

static struct held *next_due(struct serve_case *c, int64_t until_us)
{
	struct held *found = NULL;

	for (struct held *h = c->held; h != NULL; h = h->next) {
		if (!h->ended && h->wakes && h->wake_us <= until_us &&
			(found == NULL || h->wake_us < found->wake_us)) {
			found = h;
		}
	}
	return found;
}

void case_pass(struct serve_case *c, uint32_t ms)
{
	int64_t until = clock_mono().us + (int64_t)ms * 1000;
	struct held *due;

	while ((due = next_due(c, until)) != NULL) {
		if (due->wake_us > clock_mono().us) {
			case_move_clock(due->wake_us - clock_mono().us);
		}
		turn(due);
		sweep(c);
	}
	if (until > clock_mono().us) {
		case_move_clock(until - clock_mono().us);
	}
}

void case_changed(struct serve_case *c)
{
	for (struct held *h = c->held; h != NULL; h = h->next) {
		if (!h->ended) {
			turn(h);
		}
	}
	sweep(c);
	case_pass(c, 0);
}

size_t case_held(const struct serve_case *c)
{
	size_t count = 0;

	for (const struct held *h = c->held; h != NULL; h = h->next) {
		count += !h->ended;
	}
	return count;
}

void forget_answers(struct session *session)
{
	for (size_t i = 0; i < session->count; i++) {
		protobuf_c_message_free_unpacked(session->answers[i].message, NULL);
		free(session->answers[i].packed);
	}
	session->count = 0;
}

void case_end(struct session *session)
{
	for (struct held *h = session->c->held; h != NULL; h = h->next) {
		if (h->session == session && !h->ended) {
			held_end(h);
		}
	}
	sweep(session->c);
	forget_answers(session);
}

uint32_t case_ask(struct session *session, uint16_t type, request_fn *handle,
	const ProtobufCMessage *message)
{
	struct serve_case *c = session->c;
	struct request request = {
		.service = &c->service,
		.session = session,
		.asker = &session->asker,
		.id = ++session->last_request,
		.type = type,
		.arena = &c->arena,
	};
	struct errmsg msg = { "" };
	struct bytes packed;
	int error;

	assert_int_equal(message_pack(message, &c->arena, &packed), 0);
	assert_int_equal(
		message_decode(type, packed, &c->arena, &request.message, NULL), 0);
	c->renewed = false;
	error = handle(&request, &msg);
	if (error != 0) {
		assert_int_equal(
			session_refuse(session, request.id, error, msg.text), 0);
	}
	arena_reset(&c->arena);
	sweep(c);
	case_pass(c, 0);
	return request.id;
}

const ProtobufCMessage *last_answer(const struct session *session, uint16_t type)
{
	const struct answer *answer;

	assert_true(session->count > 0);
	answer = &session->answers[session->count - 1];
	if (answer->type == MESSAGE_ERROR && type != MESSAGE_ERROR) {
		const Cordon__Error *error = (const Cordon__Error *)answer->message;

		fail_msg("refused: %.*s", (int)error->text.len,
			(const char *)error->text.data);
	}
	assert_int_equal(answer->type, type);
	assert_int_equal(answer->request, session->last_request);
	return answer->message;
}

void assert_refused(const struct session *session, int error)
{
	const Cordon__Error *message =
		(const Cordon__Error *)last_answer(session, MESSAGE_ERROR);

	assert_string_equal(
		cordon_error_name(-(int)message->code), cordon_error_name(error));
}

Cordon__ListId *list_message(const struct list_id *list)
{
	static Cordon__ListId messages[8];
	static size_t next;
	Cordon__ListId *message = &messages[next++ % 8];

	list_to_message(list, message);
	return message;
}

Cordon__Epoch *epoch_message(uint64_t number, uint64_t tag)
{
	static Cordon__Epoch messages[8];
	static size_t next;
	Cordon__Epoch *message = &messages[next++ % 8];

	cordon__epoch__init(message);
	message->number = number;
	message->tag = tag;
	return message;
}

ProtobufCBinaryData data_of(const void *data, size_t size)
{
	return message_data_bytes((struct bytes){ data, size });
}
