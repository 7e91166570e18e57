/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/answer.h"

#include "client/ctl/output_json.h"
#include "proto/record_json.h"

/* A code of a newer member has no text: its number says which. */
static json_t *code(enum cordon_codes table, uint32_t number)
{
	const char *text = cordon_code_text(table, number);

	return text == NULL ? json_integer(number) : json_string(text);
}

static json_t *actions(const struct cordon_match *match)
{
	json_t *array = json_array();

	for (size_t i = 0; i < match->actions_count; i++) {
		output_json_add(&array, code(CORDON_CODES_ACTION, match->actions[i]));
	}
	return array;
}

/* Which of the record's names agrees, and how far. */
static json_t *name_json(const struct cordon_match *match)
{
	return json_pack("{s:i, s:i, s:s}", "place", (int)match->name_place, "permille",
		(int)match->name_permille, "born", cordon_born_text(match->born));
}

static json_t *match_json(const struct cordon_match *match)
{
	json_t *json = json_pack("{s:s, s:o, s:i, s:s, s:s, s:o, s:s, s:o, s:o}", "id",
		match->id, "kind", code(CORDON_CODES_KIND, match->kind), "score",
		(int)match->score, "verdict", cordon_verdict_text(match->verdict),
		"basis", cordon_basis_text(match->basis), "because",
		output_json_texts(match->because, match->because_count), "effect",
		cordon_effect_text(match->effect), "actions", actions(match), "record",
		record_json_write(match->record, false));

	return match->name_place == 0
		       ? json
		       : output_json_with(json, "name", name_json(match));
}

static json_t *matches_json(const struct cordon_answer *answer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < answer->matches_count; i++) {
		output_json_add(&array, match_json(&answer->matches[i]));
	}
	return array;
}

static json_t *cleared_json(const struct cordon_answer *answer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < answer->cleared_count; i++) {
		output_json_add(
			&array, json_pack("{s:s, s:s}", "id", answer->cleared[i].id,
					"why", answer->cleared[i].why));
	}
	return array;
}

static json_t *verified_json(int verified)
{
	return verified < 0 ? json_null() : json_boolean(verified);
}

static json_t *freshness_json(const struct cordon_answer *answer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < answer->freshness_count; i++) {
		const struct cordon_freshness *f = &answer->freshness[i];

		output_json_add(&array,
			json_pack("{s:s, s:I, s:I, s:o, s:o}", "list", f->list, "epoch",
				(json_int_t)f->epoch, "sequence",
				(json_int_t)f->sequence, "age_s",
				f->age_s < 0 ? json_null() : json_integer(f->age_s),
				"verified", verified_json(f->verified)));
	}
	return array;
}

json_t *answer_json(const struct cordon_answer *answer)
{
	return json_pack(
		"{s:s?, s:s, s:b, s:o, s:o, s:b, s:b, s:o, s:I, s:o, s:o, s:I}",
		"lookup", answer->lookup, "verdict",
		cordon_verdict_text(answer->verdict), "complete", answer->complete,
		"missing", output_json_texts(answer->missing, answer->missing_count),
		"matches", matches_json(answer), "more", answer->more, "cut",
		answer->cut, "narrow",
		output_json_texts(answer->narrow, answer->narrow_count), "namesakes",
		(json_int_t)answer->namesakes, "cleared", cleared_json(answer),
		"freshness", freshness_json(answer), "took_us",
		(json_int_t)answer->took_us);
}
