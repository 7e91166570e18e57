/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/peer.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/net/backoff.h"
#include "daemon/net/dialer.h"
#include "proto/hello.h"

/* A link that lasted this long starts again without a pause. */
#define LASTED_MS 10000

enum stage {
	PEER_WAITING,
	PEER_DIALING,
	PEER_GREETING, /* TLS and Hello */
	PEER_UP
};

struct peer {
	struct node *node;
	const struct config_peer *config;
	size_t index;
	const struct peer_handler *handler;
	void *context;
	enum stage stage;
	struct backoff backoff;
	struct event *timer;
	struct dialer *dialer;
	struct conn *conn;
	struct mono up_at;
	uint32_t last_request;
	bool failed_told;
	struct peer_state state;
};

static void dial(struct peer *peer);

static const char *stage_text(enum stage stage)
{
	switch (stage) {
	case PEER_WAITING:
		return "waiting";
	case PEER_DIALING:
	case PEER_GREETING:
		return "connecting";
	case PEER_UP:
		break;
	}
	return "up";
}

static void enter(struct peer *peer, enum stage stage)
{
	peer->stage = stage;
	peer->state.state = stage_text(stage);
	peer->state.since_s = wall_s(clock_wall());
}

static void wait_ms(struct peer *peer, uint32_t ms)
{
	struct timeval after = { .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 };

	peer->state.retry_at = mono_after_ms(clock_mono(), ms);
	event_add(peer->timer, &after);
}

static void try_later(struct peer *peer)
{
	uint32_t random;

	if (RAND_bytes((uint8_t *)&random, sizeof(random)) != 1) {
		random = UINT32_MAX; /* the whole step: later, never sooner */
	}
	enter(peer, PEER_WAITING);
	wait_ms(peer, backoff_next_ms(&peer->backoff, random));
}

/* The attempt or the link has ended: say it once, forget the conn, come back. */
static void ended(struct peer *peer, const char *text)
{
	bool was_up = peer->stage == PEER_UP;
	char uri[IDENT_URI_MAX];

	ident_uri_text(&peer->config->node, uri);
	if (strcmp(peer->state.error, text) != 0 || was_up) {
		log_warning("link %s (%s): %s", uri, peer->state.address, text);
	}
	snprintf(peer->state.error, sizeof(peer->state.error), "%s", text);
	dialer_destroy(peer->dialer);
	peer->dialer = NULL;
	conn_destroy(peer->conn);
	peer->conn = NULL;
	if (was_up && clock_mono().us - peer->up_at.us > (int64_t)LASTED_MS * 1000) {
		backoff_reset(&peer->backoff);
	}
	try_later(peer);
	if (was_up) {
		peer->handler->down(peer->context, peer->index);
	} else if (!peer->failed_told) {
		peer->failed_told = true;
		peer->handler->failed(peer->context, peer->index);
	}
}

static bool same_node(const struct identity *a, const struct identity *b)
{
	return ident_state_equal(&a->member, &b->member) && a->role == b->role &&
	       strcmp(a->name, b->name) == 0;
}

static void on_open(struct conn *conn, void *context, const struct identity *who)
{
	struct peer *peer = context;
	char uri[IDENT_URI_MAX], text[IDENT_URI_MAX + 128];
	struct hello hello;
	struct arena arena;
	Cordon__Hello *message;

	if (!same_node(who, &peer->config->node)) {
		ident_uri_text(who, uri);
		snprintf(text, sizeof(text),
			"%s answered at this address; correct the peer's address or "
			"name",
			uri);
		conn_close(conn, CORDON_EIDENTITY, text);
		return;
	}
	arena_init(&arena, 0);
	hello_init(&hello, FRAME_MAX_PEER, node_software());
	message = hello_to_message(&hello, &arena);
	if (message == NULL ||
		conn_send(conn, MESSAGE_HELLO, 0, 0, &message->base) != 0) {
		conn_close(conn, CORDON_ENOMEM, NULL);
	}
	arena_finish(&arena);
}

