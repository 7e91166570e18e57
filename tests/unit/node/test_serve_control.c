/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include "daemon/core/repl/copy.h"
#include "tests/lib/testpki.h"

/* Status, and lists verified. */

/* The node's certificate, of which status tells the end, too. */
static struct testpki *pki;

static int set_up(void **state)
{
	static const struct testpki_leaf own = { .signer = "KAZ", .uri = NODE_URI };
	struct serve_case *c;

	assert_int_equal(case_setup(state), 0);
	c = *state;
	pki = testpki_create();
	testpki_issue(pki, "own", &own);
	c->node.profile = testpki_profile(pki, true, "own", NULL);
	return 0;
}

static int tear_down(void **state)
{
	struct serve_case *c = *state;

	tls_profile_unref(c->node.profile);
	testpki_destroy(pki);
	return case_teardown(state);
}

/* ---- status
 * ------------------------------------------------------------------------------- */

static const Cordon__Control__StatusAnswer *status(struct serve_case *c)
{
	Cordon__Control__StatusRequest message = CORDON__CONTROL__STATUS_REQUEST__INIT;

	case_ask(&c->agency, MESSAGE_STATUS, handle_status, &message.base);
	return (const Cordon__Control__StatusAnswer *)last_answer(
		&c->agency, MESSAGE_STATUS_ANSWER);
}

static bool is(ProtobufCBinaryData data, const char *text)
{
	return data.len == strlen(text) && memcmp(data.data, text, data.len) == 0;
}

static const Cordon__Control__ListStatus *list_status(
	const Cordon__Control__StatusAnswer *answer, const struct list_id *list)
{
	for (size_t i = 0; i < answer->n_lists; i++) {
		struct list_id id;

		assert_int_equal(
			list_from_message(answer->lists[i]->list, &id, NULL), 0);
		if (ident_list_equal(&id, list)) {
			return answer->lists[i];
		}
	}
	fail_msg("no such list in the status");
	return NULL;
}

static void status_says_who_the_node_is(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Control__StatusAnswer *answer;

	atomic_store(&c->node.counters.lookups, 17);
	answer = status(c);
	assert_true(is(answer->node, NODE_URI));
	assert_true(is(answer->member, "KAZ"));
	assert_true(answer->signer);
	assert_true(answer->started_s == CASE_NOW_S - 60);
	assert_true(answer->now_s >= CASE_NOW_S);
	assert_true(answer->store_bytes > 0);
	assert_int_equal(answer->lookups, 17);
	assert_int_equal(answer->n_lists, 0);
}

static void status_says_how_each_list_stands(void **state)
{
	struct serve_case *c = *state;
	struct head own = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1 KAZ-2 -KAZ-1");
	struct head other = case_publish(c, &rus_bans, "KAZ", "RUS-1");
	const Cordon__Control__StatusAnswer *answer = status(c);
	const Cordon__Control__ListStatus *list = list_status(answer, &kaz_bans);

	assert_true(is(list->state, "own"));
	assert_int_equal(list->sequence, own.sequence);
	assert_int_equal(list->epoch->number, own.epoch.number);
	assert_int_equal(list->live, 1);
	assert_int_equal(list->verified, 1);
	assert_memory_equal(list->digest.data, own.digest, HASH_BYTES);
	assert_int_equal(list->n_shared_with, 2);
	assert_true(is(list->shared_with[1], "RUS"));
	list = list_status(answer, &rus_bans);
	assert_true(is(list->state, "following"));
	assert_true(list->head_time_s == other.time_s);
	assert_int_equal(list->loaded_sequence, 0);
}

static void start_loading(struct serve_case *c, struct store_txn *txn)
{
	struct list_copy copy = { .phase = COPY_LOADING, .position = 12 };

	(void)c;
	assert_int_equal(store_list_put(txn, &rus_bans, &copy), 0);
}

static void status_says_what_is_not_verified(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Control__ListStatus *list;

	case_publish(c, &blr_bans, "KAZ", "BLR-1");
	case_set_phase(c, &blr_bans, COPY_STOPPED);
	case_write(c, start_loading);
	list = list_status(status(c), &blr_bans);
	assert_true(is(list->state, "stopped"));
	assert_int_equal(list->verified, 2);
	list = list_status(status(c), &rus_bans);
	assert_true(is(list->state, "loading"));
	assert_int_equal(list->verified, 2);
	assert_int_equal(list->loaded_sequence, 12);
	assert_null(list->epoch);
	assert_true(list->head_time_s == 0);
}

static void status_keeps_a_list_whose_sharing_ended(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Control__ListStatus *list;

	case_publish(c, &blr_bans, "KAZ", "BLR-1");
	case_unshare(c, &blr_bans, "");
	list = list_status(status(c), &blr_bans);
	assert_true(is(list->state, "unshared"));
	assert_int_equal(list->verified, 0);
	assert_int_equal(list->live, 0);
}

