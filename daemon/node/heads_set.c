/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/heads_set.h"

#include <string.h>

void heads_set_init(struct heads_set *set, const struct list_id *list, size_t room)
{
	memset(set, 0, sizeof(*set));
	set->list = *list;
	set->room = room < HEADS_SET_MAX ? room : HEADS_SET_MAX;
	arena_init(&set->arena, 0);
	set->heads = arena_array(&set->arena, room, sizeof(*set->heads));
	set->packed = arena_array(&set->arena, room, sizeof(*set->packed));
	if (set->heads == NULL || set->packed == NULL) {
		set->error = CORDON_ENOMEM;
	}
}

void heads_set_finish(struct heads_set *set)
{
	arena_finish(&set->arena);
}

static int fail(struct heads_set *set, int error)
{
	set->error = error;
	return error;
}

int heads_set_add(struct heads_set *set, struct bytes packed, struct errmsg *msg)
{
	uint8_t *data;
	int error;

	if (set->error != 0 || packed.size == 0 || set->count == set->room) {
		return set->error;
	}
	data = arena_alloc(&set->arena, packed.size);
	if (data == NULL) {
		return fail(set, errmsg_set(msg, CORDON_ENOMEM, "out of memory"));
	}
	memcpy(data, packed.data, packed.size);
	error = head_parse(packed, &set->heads[set->count], msg);
	if (error == 0 && !ident_list_equal(&set->heads[set->count].list, &set->list)) {
		error = errmsg_set(msg, CORDON_EPROTO, "a head of another list");
	}
	if (error != 0) {
		return fail(set, error);
	}
	set->packed[set->count++] = (struct bytes){ data, packed.size };
	return 0;
}

static bool add_stored(void *context, struct bytes packed)
{
	return heads_set_add(context, packed, NULL) == 0;
}

int heads_set_add_stored(struct heads_set *set, struct store_txn *txn,
	const struct epoch *epoch, uint64_t from, uint64_t to)
{
	int error;

	if (set->error != 0) {
		return set->error;
	}
	error = store_heads_down(txn, &set->list, epoch, from, to, add_stored, set);
	if (error != 0) {
		return fail(set, error);
	}
	return set->error;
}

int heads_set_add_kept(
	struct heads_set *set, struct store_txn *txn, const struct head *head)
{
	struct bytes packed;
	int error;

	if (set->error != 0) {
		return set->error;
	}
	error = store_head_at(txn, &set->list, &head->epoch, head->sequence, &packed);
	return error != 0 ? fail(set, error) : heads_set_add(set, packed, NULL);
}

enum evidence_kind heads_set_find(const struct heads_set *set,
	struct evidence *evidence, struct store_evidence *packed)
{
	const struct head *heads[HEADS_SET_MAX];

	for (size_t i = 0; i < set->count; i++) {
		heads[i] = &set->heads[i];
	}
	evidence_find(heads, set->count, evidence);
	packed->count = evidence->count;
	for (size_t i = 0; i < evidence->count; i++) {
		packed->heads[i] = set->packed[evidence->heads[i] - set->heads];
	}
	return evidence->kind;
}
