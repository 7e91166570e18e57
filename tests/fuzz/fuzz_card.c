/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include "daemon/core/match/compare.h"

/* The card's first name is asked for, of the one who has the first of its dates. */
static struct compare_person asked_of(const struct card *card)
{
	struct compare_person asked = { .sex = card->sex,
		.born = card->dates_count > 0 ? card->dates[0] : 0 };
	struct card_name name = { .words.count = 0 };
	size_t at = 0;

	if (card_next_name(card, &at, &name)) {
		asked.name.words = name.words;
	}
	for (size_t i = 0; i < asked.name.words.count; i++) {
		asked.name.weights[i] = weight_without_list(&asked.name.words.words[i]);
	}
	return asked;
}

/* Whatever the bytes: no card, or one that is read within its bounds and scored, and
 * that packs to what it was. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct card card;
	struct card_name name;
	struct compare_person asked;
	struct person_score score;
	size_t at = 0, names = 0;

	if (card_open((struct bytes){ data, size }, &card) != 0) {
		return 0;
	}
	while (card_next_name(&card, &at, &name)) {
		names++;
	}
	FUZZ_CHECK(at == card.names.size && names == card.names_count);
	asked = asked_of(&card);
	compare_person(&asked, &card, &score);
	FUZZ_CHECK(score.score < SCORE_MATCH && score.name_score < SCORE_MATCH);
	FUZZ_CHECK(score.name.pairs_count <= WORD_PAIRS_MAX);
	FUZZ_CHECK(score.name.name_permille <= 1000);
	return 0;
}
