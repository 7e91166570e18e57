/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <cordon/cordon.h>

/* Asks a node about one document: example HOST:PORT CERT KEY CA NUMBER [ISSUER] */

static void print_answer(const struct cordon_answer *answer)
{
	if (answer->error != 0) {
		printf("no answer: %s\n", answer->error_text);
		return;
	}
	for (size_t i = 0; i < answer->matches_count; i++) {
		const struct cordon_match *match = &answer->matches[i];

		printf("%s: %s by %s (%s)\n", match->id,
			cordon_verdict_text(match->verdict),
			cordon_basis_text(match->basis),
			cordon_effect_text(match->effect));
	}
	if (answer->matches_count == 0) {
		printf("nothing found in %zu lists\n", answer->freshness_count);
	}
	for (size_t i = 0; i < answer->missing_count; i++) {
		printf("not searched as asked: %s\n", answer->missing[i]);
	}
}

int main(int argc, char **argv)
{
	struct cordon_options options = { .servers_count = 1, .timeout_ms = 2000 };
	struct cordon_context context = {
		.purpose = CORDON_PURPOSE_BORDER_CHECK,
		.direction = CORDON_DIRECTION_ENTRY,
		.officer = "4711",
		.max_age_s = 3600,
	};
	struct cordon_query query = { .type = CORDON_QUERY_DOCUMENT };
	struct cordon_client *client;
	struct cordon_answer *answer;
	const char *server;
	char message[512];
	int error;

	if (argc < 6) {
		fprintf(stderr, "usage: %s HOST:PORT CERT KEY CA NUMBER [ISSUER]\n",
			argv[0]);
		return 2;
	}
	server = argv[1];
	options.servers = &server;
	options.certificate = argv[2];
	options.key = argv[3];
	options.ca = argv[4];
	query.number = argv[5];
	query.issuer = argc > 6 ? argv[6] : NULL;
	error = cordon_client_create(&options, &client, message, sizeof(message));
	if (error != 0) {
		fprintf(stderr, "%s\n", message);
		return cordon_error_exit_status(error);
	}
	error = cordon_lookup(client, &context, &query, 1, &answer);
	if (error == 0) {
		print_answer(answer);
		cordon_answer_destroy(answer);
	} else {
		fprintf(stderr, "%s\n", cordon_client_error_text(client));
	}
	cordon_client_destroy(client);
	return cordon_error_exit_status(error);
}
