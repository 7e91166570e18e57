/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record.h"

#include <string.h>

#include "proto/record_fields.h"

#define REVIEW_YEARS_PERSON 3
#define REVIEW_YEARS_DOCUMENT 10

struct cordon_date record_review_latest(uint32_t kind, const struct cordon_date *today)
{
	return date_after_years(today, kind == CORDON_KIND_INVALID_DOCUMENT
					       ? REVIEW_YEARS_DOCUMENT
					       : REVIEW_YEARS_PERSON);
}

struct cordon_date record_review_default(
	const struct cordon_record *record, const struct cordon_date *today)
{
	struct cordon_date review = record_review_latest(record->kind, today);

	if (date_whole(&record->valid_until) &&
		date_compare(&record->valid_until, &review) < 0) {
		return record->valid_until;
	}
	return review;
}

static bool same_object(const struct shape *shape, const void *a, const void *b);

static bool same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool same_value(const struct field *field, const void *a, const void *b)
{
	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_STATE:
	case FIELD_ID:
		return same_text(*(const char *const *)a, *(const char *const *)b);
	case FIELD_DATE:
	case FIELD_DAY:
		return date_compare(a, b) == 0;
	case FIELD_CODE:
		return *(const uint32_t *)a == *(const uint32_t *)b;
	case FIELD_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case FIELD_INT32:
		return *(const int32_t *)a == *(const int32_t *)b;
	case FIELD_UINT64:
		return *(const uint64_t *)a == *(const uint64_t *)b;
	case FIELD_OBJECT:
		return same_object(field->shape, a, b);
	}
	return false;
}

static bool all_in(const struct values *some, const struct values *all)
{
	for (size_t i = 0; i < some->count; i++) {
		uint32_t code = *(const uint32_t *)values_at(some, i);
		size_t j = 0;

		while (j < all->count && *(const uint32_t *)values_at(all, j) != code) {
			j++;
		}
		if (j == all->count) {
			return false;
		}
	}
	return true;
}

static bool same_list(
	const struct field *field, const struct values *a, const struct values *b)
{
	/* longer ones than an owner accepts are compared in order: that takes no time
	 */
	if (field->type == FIELD_CODE && a->count <= field->most &&
		b->count <= field->most) {
		return all_in(a, b) && all_in(b, a);
	}
	if (a->count != b->count) {
		return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		if (!same_value(field, values_at(a, i), values_at(b, i))) {
			return false;
		}
	}
	return true;
}

static bool same_field(const struct field *field, const void *a, const void *b)
{
	struct values of_a = field_values(field, a), of_b = field_values(field, b);
	bool no_a, no_b;

	if (field->repeated) {
		return same_list(field, &of_a, &of_b);
	}
	no_a = of_a.count == 0 || field_value_absent(field, of_a.data);
	no_b = of_b.count == 0 || field_value_absent(field, of_b.data);
	return no_a || no_b ? no_a == no_b : same_value(field, of_a.data, of_b.data);
}

static bool same_object(const struct shape *shape, const void *a, const void *b)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (!same_field(&shape->fields[i], a, b)) {
			return false;
		}
	}
	return true;
}

/* What the owner's node adds, and what says the same in two ways, does not count. */
static struct cordon_record as_compared(
	const struct cordon_record *record, const struct cordon_record *other)
{
	struct cordon_record compared = *record;

	compared.version = 0;
	compared.internal_note = NULL;
	if (date_absent(&other->review_by)) {
		compared.review_by = other->review_by;
	}
	if (compared.scope == 0) {
		compared.scope = CORDON_SCOPE_ALL;
	}
	return compared;
}

bool record_same_content(const struct cordon_record *a, const struct cordon_record *b)
{
	struct cordon_record x = as_compared(a, b), y = as_compared(b, a);

	return same_object(&record_shape, &x, &y);
}
