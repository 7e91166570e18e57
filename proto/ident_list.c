/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN_KIND "kind-"

bool ident_list_equal(const struct list_id *a, const struct list_id *b)
{
	return a->kind == b->kind && ident_state_equal(&a->owner, &b->owner);
}

int ident_list_compare(const struct list_id *a, const struct list_id *b)
{
	int owners = memcmp(a->owner.code, b->owner.code, sizeof(a->owner.code));

	return owners != 0 ? owners : (a->kind > b->kind) - (a->kind < b->kind);
}

void ident_list_text(const struct list_id *list, char *out)
{
	const char *kind = cordon_code_text(CORDON_CODES_KIND, list->kind);

	if (kind != NULL) {
		snprintf(out, LIST_TEXT_MAX, "%.3s/%s", list->owner.code, kind);
	} else {
		snprintf(out, LIST_TEXT_MAX, "%.3s/" UNKNOWN_KIND "%u",
			list->owner.code, list->kind);
	}
}

/* "kind-17" of a newer member; one that has a name is not accepted by number, so that
 * a list has one text. */
static uint16_t unknown_kind_parse(const char *text)
{
	size_t prefix = strlen(UNKNOWN_KIND);
	unsigned long number;

	if (strncmp(text, UNKNOWN_KIND, prefix) != 0) {
		return 0;
	}
	text += prefix;
	if (text[0] < '1' || text[0] > '9' ||
		strspn(text, "0123456789") != strlen(text) || strlen(text) > 5) {
		return 0;
	}
	number = strtoul(text, NULL, 10);
	if (number > UINT16_MAX ||
		cordon_code_text(CORDON_CODES_KIND, (uint32_t)number) != NULL) {
		return 0;
	}
	return (uint16_t)number;
}

bool ident_list_parse(struct list_id *list, const char *text)
{
	struct list_id found = { .kind = 0 };

	if (strlen(text) < 5 || text[3] != '/' ||
		!ident_state_set(&found.owner, text, 3)) {
		return false;
	}
	found.kind = (uint16_t)cordon_code_number(CORDON_CODES_KIND, text + 4);
	if (found.kind == 0) {
		found.kind = unknown_kind_parse(text + 4);
	}
	if (found.kind == 0) {
		return false;
	}
	*list = found;
	return true;
}

bool ident_record_id_valid(const char *id, size_t bytes)
{
	if (bytes < 5 || bytes > CORDON_ID_MAX || id[3] != '-') {
		return false;
	}
	for (size_t i = 0; i < bytes; i++) {
		bool letter = id[i] >= 'A' && id[i] <= 'Z';
		bool other = (id[i] >= '0' && id[i] <= '9') || id[i] == '-';

		if (!letter && (i < 3 || !other)) {
			return false;
		}
	}
	return true;
}
