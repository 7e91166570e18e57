/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound_pinyin.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Of all these tables: each longer part before those that begin it. */
const struct pinyin_part pinyin_initials[] = { { "zh", "CZ" }, { "ch", "C" },
	{ "sh", "S" }, { "b", "b" }, { "p", "p" }, { "m", "m" }, { "f", "f" },
	{ "d", "d" }, { "t", "t" }, { "n", "n" }, { "l", "l" }, { "g", "g" },
	{ "k", "k" }, { "h", "x" }, { "j", "cz" }, { "q", "c" }, { "x", "s" },
	{ "r", "Z" }, { "z", "cz" }, { "c", "c" }, { "s", "s" } };
const size_t pinyin_initials_count = COUNT(pinyin_initials);

const struct pinyin_part pinyin_finals[] = { { "iang", "~an" }, { "iong", "~un" },
	{ "uang", "uan" }, { "ang", "an" }, { "eng", "En" }, { "ing", "in" },
	{ "ong", "un" }, { "iao", "~ao" }, { "ian", "~an'" }, { "uai", "ua~" },
	{ "uan", "uan'" }, { "ai", "a~" }, { "ei", "E~" }, { "ao", "ao" },
	{ "ou", "ou" }, { "an", "an'" }, { "en", "En'" }, { "ia", "~a" }, { "ie", "e" },
	{ "iu", "~u" }, { "in", "in'" }, { "ua", "ua" }, { "uo", "o" }, { "ui", "u~" },
	{ "un", "un'" }, { "a", "a" }, { "o", "o" }, { "e", "E" }, { "i", "i" },
	{ "u", "u" } };
const size_t pinyin_finals_count = COUNT(pinyin_finals);

/* Syllables that are not spelt by their parts. */
const struct pinyin_part pinyin_wholes[] = { { "juan", "cz~uan'" },
	{ "quan", "c~uan'" }, { "xuan", "s~uan'" }, { "yuan", "~uan'" },
	{ "yang", "~an" }, { "ying", "in" }, { "yong", "~un" }, { "wang", "van" },
	{ "weng", "vEn" }, { "zhi", "CZI" }, { "chi", "CI" }, { "shi", "SI" },
	{ "hui", "xuE~" }, { "jue", "cz~uE" }, { "jun", "cz~un'" }, { "que", "c~uE" },
	{ "qun", "c~un'" }, { "xue", "s~uE" }, { "xun", "s~un'" }, { "yan", "~an'" },
	{ "yao", "~ao" }, { "yin", "in'" }, { "you", "~u" }, { "yue", "~uE" },
	{ "yun", "~un'" }, { "wai", "va~" }, { "wan", "van'" }, { "wei", "vE~" },
	{ "wen", "vEn'" }, { "lue", "l~uE" }, { "nue", "n~uE" }, { "ang", "an" },
	{ "zi", "czI" }, { "ci", "cI" }, { "si", "sI" }, { "ju", "cz~u~" },
	{ "qu", "c~u~" }, { "xu", "s~u~" }, { "ya", "~a" }, { "ye", "e" },
	{ "yi", "i" }, { "yu", "~u~" }, { "wa", "va" }, { "wo", "vo" }, { "wu", "u" },
	{ "ai", "a~" }, { "an", "an'" }, { "ao", "ao" }, { "ou", "ou" }, { "er", "Er" },
	{ "en", "En'" }, { "a", "a" }, { "e", "E" } };
const size_t pinyin_wholes_count = COUNT(pinyin_wholes);

/* Syllables that no other alphabet has: of a word with one, all of it is pinyin. */
const char *const pinyin_signs[] = { "xia", "xian", "xiang", "xiao", "xie", "xin",
	"xing", "xiong", "xiu", "xuan", "xue", "xun", "qia", "qian", "qiang", "qiao",
	"qie", "qin", "qing", "qiong", "qiu", "quan", "que", "qun", "zhang", "zheng",
	"zhong", "zhou", "zhao", "cheng", "jia", "zhuang", "zhui", "zhuo", "jiang",
	"jian", "jiao", "jie", "jing", "jiong", "huang", "guang", "kuang", "shuang",
	"liang", "niang" };
const size_t pinyin_signs_count = COUNT(pinyin_signs);

/* Words that are Chinese names as they stand. */
const char *const pinyin_names[] = { "xu", "xi", "qi", "qu", "wang", "liu", "guo",
	"cui", "deng", "feng", "zeng", "cheng", "zhu", "jia", "cao", "luo", "hou",
	"peng", "meng", "gao", "zhi", "jun", "yuan" };
const size_t pinyin_names_count = COUNT(pinyin_names);

/* One way to part a word into syllables. */
struct parting {
	const char *letters;
	size_t size;
	size_t ends[SPELT_MAX]; /* of each syllable */
	size_t count;
	bool dead[SPELT_MAX]; /* from there on it cannot be parted */
};

