/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/output.h"
#include "client/ctl/show.h"

/* What a node that gave way had accepted, and nobody else had. */

const struct option_spec aside_drop_options[] = {
	{ "all", NULL, "everything that was put aside" },
	{ NULL, NULL, NULL },
};

struct asides {
	struct ctl *ctl;
	uint64_t count;
	uint64_t left_out; /* of an export */
};

static int run(
	struct ctl *ctl, const char *id, cordon_aside_fn *each, struct asides *asides)
{
	int error, status = ctl_connect(ctl);

	asides->ctl = ctl;
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_aside(ctl->client, id, each, asides);
	return error == 0 ? EXIT_OK : ctl_client_failed(ctl, error);
}

static int print_json(const struct cordon_aside *change)
{
	json_t *json = show_json(&change->entry);

	if (json != NULL) {
		json_object_del(json, "arrivals");
		json_object_set_new(json, "kept_s", json_integer(change->kept_at_s));
	}
	return ctl_print_json(json) == EXIT_OK ? 0 : CORDON_ENOMEM;
}

/* ---- list, show ---------------------------------------------------------------------
 */

static int list_one(void *data, const struct cordon_aside *change)
{
	const struct cordon_record_entry *e = &change->entry;
	struct asides *asides = data;
	char when[OUTPUT_TIME_BYTES];

	asides->count++;
	if (asides->ctl->json) {
		return print_json(change);
	}
	output_time(change->kept_at_s, when);
	printf("%-36s %-22s %-9s version %" PRIu64 ", epoch %" PRIu64
	       ", sequence %" PRIu64 ", put aside %s\n",
		e->id, e->list, show_state(e), e->version, e->epoch, e->sequence, when);
	return 0;
}

int cmd_aside_list(struct ctl *ctl, const struct args *args)
{
	struct asides asides = { .count = 0 };
	int status = run(ctl, NULL, list_one, &asides);

	(void)args;
	if (status == EXIT_OK && !ctl->json) {
		printf("%" PRIu64 " changes are put aside\n", asides.count);
	}
	return status;
}

static int show_one(void *data, const struct cordon_aside *change)
{
	struct asides *asides = data;

	asides->count++;
	if (asides->ctl->json) {
		return print_json(change);
	}
	return show_text(&change->entry) == EXIT_OK ? 0 : CORDON_ENOMEM;
}

int cmd_aside_show(struct ctl *ctl, const struct args *args)
{
	struct asides asides = { .count = 0 };
	int status = run(ctl, args->operands[0], show_one, &asides);

	if (status == EXIT_OK && asides.count == 0) {
		fprintf(stderr, "cordonctl: nothing of %s is put aside\n",
			args->operands[0]);
		return EXIT_REFUSED;
	}
	return status;
}

/* ---- export -------------------------------------------------------------------------
 */

static int export_one(void *data, const struct cordon_aside *change)
{
	const struct cordon_record_entry *e = &change->entry;
	struct asides *asides = data;
	const char *reason;
	char *text;
	int error;

	asides->count++;
	if (e->record != NULL) {
		error = cordon_record_to_json(e->record, &text);
		if (error == 0) {
			error = puts(text) < 0 ? CORDON_EIO : 0;
			free(text);
		}
		return error;
	}
	asides->left_out++;
	reason = cordon_code_text(CORDON_CODES_WITHDRAWAL, e->withdrawal);
	if (e->state == CORDON_RECORD_WITHDRAWN) {
		fprintf(stderr,
			"cordonctl: %s was withdrawn: cordonctl record withdraw %s "
			"--reason %s\n",
			e->id, e->id, reason == NULL ? "CODE" : reason);
	} else {
		fprintf(stderr, "cordonctl: %s is erased, nothing of it is left\n",
			e->id);
	}
	return 0;
}

int cmd_aside_export(struct ctl *ctl, const struct args *args)
{
	struct asides asides = { .count = 0 };
	int status = run(ctl, NULL, export_one, &asides);

	(void)args;
	return status == EXIT_OK && asides.left_out > 0 ? EXIT_REFUSED : status;
}

/* ---- drop ---------------------------------------------------------------------------
 */

static int print_dropped(struct ctl *ctl, uint64_t dropped)
{
	int status = EXIT_OK;

	if (ctl->json) {
		status = ctl_print_json(
			json_pack("{s:I}", "dropped", (json_int_t)dropped));
	} else {
		printf("%" PRIu64 " changes dropped\n", dropped);
	}
	return status == EXIT_OK && dropped == 0 ? EXIT_REFUSED : status;
}

int cmd_aside_drop(struct ctl *ctl, const struct args *args)
{
	bool all = args_given(args, "all");
	uint64_t dropped;
	int error, status;

	if (all == (args->operands_count == 1)) {
		fputs("cordonctl: aside drop: give the ID of a record, or --all\n",
			stderr);
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_aside_drop(
		ctl->client, all ? NULL : args->operands[0], &dropped);
	return error == 0 ? print_dropped(ctl, dropped) : ctl_client_failed(ctl, error);
}