static void status_names_links_and_members(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &rus_bans, "KAZ", "RUS-1");
	const Cordon__Control__StatusAnswer *answer;

	c->links[1].lag = 5;
	answer = status(c);
	assert_int_equal(answer->n_links, 2);
	assert_true(is(answer->links[0]->peer, "cordon://BLR/node/minsk-1"));
	assert_true(is(answer->links[0]->state, "up"));
	assert_int_equal(answer->links[0]->error.len, 0);
	assert_true(is(answer->links[1]->error, "refused"));
	assert_int_equal(answer->links[1]->lag, 5);
	assert_int_equal(answer->n_members, 3);
	assert_true(is(answer->members[0]->member, "BLR"));
	assert_true(answer->members[0]->newest_head_s == 0);
	assert_true(
		is(answer->members[2]->last_seen_node, "cordon://RUS/node/moscow-1"));
	assert_true(answer->members[2]->newest_head_s == head.time_s);
	assert_int_equal(answer->members[1]->last_seen_node.len, 0);
}

/* ---- verify
 * ------------------------------------------------------------------------------- */

static void verify(struct serve_case *c, const struct list_id *list)
{
	Cordon__Control__VerifyRequest message = CORDON__CONTROL__VERIFY_REQUEST__INIT;

	forget_answers(&c->agency);
	message.list = list == NULL ? NULL : list_message(list);
	case_ask(&c->agency, MESSAGE_VERIFY, handle_verify, &message.base);
}

static const Cordon__Control__VerifyAnswer *verified(
	const struct serve_case *c, size_t i)
{
	last_answer(&c->agency, MESSAGE_VERIFY_ANSWER);
	assert_true(i < c->agency.count);
	assert_int_equal(c->agency.answers[i].type, MESSAGE_VERIFY_ANSWER);
	assert_int_equal(
		c->agency.answers[i].flags, i + 1 < c->agency.count ? FRAME_MORE : 0);
	return (const Cordon__Control__VerifyAnswer *)c->agency.answers[i].message;
}

static void assert_ok(const struct serve_case *c, size_t i)
{
	const Cordon__Control__VerifyAnswer *answer = verified(c, i);

	if (!answer->ok) {
		fail_msg("%.*s", (int)answer->differences[0].len,
			(const char *)answer->differences[0].data);
	}
	assert_int_equal(answer->n_differences, 0);
}

/* The first difference says so. */
static void assert_differs(const struct serve_case *c, const char *what)
{
	const Cordon__Control__VerifyAnswer *answer = verified(c, 0);
	char line[512];

	assert_false(answer->ok);
	assert_true(answer->n_differences > 0);
	snprintf(line, sizeof(line), "%.*s", (int)answer->differences[0].len,
		(const char *)answer->differences[0].data);
	if (strstr(line, what) == NULL) {
		fail_msg("\"%s\" is not in: %s", what, line);
	}
}

static void lists_in_order_verify(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 -KAZ-1");
	const Cordon__Control__VerifyAnswer *answer;

	case_publish(c, &kaz_documents, "", "");
	case_publish(c, &rus_bans, "KAZ", "RUS-1");
	verify(c, NULL);
	assert_int_equal(c->agency.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_ok(c, i);
	}
	answer = verified(c, 0);
	assert_int_equal(answer->entries, 2);
	assert_memory_equal(answer->digest_computed.data, head.digest, HASH_BYTES);
	assert_memory_equal(answer->digest_stored.data, head.digest, HASH_BYTES);
	assert_memory_equal(answer->digest_signed.data, head.digest, HASH_BYTES);
	assert_int_equal(case_held(c), 0);
}

static void one_list_can_be_verified(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1");
	case_publish(c, &rus_bans, "KAZ", "RUS-1");
	verify(c, &rus_bans);
	assert_int_equal(c->agency.count, 1);
	assert_ok(c, 0);
	verify(c, &kaz_documents);
	assert_refused(&c->agency, CORDON_ENOTFOUND);
}

/* A row's bytes change, as on a damaged disk: the hash beside them stays. */
static void damage_row(struct serve_case *c, struct store_txn *txn)
{
	struct feed feed = feed_of(txn, &kaz_bans);
	uint8_t sealed[1024];
	struct entry row;
	bool found;

	(void)c;
	assert_int_equal(feed.ops->find(feed.context, FEED_LIVE, bytes_text("KAZ-2"),
				 &row, &found),
		0);
	assert_true(found && row.sealed.size < sizeof(sealed));
	memcpy(sealed, row.sealed.data, row.sealed.size);
	sealed[row.sealed.size - 1] ^= 1;
	row.sealed.data = sealed;
	row.id = bytes_text("KAZ-2");
	assert_int_equal(feed.ops->put(feed.context, FEED_LIVE, &row), 0);
}

static void damaged_bytes_are_found(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1 KAZ-2 KAZ-3");
	case_write(c, damage_row);
	verify(c, NULL);
	assert_differs(c, "KAZ-2");
	assert_int_equal(verified(c, 0)->n_differences, 3); /* row, stored, signed */
}

