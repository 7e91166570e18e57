/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound_table.h"

#include "daemon/core/match/sound.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
const struct latin_rule latin_rules[] = {
	{ "Cs", "C", 0, '$', 0, 0 }, { "chtch", "W", 0, 0, 0, 0 }, { "ck", "k", 0, 0, 0, 0 },
	{ "cz", "C", 0, 0, 0, 0 }, { "chenk", "Cenk", 0, 0, 0, 0 },
	{ "chuk", "Cuk", 0, '$', 0, 0 }, { "chik", "Cik", 0, '$', 0, 0 },
	{ "ch", "S", 0, 0, HABIT_FRENCH, HABIT_CH },
	{ "chou", "Cou", 0, '$', 0, HABITS_SLAVIC | HABIT_GLIDE_J | HABIT_FRENCH },
	{ "chov", "Cev", 0, '$', 0, HABITS_SLAVIC | HABIT_GLIDE_J },
	{ "chova", "Ceva", 0, '$', 0, HABITS_SLAVIC | HABIT_GLIDE_J },
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
	{ "auio", "av~o", 0, 0, 0, 0 }, { "auyo", "av~o", 0, 0, 0, 0 },

	{ "dzh", "j", 0, 0, 0, 0 }, { "dzj", "dz'", 0, 'V', HABIT_BELARUSIAN, 0 },
	{ "dzj", "j", 0, 0, HABIT_SWEDISH, 0 },
	{ "dzj", "dz'", 0, 'V', 0, 0 },
	{ "dsch", "j", 0, 0, 0, 0 }, { "dse", "dze", 0, '$', 0, 0 },
	{ "dj", "j", '^', 'V', 0, HABIT_CARON },
	{ "dj", "d'", 0, 'V', 0, 0 }, { "dj", "j", 0, 0, 0, 0 },
	{ "dh", "d", 0, 0, 0, 0 },

	{ "ee", "i", 0, '$', 0, 0 }, { "een", "en", 0, 'K', 0, 0 }, { "ee", "i", 0, 'D', 0, 0 },
	{ "evas", "ev", 'C', '$', 0, 0 }, { "evs", "ev", 0, '$', 0, 0 },
	{ "ejus", "e~", 0, '$', 0, 0 }, { "ejs", "e~", 0, '$', 0, 0 },

	{ "gh", "g", 0, 0, 0, 0 }, { "gu", "g", 0, 'F', 0, 0 },
	{ "gj", "g'", 0, 'V', 0, 0 },

	{ "ine", "in", 'C', '$', 0, 0 }, { "ijs", "i", 0, '$', 0, 0 },
	{ "ijus", "i", 0, '$', 0, 0 }, { "iou", "~ou", 0, '$', 0, 0 },
	{ "iou", "~u", 0, 0, 0, 0 },

	{ "jee", "je", '^', 0, 0, 0 },
	{ "jon", "jon", 'C', '$', 0, HABITS_SLAVIC | HABIT_GLIDE_J },
	{ "jonov", "jonov", 'H', 0, 0, HABITS_SLAVIC | HABIT_GLIDE_J }, { "jou", "ju", '^', 0, 0, 0 }, { "j", "~", 'I', 'V', 0, HABIT_CH },
	{ "ju", "~u", '^', 'J', 0, 0 }, { "je", "~e", '^', 'J', 0, 0 },
	{ "j", "'", 'C', 'V', HABITS_SLAVIC | HABIT_GLIDE_J, 0 },
	{ "j", "Z", 'V', 0, HABIT_FRENCH, HABITS_SLAVIC | HABIT_GLIDE_J },
	{ "j", "'", 'S', 'V', 0, 0 },
	{ "j", "~", 0, 0, HABITS_SLAVIC | HABIT_GLIDE_J, 0 },
	{ "j", "~", 'V', 'C', 0, 0 }, { "j", "~", 'V', '$', 0, 0 },

	{ "kaja", "ka~a", 0, '$', 0, 0 }, { "kh", "x", 0, 0, 0, 0 },
	{ "ksj", "ks'", 0, 'V', 0, 0 },

	{ "lah", "la", 'L', '$', 0, 0 },

	{ "michai", "mixai", '^', 0, 0, 0 }, { "michaj", "mixa~", '^', 0, 0, 0 },

	{ "nguye", "ngue", '^', 0, 0, 0 }, { "naja", "na~a", 0, '$', 0, 0 }, { "nasjev", "nasev", 0, 0, 0, 0 },

	{ "oo", "u", 0, 0, 0, 0 }, { "ovas", "ov", 0, '$', 0, 0 },
	{ "ovs", "ov", 0, '$', 0, 0 },

	{ "ph", "f", 0, 0, 0, 0 },

	{ "q", "g", 0, 0, HABIT_AZERI, 0 }, { "q", "k", 0, 0, 0, 0 },

	{ "rz", "Z", 'V', 0, HABIT_POLISH, 0 }, { "rz", "Z", 'C', 0, HABIT_POLISH, 0 },

	{ "ssj", "s'", 0, 0, 0, 0 }, { "schtsch", "W", 0, 0, 0, 0 }, { "shtsh", "W", 0, 0, 0, 0 },
	{ "shtch", "W", 0, 0, 0, 0 }, { "stsch", "W", 0, 0, 0, 0 },
	{ "sjtsj", "W", 0, 0, 0, 0 }, { "sjtj", "W", 0, 0, 0, 0 },
	{ "szcz", "W", 0, 0, 0, 0 }, { "shch", "W", 0, 0, 0, 0 },
	{ "stch", "W", 0, 0, 0, 0 }, { "stj", "W", 0, 'V', HABIT_SWEDISH, 0 },
	{ "sch", "S", 0, 0, 0, 0 }, { "sh", "S", 0, 0, 0, 0 },
	{ "sz", "S", 0, 0, 0, 0 }, { "sj", "S", 0, 0, HABIT_SWEDISH, 0 },
	{ "sj", "s'", 0, 'V', 0, 0 }, { "sj", "S", 0, 0, 0, 0 },

	{ "taja", "ta~a", 0, '$', 0, 0 }, { "tichon", "tixon", '^', 0, 0, 0 },
	{ "tsch", "C", 0, 0, 0, 0 }, { "tsj", "C", 0, 0, 0, 0 }, { "tsh", "C", 0, 0, 0, 0 },
	{ "tch", "C", 0, 0, 0, 0 }, { "tj", "C", 0, 0, HABIT_SWEDISH, 0 },
	{ "tj", "t'", 0, 'V', 0, 0 }, { "tj", "C", 0, 0, 0, 0 }, { "tzh", "tZ", 0, 0, 0, 0 }, { "tz", "c", 0, 0, 0, 0 },
	{ "th", "t", 0, 0, 0, 0 },

	{ "vaja", "va~a", 0, '$', 0, 0 }, { "vici", "viC", 0, '$', 0, 0 }, { "vich", "viC", 0, '$', 0, 0 },
	{ "vych", "viC", 0, '$', 0, 0 },

	{ "w", "v", 0, 0, 0, 0 },

	{ "x", "ks", '^', 'E', 0, 0 }, { "x", "x", '^', 0, 0, 0 },
	{ "x", "x", 0, 'C', 0, 0 }, { "x", "ks", 'E', 0, 0, 0 }, { "x", "ks", 'O', 0, 0, 0 },
	{ "x", "ks", 0, 'F', 0, 0 }, { "x", "ks", 0, '$', 0, 0 }, { "x", "x", 0, 0, 0, 0 },

	{ "you", "~ou", 0, '$', 0, 0 }, { "you", "~u", 0, 0, 0, 0 }, { "y", "~", 0, 'V', 0, 0 }, { "y", "I", 0, 0, 0, 0 },

	{ "zachar", "zaxar", '^', 0, 0, 0 },
	{ "zadeh", "zade", 0, '$', 0, 0 }, { "zh", "Z", 0, 0, 0, 0 }, { "zj", "Z", 0, 0, HABIT_SWEDISH, 0 },
	{ "zj", "z'", 0, 'V', 0, 0 }, { "z", "c", 0, 0, HABIT_GERMAN, 0 },
};
const size_t latin_rules_count = COUNT(latin_rules);

