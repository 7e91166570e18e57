/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "proto/record_codec.h"
#include "proto/record_fields.h"
#include "proto/record_json.h"
#include "tests/lib/records.h"

static const uint8_t salt[RECORD_SALT_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct bytes seal(const struct cordon_record *record, struct arena *arena)
{
	struct bytes sealed;

	assert_int_equal(record_seal(record, salt, arena, &sealed), 0);
	return sealed;
}

static struct cordon_record *open_sealed(struct bytes sealed, struct arena *arena)
{
	struct cordon_record *record = NULL;
	struct errmsg msg = { "" };
	bool unknown = true;

	if (record_open(sealed, arena, &record, &unknown, &msg) != 0) {
		fail_msg("%s", msg.text);
	}
	assert_false(unknown);
	return record;
}

static Cordon__Record *message_of(struct bytes sealed, struct arena *arena)
{
	ProtobufCMessage *message;

	assert_int_equal(message_unpack(&cordon__record__descriptor, sealed, arena,
				 &message, NULL),
		0);
	return (Cordon__Record *)message;
}

static struct bytes pack(const Cordon__Record *message, struct arena *arena)
{
	struct bytes packed;

	assert_int_equal(message_pack(&message->base, arena, &packed), 0);
	return packed;
}

static void assert_unreadable(
	struct bytes sealed, struct arena *arena, const char *word)
{
	struct cordon_record *record = NULL;
	struct errmsg msg = { "" };

	assert_int_equal(
		record_open(sealed, arena, &record, NULL, &msg), CORDON_ESYNTAX);
	if (strstr(msg.text, word) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", msg.text, word);
	}
	assert_null(record);
}

static void same_names(const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		const ProtobufCFieldDescriptor *in = &shape->descriptor->fields[i];

		assert_string_equal(field->name, in->name);
		assert_int_equal(
			field->repeated, in->label == PROTOBUF_C_LABEL_REPEATED);
		assert_int_equal(field->type == FIELD_OBJECT,
			in->type == PROTOBUF_C_TYPE_MESSAGE);
		if (field->type == FIELD_OBJECT) {
			assert_ptr_equal(field->shape->descriptor, in->descriptor);
			assert_int_equal(field->shape->count,
				field->shape->descriptor->n_fields);
			same_names(field->shape);
		}
	}
}

static void the_table_of_fields_is_that_of_the_schema(void **state)
{
	(void)state;
	same_names(&record_shape);
	/* all but the salt */
	assert_int_equal(record_shape.count + 1, record_shape.descriptor->n_fields);
}

/* True when wanted says something anywhere in object. */
static bool says(
	const struct shape *shape, const void *object, const struct field *wanted)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		struct values values = field_values(field, object);

		for (size_t j = 0; j < values.count; j++) {
			void *value = values_at(&values, j);

			if (field == wanted && !field_value_absent(field, value)) {
				return true;
			}
			if (field->type == FIELD_OBJECT &&
				says(field->shape, value, wanted)) {
				return true;
			}
		}
	}
	return false;
}

static void all_said(
	const struct shape *shape, struct cordon_record *const *records, size_t count)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		bool said = false;

		for (size_t j = 0; j < count; j++) {
			said = said || says(&record_shape, records[j], field);
		}
		if (!said) {
			fail_msg("no test record says %s", field->name);
		}
		if (field->type == FIELD_OBJECT) {
			all_said(field->shape, records, count);
		}
	}
}

static void the_test_records_say_something_in_every_field(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *records[] = {
		records_make(records_deportation, "weak", "true", arena),
		records_make(records_document, NULL, NULL, arena),
	};

	all_said(&record_shape, records, 2);
}

static void json_sealed_and_opened_gives_the_same_json(void **state)
{
	static const char *const texts[] = { records_deportation, records_document,
		records_entry_ban };
	struct arena *arena = *state;

	for (size_t i = 0; i < 3; i++) {
		json_t *json = records_json(texts[i]), *back;
		struct cordon_record *record = records_read(json, arena);

		json_object_del(json, "internal_note");
		back = record_json_write(open_sealed(seal(record, arena), arena), true);
		assert_true(json_equal(json, back));
		json_decref(json);
		json_decref(back);
	}
}

static void sealing_what_was_opened_gives_the_same_bytes(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *record =
		records_make(records_deportation, NULL, NULL, arena);
	struct bytes first = seal(record, arena);
	struct bytes second = seal(open_sealed(first, arena), arena);

	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.data, second.data, first.size);
	assert_memory_equal(
		message_of(first, arena)->salt.data, salt, RECORD_SALT_BYTES);
}

