/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "proto/record.h"
#include "proto/record_json.h"

/* What waits for a second pair of eyes, and the word on it. */

static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end != '\0') {
		fprintf(stderr,
			"cordonctl: %s: expected the number of a change, as cordonctl "
			"record pending tells it\n",
			text);
		return false;
	}
	return true;
}

static const char *type_text(enum cordon_item_type type)
{
	switch (type) {
	case CORDON_ITEM_PUT:
		return "put";
	case CORDON_ITEM_WITHDRAW:
		return "withdraw";
	default:
		return "confirm";
	}
}

/* ---- JSON ------------------------------------------------------------------------ */

static json_t *item_json(const struct cordon_pending_item *item)
{
	json_t *json = json_pack("{s:i, s:s, s:s?, s:o}", "position",
		(int)item->position, "type", type_text(item->type), "id", item->id,
		"why", output_json_texts(item->why, item->why_count));
	char until[16];

	if (item->record != NULL) {
		json = output_json_with(
			json, "record", record_json_write(item->record, true));
	}
	if (item->type == CORDON_ITEM_WITHDRAW) {
		json = output_json_with(json, "reason",
			json_string(
				output_code(CORDON_CODES_WITHDRAWAL, item->reason)));
		json = output_json_with(json, "text", output_json_text(item->text));
	}
	if (item->type == CORDON_ITEM_CONFIRM) {
		date_text(&item->until, until);
		json = output_json_with(json, "until", json_string(until));
	}
	return json;
}

static json_t *change_json(const struct cordon_pending_change *change)
{
	json_t *json = json_pack("{s:I, s:s, s:I, s:I, s:I, s:o, s:o}", "number",
		(json_int_t)change->number, "by", change->by, "at_s",
		(json_int_t)change->at_s, "expires_s", (json_int_t)change->expires_s,
		"count", (json_int_t)change->count, "why",
		output_json_texts(change->why, change->why_count), "ids",
		output_json_texts(change->ids, change->ids_count));

	if (change->is_export) {
		json = output_json_with(json, "export",
			json_pack("{s:s?, s:s?, s:s?}", "owner", change->owner, "kind",
				change->kind == 0
					? NULL
					: output_code(CORDON_CODES_KIND, change->kind),
				"approved_by", change->approved_by));
	}
	return json;
}

/* ---- text ------------------------------------------------------------------------ */

static void print_texts(const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		printf("%s%s", i == 0 ? "" : ", ", texts[i]);
	}
}

static void print_export(const struct cordon_pending_change *change)
{
	printf("  an export of %s, %s\n",
		change->owner == NULL ? "every member's records" : change->owner,
		change->kind == 0 ? "every kind"
				  : output_code(CORDON_CODES_KIND, change->kind));
	if (change->approved_by != NULL) {
		printf("  approved by %s: its submitter may do it once\n",
			change->approved_by);
	}
}

static void print_change(const struct cordon_pending_change *change)
{
	char at[OUTPUT_TIME_BYTES], expires[OUTPUT_TIME_BYTES];

	output_time(change->at_s, at);
	output_time(change->expires_s, expires);
	printf("change %" PRIu64 ": %" PRIu64 " by %s, since %s, until %s: ",
		change->number, change->count, change->by, at, expires);
	print_texts(change->why, change->why_count);
	putchar('\n');
	if (change->is_export) {
		print_export(change);
	}
	for (size_t i = 0; i < change->ids_count; i++) {
		printf("  %s\n", change->ids[i]);
	}
	if (!change->is_export && change->count > change->ids_count) {
		printf("  and %" PRIu64 " more\n",
			change->count - (uint64_t)change->ids_count);
	}
}

static int print_record(const struct cordon_record *record)
{
	json_t *json = record_json_write(record, true);
	char *text =
		json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_INDENT(2));

	json_decref(json);
	if (text == NULL) {
		return EXIT_FAILED;
	}
	output_text(stdout, text);
	putchar('\n');
	free(text);
	return EXIT_OK;
}

static int print_item(const struct cordon_pending_item *item)
{
	char until[16];

	printf("%u: %s %s: ", item->position, type_text(item->type), item->id);
	print_texts(item->why, item->why_count);
	putchar('\n');
	if (item->record != NULL) {
		return print_record(item->record);
	}
	if (item->type == CORDON_ITEM_WITHDRAW) {
		printf("  %s", output_code(CORDON_CODES_WITHDRAWAL, item->reason));
		if (item->text != NULL) {
			fputs(": ", stdout);
			output_text(stdout, item->text);
		}
		putchar('\n');
	} else {
		date_text(&item->until, until);
		printf("  until %s\n", until);
	}
	return EXIT_OK;
}

/* ---- list ------------------------------------------------------------------------ */

static int tell_change(
	struct ctl *ctl, const struct cordon_pending_change *change, bool whole)
{
	int status = EXIT_OK;

