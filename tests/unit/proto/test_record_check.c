/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record_fields.h"
#include "tests/lib/records.h"

static const struct state members[] = { { "BLR" }, { "KAZ" }, { "RUS" } };

static struct record_policy policy(void)
{
	struct record_policy p = {
		.owner = { "KAZ" },
		.retention_days = { [CORDON_KIND_INVALID_DOCUMENT] = 3660 },
		.members = members,
		.members_count = 3,
	};

	assert_true(date_parse(&p.today, RECORDS_TODAY, strlen(RECORDS_TODAY)));
	return p;
}

/* One change to a good record, and what is said then. */
struct edit {
	const char *path;
	const char *value;    /* JSON; NULL removes */
	const char *expected; /* how the text begins */
};

static int check(struct arena *arena, const char *text, const struct edit *edit,
	struct errmsg *msg, struct errmsg *warnings)
{
	struct record_policy p = policy();

	return record_check(
		records_make(text, edit->path, edit->value, arena), &p, msg, warnings);
}

static void assert_refused(
	struct arena *arena, const char *text, const struct edit *edits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct errmsg msg = { "" };
		int error = check(arena, text, &edits[i], &msg, NULL);

		if (error == 0) {
			fail_msg("%s = %s is accepted", edits[i].path,
				edits[i].value == NULL ? "(nothing)" : edits[i].value);
		}
		if (strncmp(msg.text, edits[i].expected, strlen(edits[i].expected)) !=
			0) {
			fail_msg("\"%s\" does not begin \"%s\"", msg.text,
				edits[i].expected);
		}
	}
}

static void assert_accepted(
	struct arena *arena, const char *text, const struct edit *edits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct errmsg msg = { "" }, warning = { "" };

		if (check(arena, text, &edits[i], &msg, &warning) != 0) {
			fail_msg("%s", msg.text);
		}
		if (edits[i].expected == NULL && warning.text[0] != '\0') {
			fail_msg("warns \"%s\"", warning.text);
		}
		if (edits[i].expected != NULL &&
			strncmp(warning.text, edits[i].expected,
				strlen(edits[i].expected)) != 0) {
			fail_msg("\"%s\" does not begin \"%s\"", warning.text,
				edits[i].expected);
		}
	}
}

#define REFUSED(state, text, edits)                                                    \
	assert_refused(*(state), text, edits, sizeof(edits) / sizeof((edits)[0]))
#define ACCEPTED(state, text, edits)                                                   \
	assert_accepted(*(state), text, edits, sizeof(edits) / sizeof((edits)[0]))

static void good_records_are_accepted_without_a_word(void **state)
{
	static const struct edit as_is[] = { { NULL, NULL, NULL } };

	ACCEPTED(state, records_deportation, as_is);
	ACCEPTED(state, records_document, as_is);
	ACCEPTED(state, records_entry_ban, as_is);
}

static void mandatory_fields_must_be_there(void **state)
{
	static const struct edit person[] = {
		{ "id", NULL, "id: is missing" },
		{ "kind", NULL, "kind: is missing" },
		{ "reason", NULL, "reason: is missing" },
		{ "valid_from", NULL, "valid_from: is missing" },
		{ "valid_until", NULL, "valid_until: is missing" },
		{ "actions", NULL, "actions: is missing" },
		{ "actions", "[]", "actions: is missing" },
		{ "person", NULL, "person: is missing" },
		{ "person.names", NULL, "person.names: is missing" },
		{ "person.names[0].type", NULL, "person.names[0].type: is missing" },
		{ "person.names[1]", "{\"type\":\"alias\",\"patronymic\":\"X\"}",
			"person.names[1]: one of surname, given, full" },
		{ "person.personal_numbers", "[{\"issuer\":\"ARM\"}]",
			"person.personal_numbers[0].number: is missing" },
		{ "person.personal_numbers", "[{\"number\":\"123\"}]",
			"person.personal_numbers[0].issuer: is missing" },
		{ "person.documents", "[{\"type\":\"P\",\"issuer\":\"ARM\"}]",
			"person.documents[0].number: is missing" },
		{ "source", "{\"list\":\"UN\"}", "source.reference: is missing" },
		{ "source", "{\"reference\":\"7\"}", "source.list: is missing" },
	};
	static const struct edit document[] = {
		{ "documents", NULL, "documents: is missing" },
		{ "documents[0].number", NULL, "documents[0].number: is missing" },
		{ "documents[0].issuer", NULL, "documents[0].issuer: is missing" },
	};

	REFUSED(state, records_entry_ban, person);
	REFUSED(state, records_document, document);
}

