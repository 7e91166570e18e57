/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_build.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/config_value.h"

struct builder {
	const struct config_block *block; /* being read */
	const char *dir;
	struct config *config;
	struct errmsg *msg;
};

static int no_memory(const struct builder *b)
{
	return errmsg_set(b->msg, CORDON_ENOMEM, "%s: out of memory", b->config->path);
}

/* "FILE:12: member KAZ: ca" before the text; no line where there is none. */
static int refuse(const struct builder *b, int line, const char *key, const char *text)
{
	const struct config_section *section = b->block->section;
	const char *title = b->block->title;
	int error = errmsg_set(b->msg, CORDON_ECONFIG, "%s%s", key, text);

	if (section->name[0] != '\0') {
		error = errmsg_wrap(b->msg, error, "%s%s%s", section->name,
			title[0] == '\0' ? "" : " ", title);
	}
	return line == 0 ? errmsg_wrap(b->msg, error, "%s", b->config->path)
			 : errmsg_wrap(b->msg, error, "%s:%d", b->config->path, line);
}

static int refuse_value(const struct builder *b, int line, const struct config_key *key,
	const char *value)
{
	char expected[CONFIG_EXPECTED_MAX];
	struct errmsg text;

	if (b->config->arena->failed) {
		return no_memory(b);
	}
	config_key_expected(key, expected, sizeof(expected));
	errmsg_set(&text, 0, " = \"%.128s\": expected %s", value, expected);
	return refuse(b, line, key->name, text.text);
}

static int read_value(const struct builder *b, const struct config_key *key,
	const struct config_entry *entry, void *field)
{
	if (config_value_read(key, b->dir, b->config->arena, entry->text, field)) {
		return 0;
	}
	return refuse_value(b, entry->line, key, entry->text);
}

static int check_not_repeated(const struct builder *b, const struct config_key *key,
	const struct config_entry *first, const struct config_entry *entry)
{
	struct errmsg text;

	for (; first != entry; first = first->next) {
		if (strcmp(first->text, entry->text) == 0) {
			errmsg_set(
				&text, 0, ": \"%.128s\" is given twice", entry->text);
			return refuse(b, entry->line, key->name, text.text);
		}
	}
	return 0;
}

/* One '' is what config_text makes of an empty list. */
static bool is_empty_list(const struct config_entry *entry)
{
	return entry->next == NULL && entry->text[0] == '\0';
}

static int read_list(const struct builder *b, const struct config_key *key,
	const struct config_entry *first, uint8_t *item)
{
	size_t *count = (size_t *)(void *)(item + key->count_offset);
	struct errmsg text;

	for (const struct config_entry *e = first; e != NULL; e = e->next) {
		int error = check_not_repeated(b, key, first, e);

		if (error == 0 && *count == key->values_max) {
			errmsg_set(&text, 0, ": more than %zu values", key->values_max);
			error = refuse(b, e->line, key->name, text.text);
		}
		if (error == 0) {
			error = read_value(b, key, e,
				item + key->offset + *count * key->value_bytes);
		}
		if (error != 0) {
			return error;
		}
		++*count;
	}
	return 0;
}

static int read_key(const struct builder *b, size_t index, uint8_t *item)
{
	const struct config_key *key = &b->block->section->keys[index];
	const struct config_entry *entry = b->block->entries[index];
	const struct config_entry standard = { key->standard, 0, NULL };
	struct errmsg text;

	if (key->required &&
		(entry == NULL || (key->values_max > 0 && is_empty_list(entry)))) {
		errmsg_set(&text, 0, " is missing. %s", key->help);
		return refuse(b, b->block->line, key->name, text.text);
	}
	if (entry == NULL && key->standard != NULL) {
		entry = &standard;
	}
	if (entry == NULL || (key->values_max > 0 && is_empty_list(entry))) {
		return 0;
	}
	return key->values_max > 0 ? read_list(b, key, entry, item)
				   : read_value(b, key, entry, item + key->offset);
}

static int read_title(const struct builder *b, uint8_t *item)
{
	const struct config_key *title = &b->block->section->title;
	char expected[CONFIG_EXPECTED_MAX];
	struct errmsg text;

	if (!b->block->section->titled ||
		config_value_read(title, b->dir, b->config->arena, b->block->title,
			item + title->offset)) {
		return 0;
	}
	if (b->config->arena->failed) {
		return no_memory(b);
	}
	config_key_expected(title, expected, sizeof(expected));
	errmsg_set(&text, 0, "expected %s", expected);
	return refuse(b, b->block->line, "", text.text);
}

