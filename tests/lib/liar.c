/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tests/lib/liar.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/channel.h"
#include "proto/hello.h"
#include "tests/lib/union_private.h"

#define SESSIONS_MAX 16
#define OUTPUT_MAX_BYTES (64u * 1024 * 1024)
#define HELD_MAX 64 /* requests that wait until the real node is there */
#define TURN_MS 20  /* how soon it notices what the test sets */

struct held {
	struct frame_header header;
	uint8_t *payload;
};

/* One who dialled, and the connection to the real node for it. */
struct session {
	struct liar *liar;
	struct channel *down, *up;
	bool down_ready, up_ready; /* their Hello has come */
	bool down_greeted, up_greeted;
	struct held held[HELD_MAX];
	size_t held_count;
	bool ended;
};

struct liar {
	struct union_node *place, *target;
	struct tls_profile *server, *client;
	char uri[IDENT_URI_MAX];
	int listener;
	pthread_t thread;
	pthread_mutex_t lock;
	/* under the lock */
	liar_fn *lie;
	unsigned told;
	unsigned heard[128];
	bool open, stopping;
	/* the thread's */
	liar_fn *keeper; /* whose kept is */
	void *kept;
	struct session *sessions[SESSIONS_MAX];
};

static const struct channel_limits limits = { FRAME_MAX_PEER, OUTPUT_MAX_BYTES };

static struct sockaddr_in address_of(const struct union_node *node)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)node->port) };

	assert_int_equal(inet_pton(AF_INET, node->host, &address.sin_addr), 1);
	return address;
}

/* ---- frames ---------------------------------------------------------------------- */

static int greet(struct session *s, struct channel *channel, bool server)
{
	struct arena arena;
	struct hello hello;
	Cordon__Hello *message;
	int error = CORDON_ENOMEM;

	arena_init(&arena, 0);
	hello_init(&hello, FRAME_MAX_PEER, "liar");
	hello.node = server ? s->liar->uri : NULL;
	message = hello_to_message(&hello, &arena);
	if (message != NULL) {
		error = channel_send(channel, MESSAGE_HELLO, 0, 0, &message->base);
	}
	arena_finish(&arena);
	return error;
}

static int send_up(
	struct session *s, const struct frame_header *header, const uint8_t *payload)
{
	return channel_send_packed(s->up, header, payload);
}

static int hold(
	struct session *s, const struct frame_header *header, struct bytes payload)
{
	struct held *held = &s->held[s->held_count];

	if (s->held_count == HELD_MAX) {
		return CORDON_ETOOBIG;
	}
	held->header = *header;
	held->payload = malloc(payload.size + 1);
	if (held->payload == NULL) {
		return CORDON_ENOMEM;
	}
	memcpy(held->payload, payload.data, payload.size);
	s->held_count++;
	return 0;
}

static int let_go(struct session *s)
{
	int error = 0;

	for (size_t i = 0; i < s->held_count; i++) {
		if (error == 0) {
			error = send_up(s, &s->held[i].header, s->held[i].payload);
		}
		free(s->held[i].payload);
	}
	s->held_count = 0;
	return error;
}

/* From who dialled: requests go up as they are. */
static int from_below(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct session *s = context;

	if (!s->down_ready) {
		s->down_ready = true;
		channel_set_payload_max(s->down, FRAME_MAX_PEER);
		return 0;
	}
	pthread_mutex_lock(&s->liar->lock);
	s->liar->heard[header->type % 128]++;
	pthread_mutex_unlock(&s->liar->lock);
	return s->up_ready ? send_up(s, header, payload.data)
			   : hold(s, header, payload);
}

static int send_down(struct session *s, const struct liar_frame *frame)
{
	int error = 0;

	for (unsigned i = 0; error == 0 && i <= frame->copies; i++) {
		error = frame->altered ? channel_send(s->down, frame->header.type,
						 frame->header.flags,
						 frame->header.request, frame->message)
				       : channel_send_packed(s->down, &frame->header,
						 frame->payload.data);
	}
	return error;
}

static int tell(
	struct session *s, const struct frame_header *header, struct bytes payload)
{
	struct liar *liar = s->liar;
	struct arena arena;
	struct liar_frame frame = { *header, payload, &arena, NULL, false, false, 0 };
	liar_fn *lie;
	int error = 0;

