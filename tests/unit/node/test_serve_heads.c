/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include "daemon/core/repl/apply.h"

/* Watches of heads: what is told, when, and to whom. */

static Cordon__Position position_of(const struct head *head)
{
	Cordon__Position position = CORDON__POSITION__INIT;

	position.list = list_message(&head->list);
	position.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	position.sequence = head->sequence;
	position.head_hash = data_of(head->hash, HASH_BYTES);
	return position;
}

/* held: NULL for an asker who holds nothing. */
static void watch(struct session *session, const struct head *held)
{
	Cordon__HeadsRequest message = CORDON__HEADS_REQUEST__INIT;
	Cordon__Position position, *positions[1] = { &position };

	if (held != NULL) {
		position = position_of(held);
		message.held = positions;
		message.n_held = 1;
	}
	case_ask(session, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
}

static struct head head_in(const Cordon__Heads *heads, size_t i)
{
	uint8_t packed[HEAD_BYTES_MAX];
	struct head head;
	size_t size = cordon__head__pack(heads->heads[i], packed);

	assert_int_equal(head_parse((struct bytes){ packed, size }, &head, NULL), 0);
	return head;
}

/* The last frame; all but the first answers have been forgotten by the caller. */
static const Cordon__Heads *frame(const struct session *session, size_t heads)
{
	const Cordon__Heads *message =
		(const Cordon__Heads *)last_answer(session, MESSAGE_HEADS);

	assert_int_equal(session->answers[session->count - 1].flags, FRAME_MORE);
	assert_int_equal(message->n_heads, heads);
	return message;
}

static void assert_one_head(struct session *session, const struct head *expected)
{
	const Cordon__Heads *heads;
	struct head head;

	assert_int_equal(session->count, 1);
	heads = frame(session, 1);
	head = head_in(heads, 0);
	assert_memory_equal(head.hash, expected->hash, HASH_BYTES);
	assert_true(head.time_s == expected->time_s);
	forget_answers(session);
}

static void assert_nothing_but_empty(struct session *session)
{
	for (size_t i = 0; i < session->count; i++) {
		assert_int_equal(session->answers[i].type, MESSAGE_HEADS);
		assert_int_equal(
			((Cordon__Heads *)session->answers[i].message)->n_heads, 0);
	}
	forget_answers(session);
}

static void all_come_at_once_and_no_others(void **state)
{
	struct serve_case *c = *state;
	struct head bans = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");
	struct head foreign = case_publish(c, &rus_bans, "BLR KAZ", "RUS-1");
	const Cordon__Heads *heads;
	struct head first, second;

	case_publish(c, &kaz_documents, "RUS", "KAZ-9");
	watch(&c->blr, NULL);
	heads = frame(&c->blr, 2);
	first = head_in(heads, 0);
	second = head_in(heads, 1);
	assert_memory_equal(first.hash, bans.hash, HASH_BYTES);
	assert_memory_equal(second.hash, foreign.hash, HASH_BYTES);
	assert_int_equal(c->blr.count, 1);
}

static void nodes_of_the_own_member_get_all(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	case_publish(c, &kaz_documents, "", "KAZ-9");
	case_publish(c, &rus_bans, "KAZ", "RUS-1");
	watch(&c->kaz, NULL);
	frame(&c->kaz, 3);
}

static void who_may_have_nothing_gets_an_empty_frame(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	watch(&c->rus, NULL);
	frame(&c->rus, 0);
	assert_int_equal(c->rus.count, 1);
}

static void then_only_what_changes_comes(void **state)
{
	struct serve_case *c = *state;
	struct head head;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	case_publish(c, &kaz_documents, "BLR", "KAZ-9");
	watch(&c->blr, NULL);
	forget_answers(&c->blr);
	case_changed(c);
	assert_int_equal(c->blr.count, 0);
	head = case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	case_changed(c);
	assert_one_head(&c->blr, &head);
	head = case_sign_again(c, &kaz_documents);
	case_changed(c);
	assert_one_head(&c->blr, &head);
	case_changed(c);
	assert_int_equal(c->blr.count, 0);
}

static void a_list_that_is_new_comes_too(void **state)
{
	struct serve_case *c = *state;
	struct head head;

	watch(&c->blr, NULL);
	forget_answers(&c->blr);
	head = case_publish(c, &kaz_bans, "BLR", "");
	case_changed(c);
	assert_one_head(&c->blr, &head);
}

static void what_the_asker_holds_comes_all_the_same(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	watch(&c->blr, &head);
	assert_one_head(&c->blr, &head);
}

static void an_idle_link_hears_an_empty_frame_now_and_then(void **state)
{
	struct serve_case *c = *state;

	watch(&c->blr, NULL);
	forget_answers(&c->blr);
	case_pass(c, CASE_INTERVAL_MS - 1);
	assert_int_equal(c->blr.count, 0);
	case_pass(c, 1);
	frame(&c->blr, 0);
	case_pass(c, 3 * CASE_INTERVAL_MS);
	assert_int_equal(c->blr.count, 4);
}

static void a_second_watch_takes_the_place_of_the_first(void **state)
{
	struct serve_case *c = *state;
	struct head head;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	watch(&c->blr, NULL);
	watch(&c->blr, NULL);
	watch(&c->rus, NULL);
	assert_int_equal(case_held(c), 2);
	forget_answers(&c->blr);
	head = case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	case_changed(c);
	assert_one_head(&c->blr, &head);
}

static void lists_that_are_not_passed_on_are_not_told_of(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &blr_bans, "KAZ RUS", "BLR-1");

	case_set_phase(c, &blr_bans, COPY_MOVING);
	watch(&c->rus, NULL);
	frame(&c->rus, 0);
	forget_answers(&c->rus);
	case_set_phase(c, &blr_bans, COPY_FOLLOWING);
	case_changed(c);
	assert_one_head(&c->rus, &head);
	case_set_phase(c, &blr_bans, COPY_STOPPED);
	case_publish(c, &blr_bans, "KAZ RUS", "BLR-2");
	case_set_phase(c, &blr_bans, COPY_STOPPED);
	case_changed(c);
	assert_nothing_but_empty(&c->rus);
}

