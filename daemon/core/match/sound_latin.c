/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound.h"

#include <string.h>

/*
 * Letters of Latin words by their neighbours.  The first row that fits counts; the
 * rows of one letter stand together.
 *
 * before, after: '^' the word begins, '$' it ends, 'V' vowel, 'C' consonant, 'F' one of
 * e i y, 'B' one of a o u, 'L' one of m r t l d, '\0' anything.
 * with: one of these habits is in the name; without: none of these.
 */
struct latin_rule {
	char from[8];
	char to[6];
	char before, after;
	uint16_t with, without;
};

/* clang-format off */
static const struct latin_rule rules[] = {
	{ "chtch", "W", 0, 0, 0, 0 }, { "ck", "k", 0, 0, 0, 0 },
	{ "cz", "C", 0, 0, 0, 0 }, { "chenk", "Cenk", 0, 0, 0, 0 },
	{ "chuk", "Cuk", 0, '$', 0, 0 }, { "chik", "Cik", 0, '$', 0, 0 },
	{ "ch", "S", 0, 0, HABIT_FRENCH, HABIT_CH },
	{ "cho", "xo", 'V', 0, 0, HABIT_CH | HABIT_ENGLISH },

	{ "ch", "C", 0, 'E', 0, HABIT_SWEDISH | HABIT_GERMAN },
	{ "ch", "x", 'Y', '$', HABIT_GLIDE_J | HABITS_SLAVIC, HABIT_CH },
	{ "ch", "C", 0, 0, HABIT_CH, 0 },
	{ "ch", "x", 0, 0, HABITS_SLAVIC | HABIT_GLIDE_J, 0 },
	{ "ch", "x", 0, 'L', 0, 0 }, { "ch", "C", 0, 0, 0, 0 },
	{ "cov", "cov", 'N', '$', 0, 0 }, { "cova", "cova", 'N', '$', 0, 0 },
	{ "cici", "cic", 0, '$', 0, 0 }, { "c", "j", 0, 0, HABIT_TURKISH, 0 },
	{ "c", "C", 'I', '$', 0, HABIT_CARON }, { "c", "c", 0, 'F', 0, 0 },
	{ "c", "c", 'E', '$', 0, 0 },
	{ "c", "c", 0, 0, HABIT_CARON | HABIT_POLISH, 0 }, { "c", "k", 0, 0, 0, 0 },

	{ "achmad", "axmad", 0, 0, 0, 0 }, { "achmat", "axmat", 0, 0, 0, 0 },
	{ "achmed", "axmed", 0, 0, 0, 0 }, { "adzi", "aji", 'G', 0, 0, 0 },

	{ "dzh", "j", 0, 0, 0, 0 }, { "dzj", "j", 0, 0, HABIT_SWEDISH, 0 },
	{ "dzj", "dz'", 0, 'V', 0, 0 },
	{ "dsch", "j", 0, 0, 0, 0 }, { "dse", "dze", 0, '$', 0, 0 },
	{ "dj", "j", '^', 'V', 0, HABIT_CARON },
	{ "dj", "d'", 0, 'V', 0, 0 }, { "dj", "j", 0, 0, 0, 0 },
	{ "dh", "d", 0, 0, 0, 0 },

	{ "een", "en", 0, 'K', 0, 0 }, { "ee", "i", 0, 'D', 0, 0 },
	{ "evas", "ev", 'C', '$', 0, 0 }, { "evs", "ev", 0, '$', 0, 0 },
	{ "ejus", "e~", 0, '$', 0, 0 }, { "ejs", "e~", 0, '$', 0, 0 },

	{ "gh", "g", 0, 0, 0, 0 }, { "gu", "g", 0, 'F', 0, 0 },
	{ "gj", "g'", 0, 'V', 0, 0 },

	{ "ine", "in", 'C', '$', 0, 0 }, { "ijs", "i", 0, '$', 0, 0 },
	{ "ijus", "i", 0, '$', 0, 0 },

	{ "j", "~", 'I', 'V', 0, HABIT_CH },
	{ "ju", "~u", '^', 'J', 0, 0 }, { "je", "~e", '^', 'J', 0, 0 },
	{ "j", "'", 'C', 'V', HABITS_SLAVIC | HABIT_GLIDE_J, 0 },
	{ "j", "Z", 'V', 0, HABIT_FRENCH, HABITS_SLAVIC | HABIT_GLIDE_J },
	{ "j", "'", 'S', 'V', 0, 0 },
	{ "j", "~", 0, 0, HABITS_SLAVIC | HABIT_GLIDE_J, 0 },
	{ "j", "~", 'V', 'C', 0, 0 }, { "j", "~", 'V', '$', 0, 0 },

	{ "kh", "x", 0, 0, 0, 0 },

	{ "lah", "la", 'L', '$', 0, 0 },

	{ "michai", "mixai", '^', 0, 0, 0 }, { "michaj", "mixa~", '^', 0, 0, 0 },

	{ "nasjev", "nasev", 0, 0, 0, 0 },

	{ "oo", "u", 0, 0, 0, 0 }, { "ovas", "ov", 0, '$', 0, 0 },
	{ "ovs", "ov", 0, '$', 0, 0 },

	{ "ph", "f", 0, 0, 0, 0 },

	{ "q", "g", 0, 0, HABIT_TURKISH, 0 }, { "q", "k", 0, 0, 0, 0 },

	{ "rz", "Z", 'V', 0, HABIT_POLISH, 0 }, { "rz", "Z", 'C', 0, HABIT_POLISH, 0 },

	{ "ssj", "s'", 0, 0, 0, 0 }, { "schtsch", "W", 0, 0, 0, 0 }, { "shtsh", "W", 0, 0, 0, 0 },
	{ "shtch", "W", 0, 0, 0, 0 }, { "stsch", "W", 0, 0, 0, 0 },
	{ "sjtsj", "W", 0, 0, 0, 0 }, { "sjtj", "W", 0, 0, 0, 0 },
	{ "szcz", "W", 0, 0, 0, 0 }, { "shch", "W", 0, 0, 0, 0 },
	{ "stch", "W", 0, 0, 0, 0 }, { "stj", "W", 0, 'V', HABIT_SWEDISH, 0 },
	{ "sch", "S", 0, 0, 0, 0 }, { "sh", "S", 0, 0, 0, 0 },
	{ "sz", "S", 0, 0, 0, 0 }, { "sj", "S", 0, 0, HABIT_SWEDISH, 0 },
	{ "sj", "s'", 0, 'V', 0, 0 }, { "sj", "S", 0, 0, 0, 0 },

	{ "tichon", "tixon", '^', 0, 0, 0 },
	{ "tsch", "C", 0, 0, 0, 0 }, { "tsj", "C", 0, 0, 0, 0 }, { "tsh", "C", 0, 0, 0, 0 },
	{ "tch", "C", 0, 0, 0, 0 }, { "tj", "C", 0, 0, HABIT_SWEDISH, 0 },
	{ "tj", "t'", 0, 'V', 0, 0 }, { "tj", "C", 0, 0, 0, 0 }, { "tzh", "tZ", 0, 0, 0, 0 }, { "tz", "c", 0, 0, 0, 0 },
	{ "th", "t", 0, 0, 0, 0 },

	{ "vici", "viC", 0, '$', 0, 0 }, { "vich", "viC", 0, '$', 0, 0 },
	{ "vych", "viC", 0, '$', 0, 0 },

	{ "w", "v", 0, 0, 0, 0 },

	{ "x", "ks", '^', 'E', 0, 0 }, { "x", "x", '^', 0, 0, 0 },
	{ "x", "x", 0, 'C', 0, 0 }, { "x", "ks", 'E', 0, 0, 0 }, { "x", "ks", 'O', 0, 0, 0 },
	{ "x", "ks", 0, 'F', 0, 0 }, { "x", "ks", 0, '$', 0, 0 }, { "x", "x", 0, 0, 0, 0 },

	{ "y", "~", 0, 'V', 0, 0 }, { "y", "I", 0, 0, 0, 0 },

	{ "zachar", "zaxar", '^', 0, 0, 0 },
	{ "zadeh", "zade", 0, '$', 0, 0 }, { "zh", "Z", 0, 0, 0, 0 }, { "zj", "Z", 0, 0, HABIT_SWEDISH, 0 },
	{ "zj", "z'", 0, 'V', 0, 0 }, { "z", "c", 0, 0, HABIT_GERMAN, 0 },
};
/* clang-format on */