	pthread_mutex_lock(&liar->lock);
	lie = liar->lie;
	pthread_mutex_unlock(&liar->lock);
	if (lie != liar->keeper) {
		free(liar->kept);
		liar->kept = NULL;
		liar->keeper = lie;
	}
	arena_init(&arena, 0);
	if (lie != NULL) {
		message_decode(header->type, payload, &arena, &frame.message, NULL);
		lie(&frame, &liar->kept);
	}
	if (frame.altered || frame.left_out || frame.copies > 0) {
		pthread_mutex_lock(&liar->lock);
		liar->told += lie == liar->lie;
		pthread_mutex_unlock(&liar->lock);
	}
	if (!frame.left_out) {
		error = send_down(s, &frame);
	}
	arena_finish(&arena);
	return error;
}

/* From the real node: the answers that are lied about. */
static int from_above(
	void *context, const struct frame_header *header, struct bytes payload)
{
	struct session *s = context;

	if (!s->up_ready) {
		s->up_ready = true;
		channel_set_payload_max(s->up, FRAME_MAX_PEER);
		return let_go(s);
	}
	return tell(s, header, payload);
}

/* ---- sessions -------------------------------------------------------------------- */

static struct session *session_create(struct liar *liar, int fd)
{
	struct sockaddr_in address = address_of(liar->target);
	struct session *s = calloc(1, sizeof(*s));
	int up = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s == NULL || up < 0 ||
		connect(up, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		fcntl(up, F_SETFL, O_NONBLOCK) != 0) {
		close(fd);
		close(up);
		free(s);
		return NULL;
	}
	s->liar = liar;
	s->ended = channel_create(fd, liar->server, true, &limits, &s->down, NULL) != 0;
	s->ended |= channel_create(up, liar->client, false, &limits, &s->up, NULL) != 0;
	return s;
}

static void session_destroy(struct session *s)
{
	if (s == NULL) {
		return;
	}
	for (size_t i = 0; i < s->held_count; i++) {
		free(s->held[i].payload);
	}
	channel_destroy(s->down);
	channel_destroy(s->up);
	free(s);
}

static int step(struct session *s, struct channel *channel, bool *greeted, bool server)
{
	int error = 0;

	do {
		error = channel_step(
			channel, server ? from_below : from_above, s, NULL);
		if (error == 0 && channel_open(channel) && !*greeted) {
			*greeted = true;
			error = greet(s, channel, server);
		}
	} while (error == 0 && (channel_wants(channel) & CHANNEL_AGAIN) != 0);
	return error == 0 ? channel_flush(channel, NULL) : error;
}

static void session_step(struct session *s)
{
	s->ended = s->ended || step(s, s->down, &s->down_greeted, true) != 0 ||
		   step(s, s->up, &s->up_greeted, false) != 0 ||
		   channel_flush(s->down, NULL) != 0;
}

/* ---- the thread ------------------------------------------------------------------ */

static short events_of(const struct channel *channel)
{
	unsigned wants = channel_wants(channel);

	return (short)(((wants & CHANNEL_READ) != 0 ? POLLIN : 0) |
		       ((wants & CHANNEL_WRITE) != 0 ? POLLOUT : 0));
}

static void wait_for_work(struct liar *liar)
{
	struct pollfd fds[1 + 2 * SESSIONS_MAX] = { { liar->listener, POLLIN, 0 } };
	nfds_t count = 1;

	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = liar->sessions[i];

		if (s != NULL && !s->ended) {
			fds[count++] = (struct pollfd){ channel_fd(s->down),
				events_of(s->down), 0 };
			fds[count++] = (struct pollfd){ channel_fd(s->up),
				events_of(s->up), 0 };
		}
	}
	poll(fds, count, TURN_MS);
}

