/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_MATCH_SOUND_H
#define CORE_MATCH_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One word of a name to its sound (proto/MATCHING.md, sections 2 and 3).
 *
 * A sound is written with these letters:
 *
 *	a e i o u	vowels; e also е э ё (ye, je, io, yo, jo), i also ы и й y, u
 *also
 *ю y		я (ya, ja, ia, iya, ija ...), a vowel b v p f m n l r d t k g z s x
 *х: kh, ch after rules in which it is that
 *	h		h, of which nothing tells whether it is г or х
 *	c		ц: ts, tz, c before e i y
 *	S		ш: sh, sj, sch, sz
 *	C		ч: ch, tj, tsch, cz
 *	W		щ: shch, sjtj, schtsch
 *	Z		ж: zh, zj
 *	j		дж: dzh, j of English and Turkish
 *
 * No letter stands twice in a row, but for the k of -kkizi.  A word is first spelt: the
 *letters of each script become the ones above, or, of Latin words, a to z as they were
 *written with capitals for what a diacritic makes certain; then
 *
 *	~		й, a glide
 *	'		a soft sign, a glide before a vowel
 *	"		a hard sign, a vowel in Bulgarian
 *	U		ў
 *	E I		э ы, before which ц stays hard
 *	T D		ث ض: s z in Persian, t d in Arabic
 *	w		у that is always a vowel (ұ, ү, ю)
 *
 * beside them.
 */

#define SPELT_MAX 64 /* letters of a word as spelt; what comes after is left out */

struct spelt_word {
	char letters[SPELT_MAX];
	uint8_t size;
	bool latin;
	bool no_vowels;  /* short vowels are not written */
	uint16_t habits; /* that its letters show, enum sound_habit */
	char behind;     /* the character behind the word, '\0' at the end */
};

/* What the whole name shows of the rules that it was spelt by. */
enum sound_habit {
	HABIT_SWEDISH = 1,
	HABIT_GERMAN = 2,
	HABIT_CARON = 4, /* Czech, Slovak, Baltic, South Slavic, Finnish */
	HABIT_POLISH = 8,
	HABIT_TURKISH = 16,
	HABIT_ENGLISH = 32,
	HABIT_GLIDE_J = 64,     /* j is й */
	HABIT_BELARUSIAN = 128, /* soft т is ц; у is written where в was */
	HABIT_CH = 256,         /* ch is ч whatever else there is */
	HABIT_FRENCH = 512,     /* ch is ш, j is ж */
	HABIT_PERSIAN = 1024,   /* of Arabic letters: Persian, Dari, Pashto, Urdu */
	HABIT_AZERI = 2048,     /* q is г */
	HABIT_PINYIN = 4096     /* Chinese (sound_pinyin.h) */
};

/* Of a name, the union of its words'. */
unsigned sound_habits(const struct spelt_word *word);

#define HABITS_SLAVIC (HABIT_SWEDISH | HABIT_GERMAN | HABIT_CARON | HABIT_POLISH)

/* Returns the size of the sound, at most SPELT_MAX. */
size_t sound_of_spelt(
	const struct spelt_word *word, unsigned habits, char sound[SPELT_MAX]);

/* The steps of the above: the letters of a Latin word resolved, at most SPELT_MAX. */
size_t sound_latin(
	const struct spelt_word *word, unsigned habits, char resolved[SPELT_MAX]);

static inline bool sound_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

#endif