static void only_the_owner_writes_a_record(void **state)
{
	static const struct edit edits[] = {
		{ "id", "\"RUS-1\"", "id: \"RUS-1\" is RUS's" },
		{ "id", "\"KAZ\"", "id: \"KAZ\": no id" },
		{ "id", "\"kaz-1\"", "id: \"kaz-1\": no id" },
	};
	struct errmsg msg = { "" };

	REFUSED(state, records_entry_ban, edits);
	assert_int_equal(
		check(*state, records_entry_ban, &edits[0], &msg, NULL), CORDON_EOWNER);
	assert_int_equal(
		check(*state, records_entry_ban, &edits[1], &msg, NULL), CORDON_EFIELD);
}

static void reason_subject_and_fields_fit_the_kind(void **state)
{
	static const struct edit person[] = {
		{ "reason", "\"stolen\"", "reason: stolen is no reason for entry_ban" },
		{ "kind", "\"invalid_document\"", "reason: overstay is no reason for" },
		{ "documents", "[{\"number\":\"1\"}]",
			"documents: entry_ban is about a person" },
		{ "ordered_on", "\"2026-02-01\"", "ordered_on: only a deportation" },
		{ "removed_on", "\"2026-02-01\"", "removed_on: only a deportation" },
		{ "removed_to", "\"ARM\"", "removed_to: only a deportation" },
	};
	static const struct edit document[] = {
		{ "reason", "\"overstay\"", "reason: overstay is no reason for" },
		{ "person", "{\"names\":[]}",
			"person: invalid_document is about documents" },
		{ "distinguished", "[{}]",
			"distinguished: invalid_document has no subject" },
	};

	REFUSED(state, records_entry_ban, person);
	REFUSED(state, records_document, document);
}

static void dates_are_in_order_and_within_bounds(void **state)
{
	static const struct edit ban[] = {
		{ "valid_until", "\"2026-02-28\"",
			"valid_until: 2026-02-28 is before valid_from, 2026-03-01" },
		{ "valid_until", "\"2031-03-02\"",
			"valid_until: 2031-03-02 is 1827 days after valid_from, at "
			"most 1826" },
		{ "valid_until", "\"2030\"", "valid_until: 2030: a whole date" },
		{ "valid_from", "\"2026-03\"", "valid_from: 2026-03: a whole date" },
		{ "review_by", "\"2029-03-16\"",
			"review_by: 2029-03-16 is after the latest day allowed, "
			"2029-03-15" },
		{ "review_by", "\"2026-03-14\"", "review_by: 2026-03-14 is past" },
		{ "utc_offset_min", "-721", "utc_offset_min: -721: -720 to 840" },
		{ "utc_offset_min", "841", "utc_offset_min: 841: -720 to 840" },
		{ "decision", "{\"date\":\"2026-03-16\"}",
			"decision.date: 2026-03-16 is in the future; today is "
			"2026-03-15" },
		{ "person.born", "\"2026-04\"",
			"person.born: 2026-04 is in the future" },
		{ "person.born_alternatives", "[\"1980\",\"2027\"]",
			"person.born_alternatives[1]: 2027 is in the future" },
		{ "person.documents",
			"[{\"number\":\"1\",\"issued_on\":\"2020\",\"expires_on\":"
			"\"2019\"}]",
			"person.documents[0].expires_on: is before issued_on" },
		{ "person.documents", "[{\"number\":\"1\",\"issued_on\":\"2027\"}]",
			"person.documents[0].issued_on: 2027 is in the future" },
	};
	static const struct edit deportation[] = {
		{ "ordered_on", "\"2026-03-02\"",
			"removed_on: 2026-03-01 is before ordered_on, 2026-03-02" },
		{ "ordered_on", "\"2026-03-16\"",
			"ordered_on: 2026-03-16 is in the future" },
		{ "removed_on", "\"2026-03-16\"",
			"removed_on: 2026-03-16 is in the future" },
		{ "removed_to", "\"KAZ\"", "removed_to: KAZ is the state" },
		{ "removed_to", "\"BEL\\u0410\"",
			"removed_to: \"BELА\": no such state" },
	};
	static const struct edit document[] = {
		{ "valid_until", "\"2036-02-10\"",
			"valid_until: 2036-02-10 is 3661 days after valid_from, at "
			"most 3660" },
		{ "review_by", "\"2036-03-16\"",
			"review_by: 2036-03-16 is after the latest day allowed, "
			"2036-03-15" },
	};

	REFUSED(state, records_entry_ban, ban);
	REFUSED(state, records_deportation, deportation);
	REFUSED(state, records_document, document);
}

