/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_value.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/config.h"
#include "daemon/base/config_address.h"
#include "daemon/base/config_units.h"

/* What every reader is given besides the text and the field. */
struct context {
	const struct config_key *key;
	const char *dir;
	struct arena *arena;
};

static bool read_number(const struct context *c, const char *text, void *field)
{
	uint64_t value;

	if (!config_units_parse(config_key_units(c->key), text, &value) ||
		value < c->key->min || value > c->key->max) {
		return false;
	}
	if (c->key->value_bytes == sizeof(uint32_t)) {
		*(uint32_t *)field = (uint32_t)value;
	} else {
		*(uint64_t *)field = value;
	}
	return true;
}

static bool read_threads(const struct context *c, const char *text, void *field)
{
	long processors;

	if (strcmp(text, "auto") != 0) {
		return read_number(c, text, field);
	}
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < (long)c->key->min) {
		processors = (long)c->key->min;
	}
	if (processors > (long)c->key->max) {
		processors = (long)c->key->max;
	}
	*(uint32_t *)field = (uint32_t)processors;
	return true;
}

static bool read_offset(const struct context *c, const char *text, void *field)
{
	(void)c;
	return config_offset_parse(text, field);
}

/* Index of text among words; count when it is none of them. */
static size_t word_index(const char *const *words, size_t count, const char *text)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], text) != 0) {
		i++;
	}
	return i;
}

static bool read_switch(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "no", "yes" };
	size_t i = word_index(words, 2, text);

	(void)c;
	if (i == 2) {
		return false;
	}
	*(bool *)field = i == 1;
	return true;
}

static bool read_log_sync(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "group", "interval" };
	size_t i = word_index(words, 2, text);

	(void)c;
	if (i == 2) {
		return false;
	}
	*(enum config_log_sync *)field = (enum config_log_sync)i;
	return true;
}

static bool read_copies(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "local", "all" };
	size_t i = word_index(words, 2, text);

	if (i == 2) {
		return read_number(c, text, field);
	}
	*(uint32_t *)field = i == 0 ? CORDON_COPIES_LOCAL : CORDON_COPIES_ALL;
	return true;
}

static bool read_level(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "error", "warning", "notice", "info",
		"debug" };
	size_t i = word_index(words, 5, text);

	(void)c;
	if (i == 5) {
		return false;
	}
	*(enum log_level *)field = (enum log_level)(LOG_LEVEL_ERROR + (int)i);
	return true;
}

static bool keep(const struct context *c, const char *text, void *field)
{
	const char *copy = arena_text(c->arena, text, strlen(text));

	if (copy == NULL) {
		return false;
	}
	*(const char **)field = copy;
	return true;
}

static bool read_text(const struct context *c, const char *text, void *field)
{
	size_t size = strlen(text);

	return size >= c->key->min && size <= c->key->max && keep(c, text, field);
}

static bool read_path_within(
	const struct context *c, const char *text, size_t max, const char **field)
{
	const char *path;

	if (text[0] == '\0') {
		return false;
	}
	path = text[0] == '/' ? arena_text(c->arena, text, strlen(text))
			      : arena_printf(c->arena, "%s/%s", c->dir, text);
	if (path == NULL || strlen(path) > max) {
		return false;
	}
	*field = path;
	return true;
}

static bool read_path(const struct context *c, const char *text, void *field)
{
	return read_path_within(c, text, PATH_MAX - 1, field);
}

#define DATE_CHARACTERS 10
#define DAY_S 86400

/* " WORD DATE" at the end of *bytes of text: cut off, its day in *day.  False: no day.
 * *found: the words were there. */
static bool cut_day(
	const char *text, size_t *bytes, const char *word, int64_t *day, bool *found)
{
	size_t size = strlen(word) + DATE_CHARACTERS;
	struct cordon_date date;

	*found =
		*bytes > size && strncmp(text + *bytes - size, word, strlen(word)) == 0;
	if (!*found) {
		return true;
	}
	if (!date_parse(&date, text + *bytes - DATE_CHARACTERS, DATE_CHARACTERS)) {
		return false;
	}
	*day = date_days(&date);
	*bytes -= size;
	return true;
}

/* Days are whole ones in UTC. */
static bool read_head_key(const struct context *c, const char *text, void *field)
{
	struct config_head_key key = { NULL, 0, 0 };
	size_t bytes = strlen(text);
	char path[PATH_MAX];
	int64_t from = 0, until = 0;
	bool has_from, has_until;

	if (!cut_day(text, &bytes, " until ", &until, &has_until) ||
		!cut_day(text, &bytes, " from ", &from, &has_from) ||
		(has_from && has_until && until < from) || bytes >= sizeof(path)) {
		return false;
	}
	memcpy(path, text, bytes);
	path[bytes] = '\0';
	if (!read_path(c, path, &key.path)) {
		return false;
	}
	key.from_s = has_from ? from * DAY_S : 0;
	key.until_s = has_until ? (until + 1) * DAY_S - 1 : 0;
	*(struct config_head_key *)field = key;
	return true;
}

static bool read_socket(const struct context *c, const char *text, void *field)
{
	return read_path_within(
		c, text, sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1, field);
}

/* port_min 1 where something must be there to connect to. */
static bool read_address(const struct context *c, const char *text, uint16_t port_min,
	struct config_address *field)
{
	char host[CONFIG_HOST_MAX + 1];
	struct config_address found = { NULL, 0 };

	if (!config_address_parse(text, host, &found.port) || found.port < port_min) {
		return false;
	}
	if (strcmp(host, "*") == 0) {
		if (c->key->type != CONFIG_LISTEN) {
			return false;
		}
	} else if (!keep(c, host, &found.host)) {
		return false;
	}
	*field = found;
	return true;
}

