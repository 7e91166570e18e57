/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/spell.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "daemon/core/match/context.h"

#define FOLDED_BYTES (8 * MATCH_NAME_BYTES)

/* The word that is being read: its small letters, and how many of which script. */
struct reading {
	uint32_t letters[SPELT_MAX];
	size_t count, latin, cyrillic;
};

/* What a character is to its word. */
enum role {
	ROLE_BREAK,
	ROLE_SILENT,
	ROLE_LETTER,
	ROLE_UNKNOWN /* ICU must tell */
};

static enum role role_of(const struct match_context *context, uint32_t c)
{
	const struct sound_letter *letter = sound_letter_find(&context->letters, c);

	if (letter != NULL) {
		return letter->script == SCRIPT_SILENT ? ROLE_SILENT : ROLE_LETTER;
	}
	if (c == '0' || c == '1') {
		return ROLE_LETTER;
	}
	if (c < 0x80) {
		return ROLE_BREAK;
	}
	if (c == 0x2018 || c == 0x2019 || c == 0x201b || c == 0x2032) {
		return ROLE_SILENT;
	}
	return c == 0xa0 || (c >= 0x2000 && c < 0x2070) ? ROLE_BREAK : ROLE_UNKNOWN;
}

static uint32_t small_letter(uint32_t c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A' + 'a';
	}
	/* digits typed for the letters that look like them */
	if (c == '0') {
		return 'o';
	}
	if (c == '1') {
		return 'i';
	}
	return c < 0x80 ? c : (uint32_t)u_tolower((UChar32)c);
}

static void read_letter(
	const struct match_context *context, uint32_t c, struct reading *reading)
{
	uint32_t small = small_letter(c);
	const struct sound_letter *letter = sound_letter_find(&context->letters, small);

	if (letter == NULL || reading->count == SPELT_MAX) {
		return;
	}
	reading->latin += letter->script == SCRIPT_LATIN;
	reading->cyrillic += letter->script == SCRIPT_CYRILLIC;
	reading->letters[reading->count++] = small;
}

/* Whether each letter of a script has one of the other's that looks like it. */
static bool all_alike(const struct match_context *context,
	const struct reading *reading, enum letter_script script)
{
	for (size_t i = 0; i < reading->count; i++) {
		uint32_t c = reading->letters[i];

		if (sound_letter_find(&context->letters, c)->script == script &&
			sound_look_alike(c) == 0) {
			return false;
		}
	}
	return true;
}

/* Letters of two alphabets in one word: those are typed wrong that all have a
 * look-alike, the Latin ones first, or else the fewer. */
static enum letter_script typed_wrong(
	const struct match_context *context, const struct reading *reading)
{
	if (all_alike(context, reading, SCRIPT_LATIN)) {
		return SCRIPT_LATIN;
	}
	if (all_alike(context, reading, SCRIPT_CYRILLIC)) {
		return SCRIPT_CYRILLIC;
	}
	return reading->latin > reading->cyrillic ? SCRIPT_CYRILLIC : SCRIPT_LATIN;
}

static void mend(const struct match_context *context, struct reading *reading)
{
	enum letter_script wrong;

	if (reading->latin == 0 || reading->cyrillic == 0) {
		return;
	}
	wrong = typed_wrong(context, reading);
	reading->latin = wrong == SCRIPT_LATIN ? 0 : reading->count;
	for (size_t i = 0; i < reading->count; i++) {
		uint32_t c = reading->letters[i];

		if (sound_letter_find(&context->letters, c)->script == wrong &&
			sound_look_alike(c) != 0) {
			reading->letters[i] = sound_look_alike(c);
		}
	}
}

static bool is_alef(const struct reading *reading, size_t at)
{
	return at < reading->count &&
	       (reading->letters[at] == U'ا' || reading->letters[at] == U'آ');
}

/* Letters that their neighbours decide: Armenian ու, Arabic و and a silent ه. */
static const char *by_neighbours(const struct reading *reading, size_t at)
{
	bool last = at + 1 == reading->count;

	switch (reading->letters[at]) {
	case U'ո':
		return !last && reading->letters[at + 1] == U'ւ' ? "u" : NULL;
	case U'ւ':
		return at > 0 && reading->letters[at - 1] == U'ո' ? "" : NULL;
	case U'و':
		return at == 0 || is_alef(reading, at - 1) || is_alef(reading, at + 1)
			       ? "v"
			       : NULL;
	case U'ه':
		if (!last || reading->count <= 2) {
			return NULL;
		}
		return reading->letters[at - 1] == U'ل' &&
				       reading->letters[at - 2] == U'ل'
			       ? "a"
			       : "";
	default:
		return NULL;
	}
}

/* Latin letters left in a word of another alphabet, whose rules are not the word's. */
static const char *stray(const struct sound_letter *letter)
{
	switch (letter->text[0]) {
	case 'q':
		return "k";
	case 'w':
		return "v";
	case 'y':
		return "I";
	case 'j':
		return "~";
	default:
		return letter->text;
	}
}

