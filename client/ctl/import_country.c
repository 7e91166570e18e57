/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/import_country.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "proto/ident.h"

#define NAME_UNITS 128

/* What ICU calls otherwise or does not know, and "Afghan passport", in folded form. */
static const struct spelling {
	const char *name;
	char code[4];
} spellings[] = {
	{ "afghan", "AFG" },
	{ "algerian", "DZA" },
	{ "armenian", "ARM" },
	{ "belarusian", "BLR" },
	{ "bolivia plurinational state of", "BOL" },
	{ "britain", "GBR" },
	{ "british", "GBR" },
	{ "brunei darussalam", "BRN" },
	{ "burma", "MMR" },
	{ "cabo verde", "CPV" },
	{ "chinese", "CHN" },
	{ "comoros islands", "COM" },
	{ "congo", "COG" },
	{ "cote divoire", "CIV" },
	{ "czech republic", "CZE" },
	{ "czechoslovakia", "CSK" },
	{ "democratic peoples republic of korea", "PRK" },
	{ "democratic republic of congo", "COD" },
	{ "dprk", "PRK" },
	{ "drc", "COD" },
	{ "east germany", "DDR" },
	{ "east timor", "TLS" },
	{ "egyptian", "EGY" },
	{ "england", "GBR" },
	{ "eswatini", "SWZ" },
	{ "ex yugoslavia", "YUG" },
	{ "federal republic of germany", "DEU" },
	{ "former soviet union", "SUN" },
	{ "former yugoslav republic of macedonia", "MKD" },
	{ "former yugoslavia", "YUG" },
	{ "french", "FRA" },
	{ "gaza strip", "PSE" },
	{ "gaza", "PSE" },
	{ "georgian", "GEO" },
	{ "german democratic republic", "DDR" },
	{ "german", "DEU" },
	{ "great britain", "GBR" },
	{ "holy see", "VAT" },
	{ "hong kong", "HKG" },
	{ "indian", "IND" },
	{ "indonesian", "IDN" },
	{ "iranian", "IRN" },
	{ "iraqi", "IRQ" },
	{ "islamic republic of iran", "IRN" },
	{ "italian", "ITA" },
	{ "ivory coast", "CIV" },
	{ "jordanian", "JOR" },
	{ "kazakh ssr", "SUN" },
	{ "kazakh", "KAZ" },
	{ "kenyan", "KEN" },
	{ "kirghiz ssr", "SUN" },
	{ "kosovo", "RKS" },
	{ "kuwaiti", "KWT" },
	{ "kyrgyz republic", "KGZ" },
	{ "kyrgyz", "KGZ" },
	{ "lao peoples democratic republic", "LAO" },
	{ "lebanese", "LBN" },
	{ "libyan arab jamahiriya", "LBY" },
	{ "libyan", "LBY" },
	{ "macao", "MAC" },
	{ "macau", "MAC" },
	{ "macedonia", "MKD" },
	{ "malian", "MLI" },
	{ "micronesia federated states of", "FSM" },
	{ "moldova republic of", "MDA" },
	{ "moroccan", "MAR" },
	{ "myanmar", "MMR" },
	{ "north macedonia", "MKD" },
	{ "occupied palestinian territory", "PSE" },
	{ "pakistani", "PAK" },
	{ "palestine", "PSE" },
	{ "palestinian authority", "PSE" },
	{ "palestinian territories", "PSE" },
	{ "palestinian", "PSE" },
	{ "peoples republic of china", "CHN" },
	{ "qatari", "QAT" },
	{ "republic of belarus", "BLR" },
	{ "republic of china", "TWN" },
	{ "republic of congo", "COG" },
	{ "republic of iraq", "IRQ" },
	{ "republic of kazakhstan", "KAZ" },
	{ "republic of korea", "KOR" },
	{ "republic of moldova", "MDA" },
	{ "russian federation", "RUS" },
	{ "russian", "RUS" },
	{ "saudi", "SAU" },
	{ "serbia montenegro", "SCG" },
	{ "somali", "SOM" },
	{ "south african", "ZAF" },
	{ "soviet union", "SUN" },
	{ "state of palestine", "PSE" },
	{ "sudanese", "SDN" },
	{ "swaziland", "SWZ" },
	{ "syrian arab republic", "SYR" },
	{ "syrian", "SYR" },
	{ "taiwan province of china", "TWN" },
	{ "tajik", "TJK" },
	{ "tunisian", "TUN" },
	{ "turkey", "TUR" },
	{ "turkish", "TUR" },
	{ "turkiye", "TUR" },
	{ "uae", "ARE" },
	{ "uk", "GBR" },
	{ "ukrainian", "UKR" },
	{ "union of soviet socialist republics", "SUN" },
	{ "united kingdom of great britain northern ireland", "GBR" },
	{ "united republic of tanzania", "TZA" },
	{ "united states of america", "USA" },
	{ "us", "USA" },
	{ "usa", "USA" },
	{ "ussr", "SUN" },
	{ "uzbek", "UZB" },
	{ "vatican", "VAT" },
	{ "venezuela bolivarian republic of", "VEN" },
	{ "viet nam", "VNM" },
	{ "west bank", "PSE" },
	{ "yemeni", "YEM" },
	{ "yugoslavia", "YUG" },
};

#define SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))

struct entry {
	char name[NAME_UNITS];
	char code[4];
};

struct import_countries {
	size_t count;
	struct entry entries[]; /* by name */
};

static bool small_word(const char *word, size_t size)
{
	return (size == 3 && memcmp(word, "the", 3) == 0) ||
	       (size == 3 && memcmp(word, "and", 3) == 0);
}

