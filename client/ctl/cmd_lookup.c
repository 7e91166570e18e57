/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "client/ctl/answer.h"
#include "client/ctl/query.h"

const struct option_spec lookup_document_options[] = {
	{ "issuer", "XXX", "issuing state; without it nothing is more than possible" },
	{ "type", "T", "P, V, I, A, C, R, T, S or N" },
	QUERY_LIMIT_OPTION,
	QUERY_CONTEXT_OPTIONS,
	{ NULL, NULL, NULL },
};

const struct option_spec lookup_mrz_options[] = {
	QUERY_LIMIT_OPTION,
	QUERY_CONTEXT_OPTIONS,
	{ NULL, NULL, NULL },
};

const struct option_spec lookup_person_options[] = {
	QUERY_PERSON_OPTIONS,
	{ "personal-number", "N", "instead of a name; with --issuer" },
	{ "issuer", "XXX", "state of the personal number" },
	QUERY_SCORE_OPTION,
	QUERY_LIMIT_OPTION,
	QUERY_CONTEXT_OPTIONS,
	{ NULL, NULL, NULL },
};

static int ask(
	struct ctl *ctl, const struct args *args, const struct cordon_query *query)
{
	struct ctl_patience patience = { 0 };
	struct cordon_context context;
	struct cordon_answer *answer = NULL;
	int error, status;

	if (!query_context(ctl, args, &context)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	do {
		error = cordon_lookup(ctl->client, &context, query, 1, &answer);
	} while (error != 0 && ctl_again(ctl, &patience, error));
	if (error != 0) {
		status = ctl_client_failed(ctl, error);
		return status == EXIT_REFUSED ? EXIT_USAGE : status;
	}
	status = answer_status(answer);
	if (answer->error != 0) {
		ctl_fail(ctl, answer->error, answer->error_text);
	} else if (!ctl->json) {
		answer_print(answer);
	} else if (ctl_print_json(answer_json(answer)) != EXIT_OK) {
		status = EXIT_FAILED;
	}
	cordon_answer_destroy(answer);
	return status;
}

int cmd_lookup_document(struct ctl *ctl, const struct args *args)
{
	struct cordon_query query = {
		.type = CORDON_QUERY_DOCUMENT,
		.number = args->operands[0],
		.issuer = args_value(args, "issuer"),
	};

	if (!args_code(
		    args, "type", CORDON_CODES_DOCUMENT_TYPE, &query.document_type) ||
		!query_limit(args, &query)) {
		return EXIT_USAGE;
	}
	return ask(ctl, args, &query);
}

int cmd_lookup_mrz(struct ctl *ctl, const struct args *args)
{
	struct cordon_query query = { .type = CORDON_QUERY_MRZ };

	if (!query_limit(args, &query) || !query_mrz_lines(args, &ctl->arena, &query)) {
		return EXIT_USAGE;
	}
	return ask(ctl, args, &query);
}

/* An option that nothing reads is a mistake, and must not widen a search. */
static bool person_options_fit(const struct args *args)
{
	static const char *const of_name[] = { "born", "nationality", "sex",
		"min-score" };

	if (args_given(args, "name") && args_given(args, "issuer")) {
		fputs("cordonctl: --issuer goes with --personal-number, not with "
		      "--name\n",
			stderr);
		return false;
	}
	for (size_t i = 0; i < sizeof(of_name) / sizeof(of_name[0]); i++) {
		if (args_given(args, "personal-number") &&
			args_given(args, of_name[i])) {
			fprintf(stderr,
				"cordonctl: --%s goes with --name, not with "
				"--personal-number\n",
				of_name[i]);
			return false;
		}
	}
	return true;
}

int cmd_lookup_person(struct ctl *ctl, const struct args *args)
{
	struct cordon_query query = {
		.type = CORDON_QUERY_PERSON,
		.number = args_value(args, "personal-number"),
		.issuer = args_value(args, "issuer"),
	};

	if (args_given(args, "name") == (query.number != NULL)) {
		fputs("cordonctl: give either --name or --personal-number\n", stderr);
		return EXIT_USAGE;
	}
	if (query.number != NULL) {
		query.type = CORDON_QUERY_PERSONAL_NUMBER;
		if (query.issuer == NULL) {
			fputs("cordonctl: --personal-number needs --issuer\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (!person_options_fit(args)) {
		return EXIT_USAGE;
	}
	if (!query_person(args, &query) || !query_limit(args, &query)) {
		return EXIT_USAGE;
	}
	return ask(ctl, args, &query);
}
