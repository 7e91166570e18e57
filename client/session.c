/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session.h"

#include <stdlib.h>
#include <string.h>

/* Of one decoded frame: even a frame of many empty parts must stay within reason. */
#define DECODED_BYTES_MAX (64 * 1024 * 1024)
#define OUTPUT_BYTES_MAX (1024 * 1024)

struct session {
	struct channel *channel;
	struct arena hello_arena;
	struct hello own, theirs;
	uint32_t version; /* 0: Hello has not come */
	struct freshness freshness;
	struct arena scratch;      /* of the frame being read */
	struct request_queue sent; /* the oldest first */
	struct request_queue answered;
	uint32_t last_id;
	uint64_t frames;
	int64_t now_ms;     /* of the step */
	bool told;          /* the node ended it with an Error of its own */
	struct errmsg *msg; /* of the step */
};

static int say_hello(struct session *s)
{
	Cordon__Hello *message = hello_to_message(&s->own, &s->scratch);
	int error = message == NULL ? CORDON_ENOMEM
				    : channel_send(s->channel, MESSAGE_HELLO, 0, 0,
					      &message->base);

	arena_reset(&s->scratch);
	return error;
}

int session_create(int fd, struct tls_profile *profile, const char *software,
	struct session **session, struct errmsg *msg)
{
	static const struct channel_limits limits = {
		.payload_max = FRAME_MAX_CLIENT,
		.output_max = OUTPUT_BYTES_MAX,
	};
	struct channel *channel;
	struct session *s;
	int error = channel_create(fd, profile, false, &limits, &channel, msg);

	if (error != 0) {
		return error;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		channel_destroy(channel);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	s->channel = channel;
	arena_init(&s->hello_arena, FRAME_MAX_HELLO * 16);
	arena_init(&s->scratch, DECODED_BYTES_MAX);
	freshness_init(&s->freshness);
	TAILQ_INIT(&s->sent);
	TAILQ_INIT(&s->answered);
	hello_init(&s->own, FRAME_MAX_CLIENT, software);
	error = say_hello(s);
	if (error != 0) {
		session_destroy(s);
		return errmsg_set(msg, error, "say hello");
	}
	*session = s;
	return 0;
}

void session_destroy(struct session *session)
{
	if (session == NULL) {
		return;
	}
	channel_shutdown(session->channel);
	channel_flush(session->channel, NULL);
	channel_destroy(session->channel);
	freshness_finish(&session->freshness);
	arena_finish(&session->hello_arena);
	arena_finish(&session->scratch);
	free(session);
}

bool session_ready(const struct session *session)
{
	return session->version != 0;
}

const struct hello *session_hello(const struct session *session)
{
	return &session->theirs;
}

uint32_t session_version(const struct session *session)
{
	return session->version;
}

/* Only a node may answer, and it is the one that its certificate names. */
static int check_identity(struct session *s)
{
	const struct identity *peer = channel_peer(s->channel);
	char uri[IDENT_URI_MAX];

	if (peer->role == ROLE_NONE) {
		return 0;
	}
	ident_uri_text(peer, uri);
	if (peer->role != ROLE_NODE) {
		return errmsg_set(s->msg, CORDON_EIDENTITY,
			"the certificate there is that of %s, which is no node: check "
			"the "
			"address",
			uri);
	}
	if (s->theirs.node != NULL && strcmp(s->theirs.node, uri) != 0) {
		return errmsg_set(s->msg, CORDON_EIDENTITY,
			"the node says it is %s, its certificate says %s",
			s->theirs.node, uri);
	}
	return 0;
}

static int take_hello(
	struct session *s, const struct frame_header *header, struct bytes payload)
{
	uint32_t version;
	int error = hello_read(header, payload, &s->hello_arena, &s->theirs, s->msg);

	s->told = header->type == MESSAGE_ERROR;
	if (error == 0) {
		error = check_identity(s);
	}
	if (error == 0) {
		error = hello_agree(&s->own, &s->theirs, &version, s->msg);
	}
	if (error == 0) {
		s->version = version;
		channel_set_payload_max(s->channel, FRAME_MAX_CLIENT);
	}
	return error;
}

static struct request *find(struct session *s, uint32_t id)
{
	struct request *request;

	TAILQ_FOREACH(request, &s->sent, link)
	{
		if (request->id == id) {
			return request;
		}
	}
	return NULL;
}

static void answered(struct session *s, struct request *request)
{
	TAILQ_REMOVE(&s->sent, request, link);
	TAILQ_INSERT_TAIL(&s->answered, request, link);
}

static int take_error(
	struct session *s, struct request *request, const Cordon__Error *message)
{
	struct failure failure;

