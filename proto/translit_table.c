/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/translit_table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * ICAO Doc 9303-3, 8th edition, §6.  Where its table prints one letter and the code
 * point of another, both get its value: "0402" is printed as Ћ (older editions: Ђ is
 * D, Ћ is C), "0492" as Macedonian Ѓ, and "04BA" Һ stands for Serbian Ћ.
 */
/* clang-format off */
const struct translit_row translit_rows[] = {
	/* apostrophes and the like are not printed (§4.6); §6.A */
	{ U'\'', "" }, { 0x0060, "" }, { 0x00b4, "" }, { U'À', "A" }, { U'Á', "A" },
	{ U'Â', "A" }, { U'Ã', "A" }, { U'Ä', "AE" }, { U'Å', "AA" }, { U'Æ', "AE" },
	{ U'Ç', "C" }, { U'È', "E" }, { U'É', "E" }, { U'Ê', "E" }, { U'Ë', "E" },
	{ U'Ì', "I" }, { U'Í', "I" }, { U'Î', "I" }, { U'Ï', "I" }, { U'Ð', "D" },
	{ U'Ñ', "N" }, { U'Ò', "O" }, { U'Ó', "O" }, { U'Ô', "O" }, { U'Õ', "O" },
	{ U'Ö', "OE" }, { U'Ø', "OE" }, { U'Ù', "U" }, { U'Ú', "U" }, { U'Û', "U" },
	{ U'Ü', "UE" }, { U'Ý', "Y" }, { U'Þ', "TH" }, { U'ß', "SS" }, { U'Ā', "A" },
	{ U'Ă', "A" }, { U'Ą', "A" }, { U'Ć', "C" }, { U'Ĉ', "C" }, { U'Ċ', "C" },
	{ U'Č', "C" }, { U'Ď', "D" }, { U'Đ', "D" }, { U'Ē', "E" }, { U'Ĕ', "E" },
	{ U'Ė', "E" }, { U'Ę', "E" }, { U'Ě', "E" }, { U'Ĝ', "G" }, { U'Ğ', "G" },
	{ U'Ġ', "G" }, { U'Ģ', "G" }, { U'Ĥ', "H" }, { U'Ħ', "H" }, { U'Ĩ', "I" },
	{ U'Ī', "I" }, { U'Ĭ', "I" }, { U'Į', "I" }, { U'İ', "I" }, { U'ı', "I" },
	{ U'Ĳ', "IJ" }, { U'Ĵ', "J" }, { U'Ķ', "K" }, { U'Ĺ', "L" }, { U'Ļ', "L" },
	{ U'Ľ', "L" }, { U'Ŀ', "L" }, { U'Ł', "L" }, { U'Ń', "N" }, { U'Ņ', "N" },
	{ U'Ň', "N" }, { U'Ŋ', "N" }, { U'Ō', "O" }, { U'Ŏ', "O" }, { U'Ő', "O" },
	{ U'Œ', "OE" }, { U'Ŕ', "R" }, { U'Ŗ', "R" }, { U'Ř', "R" }, { U'Ś', "S" },
	{ U'Ŝ', "S" }, { U'Ş', "S" }, { U'Š', "S" }, { U'Ţ', "T" }, { U'Ť', "T" },
	{ U'Ŧ', "T" }, { U'Ũ', "U" }, { U'Ū', "U" }, { U'Ŭ', "U" }, { U'Ů', "U" },
	{ U'Ű', "U" }, { U'Ų', "U" }, { U'Ŵ', "W" }, { U'Ŷ', "Y" }, { U'Ÿ', "Y" },
	{ U'Ź', "Z" }, { U'Ż', "Z" }, { U'Ž', "Z" }, { U'Ə', "A" }, { U'Ș', "S" },
	{ U'Ț', "T" }, { 0x02b9, "" }, { 0x02ba, "" }, { 0x02bb, "" }, { 0x02bc, "" },
	/* §6.B, and letters of other languages after their states' passports */
	{ U'Ѐ', "E" }, { U'Ё', "E" }, { U'Ђ', "D" }, { U'Ѓ', "G" }, { U'Є', "IE" },
	{ U'Ѕ', "DZ" }, { U'І', "I" }, { U'Ї', "I" }, { U'Ј', "J" }, { U'Љ', "LJ" },
	{ U'Њ', "NJ" }, { U'Ћ', "C" }, { U'Ќ', "K" }, { U'Ѝ', "I" }, { U'Ў', "U" },
	{ U'Џ', "DZ" }, { U'А', "A" }, { U'Б', "B" }, { U'В', "V" }, { U'Г', "G" },
	{ U'Д', "D" }, { U'Е', "E" }, { U'Ж', "ZH" }, { U'З', "Z" }, { U'И', "I" },
	{ U'Й', "I" }, { U'К', "K" }, { U'Л', "L" }, { U'М', "M" }, { U'Н', "N" },
	{ U'О', "O" }, { U'П', "P" }, { U'Р', "R" }, { U'С', "S" }, { U'Т', "T" },
	{ U'У', "U" }, { U'Ф', "F" }, { U'Х', "KH" }, { U'Ц', "TS" }, { U'Ч', "CH" },
	{ U'Ш', "SH" }, { U'Щ', "SHCH" }, { U'Ъ', "IE" }, { U'Ы', "Y" }, { U'Ь', "" },
	{ U'Э', "E" }, { U'Ю', "IU" }, { U'Я', "IA" }, { U'Ѣ', "E" }, { U'Ѫ', "U" },
	{ U'Ѳ', "F" }, { U'Ѵ', "Y" }, { U'Ґ', "G" }, { U'Ғ', "G" }, { U'Ҕ', "G" },
	{ U'Җ', "J" }, { U'Ҙ', "Z" }, { U'Қ', "K" }, { U'Ҝ', "G" }, { U'Ҟ', "K" },
	{ U'Ҡ', "K" }, { U'Ң', "N" }, { U'Ҥ', "N" }, { U'Ҫ', "S" }, { U'Ҭ', "T" },
	{ U'Ү', "U" }, { U'Ұ', "U" }, { U'Ҳ', "H" }, { U'Ҷ', "J" }, { U'Ҹ', "J" },
	{ U'Һ', "C" }, { U'Ӂ', "ZH" }, { U'Ӑ', "A" }, { U'Ӓ', "A" }, { U'Ӕ', "AE" },
	{ U'Ӗ', "E" }, { U'Ә', "A" }, { U'Ӝ', "ZH" }, { U'Ӟ', "Z" }, { U'Ӣ', "I" },
	{ U'Ӥ', "I" }, { U'Ӧ', "O" }, { U'Ө', "O" }, { U'Ӭ', "E" }, { U'Ӯ', "U" },
	{ U'Ӱ', "U" }, { U'Ӳ', "U" }, { U'Ӵ', "CH" }, { U'Ӹ', "Y" },
	/* §6.C: letters, signs that are not encoded */
	{ 0x0621, "XE" }, { 0x0622, "XAA" }, { 0x0623, "XAE" }, { 0x0624, "U" },
	{ 0x0625, "I" }, { 0x0626, "XI" }, { 0x0627, "A" }, { 0x0628, "B" },
	{ 0x0629, "XTA" }, { 0x062a, "T" }, { 0x062b, "XTH" }, { 0x062c, "J" },
	{ 0x062d, "XH" }, { 0x062e, "XKH" }, { 0x062f, "D" }, { 0x0630, "XDH" },
	{ 0x0631, "R" }, { 0x0632, "Z" }, { 0x0633, "S" }, { 0x0634, "XSH" },
	{ 0x0635, "XSS" }, { 0x0636, "XDZ" }, { 0x0637, "XTT" }, { 0x0638, "XZZ" },
	{ 0x0639, "E" }, { 0x063a, "G" }, { 0x0640, "" }, { 0x0641, "F" },
	{ 0x0642, "Q" }, { 0x0643, "K" }, { 0x0644, "L" }, { 0x0645, "M" },
	{ 0x0646, "N" }, { 0x0647, "H" }, { 0x0648, "W" }, { 0x0649, "XAY" },
	{ 0x064a, "Y" }, { 0x064b, "" }, { 0x064c, "" }, { 0x064d, "" }, { 0x064e, "" },
	{ 0x064f, "" }, { 0x0650, "" }, { 0x0651, "" }, { 0x0652, "" }, { 0x0670, "" },
	{ 0x0671, "XXA" }, { 0x0679, "XXT" }, { 0x067c, "XRT" }, { 0x067e, "P" },
	{ 0x0681, "XKE" }, { 0x0685, "XXH" }, { 0x0686, "XC" }, { 0x0688, "XXD" },
	{ 0x0689, "XDR" }, { 0x0691, "XXR" }, { 0x0693, "XRR" }, { 0x0696, "XRX" },
	{ 0x0698, "XJ" }, { 0x069a, "XXS" }, { 0x069c, "" }, { 0x06a2, "" },
	{ 0x06a7, "" }, { 0x06a8, "" }, { 0x06a9, "XKK" }, { 0x06ab, "XXK" },
	{ 0x06ad, "XNG" }, { 0x06af, "XGG" }, { 0x06ba, "XNN" }, { 0x06bc, "XXN" },
	{ 0x06be, "XDO" }, { 0x06c0, "XYH" }, { 0x06c1, "XXG" }, { 0x06c2, "XGE" },
	{ 0x06c3, "XTG" }, { 0x06cc, "XYA" }, { 0x06cd, "XXY" }, { 0x06d0, "Y" },
	{ 0x06d2, "XYB" }, { 0x06d3, "XBE" },
	/* §6.A and apostrophes again */
	{ U'ẞ', "SS" }, { 0x2018, "" }, { 0x2019, "" },
};
/* clang-format on */
const size_t translit_rows_count = COUNT(translit_rows);

