/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/authz/sight.h"
#include "proto/record_codec.h"
#include "proto/record_json.h"

static struct cordon_record *read_record(const char *json)
{
	struct cordon_record *record;
	char message[256];

	if (cordon_record_from_json(
		    json, strlen(json), &record, message, sizeof(message)) != 0) {
		fail_msg("%s", message);
	}
	return record;
}

#define DATES "\"valid_from\":\"2026-01-01\",\"valid_until\":\"2029-12-31\","

static const char plain[] =
	"{\"id\":\"KAZ-1\",\"kind\":\"entry_ban\",\"reason\":\"overstay\"," DATES
	"\"actions\":[\"refuse_entry\"],\"person\":{\"names\":[{\"type\":\"primary\","
	"\"surname\":\"ABENOV\"}],\"born\":\"1980-01-01\"}}";

static const char full[] =
	"{\"id\":\"KAZ-1\",\"kind\":\"deportation\",\"reason\":\"overstay\"," DATES
	"\"actions\":[\"refuse_entry\",\"detain\"],\"review_by\":\"2028-01-01\","
	"\"scope\":\"all\",\"decision\":{\"authority\":\"Court\",\"number\":\"1\","
	"\"date\":\"2025-12-01\"},\"source\":{\"list\":\"L\",\"reference\":\"7\"},"
	"\"contact\":\"+7 700\",\"links\":[\"KAZ-2\"],\"note\":\"N\","
	"\"warning\":\"W\",\"internal_note\":\"I\",\"ordered_on\":\"2025-12-01\","
	"\"removed_on\":\"2025-12-05\",\"removed_to\":\"UZB\","
	"\"person\":{\"names\":[{\"type\":\"primary\",\"surname\":\"ABENOV\"},"
	"{\"type\":\"alias\",\"surname\":\"ABENOFF\"}],\"born\":\"1980-01-01\","
	"\"sex\":\"M\",\"nationalities\":[\"UZB\"],\"birth_place\":\"Nukus\","
	"\"personal_numbers\":[{\"number\":\"12345678901234\",\"issuer\":\"UZB\"}],"
	"\"documents\":[{\"type\":\"P\",\"number\":\"AA1\",\"issuer\":\"UZB\"}],"
	"\"markers\":[\"armed\"]},"
	"\"exceptions\":[{\"type\":\"dates\",\"from\":\"2026-02-01\","
	"\"until\":\"2026-02-02\",\"note\":\"trial\"}],"
	"\"distinguished\":[{\"names\":[{\"type\":\"primary\",\"surname\":\"OTHER\"}],"
	"\"born\":\"1980-01-01\",\"documents\":[{\"type\":\"P\",\"number\":\"BB2\","
	"\"issuer\":\"UZB\"}],\"consent_on\":\"2026-01-02\",\"why\":\"proven\"}]}";

static void an_ordinary_record_demands_nobody_else(void **state)
{
	struct cordon_record *record = read_record(plain);

	(void)state;
	assert_int_equal(sight_demands(record, 1000), 0);
	cordon_record_destroy(record);
}

static void what_is_grave_demands_a_second_pair_of_eyes(void **state)
{
	struct cordon_record *record = read_record(full);

	(void)state;
	assert_int_equal(sight_demands(record, 1000),
		EYES_DETAIN | EYES_EXCEPTIONS | EYES_DISTINGUISHED);
	cordon_record_destroy(record);
}

static void a_range_is_wide_beyond_the_number_configured(void **state)
{
	struct cordon_record *record = read_record(
		"{\"id\":\"KAZ-1\",\"kind\":\"invalid_document\","
		"\"reason\":\"stolen_blank\"," DATES
		"\"actions\":[\"seize_document\"],\"documents\":[{\"type\":\"P\","
		"\"number\":\"N100\",\"number_to\":\"N199\",\"issuer\":\"KAZ\"}]}");

	(void)state;
	assert_int_equal(sight_demands(record, 100), 0);
	assert_int_equal(sight_demands(record, 99), EYES_RANGES);
	cordon_record_destroy(record);
}

static void a_checkpoint_sees_what_it_decides_by(void **state)
{
	struct cordon_record *record = read_record(full), reduced, *back;
	struct cordon_person person;
	struct arena arena;
	struct bytes packed;
	char *json;

	(void)state;
	arena_init(&arena, 0);
	record->version = 3;
	sight_reduce(record, &reduced, &person);
	assert_null(reduced.internal_note);
	/* as it travels */
	assert_int_equal(record_seal(&reduced, NULL, &arena, &packed), 0);
	assert_int_equal(record_open(packed, &arena, &back, NULL, NULL), 0);
	assert_int_equal(cordon_record_to_json(back, &json), 0);
	assert_string_equal(json,
		"{\"actions\":[\"refuse_entry\",\"detain\"],\"contact\":\"+7 700\","
		"\"id\":\"KAZ-1\",\"kind\":\"deportation\",\"note\":\"N\","
		"\"person\":{\"birth_place\":\"Nukus\",\"born\":\"1980-01-01\","
		"\"markers\":[\"armed\"],\"names\":[{\"surname\":\"ABENOV\","
		"\"type\":\"primary\"},{\"surname\":\"ABENOFF\",\"type\":\"alias\"}],"
		"\"nationalities\":[\"UZB\"],\"sex\":\"M\"},\"reason\":\"overstay\","
		"\"scope\":\"all\",\"valid_from\":\"2026-01-01\","
		"\"valid_until\":\"2029-12-31\",\"version\":3,\"warning\":\"W\"}");
	free(json);
	arena_finish(&arena);
	cordon_record_destroy(record);
}

static void eyes_have_names(void **state)
{
	char text[EYES_TEXT_MAX];
	uint32_t eyes, all = 0;

	(void)state;
	for (size_t i = 0; i < EYES_COUNT; i++) {
		const char *name = eyes_name(1u << i);

		assert_non_null(name);
		assert_true(eyes_parse(name, &eyes));
		assert_int_equal(eyes, 1u << i);
		all |= eyes;
	}
	assert_int_equal(all, EYES_ALL);
	assert_true(eyes_parse("all", &eyes));
	assert_int_equal(eyes, EYES_ALL);
	assert_false(eyes_parse("none", &eyes));
	assert_null(eyes_name(EYES_ALL));
	eyes_text(EYES_DETAIN | EYES_EXCEPTIONS, text);
	assert_string_equal(text, "the action detain, an exception");
	eyes_text(EYES_ALL, text);
	assert_true(strlen(text) < EYES_TEXT_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_record_demands_nobody_else),
		cmocka_unit_test(what_is_grave_demands_a_second_pair_of_eyes),
		cmocka_unit_test(a_range_is_wide_beyond_the_number_configured),
		cmocka_unit_test(a_checkpoint_sees_what_it_decides_by),
		cmocka_unit_test(eyes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