#define RULES_COUNT (sizeof(rules) / sizeof(rules[0]))

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Letters before meaning is known: y and j count as neither. */
static bool fits(char class, char c)
{
	switch (class) {
	case '\0':
		return true;
	case '^':
	case '$':
		return c == '\0';
	case 'V':
		return one_of(c, "aeiouy");
	case 'C':
		return c != '\0' && !one_of(c, "aeiouyj");
	case 'F':
		return one_of(c, "eiy");
	case 'B':
		return one_of(c, "aou");
	case 'E':
		return one_of(c, "e");
	case 'O':
		return one_of(c, "o");
	case 'L':
		return one_of(c, "mrtld");
	case 'J':
		return one_of(c, "rlhlvgkfns");
	case 'S':
		return one_of(c, "bcdfgkmlprstvxzS");
	case 'G':
		return one_of(c, "ghx");
	case 'I':
		return one_of(c, "iy");
	case 'N':
		return one_of(c, "nlmv");
	case 'R':
		return c != 's';
	case 'Y':
		return one_of(c, "iy");
	case 'D':
		return one_of(c, "dmfbnlrzshkqt");
	case 'K':
		return one_of(c, "kc");
	default:
		return false;
	}
}

static bool rule_fits(const struct latin_rule *rule, const struct spelt_word *word,
	size_t at, unsigned habits)
{
	size_t size = strlen(rule->from);
	char before = at > 0 ? word->letters[at - 1] : '\0';
	char after = '\0';

	if (size > word->size - at ||
		memcmp(rule->from, word->letters + at, size) != 0) {
		return false;
	}
	if (at + size < word->size) {
		after = word->letters[at + size];
	}
	return fits(rule->before, before) && fits(rule->after, after) &&
	       (rule->with == 0 || (rule->with & habits) != 0) &&
	       (rule->without & habits) == 0;
}

