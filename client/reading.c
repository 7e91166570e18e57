/* SPDX-License-Identifier: Apache-2.0 */
#include "client/reading.h"

#include <string.h>

#include "proto/entry.h"
#include "proto/record.h"

void reading_fault(struct reading *r, const char *what)
{
	if (r->error == 0) {
		r->error = errmsg_set(r->msg, CORDON_EPROTO,
			"the node's %s is out of form: %s", r->message, what);
	}
}

const char *reading_text(struct reading *r, ProtobufCBinaryData data)
{
	bool bad = false;
	const char *text = message_text(data, r->arena, &bad);

	if (bad) {
		reading_fault(r, "text that is no printable UTF-8");
	}
	return text;
}

const char *reading_mandatory(struct reading *r, ProtobufCBinaryData data)
{
	if (data.len == 0) {
		reading_fault(r, "a mandatory text is missing");
	}
	return reading_text(r, data);
}

const char *const *reading_texts(
	struct reading *r, const ProtobufCBinaryData *data, size_t count)
{
	const char **texts = reading_array(r, count, sizeof(*texts));

	for (size_t i = 0; texts != NULL && i < count; i++) {
		texts[i] = reading_mandatory(r, data[i]);
	}
	return texts;
}

const char *reading_list(struct reading *r, const Cordon__ListId *list)
{
	char text[LIST_TEXT_MAX];
	struct list_id id;

	if (list_from_message(list, &id, NULL) != 0) {
		reading_fault(r, "it names no list");
		return NULL;
	}
	ident_list_text(&id, text);
	return arena_text(r->arena, text, strlen(text));
}

const char *reading_hash(struct reading *r, ProtobufCBinaryData data)
{
	char *text;

	if (data.len == 0) {
		return NULL;
	}
	if (data.len != HASH_BYTES) {
		reading_fault(r, "a digest that has not 32 bytes");
		return NULL;
	}
	text = arena_alloc(r->arena, 2 * HASH_BYTES + 1);
	if (text != NULL) {
		bytes_to_hex(data.data, data.len, text);
	}
	return text;
}

struct cordon_date reading_date(struct reading *r, ProtobufCBinaryData data)
{
	struct cordon_date date = { 0, 0, 0 };

	if (data.len > 0 && !date_parse(&date, (const char *)data.data, data.len)) {
		reading_fault(r, "a date that is none");
	}
	return date;
}

int reading_verified(struct reading *r, uint32_t verified)
{
	switch (verified) {
	case 0:
		return CORDON_VERIFIED_UNKNOWN;
	case 1:
		return CORDON_VERIFIED_YES;
	case 2:
		return CORDON_VERIFIED_NO;
	default:
		reading_fault(r, "verified is not 0 to 2");
		return CORDON_VERIFIED_NO;
	}
}

int64_t reading_age_s(struct reading *r, int64_t head_time_s, int64_t now_s)
{
	if (head_time_s < 0 || now_s < 0) {
		reading_fault(r, "a time before 1970");
		return -1;
	}
	if (head_time_s == 0) {
		return -1;
	}
	/* two clocks: a head that was signed a moment "after" now is a new one */
	return now_s > head_time_s ? now_s - head_time_s : 0;
}

void *reading_array(struct reading *r, size_t count, size_t size)
{
	return arena_array(r->arena, count, size);
}

int reading_end(struct reading *r)
{
	if (r->error == 0 && r->arena->failed) {
		r->error = errmsg_set(r->msg, CORDON_ENOMEM,
			"the node's %s needs too much memory", r->message);
	}
	return r->error;
}