const struct translit_exception translit_exceptions[] = {
	/* §6.B */
	{ TRANSLIT_BELARUSIAN, U'Ё', "IO", false, 0 },
	{ TRANSLIT_BELARUSIAN, U'Г', "H", false, 0 },
	{ TRANSLIT_BULGARIAN, U'Щ', "SHT", false, 0 },
	{ TRANSLIT_MACEDONIAN, U'Ѓ', "GJ", false, 0 },
	{ TRANSLIT_MACEDONIAN, U'Ќ', "KJ", false, 0 },
	{ TRANSLIT_MACEDONIAN, U'Џ', "DJ", false, 0 },
	{ TRANSLIT_MACEDONIAN, U'Х', "H", false, 0 },
	{ TRANSLIT_MACEDONIAN, U'Ц', "C", false, 0 },
	{ TRANSLIT_SERBIAN, U'Г', "H", false, 0 },
	{ TRANSLIT_SERBIAN, U'Ж', "Z", false, 0 },
	{ TRANSLIT_SERBIAN, U'Х', "H", false, 0 },
	{ TRANSLIT_SERBIAN, U'Ц', "C", false, 0 },
	{ TRANSLIT_SERBIAN, U'Ч', "C", false, 0 },
	{ TRANSLIT_SERBIAN, U'Ш', "S", false, 0 },
	{ TRANSLIT_UKRAINIAN, U'Г', "H", false, 0 },
	{ TRANSLIT_UKRAINIAN, U'И', "Y", false, 0 },
	{ TRANSLIT_UKRAINIAN, U'Є', "YE", true, TRANSLIT_FIRST },
	{ TRANSLIT_UKRAINIAN, U'Ї', "YI", true, TRANSLIT_FIRST },
	{ TRANSLIT_UKRAINIAN, U'Й', "Y", true, TRANSLIT_FIRST },
	{ TRANSLIT_UKRAINIAN, U'Ю', "YU", true, TRANSLIT_FIRST },
	{ TRANSLIT_UKRAINIAN, U'Я', "YA", true, TRANSLIT_FIRST },
	/* §6.C note 2: teh marbuta at the end of a name component */
	{ TRANSLIT_ANY, 0x0629, "XAH", true, TRANSLIT_LAST },
	/* the states' own alphabets in Latin letters, where they differ */
	{ TRANSLIT_KAZAKH, U'Һ', "H", false, 0 },
	{ TRANSLIT_TAJIK, U'Ғ', "GH", false, 0 },
	{ TRANSLIT_TAJIK, U'Қ', "Q", false, 0 },
	{ TRANSLIT_UZBEK, U'Қ', "Q", false, 0 },
	{ TRANSLIT_UZBEK, U'Ў', "O", false, 0 },
};
const size_t translit_exceptions_count = COUNT(translit_exceptions);

const struct translit_row translit_others[] = {
	{ U'Ä', "A" },
	{ U'Å', "A" },
	{ U'Ñ', "NXX" },
	{ U'Ö', "O" },
	{ U'Ü', "UXX" },
	{ U'Ü', "U" },
};
const size_t translit_others_count = COUNT(translit_others);
