/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record.h"
#include "tests/unit/core/match_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* RUS, which recognises the list, asks about an entry. */
static const struct effect_context binding_entry = {
	.member = "RUS", .binding = true, .direction = CORDON_DIRECTION_ENTRY
};

/* "EFFECT: ACTION ACTION"; good until the next call. */
static const char *effect_of(const struct cordon_query *query,
	const struct subject *subject, struct effect_context context)
{
	static const char *const effects[] = { [CORDON_EFFECT_BINDING] = "binding",
		[CORDON_EFFECT_INFORM] = "inform",
		[CORDON_EFFECT_OWN_NATIONAL] = "own_national",
		[CORDON_EFFECT_EXCEPTION] = "exception",
		[CORDON_EFFECT_OBJECTION] = "objection" };
	static char text[256];
	struct question question;
	struct cordon_match match = { .id = subject->record.id };
	struct arena arena;
	size_t used;

	if (context.now_s == 0) {
		context.now_s = case_now_s();
	}
	arena_init(&arena, 0);
	case_question(query, &question);
	assert_int_equal(
		screen_effect(&question, &subject->record, &context, &arena, &match),
		0);
	used = (size_t)snprintf(text, sizeof(text), "%s:", effects[match.effect]);
	for (size_t i = 0; i < match.actions_count; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
			cordon_code_text(CORDON_CODES_ACTION, match.actions[i]));
		assert_true(used < sizeof(text));
	}
	arena_finish(&arena);
	return text;
}

static void has_effect(const struct subject *subject, struct effect_context context,
	const char *expected)
{
	struct cordon_query query = ask_document("MP1234567", "BLR");

	assert_string_equal(effect_of(&query, subject, context), expected);
}

static void only_a_binding_list_shows_the_owners_actions(void **state)
{
	struct effect_context context = binding_entry;
	struct subject s;

	(void)state;
	subject_init(&s);
	has_effect(&s, context, "binding: refuse_entry");
	s.actions[1] = CORDON_ACTION_NOTIFY_ISSUER;
	s.record.actions_count = 2;
	has_effect(&s, context, "binding: refuse_entry notify_issuer");
	context.objected = true;
	has_effect(&s, context, "objection: refer");
	context.binding = false;
	has_effect(&s, context, "objection: refer");
	context.objected = false;
	has_effect(&s, context, "inform: refer");
}

static void without_an_action_known_here_the_person_is_referred(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s);
	s.actions[0] = 99;
	has_effect(&s, binding_entry, "binding: refer");
	s.actions[1] = CORDON_ACTION_DETAIN;
	s.record.actions_count = 2;
	has_effect(&s, binding_entry, "binding: detain");
	s.record.actions_count = 0;
	has_effect(&s, binding_entry, "binding: refer");
}

static void who_needs_protection_is_referred(void **state)
{
	static const struct {
		uint32_t marker;
		const char *expected;
	} cases[] = {
		{ CORDON_MARKER_MINOR, "binding: refer" },
		{ CORDON_MARKER_POSSIBLE_TRAFFICKING_VICTIM, "binding: refer" },
		{ CORDON_MARKER_ASYLUM_CLAIMANT, "binding: refer" },
		{ CORDON_MARKER_ARMED, "binding: refuse_entry" },
		{ CORDON_MARKER_VIOLENT, "binding: refuse_entry" },
		{ CORDON_MARKER_HEALTH_THREAT, "binding: refuse_entry" },
		{ 99, "binding: refuse_entry" },
	};
	struct subject s;

	(void)state;
	subject_init(&s);
	s.person.markers_count = 1;
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.markers[0] = cases[i].marker;
		has_effect(&s, binding_entry, cases[i].expected);
	}
	s.markers[0] = CORDON_MARKER_ARMED;
	s.markers[1] = CORDON_MARKER_MINOR;
	s.person.markers_count = 2;
	has_effect(&s, binding_entry, "binding: refer");
}

static void a_state_admits_its_own(void **state)
{
	struct effect_context context = binding_entry;
	struct cordon_query person =
		ask_person("Иванов Сергей", (struct cordon_date){ 0 });
	struct zone zone = { .issuer = "RUS" };
	struct cordon_query mrz = ask_zone(&zone);
	struct subject s;

	(void)state;
	subject_init(&s);
	context.member = "BLR";
	has_effect(&s, context, "own_national: refer");
	/* by what the question says */
	context.member = "RUS";
	assert_string_equal(effect_of(&mrz, &s, context), "own_national: refer");
	person.nationality = "RUS";
	assert_string_equal(effect_of(&person, &s, context), "own_national: refer");
	person.nationality = "KAZ";
	assert_string_equal(effect_of(&person, &s, context), "binding: refuse_entry");
	/* whatever else applies */
	s.nationalities[1] = "RUS";
	s.person.nationalities_count = 2;
	context.objected = true;
	has_effect(&s, context, "own_national: refer");
}

static void a_state_seizes_its_own_documents(void **state)
{
	struct effect_context context = binding_entry;
	struct zone zone = { .issuer = "KAZ", .number = "N1234567" };
	struct cordon_query query = ask_zone(&zone);
	struct subject s;

	(void)state;
	subject_init_document(&s, NULL);
	s.actions[0] = CORDON_ACTION_SEIZE_DOCUMENT;
	context.member = "KAZ";
	assert_string_equal(effect_of(&query, &s, context), "binding: seize_document");
}

static void add_exception(struct subject *s, uint32_t type, struct cordon_date from,
	struct cordon_date until)
{
	s->exceptions[s->record.exceptions_count++] =
		(struct cordon_exception){ .type = type, .from = from, .until = until };
}

