/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound_letter.h"

#include <stddef.h>
#include <string.h>

#include <unicode/uchar.h>

#include "daemon/core/match/sound_table.h"

static struct sound_letter *place(struct sound_letters *letters, uint32_t c)
{
	if (c < LETTERS_END) {
		return &letters->letters[c];
	}
	if (c >= GEORGIAN_FIRST && c < GEORGIAN_END) {
		return &letters->letters[LETTERS_END + c - GEORGIAN_FIRST];
	}
	return NULL;
}

static void add_table(struct sound_letters *letters, const struct letter_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct letter_row *row = &table->rows[i];
		struct sound_letter *letter = place(letters, row->letter);

		memcpy(letter->text, row->text, LETTER_TEXT);
		letter->script = (uint8_t)table->script;
		letter->habit = row->habit;
	}
}

/* Capitals get the row of their small letter. */
static void add_capitals(struct sound_letters *letters)
{
	for (uint32_t c = 0x80; c < LETTERS_END; c++) {
		UChar32 lower = u_tolower((UChar32)c);

		if ((uint32_t)lower != c && lower < LETTERS_END) {
			letters->letters[c] = letters->letters[lower];
		}
	}
	/* İ has no single small letter of its own */
	letters->letters[0x130] = letters->letters[0x131];
}

void sound_letters_init(struct sound_letters *letters)
{
	memset(letters, 0, sizeof(*letters));
	for (uint32_t c = 'a'; c <= 'z'; c++) {
		letters->letters[c].text[0] = (char)c;
		letters->letters[c].script = SCRIPT_LATIN;
		letters->letters[c - 'a' + 'A'] = letters->letters[c];
	}
	for (size_t i = 0; i < letter_tables_count; i++) {
		add_table(letters, &letter_tables[i]);
	}
	for (size_t i = 0; i < silent_signs_count; i++) {
		letters->letters[silent_signs[i]].script = SCRIPT_SILENT;
	}
	letters->letters['\''].script = SCRIPT_SILENT;
	letters->letters['`'].script = SCRIPT_SILENT;
	add_capitals(letters);
}

const struct sound_letter *sound_letter_find(
	const struct sound_letters *letters, uint32_t c)
{
	const struct sound_letter *letter = NULL;

	if (c < LETTERS_END) {
		letter = &letters->letters[c];
	} else if (c >= GEORGIAN_FIRST && c < GEORGIAN_END) {
		letter = &letters->letters[LETTERS_END + c - GEORGIAN_FIRST];
	}
	return letter == NULL || letter->script == SCRIPT_NONE ? NULL : letter;
}

uint32_t sound_look_alike(uint32_t c)
{
	for (size_t i = 0; i < look_alikes_count; i++) {
		if (look_alikes[i][0] == c) {
			return look_alikes[i][1];
		}
		if (look_alikes[i][1] == c) {
			return look_alikes[i][0];
		}
	}
	return 0;
}
