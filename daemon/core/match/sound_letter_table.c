/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/sound_table.h"

#include "daemon/core/match/sound.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
static const struct letter_row latin[] = {
	{ U'ß', "ss", HABIT_GERMAN }, { U'à', "a", 0 }, { U'á', "a", 0 }, { U'â', "a", 0 },
	{ U'ã', "a", 0 }, { U'ä', "a", 0 }, { U'å', "a", 0 }, { U'æ', "a", 0 },
	{ U'ç', "C", 0 }, { U'è', "e", 0 }, { U'é', "e", 0 }, { U'ê', "e", 0 },
	{ U'ë', "e", 0 }, { U'ì', "i", 0 }, { U'í', "i", 0 }, { U'î', "i", 0 },
	{ U'ï', "i", 0 }, { U'ð', "d", 0 }, { U'ñ', "n", 0 }, { U'ò', "o", 0 },
	{ U'ó', "o", 0 }, { U'ô', "o", 0 }, { U'õ', "o", 0 }, { U'ö', "o", 0 },
	{ U'ø', "o", 0 }, { U'ù', "u", 0 }, { U'ú', "u", 0 }, { U'û', "u", 0 },
	{ U'ü', "u", 0 }, { U'ý', "y", 0 }, { U'þ', "t", 0 }, { U'ÿ', "y", 0 },
	{ U'ā', "a", 0 }, { U'ă', "a", 0 }, { U'ą', "a", HABIT_POLISH },
	{ U'ć', "C", HABIT_CARON }, { U'ĉ', "C", 0 }, { U'ċ', "C", 0 },
	{ U'č', "C", HABIT_CARON }, { U'ď', "d'", HABIT_CARON },
	{ U'đ', "j", HABIT_CARON }, { U'ē', "e", 0 }, { U'ĕ', "e", 0 }, { U'ė', "e", 0 },
	{ U'ę', "e", HABIT_POLISH }, { U'ě', "e", HABIT_CARON }, { U'ĝ', "g", 0 },
	{ U'ğ', "g", HABIT_TURKISH }, { U'ġ', "g", 0 }, { U'ģ', "g", 0 },
	{ U'ĥ', "h", 0 }, { U'ħ', "h", 0 }, { U'ĩ', "i", 0 }, { U'ī', "i", 0 },
	{ U'ĭ', "i", 0 }, { U'į', "i", 0 }, { U'ı', "i", HABIT_TURKISH }, { U'ĳ', "i", 0 },
	{ U'ĵ', "j", 0 }, { U'ķ', "k", 0 }, { U'ĺ', "l", 0 }, { U'ļ', "l'", HABIT_CARON },
	{ U'ľ', "l'", HABIT_CARON }, { U'ŀ', "l", 0 }, { U'ł', "l", HABIT_POLISH },
	{ U'ń', "n'", HABIT_POLISH }, { U'ņ', "n'", HABIT_CARON },
	{ U'ň', "n'", HABIT_CARON }, { U'ŋ', "n", 0 }, { U'ō', "o", 0 }, { U'ŏ', "o", 0 },
	{ U'ő', "o", 0 }, { U'œ', "o", 0 }, { U'ŕ', "r", 0 }, { U'ŗ', "r", 0 },
	{ U'ř', "Z", HABIT_CARON }, { U'ś', "S", HABIT_POLISH }, { U'ŝ', "W", 0 },
	{ U'ş', "S", 0 }, { U'š', "S", HABIT_CARON }, { U'ţ', "ts", 0 },
	{ U'ť', "t'", HABIT_CARON }, { U'ŧ', "t", 0 }, { U'ũ', "u", 0 }, { U'ū', "u", 0 },
	{ U'ŭ', "U", 0 }, { U'ů', "u", HABIT_CARON }, { U'ű', "u", 0 }, { U'ų', "u", 0 },
	{ U'ŵ', "w", 0 }, { U'ŷ', "y", 0 }, { U'ź', "Z", HABIT_POLISH },
	{ U'ż', "Z", HABIT_POLISH }, { U'ž', "Z", HABIT_CARON }, { U'ə', "a", HABIT_TURKISH | HABIT_AZERI },
	{ U'ǵ', "g", 0 }, { U'ș', "S", 0 }, { U'ț', "ts", 0 }, { U'ǧ', "g", 0 },
	{ U'ǩ', "k", 0 }, { U'ǰ', "j", 0 }, { U'ơ', "o", 0 }, { U'ư', "u", 0 },
};