static void the_edges_of_the_bounds_are_within(void **state)
{
	static const struct edit ban[] = {
		{ "valid_until", "\"2031-03-01\"", NULL },
		{ "review_by", "\"2029-03-15\"", NULL },
		{ "review_by", "\"2026-03-15\"", NULL },
		{ "utc_offset_min", "-720", NULL },
		{ "utc_offset_min", "840", NULL },
		{ "decision", "{\"date\":\"2026-03-15\"}", NULL },
		{ "person.born", "\"2026\"", NULL },
		{ "person.born", "\"2026-03\"", NULL },
		{ "person.documents",
			"[{\"number\":\"1\",\"issuer\":\"ARM\",\"issued_on\":\"2020-"
			"05\","
			"\"expires_on\":\"2020\"}]",
			NULL },
	};
	static const struct edit document[] = {
		{ "valid_until", "\"2036-02-09\"", NULL },
		{ "review_by", "\"2035-12-31\"", NULL },
		{ "documents[0].number_to", "\"N75000001\"", NULL },
	};

	ACCEPTED(state, records_entry_ban, ban);
	ACCEPTED(state, records_document, document);
}

static void a_person_must_be_told_from_namesakes(void **state)
{
	static const struct edit bare[] = {
		{ "person.born", NULL, "person: neither birth date nor document" },
	};
	static const struct edit enough[] = {
		{ "person",
			"{\"names\":[{\"type\":\"primary\",\"full\":\"X Y\"}],"
			"\"born_alternatives\":[\"1980\"]}",
			NULL },
		{ "person",
			"{\"names\":[{\"type\":\"primary\",\"full\":\"X Y\"}],"
			"\"personal_numbers\":[{\"number\":\"7\",\"issuer\":\"ARM\"}]}",
			NULL },
		{ "person",
			"{\"names\":[{\"type\":\"primary\",\"given\":\"X\"}],"
			"\"documents\":[{\"number\":\"7\",\"issuer\":\"ARM\"}]}",
			NULL },
	};

	REFUSED(state, records_entry_ban, bare);
	ACCEPTED(state, records_entry_ban, enough);
}

static void only_a_public_list_brings_the_weak(void **state)
{
	struct record_policy p = policy();
	struct cordon_record *r =
		records_make(records_entry_ban, "weak", "true", *state);
	struct errmsg msg = { "" };

	r->person->born = (struct cordon_date){ 0, 0, 0 };
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_non_null(strstr(msg.text, "weak: only the import of a public list"));
	p.from_public_list = true;
	assert_int_equal(record_check(r, &p, &msg, NULL), 0);
	r->weak = false;
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_non_null(strstr(msg.text, "person: neither"));
}

static void own_nationals_are_not_listed(void **state)
{
	static const struct edit edits[] = {
		{ "person.nationalities", "[\"KAZ\"]",
			"person.nationalities[0]: KAZ: a member" },
		{ "person.nationalities", "[\"ARM\",\"KAZ\"]",
			"person.nationalities[1]: KAZ" },
	};

	REFUSED(state, records_entry_ban, edits);
	REFUSED(state, records_deportation, edits);
}

static void only_the_issuer_reports_its_documents(void **state)
{
	static const char *const reasons[] = { "lost", "stolen", "stolen_blank",
		"revoked", "annulled" };
	struct record_policy p = policy();

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		struct cordon_record *r = records_make(
			records_document, "documents[0].issuer", "\"RUS\"", *state);
		struct errmsg msg = { "" };

		r->reason = cordon_code_number(CORDON_CODES_REASON, reasons[i]);
		assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
		assert_non_null(
			strstr(msg.text, "documents[0].issuer: RUS: only the issuer"));
		assert_non_null(strstr(msg.text, reasons[i]));
		r->documents[0].issuer = "AFG"; /* no member: nobody else would tell */
		assert_int_equal(record_check(r, &p, &msg, NULL), 0);
		p.members_count = 0;
		assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
		p.members_count = 3;
	}
}

