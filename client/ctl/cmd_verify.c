/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

const struct option_spec verify_options[] = {
	{ "list", "OWNER/KIND", "one list, KAZ/entry_ban (default: all)" },
	{ "evidence", "FILE",
		"instead: write what the node holds against owners that signed two "
		"histories" },
	{ "repair", NULL, "where something differs: scrub, and repair from peers" },
	{ NULL, NULL, NULL },
};

struct verifying {
	struct ctl *ctl;
	bool all_ok;
	uint64_t lists, entries;
};

static json_t *peers_json(const struct cordon_list_check *check)
{
	json_t *array = json_array();

	for (size_t i = 0; i < check->peers_count; i++) {
		const struct cordon_peer_digest *p = &check->peers[i];

		output_json_add(
			&array, json_pack("{s:s, s:b, s:I, s:I, s:s?}", "peer", p->peer,
					"reachable", p->reachable, "epoch",
					(json_int_t)p->epoch, "sequence",
					(json_int_t)p->sequence, "digest", p->digest));
	}
	return array;
}

static void print_text(const struct cordon_list_check *check)
{
	printf("%-22s %s, %" PRIu64 " entries\n", check->list,
		check->ok ? "ok" : "DIFFERS", check->entries);
	for (size_t i = 0; i < check->differences_count; i++) {
		fputs("  ", stdout);
		output_text(stdout, check->differences[i]);
		putchar('\n');
	}
	for (size_t i = 0; i < check->peers_count; i++) {
		const struct cordon_peer_digest *p = &check->peers[i];

		if (!p->reachable) {
			printf("  %s is not reachable: not compared\n", p->peer);
		}
	}
}

static int on_check(void *data, const struct cordon_list_check *check)
{
	struct verifying *verifying = data;

	verifying->lists++;
	verifying->entries += check->entries;
	verifying->all_ok = verifying->all_ok && check->ok;
	if (!verifying->ctl->json) {
		print_text(check);
		return 0;
	}
	return ctl_print_json(json_pack("{s:s, s:b, s:I, s:s?, s:s?, s:s?, s:o, s:o}",
		       "list", check->list, "ok", check->ok, "entries",
		       (json_int_t)check->entries, "digest_stored",
		       check->digest_stored, "digest_computed", check->digest_computed,
		       "digest_signed", check->digest_signed, "differences",
		       output_json_texts(check->differences, check->differences_count),
		       "peers", peers_json(check))) == EXIT_OK
		       ? 0
		       : CORDON_ENOMEM;
}

int cmd_verify(struct ctl *ctl, const struct args *args)
{
	struct verifying verifying = { .ctl = ctl, .all_ok = true };
	int error, status = ctl_connect(ctl);

	if (status != EXIT_OK) {
		return status;
	}
	if (args_given(args, "evidence")) {
		return cmd_evidence_write(
			ctl, args_value(args, "list"), args_value(args, "evidence"));
	}
	error = cordon_verify(
		ctl->client, args_value(args, "list"), on_check, &verifying);
	if (error != 0) {
		ctl_client_failed(ctl, error);
		return EXIT_FAILED;
	}
	if (!ctl->json) {
		printf("%" PRIu64 " lists, %" PRIu64 " entries: %s\n", verifying.lists,
			verifying.entries,
			verifying.all_ok ? "all equal and signed" : "DIFFERENCES");
	}
	if (!verifying.all_ok && args_given(args, "repair")) {
		return scrub_and_repair(ctl);
	}
	if (!verifying.all_ok && !ctl->json) {
		puts("What is damaged here is repaired from the peers by: cordonctl "
		     "verify --repair");
	}
	return verifying.all_ok ? EXIT_OK : EXIT_FAILED;
}