static void exceptions_hold_on_their_days(void **state)
{
	static const struct {
		uint32_t type;
		struct cordon_date from, until;
		bool holds;
	} cases[] = {
		{ CORDON_EXCEPTION_ONE_ENTRY, { 0 }, { 2026, 6, 1 }, true },
		{ CORDON_EXCEPTION_ONE_ENTRY, { 0 }, { 2026, 5, 31 }, false },
		{ CORDON_EXCEPTION_ONE_ENTRY, { 0 }, { 0 }, true },
		{ CORDON_EXCEPTION_DATES, { 2026, 6, 1 }, { 2026, 6, 1 }, true },
		{ CORDON_EXCEPTION_DATES, { 2026, 5, 1 }, { 2026, 7, 1 }, true },
		{ CORDON_EXCEPTION_DATES, { 2026, 6, 2 }, { 2026, 7, 1 }, false },
		{ CORDON_EXCEPTION_DATES, { 2026, 5, 1 }, { 2026, 5, 31 }, false },
		{ CORDON_EXCEPTION_DATES, { 2026, 6, 2 }, { 0 }, false },
		{ 99, { 2026, 5, 1 }, { 2026, 7, 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct subject s;

		subject_init(&s);
		add_exception(&s, cases[i].type, cases[i].from, cases[i].until);
		has_effect(&s, binding_entry,
			cases[i].holds ? "exception: refer" : "binding: refuse_entry");
	}
}

static void the_days_of_an_exception_are_the_owners(void **state)
{
	struct effect_context context = binding_entry;
	const struct cordon_date day = { 2026, 6, 1 };
	struct subject s;

	(void)state;
	subject_init(&s);
	s.record.utc_offset_min = 300;
	add_exception(&s, CORDON_EXCEPTION_DATES, day, day);
	context.now_s = date_days(&day) * 86400 - 5 * 3600;
	has_effect(&s, context, "exception: refer");
	context.now_s--;
	has_effect(&s, context, "binding: refuse_entry");
	context.now_s = date_days(&day) * 86400 + 19 * 3600 - 1;
	has_effect(&s, context, "exception: refer");
	context.now_s++;
	has_effect(&s, context, "binding: refuse_entry");
}

static void exceptions_are_of_entering(void **state)
{
	static const struct {
		uint32_t direction;
		bool holds;
	} cases[] = {
		{ 0, true },
		{ CORDON_DIRECTION_ENTRY, true },
		{ CORDON_DIRECTION_TRANSIT, true },
		{ CORDON_DIRECTION_EXIT, false },
		{ CORDON_DIRECTION_INLAND, false },
	};
	struct effect_context context = binding_entry;
	struct subject s;

	(void)state;
	subject_init(&s);
	add_exception(&s, CORDON_EXCEPTION_ONE_ENTRY, (struct cordon_date){ 0 },
		(struct cordon_date){ 2026, 6, 30 });
	for (size_t i = 0; i < COUNT(cases); i++) {
		context.direction = cases[i].direction;
		has_effect(&s, context,
			cases[i].holds ? "exception: refer" : "binding: refuse_entry");
	}
}

static void an_excepted_document_is_the_very_one(void **state)
{
	static const struct {
		const char *number, *issuer;
		bool holds;
	} cases[] = {
		{ "MP1234567", "BLR", true },
		{ "mp 1234567", "BLR", true },
		{ "MPI234567", "BLR", false },
		{ "MP1234567", "RUS", false },
		{ "MP1234567", NULL, false },
		{ NULL, "BLR", false },
	};
	struct cordon_query person =
		ask_person("Иванов Сергей", (struct cordon_date){ 0 });
	struct subject s;

	(void)state;
	subject_init(&s);
	s.exceptions[0] = (struct cordon_exception){ .type = CORDON_EXCEPTION_DOCUMENTS,
		.documents = s.exception_documents,
		.documents_count = 2 };
	s.record.exceptions_count = 1;
	s.exception_documents[0] =
		(struct cordon_document){ .number = "X1", .issuer = "BLR" };
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.exception_documents[1] =
			(struct cordon_document){ .number = cases[i].number,
				.issuer = cases[i].issuer };
		has_effect(&s, binding_entry,
			cases[i].holds ? "exception: refer" : "binding: refuse_entry");
	}
	assert_string_equal(
		effect_of(&person, &s, binding_entry), "binding: refuse_entry");
}

static void without_memory_there_is_no_effect(void **state)
{
	struct cordon_query query = ask_document("MP1234567", "BLR");
	struct cordon_match match = { .effect = CORDON_EFFECT_INFORM };
	struct question question;
	struct subject s;
	struct arena arena;

	(void)state;
	subject_init(&s);
	case_question(&query, &question);
	arena_init(&arena, 1);
	assert_int_equal(
		screen_effect(&question, &s.record, &binding_entry, &arena, &match),
		CORDON_ENOMEM);
	assert_int_equal(match.effect, CORDON_EFFECT_INFORM);
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_binding_list_shows_the_owners_actions),
		cmocka_unit_test(without_an_action_known_here_the_person_is_referred),
		cmocka_unit_test(who_needs_protection_is_referred),
		cmocka_unit_test(a_state_admits_its_own),
		cmocka_unit_test(a_state_seizes_its_own_documents),
		cmocka_unit_test(exceptions_hold_on_their_days),
		cmocka_unit_test(the_days_of_an_exception_are_the_owners),
		cmocka_unit_test(exceptions_are_of_entering),
		cmocka_unit_test(an_excepted_document_is_the_very_one),
		cmocka_unit_test(without_memory_there_is_no_effect),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