static bool begins(const struct parting *p, size_t at, const char *part)
{
	size_t size = strlen(part);

	return size <= p->size - at && memcmp(p->letters + at, part, size) == 0;
}

static const struct pinyin_part *whole_of(const char *letters, size_t size)
{
	for (size_t i = 0; i < pinyin_wholes_count; i++) {
		if (strlen(pinyin_wholes[i].pinyin) == size &&
			memcmp(letters, pinyin_wholes[i].pinyin, size) == 0) {
			return &pinyin_wholes[i];
		}
	}
	return NULL;
}

/* Which finals there are behind which initial, but for the rarest. */
static bool goes(const char *initial, const char *final)
{
	bool front = final[0] == 'i', alone = final[1] == '\0';

	if (strchr("jqx", initial[0]) != NULL) {
		return front;
	}
	if (strchr("zcsrfgkh", initial[0]) != NULL) {
		return !front && (final[0] != 'o' || !alone);
	}
	return strchr("bpmf", initial[0]) != NULL || final[0] != 'o' || !alone;
}

static bool part_from(struct parting *p, size_t at);

static bool syllable(struct parting *p, size_t end)
{
	p->ends[p->count++] = end;
	if (part_from(p, end)) {
		return true;
	}
	p->count--;
	return false;
}

/* By initial and final, the longest first. */
static bool part_by_table(struct parting *p, size_t at)
{
	for (size_t i = 0; i < pinyin_initials_count; i++) {
		const char *initial = pinyin_initials[i].pinyin;
		size_t from = at + strlen(initial);

		if (!begins(p, at, initial)) {
			continue;
		}
		for (size_t k = 0; k < pinyin_finals_count; k++) {
			const char *final = pinyin_finals[k].pinyin;

			if (goes(initial, final) && begins(p, from, final) &&
				syllable(p, from + strlen(final))) {
				return true;
			}
		}
		return false;
	}
	return false;
}

static bool part_by_wholes(struct parting *p, size_t at)
{
	for (size_t i = 0; i < pinyin_wholes_count; i++) {
		const char *whole = pinyin_wholes[i].pinyin;

		if (begins(p, at, whole) && syllable(p, at + strlen(whole))) {
			return true;
		}
	}
	return false;
}

static bool part_from(struct parting *p, size_t at)
{
	if (at == p->size) {
		return true;
	}
	if (!p->dead[at] && (part_by_wholes(p, at) || part_by_table(p, at))) {
		return true;
	}
	p->dead[at] = true;
	return false;
}

static bool part_word(const struct spelt_word *word, struct parting *p)
{
	*p = (struct parting){ .letters = word->letters, .size = word->size };
	return word->latin && word->size > 0 && part_from(p, 0);
}

static bool is_one_of(
	const char *letters, size_t size, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(texts[i]) == size && memcmp(letters, texts[i], size) == 0) {
			return true;
		}
	}
	return false;
}

bool pinyin_sign(const struct spelt_word *word)
{
	struct parting p;
	size_t from = 0;

	if (!part_word(word, &p)) {
		return false;
	}
	if (is_one_of(word->letters, word->size, pinyin_names, pinyin_names_count)) {
		return true;
	}
	for (size_t i = 0; i < p.count; from = p.ends[i++]) {
		if (is_one_of(word->letters + from, p.ends[i] - from, pinyin_signs,
			    pinyin_signs_count)) {
			return true;
		}
	}
	return false;
}

static size_t append(char letters[SPELT_MAX], size_t used, const char *text)
{
	size_t size = strlen(text), room = SPELT_MAX - used;

	size = size < room ? size : room;
	memcpy(letters + used, text, size);
	return used + size;
}

static size_t spell_by_table(
	const struct parting *p, size_t from, size_t end, char *letters, size_t used)
{
	const struct pinyin_part *initial = pinyin_initials;

	while (!begins(p, from, initial->pinyin)) {
		initial++;
	}
	from += strlen(initial->pinyin);
	used = append(letters, used, initial->spelt);
	for (size_t k = 0; k < pinyin_finals_count; k++) {
		const char *final = pinyin_finals[k].pinyin;

		if (strlen(final) == end - from && begins(p, from, final)) {
			return append(letters, used, pinyin_finals[k].spelt);
		}
	}
	return used;
}

size_t pinyin_spell(const struct spelt_word *word, char letters[SPELT_MAX])
{
	struct parting p;
	size_t used = 0, from = 0;

	if (!part_word(word, &p)) {
		return 0;
	}
	for (size_t i = 0; i < p.count; from = p.ends[i++]) {
		const struct pinyin_part *whole =
			whole_of(p.letters + from, p.ends[i] - from);

		used = whole != NULL
			       ? append(letters, used, whole->spelt)
			       : spell_by_table(&p, from, p.ends[i], letters, used);
	}
	return used;
}