static void lose_row(struct serve_case *c, struct store_txn *txn)
{
	(void)c;
	remove_id(txn, &kaz_bans, "KAZ-1");
}

static void a_lost_row_is_found(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1 KAZ-2");
	case_write(c, lose_row);
	verify(c, NULL);
	assert_differs(c, "do not have the digest that is kept");
	assert_int_equal(verified(c, 0)->entries, 1);
}

static void change_copy(struct serve_case *c, struct store_txn *txn)
{
	struct list_copy copy = case_copy(c, &kaz_bans);

	copy.digest.lanes[7]++;
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
}

static void a_damaged_digest_is_found(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1");
	case_write(c, change_copy);
	verify(c, NULL);
	assert_differs(c, "do not have the digest that is kept");
	assert_int_equal(verified(c, 0)->n_differences, 1);
}

static void swap_keys(struct serve_case *c)
{
	struct config_head_key kaz = c->members[1].head_keys[0];

	c->members[1].head_keys[0] = c->members[2].head_keys[0];
	c->members[2].head_keys[0] = kaz;
}

static void a_head_that_its_owner_did_not_sign_is_found(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1");
	swap_keys(c);
	verify(c, NULL);
	assert_differs(c, "the head: ");
}

static void lists_without_a_verified_state_are_not_ok(void **state)
{
	struct serve_case *c = *state;

	case_write(c, start_loading);
	verify(c, NULL);
	assert_differs(c, "still being loaded, up to sequence 12");
	case_publish(c, &blr_bans, "KAZ", "BLR-1");
	case_set_phase(c, &blr_bans, COPY_STOPPED);
	verify(c, &blr_bans);
	assert_differs(c, "two histories");
}

static void a_list_whose_sharing_ended_is_left_out(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &blr_bans, "KAZ", "BLR-1");
	case_publish(c, &kaz_bans, "", "KAZ-1");
	case_unshare(c, &blr_bans, "");
	verify(c, NULL);
	assert_int_equal(c->agency.count, 1);
	assert_ok(c, 0);
}

static void peers_are_compared(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	struct peer_head *peer = &c->heads[0];

	peer->holds = true;
	peer->epoch = head.epoch;
	peer->sequence = head.sequence;
	memcpy(peer->digest, head.digest, HASH_BYTES);
	verify(c, NULL);
	assert_ok(c, 0);
	assert_int_equal(verified(c, 0)->n_peers, 2);
	assert_true(verified(c, 0)->peers[0]->reachable);
	assert_int_equal(verified(c, 0)->peers[0]->sequence, head.sequence);
	assert_false(verified(c, 0)->peers[1]->reachable);
	peer->digest[0] ^= 1;
	verify(c, NULL);
	assert_differs(c, "cordon://BLR/node/minsk-1 reports another digest");
	peer->sequence--; /* on its way: no difference */
	verify(c, NULL);
	assert_ok(c, 0);
}

static void a_long_list_is_verified_in_slices_of_one_snapshot(void **state)
{
	struct serve_case *c = *state;
	struct head head;
	int turns = 0;

	head = case_publish_many(c, &kaz_bans, "", 400);
	case_clock_step(12000);
	verify(c, NULL);
	case_publish(c, &kaz_bans, "", "KAZ-500");
	while (case_held(c) > 0 && turns++ < 20) {
		case_changed(c);
	}
	case_clock_step(0);
	assert_true(turns > 1);
	assert_ok(c, 0);
	assert_memory_equal(
		verified(c, 0)->digest_computed.data, head.digest, HASH_BYTES);
}

static void answers_wait_for_room(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "", "KAZ-1");
	case_publish(c, &kaz_documents, "", "KAZ-9");
	c->agency.full = true;
	verify(c, NULL);
	case_pass(c, 1000);
	assert_int_equal(c->agency.count, 0);
	c->agency.full = false;
	case_pass(c, 1000);
	assert_int_equal(c->agency.count, 2);
	assert_ok(c, 0);
	assert_ok(c, 1);
}

#define STATUS(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATUS(status_says_who_the_node_is),
		STATUS(status_says_how_each_list_stands),
		STATUS(status_says_what_is_not_verified),
		STATUS(status_keeps_a_list_whose_sharing_ended),
		STATUS(status_names_links_and_members),
		CASE(lists_in_order_verify),
		CASE(one_list_can_be_verified),
		CASE(damaged_bytes_are_found),
		CASE(a_lost_row_is_found),
		CASE(a_damaged_digest_is_found),
		CASE(a_head_that_its_owner_did_not_sign_is_found),
		CASE(lists_without_a_verified_state_are_not_ok),
		CASE(a_list_whose_sharing_ended_is_left_out),
		CASE(peers_are_compared),
		CASE(a_long_list_is_verified_in_slices_of_one_snapshot),
		CASE(answers_wait_for_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
