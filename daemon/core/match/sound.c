/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound.h"

#include <string.h>

#include "daemon/core/match/sound_pinyin.h"

struct line {
	char text[SPELT_MAX];
	size_t size;
};

/* Two letters that are one sound when they meet. */
static const char meetings[][4] = { "dZj", "tsc", "tcc", "dcc", "tSC", "tCC", "SCW",
	"sCW", "zCW", "ZCW", "WCW", "sSS", "SsS", "zZZ" };

static void put(struct line *line, char c)
{
	char last = line->size > 0 ? line->text[line->size - 1] : '\0';

	if (last == c) {
		return;
	}
	for (size_t i = 0; i < sizeof(meetings) / sizeof(meetings[0]); i++) {
		if (meetings[i][0] == last && meetings[i][1] == c) {
			line->size--;
			put(line, meetings[i][2]);
			return;
		}
	}
	if (line->size < SPELT_MAX) {
		line->text[line->size++] = c;
	}
}

static bool soft(char c)
{
	return c == 'e' || c == 'i' || c == '\'' || c == '~';
}

/* Letters that only their neighbours or habits tell apart, before they are put. */
static char plain(char c, unsigned habits)
{
	switch (c) {
	case 'E':
		return 'e';
	case 'I':
		return 'i';
	case 'T':
		return (habits & HABIT_PERSIAN) != 0 ? 's' : 't';
	case 'D':
		return (habits & HABIT_PERSIAN) != 0 ? 'z' : 'd';
	default:
		return c;
	}
}

/* Whether the word ends with қызы, daughter, here, and a k before. */
static bool daughter_at(const struct line *in, size_t at)
{
	return at > 0 && in->size - at == 4 && in->text[at - 1] == 'k' &&
	       (in->text[at + 1] == 'i' || in->text[at + 1] == 'I') &&
	       in->text[at + 2] == 'z';
}

/* Consonants: those that meet; дз before a soft vowel is д, in Belarusian ц is т. */
static void meet(const struct line *in, unsigned habits, bool latin, struct line *out)
{
	bool belarusian = (habits & HABIT_BELARUSIAN) != 0;

	for (size_t i = 0; i < in->size; i++) {
		size_t used = out->size;
		char c = in->text[i];

		if (soft(c) && used >= 2 && out->text[used - 1] == 'z' &&
			out->text[used - 2] == 'd') {
			out->size--;
		} else if (belarusian && used > 0 && out->text[used - 1] == 'c' &&
			   soft(c) && !(latin && c == 'e')) {
			out->text[used - 1] = 't';
		}
		if (c == 'k' && daughter_at(in, i)) {
			/* parts the two k of Бекқызы until all is done */
			put(out, '|');
		}
		put(out, plain(c, habits));
	}
}

static bool glides(char c)
{
	return c == 'i' || c == '~' || c == '\'' || c == '"';
}

static bool open_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'o' || c == 'u' || c == 'w';
}

/* Whether a vowel that glides stands behind a run of i and glides. */
static bool glides_into(const char *run, size_t size, char behind)
{
	return open_vowel(behind) || (behind == 'U' && memchr(run, 'i', size) == NULL);
}

static char glided(char vowel)
{
	switch (vowel) {
	case 'a':
		return 'y';
	case 'o':
	case 'U':
		return 'e';
	case 'u':
		return 'w';
	default:
		return vowel;
	}
}

/* What a run of i and glides is that no vowel follows. */
static void close_run(const char *run, size_t size, bool last, struct line *out)
{
	for (size_t i = 0; i < size; i++) {
		if (run[i] == 'i' || run[i] == '~') {
			put(out, 'i');
		} else if (run[i] == '"' && !last) {
			put(out, 'a');
		}
	}
}

/* Glides and the vowels behind them. */
static void glide(const struct line *in, struct line *out)
{
	for (size_t i = 0; i < in->size;) {
		size_t end = i;

		while (end < in->size && glides(in->text[end])) {
			end++;
		}
		if (end == i) {
			put(out, in->text[i++]);
		} else if (end < in->size &&
			   glides_into(in->text + i, end - i, in->text[end])) {
			put(out, glided(in->text[end]));
			i = end + 1;
		} else {
			close_run(in->text + i, end - i, end == in->size, out);
			i = end;
		}
	}
}

static bool hushing(char c)
{
	return c == 'S' || c == 'Z' || c == 'C' || c == 'W' || c == 'c' || c == 'j';
}

static bool vowel_at(const struct line *line, size_t at)
{
	return at < line->size &&
	       (sound_vowel(line->text[at]) || line->text[at] == 'w');
}

/* One that did not glide: behind a glide there are e and y. */
static bool open_vowel_at(const struct line *line, size_t at)
{
	return vowel_at(line, at) && line->text[at] != 'e' && line->text[at] != 'y';
}

static bool text_at(const struct line *line, size_t at, const char *text)
{
	size_t size = strlen(text);

	return at + size <= line->size && memcmp(line->text + at, text, size) == 0;
}

