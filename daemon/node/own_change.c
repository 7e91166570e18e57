/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <cordon/client.h>
#include "daemon/base/clock.h"
#include "daemon/node/brake.h"
#include "daemon/node/own_listed.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/pending.h"
#include "proto/record_codec.h"

/* One item on its way: what stands, and what is to stand. */
struct change {
	struct own_lists *lists;
	struct own_list *list;
	const struct own_item *item;
	struct arena *arena;
	struct own_result *result;
	bool known;
	struct entry
		old; /* its bytes are in the arena: a put moves what the store lends */
};

static int refuse(struct change *c, int error)
{
	c->result->outcome = CORDON_OUTCOME_REFUSED;
	c->result->error = error;
	return 0;
}

static int broken(struct change *c, struct errmsg *msg)
{
	int error = store_txn_error(c->lists->txn, msg);

	return error == 0 ? errmsg_set(msg, CORDON_EINTERNAL, "own list") : error;
}

/* Puts the new row and fills the result. */
static int put_row(
	struct change *c, struct entry *row, uint32_t outcome, struct errmsg *msg)
{
	if (hash_bytes(row->sealed.data, row->sealed.size, row->sealed_hash) != 0 ||
		own_put(&c->list->change, row) != 0) {
		return broken(c, msg);
	}
	c->result->new_sealed = row->sealed;
	if (c->known) {
		c->result->old_sealed = c->old.sealed;
	}
	c->result->outcome = outcome;
	c->result->version = row->version;
	c->result->sequence = row->sequence;
	return 0;
}

static int open_old(struct change *c, struct cordon_record **record, struct errmsg *msg)
{
	int error = record_open(c->old.sealed, c->arena, record, NULL, msg);

	return error == 0 ? 0 : errmsg_wrap(msg, CORDON_ECORRUPT, "own record");
}

/* Notes stay beside the record; absent leaves what is there. */
static int put_note(
	struct change *c, const char *text, bool *changed, struct errmsg *msg)
{
	struct bytes old;

	*changed = false;
	if (text == NULL) {
		return 0;
	}
	if (store_note_get(c->lists->txn, c->item->id, &old) != 0) {
		return broken(c, msg);
	}
	*changed = old.size != strlen(text) ||
		   (old.size > 0 && memcmp(old.data, text, old.size) != 0);
	if (*changed && store_note_put(c->lists->txn, c->item->id, text) != 0) {
		return broken(c, msg);
	}
	return 0;
}

static int unchanged(struct change *c, bool note_changed)
{
	c->result->outcome =
		note_changed ? CORDON_OUTCOME_CHANGED : CORDON_OUTCOME_UNCHANGED;
	c->result->version = c->old.version;
	c->result->sequence = c->old.sequence;
	return 0;
}

static int seal_and_put(struct change *c, struct cordon_record *record,
	uint32_t outcome, struct errmsg *msg)
{
	struct entry row = {
		.id = c->item->id,
		.state = ENTRY_LIVE,
		.version = c->known ? c->old.version + 1 : 1,
		.ends_at_s = record_ends_s(record),
	};
	int error;

	record->version = row.version;
	error = record_seal(record, c->item->salt, c->arena, &row.sealed);
	if (error == CORDON_ETOOBIG) {
		errmsg_set(&c->result->text, error, "the record is over %d bytes",
			RECORD_SEALED_MAX);
		return refuse(c, error);
	}
	if (error != 0) {
		return errmsg_set(msg, error, "seal a record");
	}
	return put_row(c, &row, outcome, msg);
}

/* Of a record that is new. */
static int warn_listed(struct change *c, struct errmsg *msg)
{
	const char *other;
	int error =
		own_listed_already(c->lists->txn, c->item->record, c->arena, &other);

	if (error != 0) {
		return broken(c, msg);
	}
	if (other != NULL) {
		errmsg_set(&c->result->text, 0, "the same number is listed already: %s",
			other);
	}
	return 0;
}

