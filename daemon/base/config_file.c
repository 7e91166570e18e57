/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_file.h"

#include <confuse.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/config_text.h"

struct parser {
	const char *path;
	struct arena *arena;
	struct config_text text;
	struct config_block *first, *last;
	const cfg_t *open; /* the section of the last block */
	size_t closed_count;
	int line; /* last known */
	int error;
	struct errmsg *msg;
};

/*
 * libconfuse's scanner keeps its state in globals and hands no context to its
 * callbacks, so neither can we: the lock guards both, and reading is set while it is
 * held.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct parser *reading;

/* The first error counts; those after it are its consequences. */
static int fail(struct parser *r, int line, const char *text)
{
	if (r->error == 0) {
		r->error = errmsg_set(
			r->msg, CORDON_ECONFIG, "%s:%d: %s", r->path, line, text);
	}
	return -1;
}

static void on_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[384];

	vsnprintf(text, sizeof(text), format, ap);
	fail(reading, cfg->line, text);
}

static const struct config_section *section_of(const char *name)
{
	for (size_t i = CONFIG_TOP + 1; i < CONFIG_SECTIONS; i++) {
		if (strcmp(config_sections[i].name, name) == 0) {
			return &config_sections[i];
		}
	}
	return &config_sections[CONFIG_TOP];
}

/* Sections without a title stand once; libconfuse sees to those with one. */
static int check_once(struct parser *r, const struct config_section *section, int line)
{
	char text[128];

	for (const struct config_block *b = r->first; b != NULL; b = b->next) {
		if (b->section == section && !section->titled) {
			snprintf(text, sizeof(text), "%s is given again, after line %d",
				section->name, b->line);
			return fail(r, line, text);
		}
	}
	return 0;
}

/* NULL: refused, or no memory. */
static struct config_block *add_block(struct parser *r,
	const struct config_section *section, const char *title, int line)
{
	struct config_block *block = arena_alloc(r->arena, sizeof(*block));

	title = arena_text(r->arena, title, strlen(title));
	if (block == NULL || title == NULL || check_once(r, section, line) != 0) {
		return NULL;
	}
	block->section = section;
	block->title = title;
	block->line = line;
	if (r->last == NULL) {
		r->first = block;
	} else {
		r->last->next = block;
	}
	r->last = block;
	return block;
}

/* Sections do not nest: one that is not the open one has just begun. */
static struct config_block *block_of(struct parser *r, const cfg_t *cfg)
{
	const struct config_section *section = section_of(cfg->name);

	if (section == &config_sections[CONFIG_TOP]) {
		return r->first;
	}
	if (cfg == r->open) {
		return r->last;
	}
	r->open = cfg;
	return add_block(r, section, cfg->title == NULL ? "" : cfg->title,
		r->text.section_lines[r->closed_count]);
}

static struct config_entry **entry_of(struct config_block *block, const char *name)
{
	for (size_t i = 0; i < block->section->keys_count; i++) {
		if (strcmp(block->section->keys[i].name, name) == 0) {
			return &block->entries[i];
		}
	}
	return NULL;
}

static int add_value(
	struct parser *r, int line, struct config_entry **entry, const char *value)
{
	struct config_entry *new = arena_alloc(r->arena, sizeof(*new));

	if (new == NULL) {
		return -1;
	}
	new->text = arena_text(r->arena, value, strlen(value));
	new->line = line;
	while (*entry != NULL) {
		entry = &(*entry)->next;
	}
	*entry = new;
	return new->text == NULL ? -1 : 0;
}

/* libconfuse has cleared what it had of a key when that is set again. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct parser *r = reading;
	struct config_block *block = block_of(r, cfg);
	struct config_entry **entry;
	char text[128];

	r->line = cfg->line;
	if (block == NULL) {
		return -1;
	}
	entry = entry_of(block, opt->name);
	if (entry == NULL) { /* libconfuse's "section|key" */
		snprintf(text, sizeof(text), "no such option '%s' here", opt->name);
		return fail(r, cfg->line, text);
	}
	if (*entry != NULL && cfg_opt_size(opt) == 1) {
		snprintf(text, sizeof(text), "%s is given again, after line %d",
			opt->name, (*entry)->line);
		return fail(r, cfg->line, text);
	}
	*(const char **)result = value;
	return add_value(r, cfg->line, entry, value);
}

/* At a section's closing brace; one without keys begins here. */
static int on_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct parser *r = reading;
	const cfg_t *section = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	r->line = cfg->line;
	if (block_of(r, section) == NULL) {
		return -1;
	}
	r->open = NULL;
	r->closed_count++;
	return 0;
}

static void put_keys(const struct config_section *section, cfg_opt_t *opts)
{
	for (size_t i = 0; i < section->keys_count; i++) {
		opts[i] = (cfg_opt_t){
			.name = section->keys[i].name,
			.type = CFGT_STR,
			.flags = CFGF_NODEFAULT |
				 (section->keys[i].values_max > 0 ? CFGF_LIST : 0),
			.parsecb = on_value,
		};
	}
}

static cfg_t *create_parser(void)
{
	cfg_opt_t opts[CONFIG_SECTIONS][CONFIG_KEYS_MAX + CONFIG_SECTIONS];
	cfg_opt_t *top = opts[CONFIG_TOP] + config_sections[CONFIG_TOP].keys_count;

	memset(opts, 0, sizeof(opts));
	for (size_t i = 0; i < CONFIG_SECTIONS; i++) {
		const struct config_section *section = &config_sections[i];

		put_keys(section, opts[i]);
		if (i != CONFIG_TOP) {
			*top++ = (cfg_opt_t){
				.name = section->name,
				.type = CFGT_SEC,
				.flags = section->titled ? CFGF_MULTI | CFGF_TITLE |
								   CFGF_NO_TITLE_DUPES
							 : CFGF_NONE,
				.subopts = opts[i],
				.validcb = on_section,
			};
		}
	}
	return cfg_init(opts[CONFIG_TOP], CFGF_NONE);
}

static int parse(struct parser *r)
{
	cfg_t *cfg = create_parser();
	bool whole;

	if (cfg == NULL || add_block(r, &config_sections[CONFIG_TOP], "", 0) == NULL) {
		cfg_free(cfg);
		return errmsg_set(r->msg, CORDON_ENOMEM, "%s: out of memory", r->path);
	}
	cfg_set_error_function(cfg, on_error);
	whole = cfg_parse_buf(cfg, r->text.text) == CFG_SUCCESS;
	cfg_free(cfg);
	if (r->arena->failed) {
		return errmsg_set(r->msg, CORDON_ENOMEM, "%s: out of memory", r->path);
	}
	if (!whole) { /* libconfuse does not always say why */
		fail(r, r->line, "unreadable after this line");
	}
	return r->error;
}

int config_file_parse(const char *path, const char *input, size_t input_bytes,
	struct arena *arena, struct config_block **blocks, struct errmsg *msg)
{
	struct parser r = { .path = path, .arena = arena, .line = 1, .msg = msg };
	int error = config_text_prepare(path, input, input_bytes, arena, &r.text, msg);

	if (error != 0) {
		return error;
	}
	pthread_mutex_lock(&lock);
	reading = &r;
	error = parse(&r);
	reading = NULL;
	pthread_mutex_unlock(&lock);
	if (error == 0) {
		*blocks = r.first;
	}
	return error;
}
