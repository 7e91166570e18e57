/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <openssl/rand.h>

#include <cordon/client.h>
#include "daemon/core/authz/sight.h"
#include "daemon/node/rights.h"
#include "daemon/node/submit_private.h"
#include "proto/record_codec.h"

#define TEXT_BYTES_MAX 4000 /* of a withdrawal's text */

static int refuse(struct submit_item *item, int error)
{
	item->result.outcome = CORDON_OUTCOME_REFUSED;
	item->result.error = error;
	return 0;
}

static bool refused(const struct submit_item *item)
{
	return item->result.error != 0;
}

/* ---- who may ----------------------------------------------------------------------
 */

static int check_kind(struct request *request, uint32_t kind, struct submit_item *item)
{
	int error = request_may_touch(request, ACTION_SUBMIT,
		&request->service->node->config->node.member, kind, &item->result.text);

	return error == 0 ? 0 : refuse(item, error);
}

static int check_owner(struct request *request, struct submit_item *item)
{
	struct state owner = { "" };
	int error;

	/* a valid id begins with three letters */
	ident_state_set(&owner, (const char *)item->own.id.data, 3);
	error = request_may_touch(
		request, ACTION_SUBMIT, &owner, 0, &item->result.text);
	return error == 0 ? 0 : refuse(item, error);
}

/* ---- ids --------------------------------------------------------------------------
 */

static int read_id(struct request *request, ProtobufCBinaryData id, struct arena *arena,
	struct submit_item *item)
{
	char *copy;

	if (!ident_record_id_valid((const char *)id.data, id.len)) {
		errmsg_set(&item->result.text, CORDON_EFIELD,
			"id: no id; the owner's three letters, '-' and 1 to 32 of A-Z "
			"0-9 - are expected");
		return refuse(item, CORDON_EFIELD);
	}
	copy = arena_text(arena, id.data, id.len);
	if (copy == NULL) {
		return CORDON_ENOMEM;
	}
	item->own.id = (struct bytes){ (const uint8_t *)copy, id.len };
	return check_owner(request, item);
}

/* Of a record that stands: may this agency touch its kind?  What stands nowhere is the
 * writer's to say. */
static int check_standing(
	struct request *request, struct submit_item *item, struct errmsg *msg)
{
	struct store_txn *txn;
	struct store_row row;
	bool found;
	int error = request_txn(request, &txn, msg);

	if (error != 0) {
		return error;
	}
	if (store_find(txn, (const char *)item->own.id.data, item->own.id.size, &row,
		    &found) != 0) {
		return store_txn_error(txn, msg);
	}
	item->kind = found ? row.list.kind : 0;
	return found ? check_kind(request, row.list.kind, item) : 0;
}

/* ---- the three of them ------------------------------------------------------------
 */

static int check_record(
	struct request *request, bool from_public_list, struct submit_item *item)
{
	struct record_policy policy;
	int error;

	own_lists_policy(request->service->node, &policy);
	policy.from_public_list = from_public_list;
	error = record_check(
		item->own.record, &policy, &item->result.text, &item->warning);
	if (error != 0) {
		return refuse(item, error);
	}
	item->kind = (uint16_t)item->own.record->kind;
	return check_kind(request, item->own.record->kind, item);
}

/* Whose days the dates are, the owner's node knows where the submission does not say.
 */
static void set_offset(const struct request *request, struct cordon_record *record)
{
	if (record->utc_offset_min == 0) {
		record->utc_offset_min = request->service->node->config->utc_offset_min;
	}
}

static void name_record(const struct cordon_record *record, struct submit_item *item)
{
	if (record->id != NULL) {
		item->own.id = (struct bytes){ (const uint8_t *)record->id,
			strlen(record->id) };
	}
}

static int read_put(struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item)
{
	struct bytes packed = { message->put.data, message->put.len };
	bool unknown = false;
	int error = record_open(
		packed, arena, &item->own.record, &unknown, &item->result.text);

	item->own.type = OWN_PUT;
	item->bytes = packed.size;
	if (error == CORDON_ENOMEM) {
		return error;
	}
	if (error != 0) {
		return refuse(item, error);
	}
	name_record(item->own.record, item);
	if (ident_record_id_valid((const char *)item->own.id.data, item->own.id.size)) {
		error = check_owner(request, item);
	}
	if (error != 0 || refused(item)) {
		return error;
	}
	set_offset(request, item->own.record);
	error = check_record(request, message->from_public_list, item);
	if (error == 0 && !refused(item) && unknown) {
		/* it would be sealed without what this version cannot read */
		errmsg_set(&item->result.text, CORDON_EUNSUPPORTED,
			"the record has fields that this node (%s) does not know; "
			"update the node, or leave them out",
			node_software());
		return refuse(item, CORDON_EUNSUPPORTED);
	}
	return error;
}