static int take_hello(struct peer *peer, struct arena *arena,
	const struct frame_header *header, struct bytes payload, struct errmsg *msg)
{
	struct hello own, theirs;
	uint32_t version;
	char uri[IDENT_URI_MAX];
	int error = hello_read(header, payload, arena, &theirs, msg);

	if (error != 0) {
		return error;
	}
	hello_init(&own, FRAME_MAX_PEER, NULL);
	error = hello_agree(&own, &theirs, &version, msg);
	if (error != 0) {
		return error;
	}
	conn_set_payload_max(peer->conn, FRAME_MAX_PEER);
	peer->up_at = clock_mono();
	peer->failed_told = false;
	peer->state.error[0] = '\0';
	enter(peer, PEER_UP);
	ident_uri_text(&peer->config->node, uri);
	log_notice("link %s (%s): up", uri, peer->state.address);
	peer->handler->up(peer->context, peer->index);
	return 0;
}

static int take_error(struct peer *peer, const struct frame_header *header,
	const Cordon__Error *message, struct arena *arena)
{
	bool bad = false;
	const char *text = message_text(message->text, arena, &bad);
	int error = -(int)message->code;

	if (bad || message->code > INT32_MAX || message->code == 0) {
		return CORDON_EPROTO;
	}
	if (header->request == 0) {
		return error;
	}
	peer->handler->refused(peer->context, peer->index, header->request, error,
		text == NULL ? cordon_error_text(error) : text);
	return 0;
}

static int take_frame(struct peer *peer, struct arena *arena,
	const struct frame_header *header, struct bytes payload, struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error;

	if (peer->stage == PEER_GREETING) {
		return take_hello(peer, arena, header, payload, msg);
	}
	if (header->type == MESSAGE_CHUNK) {
		peer->handler->chunk(
			peer->context, peer->index, header->request, payload);
		return 0;
	}
	if (header->type == MESSAGE_RANGES_ANSWER ||
		header->type == MESSAGE_MARKS_ANSWER ||
		header->type == MESSAGE_FETCH_ANSWER) {
		peer->handler->repair(peer->context, peer->index, header->type,
			header->request, payload);
		return 0;
	}
	if (header->type != MESSAGE_HEADS && header->type != MESSAGE_HEADS_AT_ANSWER &&
		header->type != MESSAGE_ERROR) {
		return errmsg_set(msg, CORDON_EPROTO,
			"message type %u was not asked for", header->type);
	}
	error = message_decode(header->type, payload, arena, &message, msg);
	if (error != 0) {
		return error;
	}
	if (header->type == MESSAGE_ERROR) {
		return take_error(peer, header, (Cordon__Error *)message, arena);
	}
	if (header->type == MESSAGE_HEADS_AT_ANSWER) {
		peer->handler->heads_at(peer->context, peer->index, header->request,
			(Cordon__HeadsAtAnswer *)message);
	} else {
		peer->handler->heads(
			peer->context, peer->index, (Cordon__Heads *)message);
	}
	return 0;
}

static int on_frame(struct conn *conn, void *context, const struct frame_header *header,
	struct bytes payload)
{
	struct peer *peer = context;
	struct errmsg msg = { "" };
	struct arena arena;
	int error;

	arena_init(&arena, 2 * (size_t)FRAME_MAX_PEER);
	error = take_frame(peer, &arena, header, payload, &msg);
	arena_finish(&arena);
	if (error != 0 && peer->conn == conn) {
		conn_close(conn, error, errmsg_text(&msg, error));
	}
	return 0;
}

static void on_closed(struct conn *conn, void *context, int error, const char *text)
{
	(void)conn;
	(void)error;
	ended(context, text);
}

static const struct conn_handler conn_handler = {
	.open = on_open,
	.frame = on_frame,
	.closed = on_closed,
};

