/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"

static const char *type_text(uint32_t type)
{
	static const char *const texts[] = {
		[CORDON_ITEM_PUT] = "put",
		[CORDON_ITEM_WITHDRAW] = "withdraw",
		[CORDON_ITEM_CONFIRM] = "confirm",
	};

	return type < sizeof(texts) / sizeof(texts[0]) && texts[type] != NULL
		       ? texts[type]
		       : "?";
}

static void print_change(const struct cordon_history_change *c)
{
	char at[OUTPUT_TIME_BYTES];

	output_time(c->at_us / 1000000, at);
	printf("%s  %-8s ", at, type_text(c->type));
	if (c->error != 0) {
		printf("refused: %s", cordon_error_name(c->error));
	} else if (c->new_hash == NULL) {
		printf("version %" PRIu64 ", unchanged", c->version);
	} else {
		printf("version %" PRIu64, c->version);
	}
	printf("  ");
	output_text(stdout, c->who);
	if (c->fields != NULL) {
		printf("\n    changed ");
		output_text(stdout, c->fields);
	}
	if (c->old_hash != NULL) {
		printf("\n    from    %s", c->old_hash);
	}
	if (c->new_hash != NULL) {
		printf("\n    to      %s", c->new_hash);
	}
	putchar('\n');
}

static json_t *change_json(const struct cordon_history_change *c)
{
	json_t *json = json_pack("{s:I, s:s, s:s?, s:I, s:s?, s:s?, s:s?}", "at_us",
		(json_int_t)c->at_us, "change", type_text(c->type), "who", c->who,
		"version", (json_int_t)c->version, "fields", c->fields, "old_hash",
		c->old_hash, "new_hash", c->new_hash);

	if (json != NULL && c->error != 0) {
		json_object_set_new(
			json, "error", json_string(cordon_error_name(c->error)));
	}
	return json;
}

int cmd_record_history(struct ctl *ctl, const struct args *args)
{
	struct cordon_history *history;
	int error, status = ctl_connect(ctl);

	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_history(ctl->client, args->operands[0], &history);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	if (history->more) {
		fputs("cordonctl: there are older changes: cordonctl access-log "
		      "search --record\n",
			stderr);
	}
	for (size_t i = 0; i < history->changes_count && status == EXIT_OK; i++) {
		if (ctl->json) {
			status = ctl_print_json(change_json(&history->changes[i]));
		} else {
			print_change(&history->changes[i]);
		}
	}
	if (history->changes_count == 0 && !ctl->json) {
		puts("no change of it is in this node's access log");
	}
	cordon_history_destroy(history);
	return ctl_flush(status);
}
