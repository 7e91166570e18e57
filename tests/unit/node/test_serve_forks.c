/* SPDX-License-Identifier: Apache-2.0 */
/* What is served to those who look for the place where two histories part. */
#include "tests/unit/node/serve_case.h"

static void ask_heads(
	struct session *session, const struct head *head, uint64_t from, uint64_t to)
{
	Cordon__HeadsAtRequest message = CORDON__HEADS_AT_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	message.from = from;
	message.to = to;
	case_ask(session, MESSAGE_HEADS_AT, handle_heads_at, &message.base);
}

static struct head head_of_message(const Cordon__Head *message)
{
	uint8_t packed[HEAD_BYTES_MAX];
	struct head head;
	size_t size = cordon__head__pack(message, packed);

	assert_int_equal(head_parse((struct bytes){ packed, size }, &head, NULL), 0);
	return head;
}

static void assert_heads(
	struct session *session, const uint64_t *sequences, size_t count)
{
	const Cordon__HeadsAtAnswer *answer =
		(const Cordon__HeadsAtAnswer *)last_answer(
			session, MESSAGE_HEADS_AT_ANSWER);

	assert_int_equal(answer->n_heads, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(
			head_of_message(answer->heads[i]).sequence, sequences[i]);
	}
}

static void remembered_heads_are_told_with_their_neighbours(void **state)
{
	struct serve_case *c = *state;
	struct head first = case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	struct head second = case_publish(c, &kaz_bans, "RUS", "KAZ-2");
	struct head third = case_publish(c, &kaz_bans, "RUS", "KAZ-3");
	const uint64_t around[] = { third.sequence, second.sequence, first.sequence };

	ask_heads(&c->rus, &second, second.sequence, second.sequence);
	assert_heads(&c->rus, around, 3);
	ask_heads(&c->rus, &second, third.sequence + 5, third.sequence + 9);
	assert_heads(&c->rus, around, 1);
}

static void heads_that_do_not_name_the_asker_are_left_out(void **state)
{
	struct serve_case *c = *state;
	struct head hidden = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	struct head shown = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-2");
	const uint64_t sequences[] = { shown.sequence };

	(void)hidden;
	ask_heads(&c->rus, &shown, 0, shown.sequence);
	assert_heads(&c->rus, sequences, 1);
}

static void who_may_not_have_the_list_learns_nothing(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	struct head other = head;

	ask_heads(&c->rus, &head, 0, 9);
	assert_refused(&c->rus, CORDON_ENOTSHARED);
	other.list = blr_bans; /* which is not there at all */
	ask_heads(&c->rus, &other, 0, 9);
	assert_refused(&c->rus, CORDON_ENOTSHARED);
}

static void a_range_that_is_none_is_refused(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1");

	ask_heads(&c->rus, &head, 2, 1);
	assert_refused(&c->rus, CORDON_EPROTO);
}

static void pull(struct session *session, const struct head *head, uint64_t after,
	const uint8_t hash[HASH_BYTES])
{
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = epoch_message(head->epoch.number, head->epoch.tag);
	message.after = after;
	message.head_hash = data_of(hash, HASH_BYTES);
	case_ask(session, MESSAGE_PULL, handle_pull, &message.base);
}

static void who_stands_in_another_history_is_refused(void **state)
{
	struct serve_case *c = *state;
	struct head first = case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	struct head second = case_publish(c, &kaz_bans, "RUS", "KAZ-2 KAZ-3");
	uint8_t other[HASH_BYTES];

	memset(other, 7, sizeof(other));
	pull(&c->rus, &second, first.sequence, first.hash);
	last_answer(&c->rus, MESSAGE_CHUNK);
	pull(&c->rus, &second, first.sequence, other);
	assert_refused(&c->rus, CORDON_EMISMATCH);
	/* between two that follow each other */
	assert_true(second.sequence > first.sequence + 1);
	pull(&c->rus, &second, first.sequence + 1, other);
	assert_refused(&c->rus, CORDON_EMISMATCH);
	/* before the first, which follows none */
	pull(&c->rus, &second, first.sequence - 1, other);
	assert_refused(&c->rus, CORDON_EMISMATCH);
}

/* ---- proofs -----------------------------------------------------------------------
 */

static struct store_evidence proof;
static struct head proof_first;

static void put_proof(struct serve_case *c, struct store_txn *txn)
{
	bool added;

	(void)c;
	assert_int_equal(store_evidence_put(txn, &proof_first, &proof, &added), 0);
}

