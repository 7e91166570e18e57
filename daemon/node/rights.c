/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/rights.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "proto/arena.h"

#define DAY_S 86400

/* A certificate with a ceiling, and what it has asked today. */
struct asked {
	struct asked *next;
	struct identity identity;
	uint64_t count;
};

struct rights {
	struct authz authz;
	uint32_t eyes;
	struct arena arena; /* holds what authz borrows */
	pthread_mutex_t lock;
	/* by lock; one of each certificate of a section with a ceiling */
	struct asked *asked;
	int64_t day;
};

/* ---- from the configuration -------------------------------------------------------
 */

static uint64_t set_of(const enum action *actions, size_t count)
{
	uint64_t set = 0;

	for (size_t i = 0; i < count; i++) {
		set |= action_bit(actions[i]);
	}
	return set;
}

static int check_allowed(const struct config_access *access, struct errmsg *msg)
{
	for (size_t i = 0; i < access->allow_count; i++) {
		if (!authz_grantable(access->certificate.role, access->allow[i])) {
			return errmsg_set(msg, CORDON_ECONFIG,
				"access %s/%s: allow names %s, which role %s can never "
				"be given",
				ident_role_text(access->certificate.role),
				access->certificate.name, action_name(access->allow[i]),
				ident_role_text(access->certificate.role));
		}
	}
	return 0;
}

static int add_access(
	struct rights *rights, const struct config *config, struct errmsg *msg)
{
	struct authz_access *all =
		arena_array(&rights->arena, config->access_count, sizeof(*all));

	for (size_t i = 0; all != NULL && i < config->access_count; i++) {
		const struct config_access *access = &config->access[i];
		int error = check_allowed(access, msg);

		if (error != 0) {
			return error;
		}
		all[i] = (struct authz_access){
			.role = access->certificate.role,
			.name = access->certificate.name,
			.allow = set_of(access->allow, access->allow_count),
			.deny = set_of(access->deny, access->deny_count),
			.lookups_daily = access->lookups_daily,
			.whole_records = access->records == CONFIG_RECORDS_WHOLE,
		};
		for (size_t k = 0; k < access->queries_count; k++) {
			all[i].queries |= 1u << access->queries[k];
		}
	}
	rights->authz.access = all;
	rights->authz.access_count = config->access_count;
	return 0;
}

static void add_agencies(struct rights *rights, const struct config *config)
{
	struct authz_agency *all =
		arena_array(&rights->arena, config->agencies_count, sizeof(*all));

	for (size_t i = 0; all != NULL && i < config->agencies_count; i++) {
		const struct config_agency *agency = &config->agencies[i];

		all[i] = (struct authz_agency){ .name = agency->name };
		for (size_t k = 0; k < agency->kinds_count; k++) {
			all[i].kinds |= 1u << agency->kinds[k];
		}
	}
	rights->authz.agencies = all;
	rights->authz.agencies_count = config->agencies_count;
}

int rights_create(
	const struct config *config, struct rights **rights, struct errmsg *msg)
{
	struct rights *r = calloc(1, sizeof(*r));
	int error;

	if (r == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	arena_init(&r->arena, 0);
	pthread_mutex_init(&r->lock, NULL);
	r->authz.self = config->node.member;
	for (size_t i = 0; i < config->two_eyes_count; i++) {
		r->eyes |= config->two_eyes[i];
	}
	add_agencies(r, config);
	error = add_access(r, config, msg);
	if (error == 0 && r->arena.failed) {
		error = errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (error != 0) {
		rights_destroy(r);
		return error;
	}
	*rights = r;
	return 0;
}

static void forget_all(struct rights *rights)
{
	while (rights->asked != NULL) {
		struct asked *next = rights->asked->next;

		free(rights->asked);
		rights->asked = next;
	}
}

void rights_destroy(struct rights *rights)
{
	if (rights == NULL) {
		return;
	}
	forget_all(rights);
	pthread_mutex_destroy(&rights->lock);
	arena_finish(&rights->arena);
	free(rights);
}

const struct authz *rights_authz(const struct rights *rights)
{
	return &rights->authz;
}

uint32_t rights_eyes(const struct rights *rights)
{
	return rights->eyes;
}

/* ---- decisions --------------------------------------------------------------------
 */

int request_may(
	struct request *request, struct authz_question question, struct errmsg *msg)
{
	struct node *node = request->service->node;
	enum authz_rule rule;
	int error;

	question.asker = request->asker;
	error = authz_decide(&node->rights->authz, &question, &rule, msg);
	if (error != 0) {
		atomic_fetch_add(&node->counters.denied, 1);
		atomic_fetch_add(&node->counters.denied_by[rule], 1);
		session_denied(
			request->session, question.action, errmsg_text(msg, error));
	}
	return error;
}

int request_may_touch(struct request *request, enum action action,
	const struct state *owner, uint32_t kind, struct errmsg *msg)
{
	const struct authz_question question = {
		.action = action, .owner = owner, .kind = kind
	};

	return request_may(request, question, msg);
}

/* ---- ceilings ---------------------------------------------------------------------
 */

/* NULL: out of memory, and then nothing is counted. */
static struct asked *asked_of(struct rights *rights, const struct identity *identity)
{
	struct asked *asked = rights->asked;

	while (asked != NULL && !ident_equal(&asked->identity, identity)) {
		asked = asked->next;
	}
	if (asked == NULL) {
		asked = calloc(1, sizeof(*asked));
		if (asked != NULL) {
			asked->identity = *identity;
			asked->next = rights->asked;
			rights->asked = asked;
		}
	}
	return asked;
}

static bool has_ceiling(const struct rights *rights, const struct asker *asker)
{
	const struct authz_access *access =
		authz_access_of(&rights->authz, &asker->identity);

	return access != NULL && access->lookups_daily != 0;
}

uint64_t rights_count_lookups(struct rights *rights, const struct asker *asker,
	size_t count, int64_t now_s, int32_t offset_min)
{
	int64_t day = (now_s + (int64_t)offset_min * 60) / DAY_S;
	struct asked *asked;
	/* who cannot be counted is over any ceiling */
	uint64_t today = UINT64_MAX;

	if (!has_ceiling(rights, asker)) {
		return 0;
	}
	pthread_mutex_lock(&rights->lock);
	if (rights->day != day) {
		forget_all(rights);
		rights->day = day;
	}
	asked = asked_of(rights, &asker->identity);
	if (asked != NULL) {
		asked->count += count;
		today = asked->count;
	}
	pthread_mutex_unlock(&rights->lock);
	return today;
}

void rights_forget_lookups(
	struct rights *rights, const struct asker *asker, size_t count)
{
	pthread_mutex_lock(&rights->lock);
	for (struct asked *asked = rights->asked; asked != NULL; asked = asked->next) {
		if (ident_equal(&asked->identity, &asker->identity) &&
			asked->count >= count) {
			asked->count -= count;
		}
	}
	pthread_mutex_unlock(&rights->lock);
}
