/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/head_check.h"

#include <stdlib.h>
#include <string.h>

#include "proto/head_announce.h"

#define SEEN_MAX 1024 /* a power of two */
#define DAY_S ((int64_t)86400)

struct member_keys {
	struct state member;
	struct head_key *keys[8];
	const struct config_head_key *config; /* of each */
	size_t count;
};

/* A packed head that verified: its SHA-256, and by which of the owner's keys. */
struct seen {
	uint8_t hash[HASH_BYTES];
	uint8_t signer;
};

struct head_check {
	struct member_keys *members;
	size_t members_count;
	struct seen seen[SEEN_MAX]; /* placed by the first bytes of their hashes */
};

/* Those that are loaded by now. */
static size_t loaded(const struct member_keys *member, const struct head_key *out[8])
{
	size_t count = 0;

	for (size_t i = 0; i < member->count; i++) {
		if (member->keys[i] != NULL) {
			out[count++] = member->keys[i];
		}
	}
	return count;
}

/* First the keys, then what they announce, in the order of the configuration. */
static int load_keys(struct member_keys *member, bool announced, struct errmsg *msg)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < member->count; i++) {
		const char *path = member->config[i].path;
		const struct head_key *keys[8];

		if (head_announce_is(path) != announced) {
			continue;
		}
		error = announced ? head_announce_load(path, &member->member, keys,
					    loaded(member, keys), &member->keys[i], msg)
				  : head_key_load_public(path, &member->keys[i], msg);
	}
	return error;
}

static int load_member(const struct config_member *config, struct member_keys *member,
	struct errmsg *msg)
{
	int error;

	member->member = config->code;
	member->config = config->head_keys;
	member->count = config->head_keys_count;
	error = load_keys(member, false, msg);
	return error == 0 ? load_keys(member, true, msg) : error;
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

static bool valid_at(const struct config_head_key *config, int64_t second)
{
	return second >= config->from_s &&
	       (config->until_s == 0 || second <= config->until_s);
}

/* The index of the key that made the signature; -1: none. */
static int signer_of(
	const struct member_keys *keys, struct bytes packed, struct errmsg *msg)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct head_key *key = keys->keys[i];

		if (head_verify(packed, &key, 1, NULL) == 0) {
			return (int)i;
		}
	}
	head_verify(
		packed, (const struct head_key *const *)keys->keys, keys->count, msg);
	return -1;
}

static int check_validity(const struct config_head_key *key, const struct head *head,
	int64_t now_s, struct errmsg *msg)
{
	if (!valid_at(key, head->time_s)) {
		return errmsg_set(msg, CORDON_ESIGNATURE,
			"head: signed at %lld by %s, outside the validity of that key "
			"in the configuration",
			(long long)head->time_s, key->path);
	}
	if (now_s != 0 && !valid_at(key, now_s)) {
		return errmsg_set(msg, CORDON_ESIGNATURE,
			"head: signed by %s, which is not valid now", key->path);
	}
	return 0;
}

int head_check_open(struct head_check *check, struct bytes packed, int64_t now_s,
	struct head *head, struct errmsg *msg)
{
	const struct member_keys *keys;
	struct seen *seen;
	uint8_t hash[HASH_BYTES];
	struct head parsed;
	int signer, error = head_parse(packed, &parsed, msg);

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
	seen = &check->seen[(size_t)(hash[0] | hash[1] << 8) & (SEEN_MAX - 1)];
	signer = memcmp(seen->hash, hash, HASH_BYTES) == 0
			 ? (int)seen->signer
			 : signer_of(keys, packed, msg);
	if (signer < 0) {
		return CORDON_ESIGNATURE;
	}
	memcpy(seen->hash, hash, HASH_BYTES);
	seen->signer = (uint8_t)signer;
	error = check_validity(&keys->config[signer], &parsed, now_s, msg);
	if (error == 0) {
		*head = parsed;
	}
	return error;
}

void head_check_warn(const struct head_check *check, uint32_t days, int64_t now_s)
{
	for (size_t i = 0; i < check->members_count; i++) {
		const struct member_keys *member = &check->members[i];

		for (size_t k = 0; k < member->count; k++) {
			const struct config_head_key *key = &member->config[k];
			int64_t left_s = key->until_s - now_s;

			if (key->until_s != 0 && left_s <= days * DAY_S) {
				log_warning("member %s: head key %s %s: %lld days; "
					    "heads signed with it are refused then",
					member->member.code, key->path,
					left_s < 0 ? "has ended" : "ends soon",
					(long long)(left_s / DAY_S));
			}
		}
	}
}
