/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/config_build.h"
#include "daemon/base/config_units.h"

struct check {
	const struct config_block *blocks;
	const struct config *config;
	struct errmsg *msg;
};

static const struct config_block *block_at(
	const struct check *c, enum config_section_id id, size_t index)
{
	const struct config_block *block = c->blocks;

	while (block->section != &config_sections[id] || index-- > 0) {
		block = block->next;
	}
	return block;
}

/* The line of the value text of key, of its first with text NULL; the section's own
 * where there is none. */
static int line_of(const struct config_block *block, const char *key, const char *text)
{
	const struct config_section *section = block->section;
	const struct config_entry *entry = NULL;

	for (size_t i = 0; i < section->keys_count; i++) {
		if (strcmp(section->keys[i].name, key) == 0) {
			entry = block->entries[i];
		}
	}
	while (entry != NULL && text != NULL && strcmp(entry->text, text) != 0) {
		entry = entry->next;
	}
	return entry == NULL ? block->line : entry->line;
}

__attribute__((format(printf, 3, 4))) static int refuse(
	const struct check *c, int line, const char *format, ...)
{
	struct errmsg text;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text.text, sizeof(text.text), format, ap);
	va_end(ap);
	if (line == 0) {
		return errmsg_set(
			c->msg, CORDON_ECONFIG, "%s: %s", c->config->path, text.text);
	}
	return errmsg_set(
		c->msg, CORDON_ECONFIG, "%s:%d: %s", c->config->path, line, text.text);
}

static int top_line(const struct check *c, const char *key)
{
	return line_of(c->blocks, key, NULL);
}

static bool own(const struct check *c, const struct state *member)
{
	return ident_state_equal(&c->config->node.member, member);
}

static bool known(const struct check *c, const struct state *member)
{
	return config_member_find(c->config, member) != NULL;
}

static int check_own_member(const struct check *c)
{
	const char *code = c->config->node.member.code;
	const struct config_member *member =
		config_member_find(c->config, &c->config->node.member);

	if (member == NULL) {
		return refuse(c, top_line(c, "node"),
			"node is of %s, and there is no section \"member %s\"", code,
			code);
	}
	if (c->config->head_key != NULL && member->head_keys_count == 0) {
		return refuse(c, top_line(c, "head_key"),
			"head_key signs heads, and member %s has no head_keys to "
			"verify them "
			"with",
			code);
	}
	return 0;
}

static int check_members(const struct check *c)
{
	if (c->config->members_count > HEAD_MEMBERS_MAX + 1) {
		return refuse(c, block_at(c, CONFIG_MEMBER, HEAD_MEMBERS_MAX + 1)->line,
			"more than %d members", HEAD_MEMBERS_MAX + 1);
	}
	return 0;
}

static int check_peers(const struct check *c)
{
	for (size_t i = 0; i < c->config->peers_count; i++) {
		const struct identity *node = &c->config->peers[i].node;
		int line = block_at(c, CONFIG_PEER, i)->line;

		if (!known(c, &node->member)) {
			return refuse(c, line,
				"peer %s/%s: there is no section \"member %s\"",
				node->member.code, node->name, node->member.code);
		}
		if (own(c, &node->member) &&
			strcmp(node->name, c->config->node.name) == 0) {
			return refuse(c, line,
				"peer %s/%s is this node itself (node = %s/%s)",
				node->member.code, node->name, node->member.code,
				node->name);
		}
	}
	return 0;
}

static int check_list_sharing(const struct check *c, size_t index)
{
	const struct config_list *list = &c->config->lists[index];
	const struct config_block *block = block_at(c, CONFIG_LIST, index);

	for (size_t i = 0; i < list->share_with_count; i++) {
		const struct state *member = &list->share_with[i];

		if (own(c, member)) {
			return refuse(c, line_of(block, "share_with", member->code),
				"list %s: share_with names %s, the own member (node), "
				"which has "
				"the list anyway",
				block->title, member->code);
		}
		if (!known(c, member)) {
			return refuse(c, line_of(block, "share_with", member->code),
				"list %s: share_with names %s, and there is no section "
				"\"member %s\"",
				block->title, member->code, member->code);
		}
	}
	return 0;
}

static int check_lists(const struct check *c)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < c->config->lists_count; i++) {
		error = check_list_sharing(c, i);
	}
	return error;
}

/* The first that comes to a list decides; a second is a contradiction. */
static bool recognised_before(const struct config *config, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (ident_list_equal(&config->recognise[i].list,
			    &config->recognise[index].list)) {
			return true;
		}
	}
	return false;
}