	failure_from_message(message, &s->scratch, &failure);
	if (request != NULL) {
		request_refuse(request, &failure);
		answered(s, request);
		return 0;
	}
	s->told = true;
	return errmsg_set(s->msg, failure.error, "%s", failure.text);
}

static int take_answer(struct session *s, struct request *request,
	const struct frame_header *header, const ProtobufCMessage *message)
{
	const struct request_frame frame = { message, &s->freshness, s->now_ms };
	bool more = (header->flags & FRAME_MORE) != 0;
	int error;

	if (header->type != request->type->answer ||
		(more && !request->type->streams)) {
		return errmsg_set(s->msg, CORDON_EPROTO,
			"the node answers %s with %s%s",
			message_type_text(request->type->message),
			message_type_text(header->type), more ? " and more" : "");
	}
	error = request->type->read(request, &frame, s->msg);
	if (error != 0) {
		return error;
	}
	request->end_ms = s->now_ms + request->timeout_ms;
	request->attempt_end_ms = request->end_ms;
	if (!more) {
		request->error = 0;
		answered(s, request);
	}
	return 0;
}

/* A frame after Hello. */
static int take_frame(
	struct session *s, const struct frame_header *header, struct bytes payload)
{
	struct request *request = find(s, header->request);
	ProtobufCMessage *message;
	int error;

	if (header->request > s->last_id) {
		return errmsg_set(s->msg, CORDON_EPROTO,
			"the node answers request %u, which was never sent",
			header->request);
	}
	/* given up meanwhile */
	if (header->request != 0 && request == NULL) {
		return 0;
	}
	error = message_decode(header->type, payload, &s->scratch, &message, s->msg);
	if (error != 0) {
		return error;
	}
	if (header->type == MESSAGE_ERROR) {
		return take_error(s, request, (const Cordon__Error *)message);
	}
	if (request != NULL) {
		return take_answer(s, request, header, message);
	}
	if (header->type == MESSAGE_FRESHNESS) {
		return freshness_take(&s->freshness, (const Cordon__Freshness *)message,
			s->now_ms, s->msg);
	}
	return errmsg_set(s->msg, CORDON_EPROTO, "the node sent %s without a request",
		message_type_text(header->type));
}

static int on_frame(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct session *s = context;
	int error;

	s->frames++;
	if (s->version == 0) {
		return take_hello(s, header, payload);
	}
	error = take_frame(s, header, payload);
	arena_reset(&s->scratch);
	return error;
}

/* Lets the node's log say what was wrong with it. */
static void tell(struct session *s, int error, const char *text)
{
	const struct failure failure = { .error = error, .text = text };
	Cordon__Error message;

	failure_to_message(&failure, &message);
	if (channel_send(s->channel, MESSAGE_ERROR, 0, 0, &message.base) == 0) {
		channel_flush(s->channel, NULL);
	}
}

int session_step(struct session *session, int64_t now_ms, struct errmsg *msg)
{
	struct session *s = session;
	struct errmsg found = { "" };
	int error;

	s->now_ms = now_ms;
	s->msg = &found;
	error = channel_step(s->channel, on_frame, s, &found);
	s->msg = NULL;
	if (error != 0 && !s->told && channel_open(s->channel) &&
		(error == CORDON_EPROTO || error == CORDON_EVERSION ||
			error == CORDON_ETOOBIG || error == CORDON_EIDENTITY)) {
		tell(s, error, found.text);
	}
	return error == 0 ? 0
			  : errmsg_set(msg, error, "%s", errmsg_text(&found, error));
}

int session_send(struct session *session, struct request *request, struct errmsg *msg)
{
	struct session *s = session;
	struct frame_header header = {
		.size = (uint32_t)request->payload_bytes,
		.type = request->type->message,
		.request = s->last_id + 1,
	};
	int error;

	if (s->last_id == UINT32_MAX) {
		return CORDON_ECLOSED;
	}
	if (request->payload_bytes > s->theirs.frame_max) {
		return errmsg_set(msg, CORDON_ETOOBIG,
			"the request has %zu bytes, the node takes %u: send less at a "
			"time",
			request->payload_bytes, s->theirs.frame_max);
	}
	error = channel_send_packed(s->channel, &header, request->payload);
	if (error != 0) {
		return errmsg_set(msg, error, "%s", cordon_error_text(error));
	}
	s->last_id++;
	request->id = s->last_id;
	request->frames_before = s->frames;
	TAILQ_INSERT_TAIL(&s->sent, request, link);
	return 0;
}

void session_forget(struct session *session, struct request *request)
{
	TAILQ_REMOVE(&session->sent, request, link);
}

static struct request *pop(struct request_queue *queue)
{
	struct request *first = TAILQ_FIRST(queue);

	if (first != NULL) {
		TAILQ_REMOVE(queue, first, link);
	}
	return first;
}

struct request *session_answered(struct session *session)
{
	return pop(&session->answered);
}

struct request *session_take(struct session *session)
{
	return pop(&session->sent);
}

struct request *session_oldest(const struct session *session)
{
	return TAILQ_FIRST(&session->sent);
}

uint64_t session_frames(const struct session *session)
{
	return session->frames;
}

unsigned session_wants(const struct session *session)
{
	return channel_wants(session->channel);
}

int session_fd(const struct session *session)
{
	return channel_fd(session->channel);
}
