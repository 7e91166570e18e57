/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/client/talk.h"

/* ---- taking over --------------------------------------------------------------------
 */

/* Done with BLR forced, else refused. */
static void answer_takeover(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__Control__TakeoverRequest *request =
		(const Cordon__Control__TakeoverRequest *)decoded;
	Cordon__Control__TakeoverAnswer message =
		CORDON__CONTROL__TAKEOVER_ANSWER__INIT;
	Cordon__Control__TakeoverList list = CORDON__CONTROL__TAKEOVER_LIST__INIT;
	Cordon__Control__TakeoverList *lists = &list;
	Cordon__Control__TakeoverMember member = CORDON__CONTROL__TAKEOVER_MEMBER__INIT;
	Cordon__Control__TakeoverMember *members = &member;
	Cordon__Epoch old_epoch = CORDON__EPOCH__INIT, epoch = CORDON__EPOCH__INIT;
	Cordon__ListId id = CORDON__LIST_ID__INIT;

	id.owner = message_data("KAZ");
	id.kind = CORDON_KIND_ENTRY_BAN;
	old_epoch.number = 5;
	epoch.number = 9;
	list.list = &id;
	list.old_epoch = &old_epoch;
	list.old_sequence = 20;
	list.sequence = 21;
	list.wanted = 20;
	list.live = 7;
	member.member = message_data("BLR");
	member.forced = request->n_force == 1;
	message.done = request->n_force == 1 && request->what == 2;
	if (message.done) {
		list.epoch = &epoch;
	} else if (request->what != 3) {
		message.wait = true;
		message.reason = message_data("no node of BLR is reached");
	}
	message.lists = &lists;
	message.n_lists = 1;
	message.members = &members;
	message.n_members = 1;
	fake_send(conn, MESSAGE_TAKEOVER_ANSWER, 0, header->request, &message.base);
}

static void what_came_of_a_takeover_is_told(void **state)
{
	const char *force[] = { "BLR" };
	struct cordon_takeover *t;
	struct talk talk;

	(void)state;
	talk_init(&talk, answer_takeover);
	assert_int_equal(
		cordon_takeover(talk.client, CORDON_TAKEOVER_RECOVER, NULL, 0, &t), 0);
	assert_false(t->done);
	assert_true(t->wait);
	assert_string_equal(t->reason, "no node of BLR is reached");
	assert_int_equal(t->lists[0].epoch, 0);
	cordon_takeover_destroy(t);

	assert_int_equal(
		cordon_takeover(talk.client, CORDON_TAKEOVER_PROMOTE, force, 1, &t), 0);
	assert_true(t->done);
	assert_null(t->reason);
	assert_int_equal(t->lists_count, 1);
	assert_string_equal(t->lists[0].list, "KAZ/entry_ban");
	assert_int_equal(t->lists[0].old_epoch, 5);
	assert_int_equal(t->lists[0].old_sequence, 20);
	assert_int_equal(t->lists[0].epoch, 9);
	assert_int_equal(t->lists[0].live, 7);
	assert_string_equal(t->members[0].member, "BLR");
	assert_true(t->members[0].forced);
	assert_null(t->members[0].node);
	cordon_takeover_destroy(t);

	/* not done, and no word why */
	assert_int_equal(
		cordon_takeover(talk.client, CORDON_TAKEOVER_REOPEN, NULL, 0, &t),
		CORDON_EPROTO);
	cordon_takeover_destroy(NULL);
	talk_finish(&talk);
}

static int never(void *data, const struct cordon_aside *change)
{
	(void)change;
	return *(int *)data;
}

static void which_node_is_meant_is_not_left_to_chance(void **state)
{
	struct cordon_client *client;
	struct cordon_takeover *t;
	struct talk talk;
	uint64_t dropped;
	int one = 1;

	(void)state;
	talk_init(&talk, answer_takeover);
	client = talk_client("desk", &talk.node, &talk.node);
	assert_int_equal(cordon_takeover(client, CORDON_TAKEOVER_PROMOTE, NULL, 0, &t),
		CORDON_EINVAL);
	talk_says(client, "2 servers are named");
	assert_int_equal(cordon_aside(client, NULL, never, &one), CORDON_EINVAL);
	assert_int_equal(cordon_aside_drop(client, NULL, &dropped), CORDON_EINVAL);
	cordon_client_destroy(client);
	talk_finish(&talk);
}