/*
 * A link is never silent for long: a pull that waits is answered after follow_wait, and
 * idle heads come again.  One that is has no node at its other end any more, though no
 * packet has said so.
 */
static uint32_t silence_max_ms(const struct config *config)
{
	uint32_t most = config->follow_wait_ms + config->frame_timeout_ms;

	if (most < 4 * config->head_interval_ms) {
		most = 4 * config->head_interval_ms;
	}
	return most < config->idle_timeout_ms ? most : config->idle_timeout_ms;
}

static void on_dialed(void *context, int error, int fd, const char *text)
{
	struct peer *peer = context;
	const struct config *config = peer->node->config;
	struct conn_options options = {
		.limits = { .payload_max = FRAME_MAX_PEER,
			.output_max = FRAME_MAX_PEER },
		.output_low = FRAME_MAX_PEER / 2,
		.handshake_timeout_ms = config->handshake_timeout_ms,
		.frame_timeout_ms = config->frame_timeout_ms,
		.idle_timeout_ms = silence_max_ms(config),
	};
	struct tls_profile *profile;
	struct errmsg msg = { "" };

	if (error != 0) {
		ended(peer, text);
		return;
	}
	enter(peer, PEER_GREETING);
	profile = node_link_profile(peer->node);
	error = conn_create(peer->node->base, fd, profile, &options, &conn_handler,
		peer, &peer->conn, &msg);
	tls_profile_unref(profile);
	if (error != 0) {
		ended(peer, errmsg_text(&msg, error));
	}
}

static void dial(struct peer *peer)
{
	const struct config_peer *config = peer->config;

	dialer_destroy(peer->dialer);
	peer->dialer = NULL;
	enter(peer, PEER_DIALING);
	if (dialer_create(peer->node->base, config->host, config->port,
		    peer->node->config->handshake_timeout_ms, on_dialed, peer,
		    &peer->dialer) != 0) {
		ended(peer, "out of memory");
	}
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	dial(context);
}

int peer_create(struct node *node, size_t index, const struct peer_handler *handler,
	void *context, struct peer **peer, struct errmsg *msg)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	p->node = node;
	p->config = &node->config->peers[index];
	p->index = index;
	p->handler = handler;
	p->context = context;
	backoff_init(&p->backoff, node->config->reconnect_min_ms,
		node->config->reconnect_max_ms);
	snprintf(p->state.address, sizeof(p->state.address), "%s:%u", p->config->host,
		p->config->port);
	p->timer = evtimer_new(node->base, on_timer, p);
	if (p->timer == NULL) {
		free(p);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	enter(p, PEER_WAITING);
	wait_ms(p, 0);
	*peer = p;
	return 0;
}

void peer_destroy(struct peer *peer)
{
	if (peer == NULL) {
		return;
	}
	dialer_destroy(peer->dialer);
	conn_destroy(peer->conn);
	event_free(peer->timer);
	free(peer);
}

const struct identity *peer_identity(const struct peer *peer)
{
	return &peer->config->node;
}

bool peer_is_up(const struct peer *peer)
{
	return peer->stage == PEER_UP;
}

uint32_t peer_next_request(struct peer *peer)
{
	if (++peer->last_request == 0) {
		peer->last_request = 1;
	}
	return peer->last_request;
}

void peer_send(struct peer *peer, uint16_t type, uint32_t request,
	const ProtobufCMessage *message)
{
	int error;

	if (peer->stage != PEER_UP) {
		return;
	}
	error = conn_send(peer->conn, type, 0, request, message);
	if (error != 0 && error != CORDON_ECLOSED) {
		conn_close(peer->conn, error, NULL);
	}
}

void peer_profile_changed(struct peer *peer)
{
	struct tls_profile *profile;

	if (peer->conn == NULL) {
		return;
	}
	profile = node_link_profile(peer->node);
	conn_check_again(peer->conn, profile);
	tls_profile_unref(profile);
}

void peer_state(const struct peer *peer, struct peer_state *state)
{
	*state = peer->state;
}
