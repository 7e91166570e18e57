/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath */
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/ctl/ctl.h"

#define DEFAULT_CONFIG "/etc/cordon/cordonctl.conf"
#define CONFIG_BYTES_MAX 65536

static void on_error(cfg_t *cfg, const char *format, va_list ap)
{
	fprintf(stderr,
		"cordonctl: %s:%d: ", cfg->filename == NULL ? "?" : cfg->filename,
		cfg->line);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

/* Files are relative to the configuration's own directory. */
static const char *path_of(struct ctl *ctl, const char *directory, const char *value)
{
	if (value == NULL) {
		return NULL;
	}
	return value[0] == '/' ? arena_text(&ctl->arena, value, strlen(value))
			       : arena_printf(&ctl->arena, "%s/%s", directory, value);
}

static const char *text_of(struct ctl *ctl, cfg_t *cfg, const char *name)
{
	const char *value = cfg_getstr(cfg, name);

	return value == NULL ? NULL : arena_text(&ctl->arena, value, strlen(value));
}

static void take(struct ctl *ctl, const char *directory, cfg_t *cfg)
{
	for (unsigned i = 0; i < cfg_size(cfg, "server") && i < CTL_SERVERS_MAX; i++) {
		const char *server = cfg_getnstr(cfg, "server", i);

		/* a socket's path, or host:port */
		ctl->servers[ctl->servers_count++] =
			strchr(server, '/') != NULL
				? path_of(ctl, directory, server)
				: arena_text(&ctl->arena, server, strlen(server));
	}
	ctl->certificate = path_of(ctl, directory, cfg_getstr(cfg, "cert"));
	ctl->key = path_of(ctl, directory, cfg_getstr(cfg, "key"));
	ctl->ca = path_of(ctl, directory, cfg_getstr(cfg, "ca"));
	ctl->crl = path_of(ctl, directory, cfg_getstr(cfg, "crl"));
	ctl->purpose = text_of(ctl, cfg, "purpose");
	ctl->officer = text_of(ctl, cfg, "officer");
	ctl->checkpoint = text_of(ctl, cfg, "checkpoint");
	ctl->direction = text_of(ctl, cfg, "direction");
	ctl->timeout_ms = (uint32_t)cfg_getint(cfg, "timeout") * 1000;
}

static int check(const struct ctl *ctl, cfg_t *cfg)
{
	long timeout = cfg_getint(cfg, "timeout");

	if (cfg_size(cfg, "server") > CTL_SERVERS_MAX) {
		fprintf(stderr, "cordonctl: %s: server: expected at most %d nodes\n",
			ctl->config_path, CTL_SERVERS_MAX);
		return EXIT_USAGE;
	}
	if (timeout < 0 || timeout > 86400) {
		fprintf(stderr,
			"cordonctl: %s: timeout %ld: expected 1 to 86400 seconds\n",
			ctl->config_path, timeout);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* libconfuse loses count of the lines at comments: blanks in their place. */
static void blank_comments(char *text)
{
	char quote = '\0';

	for (char *at = text; *at != '\0'; at++) {
		if (quote != '\0') {
			quote = *at == quote || *at == '\n' ? '\0' : quote;
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (*at == '#') {
			size_t length = strcspn(at, "\n");

			memset(at, ' ', length);
			at += length - 1;
		}
	}
}

/* The whole file, ended by a NUL; NULL after a message. */
static char *read_file(struct ctl *ctl)
{
	FILE *file = fopen(ctl->config_path, "r");
	char *text = arena_alloc(&ctl->arena, CONFIG_BYTES_MAX + 1);
	size_t bytes = 0;

	if (file != NULL && text != NULL) {
		bytes = fread(text, 1, CONFIG_BYTES_MAX + 1, file);
	}
	if (file == NULL || text == NULL || ferror(file)) {
		fprintf(stderr, "cordonctl: read %s: %s\n", ctl->config_path,
			strerror(errno));
		text = NULL;
	} else if (bytes > CONFIG_BYTES_MAX || strlen(text) != bytes) {
		fprintf(stderr, "cordonctl: %s: not a configuration: %s\n",
			ctl->config_path,
			bytes > CONFIG_BYTES_MAX ? "too long" : "a NUL byte");
		text = NULL;
	}
	if (file != NULL) {
		fclose(file);
	}
	return text;
}

static int parse(struct ctl *ctl, cfg_t *cfg)
{
	char *text = read_file(ctl);
	FILE *file;
	int result;

	if (text == NULL) {
		return EXIT_USAGE;
	}
	if (strspn(text, " \t\r\n") == strlen(text)) {
		return EXIT_OK; /* fmemopen takes no empty text */
	}
	blank_comments(text);
	cfg->filename = strdup(ctl->config_path); /* freed with cfg */
	file = fmemopen(text, strlen(text), "r");
	if (file == NULL || cfg->filename == NULL) {
		return ctl_fail(ctl, CORDON_ENOMEM, NULL);
	}
	result = cfg_parse_fp(cfg, file);
	fclose(file);
	return result == CFG_SUCCESS ? EXIT_OK : EXIT_USAGE;
}

/* The directory of the configuration, absolute: a local socket's path must be. */
static const char *directory_of(struct ctl *ctl)
{
	char *whole = realpath(ctl->config_path, NULL);
	const char *directory = NULL;

	if (whole != NULL) {
		directory = arena_text(
			&ctl->arena, whole, (size_t)(strrchr(whole, '/') - whole));
	}
	free(whole);
	return directory;
}

static int read_config(struct ctl *ctl)
{
	cfg_opt_t options[] = {
		CFG_STR_LIST("server", NULL, CFGF_NODEFAULT),
		CFG_STR("cert", NULL, CFGF_NONE),
		CFG_STR("key", NULL, CFGF_NONE),
		CFG_STR("ca", NULL, CFGF_NONE),
		CFG_STR("crl", NULL, CFGF_NONE),
		CFG_STR("purpose", NULL, CFGF_NONE),
		CFG_STR("officer", NULL, CFGF_NONE),
		CFG_STR("checkpoint", NULL, CFGF_NONE),
		CFG_STR("direction", NULL, CFGF_NONE),
		CFG_INT("timeout", 0, CFGF_NONE),
		CFG_END(),
	};
	cfg_t *cfg = cfg_init(options, CFGF_NONE);
	const char *directory = NULL;
	int status;

	if (cfg == NULL) {
		return ctl_fail(ctl, CORDON_ENOMEM, NULL);
	}
	cfg_set_error_function(cfg, on_error);
	status = parse(ctl, cfg);
	if (status == EXIT_OK) {
		directory = directory_of(ctl);
		status = directory == NULL ? ctl_fail(ctl, CORDON_ENOMEM, NULL)
					   : check(ctl, cfg);
	}
	if (status == EXIT_OK) {
		take(ctl, directory, cfg);
		status = ctl->arena.failed ? ctl_fail(ctl, CORDON_ENOMEM, NULL)
					   : EXIT_OK;
	}
	cfg_free(cfg);
	return status;
}

static void override(const struct args *args, const char *name, const char **value)
{
	const char *given = args_value(args, name);

	if (given != NULL) {
		*value = given;
	}
}

int ctl_configure(struct ctl *ctl, const struct args *args)
{
	const char *server = args_value(args, "server");
	uint32_t timeout_s = 0;
	int status = EXIT_OK;

	ctl->json = args_given(args, "json");
	ctl->config_path = args_value(args, "config");
	if (ctl->config_path == NULL) {
		ctl->config_path = getenv("CORDONCTL_CONFIG");
	}
	if (ctl->config_path == NULL && server == NULL &&
		access(DEFAULT_CONFIG, R_OK) == 0) {
		ctl->config_path = DEFAULT_CONFIG;
	}
	if (ctl->config_path != NULL) {
		status = read_config(ctl);
	}
	if (status != EXIT_OK) {
		return status;
	}
	if (!args_number(args, "timeout", 1, 86400, &timeout_s)) {
		return EXIT_USAGE;
	}
	if (server != NULL) {
		ctl->servers[0] = server;
		ctl->servers_count = 1;
	}
	override(args, "cert", &ctl->certificate);
	override(args, "key", &ctl->key);
	override(args, "ca", &ctl->ca);
	if (timeout_s != 0) {
		ctl->timeout_ms = timeout_s * 1000;
	}
	return EXIT_OK;
}
