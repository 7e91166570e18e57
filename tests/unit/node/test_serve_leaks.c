/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/serve_case.h"

#include <stdlib.h>

/*
 * A list that is not shared with the asker's member must look like one that does not
 * exist, whatever is asked and whatever state the list is in here: two nodes, one with
 * the list and one without, give RUS the same bytes.
 */

#define QUESTIONS 400

/* A small generator with a seed: the same questions for both nodes. */
static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static Cordon__Epoch *any_epoch(const struct head *head)
{
	switch (any(4)) {
	case 0:
		return epoch_message(head->epoch.number, head->epoch.tag);
	case 1:
		return epoch_message(head->epoch.number + any(3) - 1, any(3));
	case 2:
		return epoch_message(0, 0);
	default:
		return epoch_message(1 + any(5), any(5));
	}
}

/* The true hash too: an asker may have heard of it elsewhere. */
static ProtobufCBinaryData any_hash(const struct head *head)
{
	static const uint8_t none[HASH_BYTES];

	return any(2) == 0 ? data_of(head->hash, HASH_BYTES)
			   : data_of(none, HASH_BYTES);
}

static void ask_pull(struct session *session, const struct head *head)
{
	Cordon__PullRequest message = CORDON__PULL_REQUEST__INIT;

	message.list = list_message(&head->list);
	message.epoch = any_epoch(head);
	message.after = any(2) == 0 ? head->sequence : any(6);
	if (any(2) == 0) {
		message.head_hash = any_hash(head);
	}
	message.wait_ms = any(3) * 100;
	case_ask(session, MESSAGE_PULL, handle_pull, &message.base);
}

static void ask_fetch(struct session *session, const struct head *head)
{
	Cordon__FetchRequest message = CORDON__FETCH_REQUEST__INIT;
	ProtobufCBinaryData ids[2] = { message_data("KAZ-1"), message_data("KAZ-77") };

	message.list = list_message(&head->list);
	message.epoch = any_epoch(head);
	message.ids = ids;
	message.n_ids = any(3);
	case_ask(session, MESSAGE_FETCH, handle_fetch, &message.base);
}

static void ask_ranges(struct session *session, const struct head *head)
{
	Cordon__RangesRequest message = CORDON__RANGES_REQUEST__INIT;
	ProtobufCBinaryData bounds[2] = { message_data("KAZ-1"),
		message_data("KAZ-2") };

	message.list = list_message(&head->list);
	message.epoch = any_epoch(head);
	message.bounds = bounds;
	message.n_bounds = any(3);
	case_ask(session, MESSAGE_RANGES, handle_ranges, &message.base);
}

static void ask_watch(struct session *session, const struct head *head)
{
	Cordon__HeadsRequest message = CORDON__HEADS_REQUEST__INIT;
	Cordon__Position position = CORDON__POSITION__INIT,
			 *positions[] = { &position };

	position.list = list_message(&head->list);
	position.epoch = epoch_message(
		any(2) == 0 ? head->epoch.number : 1 + any(1000), head->epoch.tag);
	position.sequence = any(2) == 0 ? head->sequence : any(6);
	position.head_hash = any_hash(head);
	message.held = positions;
	message.n_held = any(2);
	case_ask(session, MESSAGE_HEADS_WATCH, handle_heads_watch, &message.base);
}

static void ask_anything(struct session *session, const struct head *head)
{
	switch (any(4)) {
	case 0:
		ask_pull(session, head);
		break;
	case 1:
		ask_fetch(session, head);
		break;
	case 2:
		ask_ranges(session, head);
		break;
	default:
		ask_watch(session, head);
		break;
	}
}

struct record {
	size_t count;
	struct {
		uint32_t request;
		uint16_t type, flags;
		size_t size;
		uint8_t packed[512];
	} answers[4 * QUESTIONS];
};

static void take_answers(struct session *session, struct record *record)
{
	for (size_t i = 0; i < session->count; i++) {
		const struct answer *from = &session->answers[i];

		assert_true(from->size <= sizeof(record->answers[0].packed));
		assert_true(record->count < 4 * QUESTIONS);
		record->answers[record->count].request = from->request;
		record->answers[record->count].type = from->type;
		record->answers[record->count].flags = from->flags;
		record->answers[record->count].size = from->size;
		memcpy(record->answers[record->count].packed, from->packed, from->size);
		record->count++;
	}
	forget_answers(session);
}