static void a_frame_waits_for_room(void **state)
{
	struct serve_case *c = *state;
	struct head head;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	watch(&c->blr, NULL);
	forget_answers(&c->blr);
	c->blr.full = true;
	head = case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	case_changed(c);
	case_pass(c, 500);
	c->blr.full = false;
	case_pass(c, 500);
	assert_one_head(&c->blr, &head);
}

/* ---- ends of sharing
 * -------------------------------------------------------------------- */

static void the_end_of_a_sharing_is_told_once(void **state)
{
	struct serve_case *c = *state;
	struct head end;

	case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");
	watch(&c->blr, NULL);
	forget_answers(&c->blr);
	end = case_publish(c, &kaz_bans, "RUS", "KAZ-2");
	case_changed(c);
	assert_one_head(&c->blr, &end);
	case_publish(c, &kaz_bans, "RUS", "KAZ-3");
	case_changed(c);
	case_sign_again(c, &kaz_bans);
	case_changed(c);
	case_pass(c, 2 * CASE_INTERVAL_MS);
	assert_nothing_but_empty(&c->blr);
}

static void who_comes_back_is_told_of_the_end(void **state)
{
	struct serve_case *c = *state;
	struct head old = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), end;

	case_publish(c, &kaz_bans, "", "KAZ-2");
	end = case_publish(c, &kaz_bans, "", "KAZ-3");
	watch(&c->blr, &old);
	assert_one_head(&c->blr, &end);
}

static void who_knows_of_the_end_is_told_no_more(void **state)
{
	struct serve_case *c = *state;
	struct head end;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	end = case_publish(c, &kaz_bans, "", "KAZ-2");
	watch(&c->blr, &end);
	case_publish(c, &kaz_bans, "", "KAZ-3");
	case_changed(c);
	case_end(&c->blr);
	watch(&c->blr, &end);
	assert_nothing_but_empty(&c->blr);
}

/* To say that one holds a list is no proof of it. */
static void who_never_had_the_list_learns_nothing(void **state)
{
	struct serve_case *c = *state;
	struct head own = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	struct head claim = own;

	case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	watch(&c->rus, &own); /* a head that did not name RUS */
	assert_nothing_but_empty(&c->rus);
	claim.sequence--;
	watch(&c->rus, &claim);
	assert_nothing_but_empty(&c->rus);
	claim.epoch.number = 1;
	watch(&c->rus, &claim);
	assert_nothing_but_empty(&c->rus);
	claim = own;
	claim.hash[0] ^= 1;
	watch(&c->rus, &claim);
	case_publish(c, &kaz_bans, "BLR", "KAZ-3");
	case_changed(c);
	assert_nothing_but_empty(&c->rus);
}

/* Heads that are remembered are not for ever; acknowledgements stay. */
static struct ack acknowledged;

static void put_ack(struct serve_case *c, struct store_txn *txn)
{
	(void)c;
	assert_int_equal(store_ack_put(txn, &acknowledged, bytes_text("packed")), 0);
}

static void an_acknowledgement_proves_that_one_had_the_list(void **state)
{
	struct serve_case *c = *state;
	struct head held = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), end;

	end = case_publish(c, &kaz_bans, "", "KAZ-2");
	held.epoch.number--; /* a head that is not remembered */
	watch(&c->blr, &held);
	assert_nothing_but_empty(&c->blr);
	acknowledged = (struct ack){ .list = kaz_bans,
		.epoch = held.epoch,
		.sequence = held.sequence,
		.node = c->blr.asker.identity,
		.time_s = CASE_NOW_S };
	memcpy(acknowledged.head_hash, held.hash, HASH_BYTES);
	case_write(c, put_ack);
	watch(&c->rus, &held); /* another's acknowledgement proves nothing */
	assert_nothing_but_empty(&c->rus);
	watch(&c->blr, &held);
	assert_one_head(&c->blr, &end);
}