static int wait_for_second(struct change *c, struct errmsg *msg)
{
	return pending_keep(c->lists->node, c->lists->txn, c->item,
		       c->known ? &c->old : NULL, c->result) == 0
		       ? 0
		       : broken(c, msg);
}

/* *same: what stands says what is put; of what was erased nobody knows. */
static int compare(struct change *c, bool *same, struct errmsg *msg)
{
	struct cordon_record *old;
	int error = 0;

	*same = false;
	if (c->known && c->old.state == ENTRY_LIVE && c->old.sealed.size > 0) {
		error = open_old(c, &old, msg);
		*same = error == 0 && record_same_content(old, c->item->record);
	}
	return error;
}

/*
 * 1. What stands and says the same stays as it is.
 * 2. What somebody else must see waits.
 * 3. review_by that nobody gave is counted from today.
 * 4. What is new, and listed under another id already, gets a warning.
 * 5. Anything else is the next version, also after a withdrawal.
 */
static int put(struct change *c, struct errmsg *msg)
{
	struct cordon_record *record = c->item->record;
	bool live = c->known && c->old.state == ENTRY_LIVE;
	bool same, note_changed;
	int error = compare(c, &same, msg);

	if (error == 0 && !same && c->item->why != 0) { /* 2 */
		return wait_for_second(c, msg);
	}
	if (error == 0) {
		error = put_note(c, record->internal_note, &note_changed, msg);
	}
	if (error != 0) {
		return error;
	}
	if (same) { /* 1 */
		return unchanged(c, note_changed);
	}
	if (date_absent(&record->review_by)) { /* 3 */
		struct record_policy policy;

		own_lists_policy(c->lists->node, &policy);
		record->review_by = record_review_default(record, &policy.today);
	}
	if (!live) { /* 4 */
		error = warn_listed(c, msg);
		if (error != 0) {
			return error;
		}
	}
	return seal_and_put(c, record, /* 5 */
		live ? CORDON_OUTCOME_CHANGED : CORDON_OUTCOME_CREATED, msg);
}

static int not_found(struct change *c)
{
	errmsg_set(&c->result->text, CORDON_ENOTFOUND, "id: %.*s: no such record",
		(int)c->item->id.size, (const char *)c->item->id.data);
	return refuse(c, CORDON_ENOTFOUND);
}

static int pack_withdrawal(struct change *c, uint64_t version, struct bytes *sealed)
{
	Cordon__Withdrawal message = CORDON__WITHDRAWAL__INIT;
	struct bytes salt = { c->item->salt, sizeof(c->item->salt) };
	uint8_t *out;

	message.id = message_data_bytes(c->item->id);
	message.version = version;
	message.reason = c->item->reason;
	message.at_s = wall_s(clock_wall());
	message.salt = message_data_bytes(salt);
	sealed->size = cordon__withdrawal__get_packed_size(&message);
	out = arena_alloc(c->arena, sealed->size);
	if (out == NULL) {
		return CORDON_ENOMEM;
	}
	cordon__withdrawal__pack(&message, out);
	sealed->data = out;
	return 0;
}

static int wait_for_word(struct change *c, struct errmsg *msg)
{
	if (brake_hold(c->lists->txn, &c->list->feed.list, &c->old, c->item) != 0) {
		return broken(c, msg);
	}
	unchanged(c, false);
	c->result->outcome = CORDON_OUTCOME_HELD;
	errmsg_set(&c->result->text, 0,
		"so many withdrawals at once wait for an administrator: cordonctl "
		"brake list");
	return 0;
}

