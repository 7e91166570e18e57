/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>

#include "daemon/base/clock.h"
#include "daemon/node/expiry.h"
#include "daemon/node/metrics_private.h"

/* How metrics are written, and those of whom the node trusts. */

void metrics_add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (evbuffer_add_vprintf(text->body, format, args) < 0) {
		text->failed = true;
	}
	va_end(args);
}

void metrics_family(
	struct text *text, const char *name, const char *type, const char *help)
{
	metrics_add(text, "# HELP cordon_%s %s\n# TYPE cordon_%s %s\n", name, help,
		name, type);
}

void metrics_single(struct text *text, const char *name, const char *type,
	const char *help, uint64_t value)
{
	metrics_family(text, name, type, help);
	metrics_add(text, "cordon_%s %" PRIu64 "\n", name, value);
}

static void denials(struct text *text)
{
	const struct node_counters *from = &text->node->counters;

	metrics_family(text, "denials_total", "counter",
		"Requests and submitted items denied, by the rule that denies them.");
	for (int rule = 0; rule < RULE_COUNT; rule++) {
		metrics_add(text, "cordon_denials_total{rule=\"%s\"} %" PRIu64 "\n",
			authz_rule_name((enum authz_rule)rule),
			(uint64_t)atomic_load(&from->denied_by[rule]));
	}
}

static void certificates(struct text *text)
{
	const struct node_counters *from = &text->node->counters;

	metrics_family(text, "certificates_refused_total", "counter",
		"Connections refused for their certificate, by the rule that it "
		"breaks.");
	for (int rule = 0; rule < TLS_RULE_COUNT; rule++) {
		metrics_add(text,
			"cordon_certificates_refused_total{rule=\"%s\"} %" PRIu64 "\n",
			tls_rule_name((enum tls_rule)rule),
			(uint64_t)atomic_load(&from->refused_by[rule]));
	}
}

static void head_keys(struct text *text)
{
	const struct config *config = text->node->config;
	int64_t now_s = wall_s(clock_wall());

	metrics_family(text, "head_key_ends_seconds", "gauge",
		"Time until a key that signs a member's heads is valid no more.");
	for (size_t i = 0; i < config->members_count; i++) {
		const struct config_member *member = &config->members[i];

		for (size_t k = 0; k < member->head_keys_count; k++) {
			int64_t until_s = member->head_keys[k].until_s;

			if (until_s != 0) {
				metrics_add(text,
					"cordon_head_key_ends_seconds{member=\"%s\","
					"key=\"%zu\"} %" PRId64 "\n",
					member->code.code, k + 1, until_s - now_s);
			}
		}
	}
}

/* Of one sort a member may have several. */
int metrics_expiries(struct text *text)
{
	int64_t now_s = wall_s(clock_wall());
	struct expiry *list;
	size_t count;
	int error = expiry_list(text->node, now_s, &text->arena, &list, &count);

	head_keys(text);
	if (error != 0) {
		return error;
	}
	metrics_family(text, "expires_seconds", "gauge",
		"Time until something that the node trusts in ends.");
	for (size_t i = 0; i < count; i++) {
		metrics_add(text,
			"cordon_expires_seconds{what=\"%s\",member=\"%s\",n=\"%zu\"} "
			"%" PRId64 "\n",
			list[i].what, list[i].member.code, i + 1,
			list[i].ends_s - now_s);
	}
	return 0;
}

void metrics_refusals(struct text *text)
{
	denials(text);
	certificates(text);
}