static const struct letter_row cyrillic[] = {
	{ U'а', "a", 0 }, { U'б', "b", 0 }, { U'в', "v", 0 }, { U'г', "g", 0 },
	{ U'д', "d", 0 }, { U'е', "e", 0 }, { U'ж', "Z", 0 }, { U'з', "z", 0 },
	{ U'и', "i", 0 }, { U'й', "~", 0 }, { U'к', "k", 0 }, { U'л', "l", 0 },
	{ U'м', "m", 0 }, { U'н', "n", 0 }, { U'о', "o", 0 }, { U'п', "p", 0 },
	{ U'р', "r", 0 }, { U'с', "s", 0 }, { U'т', "t", 0 }, { U'у', "u", 0 },
	{ U'ф', "f", 0 }, { U'х', "x", 0 }, { U'ц', "c", 0 }, { U'ч', "C", 0 },
	{ U'ш', "S", 0 }, { U'щ', "W", 0 }, { U'ъ', "\"", 0 }, { U'ы', "I", 0 },
	{ U'ь', "'", 0 }, { U'э', "E", 0 }, { U'ю', "~u", 0 }, { U'я', "~a", 0 },
	{ U'ѐ', "e", 0 }, { U'ё', "~o", 0 }, { U'ђ', "j", 0 }, { U'ѓ', "g", 0 },
	{ U'є', "e", 0 }, { U'ѕ', "dz", 0 }, { U'і', "i", 0 }, { U'ї', "i", 0 },
	{ U'ј', "~", 0 }, { U'љ', "l'", 0 }, { U'њ', "n'", 0 }, { U'ћ', "C", 0 },
	{ U'ќ', "k", 0 }, { U'ѝ', "i", 0 }, { U'ў', "U", 0 }, { U'џ', "j", 0 },
	{ U'ѣ', "e", 0 }, { U'ѳ', "f", 0 }, { U'ѵ', "i", 0 }, { U'ґ', "g", 0 },
	{ U'ғ', "g", 0 }, { U'ҕ', "g", 0 }, { U'җ', "j", 0 }, { U'ҙ', "z", 0 },
	{ U'қ', "k", 0 }, { U'ҝ', "g", 0 }, { U'ҟ', "k", 0 }, { U'ҡ', "k", 0 },
	{ U'ң', "n", 0 }, { U'ҥ', "n", 0 }, { U'ҫ', "s", 0 }, { U'ҭ', "t", 0 },
	{ U'ү', "w", 0 }, { U'ұ', "w", 0 }, { U'ҳ', "h", 0 }, { U'ҷ', "j", 0 },
	{ U'ҹ', "j", 0 }, { U'һ', "h", 0 }, { U'ӂ', "Z", 0 }, { U'ӑ', "a", 0 },
	{ U'ӓ', "a", 0 }, { U'ӕ', "a", 0 }, { U'ӗ', "e", 0 }, { U'ә', "a", 0 },
	{ U'ӣ', "i", 0 }, { U'ӥ', "i", 0 }, { U'ӧ', "o", 0 }, { U'ө', "o", 0 },
	{ U'ӯ', "w", 0 }, { U'ӱ', "u", 0 }, { U'ӳ', "u", 0 }, { U'ӏ', "", 0 },
};

static const struct letter_row armenian[] = {
	{ U'ա', "a", 0 }, { U'բ', "b", 0 }, { U'գ', "g", 0 }, { U'դ', "d", 0 },
	{ U'ե', "e", 0 }, { U'զ', "z", 0 }, { U'է', "e", 0 }, { U'ը', "i", 0 },
	{ U'թ', "t", 0 }, { U'ժ', "Z", 0 }, { U'ի', "i", 0 }, { U'լ', "l", 0 },
	{ U'խ', "x", 0 }, { U'ծ', "c", 0 }, { U'կ', "k", 0 }, { U'հ', "h", 0 },
	{ U'ձ', "dz", 0 }, { U'ղ', "g", 0 }, { U'ճ', "C", 0 }, { U'մ', "m", 0 },
	{ U'յ', "~", 0 }, { U'ն', "n", 0 }, { U'շ', "S", 0 }, { U'ո', "o", 0 },
	{ U'չ', "C", 0 }, { U'պ', "p", 0 }, { U'ջ', "j", 0 }, { U'ռ', "r", 0 },
	{ U'ս', "s", 0 }, { U'վ', "v", 0 }, { U'տ', "t", 0 }, { U'ր', "r", 0 },
	{ U'ց', "c", 0 }, { U'ւ', "v", 0 }, { U'փ', "p", 0 }, { U'ք', "k", 0 },
	{ U'օ', "o", 0 }, { U'ֆ', "f", 0 }, { U'և', "ev", 0 },
};

static const struct letter_row georgian[] = {
	{ U'ა', "a", 0 }, { U'ბ', "b", 0 }, { U'გ', "g", 0 }, { U'დ', "d", 0 },
	{ U'ე', "e", 0 }, { U'ვ', "v", 0 }, { U'ზ', "z", 0 }, { U'თ', "t", 0 },
	{ U'ი', "i", 0 }, { U'კ', "k", 0 }, { U'ლ', "l", 0 }, { U'მ', "m", 0 },
	{ U'ნ', "n", 0 }, { U'ო', "o", 0 }, { U'პ', "p", 0 }, { U'ჟ', "Z", 0 },
	{ U'რ', "r", 0 }, { U'ს', "s", 0 }, { U'ტ', "t", 0 }, { U'უ', "u", 0 },
	{ U'ფ', "p", 0 }, { U'ქ', "k", 0 }, { U'ღ', "g", 0 }, { U'ყ', "k", 0 },
	{ U'შ', "S", 0 }, { U'ჩ', "C", 0 }, { U'ც', "c", 0 }, { U'ძ', "dz", 0 },
	{ U'წ', "c", 0 }, { U'ჭ', "C", 0 }, { U'ხ', "x", 0 }, { U'ჯ', "j", 0 },
	{ U'ჰ', "h", 0 },
};

