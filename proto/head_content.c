/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/head_content.h"

#include <string.h>

int epoch_from_message(
	const Cordon__Epoch *message, struct epoch *epoch, struct errmsg *msg)
{
	if (message == NULL || message->number == 0) {
		return errmsg_set(msg, CORDON_EPROTO, "no epoch is named");
	}
	epoch->number = message->number;
	epoch->tag = message->tag;
	return 0;
}

void epoch_to_message(const struct epoch *epoch, Cordon__Epoch *message)
{
	cordon__epoch__init(message);
	message->number = epoch->number;
	message->tag = epoch->tag;
}

bool epoch_equal(const struct epoch *a, const struct epoch *b)
{
	return a->number == b->number && a->tag == b->tag;
}

static bool epoch_before(const struct epoch *a, const struct epoch *b)
{
	return a->number != b->number ? a->number < b->number : a->tag < b->tag;
}

/* Bases in order, each once, all of lower epochs. */
static const char *bases_fault(const struct head *head)
{
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		if (base->epoch.number == 0 ||
			base->epoch.number >= head->epoch.number) {
			return "a base is not of an earlier epoch";
		}
		if (i > 0 && !epoch_before(&head->bases[i - 1].epoch, &base->epoch)) {
			return "bases are not in order of their epochs, each once";
		}
		if (base->sequence > head->sequence) {
			return "a base's sequence is beyond the head's";
		}
	}
	return NULL;
}

static const char *members_fault(const struct head *head)
{
	for (size_t i = 0; i < head->shared_with_count; i++) {
		const struct state *member = &head->shared_with[i];

		if (!ident_member_valid(member->code)) {
			return "shared_with: a member is not three capital letters";
		}
		if (ident_state_equal(member, &head->list.owner)) {
			return "shared_with names the owner";
		}
		if (i > 0 && strcmp(head->shared_with[i - 1].code, member->code) >= 0) {
			return "shared_with is not in order, each member once";
		}
	}
	return NULL;
}

const char *head_content_fault(const struct head *head)
{
	const char *fault;

	if (!ident_member_valid(head->list.owner.code) || head->list.kind == 0) {
		return "no list is named";
	}
	if (head->epoch.number == 0) {
		return "no epoch is named";
	}
	if (head->bases_count > HEAD_BASES_MAX ||
		head->shared_with_count > HEAD_MEMBERS_MAX) {
		return "more bases or members than a head can have";
	}
	if (head->floor > head->sequence) {
		return "floor is beyond the sequence";
	}
	if (head->live_count > head->sequence) {
		return "more live records than changes";
	}
	if (head->time_s <= 0) {
		return "no time of signing";
	}
	fault = bases_fault(head);
	return fault != NULL ? fault : members_fault(head);
}

static ProtobufCBinaryData hash_data(const uint8_t *hash)
{
	struct bytes bytes = { hash, HASH_BYTES };

	return message_data_bytes(bytes);
}

static bool fill_bases(
	const struct head *head, struct arena *arena, Cordon__HeadContent *content)
{
	size_t count = head->bases_count;
	Cordon__Base *bases = arena_array(arena, count, sizeof(*bases));
	Cordon__Epoch *epochs = arena_array(arena, count, sizeof(*epochs));

	content->bases = arena_array(arena, count, sizeof(*content->bases));
	content->n_bases = count;
	if (arena->failed) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		cordon__base__init(&bases[i]);
		epoch_to_message(&head->bases[i].epoch, &epochs[i]);
		bases[i].epoch = &epochs[i];
		bases[i].sequence = head->bases[i].sequence;
		bases[i].head_hash = hash_data(head->bases[i].hash);
		content->bases[i] = &bases[i];
	}
	return true;
}

static bool fill_members(
	const struct head *head, struct arena *arena, Cordon__HeadContent *content)
{
	size_t count = head->shared_with_count;

	content->shared_with = arena_array(arena, count, sizeof(*content->shared_with));
	content->n_shared_with = count;
	if (arena->failed) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		content->shared_with[i] = message_data(head->shared_with[i].code);
	}
	return true;
}

