/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include "daemon/core/repl/apply.h"

/* What a pull of KAZ's entry bans is answered. */

struct position {
	uint64_t epoch, tag, after;
	const uint8_t *hash; /* NULL: none */
	uint32_t wait_ms, entries_max;
};

static void pull_list(struct session *session, const struct list_id *list,
	const struct position *position)
{
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;

	message.list = list_message(list);
	message.epoch = epoch_message(position->epoch, position->tag);
	message.after = position->after;
	if (position->hash != NULL) {
		message.head_hash = data_of(position->hash, HASH_BYTES);
	}
	message.wait_ms = position->wait_ms;
	message.entries_max = position->entries_max;
	case_ask(session, MESSAGE_PULL, handle_pull, &message.base);
}

static void pull(struct session *session, struct position position)
{
	pull_list(session, &kaz_bans, &position);
}

static void pull_at(struct session *session, const struct head *head, uint32_t wait_ms)
{
	pull(session, (struct position){ .epoch = head->epoch.number,
			      .tag = head->epoch.tag,
			      .after = head->sequence,
			      .hash = head->hash,
			      .wait_ms = wait_ms });
}

static const Cordon__Chunk *assert_chunk(const struct session *session, uint64_t after,
	uint64_t up_to, size_t entries, const struct head *head)
{
	const Cordon__Chunk *chunk =
		(const Cordon__Chunk *)last_answer(session, MESSAGE_CHUNK);
	uint8_t packed[HEAD_BYTES_MAX];
	struct head got;
	size_t size = cordon__head__pack(chunk->head, packed);

	assert_int_equal(head_parse((struct bytes){ packed, size }, &got, NULL), 0);
	assert_memory_equal(got.hash, head->hash, HASH_BYTES);
	assert_int_equal(chunk->after, after);
	assert_int_equal(chunk->up_to, up_to);
	assert_int_equal(chunk->n_entries, entries);
	return chunk;
}

static void from_nothing_comes_all(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2");

	pull(&c->blr, (struct position){ .wait_ms = CASE_WAIT_MS });
	assert_chunk(&c->blr, 0, head.sequence, 2, &head);
	assert_int_equal(case_held(c), 0);
}

static void what_comes_is_what_was_signed(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 -KAZ-1");
	const Cordon__Chunk *chunk;
	struct digest digest, element;
	uint8_t hash[HASH_BYTES];

	memset(&digest, 0, sizeof(digest));
	pull(&c->blr, (struct position){ .after = 0 });
	chunk = assert_chunk(&c->blr, 0, head.sequence, 2, &head);
	for (size_t i = 0; i < chunk->n_entries; i++) {
		struct entry entry;

		assert_int_equal(
			entry_from_message(chunk->entries[i], &entry, NULL), 0);
		assert_int_equal(digest_element(&kaz_bans, &entry, &element), 0);
		digest_add(&digest, &element);
	}
	assert_int_equal(digest_hash(&digest, hash), 0);
	assert_memory_equal(hash, head.digest, HASH_BYTES);
}

static void from_a_position_comes_what_follows(void **state)
{
	struct serve_case *c = *state;
	struct head old = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2");
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-3 KAZ-1");
	const Cordon__Chunk *chunk;

	pull_at(&c->blr, &old, CASE_WAIT_MS);
	chunk = assert_chunk(&c->blr, old.sequence, head.sequence, 2, &head);
	assert_memory_equal(chunk->entries[0]->id.data, "KAZ-3", 5);
	assert_memory_equal(chunk->entries[1]->id.data, "KAZ-1", 5);
}

static void a_long_list_comes_in_pieces(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3");
	const Cordon__Chunk *chunk;

	pull(&c->blr, (struct position){ .entries_max = 2 });
	chunk = (const Cordon__Chunk *)last_answer(&c->blr, MESSAGE_CHUNK);
	assert_int_equal(chunk->n_entries, 2);
	assert_int_equal(chunk->up_to, chunk->entries[1]->sequence);
	assert_true(chunk->up_to < head.sequence);
	pull(&c->blr, (struct position){ .epoch = head.epoch.number,
			      .tag = head.epoch.tag,
			      .after = chunk->up_to,
			      .entries_max = 2 });
	assert_chunk(&c->blr, chunk->up_to, head.sequence, 1, &head);
}