/* Arabic, Persian, Dari, Pashto, Urdu; marks of vowels are left out. */
static const struct letter_row arabic[] = {
	{ U'ء', "", 0 }, { U'آ', "a", 0 }, { U'أ', "a", 0 }, { U'ؤ', "u", 0 },
	{ U'إ', "i", 0 }, { U'ئ', "i", 0 }, { U'ا', "a", 0 }, { U'ب', "b", 0 },
	{ U'ة', "", 0 }, { U'ت', "t", 0 }, { U'ث', "T", 0 }, { U'ج', "j", 0 },
	{ U'ح', "h", 0 }, { U'خ', "x", 0 }, { U'د', "d", 0 }, { U'ذ', "z", 0 },
	{ U'ر', "r", 0 }, { U'ز', "z", 0 }, { U'س', "s", 0 }, { U'ش', "S", 0 },
	{ U'ص', "s", 0 }, { U'ض', "D", 0 }, { U'ط', "t", 0 }, { U'ظ', "z", 0 },
	{ U'ع', "a", 0 }, { U'غ', "g", 0 }, { U'ـ', "", 0 }, { U'ف', "f", 0 },
	{ U'ق', "k", 0 }, { U'ك', "k", 0 }, { U'ل', "l", 0 }, { U'م', "m", 0 },
	{ U'ن', "n", 0 }, { U'ه', "h", 0 }, { U'و', "u", 0 }, { U'ى', "i", 0 },
	{ U'ي', "~", 0 }, { U'ٱ', "a", 0 }, { U'ٹ', "t", 0 }, { U'ټ', "t", HABIT_PERSIAN },
	{ U'پ', "p", HABIT_PERSIAN }, { U'ځ', "z", HABIT_PERSIAN }, { U'څ', "c", HABIT_PERSIAN }, { U'چ', "C", HABIT_PERSIAN },
	{ U'ڈ', "d", 0 }, { U'ډ', "d", HABIT_PERSIAN }, { U'ړ', "r", HABIT_PERSIAN }, { U'ڑ', "r", 0 },
	{ U'ږ', "Z", HABIT_PERSIAN }, { U'ژ', "Z", HABIT_PERSIAN }, { U'ښ', "S", HABIT_PERSIAN }, { U'ک', "k", HABIT_PERSIAN },
	{ U'ګ', "g", HABIT_PERSIAN }, { U'گ', "g", HABIT_PERSIAN }, { U'ڼ', "n", 0 }, { U'ں', "n", HABIT_PERSIAN },
	{ U'ھ', "h", 0 }, { U'ۀ', "", 0 }, { U'ہ', "h", 0 }, { U'ۃ', "", 0 },
	{ U'ۆ', "u", 0 }, { U'ۇ', "u", 0 }, { U'ۈ', "u", 0 }, { U'ۋ', "v", 0 },
	{ U'ی', "~", HABIT_PERSIAN }, { U'ۍ', "~", HABIT_PERSIAN }, { U'ې', "e", HABIT_PERSIAN }, { U'ە', "e", 0 },
};

/* Apostrophes and what is typed for them: they part nothing. */
const uint32_t silent_signs[] = { 0xb4, 0x2b9, 0x2ba, 0x2bb, 0x2bc, 0x2bd, 0x2be, 0x2bf,
	0x2c8, 0x2ca, 0x2cb, 0x5f3, 0x64b, 0x64c, 0x64d, 0x64e, 0x64f, 0x650, 0x651, 0x652,
	0x670, 0xad };


const uint32_t look_alikes[][2] = { { 'a', U'а' }, { 'b', U'в' }, { 'c', U'с' },
	{ 'e', U'е' }, { 'h', U'н' }, { 'i', U'і' }, { 'j', U'ј' }, { 'k', U'к' },
	{ 'm', U'м' }, { 'o', U'о' }, { 'p', U'р' }, { 's', U'ѕ' }, { 't', U'т' },
	{ 'x', U'х' }, { 'y', U'у' }, { U'ë', U'ё' } };
const size_t silent_signs_count = COUNT(silent_signs);
const size_t look_alikes_count = COUNT(look_alikes);

const struct letter_table letter_tables[] = {
	{ "Latin", SCRIPT_LATIN, latin, COUNT(latin) },
	{ "Cyrillic", SCRIPT_CYRILLIC, cyrillic, COUNT(cyrillic) },
	{ "Armenian", SCRIPT_ARMENIAN, armenian, COUNT(armenian) },
	{ "Georgian", SCRIPT_GEORGIAN, georgian, COUNT(georgian) },
	{ "Arabic", SCRIPT_ARABIC, arabic, COUNT(arabic) },
};
const size_t letter_tables_count = COUNT(letter_tables);
/* clang-format on */