int head_content_pack(
	const struct head *head, struct arena *arena, struct bytes *packed)
{
	Cordon__HeadContent content = CORDON__HEAD_CONTENT__INIT;
	Cordon__ListId list;
	Cordon__Epoch epoch;

	list_to_message(&head->list, &list);
	epoch_to_message(&head->epoch, &epoch);
	content.list = &list;
	content.epoch = &epoch;
	content.sequence = head->sequence;
	content.floor = head->floor;
	content.live_count = head->live_count;
	content.digest = hash_data(head->digest);
	if (head->has_previous) {
		content.previous = hash_data(head->previous);
	}
	if (!fill_bases(head, arena, &content) ||
		!fill_members(head, arena, &content)) {
		return CORDON_ENOMEM;
	}
	return message_pack(&content.base, arena, packed);
}

static int read_hash(ProtobufCBinaryData data, uint8_t out[HASH_BYTES],
	const char *name, struct errmsg *msg)
{
	if (data.len != HASH_BYTES) {
		return errmsg_set(msg, CORDON_EPROTO,
			"%s has %zu bytes where 32 are expected", name, data.len);
	}
	memcpy(out, data.data, HASH_BYTES);
	return 0;
}

static int read_bases(
	const Cordon__HeadContent *content, struct head *head, struct errmsg *msg)
{
	if (content->n_bases > HEAD_BASES_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"%zu bases, at most %d are allowed", content->n_bases,
			HEAD_BASES_MAX);
	}
	head->bases_count = content->n_bases;
	for (size_t i = 0; i < content->n_bases; i++) {
		const Cordon__Base *base = content->bases[i];
		int error = epoch_from_message(base->epoch, &head->bases[i].epoch, msg);

		if (error == 0) {
			error = read_hash(base->head_hash, head->bases[i].hash,
				"a base's hash", msg);
		}
		if (error != 0) {
			return error;
		}
		head->bases[i].sequence = base->sequence;
	}
	return 0;
}

static int read_members(
	const Cordon__HeadContent *content, struct head *head, struct errmsg *msg)
{
	if (content->n_shared_with > HEAD_MEMBERS_MAX) {
		return errmsg_set(msg, CORDON_EPROTO,
			"shared with %zu members, at most %d are allowed",
			content->n_shared_with, HEAD_MEMBERS_MAX);
	}
	head->shared_with_count = content->n_shared_with;
	for (size_t i = 0; i < content->n_shared_with; i++) {
		const ProtobufCBinaryData *member = &content->shared_with[i];

		if (!ident_state_set(&head->shared_with[i], (const char *)member->data,
			    member->len)) {
			return errmsg_set(msg, CORDON_EPROTO,
				"shared_with: a member is not three capital letters");
		}
	}
	return 0;
}

static int read_content(
	const Cordon__HeadContent *content, struct head *head, struct errmsg *msg)
{
	int error = list_from_message(content->list, &head->list, msg);

	if (error == 0) {
		error = epoch_from_message(content->epoch, &head->epoch, msg);
	}
	if (error == 0) {
		error = read_bases(content, head, msg);
	}
	if (error == 0) {
		error = read_hash(content->digest, head->digest, "digest", msg);
	}
	if (error == 0) {
		error = read_members(content, head, msg);
	}
	head->has_previous = content->previous.len != 0;
	if (error == 0 && head->has_previous) {
		error = read_hash(content->previous, head->previous, "previous", msg);
	}
	head->sequence = content->sequence;
	head->floor = content->floor;
	head->live_count = content->live_count;
	return error;
}

bool head_content_canonical(
	const ProtobufCMessage *message, struct bytes packed, struct arena *arena)
{
	struct bytes again;

	return protobuf_c_message_get_packed_size(message) == packed.size &&
	       message_pack(message, arena, &again) == 0 &&
	       memcmp(again.data, packed.data, packed.size) == 0;
}

int head_content_unpack(
	struct bytes packed, struct arena *arena, struct head *head, struct errmsg *msg)
{
	ProtobufCMessage *message;
	int error = message_unpack(
		&cordon__head_content__descriptor, packed, arena, &message, msg);

	if (error == 0) {
		error = read_content((const Cordon__HeadContent *)message, head, msg);
	}
	if (error == 0 && !head_content_canonical(message, packed, arena)) {
		error = errmsg_set(msg, CORDON_EPROTO,
			"the content is not in the one encoding that it has");
	}
	return error;
}