const struct latin_sign latin_signs[] = {
	{ "itj", 0, '$', HABIT_SWEDISH | HABIT_GLIDE_J },
	{ "ytj", 0, '$', HABIT_SWEDISH | HABIT_GLIDE_J },
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
	{ "dzjan", 0, 0, HABIT_BELARUSIAN },
	{ "tatsian", 0, 0, HABIT_BELARUSIAN },
	{ "katsiar", 0, 0, HABIT_BELARUSIAN },
	{ "kanstan", 0, 0, HABIT_BELARUSIAN },
	{ "valian", 0, 0, HABIT_BELARUSIAN },
	{ "mikala", 0, 0, HABIT_BELARUSIAN },
	{ "aliaks", 0, 0, HABIT_BELARUSIAN },
	{ "aljaks", 0, 0, HABIT_BELARUSIAN },
	{ "avich", 0, '$', HABIT_BELARUSIAN },
	{ "avitj", 0, '$', HABIT_BELARUSIAN },
	{ "aviC", 0, '$', HABIT_BELARUSIAN },
	{ "auna", 0, '$', HABIT_BELARUSIAN },
	{ "aUna", 0, '$', HABIT_BELARUSIAN },
	{ "ouna", 0, '$', HABIT_BELARUSIAN },
	{ "oUna", 0, '$', HABIT_BELARUSIAN },
	{ "stsia", 0, 0, HABIT_BELARUSIAN },
	{ "stsya", 0, 0, HABIT_BELARUSIAN },
	{ "yeu", 0, '$', HABIT_BELARUSIAN },
	{ "iou", 'C', '$', HABIT_BELARUSIAN },
	{ "you", 'C', '$', HABIT_BELARUSIAN },
};
const size_t latin_signs_count = COUNT(latin_signs);

const struct latin_sign other_signs[] = {
	{ "aviC", 0, '$', HABIT_BELARUSIAN },
	{ "ladzi", 0, 0, HABIT_BELARUSIAN },
	{ "dzmi", 0, 0, HABIT_BELARUSIAN },
	{ "dz~a", 0, 0, HABIT_BELARUSIAN },
	{ "s~ar", 0, 0, HABIT_BELARUSIAN },
	{ "U", 'V', 0, HABIT_BELARUSIAN },
};
const size_t other_signs_count = COUNT(other_signs);
/* clang-format on */