/* у where в was: at the end, before a consonant, in Belarusian also first. */
static bool consonant_u(const struct line *in, size_t at, char last, bool belarusian)
{
	bool end = at + 1 == in->size;

	if (vowel_at(in, at + 1)) {
		return false;
	}
	switch (last) {
	case '\0':
		return belarusian && at + 2 < in->size &&
		       strchr("lr", in->text[at + 1]) != NULL &&
		       strchr("aeiou", in->text[at + 2]) != NULL;
	case 'a':
	case 'e':
	case 'y':
		return true;
	case 'o':
		return end || belarusian || text_at(in, at + 1, "sk");
	default:
		return false;
	}
}

static void put_u(const struct line *in, size_t at, bool belarusian, struct line *out)
{
	char last = out->size > 0 ? out->text[out->size - 1] : '\0';

	if (in->text[at] == 'U' && last == '\0') {
		put(out, belarusian ? 'u' : 'o');
	} else if (in->text[at] == 'U') {
		put(out, sound_vowel(last) && !open_vowel_at(in, at + 1) ? 'v' : 'o');
	} else {
		put(out, consonant_u(in, at, last, belarusian) ? 'v' : 'u');
	}
}

/* The o of ou that is u. */
static bool silent_o(const struct line *in, size_t at, bool belarusian)
{
	return text_at(in, at, "ou") && !consonant_u(in, at + 1, 'o', belarusian);
}

/* -ов, -оў, -ова: behind ж, ч, ш, щ, ц it is written -ев too. */
static bool ends_as_ov(const struct line *in, size_t at)
{
	size_t left = in->size - at;

	return (left == 2 && in->text[at] == 'o' &&
		       strchr("vfuU", in->text[at + 1]) != NULL) ||
	       (left == 3 && text_at(in, at, "ova"));
}

static void vowels(const struct line *in, bool belarusian, struct line *out)
{
	for (size_t i = 0; i < in->size; i++) {
		char c = in->text[i];
		char last = out->size > 0 ? out->text[out->size - 1] : '\0';

		if (c == 'u' || c == 'U') {
			put_u(in, i, belarusian, out);
		} else if (c == 'w') {
			put(out, 'u');
		} else if ((c == 'e' && last == 'u') || (c == 'a' && last == 'y') ||
			   silent_o(in, i, belarusian)) {
			continue;
		} else if (c == 'o' && hushing(last) && ends_as_ov(in, i)) {
			put(out, 'e');
		} else if (c == 'y' && hushing(last)) {
			put(out, 'a');
		} else {
			put(out, c);
		}
	}
}

/* -of, -ef are -ov, -ev; -aya is -a; -ovova is -ova; -zoda is what Tajiks write for -ov
 * since 2016; of Armenian surnames a first h is not heard everywhere. */
static void ending(struct line *line)
{
	size_t size = line->size;

	if (size > 7 && (memcmp(line->text + size - 5, "ovova", 5) == 0 ||
				memcmp(line->text + size - 5, "evova", 5) == 0)) {
		line->size -= 2;
		line->text[line->size - 1] = 'a';
		return;
	}
	if (size > 7 && memcmp(line->text + size - 4, "zoda", 4) == 0) {
		bool vowel = sound_vowel(line->text[size - 5]);

		memcpy(line->text + size - 4, vowel ? "ev" : "ov", 2);
		line->size -= 2;
		return;
	}
	if (size > 5 && line->text[0] == 'h' &&
		memcmp(line->text + size - 2, "yn", 2) == 0) {
		line->size--;
		memmove(line->text, line->text + 1, line->size);
		return;
	}

	if (size > 4 && line->text[size - 1] == 'f' &&
		strchr("oea", line->text[size - 2]) != NULL) {
		line->text[size - 1] = 'v';
	} else if (size > 4 && memcmp(line->text + size - 2, "ay", 2) == 0) {
		line->size--;
	}
}

static size_t copy_sound(const struct line *line, char sound[SPELT_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < line->size; i++) {
		if (line->text[i] != '|') {
			sound[used++] = line->text[i];
		}
	}
	return used;
}

size_t sound_of_spelt(
	const struct spelt_word *word, unsigned habits, char sound[SPELT_MAX])
{
	struct line letters = { .size = 0 }, met = { .size = 0 },
		    glided_line = { .size = 0 }, done = { .size = 0 };
	bool latin = word->latin;

	if ((habits & HABIT_PINYIN) != 0) {
		letters.size = pinyin_spell(word, letters.text);
		latin &= letters.size == 0;
	}
	if (latin) {
		letters.size = sound_latin(word, habits, letters.text);
	} else if (letters.size == 0) {
		memcpy(letters.text, word->letters, word->size);
		letters.size = word->size;
	}
	meet(&letters, habits, latin, &met);
	glide(&met, &glided_line);
	vowels(&glided_line, (habits & HABIT_BELARUSIAN) != 0, &done);
	ending(&done);
	return copy_sound(&done, sound);
}
