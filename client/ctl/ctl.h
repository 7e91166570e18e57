/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <jansson.h>

#include <cordon/cordon.h>
#include "client/ctl/args.h"
#include "proto/arena.h"

/* Exit statuses besides those of lookups, import and mrz, which say their own. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_COPIES = 5, /* entered and kept, but not on as many disks as wanted */
	EXIT_HELD = 6,   /* withdrawals wait for an administrator's word */
	EXIT_TWOEYES = 7 /* something waits for a second pair of eyes */
};

#define CTL_SERVERS_MAX CORDON_SERVERS_MAX

/* What the global options and the configuration file say. */
struct ctl {
	bool json;
	const char *config_path; /* NULL: none was read */
	const char *servers[CTL_SERVERS_MAX];
	size_t servers_count;
	const char *certificate, *key, *ca, *crl;
	const char *purpose, *officer, *checkpoint, *direction; /* of lookups */
	uint32_t timeout_ms;                                    /* 0: the library's */
	struct cordon_client *client;                           /* ctl_connect */
	struct arena arena; /* strings of the configuration; until the end */
};

struct command {
	const char *name;                  /* "lookup document": one or two words */
	const char *operands;              /* for the usage line */
	const char *summary;               /* one line */
	const char *help;                  /* after the usage; NULL: none */
	const struct option_spec *options; /* NULL: none */
	size_t operands_min, operands_max;
	int (*run)(struct ctl *ctl, const struct args *args); /* the exit status */
};

extern const struct option_spec ctl_global_options[];

/* The whole command line but the program's name; the exit status. */
int ctl_main(struct ctl *ctl, int argc, char **argv);

/* Reads --config, $CORDONCTL_CONFIG or /etc/cordon/cordonctl.conf, where it exists,
 * then the options over it.  EXIT_OK, or a status after a message. */
int ctl_configure(struct ctl *ctl, const struct args *args);

/* The client, made at the first call.  EXIT_OK, or a status after a message. */
int ctl_connect(struct ctl *ctl);

/* "cordonctl: text" and its remedy on stderr (as JSON with --json); the exit status. */
int ctl_fail(struct ctl *ctl, int error, const char *text);
/* The client's last error. */
int ctl_client_failed(struct ctl *ctl, int error);

/* Reads all rows now, waits for what is repaired, and prints how it went (cmd_scrub.c).
 */
int scrub_and_repair(struct ctl *ctl);

/*
 * Is the same call to be made again?  After CORDON_EBUSY or CORDON_ELIMIT with a time
 * to come back, as long as the timeout has not passed since the first call; sleeps
 * until then.
 */
struct ctl_patience {
	int64_t until_ms; /* zeroed: set at the first question */
};

bool ctl_again(struct ctl *ctl, struct ctl_patience *patience, int error);

/* One JSON value, one line, sorted keys; takes the reference.  EXIT_OK or EXIT_FAILED.
 */
int ctl_print_json(json_t *json);

/* Stdout took everything?  Otherwise a message and EXIT_FAILED. */
int ctl_flush(int status);

/* ---- commands ---------------------------------------------------------------- */

int cmd_lookup_document(struct ctl *ctl, const struct args *args);
int cmd_lookup_mrz(struct ctl *ctl, const struct args *args);
int cmd_lookup_person(struct ctl *ctl, const struct args *args);
int cmd_explain(struct ctl *ctl, const struct args *args);
int cmd_lookup_batch(struct ctl *ctl, const struct args *args);
int cmd_record_put(struct ctl *ctl, const struct args *args);
int cmd_record_show(struct ctl *ctl, const struct args *args);
int cmd_record_withdraw(struct ctl *ctl, const struct args *args);
int cmd_record_confirm(struct ctl *ctl, const struct args *args);
int cmd_record_pending(struct ctl *ctl, const struct args *args);
int cmd_record_approve(struct ctl *ctl, const struct args *args);
int cmd_record_reject(struct ctl *ctl, const struct args *args);
int cmd_authz(struct ctl *ctl, const struct args *args);
int cmd_record_history(struct ctl *ctl, const struct args *args);
int cmd_access_log_search(struct ctl *ctl, const struct args *args);
int cmd_access_log_verify(struct ctl *ctl, const struct args *args);
int cmd_access_log_report(struct ctl *ctl, const struct args *args);
int cmd_access_log_export(struct ctl *ctl, const struct args *args);
int cmd_access_log_checkpoint(struct ctl *ctl, const struct args *args);
int cmd_record_due(struct ctl *ctl, const struct args *args);
int cmd_import(struct ctl *ctl, const struct args *args);
int cmd_export(struct ctl *ctl, const struct args *args);
int cmd_status(struct ctl *ctl, const struct args *args);
int cmd_verify(struct ctl *ctl, const struct args *args);
int cmd_scrub(struct ctl *ctl, const struct args *args);
int cmd_aside_list(struct ctl *ctl, const struct args *args);
int cmd_aside_show(struct ctl *ctl, const struct args *args);
int cmd_aside_export(struct ctl *ctl, const struct args *args);
int cmd_aside_drop(struct ctl *ctl, const struct args *args);
/* Of list, NULL: of all; connected. */
int cmd_evidence_write(struct ctl *ctl, const char *list, const char *path);
int cmd_evidence_check(struct ctl *ctl, const struct args *args);
int cmd_recover(struct ctl *ctl, const struct args *args);
int cmd_promote(struct ctl *ctl, const struct args *args);
int cmd_reopen(struct ctl *ctl, const struct args *args);
int cmd_brake_list(struct ctl *ctl, const struct args *args);
int cmd_brake_release(struct ctl *ctl, const struct args *args);
int cmd_brake_drop(struct ctl *ctl, const struct args *args);
int cmd_compact(struct ctl *ctl, const struct args *args);
int cmd_match(struct ctl *ctl, const struct args *args);
int cmd_mrz(struct ctl *ctl, const struct args *args);

extern const struct option_spec lookup_document_options[], lookup_mrz_options[],
	lookup_person_options[], explain_options[], match_options[],
	lookup_batch_options[], record_put_options[], record_withdraw_options[],
	record_confirm_options[], record_due_options[], access_log_search_options[],
	access_log_verify_options[], access_log_report_options[],
	import_options_table[], export_options[], mrz_options[], verify_options[],
	authz_options[], scrub_options[], takeover_options[], aside_drop_options[];

#endif