/* Drops the last word when lists write it or not as they like; "saint" is "st". */
static size_t finish_word(char *out, size_t start, size_t used)
{
	if (small_word(out + start, used - start)) {
		return start;
	}
	if (used - start == 5 && memcmp(out + start, "saint", 5) == 0) {
		memcpy(out + start, "st", 2);
		return start + 2;
	}
	return used;
}

/* Lower-case ASCII words parted by single blanks; apostrophes join.  False when there
 * are other letters, or too many. */
static bool fold_units(const UChar *units, int32_t count, char *out, size_t size)
{
	size_t used = 0, start = 0;

	for (int32_t i = 0; i <= count; i++) {
		UChar c = i < count ? units[i] : ' ';
		bool mark = u_charType(c) == U_NON_SPACING_MARK;

		if (used + 2 > size) {
			return false;
		}
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
			out[used++] = (char)c;
		} else if (u_isalpha(c)) {
			return false;
		} else if (c != '\'' && c != 0x2019 && !mark && used > start) {
			used = finish_word(out, start, used);
			if (used > start) {
				out[used++] = ' ';
			}
			start = used;
		}
	}
	out[used > 0 && out[used - 1] == ' ' ? used - 1 : used] = '\0';
	return used > 0;
}

static bool fold(const UChar *name, int32_t count, char *out, size_t size)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&status);
	const UNormalizer2 *decompose = unorm2_getNFDInstance(&status);
	UChar folded[2 * NAME_UNITS], parts[4 * NAME_UNITS];

	count = unorm2_normalize(
		casefold, name, count, folded, 2 * NAME_UNITS, &status);
	count = unorm2_normalize(
		decompose, folded, count, parts, 4 * NAME_UNITS, &status);
	return U_SUCCESS(status) && fold_units(parts, count, out, size);
}

static int compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void add(struct import_countries *countries, const char *name, const char *code)
{
	struct entry *entry = &countries->entries[countries->count];

	if (ident_state_known(code) && strlen(name) < sizeof(entry->name)) {
		snprintf(entry->name, sizeof(entry->name), "%s", name);
		snprintf(entry->code, sizeof(entry->code), "%s", code);
		countries->count++;
	}
}

static void add_icu(struct import_countries *countries, const char *alpha2)
{
	UErrorCode status = U_ZERO_ERROR;
	char locale[16], folded[NAME_UNITS];
	UChar name[NAME_UNITS];
	int32_t count;

	snprintf(locale, sizeof(locale), "und_%.2s", alpha2);
	count = uloc_getDisplayCountry(locale, "en", name, NAME_UNITS, &status);
	if (U_SUCCESS(status) && fold(name, count, folded, sizeof(folded))) {
		add(countries, folded, uloc_getISO3Country(locale));
	}
}

int import_countries_create(struct import_countries **countries, struct errmsg *msg)
{
	const char *const *alpha2 = uloc_getISOCountries();
	struct import_countries *new;
	size_t count = SPELLINGS;

	for (const char *const *c = alpha2; *c != NULL; c++) {
		count++;
	}
	new = calloc(1, sizeof(*new) + count * sizeof(new->entries[0]));
	if (new == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	for (const char *const *c = alpha2; *c != NULL; c++) {
		add_icu(new, *c);
	}
	if (new->count == 0) {
		free(new);
		return errmsg_set(msg, CORDON_EINTERNAL,
			"ICU's data for names of countries are missing");
	}
	for (size_t i = 0; i < SPELLINGS; i++) {
		add(new, spellings[i].name, spellings[i].code);
	}
	qsort(new->entries, new->count, sizeof(new->entries[0]), compare);
	*countries = new;
	return 0;
}

void import_countries_destroy(struct import_countries *countries)
{
	free(countries);
}

static const char *find(
	const struct import_countries *countries, const UChar *name, int32_t count)
{
	struct entry key;
	const struct entry *found;

	if (!fold(name, count, key.name, sizeof(key.name))) {
		return NULL;
	}
	found = bsearch(&key, countries->entries, countries->count,
		sizeof(countries->entries[0]), compare);
	return found == NULL ? NULL : found->code;
}

/* "Korea, North" is "North Korea". */
static const char *find_turned(const struct import_countries *countries,
	const UChar *name, int32_t count, int32_t comma)
{
	UChar turned[NAME_UNITS + 1];
	int32_t behind = count - comma - 1;

	u_memcpy(turned, name + comma + 1, behind);
	turned[behind] = ' ';
	u_memcpy(turned + behind + 1, name, comma);
	return find(countries, turned, behind + 1 + comma);
}

/* "Iran (Islamic Republic of)", "Cabo Verde. Previously Cape Verde." */
static const UChar *behind_name(const UChar *name, int32_t count)
{
	const UChar *bracket = u_memchr(name, '(', count);
	const UChar *stop = u_memchr(name, '.', count);

	return bracket == NULL ? stop : bracket;
}

/*
 * 1. The name as it stands.
 * 2. With a comma, the two parts turned.
 * 3. Without what stands in brackets, or in a further sentence, behind it.
 */
const char *import_country(const struct import_countries *countries, const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar units[NAME_UNITS];
	const UChar *at;
	const char *code;
	int32_t count;

	u_strFromUTF8(units, NAME_UNITS, &count, name, -1, &status);
	if (U_FAILURE(status)) {
		return NULL;
	}
	code = find(countries, units, count); /* 1 */
	at = u_memchr(units, ',', count);
	if (code == NULL && at != NULL) {
		code = find_turned(
			countries, units, count, (int32_t)(at - units)); /* 2 */
	}
	at = behind_name(units, count);
	if (code == NULL && at != NULL && at > units) {
		code = find(countries, units, (int32_t)(at - units)); /* 3 */
	}
	return code;
}
