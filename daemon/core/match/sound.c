/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound.h"

#include <string.h>

struct line {
	char text[SPELT_MAX];
	size_t size;
};

/* Two letters that are one sound when they meet. */
static const char meetings[][4] = { "dZj", "tsc", "tcc", "dcc", "tSC", "tCC", "SCW",
	"sCW", "zCW", "ZCW", "WCW", "sSS", "SsS", "zZZ" };

static void put(struct line *line, char c)
{
	if (line->size > 0) {
		char last = line->text[line->size - 1];

		if (last == c) {
			return;
		}
		for (size_t i = 0; i < sizeof(meetings) / sizeof(meetings[0]); i++) {
			if (meetings[i][0] == last && meetings[i][1] == c) {
				line->text[line->size - 1] = meetings[i][2];
				return;
			}
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

/* Consonants: those that meet, and дз before a soft vowel, which is д. */
static void meet(const char *letters, size_t size, struct line *out)
{
	for (size_t i = 0; i < size; i++) {
		size_t used = out->size;

		if (soft(letters[i]) && used >= 2 && out->text[used - 1] == 'z' &&
			out->text[used - 2] == 'd') {
			out->size--;
		}
		put(out, letters[i]);
	}
}

static bool glides(char c)
{
	return c == 'i' || c == '~' || c == '\'' || c == '"';
}

static bool open_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'o' || c == 'u';
}

static char glided(char vowel)
{
	return vowel == 'a' ? 'y' : vowel == 'o' ? 'e' : vowel;
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
		} else if (end < in->size && open_vowel(in->text[end])) {
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
	return c == 'S' || c == 'Z' || c == 'C' || c == 'W' || c == 'c';
}

/* ў, and у that is one. */
static void put_u(const struct line *in, size_t at, struct line *out)
{
	bool vowel_next = at + 1 < in->size && sound_vowel(in->text[at + 1]);
	char last = out->size > 0 ? out->text[out->size - 1] : '\0';
	bool end = at + 1 == in->size;

	if (in->text[at] == 'U') {
		put(out, !vowel_next && sound_vowel(last) ? 'v' : 'o');
	} else if (last == 'o' && !end) {
		out->text[out->size - 1] = 'u';
		if (out->size >= 2 && !vowel_next &&
			strchr("aey", out->text[out->size - 2]) != NULL) {
			out->text[out->size - 1] = 'v';
		}
	} else if (!vowel_next && (last == 'a' || last == 'e' || last == 'y' ||
					  (last == 'o' && end))) {
		put(out, 'v');
	} else {
		put(out, 'u');
	}
}

static void vowels(const struct line *in, struct line *out)
{
	for (size_t i = 0; i < in->size; i++) {
		char c = in->text[i];
		char last = out->size > 0 ? out->text[out->size - 1] : '\0';

		if (c == 'u' || c == 'U') {
			put_u(in, i, out);
		} else if (c == 'e' && last == 'u') {
			continue;
		} else if (c == 'o' && hushing(last)) {
			put(out, 'e');
		} else if (c == 'y' && hushing(last)) {
			put(out, 'a');
		} else {
			put(out, c);
		}
	}
}

/* -of, -ef are -ov, -ev; -aya is -a. */
static void ending(struct line *line)
{
	size_t size = line->size;

	if (size > 4 && line->text[size - 1] == 'f' &&
		strchr("oea", line->text[size - 2]) != NULL) {
		line->text[size - 1] = 'v';
	} else if (size > 4 && memcmp(line->text + size - 2, "ay", 2) == 0) {
		line->size--;
	}
}

size_t sound_of_spelt(
	const struct spelt_word *word, unsigned habits, char sound[SPELT_MAX])
{
	char resolved[SPELT_MAX];
	const char *letters = word->letters;
	size_t size = word->size;
	struct line met = { .size = 0 }, glided_line = { .size = 0 },
		    done = { .size = 0 };

	if (word->latin) {
		size = sound_latin(word, habits, resolved);
		letters = resolved;
	}
	meet(letters, size, &met);
	glide(&met, &glided_line);
	vowels(&glided_line, &done);
	ending(&done);
	memcpy(sound, done.text, done.size);
	return done.size;
}