static void anyone_reports_a_counterfeit_but_with_care(void **state)
{
	struct record_policy p = policy();
	struct cordon_record *r = records_make(
		records_document, "documents[0].issuer", "\"RUS\"", *state);
	struct errmsg msg = { "" };

	r->reason = CORDON_REASON_COUNTERFEIT;
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_non_null(strstr(msg.text, "actions[0]: seize_document"));
	r->warning = "";
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	r->warning = "the holder of the genuine passport travels often";
	assert_int_equal(record_check(r, &p, &msg, NULL), 0);
	r->warning = NULL;
	r->actions[0] = CORDON_ACTION_REFER;
	assert_int_equal(record_check(r, &p, &msg, NULL), 0);
}

static void numbers_and_ranges_can_be_looked_for(void **state)
{
	static const struct edit document[] = {
		{ "documents[0].number", "\"---\"",
			"documents[0].number: \"---\" has no letter" },
		{ "documents[0].number_to", "\"N7505000\"",
			"documents[0].number_to: " },
		{ "documents[0].number_to", "\"N75000000\"",
			"documents[0].number_to: " },
		{ "documents[0].number_to", "\"M75000002\"",
			"documents[0].number_to: " },
		{ "documents[0].number_to", "\"N76000001\"",
			"documents[0].number_to: a range of 1000001 numbers; at most "
			"1000000" },
	};
	static const struct edit fits[] = {
		{ "documents[0].number_to", "\"N76000000\"", NULL },
		{ "documents[0].number_to", NULL, NULL },
	};
	static const struct edit person[] = {
		{ "person.documents", "[{\"number\":\"1\",\"number_to\":\"2\"}]",
			"person.documents[0].number_to: a range stands in" },
		{ "person.personal_numbers", "[{\"number\":\"-\",\"issuer\":\"ARM\"}]",
			"person.personal_numbers[0].number: \"-\" has no letter" },
		{ "person.documents",
			"[{\"number\":"
			"\"123456789012345678901234567890123456789012345\"}]",
			"person.documents[0].number: \"1234567890" },
	};

	REFUSED(state, records_document, document);
	ACCEPTED(state, records_document, fits);
	REFUSED(state, records_entry_ban, person);
}

static void exceptions_say_for_whom_and_when(void **state)
{
	static const struct edit edits[] = {
		{ "exceptions[0].type", NULL, "exceptions[0].type: is missing" },
		{ "exceptions[0].from", NULL, "exceptions[0].from: is missing" },
		{ "exceptions[0].until", NULL, "exceptions[0].until: is missing" },
		{ "exceptions[0].until", "\"2026-04-30\"",
			"exceptions[0].until: is before from" },
		{ "exceptions[0]", "{\"type\":\"one_entry\"}",
			"exceptions[0].until: is missing" },
		{ "exceptions[1].documents", NULL,
			"exceptions[1].documents: is missing" },
		{ "exceptions[1].documents[0].number", NULL,
			"exceptions[1].documents[0].number: is missing" },
		{ "exceptions[1].documents[0].number_to", "\"AB124\"",
			"exceptions[1].documents[0].number_to: a range" },
	};
	static const struct edit fits[] = {
		{ "exceptions[0]", "{\"type\":\"one_entry\",\"until\":\"2026-06-01\"}",
			NULL },
	};

	REFUSED(state, records_deportation, edits);
	ACCEPTED(state, records_deportation, fits);
}

