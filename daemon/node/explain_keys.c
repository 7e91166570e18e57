/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/explain.h"

/* The keys of the index that the question and the record stand under. */

struct key_set {
	struct explaining *e;
	Cordon__ExplainAnswer *answer;
	Cordon__ExplainKey *keys;
	size_t room;
};

static Cordon__ExplainKey *key_of(struct key_set *set, uint64_t key)
{
	for (size_t i = 0; i < set->answer->n_keys; i++) {
		if (set->keys[i].key == key) {
			return &set->keys[i];
		}
	}
	return NULL;
}

/* NULL: out of memory, or the store failed. */
static Cordon__ExplainKey *add(
	struct key_set *set, uint64_t key, const char *text, bool is_date)
{
	const struct posting_source *source = set->e->source;
	Cordon__ExplainKey *to = key_of(set, key);
	uint64_t postings;

	if (to != NULL) {
		return to;
	}
	if (text == NULL || set->answer->n_keys == set->room ||
		source->count(source->data, key, &postings) != 0) {
		return NULL;
	}
	to = &set->keys[set->answer->n_keys];
	cordon__explain_key__init(to);
	to->key = key;
	to->text = message_data(text);
	to->is_date = is_date;
	to->postings = postings;
	set->answer->keys[set->answer->n_keys++] = to;
	return to;
}

static Cordon__ExplainKey *add_word(struct key_set *set, const struct name_word *word)
{
	return add(set, posting_key_word(word),
		arena_text(set->e->arena, word->sound, word->size), false);
}

static bool whole(uint32_t born)
{
	return (born & 31) != 0;
}

static int failed(const struct key_set *set)
{
	return set->e->arena->failed ? CORDON_ENOMEM
				     : lookup_store_failed(set->e->run, set->e->msg);
}

static int add_asked(struct key_set *set)
{
	const struct compare_person *asked = &set->e->asked;
	Cordon__ExplainKey *key;

	for (size_t i = 0; i < asked->name.words.count; i++) {
		const struct name_word *word = &asked->name.words.words[i];

		if ((word->flags & WORD_INITIAL) != 0) {
			continue;
		}
		key = add_word(set, word);
		if (key == NULL) {
			return failed(set);
		}
		key->asked = true;
	}
	if (whole(asked->born)) {
		key = add(set, posting_key_date(asked->born),
			explain_born_text(set->e, asked->born), true);
		if (key == NULL) {
			return failed(set);
		}
		key->asked = true;
	}
	return 0;
}

/* All that the record's words and dates could stand under, so that the keys have
 * texts. */
static int name_keys(struct key_set *set)
{
	struct explaining *e = set->e;
	struct card_name name;
	size_t at = 0;

	while (card_next_name(&e->card, &at, &name)) {
		for (size_t i = 0; i < name.words.count; i++) {
			if (add_word(set, &name.words.words[i]) == NULL) {
				return failed(set);
			}
		}
	}
	for (size_t i = 0; i < e->card.dates_count; i++) {
		uint32_t born = e->card.dates[i];

		if (whole(born) && add(set, posting_key_date(born),
					   explain_born_text(e, born), true) == NULL) {
			return failed(set);
		}
	}
	return 0;
}

struct sought {
	struct posting posting;
	bool found;
};

static bool visit(void *arg, const uint8_t *packed, size_t count)
{
	struct sought *sought = arg;

	for (size_t i = 0; i < count && !sought->found; i++) {
		struct posting posting;

		posting_unpack(packed + i * POSTING_BYTES, &posting);
		sought->found = posting.ref == sought->posting.ref &&
				posting.signature == sought->posting.signature;
	}
	return !sought->found;
}

/* Is each posting that the record should have really there? */
static int mark_listed(struct key_set *set)
{
	struct explaining *e = set->e;
	struct record_postings *postings = arena_alloc(e->arena, sizeof(*postings));

	if (postings == NULL) {
		return CORDON_ENOMEM;
	}
	postings_of_card(&e->card, postings);
	for (size_t i = 0; i < postings->count; i++) {
		const struct record_posting *own = &postings->postings[i];
		struct sought sought = { own->posting, false };
		Cordon__ExplainKey *key = key_of(set, own->key);
		bool first = key != NULL && !key->listed;

		sought.posting.ref = e->row.ref;
		if (key == NULL) {
			continue;
		}
		if (e->source->scan(e->source->data, own->key, own->posting.born,
			    own->posting.born, visit, &sought) != 0) {
			return lookup_store_failed(e->run, e->msg);
		}
		key->listed = true;
		key->stored = sought.found && (first || key->stored);
	}
	return 0;
}

/* Words that have no key of their own, initials say, are not shown. */
static void drop_idle(struct key_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->answer->n_keys; i++) {
		Cordon__ExplainKey *key = set->answer->keys[i];

		if (key->asked || key->listed) {
			set->answer->keys[kept++] = key;
		}
	}
	set->answer->n_keys = kept;
}

int explain_keys(struct explaining *e, Cordon__ExplainAnswer *answer)
{
	struct key_set set = { .e = e, .answer = answer };
	int error;

	set.room =
		((size_t)e->card.names_count + 1) * NAME_WORDS_MAX + CARD_DATES_MAX + 1;
	set.keys = arena_array(e->arena, set.room, sizeof(*set.keys));
	answer->keys = arena_array(e->arena, set.room, sizeof(*answer->keys));
	if (set.keys == NULL || answer->keys == NULL) {
		return CORDON_ENOMEM;
	}
	error = add_asked(&set);
	if (error == 0) {
		error = name_keys(&set);
	}
	if (error == 0) {
		error = mark_listed(&set);
	}
	drop_idle(&set);
	return error;
}
