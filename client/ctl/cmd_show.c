/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/copies.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "client/ctl/show.h"
#include "proto/record_json.h"

const char *show_state(const struct cordon_record_entry *entry)
{
	switch (entry->state) {
	case CORDON_RECORD_LIVE:
		return "live";
	case CORDON_RECORD_WITHDRAWN:
		return "withdrawn";
	default:
		return "erased";
	}
}

static const char *withdrawal_text(const struct cordon_record_entry *entry)
{
	return output_code(CORDON_CODES_WITHDRAWAL, entry->withdrawal);
}

json_t *show_json(const struct cordon_record_entry *entry)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:b, s:o}", "id",
		entry->id, "list", entry->list, "epoch", (json_int_t)entry->epoch,
		"sequence", (json_int_t)entry->sequence, "version",
		(json_int_t)entry->version, "state", show_state(entry),
		"not_understood", entry->not_understood, "arrivals",
		copies_arrivals_json(entry->arrivals, entry->arrivals_count));

	if (entry->record != NULL) {
		json = output_json_with(
			json, "record", record_json_write(entry->record, true));
	}
	if (entry->state == CORDON_RECORD_WITHDRAWN) {
		json = output_json_with(
			json, "withdrawal", json_string(withdrawal_text(entry)));
		json = output_json_with(
			json, "withdrawn_s", json_integer(entry->withdrawn_s));
	}
	return json;
}

static int print_record(const struct cordon_record *record)
{
	json_t *json = record_json_write(record, true);
	char *text =
		json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(2));

	json_decref(json);
	if (text == NULL) {
		fputs("cordonctl: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	output_text(stdout, text);
	putchar('\n');
	free(text);
	return EXIT_OK;
}

int show_text(const struct cordon_record_entry *entry)
{
	char when[OUTPUT_TIME_BYTES];

	printf("%s: %s in %s, version %" PRIu64 ", sequence %" PRIu64 "\n", entry->id,
		show_state(entry), entry->list, entry->version, entry->sequence);
	if (entry->state == CORDON_RECORD_WITHDRAWN) {
		output_time(entry->withdrawn_s, when);
		printf("withdrawn %s: %s\n", when, withdrawal_text(entry));
	}
	if (entry->not_understood) {
		puts("from a newer member: read in part");
	}
	if (entry->record != NULL && print_record(entry->record) != EXIT_OK) {
		return EXIT_FAILED;
	}
	for (size_t i = 0; i < entry->arrivals_count; i++) {
		copies_print_arrival(
			stdout, &entry->arrivals[i], entry->sequence, entry->epoch);
	}
	return EXIT_OK;
}

int cmd_record_show(struct ctl *ctl, const struct args *args)
{
	struct cordon_record_entry *entry;
	int error, status = ctl_connect(ctl);

	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_record_show(ctl->client, args->operands[0], &entry);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	status = ctl->json ? ctl_print_json(show_json(entry)) : show_text(entry);
	cordon_record_entry_destroy(entry);
	return status;
}
