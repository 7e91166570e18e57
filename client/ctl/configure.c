/* SPDX-License-Identifier: Apache-2.0 */
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/ctl/ctl.h"

#define DEFAULT_CONFIG "/etc/cordon/cordonctl.conf"

static void on_error(cfg_t *cfg, const char *format, va_list ap)
{
	fprintf(stderr,
		"cordonctl: %s:%d: ", cfg->filename == NULL ? "?" : cfg->filename,
		cfg->line);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

/* Files are relative to the configuration's own directory. */
static const char *path_of(struct ctl *ctl, const char *value)
{
	const char *slash = strrchr(ctl->config_path, '/');

	if (value == NULL) {
		return NULL;
	}
	if (value[0] == '/' || slash == NULL) {
		return arena_text(&ctl->arena, value, strlen(value));
	}
	return arena_printf(&ctl->arena, "%.*s/%s", (int)(slash - ctl->config_path),
		ctl->config_path, value);
}

static const char *text_of(struct ctl *ctl, cfg_t *cfg, const char *name)
{
	const char *value = cfg_getstr(cfg, name);

	return value == NULL ? NULL : arena_text(&ctl->arena, value, strlen(value));
}

static void take(struct ctl *ctl, cfg_t *cfg)
{
	for (unsigned i = 0; i < cfg_size(cfg, "server") && i < CTL_SERVERS_MAX; i++) {
		const char *server = cfg_getnstr(cfg, "server", i);

		/* a socket's path, or host:port */
		ctl->servers[ctl->servers_count++] =
			strchr(server, '/') != NULL
				? path_of(ctl, server)
				: arena_text(&ctl->arena, server, strlen(server));
	}
	ctl->certificate = path_of(ctl, cfg_getstr(cfg, "cert"));
	ctl->key = path_of(ctl, cfg_getstr(cfg, "key"));
	ctl->ca = path_of(ctl, cfg_getstr(cfg, "ca"));
	ctl->crl = path_of(ctl, cfg_getstr(cfg, "crl"));
	ctl->purpose = text_of(ctl, cfg, "purpose");
	ctl->officer = text_of(ctl, cfg, "officer");
	ctl->checkpoint = text_of(ctl, cfg, "checkpoint");
	ctl->direction = text_of(ctl, cfg, "direction");
	ctl->timeout_ms = (uint32_t)cfg_getint(cfg, "timeout") * 1000;
}

static int check(const struct ctl *ctl, cfg_t *cfg)
{
	long timeout = cfg_getint(cfg, "timeout");

	if (timeout < 0 || timeout > 86400) {
		fprintf(stderr,
			"cordonctl: %s: timeout %ld: expected 1 to 86400 seconds\n",
			ctl->config_path, timeout);
		return EXIT_USAGE;
	}
	return EXIT_OK;
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
	int result, status = EXIT_OK;

	if (cfg == NULL) {
		return ctl_fail(ctl, CORDON_ENOMEM, NULL);
	}
	cfg_set_error_function(cfg, on_error);
	result = cfg_parse(cfg, ctl->config_path);
	if (result == CFG_FILE_ERROR) {
		fprintf(stderr, "cordonctl: read %s: %s\n", ctl->config_path,
			strerror(errno));
		status = EXIT_USAGE;
	} else if (result != CFG_SUCCESS) {
		status = EXIT_USAGE;
	} else {
		status = check(ctl, cfg);
	}
	if (status == EXIT_OK) {
		take(ctl, cfg);
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
	if (status != EXIT_OK || !args_number(args, "timeout", 1, 86400, &timeout_s)) {
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
