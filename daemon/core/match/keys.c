/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/keys.h"

#include <assert.h>
#include <string.h>

#include "daemon/core/match/patronymic.h"
#include "daemon/core/match/text.h"

/* The parts of a name in the order in which their words are spelled. */
enum part {
	PART_SURNAME,
	PART_GIVEN,
	PART_PATRONYMIC,
	PART_FULL,
	PARTS
};

struct folded_name {
	struct text_folded parts[PARTS];
	bool cyrillic, several_forms;
};

struct spelled_name {
	struct text_tokens tokens;
	size_t begins[PARTS + 1]; /* the token with which a part begins */
};

static const struct text_spelling spellings[KEYS_SPELLINGS_MAX] = {
	{ TRANSLIT_ANY, TEXT_PLAIN },
	{ TRANSLIT_ANY, TEXT_FIRST },
	{ TRANSLIT_ANY, TEXT_MARKED },
	/* Kyrgyz and Turkmen do not differ from TRANSLIT_ANY */
	{ TRANSLIT_BELARUSIAN, TEXT_PLAIN },
	{ TRANSLIT_UKRAINIAN, TEXT_PLAIN },
	{ TRANSLIT_KAZAKH, TEXT_PLAIN },
	{ TRANSLIT_TAJIK, TEXT_PLAIN },
	{ TRANSLIT_UZBEK, TEXT_PLAIN },
	{ TRANSLIT_BULGARIAN, TEXT_PLAIN },
	{ TRANSLIT_SERBIAN, TEXT_PLAIN },
	{ TRANSLIT_MACEDONIAN, TEXT_PLAIN },
};

static bool spelling_matters(
	const struct folded_name *name, const struct text_spelling *spelling)
{
	return (spelling->form == TEXT_PLAIN || name->several_forms) &&
	       (spelling->language == TRANSLIT_ANY || name->cyrillic);
}

/* MurmurHash3's finaliser: every bit of the input changes half of the output's. */
static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

/* FNV-1a, 64 bits. */
static uint64_t token_hash(const struct text_tokens *tokens, size_t index)
{
	const char *text = tokens->text + tokens->tokens[index].start;
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < tokens->tokens[index].size; i++) {
		h = (h ^ (uint8_t)text[i]) * 0x100000001b3ULL;
	}
	return mix(h);
}

/* A sum does not know an order, and lets words be left out again. */
static uint64_t sum(const struct text_tokens *tokens, size_t begin, size_t end)
{
	uint64_t total = 0;

	for (size_t i = begin; i < end; i++) {
		total += token_hash(tokens, i);
	}
	return total;
}

static bool holds(const name_key *keys, size_t count, name_key key)
{
	for (size_t i = 0; i < count; i++) {
		if (keys[i] == key) {
			return true;
		}
	}
	return false;
}

static void add(name_key *keys, size_t *count, size_t max, uint64_t total)
{
	name_key key = mix(total);

	key = key == 0 ? 1 : key;
	if (!holds(keys, *count, key)) {
		assert(*count < max);
		(void)max;
		keys[(*count)++] = key;
	}
}

static void add_shorter(struct name_keys *keys, const struct text_tokens *tokens,
	size_t begin, size_t end)
{
	if (end > begin && tokens->count - (end - begin) >= 2) {
		add(keys->shorter, &keys->shorter_count, KEYS_SHORTER_MAX,
			sum(tokens, 0, tokens->count) - sum(tokens, begin, end));
	}
}

/* Words from first on that look like a patronymic, each left out in turn. */
static void add_guessed(
	struct name_keys *keys, const struct text_tokens *tokens, size_t first)
{
	size_t omissions = 0;

	for (size_t i = first; i < tokens->count && omissions < KEYS_OMISSIONS_MAX;
		i++) {
		size_t words = patronymic_words(tokens, first, i);

		if (words > 0) {
			add_shorter(keys, tokens, i + 1 - words, i + 1);
			omissions++;
		}
	}
}

static void add_spelled(struct name_keys *keys, const struct spelled_name *name)
{
	const struct text_tokens *tokens = &name->tokens;
	size_t patronymic = name->begins[PART_PATRONYMIC];

	if (tokens->count == 0) {
		return;
	}
	add(keys->whole, &keys->whole_count, KEYS_WHOLE_MAX,
		sum(tokens, 0, tokens->count));
	if (name->begins[PART_FULL] > patronymic) {
		add_shorter(keys, tokens, patronymic, name->begins[PART_FULL]);
	} else if (patronymic > 0) {
		/* behind the first given name, where some registers write it */
		add_guessed(keys, tokens, name->begins[PART_GIVEN] + 1);
	} else {
		add_guessed(keys, tokens, 0);
	}
}

static int fold_part(struct match_context *context, const char *text, enum part part,
	struct folded_name *name)
{
	struct text_folded *folded = &name->parts[part];
	int error;

	if (text == NULL) {
		text = "";
	}
	error = text_fold(context, text, strlen(text), folded);
	if (error == 0) {
		name->cyrillic = name->cyrillic || folded->cyrillic;
		name->several_forms = name->several_forms || folded->several_forms;
	}
	return error;
}

static int spell(const struct match_context *context, const struct folded_name *name,
	const struct text_spelling *spelling, struct spelled_name *out)
{
	out->tokens.count = 0;
	out->tokens.used = 0;
	for (int part = 0; part < PARTS; part++) {
		int error;

		out->begins[part] = out->tokens.count;
		error = text_spell(
			context, &name->parts[part], *spelling, &out->tokens);
		if (error != 0) {
			return error;
		}
	}
	out->begins[PARTS] = out->tokens.count;
	return 0;
}

/* Adds the keys of a name given in parts, or of one given whole. */
static int add_name(struct match_context *context, const struct cordon_name *name,
	struct name_keys *keys)
{
	const char *const texts[PARTS] = { name->surname, name->given, name->patronymic,
		name->full };
	struct folded_name folded;
	struct spelled_name spelled;
	int error = 0;

	folded.cyrillic = false;
	folded.several_forms = false;
	for (int part = 0; error == 0 && part < PARTS; part++) {
		error = fold_part(context, texts[part], (enum part)part, &folded);
	}
	for (size_t i = 0; error == 0 && i < KEYS_SPELLINGS_MAX; i++) {
		if (spelling_matters(&folded, &spellings[i])) {
			error = spell(context, &folded, &spellings[i], &spelled);
			if (error == 0) {
				add_spelled(keys, &spelled);
			}
		}
	}
	return error;
}

int keys_of_name(struct match_context *context, const struct cordon_name *name,
	struct name_keys *keys)
{
	struct cordon_name parts = *name;
	struct cordon_name whole = { .full = name->full };
	struct name_keys found;
	int error;

	found.whole_count = 0;
	found.shorter_count = 0;
	parts.full = NULL;
	error = add_name(context, &parts, &found);
	if (error == 0) {
		error = add_name(context, &whole, &found);
	}
	if (error == 0) {
		*keys = found;
	}
	return error;
}
