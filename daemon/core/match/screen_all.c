/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/screen.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/match/evidence.h"

int screen_compare(const void *a, const void *b)
{
	const struct cordon_match *x = a, *y = b;

	if (x->score != y->score) {
		return x->score < y->score ? 1 : -1;
	}
	return strcmp(x->id, y->id);
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
	const struct person_score *const *scored, size_t count, struct screened *out)
{
	bool listed = false;

	out->matches_count = 0;
	out->cleared_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct cordon_match *match = &out->matches[out->matches_count];
		int result = screen_record(screening, records[i],
			scored == NULL ? NULL : scored[i], match,
			&out->cleared[out->cleared_count]);

		if (result < 0) {
			return result;
		}
		if (result == SCREEN_MATCH) {
			listed = listed ||
				 lists_document(screening->question, records[i]);
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
	int result;

	if (screening.arena->failed) {
		return CORDON_ENOMEM;
	}
	result = pass(&screening, records, scored, count, &new);
	if (result > 0) {
		screening.document_listed = true;
		result = pass(&screening, records, scored, count, &new);
	}
	if (result < 0) {
		return result;
	}
	qsort(new.matches, new.matches_count, sizeof(*new.matches), screen_compare);
	*screened = new;
	return 0;
}
