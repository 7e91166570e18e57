/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/lookup_codec.h"
#include "proto/record_codec.h"
#include "tests/lib/records.h"

static struct errmsg msg;

static struct bytes sealed(struct arena *arena)
{
	static const uint8_t salt[RECORD_SALT_BYTES] = { 1 };
	struct bytes out;

	assert_int_equal(record_seal(records_make(records_entry_ban, NULL, NULL, arena),
				 salt, arena, &out),
		0);
	return out;
}

static struct cordon_match a_match(void)
{
	static const char *const because[] = { "number", "issuer" };
	static const uint32_t actions[] = { CORDON_ACTION_REFUSE_ENTRY };
	const struct cordon_match match = {
		.id = "KAZ-2026-7",
		.kind = CORDON_KIND_ENTRY_BAN,
		.score = 1000,
		.verdict = CORDON_VERDICT_MATCH,
		.basis = CORDON_BASIS_DOCUMENT,
		.because = because,
		.because_count = 2,
		.effect = CORDON_EFFECT_BINDING,
		.actions = actions,
		.actions_count = 1,
	};

	return match;
}

static struct cordon_answer an_answer(const struct cordon_match *match)
{
	const struct cordon_answer answer = {
		.lookup = "L1",
		.verdict = CORDON_VERDICT_MATCH,
		.complete = true,
		.matches = match,
		.matches_count = 1,
		.took_us = 77,
	};

	return answer;
}

/* What the client reads of what the node wrote; edit (may be NULL) comes between. */
static int travel(const struct cordon_answer *answer, void (*edit)(Cordon__Answer *),
	struct arena *arena, struct cordon_answer *out)
{
	struct bytes record = sealed(arena);
	Cordon__Answer *message;

	assert_int_equal(lookup_answer_to_message(answer, &record, arena, &message), 0);
	if (edit != NULL) {
		edit(message);
	}
	return lookup_answer_read(message, arena, out, &msg);
}

static void an_answer_arrives_as_it_was_given(void **state)
{
	static const char *const missing[] = { "RUS/entry_ban" };
	static const struct cordon_cleared cleared = { "KAZ-2026-8", "namesake" };
	struct cordon_match match = a_match();
	struct cordon_answer answer = an_answer(&match), out;

	answer.complete = false;
	answer.missing = missing;
	answer.missing_count = 1;
	answer.cleared = &cleared;
	answer.cleared_count = 1;
	answer.more = true;
	assert_int_equal(travel(&answer, NULL, *state, &out), 0);
	assert_string_equal(out.lookup, "L1");
	assert_int_equal(out.verdict, CORDON_VERDICT_MATCH);
	assert_false(out.complete);
	assert_true(out.more);
	assert_int_equal(out.took_us, 77);
	assert_int_equal(out.missing_count, 1);
	assert_string_equal(out.missing[0], missing[0]);
	assert_int_equal(out.cleared_count, 1);
	assert_string_equal(out.cleared[0].why, "namesake");
	assert_int_equal(out.matches_count, 1);
	assert_string_equal(out.matches[0].id, match.id);
	assert_int_equal(out.matches[0].score, 1000);
	assert_int_equal(out.matches[0].basis, CORDON_BASIS_DOCUMENT);
	assert_int_equal(out.matches[0].effect, CORDON_EFFECT_BINDING);
	assert_string_equal(out.matches[0].because[1], "issuer");
	assert_int_equal(out.matches[0].actions[0], CORDON_ACTION_REFUSE_ENTRY);
	assert_int_equal(out.matches[0].record->kind, CORDON_KIND_ENTRY_BAN);
}

static void an_error_arrives_alone(void **state)
{
	const struct cordon_answer answer = {
		.error = CORDON_ECHECKDIGIT,
		.error_text = "number: check digit",
		.lookup = "L2",
	};
	struct cordon_answer out;

	assert_int_equal(travel(&answer, NULL, *state, &out), 0);
	assert_int_equal(out.error, CORDON_ECHECKDIGIT);
	assert_string_equal(out.error_text, "number: check digit");
	assert_string_equal(out.lookup, "L2");
	assert_int_equal(out.verdict, 0);
}

static void say_clear(Cordon__Answer *answer)
{
	answer->verdict = CORDON_VERDICT_CLEAR;
}

static void say_possible(Cordon__Answer *answer)
{
	answer->verdict = CORDON_VERDICT_POSSIBLE;
}

static void say_nothing(Cordon__Answer *answer)
{
	answer->verdict = 0;
}

static void say_more_than_match(Cordon__Answer *answer)
{
	answer->verdict = 4;
}

static void drop_the_match(Cordon__Answer *answer)
{
	answer->n_matches = 0;
}

static void match_is_clear(Cordon__Answer *answer)
{
	answer->matches[0]->verdict = CORDON_VERDICT_CLEAR;
}

static void match_without_id(Cordon__Answer *answer)
{
	answer->matches[0]->id.len = 0;
}

static void match_above_the_score(Cordon__Answer *answer)
{
	answer->matches[0]->score = 1001;
}

static void match_without_record(Cordon__Answer *answer)
{
	answer->matches[0]->record.len = 0;
}

static void match_with_anothers_record(Cordon__Answer *answer)
{
	answer->matches[0]->id = message_data("KAZ-2026-999999");
}

static void match_with_half_a_record(Cordon__Answer *answer)
{
	answer->matches[0]->record.len /= 2;
}

static void because_of_no_text(Cordon__Answer *answer)
{
	answer->matches[0]->because[0] = message_data("\xff");
}

static void complete_and_missing(Cordon__Answer *answer)
{
	static ProtobufCBinaryData missing;

	missing = message_data("RUS/entry_ban");
	answer->missing = &missing;
	answer->n_missing = 1;
}

static void what_must_not_be_believed_is_refused(void **state)
{
	static void (*const edits[])(Cordon__Answer *) = {
		say_clear,
		say_possible,
		say_nothing,
		say_more_than_match,
		drop_the_match,
		match_is_clear,
		match_without_id,
		match_above_the_score,
		match_without_record,
		match_with_anothers_record,
		match_with_half_a_record,
		because_of_no_text,
		complete_and_missing,
	};
	struct cordon_match match = a_match();
	const struct cordon_answer answer = an_answer(&match);
	struct cordon_answer out;

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		msg.text[0] = '\0';
		if (travel(&answer, edits[i], *state, &out) != CORDON_EPROTO) {
			fail_msg("edit %zu was believed", i);
		}
		assert_true(msg.text[0] != '\0');
	}
}

static void too_little_memory_is_no_empty_answer(void **state)
{
	struct cordon_match match = a_match();
	const struct cordon_answer answer = an_answer(&match);
	struct bytes record = sealed(*state);
	struct cordon_answer out = { .took_us = 1 };
	Cordon__Answer *message;
	int error = CORDON_ENOMEM;

	assert_int_equal(
		lookup_answer_to_message(&answer, &record, *state, &message), 0);
	for (size_t limit = 16; error != 0; limit += 16) {
		struct arena small;

		arena_init(&small, limit);
		error = lookup_answer_read(message, &small, &out, &msg);
		assert_true(error == 0 || error == CORDON_ENOMEM);
		assert_int_equal(out.took_us, error == 0 ? 77 : 1);
		arena_finish(&small);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_arrives_as_it_was_given),
		cmocka_unit_test(an_error_arrives_alone),
		cmocka_unit_test(what_must_not_be_believed_is_refused),
		cmocka_unit_test(too_little_memory_is_no_empty_answer),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
