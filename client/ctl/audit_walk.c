/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

/* Entries of a log, one after the other, with what was asked where it can be opened. */

struct reader_state {
	struct audit_reading *reading;
	struct box *box; /* of the segment; NULL: cannot be opened */
	bool has_tags;
	uint64_t tags[AUDIT_TAGS]; /* searched for; 0: not */
	int status;
};

static bool same(struct bytes text, const char *wanted)
{
	return wanted == NULL || (text.size == strlen(wanted) &&
					 memcmp(text.data, wanted, text.size) == 0);
}

static bool names_record(const struct audit_entry *entry, const char *id)
{
	struct bytes left = entry->records;

	if (id == NULL || same(entry->id, id)) {
		return true;
	}
	while (left.size > 0) {
		if (same(audit_records_next(&left), id)) {
			return true;
		}
	}
	return false;
}

static bool fits(const struct reader_state *state, const struct audit_entry *entry)
{
	const struct audit_filter *f = &state->reading->filter;

	if ((f->kind != 0 && entry->kind != f->kind) ||
		(f->verdict != 0 && entry->verdict != f->verdict) ||
		(f->from_us != 0 && entry->at_us < f->from_us) ||
		(f->to_us != 0 && entry->at_us > f->to_us)) {
		return false;
	}
	for (size_t i = 0; i < AUDIT_TAGS; i++) {
		if (state->tags[i] != 0 && entry->tags[i] != state->tags[i]) {
			return false;
		}
	}
	return same(entry->officer, f->officer) &&
	       same(entry->checkpoint, f->checkpoint) && names_record(entry, f->record);
}

static uint64_t tag_of(const uint8_t *key, enum audit_tag what, const char *number)
{
	char normalised[CORDON_NUMBER_MAX + 1];

	if (number == NULL || cordon_number_normalise(number, normalised) != 0) {
		return 0;
	}
	return audit_tag(key, what, normalised, strlen(normalised));
}

/* The segment's keys, where the auditor's opens them. */
static int open_segment(struct reader_state *state, const struct audit_frame *frame)
{
	const struct audit_filter *f = &state->reading->filter;
	uint8_t secret[AUDIT_SECRET_BYTES];
	const uint8_t *tag_key = secret + BOX_KEY_BYTES;
	struct errmsg msg = { "" };
	int error;

	box_destroy(state->box);
	state->box = NULL;
	if (state->reading->auditor == NULL) {
		return 0;
	}
	error = envelope_open(
		state->reading->auditor, frame->envelope, secret, sizeof(secret), &msg);
	if (error == 0) {
		error = box_create(secret, &state->box, &msg);
	}
	if (error != 0) {
		char text[512];

		snprintf(text, sizeof(text), "segment %" PRIu64 ": %.400s",
			frame->segment, errmsg_text(&msg, error));
		state->status = ctl_fail(state->reading->source->ctl, error, text);
		return 1;
	}
	state->tags[AUDIT_TAG_DOCUMENT] =
		tag_of(tag_key, AUDIT_TAG_DOCUMENT, f->document);
	state->tags[AUDIT_TAG_PERSONAL] =
		tag_of(tag_key, AUDIT_TAG_PERSONAL, f->personal_number);
	OPENSSL_cleanse(secret, sizeof(secret));
	return 0;
}

static int tell(struct reader_state *state, const struct audit_entry *entry,
	uint64_t number, struct bytes secret)
{
	json_t *asked = NULL;
	int result;

	if (!fits(state, entry)) {
		return 0;
	}
	if (secret.size > 0) {
		asked = audit_asked_json(entry, secret);
	}
	result = state->reading->entry(state->reading->context, entry, number, asked);
	json_decref(asked);
	return result;
}

static int read_part(struct reader_state *state, const struct audit_frame *frame,
	size_t class, uint64_t number)
{
	const struct audit_part *part = &frame->parts[class];
	struct bytes plain = part->plain, secret = { NULL, 0 };
	uint8_t *opened = NULL;
	int result = 0;

	if (state->box != NULL && part->secret.size > 0) {
		opened = malloc(part->secret.size);
	}
	if (opened != NULL && box_open(state->box, frame->number, (uint32_t) class,
				      part->secret, part->tag.data, opened) == 0) {
		secret = (struct bytes){ opened, part->secret.size };
	}
	for (uint32_t i = 0; i < part->entries && result == 0; i++) {
		struct bytes own = { secret.data, 0 };
		struct audit_entry entry;
		uint32_t secret_bytes;
		size_t size;

		if (!audit_entry_read(plain, &entry, &size, &secret_bytes)) {
			break;
		}
		if (secret_bytes > 0 && secret_bytes <= secret.size) {
			own.size = secret_bytes;
			secret.data += secret_bytes;
			secret.size -= secret_bytes;
		}
		result = tell(state, &entry, number + i, own);
		plain.data += size;
		plain.size -= size;
	}
	OPENSSL_clear_free(opened, opened == NULL ? 0 : part->secret.size);
	return result;
}

static int read_frame(struct reader_state *state, const struct audit_frame *frame)
{
	uint64_t number = frame->entries;
	int result = 0;

	if (frame->type == AUDIT_SEGMENT) {
		return open_segment(state, frame);
	}
	for (size_t i = 0;
		frame->type == AUDIT_GROUP && i < AUDIT_CLASSES && result == 0; i++) {
		if (!frame->parts[i].dropped) {
			result = read_part(state, frame, i, number);
		}
		number += frame->parts[i].entries;
	}
	return result;
}

static int read_segment(struct reader_state *state, size_t index)
{
	struct audit_source *source = state->reading->source;
	uint8_t *data;
	struct bytes left;
	struct audit_frame frame;
	size_t size;
	int result = 0, status = audit_source_load(source, index, &data, &size);

	if (status != EXIT_OK) {
		return status;
	}
	left = (struct bytes){ data, size };
	while (result == 0 && audit_frame_read(left, &frame) == 0) {
		result = read_frame(state, &frame);
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
	}
	if (result == 0 && left.size > 0 &&
		audit_frame_read(left, &frame) != CORDON_ECLOSED) {
		fprintf(stderr,
			"cordonctl: segment %" PRIu64
			" is not as it was written from byte %zu on; see cordonctl "
			"access-log verify\n",
			source->numbers[index], size - left.size);
	}
	free(data);
	return state->status;
}

int audit_read_all(struct audit_reading *reading)
{
	struct reader_state state = { .reading = reading };
	const struct audit_source *source = reading->source;
	int status = EXIT_OK;

	for (size_t i = 0; i < source->count && status == EXIT_OK; i++) {
		/* a segment that ended before has nothing of it */
		if (source->last_s[i] != 0 && reading->filter.from_us != 0 &&
			(source->last_s[i] + 1) * 1000000 < reading->filter.from_us) {
			continue;
		}
		status = read_segment(&state, i);
	}
	box_destroy(state.box);
	return status;
}