static int read_block(const struct builder *b, void *item)
{
	int error = read_title(b, item);

	for (size_t i = 0; error == 0 && i < b->block->section->keys_count; i++) {
		error = read_key(b, i, item);
	}
	return error;
}

static void add_recognition(
	struct config *config, struct list_id list, enum config_recognition how)
{
	config->recognise[config->recognise_count++] =
		(struct config_recognise){ list, how };
}

static int read_recognise(const struct builder *b)
{
	struct config *config = b->config;
	struct config_recognise_lists *lists =
		arena_alloc(config->arena, sizeof(*lists));
	int error;

	if (lists == NULL) {
		return no_memory(b);
	}
	error = read_block(b, lists);
	if (error != 0) {
		return error;
	}
	config->recognise = arena_array(config->arena,
		lists->binding_count + lists->inform_count, sizeof(*config->recognise));
	if (config->recognise == NULL) {
		return no_memory(b);
	}
	for (size_t i = 0; i < lists->binding_count; i++) {
		add_recognition(config, lists->binding[i], CONFIG_BINDING);
	}
	for (size_t i = 0; i < lists->inform_count; i++) {
		add_recognition(config, lists->inform[i], CONFIG_INFORM);
	}
	return 0;
}

static int read_peer(const struct builder *b)
{
	struct config_peer_text text = { .node = { .role = ROLE_NONE } };
	int error = read_block(b, &text);

	if (error == 0) {
		b->config->peers[b->config->peers_count++] = (struct config_peer){
			.node = text.node,
			.host = text.address.host,
			.port = text.address.port,
		};
	}
	return error;
}

static int read_access_log(const struct builder *b)
{
	struct config *config = b->config;

	config->access_log = arena_alloc(config->arena, sizeof(*config->access_log));
	return config->access_log == NULL ? no_memory(b)
					  : read_block(b, config->access_log);
}

static int compare_states(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct state));
}

static int read_own_list(const struct builder *b)
{
	struct config_list *list = &b->config->lists[b->config->lists_count];
	int error = read_block(b, list);

	if (error == 0) {
		/* as heads have it */
		qsort(list->share_with, list->share_with_count,
			sizeof(list->share_with[0]), compare_states);
		b->config->lists_count++;
	}
	return error;
}

static int read_section(const struct builder *b)
{
	struct config *config = b->config;

	switch ((enum config_section_id)(b->block->section - config_sections)) {
	case CONFIG_MEMBER:
		return read_block(b, &config->members[config->members_count++]);
	case CONFIG_PEER:
		return read_peer(b);
	case CONFIG_LIST:
		return read_own_list(b);
	case CONFIG_RECOGNISE:
		return read_recognise(b);
	case CONFIG_OBJECTION:
		return read_block(b, &config->objections[config->objections_count++]);
	case CONFIG_AGENCY:
		return read_block(b, &config->agencies[config->agencies_count++]);
	case CONFIG_ACCESS:
		return read_block(b, &config->access[config->access_count++]);
	case CONFIG_ACCESS_LOG:
		return read_access_log(b);
	default:
		return read_block(b, config);
	}
}

/* Room for as many items as there are such sections. */
static void *make_array(struct arena *arena, const struct config_block *block,
	enum config_section_id id, size_t item_bytes)
{
	size_t count = 0;

	for (; block != NULL; block = block->next) {
		count += block->section == &config_sections[id];
	}
	return arena_array(arena, count, item_bytes);
}

int config_build(const struct config_block *blocks, const char *dir,
	struct config *config, struct errmsg *msg)
{
	struct builder b = { blocks, dir, config, msg };
	int error = 0;

	config->members = make_array(
		config->arena, blocks, CONFIG_MEMBER, sizeof(*config->members));
	config->peers =
		make_array(config->arena, blocks, CONFIG_PEER, sizeof(*config->peers));
	config->objections = make_array(
		config->arena, blocks, CONFIG_OBJECTION, sizeof(*config->objections));
	config->agencies = make_array(
		config->arena, blocks, CONFIG_AGENCY, sizeof(*config->agencies));
	config->access = make_array(
		config->arena, blocks, CONFIG_ACCESS, sizeof(*config->access));
	if (config->arena->failed) {
		return no_memory(&b);
	}
	for (; error == 0 && b.block != NULL; b.block = b.block->next) {
		error = read_section(&b);
	}
	return error;
}
