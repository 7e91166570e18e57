/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/keys.h"

bool keys_about_person(const struct cordon_record *record)
{
	switch (record->kind) {
	case CORDON_KIND_ENTRY_BAN:
	case CORDON_KIND_DEPORTATION:
	case CORDON_KIND_ILLEGAL_STAY:
		return record->person != NULL;
	default:
		return false;
	}
}

static void add_key(struct record_keys *keys, name_key key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->keys[i] == key) {
			return;
		}
	}
	if (keys->count == MATCH_RECORD_KEYS_MAX) {
		keys->cut = true;
		return;
	}
	keys->keys[keys->count++] = key;
}

int record_name_keys(struct match_context *context, const struct cordon_record *record,
	struct record_keys *keys)
{
	size_t names_count =
		keys_about_person(record) ? record->person->names_count : 0;

	keys->count = 0;
	keys->cut = false;
	for (size_t i = 0; i < names_count; i++) {
		struct name_keys name;
		int error = keys_of_name(context, &record->person->names[i], &name);

		if (error == CORDON_EFIELD || error == CORDON_ETOOBIG) {
			keys->cut = true;
			continue;
		}
		if (error != 0) {
			return error;
		}
		for (size_t k = 0; k < name.whole_count; k++) {
			add_key(keys, name.whole[k]);
		}
		for (size_t k = 0; k < name.shorter_count; k++) {
			add_key(keys, name.shorter[k]);
		}
	}
	return 0;
}
