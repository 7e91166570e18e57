/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/match/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_LEAST 4096

static void *need(void *memory)
{
	if (memory == NULL) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static void need_zero(int error, const char *what)
{
	if (error != 0) {
		fprintf(stderr, "%s: error %d\n", what, error);
		exit(1);
	}
}

static size_t slot_of(const struct world *world, uint64_t key)
{
	size_t slot = (key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (world->slots - 1);

	while (world->keys[slot] != 0 && world->keys[slot] != key) {
		slot = (slot + 1) & (world->slots - 1);
	}
	return slot;
}

uint64_t world_count(const struct world *world, uint64_t skeleton)
{
	return skeleton == 0 ? 0 : world->counts[slot_of(world, skeleton)];
}

/* The index has no keys of father's names and initials. */
static bool counts(const struct name_word *word)
{
	return (word->flags & (WORD_OF_FATHER | WORD_INITIAL)) == 0 &&
	       word->part != WORD_PATRONYMIC;
}

static void count_words(struct world *world, const struct card *card)
{
	struct card_name name;
	size_t at = 0;

	while (card_next_name(card, &at, &name)) {
		for (size_t i = 0; i < name.words.count; i++) {
			uint64_t key = word_skeleton(&name.words.words[i]);

			if (key != 0 && counts(&name.words.words[i])) {
				size_t slot = slot_of(world, key);

				world->keys[slot] = key;
				world->counts[slot]++;
			}
		}
	}
}

static size_t make_card(
	const struct world *world, size_t index, uint8_t packed[CARD_BYTES_MAX])
{
	struct people_person made;
	struct cordon_name name;
	struct cordon_person person = { .names = &name, .names_count = 1 };
	struct cordon_record record = { .kind = CORDON_KIND_ENTRY_BAN,
		.person = &person };
	const char *states[1];
	size_t size;
	bool cut;

	people_make(world->people, index, &made);
	name = people_name(&made);
	states[0] = made.state;
	person.born = made.born;
	person.sex = made.sex;
	person.nationalities = states;
	person.nationalities_count = 1;
	need_zero(card_make(world->context, &record, packed, &size, &cut), "card_make");
	return size;
}

void world_make(struct world *world, const struct people_options *options, size_t count)
{
	uint8_t packed[CARD_BYTES_MAX];
	size_t used = 0, room = 64 * (count + 1);

	*world = (struct world){ .count = count, .slots = SLOTS_LEAST };
	need_zero(match_context_create(&world->context, NULL), "match_context_create");
	world->people = people_create(options);
	if (world->people == NULL) {
		exit(1);
	}
	while (world->slots < 2 * count) {
		world->slots *= 2;
	}
	world->keys = need(calloc(world->slots, sizeof(*world->keys)));
	world->counts = need(calloc(world->slots, sizeof(*world->counts)));
	world->offsets = need(calloc(count + 1, sizeof(*world->offsets)));
	world->bytes = need(malloc(room));
	for (size_t i = 0; i < count; i++) {
		size_t size = make_card(world, i, packed);
		struct card card;

		if (room - used < size) {
			room *= 2;
			world->bytes = need(realloc(world->bytes, room));
		}
		memcpy(world->bytes + used, packed, size);
		used += size;
		world->offsets[i + 1] = used;
		card = world_card(world, i);
		count_words(world, &card);
	}
}

void world_finish(struct world *world)
{
	people_destroy(world->people);
	match_context_destroy(world->context);
	free(world->keys);
	free(world->counts);
	free(world->offsets);
	free(world->bytes);
}

struct card world_card(const struct world *world, size_t index)
{
	struct bytes packed = { world->bytes + world->offsets[index],
		world->offsets[index + 1] - world->offsets[index] };
	struct card card;

	need_zero(card_open(packed, &card), "card_open");
	return card;
}

void world_words(const struct world *world, const char *full, struct name_words *words)
{
	struct cordon_name name = { .type = CORDON_NAME_PRIMARY, .full = full };

	need_zero(words_of_name(world->context, &name, words), full);
}

struct compare_person world_asked(const struct world *world, const char *full)
{
	struct compare_person asked = { .born = 0 };

	world_words(world, full, &asked.name.words);
	for (size_t i = 0; i < asked.name.words.count; i++) {
		const struct name_word *word = &asked.name.words.words[i];
		uint64_t with_word = world_count(world, word_skeleton(word));

		asked.name.weights[i] = weight_in_list(word, with_word, world->count);
	}
	return asked;
}

struct card world_single(const struct world *world, const char *full, uint32_t born,
	uint8_t packed[CARD_BYTES_MAX])
{
	struct card card = { .dates_count = born != 0, .dates = { born } }, opened;
	struct card_name name = { .type = CORDON_NAME_PRIMARY };
	struct bytes bytes = { packed, 0 };

	world_words(world, full, &name.words);
	bytes.size = card_pack(&card, &name, 1, packed);
	need_zero(card_open(bytes, &opened), "card_open");
	return opened;
}
