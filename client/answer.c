/* SPDX-License-Identifier: Apache-2.0 */
#include <cordon/lookup.h>

#include "client/owned.h"

const char *cordon_verdict_text(enum cordon_verdict verdict)
{
	switch (verdict) {
	case CORDON_VERDICT_CLEAR:
		return "clear";
	case CORDON_VERDICT_POSSIBLE:
		return "possible";
	case CORDON_VERDICT_MATCH:
		return "match";
	}
	return "unknown";
}

const char *cordon_basis_text(enum cordon_basis basis)
{
	switch (basis) {
	case CORDON_BASIS_DOCUMENT:
		return "document";
	case CORDON_BASIS_RANGE:
		return "range";
	case CORDON_BASIS_PERSONAL_NUMBER:
		return "personal_number";
	case CORDON_BASIS_NAME:
		return "name";
	}
	return "unknown";
}

const char *cordon_effect_text(enum cordon_effect effect)
{
	switch (effect) {
	case CORDON_EFFECT_BINDING:
		return "binding";
	case CORDON_EFFECT_INFORM:
		return "inform";
	case CORDON_EFFECT_OWN_NATIONAL:
		return "own_national";
	case CORDON_EFFECT_EXCEPTION:
		return "exception";
	case CORDON_EFFECT_OBJECTION:
		return "objection";
	}
	return "unknown";
}

void cordon_answer_destroy(struct cordon_answer *answer)
{
	owned_destroy(answer);
}

const char *cordon_born_text(enum cordon_born_likeness born)
{
	static const char *const texts[] = {
		[CORDON_BORN_NOT_COMPARED] = "not_compared",
		[CORDON_BORN_OTHER] = "differs",
		[CORDON_BORN_NOT_KNOWN] = "not_known",
		[CORDON_BORN_CLOSE_YEAR] = "year_close",
		[CORDON_BORN_DIGIT] = "one_digit_differs",
		[CORDON_BORN_SWAPPED] = "day_and_month_swapped",
		[CORDON_BORN_YEAR] = "year",
		[CORDON_BORN_MONTH] = "month",
		[CORDON_BORN_DATE] = "date",
	};

	return (unsigned)born < sizeof(texts) / sizeof(texts[0]) ? texts[born]
								 : "unknown";
}

const char *cordon_fate_text(enum cordon_word_fate fate)
{
	switch (fate) {
	case CORDON_FATE_SAME:
		return "same";
	case CORDON_FATE_CLOSE:
		return "close";
	case CORDON_FATE_INITIAL:
		return "initial";
	case CORDON_FATE_JOINED:
		return "joined";
	case CORDON_FATE_DIFFERS:
		return "differs";
	case CORDON_FATE_ONLY_LISTED:
		return "only_listed";
	case CORDON_FATE_ONLY_ASKED:
		return "only_asked";
	}
	return "unknown";
}

const char *cordon_explained_text(enum cordon_explained_outcome outcome)
{
	switch (outcome) {
	case CORDON_EXPLAINED_FOUND:
		return "found";
	case CORDON_EXPLAINED_BELOW:
		return "below_threshold";
	case CORDON_EXPLAINED_NOT_REACHED:
		return "not_reached";
	case CORDON_EXPLAINED_NOT_IN_FORCE:
		return "not_in_force";
	case CORDON_EXPLAINED_NO_PERSON:
		return "no_person";
	case CORDON_EXPLAINED_NO_INDEX:
		return "not_indexed";
	}
	return "unknown";
}

void cordon_explanation_destroy(struct cordon_explanation *explanation)
{
	owned_destroy(explanation);
}