/* Two heads of one sequence, the list stopped for them. */
static void stop_with_proof(struct serve_case *c, const char *a, const char *b)
{
	struct head head = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");
	struct arena *arena = &c->arena;

	proof.count = 2;
	for (size_t i = 0; i < 2; i++) {
		const char *shared = i == 0 ? a : b;

		head.shared_with_count = 1;
		memset(head.shared_with, 0, sizeof(head.shared_with));
		memcpy(head.shared_with[0].code, shared, 3);
		head.live_count = i;
		assert_int_equal(
			head_sign(&head, c->keys[1], arena, &proof.heads[i], NULL), 0);
		proof.heads[i].data = memcpy(malloc(proof.heads[i].size),
			proof.heads[i].data, proof.heads[i].size);
	}
	proof_first = head;
	case_write(c, put_proof);
	case_set_phase(c, &kaz_bans, COPY_STOPPED);
}

static void free_proof(void)
{
	free((void *)proof.heads[0].data);
	free((void *)proof.heads[1].data);
}

static const Cordon__Heads *watch(struct session *session)
{
	Cordon__HeadsRequest message = CORDON__HEADS_REQUEST__INIT;

	case_ask(session, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
	return (const Cordon__Heads *)last_answer(session, MESSAGE_HEADS);
}

static void what_a_list_is_stopped_for_is_told(void **state)
{
	struct serve_case *c = *state;
	const Cordon__Heads *heads;

	stop_with_proof(c, "BLR", "RUS");
	heads = watch(&c->rus);
	assert_int_equal(heads->n_heads, 0);
	assert_int_equal(heads->n_evidence, 1);
	assert_int_equal(heads->evidence[0]->n_heads, 2);
	case_changed(c); /* once */
	case_pass(c, CASE_INTERVAL_MS);
	heads = (const Cordon__Heads *)last_answer(&c->rus, MESSAGE_HEADS);
	assert_int_equal(heads->n_evidence, 0);
	free_proof();
}

static void who_none_of_the_heads_names_is_told_nothing(void **state)
{
	struct serve_case *c = *state;

	stop_with_proof(c, "BLR", "BLR");
	assert_int_equal(watch(&c->rus)->n_evidence, 0);
	free_proof();
}

/* ---- complaints -------------------------------------------------------------------
 */

static void complain(struct session *session, const struct list_id *list, uint32_t code,
	const char *text)
{
	Cordon__Complaint message = CORDON__COMPLAINT__INIT;

	message.list = list_message(list);
	message.code = code;
	message.text = message_data(text);
	case_ask(session, MESSAGE_COMPLAINT, handle_complaint, &message.base);
}

static uint64_t counted(struct serve_case *c)
{
	return atomic_load(&c->node.counters.complaints);
}

static void a_complaint_is_counted(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	complain(&c->rus, &kaz_bans, 27, "what it sent is not signed");
	assert_int_equal(counted(c), 1);
	assert_int_equal(c->complaints, 1);
	complain(&c->rus, &kaz_bans, 99999, "");
	assert_int_equal(counted(c), 2);
}

static void complaints_of_what_is_not_the_askers_are_dropped(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	complain(&c->rus, &kaz_bans, 27, "");
	complain(&c->rus, &blr_bans, 27, "");
	assert_int_equal(counted(c), 0);
	assert_int_equal(c->rus.count, 0);
}

static void a_complaint_that_is_none_is_refused(void **state)
{
	struct serve_case *c = *state;
	char text[1024] = "";

	case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	complain(&c->rus, &kaz_bans, 0, "");
	assert_refused(&c->rus, CORDON_EPROTO);
	complain(&c->rus, &kaz_bans, 27, "a\nline");
	assert_refused(&c->rus, CORDON_EPROTO);
	memset(text, 'x', sizeof(text) - 1);
	complain(&c->rus, &kaz_bans, 27, text);
	assert_refused(&c->rus, CORDON_EPROTO);
	assert_int_equal(counted(c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(remembered_heads_are_told_with_their_neighbours),
		CASE(heads_that_do_not_name_the_asker_are_left_out),
		CASE(who_may_not_have_the_list_learns_nothing),
		CASE(a_range_that_is_none_is_refused),
		CASE(who_stands_in_another_history_is_refused),
		CASE(what_a_list_is_stopped_for_is_told),
		CASE(who_none_of_the_heads_names_is_told_nothing),
		CASE(a_complaint_is_counted),
		CASE(complaints_of_what_is_not_the_askers_are_dropped),
		CASE(a_complaint_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
