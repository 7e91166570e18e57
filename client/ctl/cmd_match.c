/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "client/ctl/query.h"
#include "client/ctl/reasons.h"
#include "daemon/core/match/compare.h"
#include "daemon/core/match/screen.h"

/* The score of two names without any list, as every node has it (proto/MATCHING.md). */

/* Exit statuses of match: as of a lookup. */
enum {
	MATCH_POSSIBLE = 3,
	MATCH_NOTHING = 0
};

const struct option_spec match_options[] = {
	{ "born-a", "DATE", "birth date of the first: YYYY[-MM[-DD]]" },
	{ "born-b", "DATE", "birth date of the second" },
	{ "min-score", "N", "the least score that is possible (default: 500)" },
	{ NULL, NULL, NULL },
};

static int ask(
	struct match_context *context, const char *text, struct compare_person *asked)
{
	const struct cordon_name name = { .full = text };
	int error = words_of_name(context, &name, &asked->name.words);

	for (size_t i = 0; error == 0 && i < asked->name.words.count; i++) {
		asked->name.weights[i] =
			weight_without_list(&asked->name.words.words[i]);
	}
	return error == 0 && asked->name.words.count == 0 ? CORDON_EFIELD : error;
}

/* *packed is the caller's, CARD_BYTES_MAX of it. */
static int list(struct match_context *context, const char *text,
	const struct cordon_date *born, uint8_t *packed, struct card *card)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = text };
	struct cordon_person person = {
		.names = &name, .names_count = 1, .born = *born
	};
	struct cordon_record record = { .kind = CORDON_KIND_ENTRY_BAN,
		.person = &person };
	struct name_words words;
	size_t size = 0;
	bool cut = false;
	int error = words_of_name(context, &name, &words);

	if (error == 0 && words.count == 0) {
		error = CORDON_EFIELD;
	}
	if (error == 0) {
		error = card_make(context, &record, packed, &size, &cut);
	}
	return error == 0 ? card_open((struct bytes){ packed, size }, card) : error;
}

static json_t *because_json(const char *const *because, size_t count)
{
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++) {
		json_array_append_new(json, json_string(because[i]));
	}
	return json;
}

static int print(struct ctl *ctl, const struct person_score *score, uint32_t least)
{
	bool possible = score->score >= least;
	const char *verdict = possible ? "possible" : "clear";
	const char *const *because = NULL;
	size_t count = 0;

	if (screen_reasons(&ctl->arena, score->reasons, &because, &count) != 0) {
		return ctl_fail(ctl, CORDON_ENOMEM, NULL);
	}
	if (ctl->json) {
		json_t *json = json_pack("{s:I, s:s, s:o}", "score",
			(json_int_t)score->score, "verdict", verdict, "because",
			because_json(because, count));

		if (ctl_print_json(json) != EXIT_OK) {
			return EXIT_FAILED;
		}
	} else {
		printf("%u of 1000: %s\n", score->score,
			possible ? "possible" : "not alike enough");
		for (size_t i = 0; i < count; i++) {
			printf("  %s\n", reason_text(because[i]));
		}
	}
	return possible ? MATCH_POSSIBLE : MATCH_NOTHING;
}

static int compare(struct ctl *ctl, const struct args *args,
	const struct cordon_date born[2], uint32_t least)
{
	struct compare_person asked = { .born = born_pack(&born[0]) };
	struct match_context *context;
	struct errmsg msg = { "" };
	struct person_score score;
	uint8_t *packed = arena_alloc(&ctl->arena, CARD_BYTES_MAX);
	struct card card;
	int error =
		packed == NULL ? CORDON_ENOMEM : match_context_create(&context, &msg);

	if (error != 0) {
		return ctl_fail(ctl, error, errmsg_text(&msg, error));
	}
	error = ask(context, args->operands[0], &asked);
	if (error != 0) {
		errmsg_set(&msg, error, "A: a name in UTF-8 with a letter is expected");
	} else {
		error = list(context, args->operands[1], &born[1], packed, &card);
	}
	match_context_destroy(context);
	if (error != 0) {
		if (msg.text[0] == '\0') {
			errmsg_set(&msg, error,
				"B: a name in UTF-8 with a letter is expected");
		}
		return ctl_fail(ctl, error, errmsg_text(&msg, error));
	}
	compare_person(&asked, &card, &score);
	return print(ctl, &score, least);
}

int cmd_match(struct ctl *ctl, const struct args *args)
{
	struct cordon_date born[2] = { { 0 }, { 0 } };
	uint32_t least = SCORE_NAME;

	if (!args_date(args, "born-a", &born[0]) ||
		!args_date(args, "born-b", &born[1]) ||
		!args_number(args, "min-score", 1, CORDON_SCORE_MAX, &least)) {
		return EXIT_USAGE;
	}
	return compare(ctl, args, born, least);
}