static int read_withdraw(struct request *request, const Cordon__WithdrawItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg)
{
	bool bad = false;
	int error = read_id(request, message->id, arena, item);

	item->own.type = OWN_WITHDRAW;
	item->own.reason = message->reason;
	item->bytes = message->id.len + message->text.len;
	if (error != 0 || refused(item)) {
		return error;
	}
	if (cordon_code_text(CORDON_CODES_WITHDRAWAL, message->reason) == NULL) {
		errmsg_set(&item->result.text, CORDON_EFIELD,
			"reason: %u is no reason of a withdrawal; one such as expired, "
			"annulled or error is expected",
			message->reason);
		return refuse(item, CORDON_EFIELD);
	}
	if (message->text.len > TEXT_BYTES_MAX) {
		errmsg_set(&item->result.text, CORDON_ETOOBIG,
			"text: %zu bytes, at most %d are allowed", message->text.len,
			TEXT_BYTES_MAX);
		return refuse(item, CORDON_ETOOBIG);
	}
	item->own.text = message_text(message->text, arena, &bad);
	if (bad) {
		errmsg_set(&item->result.text, CORDON_EFIELD,
			"text: not UTF-8, or a control character in it");
		return refuse(item, CORDON_EFIELD);
	}
	return check_standing(request, item, msg);
}

static int read_confirm(struct request *request, const Cordon__ConfirmItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg)
{
	int error = read_id(request, message->id, arena, item);

	item->own.type = OWN_CONFIRM;
	item->bytes = RECORD_SEALED_MAX / 16; /* the record is sealed anew */
	if (error != 0 || refused(item)) {
		return error;
	}
	if (!date_parse(&item->own.until, (const char *)message->until.data,
		    message->until.len) ||
		!date_whole(&item->own.until)) {
		errmsg_set(&item->result.text, CORDON_EFIELD,
			"until: a whole date, YYYY-MM-DD, is expected");
		return refuse(item, CORDON_EFIELD);
	}
	return check_standing(request, item, msg);
}

static int read_any(struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg)
{
	switch (message->what_case) {
	case CORDON__SUBMIT_ITEM__WHAT_PUT:
		return read_put(request, message, arena, item);
	case CORDON__SUBMIT_ITEM__WHAT_WITHDRAW:
		return read_withdraw(request, message->withdraw, arena, item, msg);
	case CORDON__SUBMIT_ITEM__WHAT_CONFIRM:
		return read_confirm(request, message->confirm, arena, item, msg);
	default:
		errmsg_set(&item->result.text, CORDON_EINVAL,
			"the item puts, withdraws and confirms nothing");
		return refuse(item, CORDON_EINVAL);
	}
}

/*
 * What in the item is for a second pair of eyes, and the item as it came, should it
 * have to wait.  Whether withdrawals are many the writer sees.
 */
static int read_eyes(const struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item)
{
	const struct node *node = request->service->node;
	uint32_t eyes = rights_eyes(node->rights);
	bool may_wait = item->own.type == OWN_WITHDRAW && (eyes & EYES_WITHDRAWALS);

	if (item->own.type == OWN_PUT) {
		item->own.why =
			sight_demands(item->own.record, node->config->two_eyes_range) &
			eyes;
		may_wait = item->own.why != 0;
	}
	return may_wait ? message_pack(&message->base, arena, &item->own.packed) : 0;
}

int submit_read(struct request *request, const Cordon__SubmitItem *message,
	struct arena *arena, struct submit_item *item, struct errmsg *msg)
{
	int error = read_any(request, message, arena, item, msg);

	if (error == 0 && !refused(item)) {
		error = read_eyes(request, message, arena, item);
	}

	if (error == 0 && arena->failed) {
		error = CORDON_ENOMEM;
	}
	if (error == 0 && !refused(item) &&
		RAND_bytes(item->own.salt, sizeof(item->own.salt)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	return error;
}
