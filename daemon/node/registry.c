/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/registry.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#define BUCKETS 4096

struct presence {
	struct presence *next;            /* in its bucket */
	struct presence *older, *younger; /* among those that are gone */
	const struct allowance *may;
	uint32_t connections; /* the registry's lock */
	atomic_uint in_flight;
	pthread_mutex_t lock; /* of the following */
	struct bucket handshakes, requests, bytes;
	char key[REGISTRY_KEY_BYTES];
};

struct registry {
	struct allowances allowances;
	pthread_mutex_t lock;
	uint32_t seed;                      /* addresses are chosen by whoever comes */
	struct presence *oldest, *youngest; /* gone, by when */
	size_t gone;
	struct presence *buckets[BUCKETS];
};

/* FNV-1a. */
static size_t bucket_of(const struct registry *registry, const char *key)
{
	uint32_t hash = 2166136261u ^ registry->seed;

	for (; *key != '\0'; key++) {
		hash = (hash ^ (uint8_t)*key) * 16777619u;
	}
	return (hash ^ hash >> 16) % BUCKETS;
}

int registry_create(
	const struct config *config, struct registry **registry, struct errmsg *msg)
{
	struct registry *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (RAND_bytes((unsigned char *)&r->seed, sizeof(r->seed)) != 1) {
		free(r);
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	allowances_init(&r->allowances, config);
	pthread_mutex_init(&r->lock, NULL);
	*registry = r;
	return 0;
}

static void free_presence(struct presence *presence)
{
	pthread_mutex_destroy(&presence->lock);
	free(presence);
}

void registry_destroy(struct registry *registry)
{
	if (registry == NULL) {
		return;
	}
	while (registry->oldest != NULL) {
		struct presence *next = registry->oldest->younger;

		free_presence(registry->oldest);
		registry->oldest = next;
		registry->gone--;
	}
	assert(registry->gone == 0);
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

static struct presence **find(struct registry *registry, const char *key)
{
	struct presence **at = &registry->buckets[bucket_of(registry, key)];

	while (*at != NULL && strcmp((*at)->key, key) != 0) {
		at = &(*at)->next;
	}
	return at;
}

/* ---- those that are gone ----------------------------------------------------------
 */

static void remember(struct registry *registry, struct presence *p)
{
	p->younger = NULL;
	p->older = registry->youngest;
	if (p->older == NULL) {
		registry->oldest = p;
	} else {
		p->older->younger = p;
	}
	registry->youngest = p;
	registry->gone++;
}

static void recall(struct registry *registry, struct presence *p)
{
	if (p->older == NULL) {
		registry->oldest = p->younger;
	} else {
		p->older->younger = p->younger;
	}
	if (p->younger == NULL) {
		registry->youngest = p->older;
	} else {
		p->younger->older = p->older;
	}
	registry->gone--;
}

static bool is_whole(struct presence *p, struct mono now)
{
	return bucket_full(&p->handshakes, &p->may->handshakes.rate, now) &&
	       bucket_full(&p->requests, &p->may->requests.rate, now) &&
	       bucket_full(&p->bytes, &p->may->bytes.rate, now);
}

/* At most two for each that comes, so that it never takes long. */
static void forget_some(struct registry *registry, struct mono now)
{
	for (int i = 0; i < 2 && registry->oldest != NULL; i++) {
		struct presence *p = registry->oldest;
		struct presence **at;

		if (registry->gone < REGISTRY_GONE_MAX && !is_whole(p, now)) {
			return;
		}
		recall(registry, p);
		at = find(registry, p->key);
		*at = p->next;
		free_presence(p);
	}
}

/* ---- coming and going -------------------------------------------------------------
 */

static struct presence *make(
	const char *key, const struct allowance *may, struct mono now)
{
	struct presence *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		return NULL;
	}
	p->may = may;
	pthread_mutex_init(&p->lock, NULL);
	bucket_init(&p->handshakes, &may->handshakes.rate, now);
	bucket_init(&p->requests, &may->requests.rate, now);
	bucket_init(&p->bytes, &may->bytes.rate, now);
	snprintf(p->key, sizeof(p->key), "%s", key);
	return p;
}

static int check(
	struct presence *p, struct mono now, enum limit *limit, struct errmsg *msg)
{
	const struct allowance *may = p->may;

	if (p->connections >= may->connections) {
		*limit = may->connections_limit;
		return errmsg_set(msg, CORDON_ELIMIT,
			"%u connections are open, as many as there may be (%s); close "
			"one first",
			p->connections, limit_name(*limit));
	}
	if (!bucket_take(&p->handshakes, &may->handshakes.rate, now)) {
		*limit = may->handshakes.limit;
		return errmsg_set(msg, CORDON_ELIMIT,
			"more than %u new connections in a second (%s); keep the "
			"connection, or wait",
			(unsigned)may->handshakes.rate.per_s, limit_name(*limit));
	}
	return 0;
}

static const struct allowance *allowance_of(
	const struct registry *registry, enum presence_sort sort)
{
	const struct allowances *all = &registry->allowances;

	return sort == PRESENCE_ADDRESS  ? &all->address
	       : sort == PRESENCE_CLIENT ? &all->client
					 : &all->peer;
}

static int enter(struct registry *registry, const char *key, enum presence_sort sort,
	struct mono now, struct presence **out, enum limit *limit, struct errmsg *msg)
{
	struct presence **at, *p;
	int error;

	forget_some(registry, now);
	at = find(registry, key);
	if (*at == NULL) {
		*at = make(key, allowance_of(registry, sort), now);
		if (*at == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
		remember(registry, *at);
	}
	p = *at;
	error = check(p, now, limit, msg);
	if (error != 0) {
		return error;
	}
	if (p->connections++ == 0) {
		recall(registry, p);
	}
	*out = p;
	return 0;
}

int registry_enter(struct registry *registry, const char *key, enum presence_sort sort,
	struct mono now, struct presence **presence, enum limit *limit,
	struct errmsg *msg)
{
	int error;

	pthread_mutex_lock(&registry->lock);
	error = enter(registry, key, sort, now, presence, limit, msg);
	pthread_mutex_unlock(&registry->lock);
	return error;
}

void registry_leave(struct registry *registry, struct presence *presence)
{
	pthread_mutex_lock(&registry->lock);
	assert(presence->connections > 0);
	if (--presence->connections == 0) {
		remember(registry, presence);
	}
	pthread_mutex_unlock(&registry->lock);
}

/* ---- while connected --------------------------------------------------------------
 */

const struct allowance *presence_allowance(const struct presence *presence)
{
	return presence->may;
}

const char *presence_key(const struct presence *presence)
{
	return presence->key;
}

/* A request is had by whoever owes no bytes. */
static bool take(struct presence *p, struct mono now, enum limit *limit)
{
	const struct allowance *may = p->may;

	if (bucket_wait_ms(&p->bytes, &may->bytes.rate, now) > 0) {
		*limit = may->bytes.limit;
		return false;
	}
	*limit = may->requests.limit;
	return bucket_take(&p->requests, &may->requests.rate, now);
}

bool presence_take_request(
	struct presence *presence, struct mono now, uint64_t bytes, enum limit *limit)
{
	bool had;

	pthread_mutex_lock(&presence->lock);
	bucket_charge(&presence->bytes, &presence->may->bytes.rate, now, bytes);
	had = take(presence, now, limit);
	pthread_mutex_unlock(&presence->lock);
	return had;
}

void presence_charge(
	struct presence *presence, struct mono now, uint64_t requests, uint64_t bytes)
{
	const struct allowance *may = presence->may;

	pthread_mutex_lock(&presence->lock);
	bucket_charge(&presence->requests, &may->requests.rate, now, requests);
	bucket_charge(&presence->bytes, &may->bytes.rate, now, bytes);
	pthread_mutex_unlock(&presence->lock);
}

uint32_t presence_wait_ms(struct presence *presence, struct mono now)
{
	const struct allowance *may = presence->may;
	uint32_t requests, bytes;

	pthread_mutex_lock(&presence->lock);
	requests = bucket_wait_ms(&presence->requests, &may->requests.rate, now);
	bytes = bucket_wait_ms(&presence->bytes, &may->bytes.rate, now);
	pthread_mutex_unlock(&presence->lock);
	return requests > bytes ? requests : bytes;
}

bool presence_take_in_flight(struct presence *presence)
{
	if (atomic_fetch_add(&presence->in_flight, 1) >= presence->may->in_flight) {
		atomic_fetch_sub(&presence->in_flight, 1);
		return false;
	}
	return true;
}

void presence_give_in_flight(struct presence *presence)
{
	atomic_fetch_sub(&presence->in_flight, 1);
}
