/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/profile.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/expiry.h"

static int load(const struct config *config, bool server, struct tls_profile **profile,
	struct errmsg *msg)
{
	struct tls_member *members =
		calloc(config->members_count + 1, sizeof(*members));
	struct tls_options options = {
		.server = server,
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

/* Both roles at once: a reload must not leave one of them old. */
static int load_both(const struct node *node, struct tls_profile **server,
	struct tls_profile **client, struct errmsg *msg)
{
	struct tls_profile *s, *c;
	int error = load(node->config, true, &s, msg);

	if (error != 0) {
		return error;
	}
	error = check_self(node, s, msg);
	if (error == 0) {
		error = load(node->config, false, &c, msg);
	}
	if (error != 0) {
		tls_profile_unref(s);
		return error;
	}
	*server = s;
	*client = c;
	return 0;
}

int profile_init(struct node *node, struct errmsg *msg)
{
	int error = load_both(node, &node->profile, &node->link_profile, msg);

	if (error == 0) {
		pthread_mutex_init(&node->profile_lock, NULL);
	}
	return error;
}

void profile_finish(struct node *node)
{
	if (node->profile == NULL) {
		return;
	}
	tls_profile_unref(node->profile);
	tls_profile_unref(node->link_profile);
	node->profile = NULL;
	node->link_profile = NULL;
	pthread_mutex_destroy(&node->profile_lock);
}

int profile_reload(struct node *node, struct errmsg *msg)
{
	struct tls_profile *server, *client, *old_server, *old_client;
	int error = load_both(node, &server, &client, msg);

	if (error != 0) {
		return error;
	}
	pthread_mutex_lock(&node->profile_lock);
	old_server = node->profile;
	old_client = node->link_profile;
	node->profile = server;
	node->link_profile = client;
	pthread_mutex_unlock(&node->profile_lock);
	tls_profile_unref(old_server);
	tls_profile_unref(old_client);
	return 0;
}

static struct tls_profile *referenced(
	struct node *node, struct tls_profile *const *place)
{
	struct tls_profile *profile;

	pthread_mutex_lock(&node->profile_lock);
	profile = tls_profile_ref(*place);
	pthread_mutex_unlock(&node->profile_lock);
	return profile;
}

struct tls_profile *node_profile(struct node *node)
{
	return referenced(node, &node->profile);
}

struct tls_profile *node_link_profile(struct node *node)
{
	return referenced(node, &node->link_profile);
}

void profile_warn(struct node *node)
{
	char text[EXPIRY_TEXT_MAX];
	struct expiry *list;
	struct arena arena;
	size_t count = 0;

	arena_init(&arena, 0);
	if (expiry_list(node, wall_s(clock_wall()), &arena, &list, &count) != 0) {
		log_error("what ends soon is not known: out of memory");
	}
	for (size_t i = 0; i < count && list[i].soon; i++) {
		/* of head keys the replicator warns, which knows their files */
		if (strcmp(list[i].what, "head_key") != 0) {
			expiry_text(&list[i], text);
			log_warning("%s", text);
		}
	}
	arena_finish(&arena);
}
