/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/counterpart.h"

#include <string.h>

#include "daemon/core/match/context.h"
#include "daemon/core/match/father.h"
#include "daemon/core/match/spell.h"

static uint32_t hash(uint8_t kind, const char *sound, size_t size)
{
	uint32_t value = 2166136261U ^ kind;

	for (size_t i = 0; i < size; i++) {
		value = (value ^ (uint8_t)sound[i]) * 16777619U;
	}
	return value ^ value >> 15;
}

/* Names and fathers are each found alone, all other kinds together. */
static uint8_t group(uint8_t kind)
{
	return kind == COUNTERPART_NAME || kind == COUNTERPART_FATHER ? kind : 0;
}

static bool is(const struct counterpart *slot, uint8_t in_group, const char *sound,
	size_t size)
{
	return group(slot->kind) == in_group && slot->from_size == size &&
	       memcmp(slot->from, sound, size) == 0;
}

static size_t find_slot(const struct counterparts *counterparts, uint8_t in_group,
	const char *sound, size_t size)
{
	size_t at = hash(in_group, sound, size) % COUNTERPARTS_SLOTS;

	while (counterparts->slots[at].kind != 0 &&
		!is(&counterparts->slots[at], in_group, sound, size)) {
		at = (at + 1) % COUNTERPARTS_SLOTS;
	}
	return at;
}

const struct counterpart *counterpart_find(const struct counterparts *counterparts,
	enum counterpart_kind kind, const char *sound, size_t size)
{
	const struct counterpart *slot;

	slot = &counterparts
			->slots[find_slot(counterparts, (uint8_t)kind, sound, size)];
	return slot->kind == 0 ? NULL : slot;
}

/* The first row that gives a sound keeps it. */
static int add(struct counterparts *counterparts, const struct counterpart *row)
{
	size_t at =
		find_slot(counterparts, group(row->kind), row->from, row->from_size);

	if (counterparts->slots[at].kind != 0) {
		return 0;
	}
	if (counterparts->count >= COUNTERPARTS_SLOTS / 2) {
		return CORDON_EINTERNAL;
	}
	counterparts->slots[at] = *row;
	counterparts->count++;
	return 0;
}

/* The next of the forms between blanks; false when there is none or it is no word. */
static bool next_form(
	struct match_context *context, const char **forms, struct spelt_word *form)
{
	size_t size;
	struct spelt_words words = { .count = 0 };

	*forms += strspn(*forms, " ");
	size = strcspn(*forms, " ");
	if (size == 0 || spell_text(context, *forms, size, &words) != 0 ||
		words.count != 1) {
		return false;
	}
	*forms += size;
	*form = words.words[0];
	return true;
}

static uint8_t sound_of_form(
	const struct spelt_word *form, unsigned habits, char sound[COUNTERPART_SOUND])
{
	char whole[SPELT_MAX];
	size_t size = sound_of_spelt(form, form->habits | habits, whole);

	size = size < COUNTERPART_SOUND ? size : COUNTERPART_SOUND;
	memcpy(sound, whole, size);
	return (uint8_t)size;
}

/* The habits that a Latin form may be read by. */
static const unsigned readings[] = { 0, HABIT_GLIDE_J, HABIT_SWEDISH | HABIT_GLIDE_J,
	HABIT_GERMAN | HABIT_GLIDE_J, HABIT_CARON, HABIT_TURKISH, HABIT_BELARUSIAN };

#define READINGS (sizeof(readings) / sizeof(readings[0]))

/* A sound of a form, and of a man's name the stem of a patronymic. */
static int add_sound(struct match_context *context, char sex,
	const struct spelt_word *form, struct counterpart row)
{
	int error = 0;

	if (form->behind != '-') {
		row.kind = COUNTERPART_NAME;
		error = add(context->counterparts, &row);
	}
	if (error == 0 && sex == 'm') {
		row.kind = COUNTERPART_FATHER;
		row.from_size = (uint8_t)father_stem(row.from, row.from_size);
		error = add(context->counterparts, &row);
	}
	return error;
}

/* г is h, and х is h, where a Latin spelling does not tell more. */
static bool with_h(struct counterpart *row, char letter)
{
	bool found = false;

	for (uint8_t i = 0; i < row->from_size; i++) {
		if (row->from[i] == letter) {
			row->from[i] = 'h';
			found = true;
		}
	}
	return found;
}

static int add_form(struct match_context *context, char sex,
	const struct spelt_word *form, struct counterpart row)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < READINGS; i++) {
		struct counterpart variant;

		row.from_size = sound_of_form(form, readings[i], row.from);
		error = add_sound(context, sex, form, row);
		variant = row;
		if (error == 0 && with_h(&variant, 'g')) {
			error = add_sound(context, sex, form, variant);
		}
		variant = row;
		if (error == 0 && with_h(&variant, 'x')) {
			error = add_sound(context, sex, form, variant);
		}
	}
	return error;
}

static int add_row(struct match_context *context, const struct counterpart_row *names)
{
	struct counterpart row = { .kind = 0 };
	const char *forms = names->forms;
	struct spelt_word form;
	int error = 0;

	while (error == 0 && next_form(context, &forms, &form)) {
		if (row.to_size == 0) {
			row.to_size = sound_of_form(&form, 0, row.to);
		}
		error = add_form(context, names->sex, &form, row);
	}
	return error != 0 || *forms != '\0' ? CORDON_EINTERNAL : 0;
}

static int add_words(
	struct match_context *context, const struct counterpart_word *words)
{
	struct counterpart row = { .kind = (uint8_t)words->kind };
	const char *forms = words->forms;
	struct spelt_word form;
	int error = 0;

	while (error == 0 && next_form(context, &forms, &form)) {
		row.from_size = sound_of_form(&form, 0, row.from);
		error = add(context->counterparts, &row);
	}
	return error != 0 || *forms != '\0' ? CORDON_EINTERNAL : 0;
}

int counterparts_init(struct match_context *context)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < counterpart_rows_count; i++) {
		error = add_row(context, &counterpart_rows[i]);
	}
	for (size_t i = 0; error == 0 && i < counterpart_words_count; i++) {
		error = add_words(context, &counterpart_words[i]);
	}
	return error;
}
