/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/head_check.h"

#include <stdlib.h>
#include <string.h>

#define SEEN_MAX 1024 /* a power of two */

struct member_keys {
	struct state member;
	struct head_key *keys[8];
	size_t count;
};

struct head_check {
	struct member_keys *members;
	size_t members_count;
	/* SHA-256 of packed heads that verified, placed by their first bytes */
	uint8_t seen[SEEN_MAX][HASH_BYTES];
};

static int load_member(const struct config_member *config, struct member_keys *member,
	struct errmsg *msg)
{
	member->member = config->code;
	for (size_t i = 0; i < config->head_keys_count; i++) {
		int error = head_key_load_public(
			config->head_keys[i], &member->keys[member->count], msg);

		if (error != 0) {
			return error;
		}
		member->count++;
	}
	return 0;
}

int head_check_create(
	const struct config *config, struct head_check **check, struct errmsg *msg)
{
	struct head_check *c = calloc(1, sizeof(*c));
	int error = 0;

	if (c != NULL) {
		c->members = calloc(config->members_count + 1, sizeof(*c->members));
	}
	if (c == NULL || c->members == NULL) {
		free(c);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < config->members_count && error == 0; i++) {
		c->members_count++;
		error = load_member(&config->members[i], &c->members[i], msg);
	}
	if (error != 0) {
		head_check_destroy(c);
		return error;
	}
	*check = c;
	return 0;
}

void head_check_destroy(struct head_check *check)
{
	if (check == NULL) {
		return;
	}
	for (size_t i = 0; i < check->members_count; i++) {
		for (size_t k = 0; k < check->members[i].count; k++) {
			head_key_destroy(check->members[i].keys[k]);
		}
	}
	free(check->members);
	free(check);
}

static const struct member_keys *find(
	const struct head_check *check, const struct state *owner)
{
	for (size_t i = 0; i < check->members_count; i++) {
		if (ident_state_equal(&check->members[i].member, owner)) {
			return &check->members[i];
		}
	}
	return NULL;
}

int head_check_open(struct head_check *check, struct bytes packed, struct head *head,
	struct errmsg *msg)
{
	const struct member_keys *keys;
	uint8_t hash[HASH_BYTES];
	size_t place;
	struct head parsed;
	int error = head_parse(packed, &parsed, msg);

	if (error == 0) {
		error = hash_bytes(packed.data, packed.size, hash);
	}
	if (error != 0) {
		return error;
	}
	keys = find(check, &parsed.list.owner);
	if (keys == NULL) {
		return errmsg_set(msg, CORDON_EIDENTITY,
			"head of %s, which is no member in the configuration",
			parsed.list.owner.code);
	}
	place = (size_t)(hash[0] | hash[1] << 8) & (SEEN_MAX - 1);
	if (memcmp(check->seen[place], hash, HASH_BYTES) != 0) {
		error = head_verify(packed, (const struct head_key *const *)keys->keys,
			keys->count, msg);
		if (error != 0) {
			return error;
		}
		memcpy(check->seen[place], hash, HASH_BYTES);
	}
	*head = parsed;
	return 0;
}
