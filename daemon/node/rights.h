/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_RIGHTS_H
#define NODE_RIGHTS_H

#include "daemon/node/session.h"

/*
 * Who may do what at this node: core/authz's rules with the configuration's sections,
 * what a certificate has asked today, and what becomes of a denial (a line in the log,
 * a count by its rule, an Error).  Any thread.
 */
struct rights;

/* CORDON_ECONFIG where a section allows what its role can never be given. */
int rights_create(
	const struct config *config, struct rights **rights, struct errmsg *msg);
void rights_destroy(struct rights *rights);

const struct authz *rights_authz(const struct rights *rights);

/* A set of enum eyes: what the configuration demands a second pair of eyes for. */
uint32_t rights_eyes(const struct rights *rights);

/* The rules; a denial is counted and logged, but not answered. */
int request_may(
	struct request *request, struct authz_question question, struct errmsg *msg);

/* The same for action on records of owner (NULL: nobody's in particular) and kind (0).
 */
int request_may_touch(struct request *request, enum action action,
	const struct state *owner, uint32_t kind, struct errmsg *msg);

/*
 * count more questions of asker's certificate at now_s: how many that makes today, by
 * the days of offset_min.  0 where nobody counts.
 */
uint64_t rights_count_lookups(struct rights *rights, const struct asker *asker,
	size_t count, int64_t now_s, int32_t offset_min);
/* They were denied: they do not count. */
void rights_forget_lookups(
	struct rights *rights, const struct asker *asker, size_t count);

#endif