	if (!ctl->json && (!whole || change->is_export)) {
		print_change(change);
	} else if (ctl->json && (!whole || change->is_export)) {
		status = ctl_print_json(change_json(change));
	}
	for (size_t i = 0; status == EXIT_OK && i < change->items_count; i++) {
		status = ctl->json ? ctl_print_json(item_json(&change->items[i]))
				   : print_item(&change->items[i]);
	}
	return status;
}

/* Where the next page begins. */
static uint64_t last_of(const struct cordon_pending *page, bool whole)
{
	const struct cordon_pending_change *last =
		&page->changes[page->changes_count - 1];

	if (!whole) {
		return last->number;
	}
	return last->items_count == 0 ? 0 : last->items[last->items_count - 1].position;
}

static int list(struct ctl *ctl, uint64_t number)
{
	bool whole = number != 0, more = true, none = true;
	uint64_t after = 0;
	int status = EXIT_OK;

	while (more && status == EXIT_OK) {
		struct cordon_pending *page;
		int error = cordon_pending(
			ctl->client, CORDON_PENDING_LIST, number, after, &page);

		if (error != 0) {
			return ctl_client_failed(ctl, error);
		}
		for (size_t i = 0; status == EXIT_OK && i < page->changes_count; i++) {
			status = tell_change(ctl, &page->changes[i], whole);
			none = false;
		}
		more = page->more && page->changes_count > 0;
		if (more) {
			after = last_of(page, whole);
		}
		cordon_pending_destroy(page);
	}
	if (status == EXIT_OK && none && !ctl->json) {
		puts("nothing waits for a second pair of eyes");
	}
	return status;
}

int cmd_record_pending(struct ctl *ctl, const struct args *args)
{
	uint64_t number = 0;
	int status;

	if (args->operands_count > 0 && !read_number(args->operands[0], &number)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	return status == EXIT_OK ? list(ctl, number) : status;
}

/* ---- approve, reject ------------------------------------------------------------- */

static const char *outcome_text(uint32_t outcome, bool approve)
{
	static const char *const outcomes[] = { "?", "created", "changed", "unchanged",
		"withdrawn", "refused", "held", "pending" };

	return !approve                                           ? "rejected"
	       : outcome < sizeof(outcomes) / sizeof(outcomes[0]) ? outcomes[outcome]
								  : "?";
}

static int tell_result(
	struct ctl *ctl, const struct cordon_result *result, bool approve)
{
	const char *outcome = outcome_text(result->outcome, approve);
	const char *id = result->id == NULL ? "export" : result->id;

	if (result->id == NULL && approve) {
		outcome = "approved";
	}
	if (ctl->json) {
		return ctl_print_json(json_pack("{s:s, s:s, s:I, s:o}", "id", id,
			"outcome", outcome, "version", (json_int_t)result->version,
			"text", output_json_text(result->error_text)));
	}
	printf("%s: %s", id, outcome);
	if (result->error_text != NULL) {
		fputs(": ", stdout);
		output_text(stdout, result->error_text);
	} else if (approve && result->version > 0) {
		printf(", version %" PRIu64 ", sequence %" PRIu64, result->version,
			result->sequence);
	}
	putchar('\n');
	return EXIT_OK;
}

static int one_word(struct ctl *ctl, uint64_t number, bool approve)
{
	struct cordon_pending *pending;
	int status = EXIT_OK, worst = EXIT_OK;
	int error = cordon_pending(ctl->client,
		approve ? CORDON_PENDING_APPROVE : CORDON_PENDING_REJECT, number, 0,
		&pending);

	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	for (size_t i = 0; status == EXIT_OK && i < pending->results_count; i++) {
		const struct cordon_result *result = &pending->results[i];

		status = tell_result(ctl, result, approve);
		if (result->error != 0) {
			worst = EXIT_REFUSED;
		} else if (result->outcome == CORDON_OUTCOME_HELD && worst == EXIT_OK) {
			worst = EXIT_HELD;
		}
	}
	cordon_pending_destroy(pending);
	return status == EXIT_OK ? worst : status;
}

static int words(struct ctl *ctl, const struct args *args, bool approve)
{
	int worst = EXIT_OK, status;

	for (size_t i = 0; i < args->operands_count; i++) {
		uint64_t ignored;

		if (!read_number(args->operands[i], &ignored)) {
			return EXIT_USAGE;
		}
	}
	status = ctl_connect(ctl);
	for (size_t i = 0; status == EXIT_OK && i < args->operands_count; i++) {
		uint64_t number = strtoull(args->operands[i], NULL, 10);
		int one = one_word(ctl, number, approve);

		worst = one != EXIT_OK && worst != EXIT_FAILED ? one : worst;
	}
	return status == EXIT_OK ? worst : status;
}

int cmd_record_approve(struct ctl *ctl, const struct args *args)
{
	return words(ctl, args, true);
}

int cmd_record_reject(struct ctl *ctl, const struct args *args)
{
	return words(ctl, args, false);
}