static void pieces_fit_the_frames_of_the_asker(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2 KAZ-3 KAZ-4 KAZ-5 KAZ-6");
	c->blr.frame_max = 2 * HEAD_BYTES_MAX + 200;
	pull(&c->blr, (struct position){ .after = 0 });
	assert_true(((const Cordon__Chunk *)last_answer(&c->blr, MESSAGE_CHUNK))
			    ->n_entries < 6);
	assert_true(c->blr.answers[0].size <= c->blr.frame_max);
}

static void at_the_head_it_waits_for_news(void **state)
{
	struct serve_case *c = *state;
	struct head old = case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	struct head head;

	pull_at(&c->blr, &old, CASE_WAIT_MS);
	case_changed(c);
	assert_int_equal(c->blr.count, 0);
	case_sign_again(c, &kaz_bans);
	case_changed(c);
	assert_int_equal(c->blr.count, 0); /* a later time is no news for a pull */
	head = case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	case_changed(c);
	assert_chunk(&c->blr, old.sequence, head.sequence, 1, &head);
	assert_int_equal(case_held(c), 0);
}

static void a_wait_ends_with_an_empty_chunk(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	pull_at(&c->blr, &head, 300);
	case_pass(c, 299);
	assert_int_equal(c->blr.count, 0);
	case_pass(c, 1);
	assert_chunk(&c->blr, head.sequence, head.sequence, 0, &head);
	assert_int_equal(case_held(c), 0);
}

static void nobody_waits_longer_than_the_configuration_says(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "");

	pull_at(&c->blr, &head, UINT32_MAX);
	case_pass(c, CASE_WAIT_MS);
	assert_chunk(&c->blr, head.sequence, head.sequence, 0, &head);
}

static void without_a_wait_the_answer_is_at_once(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "");

	pull_at(&c->blr, &head, 0);
	assert_chunk(&c->blr, head.sequence, head.sequence, 0, &head);
}

static void another_head_of_the_same_sequence_is_shown(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), other = head;

	other.hash[0] ^= 1;
	pull_at(&c->blr, &other, CASE_WAIT_MS);
	assert_chunk(&c->blr, head.sequence, head.sequence, 0, &head);
}

static void a_node_that_is_behind_says_so(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), ahead = head;

	ahead.sequence++;
	pull_at(&c->blr, &ahead, CASE_WAIT_MS);
	assert_refused(&c->blr, CORDON_EUNVERIFIED);
	ahead.epoch.number++;
	pull_at(&c->blr, &ahead, CASE_WAIT_MS);
	assert_refused(&c->blr, CORDON_EEPOCH);
	assert_int_equal(case_held(c), 0);
}

static void a_new_epoch_goes_on_where_it_took_over(void **state)
{
	struct serve_case *c = *state;
	struct head old = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), head;

	case_new_epoch(c, &kaz_bans);
	head = case_publish(c, &kaz_bans, "BLR", "KAZ-2");
	pull_at(&c->blr, &old, CASE_WAIT_MS);
	assert_chunk(&c->blr, old.sequence, head.sequence, 1, &head);
}

static void any_other_state_of_an_old_epoch_starts_anew(void **state)
{
	struct serve_case *c = *state;
	struct head old = case_publish(c, &kaz_bans, "BLR", "KAZ-1"), other = old, head;

	other.hash[0] ^= 1;
	head = case_new_epoch(c, &kaz_bans);
	pull_at(&c->blr, &other, CASE_WAIT_MS);
	assert_chunk(&c->blr, 0, head.sequence, 1, &head);
	pull(&c->blr, (struct position){ .epoch = old.epoch.number,
			      .tag = old.epoch.tag,
			      .after = old.sequence,
			      .wait_ms = CASE_WAIT_MS });
	assert_chunk(&c->blr, 0, head.sequence, 1, &head);
}

static void a_held_pull_ends_with_the_sharing(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR RUS", "KAZ-1");

	pull_at(&c->blr, &head, CASE_WAIT_MS);
	pull_at(&c->rus, &head, CASE_WAIT_MS);
	case_publish(c, &kaz_bans, "RUS", "KAZ-2");
	case_changed(c);
	assert_refused(&c->blr, CORDON_ENOTSHARED);
	assert_int_equal(c->rus.answers[0].type, MESSAGE_CHUNK);
}

