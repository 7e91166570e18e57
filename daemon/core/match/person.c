/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/evidence.h"

/* A word so much alike is the other, where document and birth date are the same. */
#define NAMED_PERMILLE 750
#define NAMED_WORDS 2 /* so many, unless there are no more */

int person_compare(const struct screening *screening,
	const struct cordon_record *record, struct person_score *score)
{
	uint8_t packed[CARD_BYTES_MAX];
	struct bytes bytes = { packed, 0 };
	struct card card;
	bool cut;
	int error = card_make(screening->context, record, packed, &bytes.size, &cut);

	if (error == 0) {
		error = card_open(bytes, &card);
	}
	if (error == 0) {
		compare_person(&screening->question->person, &card, score);
	}
	return error;
}

struct finding person_finding(const struct person_score *score, uint32_t least)
{
	struct finding finding = { 0, 0, CORDON_BASIS_NAME };

	if (score->score >= least) {
		finding.score = score->score;
	}
	if (finding.score > 0 || score->name_score >= SCORE_NAME) {
		finding.reasons = score->reasons;
	}
	return finding;
}

enum born_likeness person_born(
	const struct question *question, const struct cordon_record *record)
{
	struct card card;
	bool cut;

	card_head(record, &card, &cut);
	return compare_born(&question->person, &card);
}

uint64_t person_traits(
	const struct question *question, const struct cordon_record *record)
{
	struct card card;
	bool cut;

	card_head(record, &card, &cut);
	return compare_traits(&question->person, &card);
}

/* Every word of the shorter name has its like in the other, however common they are. */
static bool named(const struct comparison *comparison)
{
	size_t alike = 0;

	for (size_t i = 0; i < comparison->pairs_count; i++) {
		const struct word_pair *pair = &comparison->pairs[i];

		if (pair->fate == WORD_MISSING_ASKED ||
			pair->fate == WORD_MISSING_LISTED) {
			continue;
		}
		if (pair->fate == WORD_DIFFERS || pair->permille < NAMED_PERMILLE) {
			return false;
		}
		alike += pair->joined != 0 ? 2 : 1;
	}
	return alike >= NAMED_WORDS || (alike > 0 && alike == comparison->pairs_count);
}

int person_distinguished(
	const struct screening *screening, const struct cordon_distinguished *person)
{
	struct cordon_person listed = { .names = person->names,
		.names_count = person->names_count,
		.born = person->born };
	struct cordon_record record = { .kind = CORDON_KIND_ENTRY_BAN,
		.person = &listed };
	struct person_score score;
	int error;

	if (person_born(screening->question, &record) != BORN_DATE) {
		return 0;
	}
	error = person_compare(screening, &record, &score);
	if (error != 0) {
		return error;
	}
	return named(&score.name);
}
