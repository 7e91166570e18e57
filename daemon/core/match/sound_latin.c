/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound.h"

#include <string.h>

#include "daemon/core/match/sound_pinyin.h"
#include "daemon/core/match/sound_table.h"

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
	case 'H':
		return c != 'm' && fits('C', c);
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
	for (size_t i = 0; i < latin_rules_count; i++) {
		if (latin_rules[i].from[0] == word->letters[at] &&
			rule_fits(&latin_rules[i], word, at, habits)) {
			return &latin_rules[i];
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

static bool has_sign(const struct spelt_word *word, const struct latin_sign *sign)
{
	size_t size = strlen(sign->part);

	for (size_t i = 0; i + size <= word->size; i++) {
		char behind = i + size < word->size ? word->letters[i + size] : '\0';

		if (memcmp(word->letters + i, sign->part, size) == 0 &&
			fits(sign->before, i > 0 ? word->letters[i - 1] : '\0') &&
			fits(sign->after, behind)) {
			return true;
		}
	}
	return false;
}

unsigned sound_habits(const struct spelt_word *word)
{
	const struct latin_sign *signs = word->latin ? latin_signs : other_signs;
	size_t count = word->latin ? latin_signs_count : other_signs_count;
	unsigned habits = word->habits;

	for (size_t i = 0; i < count; i++) {
		if ((habits & signs[i].habits) != signs[i].habits &&
			has_sign(word, &signs[i])) {
			habits |= signs[i].habits;
		}
	}
	return pinyin_sign(word) ? habits | HABIT_PINYIN : habits;
}
