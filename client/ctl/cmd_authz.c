/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "proto/action.h"

/* Who may do what at a node, rule by rule. */

const struct option_spec authz_options[] = {
	{ "as", "URI", "of a certificate: cordon://KAZ/checkpoint/gate-7" },
	{ "owner", "XXX", "on records of that member" },
	{ "kind", "KIND", "on records of that kind" },
	{ "query", "TYPE", "of lookup: document, personal_number, mrz, person" },
	{ NULL, NULL, NULL },
};

static bool read_query(const struct args *args, uint32_t *type)
{
	static const char *const names[] = { "document", "personal_number", "mrz",
		"person" };
	const char *name = args_value(args, "query");

	for (uint32_t i = 0; name != NULL && i < 4; i++) {
		if (strcmp(names[i], name) == 0) {
			*type = CORDON_QUERY_DOCUMENT + i;
			return true;
		}
	}
	if (name != NULL) {
		fprintf(stderr,
			"cordonctl: --query %s: document, personal_number, mrz or "
			"person is expected\n",
			name);
	}
	return name == NULL;
}

static bool read_question(
	const struct args *args, struct cordon_authz_question *question)
{
	enum action action;

	question->identity = args_value(args, "as");
	question->action = args->operands[0];
	question->owner = args_value(args, "owner");
	if (question->identity == NULL) {
		fputs("cordonctl: --as URI is missing; see cordonctl authz --help\n",
			stderr);
		return false;
	}
	if (!action_parse(question->action, &action)) {
		fprintf(stderr, "cordonctl: %s: no action; one of these is meant:\n",
			question->action);
		for (int i = 0; i < ACTION_COUNT; i++) {
			fprintf(stderr, "  %s\n", action_name((enum action)i));
		}
		return false;
	}
	return args_code(args, "kind", CORDON_CODES_KIND, &question->kind) &&
	       read_query(args, &question->query_type);
}

static int print_json(const struct cordon_authz *authz)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < authz->steps_count; i++) {
		const struct cordon_authz_step *step = &authz->steps[i];

		output_json_add(&steps,
			json_pack("{s:s, s:b, s:o}", "rule", step->rule, "passed",
				step->passed, "text", output_json_text(step->text)));
	}
	return ctl_print_json(json_pack("{s:b, s:o, s:o, s:o}", "allowed",
		authz->allowed, "steps", steps, "two_eyes",
		output_json_texts(authz->eyes, authz->eyes_count), "section",
		output_json_text(authz->section)));
}

static void print_text(const struct cordon_authz *authz)
{
	bool decided = false;

	for (size_t i = 0; i < authz->steps_count; i++) {
		const struct cordon_authz_step *step = &authz->steps[i];

		printf("%-8s %s", step->rule,
			step->passed ? "passes"
			: decided    ? "denies, too"
				     : "denies");
		decided = decided || !step->passed;
		if (step->text != NULL) {
			fputs(": ", stdout);
			output_text(stdout, step->text);
		}
		putchar('\n');
	}
	if (authz->section != NULL) {
		fputs("by section ", stdout);
		output_text(stdout, authz->section);
		putchar('\n');
	}
	fputs(authz->allowed ? "allowed" : "denied", stdout);
	for (size_t i = 0; authz->allowed && i < authz->eyes_count; i++) {
		printf("%s%s", i == 0 ? "; waits for a second pair of eyes: " : ", ",
			authz->eyes[i]);
	}
	putchar('\n');
}

int cmd_authz(struct ctl *ctl, const struct args *args)
{
	struct cordon_authz_question question = { 0 };
	struct cordon_authz *authz;
	int error, status;

	if (!read_question(args, &question)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_authz(ctl->client, &question, &authz);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	if (ctl->json) {
		status = print_json(authz);
	} else {
		print_text(authz);
	}
	if (status == EXIT_OK && !authz->allowed) {
		status = EXIT_REFUSED;
	}
	cordon_authz_destroy(authz);
	return status;
}