static void the_internal_note_is_never_sealed(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *record =
		records_make(records_deportation, NULL, NULL, arena);

	assert_non_null(record->internal_note);
	assert_null(open_sealed(seal(record, arena), arena)->internal_note);
}

static void a_submission_has_the_note_but_neither_salt_nor_version(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *record =
		records_make(records_deportation, NULL, NULL, arena);
	struct cordon_record *back;
	struct bytes packed;

	assert_int_equal(record_pack(record, arena, &packed), 0);
	assert_int_equal(message_of(packed, arena)->salt.len, 0);
	back = open_sealed(packed, arena);
	assert_string_equal(back->internal_note, "ours alone");
	assert_int_equal(back->version, 0);
	assert_true(record_same_content(record, back));
}

static void a_set_of_codes_has_one_encoding(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *one = records_make(
		records_deportation, "actions", "[\"detain\",\"refuse_entry\"]", arena);
	struct cordon_record *other = records_make(records_deportation, "actions",
		"[\"refuse_entry\",\"detain\",\"detain\"]", arena);
	struct bytes a = seal(one, arena), b = seal(other, arena);

	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
}

static void what_is_opened_stands_alone(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_entry_ban, NULL, NULL, arena), arena);
	uint8_t *copy = malloc(sealed.size);
	struct bytes moved = { copy, sealed.size };
	struct cordon_record *record;

	assert_non_null(copy);
	memcpy(copy, sealed.data, sealed.size);
	record = open_sealed(moved, arena);
	memset(copy, 0xff, sealed.size);
	free(copy);
	assert_string_equal(record->person->names[0].surname, "PETROSYAN");
}

static void codes_and_fields_of_newer_members_are_told_not_refused(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_entry_ban, NULL, NULL, arena), arena);
	Cordon__Record *message = message_of(sealed, arena);
	uint8_t *longer = arena_alloc(arena, sealed.size + 4);
	struct bytes more = { longer, sealed.size + 4 };
	struct cordon_record *record;
	bool unknown = false;

	message->kind = 77;
	message->actions[0] = 4000000000;
	assert_int_equal(
		record_open(pack(message, arena), arena, &record, &unknown, NULL), 0);
	assert_true(unknown);
	assert_int_equal(record->kind, 77);
	assert_true(record->actions[0] == 4000000000);

	memcpy(longer, sealed.data, sealed.size);
	memcpy(longer + sealed.size, "\xa2\x06\x01x", 4); /* field 100 */
	unknown = false;
	assert_int_equal(record_open(more, arena, &record, &unknown, NULL), 0);
	assert_true(unknown);
}

static void text_that_is_none_is_named(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_deportation, NULL, NULL, arena), arena);
	Cordon__Record *message = message_of(sealed, arena);

	message->person->names[1]->full = message_data("\xff");
	assert_unreadable(
		pack(message, arena), arena, "person.names[1].full: not UTF-8");
	message = message_of(sealed, arena);
	message->note = message_data("two\nlines");
	assert_unreadable(pack(message, arena), arena, "note: not UTF-8");
	message = message_of(sealed, arena);
	message->distinguished[0]->documents[0]->number = message_data("\xc0\x80");
	assert_unreadable(
		pack(message, arena), arena, "distinguished[0].documents[0].number");
}

static void dates_that_are_none_are_named(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_deportation, NULL, NULL, arena), arena);
	Cordon__Record *message = message_of(sealed, arena);

	message->valid_until = message_data("2031-02-30");
	assert_unreadable(pack(message, arena), arena, "valid_until: no such date");
	message = message_of(sealed, arena);
	message->person->born_alternatives[1] = message_data("198x");
	assert_unreadable(pack(message, arena), arena, "person.born_alternatives[1]");
}

static void empty_elements_of_lists_are_refused(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_deportation, NULL, NULL, arena), arena);
	Cordon__Record *message = message_of(sealed, arena);

	message->links[0] = message_data(NULL);
	assert_unreadable(pack(message, arena), arena, "links[0]: is empty");
	message = message_of(sealed, arena);
	message->person->nationalities[0] = message_data(NULL);
	assert_unreadable(
		pack(message, arena), arena, "person.nationalities[0]: is empty");
	message = message_of(sealed, arena);
	message->actions[0] = 0;
	assert_unreadable(pack(message, arena), arena, "actions[0]: is empty");
}

static void a_version_that_json_cannot_hold_is_refused(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_deportation, NULL, NULL, arena), arena);
	Cordon__Record *message = message_of(sealed, arena);

	message->version = (uint64_t)INT64_MAX + 1;
	assert_unreadable(pack(message, arena), arena, "version");
}