static void an_unverified_list_is_refused_or_waited_for(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &blr_bans, "KAZ RUS", "BLR-1"), after;
	struct position at = { .epoch = head.epoch.number,
		.tag = head.epoch.tag,
		.after = head.sequence,
		.hash = head.hash,
		.wait_ms = CASE_WAIT_MS };

	pull_list(&c->rus, &blr_bans, &at);
	case_set_phase(c, &blr_bans, COPY_MOVING);
	case_changed(c);
	assert_int_equal(c->rus.count, 0); /* a stage that is moved in ends soon */
	case_set_phase(c, &blr_bans, COPY_FOLLOWING);
	after = case_publish(c, &blr_bans, "KAZ RUS", "BLR-2");
	case_changed(c);
	assert_chunk(&c->rus, head.sequence, after.sequence, 1, &after);
	case_set_phase(c, &blr_bans, COPY_STOPPED);
	pull_list(&c->rus, &blr_bans, &at);
	assert_refused(&c->rus, CORDON_EUNVERIFIED);
}

static void an_unverified_list_is_refused_when_the_wait_is_over(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	pull_at(&c->blr, &head, 100);
	case_set_phase(c, &kaz_bans, COPY_MOVING);
	case_pass(c, 100);
	assert_refused(&c->blr, CORDON_EUNVERIFIED);
	assert_int_equal(case_held(c), 0);
}

static void damage_row_count(struct serve_case *c, struct store_txn *txn)
{
	struct list_copy copy = case_copy(c, &kaz_bans);

	copy.live_count++;
	assert_int_equal(store_list_put(txn, &kaz_bans, &copy), 0);
}

static void what_differs_from_its_head_is_not_passed_on(void **state)
{
	struct serve_case *c = *state;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	case_write(c, damage_row_count);
	pull(&c->blr, (struct position){ .after = 0 });
	assert_refused(&c->blr, CORDON_EUNVERIFIED);
}

static void a_chunk_waits_for_room(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1");

	c->blr.full = true;
	pull(&c->blr, (struct position){ .wait_ms = 100 });
	case_pass(c, 1000);
	assert_int_equal(c->blr.count, 0);
	c->blr.full = false;
	case_changed(c);
	assert_chunk(&c->blr, 0, head.sequence, 1, &head);
	assert_int_equal(case_held(c), 0);
}

static void a_hash_of_another_size_is_refused(void **state)
{
	struct serve_case *c = *state;
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;

	case_publish(c, &kaz_bans, "BLR", "KAZ-1");
	message.list = list_message(&kaz_bans);
	message.head_hash = data_of("short", 5);
	case_ask(&c->blr, MESSAGE_PULL, handle_pull, &message.base);
	assert_refused(&c->blr, CORDON_EPROTO);
	message.list = NULL;
	case_ask(&c->blr, MESSAGE_PULL, handle_pull, &message.base);
	assert_refused(&c->blr, CORDON_EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(from_nothing_comes_all),
		CASE(what_comes_is_what_was_signed),
		CASE(from_a_position_comes_what_follows),
		CASE(a_long_list_comes_in_pieces),
		CASE(pieces_fit_the_frames_of_the_asker),
		CASE(at_the_head_it_waits_for_news),
		CASE(a_wait_ends_with_an_empty_chunk),
		CASE(nobody_waits_longer_than_the_configuration_says),
		CASE(without_a_wait_the_answer_is_at_once),
		CASE(another_head_of_the_same_sequence_is_shown),
		CASE(a_node_that_is_behind_says_so),
		CASE(a_new_epoch_goes_on_where_it_took_over),
		CASE(any_other_state_of_an_old_epoch_starts_anew),
		CASE(a_held_pull_ends_with_the_sharing),
		CASE(an_unverified_list_is_refused_or_waited_for),
		CASE(an_unverified_list_is_refused_when_the_wait_is_over),
		CASE(what_differs_from_its_head_is_not_passed_on),
		CASE(a_chunk_waits_for_room),
		CASE(a_hash_of_another_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