static void a_node_that_lost_a_list_too_passes_the_end_on(void **state)
{
	struct serve_case *c = *state;
	struct head held = case_publish(c, &blr_bans, "KAZ RUS", "BLR-1"), end;

	watch(&c->rus, NULL);
	forget_answers(&c->rus);
	end = case_unshare(c, &blr_bans, "");
	case_changed(c);
	assert_one_head(&c->rus, &end);
	case_end(&c->rus);
	watch(&c->rus, &held);
	assert_one_head(&c->rus, &end);
}

/* It cannot be had here, and whoever holds an older one is to know that it is one. */
static void one_who_still_has_it_is_told_by_one_who_lost_it(void **state)
{
	struct serve_case *c = *state;
	struct head held = case_publish(c, &blr_bans, "KAZ RUS", "BLR-1"), end;

	watch(&c->rus, NULL);
	forget_answers(&c->rus);
	end = case_unshare(c, &blr_bans, "RUS");
	case_changed(c);
	assert_one_head(&c->rus, &end);
	case_end(&c->rus);
	watch(&c->rus, &end); /* as far as we */
	assert_nothing_but_empty(&c->rus);
	case_end(&c->rus);
	watch(&c->rus, NULL); /* has nothing, and nothing can be had */
	assert_nothing_but_empty(&c->rus);
	case_end(&c->rus);
	watch(&c->rus, &held);
	assert_one_head(&c->rus, &end);
}

static void the_owner_is_told_how_far_it_had_got(void **state)
{
	struct serve_case *c = *state;
	struct head end;

	case_publish(c, &blr_bans, "KAZ", "BLR-1");
	end = case_unshare(c, &blr_bans, "");
	watch(&c->blr, NULL);
	assert_one_head(&c->blr, &end);
}

static void who_is_shared_with_again_gets_the_head(void **state)
{
	struct serve_case *c = *state;
	struct head head;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	watch(&c->blr, NULL);
	case_publish(c, &kaz_bans, "", "");
	case_changed(c);
	forget_answers(&c->blr);
	head = case_publish(c, &kaz_bans, "BLR", "");
	case_changed(c);
	assert_one_head(&c->blr, &head);
}

static void set_high(struct serve_case *c, struct store_txn *txn)
{
	struct list_copy copy = case_copy(c, &blr_bans);

	copy.phase = COPY_STAGING;
	copy.high = copy.head;
	copy.high.sequence++;
	copy.high.shared_with_count = 0;
	assert_int_equal(store_list_put(txn, &blr_bans, &copy), 0);
}

/* A later head was read of that does not name the asker any more; until it is verified
 * neither head goes out. */
static void an_end_that_is_known_but_not_verified_stops_it(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &blr_bans, "KAZ RUS", "BLR-1");
	case_write(c, set_high);
	watch(&c->rus, NULL);
	assert_nothing_but_empty(&c->rus);
}

static void positions_that_say_nothing_are_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	Cordon__HeadsRequest message = CORDON__HEADS_REQUEST__INIT;
	Cordon__Position position = position_of(&head), *positions[1] = { &position };

	message.held = positions;
	message.n_held = 1;
	position.head_hash.len = 7;
	case_ask(&c->blr, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
	assert_refused(&c->blr, CORDON_EPROTO);
	position = position_of(&head);
	position.epoch = NULL;
	case_ask(&c->blr, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
	assert_refused(&c->blr, CORDON_EPROTO);
	position = position_of(&head);
	position.list = NULL;
	case_ask(&c->blr, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
	assert_refused(&c->blr, CORDON_EPROTO);
	assert_int_equal(case_held(c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_come_at_once_and_no_others),
		CASE(nodes_of_the_own_member_get_all),
		CASE(who_may_have_nothing_gets_an_empty_frame),
		CASE(then_only_what_changes_comes),
		CASE(a_list_that_is_new_comes_too),
		CASE(what_the_asker_holds_comes_all_the_same),
		CASE(an_idle_link_hears_an_empty_frame_now_and_then),
		CASE(a_second_watch_takes_the_place_of_the_first),
		CASE(lists_that_are_not_passed_on_are_not_told_of),
		CASE(a_frame_waits_for_room),
		CASE(the_end_of_a_sharing_is_told_once),
		CASE(who_comes_back_is_told_of_the_end),
		CASE(who_knows_of_the_end_is_told_no_more),
		CASE(who_never_had_the_list_learns_nothing),
		CASE(an_acknowledgement_proves_that_one_had_the_list),
		CASE(a_node_that_lost_a_list_too_passes_the_end_on),
		CASE(one_who_still_has_it_is_told_by_one_who_lost_it),
		CASE(the_owner_is_told_how_far_it_had_got),
		CASE(who_is_shared_with_again_gets_the_head),
		CASE(an_end_that_is_known_but_not_verified_stops_it),
		CASE(positions_that_say_nothing_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