static void distinguished_persons_are_whole_and_consent(void **state)
{
	static const struct edit edits[] = {
		{ "distinguished[0].names", NULL,
			"distinguished[0].names: is missing" },
		{ "distinguished[0].born", NULL, "distinguished[0].born: is missing" },
		{ "distinguished[0].born", "\"1980\"",
			"distinguished[0].born: 1980: a whole" },
		{ "distinguished[0].documents", NULL,
			"distinguished[0].documents: is missing" },
		{ "distinguished[0].documents[0].number", NULL,
			"distinguished[0].documents[0].number: is missing" },
		{ "distinguished[0].consent_on", NULL,
			"distinguished[0].consent_on: is missing" },
		{ "distinguished[0].consent_on", "\"2026-03-16\"",
			"distinguished[0].consent_on: 2026-03-16 is in the future" },
		{ "distinguished[0].why", NULL, "distinguished[0].why: is missing" },
		{ "distinguished[0].documents[0].number", "\"mp 123-4567\"",
			"distinguished[0].documents[0]: is the same as "
			"person.documents[0]" },
	};

	REFUSED(state, records_deportation, edits);
}

static void links_lead_to_other_records(void **state)
{
	static const struct edit edits[] = {
		{ "links[0]", "\"KAZ-2026-000123\"",
			"links[0]: KAZ-2026-000123: a record is not" },
		{ "links[0]", "\"that one\"", "links[0]: \"that one\": no id" },
		{ "links[1]", "\"KAZ-2026-000122\"", "links[1]: says the same as [0]" },
	};
	static const struct edit fits[] = { { "links[1]", "\"RUS-5\"", NULL } };

	REFUSED(state, records_deportation, edits);
	ACCEPTED(state, records_deportation, fits);
}

static void sets_hold_each_code_once(void **state)
{
	static const struct edit edits[] = {
		{ "actions[2]", "\"detain\"", "actions[2]: says the same as [1]" },
		{ "person.markers[2]", "\"armed\"",
			"person.markers[2]: says the same as [0]" },
		{ "person.nationalities[1]", "\"BLR\"",
			"person.nationalities[1]: says the same" },
	};

	REFUSED(state, records_deportation, edits);
}

static void states_are_known(void **state)
{
	static const struct edit edits[] = {
		{ "person.nationalities[0]", "\"GER\"",
			"person.nationalities[0]: \"GER\": no such" },
		{ "person.birth_state", "\"Russia\"",
			"person.birth_state: \"Russia\": no such" },
		{ "person.documents[0].issuer", "\"blr\"",
			"person.documents[0].issuer: \"blr\": no such" },
		{ "person.personal_numbers[0].issuer", "\"BY\"",
			"person.personal_numbers[0].issuer: \"BY\": no such" },
	};
	static const struct edit fits[] = {
		{ "person.birth_state", "\"DDR\"", NULL },
		{ "person.documents[0].issuer", "\"D\"", NULL },
	};

	REFUSED(state, records_deportation, edits);
	ACCEPTED(state, records_deportation, fits);
}

static void long_texts_and_lists_are_refused(void **state)
{
	struct record_policy p = policy();
	char name[2 * 129 + 1] = "", why[64];
	const char *links[33];
	struct cordon_record *r = records_make(records_entry_ban, NULL, NULL, *state);
	struct errmsg msg = { "" };

	for (size_t i = 0; i < 128; i++) {
		strcat(name, "Ж");
	}
	r->person->names[0].surname = name;
	assert_int_equal(record_check(r, &p, &msg, NULL), 0);
	strcat(name, "Ж");
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_ETOOBIG);
	assert_string_equal(msg.text,
		"person.names[0].surname: 129 characters, at most 128 are allowed");
	r->person->names[0].surname = "X";
	for (size_t i = 0; i < 33; i++) {
		links[i] = "KAZ-1";
	}
	r->links = links;
	r->links_count = 33;
	snprintf(why, sizeof(why), "links: 33 of them, at most 32 are allowed");
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_ETOOBIG);
	assert_string_equal(msg.text, why);
}

/* Values that no JSON brings, but a program or a submission may. */
static void hostile_values_are_refused(void **state)
{
	struct record_policy p = policy();
	struct cordon_record *r = records_make(records_entry_ban, NULL, NULL, *state);
	struct errmsg msg = { "" };
	const char *nothing = NULL;

	r->person->born = (struct cordon_date){ 1980, 2, 30 };
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_string_equal(msg.text, "person.born: 1980-02-30: no such date");
	r->person->born = (struct cordon_date){ -5, 200, 255 };
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	r->person->born = (struct cordon_date){ 1980, 0, 0 };
	r->kind = 77;
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_string_equal(msg.text, "kind: code 77 is not known");
	r->kind = UINT32_MAX;
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	r->kind = CORDON_KIND_ENTRY_BAN;
	r->person->names[0].given = "\xff";
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_string_equal(msg.text,
		"person.names[0].given: not UTF-8, or a control character in it");
	r->person->names[0].given = NULL;
	r->links = &nothing;
	r->links_count = 1;
	assert_int_equal(record_check(r, &p, &msg, NULL), CORDON_EFIELD);
	assert_string_equal(msg.text, "links[0]: is empty");
	r->links_count = 0;
	assert_int_equal(record_check(r, &p, NULL, NULL), 0);
}

