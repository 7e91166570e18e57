/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/records.h"

static bool same_after(
	struct arena *arena, const char *text, const char *path, const char *value)
{
	struct cordon_record *a = records_make(text, NULL, NULL, arena);
	struct cordon_record *b = records_make(text, path, value, arena);
	bool same = record_same_content(a, b);

	assert_int_equal(record_same_content(b, a), same);
	return same;
}

static void what_the_owners_node_adds_is_no_change(void **state)
{
	assert_true(same_after(*state, records_deportation, NULL, NULL));
	assert_true(same_after(*state, records_deportation, "version", "8"));
	assert_true(same_after(*state, records_deportation, "review_by", NULL));
	assert_true(
		same_after(*state, records_deportation, "internal_note", "\"other\""));
	assert_true(same_after(*state, records_deportation, "internal_note", NULL));
	assert_true(same_after(*state, records_entry_ban, "scope", "\"all\""));
	assert_true(same_after(*state, records_entry_ban, "weak", "false"));
}

static void a_set_has_no_order(void **state)
{
	assert_true(same_after(*state, records_deportation, "actions",
		"[\"detain\",\"refuse_entry\"]"));
	assert_true(same_after(*state, records_deportation, "person.markers",
		"[\"violent\",\"armed\"]"));
	assert_false(
		same_after(*state, records_deportation, "actions", "[\"detain\"]"));
	assert_false(
		same_after(*state, records_deportation, "actions[2]", "\"refer\""));
	assert_false(same_after(*state, records_deportation, "actions", NULL));
}

static void every_other_change_is_one(void **state)
{
	static const struct {
		const char *path, *value;
	} edits[] = {
		{ "id", "\"KAZ-1\"" },
		{ "kind", "\"entry_ban\"" },
		{ "valid_from", "\"2026-03-02\"" },
		{ "valid_until", "\"2031-02-28\"" },
		{ "utc_offset_min", "360" },
		{ "review_by", "\"2029-03-02\"" },
		{ "reason", "\"overstay\"" },
		{ "scope", "\"all\"" },
		{ "decision.number", "\"18\"" },
		{ "decision", NULL },
		{ "source.reference", "\"A-13\"" },
		{ "contact", NULL },
		{ "links[0]", "\"KAZ-2026-000121\"" },
		{ "links", NULL },
		{ "note", "\"x\"" },
		{ "warning", NULL },
		{ "weak", "true" },
		{ "person", NULL },
		{ "person.names[0].patronymic", NULL },
		{ "person.names[1].type", "\"weak_alias\"" },
		{ "person.names[2]", "{\"type\":\"alias\",\"full\":\"X\"}" },
		{ "person.born", "\"1980-05\"" },
		{ "person.born_approximate", NULL },
		{ "person.born_alternatives[0]", "\"1982\"" },
		{ "person.sex", "\"F\"" },
		{ "person.birth_state", "\"BLR\"" },
		{ "person.personal_numbers[0].number", "\"1\"" },
		{ "person.documents[0].expires_on", NULL },
		{ "ordered_on", NULL },
		{ "removed_to", "\"RUS\"" },
		{ "exceptions[0].until", "\"2026-05-10\"" },
		{ "exceptions[1].documents[0].type", NULL },
		{ "distinguished[0].why", "\"asked twice\"" },
		{ "distinguished", NULL },
	};

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		if (same_after(*state, records_deportation, edits[i].path,
			    edits[i].value)) {
			fail_msg("%s is no change", edits[i].path);
		}
	}
	assert_false(
		same_after(*state, records_document, "documents[0].number_to", NULL));
}

static void empty_text_is_absent_text(void **state)
{
	struct cordon_record *a = records_make(records_entry_ban, NULL, NULL, *state);
	struct cordon_record *b = records_make(records_entry_ban, NULL, NULL, *state);

	b->note = "";
	b->person->names[0].patronymic = "";
	assert_true(record_same_content(a, b));
}

static void a_review_is_due_after_three_or_ten_years_or_at_the_end(void **state)
{
	static const struct {
		const char *record, *until, *today, *review;
	} cases[] = {
		{ records_entry_ban, "\"2031-03-01\"", "2026-03-15", "2029-03-15" },
		{ records_entry_ban, "\"2027-01-01\"", "2026-03-15", "2027-01-01" },
		{ records_entry_ban, "\"2031-03-01\"", "2024-02-29", "2027-02-28" },
		{ records_deportation, "\"2031-03-01\"", "2026-03-15", "2029-03-15" },
		{ records_document, "\"2046-03-01\"", "2026-03-15", "2036-03-15" },
		{ records_document, "\"2035-12-31\"", "2026-03-15", "2035-12-31" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cordon_record *r = records_make(
			cases[i].record, "valid_until", cases[i].until, *state);
		struct cordon_date today, review;
		char text[DATE_TEXT_BYTES];

		assert_true(date_parse(&today, cases[i].today, 10));
		review = record_review_default(r, &today);
		date_text(&review, text);
		assert_string_equal(text, cases[i].review);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_owners_node_adds_is_no_change),
		cmocka_unit_test(a_set_has_no_order),
		cmocka_unit_test(every_other_change_is_one),
		cmocka_unit_test(empty_text_is_absent_text),
		cmocka_unit_test(
			a_review_is_due_after_three_or_ten_years_or_at_the_end),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
