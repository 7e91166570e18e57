/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/record_json.h"

const char records_deportation[] =
	"{\"id\":\"KAZ-2026-000123\",\"kind\":\"deportation\",\"version\":7,"
	"\"valid_from\":\"2026-03-01\",\"valid_until\":\"2031-03-01\","
	"\"utc_offset_min\":300,\"review_by\":\"2029-03-01\","
	"\"reason\":\"administrative_expulsion\","
	"\"actions\":[\"refuse_entry\",\"detain\"],\"scope\":\"employment\","
	"\"decision\":{\"authority\":\"Migration Police, "
	"Almaty\",\"number\":\"17/441\","
	"\"date\":\"2026-02-27\",\"legal_basis\":\"art. 28\"},"
	"\"source\":{\"list\":\"paper file\",\"reference\":\"A-12\"},"
	"\"contact\":\"+7 000 000 00 00\",\"links\":[\"KAZ-2026-000122\"],"
	"\"note\":\"Қосымша мәлімет\",\"warning\":\"Двойник живёт в Минске\","
	"\"internal_note\":\"ours alone\","
	"\"person\":{\"names\":["
	"{\"type\":\"primary\",\"surname\":\"Иванов\",\"given\":\"Сергей\","
	"\"patronymic\":\"Петрович\"},"
	"{\"type\":\"alias\",\"full\":\"SIARHEI IVANOU\"}],"
	"\"born\":\"1980-05-07\",\"born_approximate\":true,"
	"\"born_alternatives\":[\"1981\",\"1980-06\"],\"sex\":\"M\","
	"\"nationalities\":[\"BLR\"],\"birth_place\":\"Гомель\",\"birth_state\":"
	"\"SUN\","
	"\"personal_numbers\":[{\"number\":\"3070580A001PB5\",\"issuer\":\"BLR\"}],"
	"\"documents\":[{\"type\":\"P\",\"number\":\"MP1234567\",\"issuer\":\"BLR\","
	"\"issued_on\":\"2019-01-02\",\"expires_on\":\"2029-01\"}],"
	"\"markers\":[\"armed\",\"violent\"]},"
	"\"ordered_on\":\"2026-02-27\",\"removed_on\":\"2026-03-01\","
	"\"removed_to\":\"BLR\","
	"\"exceptions\":[{\"type\":\"dates\",\"from\":\"2026-05-01\","
	"\"until\":\"2026-05-09\",\"note\":\"funeral\"},"
	"{\"type\":\"documents\",\"documents\":[{\"type\":\"R\",\"number\":\"AB123\","
	"\"issuer\":\"KAZ\"}]}],"
	"\"distinguished\":[{\"names\":[{\"type\":\"primary\",\"surname\":\"Иванов\","
	"\"given\":\"Сергей\"}],\"born\":\"1980-05-07\","
	"\"documents\":[{\"type\":\"P\",\"number\":\"MP7654321\",\"issuer\":\"BLR\"}],"
	"\"consent_on\":\"2026-03-02\",\"why\":\"fingerprints compared\"}]}";

const char records_document[] =
	"{\"id\":\"KAZ-9\",\"kind\":\"invalid_document\",\"reason\":\"stolen_blank\","
	"\"valid_from\":\"2026-02-01\",\"valid_until\":\"2035-12-31\","
	"\"actions\":[\"seize_document\",\"notify_issuer\"],"
	"\"documents\":[{\"type\":\"P\",\"number\":\"N75000001\","
	"\"number_to\":\"N75050000\",\"issuer\":\"KAZ\"}]}";

const char records_entry_ban[] =
	"{\"id\":\"KAZ-2026-7\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","
	"\"valid_from\":\"2026-03-01\",\"valid_until\":\"2031-03-01\","
	"\"actions\":[\"refuse_entry\"],"
	"\"person\":{\"names\":[{\"type\":\"primary\",\"surname\":\"PETROSYAN\","
	"\"given\":\"ARAM\"}],\"born\":\"1990-11-30\",\"nationalities\":[\"ARM\"]}}";

int records_setup(void **state)
{
	struct arena *arena = malloc(sizeof(*arena));

	assert_non_null(arena);
	arena_init(arena, 0);
	*state = arena;
	return 0;
}

int records_teardown(void **state)
{
	arena_finish(*state);
	free(*state);
	return 0;
}

json_t *records_json(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_DECODE_ANY, &error);

	if (json == NULL) {
		fail_msg("%s: %s", text, error.text);
	}
	return json;
}

/* Steps down one name or index of path; *last tells that nothing follows. */
static json_t *step(json_t *json, const char **path, char *name, bool *last)
{
	size_t size = strcspn(*path, ".[");
	const char *rest = *path + size;

	assert_true(size < 64);
	memcpy(name, *path, size);
	name[size] = '\0';
	*last = *rest == '\0';
	*path = rest + (*rest == '.' ? 1 : 0);
	return *last ? NULL : json_object_get(json, name);
}

static json_t *step_index(json_t *list, const char **path, size_t *index, bool *last)
{
	char *end;

	*index = strtoul(*path + 1, &end, 10);
	assert_int_equal(*end, ']');
	*last = end[1] == '\0';
	*path = end + (end[1] == '.' ? 2 : 1);
	return *last ? NULL : json_array_get(list, *index);
}

static void set_member(json_t *object, const char *name, const char *value)
{
	if (value == NULL) {
		assert_int_equal(json_object_del(object, name), 0);
	} else {
		assert_int_equal(
			json_object_set_new(object, name, records_json(value)), 0);
	}
}

static void set_element(json_t *list, size_t index, const char *value)
{
	if (value == NULL) {
		assert_int_equal(json_array_remove(list, index), 0);
	} else if (index == json_array_size(list)) {
		assert_int_equal(json_array_append_new(list, records_json(value)), 0);
	} else {
		assert_int_equal(
			json_array_set_new(list, index, records_json(value)), 0);
	}
}

void records_edit(json_t *json, const char *path, const char *value)
{
	char name[64];
	size_t index;
	bool last = false;

	while (!last) {
		json_t *next;

		assert_non_null(json);
		if (*path == '[') {
			next = step_index(json, &path, &index, &last);
			if (last) {
				set_element(json, index, value);
			}
		} else {
			next = step(json, &path, name, &last);
			if (last) {
				set_member(json, name, value);
			}
		}
		json = next;
	}
}

struct cordon_record *records_read(const json_t *json, struct arena *arena)
{
	struct errmsg msg = { "" };
	struct cordon_record *record = NULL;

	if (record_json_read(json, arena, &record, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	return record;
}

struct cordon_record *records_make(
	const char *text, const char *path, const char *value, struct arena *arena)
{
	json_t *json = records_json(text);
	struct cordon_record *record;

	if (path != NULL) {
		records_edit(json, path, value);
	}
	record = records_read(json, arena);
	json_decref(json);
	return record;
}
