/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "proto/record_json.h"

static const char *state_text(const struct cordon_record_entry *entry)
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

static json_t *arrivals_json(const struct cordon_record_entry *entry)
{
	json_t *array = json_array();

	for (size_t i = 0; i < entry->arrivals_count; i++) {
		const struct cordon_arrival *a = &entry->arrivals[i];

		json_array_append_new(array,
			json_pack("{s:s, s:b, s:I, s:I}", "node", a->node, "arrived",
				a->arrived, "sequence", (json_int_t)a->sequence,
				"time_s", (json_int_t)a->time_s));
	}
	return array;
}

static int print_json(const struct cordon_record_entry *entry)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:o}", "id", entry->id,
		"list", entry->list, "epoch", (json_int_t)entry->epoch, "sequence",
		(json_int_t)entry->sequence, "version", (json_int_t)entry->version,
		"state", state_text(entry), "arrivals", arrivals_json(entry));

	if (json != NULL && entry->record != NULL) {
		json_object_set_new(
			json, "record", record_json_write(entry->record, true));
	}
	if (json != NULL && entry->state == CORDON_RECORD_WITHDRAWN) {
		const char *reason =
			cordon_code_text(CORDON_CODES_WITHDRAWAL, entry->withdrawal);

		json_object_set_new(json, "withdrawal",
			json_string(reason == NULL ? "(newer code)" : reason));
		json_object_set_new(
			json, "withdrawn_s", json_integer(entry->withdrawn_s));
	}
	return ctl_print_json(json);
}

static void print_record(const struct cordon_record *record)
{
	json_t *json = record_json_write(record, true);
	char *text =
		json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(2));

	json_decref(json);
	puts(text == NULL ? "(out of memory)" : text);
	free(text);
}

static int print_text(const struct cordon_record_entry *entry)
{
	char when[OUTPUT_TIME_BYTES];

	printf("%s: %s in %s, version %" PRIu64 ", sequence %" PRIu64 "\n", entry->id,
		state_text(entry), entry->list, entry->version, entry->sequence);
	if (entry->state == CORDON_RECORD_WITHDRAWN) {
		const char *reason =
			cordon_code_text(CORDON_CODES_WITHDRAWAL, entry->withdrawal);

		output_time(entry->withdrawn_s, when);
		printf("withdrawn %s: %s\n", when,
			reason == NULL ? "(newer code)" : reason);
	}
	if (entry->not_understood) {
		puts("from a newer member: read in part");
	}
	if (entry->record != NULL) {
		print_record(entry->record);
	}
	for (size_t i = 0; i < entry->arrivals_count; i++) {
		const struct cordon_arrival *a = &entry->arrivals[i];

		output_time(a->time_s, when);
		printf("%s %s (acknowledged up to %" PRIu64 " on %s)\n",
			a->arrived ? "arrived at   " : "not yet at   ", a->node,
			a->sequence, when);
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
	status = ctl->json ? print_json(entry) : print_text(entry);
	cordon_record_entry_destroy(entry);
	return status;
}
