/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/session_private.h"

/*
 * What an address and an identity may have: over a rate a request is refused unread,
 * and the session is read no more for a while, so that what it still sends costs
 * nothing.
 */

#define SLOWED_LEAST_MS 200
#define SLOWED_MOST_MS 5000

/* Bytes that go uncharged until somebody asks. */
#define UNCHARGED_MAX (256 * 1024)

static struct node *node_of(const struct session *session)
{
	return session->sessions->service->node;
}

/* "192.0.2.7:40112" is 192.0.2.7; of an IPv6 address whoever has one has 2^64. */
static void address_key(const char *address, char key[REGISTRY_KEY_BYTES])
{
	const char *end = strrchr(address, ':');
	size_t size = end == NULL ? strlen(address) : (size_t)(end - address);
	struct in6_addr v6;

	snprintf(key, REGISTRY_KEY_BYTES, "%.*s", (int)size, address);
	if (size < 3 || key[0] != '[') {
		return;
	}
	key[size - 1] = '\0';
	if (inet_pton(AF_INET6, key + 1, &v6) == 1) {
		memset(v6.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &v6, key, REGISTRY_KEY_BYTES - 3);
		memcpy(key + strlen(key), "/64", 4);
	}
}

static int enter(struct session *session, const char *key, enum presence_sort sort,
	struct presence **presence, struct errmsg *msg)
{
	struct node *node = node_of(session);
	enum limit limit;
	int error = registry_enter(
		node->registry, key, sort, clock_mono(), presence, &limit, msg);

	if (error == CORDON_ELIMIT) {
		/* its end is logged with the same words */
		atomic_fetch_add(&node->counters.limited[limit], 1);
	}
	return error;
}

int session_enter_from(struct session *session, struct errmsg *msg)
{
	char key[REGISTRY_KEY_BYTES];

	if (session->local) {
		return 0;
	}
	address_key(session->address, key);
	return enter(session, key, PRESENCE_ADDRESS, &session->from, msg);
}

int session_enter_who(struct session *session, struct errmsg *msg)
{
	enum presence_sort sort = session->asker.identity.role == ROLE_NODE
					  ? PRESENCE_PEER
					  : PRESENCE_CLIENT;

	return session->local ? 0
			      : enter(session, session->uri, sort, &session->who, msg);
}

void session_leave(struct session *session)
{
	struct registry *registry = node_of(session)->registry;

	if (session->who != NULL) {
		registry_leave(registry, session->who);
		session->who = NULL;
	}
	if (session->from != NULL) {
		registry_leave(registry, session->from);
		session->from = NULL;
	}
}

/* ---- rates ------------------------------------------------------------------------
 */

/* A node's requests and bytes are its own affair, not those of the address that it may
 * share with clients. */
static struct presence *address_of(const struct session *session)
{
	return session->asker.identity.role == ROLE_NODE ? NULL : session->from;
}

static uint32_t wait_ms(const struct session *session, struct mono now)
{
	struct presence *from = address_of(session);
	uint32_t who = presence_wait_ms(session->who, now);
	uint32_t address = from == NULL ? 0 : presence_wait_ms(from, now);

	return who > address ? who : address;
}

static void slow(struct session *session, struct mono now)
{
	uint32_t ms = wait_ms(session, now);
	struct timeval after;

	ms = ms < SLOWED_LEAST_MS ? SLOWED_LEAST_MS : ms;
	ms = ms > SLOWED_MOST_MS ? SLOWED_MOST_MS : ms;
	after = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	if (session->slowed || evtimer_add(session->timer, &after) != 0) {
		return;
	}
	session->slowed = true;
	session->slowed_ms = ms;
	if (session->conn != NULL) {
		conn_pause_reading(session->conn);
	}
}

void session_speed_up(struct session *session)
{
	session->slowed = false;
	if (conn_output_bytes(session->conn) <= SESSION_OUTPUT_LOW) {
		conn_resume_reading(session->conn);
		held_turn_all(session);
	}
}

static void describe(
	const struct session *session, enum limit limit, struct errmsg *msg)
{
	const char *key =
		limit == LIMIT_REQUESTS_PER_ADDRESS || limit == LIMIT_BYTES_PER_ADDRESS
			? presence_key(session->from)
			: session->uri;

	errmsg_set(msg, CORDON_ELIMIT,
		"%s has used up what it may have in a second (%s); wait %u ms", key,
		limit_name(limit), session->slowed_ms);
}

int session_take_request(struct session *session, struct errmsg *msg)
{
	struct presence *from = address_of(session);
	uint64_t bytes = session->uncharged_bytes;
	struct mono now;
	enum limit limit;

	if (session->who == NULL) {
		return 0;
	}
	now = clock_mono();
	session->uncharged_bytes = 0;
	if (presence_take_request(session->who, now, bytes, &limit) &&
		(from == NULL || presence_take_request(from, now, bytes, &limit))) {
		return 0;
	}
	slow(session, now);
	session_limited(session, limit, "its requests wait");
	if (!presence_allowance(session->who)->refused) {
		return 0;
	}
	describe(session, limit, msg);
	return CORDON_ELIMIT;
}

static void charge(struct session *session, uint64_t queries)
{
	struct presence *from = address_of(session);
	uint64_t bytes = session->uncharged_bytes;
	struct mono now = clock_mono();

	session->uncharged_bytes = 0;
	presence_charge(session->who, now, queries, bytes);
	if (from != NULL) {
		presence_charge(from, now, queries, bytes);
	}
}

void session_charge_queries(struct session *session, uint64_t count)
{
	if (session->who != NULL) {
		charge(session, count);
	}
}

bool session_owes(struct session *session)
{
	struct mono now;

	if (session->who == NULL || session->slowed ||
		!presence_allowance(session->who)->refused) {
		return session->slowed;
	}
	if (session->uncharged_bytes < UNCHARGED_MAX) {
		return false;
	}
	charge(session, 0);
	now = clock_mono();
	if (wait_ms(session, now) == 0) {
		return false;
	}
	slow(session, now);
	return session->slowed;
}
