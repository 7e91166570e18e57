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