static bool read_listen(const struct context *c, const char *text, void *field)
{
	return read_address(c, text, 0, field);
}

static bool read_host(const struct context *c, const char *text, void *field)
{
	return read_address(c, text, 1, field);
}

/* A name as certificates carry it (ident.h), in a role that has one. */
static bool identity_read(const char *member, const char *role, const char *name,
	struct identity *identity)
{
	char uri[IDENT_URI_MAX];
	int size = snprintf(uri, sizeof(uri), "cordon://%s/%s/%s", member, role, name);

	return size > 0 && (size_t)size < sizeof(uri) &&
	       ident_uri_parse(identity, uri, (size_t)size, NULL) == 0;
}

static bool read_node(const struct context *c, const char *text, void *field)
{
	const char *slash = strchr(text, '/');
	char member[4] = "";

	(void)c;
	if (slash == NULL || slash - text != 3) {
		return false;
	}
	memcpy(member, text, 3);
	return identity_read(member, "node", slash + 1, field);
}

/* Exact, or its beginning and '*'. */
static bool is_name_pattern(const char *role, const char *text)
{
	char name[IDENT_NAME_MAX + 1];
	size_t size = strlen(text);
	struct identity unused;

	if (size < 1 || size > IDENT_NAME_MAX) {
		return false;
	}
	memcpy(name, text, size + 1);
	if (name[size - 1] == '*') {
		name[size - 1] = 'x'; /* whatever may come there */
	}
	return identity_read("XXX", role, name, &unused);
}

static bool read_agency_name(const struct context *c, const char *text, void *field)
{
	return is_name_pattern("agency", text) && keep(c, text, field);
}

static bool read_certificate(const struct context *c, const char *text, void *field)
{
	const char *slash = strchr(text, '/');
	struct config_certificate found;
	char role[16];

	if (slash == NULL || (size_t)(slash - text) >= sizeof(role)) {
		return false;
	}
	memcpy(role, text, (size_t)(slash - text));
	role[slash - text] = '\0';
	found.role = ident_role_parse(role);
	if (found.role == ROLE_NONE || !is_name_pattern(role, slash + 1) ||
		!keep(c, slash + 1, &found.name)) {
		return false;
	}
	*(struct config_certificate *)field = found;
	return true;
}

static bool read_action(const struct context *c, const char *text, void *field)
{
	(void)c;
	return action_parse(text, field);
}

static bool read_query(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "document", "personal_number", "mrz",
		"person" };
	size_t i = word_index(words, 4, text);

	(void)c;
	if (i == 4) {
		return false;
	}
	*(uint32_t *)field = CORDON_QUERY_DOCUMENT + (uint32_t)i;
	return true;
}

static bool read_records(const struct context *c, const char *text, void *field)
{
	static const char *const words[] = { "decision", "whole" };
	size_t i = word_index(words, 2, text);

	(void)c;
	if (i == 2) {
		return false;
	}
	*(enum config_records *)field = (enum config_records)i;
	return true;
}

static bool read_eyes(const struct context *c, const char *text, void *field)
{
	(void)c;
	return eyes_parse(text, field);
}

static bool read_member_code(const struct context *c, const char *text, void *field)
{
	(void)c;
	return ident_member_valid(text) && ident_state_set(field, text, 3);
}

static bool read_kind(const struct context *c, const char *text, void *field)
{
	uint32_t kind = cordon_code_number(CORDON_CODES_KIND, text);

	(void)c;
	if (kind == 0) {
		return false;
	}
	*(uint16_t *)field = (uint16_t)kind;
	return true;
}

static bool read_list_name(const struct context *c, const char *text, void *field)
{
	(void)c;
	return ident_list_parse(field, text);
}

static bool read_record_id(const struct context *c, const char *text, void *field)
{
	return ident_record_id_valid(text, strlen(text)) && keep(c, text, field);
}

static bool (*const readers[])(const struct context *, const char *, void *) = {
	[CONFIG_NUMBER] = read_number,
	[CONFIG_THREADS] = read_threads,
	[CONFIG_TIME_MS] = read_number,
	[CONFIG_DAYS] = read_number,
	[CONFIG_SIZE_BYTES] = read_number,
	[CONFIG_OFFSET_MIN] = read_offset,
	[CONFIG_SWITCH] = read_switch,
	[CONFIG_COPIES] = read_copies,
	[CONFIG_LOG_SYNC] = read_log_sync,
	[CONFIG_TEXT] = read_text,
	[CONFIG_PATH] = read_path,
	[CONFIG_HEAD_KEY] = read_head_key,
	[CONFIG_SOCKET] = read_socket,
	[CONFIG_LISTEN] = read_listen,
	[CONFIG_LOCAL] = read_listen,
	[CONFIG_HOST] = read_host,
	[CONFIG_NODE] = read_node,
	[CONFIG_LEVEL] = read_level,
	[CONFIG_MEMBER_CODE] = read_member_code,
	[CONFIG_KIND] = read_kind,
	[CONFIG_LIST_NAME] = read_list_name,
	[CONFIG_RECORD_ID] = read_record_id,
	[CONFIG_AGENCY_NAME] = read_agency_name,
	[CONFIG_CERTIFICATE] = read_certificate,
	[CONFIG_ACTION] = read_action,
	[CONFIG_QUERY] = read_query,
	[CONFIG_RECORDS] = read_records,
	[CONFIG_EYES] = read_eyes,
};

bool config_value_read(const struct config_key *key, const char *dir,
	struct arena *arena, const char *text, void *field)
{
	const struct context c = { key, dir, arena };

	return readers[key->type](&c, text, field);
}