static int check_recognition(const struct check *c, size_t index)
{
	const struct config_recognise *r = &c->config->recognise[index];
	const struct config_block *block = block_at(c, CONFIG_RECOGNISE, 0);
	const char *key = r->how == CONFIG_BINDING ? "binding" : "inform";
	char list[LIST_TEXT_MAX];
	int line;

	ident_list_text(&r->list, list);
	line = line_of(block, key, list);
	if (own(c, &r->list.owner)) {
		return refuse(c, line,
			"recognise: %s names %s, a list of the own member (node), "
			"which "
			"always binds",
			key, list);
	}
	if (!known(c, &r->list.owner)) {
		return refuse(c, line,
			"recognise: %s names %s, and there is no section \"member %s\"",
			key, list, r->list.owner.code);
	}
	if (recognised_before(c->config, index)) {
		return refuse(c, line,
			"recognise: %s is in both binding (line %d) and inform", list,
			line_of(block, "binding", list));
	}
	return 0;
}

static int check_recognitions(const struct check *c)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < c->config->recognise_count; i++) {
		error = check_recognition(c, i);
	}
	return error;
}

static int check_objections(const struct check *c)
{
	for (size_t i = 0; i < c->config->objections_count; i++) {
		const char *id = c->config->objections[i].record_id;
		int line = block_at(c, CONFIG_OBJECTION, i)->line;
		struct state owner = { "" };

		ident_state_set(&owner, id, 3);
		if (own(c, &owner)) {
			return refuse(c, line,
				"objection %s is to a record of the own member (node): "
				"withdraw "
				"the record instead",
				id);
		}
		if (!known(c, &owner)) {
			return refuse(c, line,
				"objection %s: there is no section \"member %s\"", id,
				owner.code);
		}
	}
	return 0;
}

struct order {
	const char *lesser, *greater;
	uint64_t lesser_value, greater_value;
	const struct config_unit *units;
	bool equal_is_well;
};

static int check_order(const struct check *c, const struct order *o)
{
	char lesser[CONFIG_UNITS_TEXT_MAX], greater[CONFIG_UNITS_TEXT_MAX];
	int lesser_line = top_line(c, o->lesser);
	int greater_line = top_line(c, o->greater);

	if (o->lesser_value < o->greater_value ||
		(o->equal_is_well && o->lesser_value == o->greater_value)) {
		return 0;
	}
	config_units_text(o->units, o->lesser_value, lesser);
	config_units_text(o->units, o->greater_value, greater);
	return refuse(c, lesser_line == 0 ? greater_line : lesser_line,
		"%s = %s%s: expected %s than %s = %s%s", o->lesser, lesser,
		lesser_line == 0 ? " (the default)" : "",
		o->equal_is_well ? "no more" : "less", o->greater, greater,
		greater_line == 0 ? " (the default)" : "");
}

static int check_orders(const struct check *c)
{
	const struct config *config = c->config;
	const struct order orders[] = {
		{ "reconnect_min", "reconnect_max", config->reconnect_min_ms,
			config->reconnect_max_ms, config_units_ms, true },
		{ "connections_per_identity", "connections_max",
			config->connections_per_identity, config->connections_max,
			config_units_none, true },
		/* a pull that is held open is no idle connection */
		{ "follow_wait", "idle_timeout", config->follow_wait_ms,
			config->idle_timeout_ms, config_units_ms, false },
		/* nor is a submission that waits for copies */
		{ "copies_timeout", "idle_timeout", config->copies_timeout_ms,
			config->idle_timeout_ms, config_units_ms, false },
	};
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(orders) / sizeof(orders[0]); i++) {
		error = check_order(c, &orders[i]);
	}
	return error;
}

static bool same_address(const struct config_address *a, const struct config_address *b)
{
	return a->port != 0 && a->port == b->port &&
	       (a->host == NULL) == (b->host == NULL) &&
	       (a->host == NULL || strcmp(a->host, b->host) == 0);
}

static int check_addresses(const struct check *c)
{
	const struct config *config = c->config;

	if (config->listen_count == 0) {
		return refuse(c, top_line(c, "listen"),
			"listen is empty: nobody could connect; leave it out for the "
			"default");
	}
	for (size_t i = 0; config->metrics.host != NULL && i < config->listen_count;
		i++) {
		if (same_address(&config->listen[i], &config->metrics)) {
			return refuse(c, top_line(c, "metrics"),
				"metrics is an address that listen has too");
		}
	}
	return 0;
}

static int check_access_log(const struct check *c)
{
	const struct config_access_log *log = c->config->access_log;

	if (log != NULL && log->keep_days < log->keep_empty_days) {
		const struct config_block *block = block_at(c, CONFIG_ACCESS_LOG, 0);

		return refuse(c, line_of(block, "keep", NULL),
			"access_log: keep is %ud, less than keep_empty (%ud): lookups "
			"that found nothing are the ones to go first",
			log->keep_days, log->keep_empty_days);
	}
	return 0;
}

int config_check(const struct config_block *blocks, const struct config *config,
	struct errmsg *msg)
{
	static int (*const checks[])(const struct check *) = {
		check_own_member,
		check_members,
		check_peers,
		check_lists,
		check_recognitions,
		check_objections,
		check_orders,
		check_addresses,
		check_access_log,
	};
	const struct check c = { blocks, config, msg };
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(checks) / sizeof(checks[0]); i++) {
		error = checks[i](&c);
	}
	return error;
}
