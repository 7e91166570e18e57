/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "client/ctl/query.h"
#include "client/ctl/reasons.h"

/* Why a record is found by a name, or is not, step by step. */

const struct option_spec explain_options[] = {
	QUERY_PERSON_OPTIONS,
	QUERY_SCORE_OPTION,
	QUERY_CONTEXT_OPTIONS,
	{ NULL, NULL, NULL },
};

/* ---- for people -------------------------------------------------------------------
 */

static const char *outcome_words(const struct cordon_explanation *e)
{
	switch (e->outcome) {
	case CORDON_EXPLAINED_FOUND:
		return "it is found";
	case CORDON_EXPLAINED_BELOW:
		return "not found: too little agrees";
	case CORDON_EXPLAINED_NOT_REACHED:
		return "not found, though enough agrees: the search did not come so "
		       "far; a narrower question does";
	case CORDON_EXPLAINED_NOT_IN_FORCE:
		return "not found: the record is not in force";
	case CORDON_EXPLAINED_NO_PERSON:
		return "not found: the record is about no person";
	case CORDON_EXPLAINED_NO_INDEX:
		return "not found: the index of persons is being made anew";
	}
	return cordon_explained_text(e->outcome);
}

static void print_flags(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *text;
	} texts[] = {
		{ CORDON_WORD_INITIAL, "an initial" },
		{ CORDON_WORD_OF_FATHER, "the father's name" },
		{ CORDON_WORD_COUNTERPART, "another language's form of it" },
		{ CORDON_WORD_TRUNCATED, "its end may be missing" },
		{ CORDON_WORD_NO_VOWELS, "its script leaves out vowels" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if ((flags & texts[i].flag) != 0) {
			printf(", %s", texts[i].text);
		}
	}
}

static void print_words(const struct cordon_explained_name *name)
{
	for (size_t i = 0; i < name->words_count; i++) {
		const struct cordon_explained_word *word = &name->words[i];

		fputs("    sounds ", stdout);
		output_line(stdout, word->sound);
		printf(": %" PRIu64 " listed, weight %" PRIu32, word->persons,
			word->weight);
		print_flags(word->flags);
		putchar('\n');
	}
}

static void print_side(const struct cordon_explained_word *word,
	const struct cordon_explained_word *joined, bool has_joined)
{
	output_line(stdout, word == NULL ? "-" : word->sound);
	if (has_joined && joined != NULL) {
		putchar('+');
		output_line(stdout, joined->sound);
	}
}

static bool is_of(const struct cordon_explained_name *name,
	const struct cordon_explained_word *word)
{
	return word >= name->words && word < name->words + name->words_count;
}

static void print_pair(const struct cordon_explained_name *asked,
	const struct cordon_explained_pair *pair)
{
	bool joined_asked = pair->joined != NULL && is_of(asked, pair->joined);

	fputs("    ", stdout);
	print_side(pair->asked, pair->joined, joined_asked);
	fputs(" / ", stdout);
	print_side(pair->listed, pair->joined, !joined_asked);
	switch (pair->fate) {
	case CORDON_FATE_SAME:
		fputs(": the same", stdout);
		break;
	case CORDON_FATE_CLOSE:
		printf(": alike by %" PRIu32 " of 1000", pair->permille);
		break;
	case CORDON_FATE_INITIAL:
		fputs(": an initial of it", stdout);
		break;
	case CORDON_FATE_JOINED:
		printf(": written as one, alike by %" PRIu32 " of 1000",
			pair->permille);
		break;
	case CORDON_FATE_DIFFERS:
		fputs(": another name", stdout);
		break;
	case CORDON_FATE_ONLY_LISTED:
		fputs(": was not asked for", stdout);
		break;
	case CORDON_FATE_ONLY_ASKED:
		fputs(": is not listed", stdout);
		break;
	}
	printf(", %+" PRId32 "\n", pair->evidence);
}

static void print_listed(
	const struct cordon_explanation *e, const struct cordon_explained_name *name)
{
	printf("  %s%s ", output_code(CORDON_CODES_NAME_TYPE, name->type),
		name == e->best ? " (counts)" : "");
	output_line(stdout, name->text);
	printf(": score %" PRIu32 ", %" PRIu32 " %% agrees\n", name->score,
		(name->permille + 5) / 10);
	for (size_t i = 0; i < name->pairs_count; i++) {
		print_pair(e->asked, &name->pairs[i]);
	}
}

static void print_born(const struct cordon_explanation *e)
{
	printf("  born %s, listed",
		e->asked_born == NULL ? "(not asked)" : e->asked_born);
	if (e->listed_born_count == 0) {
		fputs(" without a date", stdout);
	}
	for (size_t i = 0; i < e->listed_born_count; i++) {
		printf(" %s%s", e->listed_born[i],
			i == 0 && e->born_approximate ? " (about)" : "");
	}
	printf(": %s\n", cordon_born_text(e->born));
}

static void print_keys(const struct cordon_explanation *e)
{
	for (size_t i = 0; i < e->keys_count; i++) {
		const struct cordon_explained_key *key = &e->keys[i];

		fputs("  key ", stdout);
		output_line(stdout, key->text);
		printf(": %" PRIu64 " entries%s%s%s\n", key->postings,
			key->asked ? ", asked" : "", key->listed ? ", listed" : "",
			key->listed && !key->stored ? " BUT NOT IN THE INDEX" : "");
	}
}

