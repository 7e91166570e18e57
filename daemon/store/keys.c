/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/store/keys.h"

#include <string.h>

#define SIGN_BIT (UINT64_C(1) << 63)

_Static_assert(LIST_KEY_BYTES + IDENT_URI_MAX <= KEY_MAX, "the longest key fits");
_Static_assert(2 + CORDON_NUMBER_MAX <= KEY_MAX, "the longest number fits");

struct bytes key_bytes(const struct key *key)
{
	return (struct bytes){ key->data, key->size };
}

bool key_has_prefix(struct bytes key, struct bytes prefix)
{
	return key.size >= prefix.size &&
	       memcmp(key.data, prefix.data, prefix.size) == 0;
}

bool key_after(struct bytes a, struct bytes b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = memcmp(a.data, b.data, common);

	return order > 0 || (order == 0 && a.size > b.size);
}

static struct writer begin(struct key *key)
{
	struct writer w;

	writer_init(&w, key->data, sizeof(key->data));
	return w;
}

static void end(struct key *key, const struct writer *w)
{
	key->size = (uint8_t)w->used;
}

static void write_owner(struct writer *w, const struct state *owner)
{
	writer_bytes(w, owner->code, 3);
}

static void write_list(struct writer *w, const struct list_id *list)
{
	write_owner(w, &list->owner);
	writer_u16(w, list->kind);
}

void key_list(struct key *key, const struct list_id *list)
{
	struct writer w = begin(key);

	write_list(&w, list);
	end(key, &w);
}

bool key_list_read(struct bytes key, struct list_id *list)
{
	struct list_id out;
	struct reader r;

	memset(&out, 0, sizeof(out));
	reader_init(&r, key.data, key.size);
	reader_copy(&r, out.owner.code, 3);
	out.kind = reader_u16(&r);
	if (!reader_done(&r)) {
		return false;
	}
	*list = out;
	return true;
}

void key_number(struct key *key, uint16_t number)
{
	struct writer w = begin(key);

	writer_u16(&w, number);
	end(key, &w);
}

void key_part(struct key *key, const struct list_id *list, uint8_t part)
{
	struct writer w = begin(key);

	write_list(&w, list);
	writer_u8(&w, part);
	end(key, &w);
}

void key_id(struct key *key, uint16_t number, struct bytes id)
{
	struct writer w = begin(key);

	writer_u16(&w, number);
	writer_bytes(&w, id.data, id.size);
	end(key, &w);
}

void key_native(struct key *key, uint64_t value)
{
	memcpy(key->data, &value, sizeof(value));
	key->size = sizeof(value);
}

bool key_native_read(struct bytes key, uint64_t *value)
{
	if (key.size != sizeof(*value)) {
		return false;
	}
	memcpy(value, key.data, sizeof(*value));
	return true;
}

void ref_write(uint64_t ref, uint8_t out[REF_BYTES])
{
	struct writer w;

	writer_init(&w, out, REF_BYTES);
	writer_u64(&w, ref);
}

bool ref_read(struct bytes value, uint64_t *ref)
{
	struct reader r;

	if (value.size != REF_BYTES) {
		return false;
	}
	reader_init(&r, value.data, value.size);
	*ref = reader_u64(&r);
	return true;
}

void key_skeleton(struct key *key, enum document_tag tag, const char *skeleton)
{
	struct writer w = begin(key);

	writer_u8(&w, (uint8_t)tag);
	writer_bytes(&w, skeleton, strlen(skeleton));
	end(key, &w);
}

void key_block(struct key *key, uint8_t length, const char *skeleton, size_t bytes)
{
	struct writer w = begin(key);

	writer_u8(&w, TAG_BLOCK);
	writer_u8(&w, length);
	writer_bytes(&w, skeleton, bytes);
	end(key, &w);
}

void key_length(struct key *key, uint8_t length)
{
	key->data[0] = length;
	key->size = 1;
}

void key_due_owner(struct key *key, enum due_tag tag, const struct state *owner)
{
	struct writer w = begin(key);

	writer_u8(&w, (uint8_t)tag);
	write_owner(&w, owner);
	end(key, &w);
}

void key_due(struct key *key, enum due_tag tag, const struct state *owner, int64_t when)
{
	struct writer w = begin(key);

	writer_u8(&w, (uint8_t)tag);
	write_owner(&w, owner);
	writer_u64(&w, (uint64_t)when ^ SIGN_BIT);
	end(key, &w);
}

bool key_due_read(struct bytes key, int64_t *when)
{
	struct reader r;
	uint64_t value;

	reader_init(&r, key.data, key.size);
	(void)reader_bytes(&r, 4);
	value = reader_u64(&r) ^ SIGN_BIT;
	if (!reader_done(&r)) {
		return false;
	}
	memcpy(when, &value, sizeof(value));
	return true;
}

void key_head(struct key *key, const struct list_id *list, const struct epoch *epoch,
	uint64_t sequence)
{
	struct writer w = begin(key);

	write_list(&w, list);
	writer_u64(&w, epoch->number);
	writer_u64(&w, epoch->tag);
	writer_u64(&w, sequence);
	end(key, &w);
}

void key_evidence(struct key *key, const struct head *head)
{
	struct writer w = begin(key);

	write_list(&w, &head->list);
	writer_u64(&w, head->epoch.number);
	writer_u64(&w, head->sequence);
	writer_bytes(&w, head->hash, 8);
	end(key, &w);
}

void key_held(
	struct key *key, uint64_t batch, const struct list_id *list, struct bytes id)
{
	struct writer w = begin(key);

	writer_u64(&w, batch);
	write_list(&w, list);
	writer_bytes(&w, id.data, id.size);
	end(key, &w);
}

void key_pending(struct key *key, uint64_t number, uint32_t position)
{
	struct writer w = begin(key);

	writer_u8(&w, TAG_CHANGE);
	writer_u64(&w, number);
	writer_u32(&w, position);
	end(key, &w);
}

void key_pending_id(struct key *key, struct bytes id)
{
	struct writer w = begin(key);

	writer_u8(&w, TAG_CHANGED_ID);
	writer_bytes(&w, id.data, id.size);
	end(key, &w);
}

void key_ack(struct key *key, const struct list_id *list, const struct identity *node)
{
	struct writer w = begin(key);
	char uri[IDENT_URI_MAX];

	ident_uri_text(node, uri);
	write_list(&w, list);
	writer_bytes(&w, uri, strlen(uri));
	end(key, &w);
}