static void cut_or_altered_bytes_never_harm(void **state)
{
	struct arena *arena = *state;
	struct bytes sealed =
		seal(records_make(records_deportation, NULL, NULL, arena), arena);

	for (size_t i = 0; i < sealed.size; i++) {
		/* in memory of its own, so that a read beyond it is seen */
		uint8_t *copy = malloc(sealed.size);
		struct bytes cut = { copy, i }, altered = { copy, sealed.size };
		struct cordon_record *record;
		struct arena own;

		assert_non_null(copy);
		arena_init(&own, 1024 * 1024);
		memcpy(copy, sealed.data, sealed.size);
		(void)record_open(cut, &own, &record, NULL, NULL);
		copy[i] ^= 0x10;
		(void)record_open(altered, &own, &record, NULL, NULL);
		arena_finish(&own);
		free(copy);
	}
}

static void more_than_a_record_can_be_is_refused(void **state)
{
	struct arena *arena = *state;
	char *note = arena_alloc(arena, RECORD_SEALED_MAX);
	struct cordon_record record = { .id = "KAZ-1", .note = note };
	struct bytes packed = { NULL, 7 }, large = { NULL, RECORD_SEALED_MAX + 1 };

	memset(note, 'x', RECORD_SEALED_MAX - 1);
	assert_int_equal(record_pack(&record, arena, &packed), CORDON_ETOOBIG);
	assert_int_equal(record_seal(&record, salt, arena, &packed), CORDON_ETOOBIG);
	assert_int_equal(packed.size, 7);
	assert_unreadable(large, arena, "at most 65536");
	note[RECORD_SEALED_MAX - 100] = '\0';
	assert_int_equal(record_seal(&record, salt, arena, &packed), 0);
}

static void memory_that_runs_out_is_an_error_at_every_step(void **state)
{
	struct arena *arena = *state;
	struct cordon_record *record =
		records_make(records_deportation, NULL, NULL, arena);
	struct bytes sealed = seal(record, arena), packed;
	int sealed_error = CORDON_ENOMEM, opened_error = CORDON_ENOMEM;

	for (size_t limit = 1; sealed_error != 0 || opened_error != 0; limit += 16) {
		struct cordon_record *opened;
		struct arena small;

		arena_init(&small, limit);
		sealed_error = record_seal(record, salt, &small, &packed);
		assert_true(sealed_error == 0 || sealed_error == CORDON_ENOMEM);
		arena_finish(&small);
		arena_init(&small, limit);
		opened_error = record_open(sealed, &small, &opened, NULL, NULL);
		assert_true(opened_error == 0 || opened_error == CORDON_ENOMEM);
		arena_finish(&small);
		assert_true(limit < 1000000);
	}
}

static void a_record_of_its_own_outlives_everything(void **state)
{
	struct arena own;
	struct cordon_record *record = NULL;
	struct bytes none = { (const uint8_t *)"\xff", 1 };

	(void)state;
	arena_init(&own, 0);
	assert_int_equal(
		record_open_own(
			seal(records_make(records_deportation, NULL, NULL, &own), &own),
			&record, NULL),
		0);
	assert_int_equal(record_open_own(none, &record, NULL), CORDON_ESYNTAX);
	arena_finish(&own);
	assert_string_equal(
		record->person->personal_numbers[0].number, "3070580A001PB5");
	cordon_record_destroy(record);
	cordon_record_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_fields_is_that_of_the_schema),
		cmocka_unit_test(the_test_records_say_something_in_every_field),
		cmocka_unit_test(json_sealed_and_opened_gives_the_same_json),
		cmocka_unit_test(sealing_what_was_opened_gives_the_same_bytes),
		cmocka_unit_test(the_internal_note_is_never_sealed),
		cmocka_unit_test(
			a_submission_has_the_note_but_neither_salt_nor_version),
		cmocka_unit_test(a_set_of_codes_has_one_encoding),
		cmocka_unit_test(what_is_opened_stands_alone),
		cmocka_unit_test(
			codes_and_fields_of_newer_members_are_told_not_refused),
		cmocka_unit_test(text_that_is_none_is_named),
		cmocka_unit_test(dates_that_are_none_are_named),
		cmocka_unit_test(empty_elements_of_lists_are_refused),
		cmocka_unit_test(a_version_that_json_cannot_hold_is_refused),
		cmocka_unit_test(cut_or_altered_bytes_never_harm),
		cmocka_unit_test(more_than_a_record_can_be_is_refused),
		cmocka_unit_test(memory_that_runs_out_is_an_error_at_every_step),
		cmocka_unit_test(a_record_of_its_own_outlives_everything),
	};

	return cmocka_run_group_tests(tests, records_setup, records_teardown);
}