static void what_looks_mistaken_is_a_warning(void **state)
{
	static const struct edit ban[] = {
		{ "valid_until", "\"2026-03-14\"", "valid_until: 2026-03-14 is past" },
		{ "person.names[0].type", "\"alias\"",
			"person.names: none is primary" },
		{ "person.born", "\"1880-01-01\"",
			"person.born: more than 120 years ago" },
		{ "person.nationalities", "[\"UTO\"]", "person.nationalities[0]: UTO" },
		{ "person.markers", "[\"minor\"]",
			"person.markers: minor, but born 18" },
		{ "person.documents",
			"[{\"type\":\"P\",\"number\":\"1\",\"issuer\":\"KAZ\"}]",
			"person.documents[0].issuer: KAZ is the owner" },
		{ "person.documents", "[{\"number\":\"1\"}]",
			"person.documents[0].issuer: is" },
		{ "weak", "true", "weak: the person has" },
	};
	static const struct edit deportation[] = {
		{ "valid_until", "\"2029-01-01\"", "review_by: is after valid_until" },
	};
	static const struct edit document[] = {
		{ "scope", "\"employment\"", "scope: employment says nothing" },
	};

	ACCEPTED(state, records_entry_ban, ban);
	ACCEPTED(state, records_deportation, deportation);
	ACCEPTED(state, records_document, document);
}

static void a_minor_is_no_warning(void **state)
{
	struct record_policy p = policy();
	struct cordon_record *r = records_make(
		records_entry_ban, "person.markers", "[\"minor\"]", *state);
	struct errmsg warning = { "" };

	r->person->born = (struct cordon_date){ 2012, 5, 0 };
	assert_int_equal(record_check(r, &p, NULL, &warning), 0);
	assert_string_equal(warning.text, "");
}

static void only_the_first_warning_is_kept(void **state)
{
	struct record_policy p = policy();
	struct cordon_record *r = records_make(
		records_entry_ban, "valid_until", "\"2026-03-02\"", *state);
	struct errmsg warning = { "" };

	r->person->names[0].type = CORDON_NAME_ALIAS;
	assert_int_equal(record_check(r, &p, NULL, &warning), 0);
	assert_non_null(strstr(warning.text, "valid_until"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_records_are_accepted_without_a_word),
		cmocka_unit_test(mandatory_fields_must_be_there),
		cmocka_unit_test(only_the_owner_writes_a_record),
		cmocka_unit_test(reason_subject_and_fields_fit_the_kind),
		cmocka_unit_test(dates_are_in_order_and_within_bounds),
		cmocka_unit_test(the_edges_of_the_bounds_are_within),
		cmocka_unit_test(a_person_must_be_told_from_namesakes),
		cmocka_unit_test(only_a_public_list_brings_the_weak),
		cmocka_unit_test(own_nationals_are_not_listed),
		cmocka_unit_test(only_the_issuer_reports_its_documents),
		cmocka_unit_test(anyone_reports_a_counterfeit_but_with_care),
		cmocka_unit_test(numbers_and_ranges_can_be_looked_for),
		cmocka_unit_test(exceptions_say_for_whom_and_when),
		cmocka_unit_test(distinguished_persons_are_whole_and_consent),
		cmocka_unit_test(links_lead_to_other_records),
		cmocka_unit_test(sets_hold_each_code_once),
		cmocka_unit_test(states_are_known),
		cmocka_unit_test(long_texts_and_lists_are_refused),
		cmocka_unit_test(hostile_values_are_refused),
		cmocka_unit_test(what_looks_mistaken_is_a_warning),
		cmocka_unit_test(a_minor_is_no_warning),
		cmocka_unit_test(only_the_first_warning_is_kept),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