static int withdraw(struct change *c, struct errmsg *msg)
{
	struct entry row = {
		.id = c->item->id,
		.state = ENTRY_WITHDRAWN,
		.version = c->old.version + 1,
	};
	bool note_changed;
	int error;

	if (!c->known) {
		return not_found(c);
	}
	if (c->old.state == ENTRY_WITHDRAWN) {
		unchanged(c, false);
		c->result->outcome = CORDON_OUTCOME_WITHDRAWN;
		return 0;
	}
	if (c->item->hold != NULL && c->item->hold[c->list->feed.list.kind]) {
		return wait_for_word(c, msg);
	}
	if (c->item->why != 0) {
		return wait_for_second(c, msg);
	}
	error = pack_withdrawal(c, row.version, &row.sealed);
	if (error != 0) {
		return errmsg_set(msg, error, "withdraw a record");
	}
	error = put_note(
		c, c->item->text == NULL ? "" : c->item->text, &note_changed, msg);
	if (error == 0) {
		error = put_row(c, &row, CORDON_OUTCOME_WITHDRAWN, msg);
	}
	if (error == 0) {
		c->result->withdrew = true;
		c->list->withdrawn += c->item->hold != NULL;
	}
	return error;
}

static int confirm(struct change *c, struct errmsg *msg)
{
	struct cordon_record *record;
	struct record_policy policy;
	int error;

	if (!c->known || c->old.state != ENTRY_LIVE || c->old.sealed.size == 0) {
		return not_found(c); /* erased: it had ended */
	}
	error = open_old(c, &record, msg);
	if (error != 0) {
		return error;
	}
	if (date_compare(&record->review_by, &c->item->until) == 0) {
		return unchanged(c, false);
	}
	record->review_by = c->item->until;
	own_lists_policy(c->lists->node, &policy);
	policy.from_public_list = record->weak; /* it was let in with that */
	error = record_check(record, &policy, &c->result->text, NULL);
	if (error != 0) {
		return refuse(c, error);
	}
	return seal_and_put(c, record, CORDON_OUTCOME_CHANGED, msg);
}

static int keep_old(struct change *c, const struct entry *row, struct errmsg *msg)
{
	uint8_t *sealed = arena_alloc(c->arena, row->sealed.size + 1);

	if (sealed == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	memcpy(sealed, row->sealed.data, row->sealed.size);
	c->known = true;
	c->old = *row;
	c->old.id = c->item->id;
	c->old.sealed.data = sealed;
	return 0;
}

/* Which of the own lists holds the id, or is to hold it.  An id never changes its kind.
 */
static int find_list(struct change *c, uint16_t *kind, struct errmsg *msg)
{
	struct store_row row;
	bool found;

	if (store_find(c->lists->txn, (const char *)c->item->id.data, c->item->id.size,
		    &row, &found) != 0) {
		return broken(c, msg);
	}
	if (c->item->type == OWN_PUT) {
		*kind = (uint16_t)c->item->record->kind;
	}
	if (!found) {
		return 0;
	}
	if (c->item->type == OWN_PUT && row.list.kind != *kind) {
		char text[LIST_TEXT_MAX];

		ident_list_text(&row.list, text);
		errmsg_set(&c->result->text, CORDON_EFIELD,
			"kind: the id stands in %s already; use another id", text);
		return refuse(c, CORDON_EFIELD);
	}
	*kind = row.list.kind;
	return keep_old(c, &row.entry, msg);
}

int own_lists_change(struct own_lists *lists, const struct own_item *item,
	struct arena *arena, struct own_result *result, struct errmsg *msg)
{
	struct change c = {
		.lists = lists, .item = item, .arena = arena, .result = result
	};
	uint16_t kind = 0;
	bool found;
	int error;

	memset(result, 0, sizeof(*result));
	error = find_list(&c, &kind, msg);
	if (error != 0 || result->error != 0) {
		return error;
	}
	if (kind == 0) { /* nothing of that id anywhere */
		return not_found(&c);
	}
	error = own_lists_load(lists, kind, &c.list, &found, msg);
	if (error != 0) {
		return error;
	}
	if (!found) {
		return errmsg_set(
			msg, CORDON_EINTERNAL, "own list of kind %u is not open", kind);
	}
	result->kind = kind;
	result->epoch = c.list->change.next.epoch;
	switch (item->type) {
	case OWN_PUT:
		return put(&c, msg);
	case OWN_WITHDRAW:
		return withdraw(&c, msg);
	case OWN_CONFIRM:
		return confirm(&c, msg);
	}
	return errmsg_set(
		msg, CORDON_EINTERNAL, "own item of type %d", (int)item->type);
}