static void accept_one(struct liar *liar, bool open)
{
	int fd = accept4(liar->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	for (size_t i = 0; fd >= 0 && open && i < SESSIONS_MAX; i++) {
		if (liar->sessions[i] == NULL) {
			liar->sessions[i] = session_create(liar, fd);
			return;
		}
	}
	if (fd >= 0) {
		close(fd);
	}
}

static void *run(void *context)
{
	struct liar *liar = context;
	bool open = true, stopping = false;

	while (!stopping) {
		wait_for_work(liar);
		pthread_mutex_lock(&liar->lock);
		open = liar->open;
		stopping = liar->stopping;
		pthread_mutex_unlock(&liar->lock);
		accept_one(liar, open);
		for (size_t i = 0; i < SESSIONS_MAX; i++) {
			struct session *s = liar->sessions[i];

			if (s != NULL && open && !s->ended) {
				session_step(s);
			}
			if (s != NULL && (!open || s->ended)) {
				session_destroy(s);
				liar->sessions[i] = NULL;
			}
		}
	}
	return NULL;
}

/* ---- for the test ---------------------------------------------------------------- */

static struct tls_profile *profile_of(const struct union_node *place, bool server)
{
	const struct testunion *u = place->in;
	char certificate[UNION_PATH_MAX], key[UNION_PATH_MAX];
	char cas[UNION_NODES_MAX][UNION_PATH_MAX];
	struct tls_member members[UNION_NODES_MAX];
	struct tls_options options = { .server = server,
		.certificate = certificate,
		.key = key,
		.members = members };
	struct tls_profile *profile;
	struct errmsg msg = { "" };

	snprintf(
		certificate, sizeof(certificate), "%s/%s.pem", place->pki, place->name);
	snprintf(key, sizeof(key), "%s/%s.key", place->pki, place->name);
	for (size_t i = 0; i < u->count; i++) {
		const struct union_node *node = u->nodes[i];

		snprintf(cas[i], sizeof(cas[i]), "%s/ca.pem", node->pki);
		members[i] = (struct tls_member){ .ca = cas[i] };
		ident_state_set(&members[i].member, node->member, 3);
	}
	options.members_count = u->count;
	if (tls_profile_create(&options, &profile, &msg) != 0) {
		union_fail(place->in, "liar: %s", msg.text);
	}
	return profile;
}

static int listen_as(const struct union_node *place)
{
	struct sockaddr_in address = address_of(place);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, SESSIONS_MAX), 0);
	return fd;
}

struct liar *liar_create(struct union_node *place, struct union_node *target)
{
	struct liar *liar = calloc(1, sizeof(*liar));

	assert_non_null(liar);
	liar->place = place;
	liar->target = target;
	liar->server = profile_of(place, true);
	liar->client = profile_of(place, false);
	ident_uri_text(tls_profile_self(liar->server), liar->uri);
	liar->listener = listen_as(place);
	liar->open = true;
	pthread_mutex_init(&liar->lock, NULL);
	assert_int_equal(pthread_create(&liar->thread, NULL, run, liar), 0);
	return liar;
}

void liar_destroy(struct liar *liar)
{
	if (liar == NULL) {
		return;
	}
	pthread_mutex_lock(&liar->lock);
	liar->stopping = true;
	pthread_mutex_unlock(&liar->lock);
	pthread_join(liar->thread, NULL);
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		session_destroy(liar->sessions[i]);
	}
	close(liar->listener);
	tls_profile_unref(liar->server);
	tls_profile_unref(liar->client);
	pthread_mutex_destroy(&liar->lock);
	free(liar->kept);
	free(liar);
}

void liar_set(struct liar *liar, liar_fn *lie)
{
	pthread_mutex_lock(&liar->lock);
	liar->lie = lie;
	liar->told = 0;
	pthread_mutex_unlock(&liar->lock);
}

unsigned liar_told(struct liar *liar)
{
	unsigned told;

	pthread_mutex_lock(&liar->lock);
	told = liar->told;
	pthread_mutex_unlock(&liar->lock);
	return told;
}

void liar_open(struct liar *liar, bool open)
{
	pthread_mutex_lock(&liar->lock);
	liar->open = open;
	pthread_mutex_unlock(&liar->lock);
}

unsigned liar_heard(struct liar *liar, enum message_type type)
{
	unsigned heard;

	pthread_mutex_lock(&liar->lock);
	heard = liar->heard[type % 128];
	pthread_mutex_unlock(&liar->lock);
	return heard;
}
