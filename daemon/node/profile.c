/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/profile.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"

static int load(
	const struct config *config, struct tls_profile **profile, struct errmsg *msg)
{
	struct tls_member *members =
		calloc(config->members_count + 1, sizeof(*members));
	struct tls_options options = {
		.server = true,
		.certificate = config->certificate,
		.key = config->key,
		.members = members,
		.members_count = config->members_count,
		.ciphersuites = config->ciphersuites,
		.groups = config->groups,
	};
	int error;

	if (members == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->members_count; i++) {
		members[i].member = config->members[i].code;
		members[i].ca = config->members[i].ca;
		members[i].crl = config->members[i].crl;
	}
	error = tls_profile_create(&options, profile, msg);
	free(members);
	return error;
}

/* The certificate must say what the configuration says, or nobody would accept it. */
static int check_self(
	const struct node *node, const struct tls_profile *profile, struct errmsg *msg)
{
	const struct identity *self = tls_profile_self(profile);
	char own[IDENT_URI_MAX], certified[IDENT_URI_MAX];

	ident_uri_text(&node->config->node, own);
	ident_uri_text(self, certified);
	if (strcmp(own, certified) != 0) {
		return errmsg_set(msg, CORDON_EIDENTITY,
			"%s is for %s, but the configuration says node %s",
			node->config->certificate, certified, own);
	}
	return 0;
}

int profile_init(struct node *node, struct errmsg *msg)
{
	int error = load(node->config, &node->profile, msg);

	if (error != 0) {
		return error;
	}
	error = check_self(node, node->profile, msg);
	if (error != 0) {
		tls_profile_unref(node->profile);
		node->profile = NULL;
		return error;
	}
	pthread_mutex_init(&node->profile_lock, NULL);
	return 0;
}

void profile_finish(struct node *node)
{
	if (node->profile == NULL) {
		return;
	}
	tls_profile_unref(node->profile);
	node->profile = NULL;
	pthread_mutex_destroy(&node->profile_lock);
}

int profile_reload(struct node *node, struct errmsg *msg)
{
	struct tls_profile *fresh, *old;
	int error = load(node->config, &fresh, msg);

	if (error != 0) {
		return error;
	}
	error = check_self(node, fresh, msg);
	if (error != 0) {
		tls_profile_unref(fresh);
		return error;
	}
	pthread_mutex_lock(&node->profile_lock);
	old = node->profile;
	node->profile = fresh;
	pthread_mutex_unlock(&node->profile_lock);
	tls_profile_unref(old);
	return 0;
}

struct tls_profile *node_profile(struct node *node)
{
	struct tls_profile *profile;

	pthread_mutex_lock(&node->profile_lock);
	profile = tls_profile_ref(node->profile);
	pthread_mutex_unlock(&node->profile_lock);
	return profile;
}

void profile_warn(struct node *node)
{
	struct tls_profile *profile = node_profile(node);
	int64_t now_s = wall_s(clock_wall());
	struct errmsg msg = { "" };
	size_t position = 0;

	while (tls_profile_warning(profile, now_s, &position, &msg)) {
		log_warning("%s", msg.text);
	}
	tls_profile_unref(profile);
}
