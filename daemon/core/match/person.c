/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/evidence.h"

/* Every word of the shorter name has its like in the other. */
#define NAMED (REASON(WORD_DIFFERS) | REASON(PATRONYMIC_DIFFERS))

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

struct finding person_finding(
	const struct screening *screening, const struct person_score *score)
{
	struct finding finding = { 0, 0, CORDON_BASIS_NAME };

	if (score->score >= screening->name_least) {
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
	return score.name_score >= SCORE_NAME && (score.reasons & NAMED) == 0;
}
