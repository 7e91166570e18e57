/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/words.h"

#include <string.h>

#include "daemon/core/match/context.h"
#include "daemon/core/match/father.h"
#include "daemon/core/match/spell.h"

/* A word between its spelling and its place in the name. */
struct draft {
	char sound[SPELT_MAX];
	size_t size;
	uint8_t part, flags;
	uint8_t kind; /* enum counterpart_kind of a word that is no name, or 0 */
};

struct drafts {
	struct draft words[SPELT_WORDS_MAX];
	size_t count;
};

static int spell_part(struct match_context *context, const char *text,
	enum word_part part, struct spelt_words *spelt, uint8_t *parts)
{
	size_t before = spelt->count;
	int error;

	if (text == NULL) {
		return 0;
	}
	if (strlen(text) > MATCH_NAME_BYTES) {
		return CORDON_ETOOBIG;
	}
	error = spell_text(context, text, strlen(text), spelt);
	for (size_t i = before; error == 0 && i < spelt->count; i++) {
		parts[i] = (uint8_t)part;
	}
	return error;
}

static bool initial(const struct spelt_word *word, size_t size)
{
	return size == 1 || (word->behind == '.' && word->size <= 2);
}

/* Whether a word that sounds like one of the tables is it: Юлий sounds like улы, Ван
 * and Wang like van. */
static bool no_name(
	uint8_t kind, const struct spelt_word *spelt, bool inside, unsigned habits)
{
	switch (kind) {
	case COUNTERPART_CHILD:
		return strchr("~yj", spelt->letters[0]) == NULL;
	case COUNTERPART_WESTERN:
		return (spelt->latin || inside) && (habits & HABIT_PINYIN) == 0;
	default:
		return true;
	}
}

static void draft_word(const struct match_context *context,
	const struct spelt_word *spelt, bool inside, unsigned habits,
	struct draft *draft)
{
	const struct counterpart *row;

	draft->size = sound_of_spelt(spelt, habits, draft->sound);
	draft->kind = 0;
	draft->flags = spelt->no_vowels ? WORD_NO_VOWELS : 0;
	row = counterpart_find(context->counterparts, 0, draft->sound, draft->size);
	if (row != NULL && no_name(row->kind, spelt, inside, habits)) {
		draft->kind = row->kind;
	} else if (initial(spelt, draft->size)) {
		draft->flags |= WORD_INITIAL;
	}
}

/* The word behind joins the one at index. */
static void join(struct drafts *drafts, size_t index)
{
	struct draft *left = &drafts->words[index], *right = left + 1;
	size_t twice = left->sound[left->size - 1] == right->sound[0];
	size_t size = right->size - twice;

	if (size > SPELT_MAX - left->size) {
		size = SPELT_MAX - left->size;
	}
	memcpy(left->sound + left->size, right->sound + twice, size);
	left->size += size;
	left->kind = 0;
	left->flags |= right->flags & WORD_OF_FATHER;
	drafts->count--;
	memmove(right, right + 1, (drafts->count - index - 1) * sizeof(*right));
}

/* Whether a word of the same part stands before the one at index. */
static bool same_part(const struct drafts *drafts, size_t index)
{
	return index > 0 && index < drafts->count &&
	       drafts->words[index].part == drafts->words[index - 1].part;
}

static void drop(struct drafts *drafts, size_t index)
{
	drafts->count--;
	memmove(&drafts->words[index], &drafts->words[index + 1],
		(drafts->count - index) * sizeof(drafts->words[0]));
}

static size_t names_in(const struct drafts *drafts)
{
	size_t count = 0;

	for (size_t i = 0; i < drafts->count; i++) {
		count += drafts->words[i].kind == 0 ||
			 drafts->words[i].kind >= COUNTERPART_PREFIX;
	}
	return count;
}

/* Titles and particles go, unless nothing else would be left. */
static void drop_others(struct drafts *drafts)
{
	if (names_in(drafts) == 0) {
		return;
	}
	for (size_t i = drafts->count; i-- > 0;) {
		switch (drafts->words[i].kind) {
		case COUNTERPART_CHILD:
			if (same_part(drafts, i) && drafts->words[i - 1].kind == 0) {
				drafts->words[i - 1].flags |= WORD_OF_FATHER;
			}
			drop(drafts, i);
			break;
		case COUNTERPART_TITLE:
		case COUNTERPART_PARTICLE:
		case COUNTERPART_WESTERN:
			drop(drafts, i);
			break;
		default:
			break;
		}
	}
}

static void join_others(struct drafts *drafts)
{
	for (size_t i = drafts->count; i-- > 0;) {
		if (drafts->words[i].kind == COUNTERPART_PREFIX &&
			same_part(drafts, i + 1)) {
			join(drafts, i);
		} else if (drafts->words[i].kind == COUNTERPART_SUFFIX &&
			   same_part(drafts, i) && drafts->words[i - 1].kind == 0) {
			join(drafts, i - 1);
		}
	}
}

