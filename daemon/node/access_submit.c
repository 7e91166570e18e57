/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log_entries.h"
#include "daemon/node/session_private.h"
#include "daemon/node/submit_private.h"

/* What a submission leaves: who changed which fields of what, and the hashes of the
 * sealed bytes before and after; never the fields' content. */

#define FIELDS_BYTES 1024

static struct bytes hash_of(struct bytes sealed, uint8_t out[HASH_BYTES])
{
	struct bytes none = { NULL, 0 };

	if (sealed.size == 0 || hash_bytes(sealed.data, sealed.size, out) != 0) {
		return none;
	}
	return (struct bytes){ out, HASH_BYTES };
}

static struct bytes text_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static void log_item(struct submission *s, const struct submit_item *item)
{
	const struct own_result *result = &item->result;
	const struct session *session = s->from;
	uint8_t old_hash[HASH_BYTES], new_hash[HASH_BYTES];
	char fields[FIELDS_BYTES] = "";
	struct audit_entry entry = {
		.kind = AUDIT_SUBMIT,
		.message = MESSAGE_SUBMIT,
		.at_us = clock_wall().us,
		.role = (uint8_t)session->asker.identity.role,
		.flags = session->local ? AUDIT_LOCAL : 0,
		.query = (uint8_t)item->own.type,
		.outcome = (uint8_t)result->outcome,
		.version = result->version,
		.who = text_of(session->uri),
		.address = text_of(session->address),
		.id = item->own.id,
	};
	int error = s->error != 0 ? s->error : result->error;

	entry.error = (uint16_t)-error;
	if (error == 0 && result->new_sealed.size > 0) {
		entry.old_hash = hash_of(result->old_sealed, old_hash);
		entry.new_hash = hash_of(result->new_sealed, new_hash);
		if (item->own.type != OWN_WITHDRAW) {
			access_changed_fields(result->old_sealed, result->new_sealed,
				fields, sizeof(fields));
		}
	}
	entry.fields = text_of(fields);
	error = access_log_add(
		s->service, s->held == NULL ? NULL : s->from, AUDIT_ACT, &entry, NULL);
	if (error != 0) {
		log_error("access log: a change of %.*s left no entry: %s",
			(int)item->own.id.size, (const char *)item->own.id.data,
			cordon_error_text(error));
	}
}

void access_log_submission(struct submission *s)
{
	if (s->service->access == NULL || s->from == NULL) {
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		log_item(s, &s->items[i]);
	}
}
