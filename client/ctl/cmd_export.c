/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"

const struct option_spec export_options[] = {
	{ "owner", "XXX", "one member's records (default: all)" },
	{ "kind", "KIND", "entry_ban, deportation, illegal_stay or invalid_document" },
	{ NULL, NULL, NULL },
};

static int on_record(void *data, const struct cordon_record *record)
{
	char *text;
	int error = cordon_record_to_json(record, &text);

	(void)data;
	if (error != 0) {
		return error;
	}
	error = puts(text) < 0 ? CORDON_EIO : 0;
	free(text);
	return error;
}

int cmd_export(struct ctl *ctl, const struct args *args)
{
	uint32_t kind = 0;
	int error, status;

	if (!args_code(args, "kind", CORDON_CODES_KIND, &kind)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_export(
		ctl->client, args_value(args, "owner"), kind, on_record, NULL);
	return error == 0 ? EXIT_OK : ctl_client_failed(ctl, error);
}