static const char *spelling_of(
	const struct match_context *context, const struct reading *reading, size_t at)
{
	const struct sound_letter *letter =
		sound_letter_find(&context->letters, reading->letters[at]);
	const char *text = by_neighbours(reading, at);

	if (text != NULL) {
		return text;
	}
	return letter->script == SCRIPT_LATIN && reading->latin == 0 ? stray(letter)
								     : letter->text;
}

static void spell(const struct match_context *context, const struct reading *reading,
	struct spelt_word *word)
{
	size_t first = reading->count > 4 && reading->letters[0] == U'ا' &&
				       reading->letters[1] == U'ل'
			       ? 2
			       : 0;

	word->size = 0;
	word->habits = 0;
	word->latin = reading->latin > 0;
	word->no_vowels = false;
	for (size_t i = first; i < reading->count; i++) {
		const struct sound_letter *letter =
			sound_letter_find(&context->letters, reading->letters[i]);
		const char *text = spelling_of(context, reading, i);
		size_t size = strlen(text);

		if (word->size + size > SPELT_MAX) {
			break;
		}
		memcpy(word->letters + word->size, text, size);
		word->size = (uint8_t)(word->size + size);
		word->habits |= letter->habit;
		word->no_vowels = word->no_vowels || letter->script == SCRIPT_ARABIC;
	}
}

/* -ová, as Slovaks and Czechs put to foreign women's names: Ivanovová, Putinová,
 * Melničenková, Bondalová. */
static void end_of_woman(const struct reading *reading, struct spelt_word *word)
{
	char *end = word->letters + word->size;

	if (reading->count < 6 || word->size < 6 ||
		reading->letters[reading->count - 1] != U'á' ||
		memcmp(end - 3, "ova", 3) != 0 ||
		!(sound_vowel(end[-5]) || end[-4] == 'k')) {
		return;
	}
	word->size = (uint8_t)(word->size - 3);
	end -= 3;
	if (memcmp(end - 2, "ov", 2) == 0 || memcmp(end - 2, "ev", 2) == 0 ||
		memcmp(end - 2, "in", 2) == 0) {
		*end = 'a';
		word->size++;
	} else if (memcmp(end - 2, "nk", 2) == 0) {
		*end = 'o';
		word->size++;
	}
}

static void end_word(const struct match_context *context, struct reading *reading,
	uint32_t behind, struct spelt_words *words)
{
	if (reading->count == 0) {
		return;
	}
	if (words->count == SPELT_WORDS_MAX) {
		words->cut = true;
	} else {
		struct spelt_word *word = &words->words[words->count];

		mend(context, reading);
		spell(context, reading, word);
		end_of_woman(reading, word);
		word->behind = behind < 0x80 ? (char)behind : ' ';
		words->count += word->size > 0;
	}
	memset(reading, 0, sizeof(*reading));
}

/* A letter that not even ICU romanises: some consonant, always the same. */
static void read_unknown(
	const struct match_context *context, uint32_t c, struct reading *reading)
{
	static const char consonants[] = "bvpfmnlrdtkgzs";

	if (u_isalpha((UChar32)c)) {
		read_letter(context, (uint32_t)consonants[c % (sizeof(consonants) - 1)],
			reading);
	}
}

/* *covered: no character needed ICU; words are added even so. */
static int spell_plain(const struct match_context *context, const char *text,
	size_t size, struct spelt_words *words, bool *covered)
{
	const uint8_t *in = (const uint8_t *)text;
	struct reading reading = { .count = 0 };

	*covered = true;
	for (size_t i = 0; i < size;) {
		UChar32 c;

		U8_NEXT(in, i, size, c);
		if (c < 0) {
			return CORDON_EFIELD;
		}
		switch (role_of(context, (uint32_t)c)) {
		case ROLE_LETTER:
			read_letter(context, (uint32_t)c, &reading);
			break;
		case ROLE_BREAK:
			end_word(context, &reading, (uint32_t)c, words);
			break;
		case ROLE_UNKNOWN:
			*covered = false;
			read_unknown(context, (uint32_t)c, &reading);
			break;
		case ROLE_SILENT:
			break;
		}
	}
	end_word(context, &reading, 0, words);
	return 0;
}

int spell_text(struct match_context *context, const char *text, size_t size,
	struct spelt_words *words)
{
	char folded[FOLDED_BYTES];
	size_t count = words->count, folded_size;
	bool cut = words->cut, covered;
	int error = spell_plain(context, text, size, words, &covered);

	if (error != 0 || covered) {
		return error;
	}
	words->count = count;
	words->cut = cut;
	error = spell_folded(context, text, size, folded, sizeof(folded), &folded_size);
	return error != 0 ? error
			  : spell_plain(context, folded, folded_size, words, &covered);
}
