/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/registry.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/ident.h"

#define BUCKETS 1024

struct presence {
	struct presence *next;
	uint32_t count;
	char uri[IDENT_URI_MAX];
};

struct registry {
	pthread_mutex_t lock;
	struct presence *buckets[BUCKETS];
};

/* FNV-1a: certificates are issued by members, so nobody chooses collisions. */
static size_t bucket_of(const char *uri)
{
	uint32_t hash = 2166136261u;

	for (; *uri != '\0'; uri++) {
		hash = (hash ^ (uint8_t)*uri) * 16777619u;
	}
	return hash % BUCKETS;
}

int registry_create(struct registry **registry, struct errmsg *msg)
{
	struct registry *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	pthread_mutex_init(&r->lock, NULL);
	*registry = r;
	return 0;
}

void registry_destroy(struct registry *registry)
{
	if (registry == NULL) {
		return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		assert(registry->buckets[i] == NULL);
	}
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

static struct presence **find(struct registry *registry, const char *uri)
{
	struct presence **at = &registry->buckets[bucket_of(uri)];

	while (*at != NULL && strcmp((*at)->uri, uri) != 0) {
		at = &(*at)->next;
	}
	return at;
}

static int enter(
	struct registry *registry, const char *uri, uint32_t max, struct errmsg *msg)
{
	struct presence **at = find(registry, uri);

	if (*at == NULL) {
		struct presence *new = calloc(1, sizeof(*new));

		if (new == NULL) {
			return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
		}
		snprintf(new->uri, sizeof(new->uri), "%s", uri);
		*at = new;
	} else if ((*at)->count >= max) {
		return errmsg_set(msg, CORDON_EBUSY,
			"%s has %u connections open, as many as it may "
			"(connections_per_identity); close one first",
			uri, (*at)->count);
	}
	(*at)->count++;
	return 0;
}

int registry_enter(
	struct registry *registry, const char *uri, uint32_t max, struct errmsg *msg)
{
	int error;

	pthread_mutex_lock(&registry->lock);
	error = enter(registry, uri, max, msg);
	pthread_mutex_unlock(&registry->lock);
	return error;
}

void registry_leave(struct registry *registry, const char *uri)
{
	struct presence **at, *gone;

	pthread_mutex_lock(&registry->lock);
	at = find(registry, uri);
	assert(*at != NULL);
	gone = *at;
	if (--gone->count == 0) {
		*at = gone->next;
		free(gone);
	}
	pthread_mutex_unlock(&registry->lock);
}
