/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/node/expiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/arena.h"
#include "proto/tls_profile.h"

#define DAY_S ((int64_t)86400)

static size_t count_head_keys(const struct config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->members_count; i++) {
		count += config->members[i].head_keys_count;
	}
	return count;
}

static size_t count_profile(const struct tls_profile *profile)
{
	struct tls_expiry ignored;
	size_t position = 0, count = 0;

	while (tls_profile_expiry(profile, &position, &ignored)) {
		count++;
	}
	return count;
}

static size_t add_head_keys(const struct config *config, struct expiry *list)
{
	size_t count = 0;

	for (size_t i = 0; i < config->members_count; i++) {
		const struct config_member *member = &config->members[i];

		for (size_t k = 0; k < member->head_keys_count; k++) {
			if (member->head_keys[k].until_s != 0) {
				list[count++] =
					(struct expiry){ "head_key", member->code,
						member->head_keys[k].until_s, false };
			}
		}
	}
	return count;
}

static size_t add_profile(const struct tls_profile *profile, struct expiry *list)
{
	struct tls_expiry found;
	size_t position = 0, count = 0;

	while (tls_profile_expiry(profile, &position, &found)) {
		list[count++] = (struct expiry){ found.what, found.member, found.ends_s,
			false };
	}
	return count;
}

static int compare(const void *a, const void *b)
{
	const struct expiry *one = a, *other = b;

	return (one->ends_s > other->ends_s) - (one->ends_s < other->ends_s);
}

static bool is_soon(
	const struct config *config, const struct expiry *expiry, int64_t now_s)
{
	uint32_t days = strcmp(expiry->what, "head_key") == 0
				? config->warn_head_keys_days
				: config->warn_certificates_days;

	return expiry->ends_s <= now_s + (int64_t)days * DAY_S;
}

int expiry_list(struct node *node, int64_t now_s, struct arena *arena,
	struct expiry **list, size_t *count)
{
	struct tls_profile *profile = node_profile(node);
	size_t most = count_head_keys(node->config) + count_profile(profile), n = 0;
	struct expiry *all = arena_array(arena, most, sizeof(*all));

	if (all != NULL) {
		n = add_profile(profile, all);
		n += add_head_keys(node->config, all + n);
		qsort(all, n, sizeof(*all), compare);
	}
	for (size_t i = 0; i < n; i++) {
		all[i].soon = is_soon(node->config, &all[i], now_s);
	}
	tls_profile_unref(profile);
	if (all == NULL) {
		return CORDON_ENOMEM;
	}
	*list = all;
	*count = n;
	return 0;
}

void expiry_text(const struct expiry *expiry, char *out)
{
	static const struct {
		const char *what, *text;
	} texts[] = {
		{ "certificate",
			"the own certificate (%s) ends %s: renew it with `cordonctl "
			"pki issue`, then SIGHUP" },
		{ "ca", "the CA certificate of %s ends %s" },
		{ "crl", "the revocation list of %s is to be renewed by %s" },
		{ "head_key", "a head key of %s ends %s: heads that it signs are "
			      "refused then" },
	};
	time_t at = (time_t)expiry->ends_s;
	char when[32] = "?";
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL) {
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%SZ", &tm);
	}
	out[0] = '\0';
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(texts[i].what, expiry->what) == 0) {
			snprintf(out, EXPIRY_TEXT_MAX, texts[i].text,
				expiry->member.code, when);
		}
	}
}