static void print(const struct cordon_explanation *e)
{
	printf("%s  %s: %s; score %" PRIu32 " of the %" PRIu32 " that are needed\n",
		e->id, output_code(CORDON_CODES_KIND, e->kind), outcome_words(e),
		e->score, e->min_score);
	for (size_t i = 0; i < e->because_count; i++) {
		fputs(i == 0 ? "  because " : "          ", stdout);
		output_line(stdout, reason_text(e->because[i]));
		putchar('\n');
	}
	fputs("  asked ", stdout);
	output_line(stdout, e->asked->text);
	putchar('\n');
	print_words(e->asked);
	for (size_t i = 0; i < e->listed_count; i++) {
		print_listed(e, &e->listed[i]);
	}
	print_born(e);
	print_keys(e);
	printf("  searched: %" PRIu64 " entries read, %" PRIu64
	       " persons compared of %" PRIu64 "%s\n",
		e->scanned, e->compared, e->persons,
		e->cut ? ", CUT as too common" : "");
	if (e->place > 0) {
		printf("  place %" PRIu32 " of those found\n", e->place);
	}
}

/* ---- for programs -----------------------------------------------------------------
 */

static json_t *words_json(const struct cordon_explained_name *name)
{
	static const char *const parts[] = { "any", "surname", "given", "patronymic" };
	json_t *array = json_array();

	for (size_t i = 0; i < name->words_count; i++) {
		const struct cordon_explained_word *word = &name->words[i];

		output_json_add(&array,
			json_pack("{s:s, s:s, s:I, s:I, s:I}", "sound", word->sound,
				"part",
				(unsigned)word->part < 4 ? parts[word->part] : "any",
				"flags", (json_int_t)word->flags, "persons",
				(json_int_t)word->persons, "weight",
				(json_int_t)word->weight));
	}
	return array;
}

static json_t *sound_json(const struct cordon_explained_word *word)
{
	return word == NULL ? json_null() : json_string(word->sound);
}

static json_t *pairs_json(const struct cordon_explained_name *name)
{
	json_t *array = json_array();

	for (size_t i = 0; i < name->pairs_count; i++) {
		const struct cordon_explained_pair *pair = &name->pairs[i];

		output_json_add(
			&array, json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I}", "fate",
					cordon_fate_text(pair->fate), "asked",
					sound_json(pair->asked), "listed",
					sound_json(pair->listed), "joined",
					sound_json(pair->joined), "permille",
					(json_int_t)pair->permille, "weight",
					(json_int_t)pair->weight, "evidence",
					(json_int_t)pair->evidence));
	}
	return array;
}

static json_t *listed_json(const struct cordon_explanation *e)
{
	json_t *array = json_array();

	for (size_t i = 0; i < e->listed_count; i++) {
		const struct cordon_explained_name *name = &e->listed[i];

		output_json_add(&array,
			json_pack("{s:s, s:s?, s:b, s:I, s:I, s:I, s:o, s:o}", "type",
				output_code(CORDON_CODES_NAME_TYPE, name->type), "text",
				name->text, "counts", name == e->best, "score",
				(json_int_t)name->score, "permille",
				(json_int_t)name->permille, "evidence",
				(json_int_t)name->evidence, "words", words_json(name),
				"pairs", pairs_json(name)));
	}
	return array;
}

static json_t *keys_json(const struct cordon_explanation *e)
{
	json_t *array = json_array();

	for (size_t i = 0; i < e->keys_count; i++) {
		const struct cordon_explained_key *key = &e->keys[i];

		output_json_add(
			&array, json_pack("{s:s, s:b, s:I, s:b, s:b, s:b}", "text",
					key->text, "date", key->is_date, "postings",
					(json_int_t)key->postings, "asked", key->asked,
					"listed", key->listed, "stored", key->stored));
	}
	return array;
}

static json_t *explanation_json(const struct cordon_explanation *e)
{
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:{s:s?, s:o}, s:o, s:o}",
			"id", e->id, "kind", output_code(CORDON_CODES_KIND, e->kind),
			"outcome", cordon_explained_text(e->outcome), "score",
			(json_int_t)e->score, "min_score", (json_int_t)e->min_score,
			"because", output_json_texts(e->because, e->because_count),
			"asked", "text", e->asked->text, "words", words_json(e->asked),
			"listed", listed_json(e), "keys", keys_json(e));

	json = output_json_with(json, "born",
		json_pack("{s:s?, s:o, s:b, s:s}", "asked", e->asked_born, "listed",
			output_json_texts(e->listed_born, e->listed_born_count),
			"approximate", e->born_approximate, "likeness",
			cordon_born_text(e->born)));
	return output_json_with(json, "search",
		json_pack("{s:I, s:I, s:I, s:I, s:b}", "persons",
			(json_int_t)e->persons, "scanned", (json_int_t)e->scanned,
			"compared", (json_int_t)e->compared, "place",
			(json_int_t)e->place, "cut", e->cut));
}

/* ---- the command ------------------------------------------------------------------
 */

int cmd_explain(struct ctl *ctl, const struct args *args)
{
	struct ctl_patience patience = { 0 };
	struct cordon_explanation *explanation = NULL;
	struct cordon_context context;
	struct cordon_query query = { .type = CORDON_QUERY_PERSON };
	int error, status;

	if (!args_given(args, "name")) {
		fputs("cordonctl: give --name, as in a lookup\n", stderr);
		return EXIT_USAGE;
	}
	if (!query_person(args, &query) || !query_context(ctl, args, &context)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	do {
		error = cordon_explain(
			ctl->client, &context, &query, args->operands[0], &explanation);
	} while (error != 0 && ctl_again(ctl, &patience, error));
	if (error != 0) {
		status = ctl_client_failed(ctl, error);
		return status == EXIT_REFUSED ? EXIT_USAGE : status;
	}
	if (ctl->json) {
		status = ctl_print_json(explanation_json(explanation));
	} else {
		print(explanation);
	}
	cordon_explanation_destroy(explanation);
	return status;
}