static const struct latin_rule *find_rule(
	const struct spelt_word *word, size_t at, unsigned habits)
{
	for (size_t i = 0; i < RULES_COUNT; i++) {
		if (rules[i].from[0] == word->letters[at] &&
			rule_fits(&rules[i], word, at, habits)) {
			return &rules[i];
		}
	}
	return NULL;
}

size_t sound_latin(
	const struct spelt_word *word, unsigned habits, char resolved[SPELT_MAX])
{
	size_t used = 0;

	for (size_t at = 0; at < word->size;) {
		const struct latin_rule *rule = find_rule(word, at, habits);
		const char *to = rule == NULL ? word->letters + at : rule->to;
		size_t size = rule == NULL ? 1 : strlen(to);

		if (used + size > SPELT_MAX) {
			break;
		}
		memcpy(resolved + used, to, size);
		used += size;
		at += rule == NULL ? 1 : strlen(rule->from);
	}
	return used;
}

/* Signs of a habit: a part of a word, perhaps at its end, of Latin letters. */
static const struct {
	char part[8];
	char before, after; /* as of a rule */
	uint16_t habit;
} signs[] = {
	{ "itj", 0, '$', HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "sj", 'R', 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "zj", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tjen", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tjes", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tjik", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tjuk", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tjev", 0, 0, HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "tsch", 0, 0, HABIT_GERMAN | HABIT_GLIDE_J },
	{ "witsch", 0, 0, HABIT_GERMAN | HABIT_GLIDE_J },
	{ "cz", 0, 0, HABIT_POLISH | HABIT_GLIDE_J },
	{ "sz", 0, 0, HABIT_POLISH | HABIT_GLIDE_J },
	{ "sh", 0, 0, HABIT_ENGLISH },
	{ "zh", 0, 0, HABIT_ENGLISH },
	{ "kh", 0, 0, HABIT_ENGLISH | HABIT_CH },
	{ "vich", 0, '$', HABIT_CH },
	{ "vych", 0, '$', HABIT_CH },
	{ "tch", 0, 0, HABIT_FRENCH },
	{ "guei", 0, 0, HABIT_FRENCH },
	{ "gueni", 0, 0, HABIT_FRENCH },
	{ "ij", 0, '$', HABIT_GLIDE_J },
	{ "ej", 0, '$', HABIT_GLIDE_J },
	{ "aj", 0, '$', HABIT_GLIDE_J },
	{ "oj", 0, '$', HABIT_GLIDE_J },
	{ "yj", 0, '$', HABIT_GLIDE_J },
	{ "jev", 0, 0, HABIT_GLIDE_J },
	{ "jeu", 0, 0, HABIT_GLIDE_J },
	{ "jov", 0, 0, HABIT_GLIDE_J },
	{ "lj", 0, 0, HABIT_GLIDE_J },
	{ "vj", 0, 0, HABIT_GLIDE_J },
	{ "rj", 'C', 'V', HABIT_GLIDE_J },
	{ "ajl", 0, 0, HABIT_GLIDE_J },
	{ "ejm", 0, 0, HABIT_GLIDE_J },
	{ "ejn", 0, 0, HABIT_GLIDE_J },
	{ "ajn", 0, 0, HABIT_GLIDE_J },
	{ "ojn", 0, 0, HABIT_GLIDE_J },
	{ "ojk", 0, 0, HABIT_GLIDE_J },
	{ "ejk", 0, 0, HABIT_GLIDE_J },
	{ "ejs", 0, 0, HABIT_GLIDE_J },
	{ "uladz", 0, 0, HABIT_BELARUSIAN },
	{ "siarh", 0, 0, HABIT_BELARUSIAN },
	{ "sjarh", 0, 0, HABIT_BELARUSIAN },
	{ "dzmi", 0, 0, HABIT_BELARUSIAN },
	{ "dzian", 0, 0, HABIT_BELARUSIAN },
	{ "mikala", 0, 0, HABIT_BELARUSIAN },
	{ "aliaks", 0, 0, HABIT_BELARUSIAN },
	{ "aljaks", 0, 0, HABIT_BELARUSIAN },
	{ "avich", 0, '$', HABIT_BELARUSIAN },
	{ "avitj", 0, '$', HABIT_BELARUSIAN },
	{ "aviC", 0, '$', HABIT_BELARUSIAN },
	{ "auna", 0, '$', HABIT_BELARUSIAN },
	{ "aUna", 0, '$', HABIT_BELARUSIAN },
};

/* The same of words in other scripts, as spelt. */
static const struct {
	char part[8];
	char before, after;
} belarusian[] = {
	{ "aviC", 0, '$' },
	{ "ladzi", 0, 0 },
	{ "dzmi", 0, 0 },
	{ "dz~a", 0, 0 },
	{ "s~ar", 0, 0 },
	{ "U", 'V', 0 },
};

static bool has_sign(
	const struct spelt_word *word, const char *part, char before, char after)
{
	size_t size = strlen(part);

	for (size_t i = 0; i + size <= word->size; i++) {
		char behind = i + size < word->size ? word->letters[i + size] : '\0';

		if (memcmp(word->letters + i, part, size) == 0 &&
			fits(before, i > 0 ? word->letters[i - 1] : '\0') &&
			fits(after, behind)) {
			return true;
		}
	}
	return false;
}

static unsigned habits_of_others(const struct spelt_word *word)
{
	for (size_t i = 0; i < sizeof(belarusian) / sizeof(belarusian[0]); i++) {
		if (has_sign(word, belarusian[i].part, belarusian[i].before,
			    belarusian[i].after)) {
			return word->habits | HABIT_BELARUSIAN;
		}
	}
	return word->habits;
}

unsigned sound_habits(const struct spelt_word *word)
{
	unsigned habits = word->habits;

	if (!word->latin) {
		return habits_of_others(word);
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if ((habits & signs[i].habit) != signs[i].habit &&
			has_sign(
				word, signs[i].part, signs[i].before, signs[i].after)) {
			habits |= signs[i].habit;
		}
	}
	return habits;
}
