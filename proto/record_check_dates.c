/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/record_check.h"

#include <string.h>

#define OFFSET_LEAST_MIN (-720)
#define OFFSET_MOST_MIN 840

int check_not_in_future(const struct check *c, const struct field_path *path,
	const struct cordon_date *date)
{
	struct cordon_date first = date_first_day(date);
	char text[DATE_TEXT_BYTES], today[DATE_TEXT_BYTES];

	if (date_absent(date) || date_compare(&first, &c->policy->today) <= 0) {
		return 0;
	}
	date_text(date, text);
	date_text(&c->policy->today, today);
	return field_fail(path, c->msg, CORDON_EFIELD,
		"%s is in the future; today is %s", text, today);
}

/* Fails with "name: DATE is what limit". */
static int date_fail(const struct check *c, const char *name,
	const struct cordon_date *date, const char *what,
	const struct cordon_date *limit)
{
	const struct field_path path = field_of(NULL, name);
	char text[DATE_TEXT_BYTES], other[DATE_TEXT_BYTES];

	date_text(date, text);
	date_text(limit, other);
	return field_fail(
		&path, c->msg, CORDON_EFIELD, "%s is %s %s", text, what, other);
}

static int check_validity(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct field_path from = field_of(NULL, "valid_from");
	const struct field_path until = field_of(NULL, "valid_until");
	char text[DATE_TEXT_BYTES];

	if (date_absent(&r->valid_from)) {
		return check_missing(c, &from);
	}
	if (date_absent(&r->valid_until)) {
		return check_missing(c, &until);
	}
	if (date_compare(&r->valid_until, &r->valid_from) < 0) {
		return date_fail(c, "valid_until", &r->valid_until,
			"before valid_from,", &r->valid_from);
	}
	if (date_compare(&r->valid_until, &c->policy->today) < 0) {
		date_text(&r->valid_until, text);
		check_warn(c, &until, "%s is past: nobody will find the record", text);
	}
	return 0;
}

static int check_retention(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct field_path path = field_of(NULL, "valid_until");
	uint32_t most = c->policy->retention_days[r->kind];
	int64_t days = date_days(&r->valid_until) - date_days(&r->valid_from);
	char text[DATE_TEXT_BYTES];

	if (most == 0) {
		most = RECORD_RETENTION_DEFAULT_DAYS;
	}
	if (days <= (int64_t)most) {
		return 0;
	}
	date_text(&r->valid_until, text);
	return field_fail(&path, c->msg, CORDON_EFIELD,
		"%s is %lld days after valid_from, at most %u are kept for %s", text,
		(long long)days, (unsigned)most,
		cordon_code_text(CORDON_CODES_KIND, r->kind));
}

static int check_offset(const struct check *c)
{
	const struct field_path path = field_of(NULL, "utc_offset_min");
	int32_t offset = c->record->utc_offset_min;

	if (offset >= OFFSET_LEAST_MIN && offset <= OFFSET_MOST_MIN) {
		return 0;
	}
	return field_fail(&path, c->msg, CORDON_EFIELD,
		"%d: %d to %d minutes east of UTC are expected", (int)offset,
		OFFSET_LEAST_MIN, OFFSET_MOST_MIN);
}

/* Not past while the record is in force: it would be withdrawn at once. */
static int check_review(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct cordon_date *today = &c->policy->today;
	struct cordon_date latest = record_review_latest(r->kind, today);
	const struct field_path path = field_of(NULL, "review_by");

	if (date_absent(&r->review_by)) {
		return 0;
	}
	if (date_compare(&r->review_by, &latest) > 0) {
		return date_fail(c, "review_by", &r->review_by,
			"after the latest day allowed,", &latest);
	}
	if (date_compare(&r->review_by, today) < 0 &&
		date_compare(&r->valid_until, today) >= 0) {
		return date_fail(
			c, "review_by", &r->review_by, "past; today is", today);
	}
	if (date_compare(&r->review_by, &r->valid_until) > 0) {
		check_warn(c, &path, "is after valid_until and will never come");
	}
	return 0;
}

static int check_decision(const struct check *c)
{
	const struct field_path decision = field_of(NULL, "decision");
	const struct field_path date = field_of(&decision, "date");

	return c->record->decision == NULL
		       ? 0
		       : check_not_in_future(c, &date, &c->record->decision->date);
}

static int check_other_kind(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const char *name = !date_absent(&r->ordered_on)   ? "ordered_on"
			   : !date_absent(&r->removed_on) ? "removed_on"
			   : !text_absent(r->removed_to)  ? "removed_to"
							  : NULL;
	const struct field_path path = field_of(NULL, name);

	return name == NULL ? 0
			    : field_fail(&path, c->msg, CORDON_EFIELD,
				      "only a deportation has this, not %s",
				      cordon_code_text(CORDON_CODES_KIND, r->kind));
}

static int check_deportation(const struct check *c)
{
	const struct cordon_record *r = c->record;
	const struct field_path ordered = field_of(NULL, "ordered_on");
	const struct field_path removed = field_of(NULL, "removed_on");
	const struct field_path to = field_of(NULL, "removed_to");
	int error;

	if (r->kind != CORDON_KIND_DEPORTATION) {
		return check_other_kind(c);
	}
	error = check_not_in_future(c, &ordered, &r->ordered_on);
	if (error == 0) {
		error = check_not_in_future(c, &removed, &r->removed_on);
	}
	if (error != 0) {
		return error;
	}
	if (!date_absent(&r->ordered_on) && !date_absent(&r->removed_on) &&
		date_compare(&r->removed_on, &r->ordered_on) < 0) {
		return date_fail(c, "removed_on", &r->removed_on, "before ordered_on,",
			&r->ordered_on);
	}
	if (!text_absent(r->removed_to) &&
		strcmp(r->removed_to, c->policy->owner.code) == 0) {
		return field_fail(&to, c->msg, CORDON_EFIELD,
			"%s is the state that the person is removed from",
			r->removed_to);
	}
	return 0;
}

int check_dates(const struct check *c)
{
	static int (*const rules[])(const struct check *c) = {
		check_validity,
		check_retention,
		check_offset,
		check_review,
		check_decision,
		check_deportation,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int error = rules[i](c);

		if (error != 0) {
			return error;
		}
	}
	return 0;
}