static bool ends_as_surname(const struct draft *draft)
{
	char last = draft->sound[draft->size - 1];

	if (last == 'a') {
		last = draft->sound[draft->size - 2];
	}
	return last == 'v' || last == 'n';
}

/* Abdul Rahman, Abdurrahman, Abd al-Rahman: what stands between goes.  The l of
 * Abdullah and Abdullaev is God's. */
static void servant(struct draft *draft)
{
	size_t skip = 3;

	if (draft->size < 6 || memcmp(draft->sound, "abd", 3) != 0) {
		return;
	}
	skip += sound_vowel(draft->sound[skip]);
	if (draft->sound[skip] == 'l') {
		if (draft->size < skip + 3 ||
			(sound_vowel(draft->sound[skip + 1]) &&
				(draft->size < skip + 5 || ends_as_surname(draft)))) {
			return;
		}
		skip++;
	}
	draft->size -= skip - 3;
	memmove(draft->sound + 3, draft->sound + skip, draft->size - 3);
}

static void replace(struct draft *draft, const struct counterpart *row, uint8_t flag)
{
	if (row == NULL) {
		return;
	}
	if (row->to_size != draft->size ||
		memcmp(row->to, draft->sound, row->to_size) != 0) {
		draft->flags |= flag;
	}
	/* the common form's sound has its vowels */
	draft->flags &= (uint8_t)~WORD_NO_VOWELS;
	memcpy(draft->sound, row->to, row->to_size);
	draft->size = row->to_size;
}

static void settle(const struct match_context *context, struct draft *draft)
{
	size_t stem = 0;

	if ((draft->flags & WORD_INITIAL) != 0) {
		draft->size = 1;
		return;
	}
	servant(draft);
	if ((draft->flags & WORD_OF_FATHER) != 0) {
		stem = father_stem(draft->sound, draft->size);
	} else {
		stem = father_in_patronymic(
			draft->sound, draft->size, draft->part == WORD_PATRONYMIC);
	}
	if (stem > 0) {
		draft->flags |= WORD_OF_FATHER;
		draft->size = stem;
		replace(draft,
			counterpart_find(context->counterparts, COUNTERPART_FATHER,
				draft->sound, draft->size),
			0);
		return;
	}
	replace(draft,
		counterpart_find(context->counterparts, COUNTERPART_NAME, draft->sound,
			draft->size),
		WORD_COUNTERPART);
}

static void finish_words(const struct match_context *context, struct drafts *drafts,
	struct name_words *out)
{
	out->count = 0;
	for (size_t i = 0; i < drafts->count; i++) {
		struct draft *draft = &drafts->words[i];
		struct name_word *word = &out->words[out->count];

		if (out->count == NAME_WORDS_MAX) {
			out->cut = true;
			break;
		}
		settle(context, draft);
		memset(word, 0, sizeof(*word));
		word->part = draft->part;
		word->flags = draft->flags;
		word->size =
			(uint8_t)(draft->size < SOUND_MAX ? draft->size : SOUND_MAX);
		memcpy(word->sound, draft->sound, word->size);
		out->count++;
	}
}

static void words_of_spelt(const struct match_context *context,
	const struct spelt_words *spelt, const uint8_t *parts, struct name_words *out)
{
	struct drafts drafts;
	unsigned habits = 0;

	drafts.count = 0;
	for (size_t i = 0; i < spelt->count; i++) {
		habits |= sound_habits(&spelt->words[i]);
	}
	for (size_t i = 0; i < spelt->count; i++) {
		struct draft *draft = &drafts.words[drafts.count];

		draft_word(context, &spelt->words[i], i > 0 && i + 1 < spelt->count,
			habits, draft);
		draft->part = parts[i];
		drafts.count += draft->size > 0;
	}
	drop_others(&drafts);
	join_others(&drafts);
	out->cut = spelt->cut;
	finish_words(context, &drafts, out);
}

int words_of_name(struct match_context *context, const struct cordon_name *name,
	struct name_words *words)
{
	struct spelt_words spelt = { .count = 0 };
	uint8_t parts[SPELT_WORDS_MAX];
	struct name_words found;
	int error;

	error = spell_part(context, name->surname, WORD_SURNAME, &spelt, parts);
	if (error == 0) {
		error = spell_part(context, name->given, WORD_GIVEN, &spelt, parts);
	}
	if (error == 0) {
		error = spell_part(
			context, name->patronymic, WORD_PATRONYMIC, &spelt, parts);
	}
	if (error == 0 && spelt.count == 0) {
		error = spell_part(context, name->full, WORD_ANY, &spelt, parts);
	}
	if (error != 0) {
		return error;
	}
	words_of_spelt(context, &spelt, parts, &found);
	*words = found;
	return 0;
}
