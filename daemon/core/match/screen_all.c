/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/screen.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/match/evidence.h"

/* A score has fewer steps than the evidence that it is made from. */
struct ranked {
	struct cordon_match match;
	int32_t evidence; /* of the name; 0: none was compared */
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->match.score != y->match.score) {
		return x->match.score < y->match.score ? 1 : -1;
	}
	if (x->evidence != y->evidence) {
		return x->evidence < y->evidence ? 1 : -1;
	}
	return strcmp(x->match.id, y->match.id);
}

/* The very document or its range, not one that only looks alike. */
static bool lists_document(
	const struct question *question, const struct cordon_record *record)
{
	return (numbers_document(question, record).reasons &
		       (REASON(SAME_DOCUMENT_NUMBER) | REASON(NUMBER_IN_RANGE))) != 0;
}

/* Returns 1 when somebody is cleared though the document is listed, 0, or an error. */
static int pass(const struct screening *screening,
	const struct cordon_record *const *records,
	const struct person_score *const *scored, size_t count, struct ranked *ranked,
	struct screened *out)
{
	bool listed = false;

	out->matches_count = 0;
	out->cleared_count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct person_score *score = scored == NULL ? NULL : scored[i];
		struct ranked *place = &ranked[out->matches_count];
		int result = screen_record(screening, records[i], score, &place->match,
			&out->cleared[out->cleared_count]);

		if (result < 0) {
			return result;
		}
		if (result == SCREEN_MATCH) {
			listed = listed ||
				 lists_document(screening->question, records[i]);
			place->evidence = score == NULL ? 0 : score->evidence;
			out->matches_count++;
		} else if (result == SCREEN_CLEARED) {
			out->cleared_count++;
		}
	}
	return listed && out->cleared_count > 0 ? 1 : 0;
}

int screen_all(struct screening screening, const struct cordon_record *const *records,
	const struct person_score *const *scored, size_t count,
	struct screened *screened)
{
	struct screened new = {
		.matches = arena_array(screening.arena, count, sizeof(*new.matches)),
		.cleared = arena_array(screening.arena, count, sizeof(*new.cleared)),
	};
	struct ranked *ranked = arena_array(screening.arena, count, sizeof(*ranked));
	int result;

	if (screening.arena->failed) {
		return CORDON_ENOMEM;
	}
	result = pass(&screening, records, scored, count, ranked, &new);
	if (result > 0) {
		screening.document_listed = true;
		result = pass(&screening, records, scored, count, ranked, &new);
	}
	if (result < 0) {
		return result;
	}
	qsort(ranked, new.matches_count, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < new.matches_count; i++) {
		new.matches[i] = ranked[i].match;
	}
	*screened = new;
	return 0;
}