/* One node's answers to all questions; change is made now and then. */
static void interrogate(struct serve_case *c, const struct head *head,
	void (*change)(struct serve_case *c), struct record *record)
{
	seed = 42;
	record->count = 0;
	for (size_t i = 0; i < QUESTIONS; i++) {
		ask_anything(&c->rus, head);
		take_answers(&c->rus, record);
		if (i % 40 == 39) {
			if (change != NULL) {
				change(c);
			}
			case_changed(c);
			case_pass(c, 1000);
			take_answers(&c->rus, record);
		}
	}
}

static void assert_same(const struct record *a, const struct record *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->answers[i].request, b->answers[i].request);
		assert_int_equal(a->answers[i].type, b->answers[i].type);
		assert_int_equal(a->answers[i].flags, b->answers[i].flags);
		assert_int_equal(a->answers[i].size, b->answers[i].size);
		assert_memory_equal(
			a->answers[i].packed, b->answers[i].packed, a->answers[i].size);
	}
}

static void assert_hidden(struct serve_case *c, const struct head *head,
	void (*change)(struct serve_case *c))
{
	struct record *with = calloc(1, sizeof(*with));
	struct record *without = calloc(1, sizeof(*without));
	void *empty;

	assert_non_null(with);
	assert_non_null(without);
	interrogate(c, head, change, with);
	assert_int_equal(case_setup(&empty), 0);
	interrogate(empty, head, NULL, without);
	assert_int_equal(case_teardown(&empty), 0);
	assert_same(with, without);
	assert_true(with->count > QUESTIONS / 2); /* it was asked, and answered */
	free(with);
	free(without);
}

static void change_own(struct serve_case *c)
{
	case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-5 -KAZ-2");
}

static void change_foreign(struct serve_case *c)
{
	case_publish(c, &blr_bans, "KAZ", "BLR-1");
}

static void an_own_list_shared_with_another_is_hidden(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "BLR", "KAZ-1 KAZ-2");

	assert_hidden(c, &head, change_own);
}

static void an_own_list_shared_with_nobody_is_hidden(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "", "");

	assert_hidden(c, &head, NULL);
}

static void a_list_of_another_member_is_hidden(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &blr_bans, "KAZ", "BLR-1 BLR-2");

	assert_hidden(c, &head, change_foreign);
}

static void hidden_in_every_phase(void **state)
{
	static const enum copy_phase phases[] = { COPY_LOADING, COPY_STAGING,
		COPY_MOVING, COPY_STOPPED };
	struct serve_case *c = *state;
	struct head head = case_publish(c, &blr_bans, "KAZ", "BLR-1");

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		void *fresh;

		assert_int_equal(case_setup(&fresh), 0);
		head = case_publish(fresh, &blr_bans, "KAZ", "BLR-1");
		case_set_phase(fresh, &blr_bans, phases[i]);
		assert_hidden(fresh, &head, NULL);
		assert_int_equal(case_teardown(&fresh), 0);
	}
}

static void a_list_whose_sharing_ended_here_is_hidden(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &blr_bans, "KAZ", "BLR-1");

	case_unshare(c, &blr_bans, "");
	assert_hidden(c, &head, NULL);
}

/* The test must be able to fail: what is shared gives itself away at once. */
static void a_list_that_is_shared_is_not_hidden(void **state)
{
	struct serve_case *c = *state;
	struct head head = case_publish(c, &kaz_bans, "RUS", "KAZ-1");
	size_t seen = 0;

	seed = 42;
	for (size_t i = 0; i < 40; i++) {
		ask_anything(&c->rus, &head);
		for (size_t k = 0; k < c->rus.count; k++) {
			seen += c->rus.answers[k].type != MESSAGE_ERROR;
		}
		forget_answers(&c->rus);
	}
	assert_true(seen > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_own_list_shared_with_another_is_hidden),
		CASE(an_own_list_shared_with_nobody_is_hidden),
		CASE(a_list_of_another_member_is_hidden),
		CASE(hidden_in_every_phase),
		CASE(a_list_whose_sharing_ended_here_is_hidden),
		CASE(a_list_that_is_shared_is_not_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
