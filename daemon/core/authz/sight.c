/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/authz/sight.h"

#include <stddef.h>

#include "proto/document.h"

static bool is_wide(const struct cordon_document *document, uint64_t range_max)
{
	struct document_range range;

	return document->number_to != NULL && document->number != NULL &&
	       document_range_parse(
		       document->number, document->number_to, &range, NULL) == 0 &&
	       range.last - range.first >= range_max;
}

uint32_t sight_demands(const struct cordon_record *record, uint64_t range_max)
{
	uint32_t demands = 0;

	for (size_t i = 0; i < record->actions_count; i++) {
		if (record->actions[i] == CORDON_ACTION_DETAIN) {
			demands |= EYES_DETAIN;
		}
	}
	for (size_t i = 0; i < record->documents_count; i++) {
		if (is_wide(&record->documents[i], range_max)) {
			demands |= EYES_RANGES;
		}
	}
	if (record->exceptions_count > 0) {
		demands |= EYES_EXCEPTIONS;
	}
	if (record->distinguished_count > 0) {
		demands |= EYES_DISTINGUISHED;
	}
	return demands;
}

static void reduce_person(
	const struct cordon_person *from, struct cordon_person *person)
{
	*person = *from;
	person->documents = NULL;
	person->documents_count = 0;
	person->personal_numbers = NULL;
	person->personal_numbers_count = 0;
}

void sight_reduce(const struct cordon_record *record, struct cordon_record *reduced,
	struct cordon_person *person)
{
	*reduced = (struct cordon_record){
		.id = record->id,
		.kind = record->kind,
		.version = record->version,
		.valid_from = record->valid_from,
		.valid_until = record->valid_until,
		.utc_offset_min = record->utc_offset_min,
		.reason = record->reason,
		.actions = record->actions,
		.actions_count = record->actions_count,
		.scope = record->scope,
		.contact = record->contact,
		.note = record->note,
		.warning = record->warning,
		.weak = record->weak,
		.documents = record->documents,
		.documents_count = record->documents_count,
	};
	if (record->person != NULL) {
		reduce_person(record->person, person);
		reduced->person = person;
	}
}