static void more_members_than_a_union_has_are_refused(void **state)
{
	const char *force[66] = { NULL };
	struct cordon_takeover *t;
	struct talk talk;

	(void)state;
	talk_init(&talk, answer_takeover);
	assert_int_equal(
		cordon_takeover(talk.client, CORDON_TAKEOVER_PROMOTE, force, 66, &t),
		CORDON_EINVAL);
	talk_finish(&talk);
}

/* ---- what was put aside -------------------------------------------------------------
 */

static void fill_aside(Cordon__Control__AsideEntry *message, Cordon__ListId *list,
	Cordon__Epoch *epoch, Cordon__Entry *entry)
{
	cordon__control__aside_entry__init(message);
	cordon__list_id__init(list);
	cordon__epoch__init(epoch);
	list->owner = message_data("KAZ");
	list->kind = CORDON_KIND_ENTRY_BAN;
	epoch->number = 5;
	epoch->tag = 77;
	message->list = list;
	message->epoch = epoch;
	message->entry = entry;
	message->kept_at_s = 1234;
}

/* Two pages: the record of talk_entry, then its withdrawal; behind sequence 18 of
 * another tag something unreadable.  A drop of 3. */
static void answer_aside(struct fake_conn *conn, const struct frame_header *header,
	const ProtobufCMessage *decoded)
{
	const Cordon__Control__AsideRequest *request =
		(const Cordon__Control__AsideRequest *)decoded;
	Cordon__Control__AsideAnswer message = CORDON__CONTROL__ASIDE_ANSWER__INIT;
	Cordon__Control__AsideEntry aside, *asides = &aside;
	Cordon__ListId list;
	Cordon__Epoch epoch;
	Cordon__Entry entry;
	struct entry row;
	uint8_t withdrawal[] = { 0x18, 0x05 }; /* reason: wrong_person */

	talk_entry(&row);
	fill_aside(&aside, &list, &epoch, &entry);
	message.entries = &asides;
	message.n_entries = request->what == 1;
	message.dropped = request->what == 2 ? 3 : 0;
	message.more = request->after == NULL;
	if (request->after != NULL) {
		assert_int_equal(request->after->epoch->tag, 77);
		row.sequence = request->after->sequence + 1;
		row.state = ENTRY_WITHDRAWN;
		row.ends_at_s = 0;
		row.sealed = (struct bytes){ withdrawal, sizeof(withdrawal) };
		if (request->id.len > 0) {
			withdrawal[0] = 0xff; /* no message */
		}
	}
	entry_to_message(&row, &entry);
	fake_send(conn, MESSAGE_ASIDE_ANSWER, 0, header->request, &message.base);
}

struct changes {
	unsigned live, withdrawn;
	int stop;
};

static int note(void *data, const struct cordon_aside *change)
{
	struct changes *changes = data;

	assert_string_equal(change->entry.list, "KAZ/entry_ban");
	assert_int_equal(change->entry.epoch, 5);
	assert_int_equal(change->kept_at_s, 1234);
	if (change->entry.state == CORDON_RECORD_LIVE) {
		changes->live++;
		assert_int_equal(change->entry.sequence, 17);
		assert_non_null(change->entry.record);
	} else {
		changes->withdrawn++;
		assert_int_equal(change->entry.sequence, 18);
		assert_int_equal(change->entry.withdrawal, 5);
	}
	return changes->stop;
}

static void changes_put_aside_come_page_by_page(void **state)
{
	struct changes changes = { 0, 0, 0 };
	uint64_t dropped = 0;
	struct talk t;

	(void)state;
	talk_init(&t, answer_aside);
	assert_int_equal(cordon_aside(t.client, NULL, note, &changes), 0);
	assert_int_equal(changes.live, 1);
	assert_int_equal(changes.withdrawn, 1);
	changes.stop = 42;
	assert_int_equal(cordon_aside(t.client, NULL, note, &changes), 42);
	assert_int_equal(changes.live, 2);
	changes.stop = 0;
	assert_int_equal(
		cordon_aside(t.client, "KAZ-1", note, &changes), CORDON_EPROTO);
	assert_int_equal(cordon_aside_drop(t.client, "KAZ-1", &dropped), 0);
	assert_int_equal(dropped, 3);
	talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_of_a_takeover_is_told),
		cmocka_unit_test(which_node_is_meant_is_not_left_to_chance),
		cmocka_unit_test(more_members_than_a_union_has_are_refused),
		cmocka_unit_test(changes_put_aside_come_page_by_page),
	};

	return cmocka_run_group_tests(tests, talk_make_pki, talk_remove_pki);
}
