/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/node/takeover.h"
#include "tests/unit/node/asking.h"

/* The writer's part of a takeover: when it opens an epoch, and which. */

static struct takeover *takeover;

static void delivered(struct letter *letter)
{
	(void)letter;
}

static struct list_id kind_id(uint16_t kind)
{
	return (struct list_id){ .owner = { "KAZ" }, .kind = kind };
}

static struct list_copy copy_of(struct node_case *c, uint16_t kind)
{
	struct list_id id = kind_id(kind);
	struct store_txn *txn;
	struct list_copy copy;
	bool found;

	assert_int_equal(store_read_begin(c->node.store, &txn, NULL), 0);
	assert_int_equal(store_list_get(txn, &id, &copy, &found), 0);
	assert_true(found);
	store_read_end(txn);
	return copy;
}

static void put_copy(struct node_case *c, uint16_t kind, const struct list_copy *copy)
{
	struct list_id id = kind_id(kind);
	struct store_txn *txn;

	assert_int_equal(store_write_begin(c->node.store, &txn, NULL), 0);
	assert_int_equal(store_list_put(txn, &id, copy), 0);
	assert_int_equal(store_commit(txn, NULL), 0);
}

static void begin(struct node_case *c, enum takeover_what what)
{
	memset(takeover, 0, sizeof(*takeover));
	takeover->node = &c->node;
	takeover->what = what;
	takeover->letter.deliver = delivered;
}

/* A reached peer holds this. */
static void told(uint16_t kind, const struct head *head)
{
	takeover->lists[kind].told = true;
	takeover->lists[kind].highest = *head;
}

/* The letter to main, whose loop is never run, is taken out again. */
static void run(struct node_case *c)
{
	assert_int_equal(takeover_post(takeover), 0);
	node_case_flush(c);
	event_base_loop(c->node.base, EVLOOP_NONBLOCK);
	assert_int_equal(takeover->error, 0);
}

static void assert_refused_with(struct node_case *c, const char *remedy, bool wait)
{
	struct list_copy before = copy_of(c, 1), after;

	run(c);
	assert_false(takeover->done);
	if (strstr(takeover->reason.text, remedy) == NULL) {
		fail_msg("%s", takeover->reason.text);
	}
	assert_int_equal(takeover->wait, wait);
	after = copy_of(c, 1);
	assert_memory_equal(&after.head, &before.head, sizeof(after.head));
}

static void assert_opened(struct node_case *c, uint64_t after_number)
{
	struct list_copy copy;

	run(c);
	if (!takeover->done) {
		fail_msg("%s", takeover->reason.text);
	}
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		const struct takeover_list *list = &takeover->lists[kind];

		copy = copy_of(c, kind);
		assert_true(epoch_equal(&copy.head.epoch, &takeover->lists[1].epoch));
		assert_int_equal(copy.phase, COPY_FOLLOWING);
		assert_true(copy.head.epoch.number > after_number);
		assert_int_equal(copy.head.sequence, list->old_sequence + 1);
		assert_int_equal(copy.head.bases[copy.head.bases_count - 1].sequence,
			list->old_sequence);
		assert_true(
			epoch_equal(&copy.head.bases[copy.head.bases_count - 1].epoch,
				&list->old_epoch));
	}
	assert_int_equal(signing_of(&c->node), SIGNING_YES);
	assert_true(atomic_load(&c->node.signs));
	assert_true(atomic_load(&c->node.own_open));
}

static void all_lists_get_one_later_epoch(void **state)
{
	struct node_case *c = *state;
	uint64_t number = copy_of(c, 1).head.epoch.number;

	begin(c, TAKEOVER_PROMOTE);
	assert_refused_with(c, "signs already", false);
	signing_set(&c->node, SIGNING_STANDBY);
	begin(c, TAKEOVER_PROMOTE);
	assert_opened(c, number);
	begin(c, TAKEOVER_REOPEN); /* at once: the clock has not gone on */
	number = copy_of(c, 1).head.epoch.number;
	assert_opened(c, number);
}

static void what_a_peer_holds_beyond_is_waited_for(void **state)
{
	struct node_case *c = *state;
	struct head ahead = copy_of(c, 1).head;

	signing_set(&c->node, SIGNING_BEHIND);
	ahead.sequence += 7;
	begin(c, TAKEOVER_RECOVER);
	told(1, &ahead);
	assert_refused_with(c, "use --wait", true);
	ahead.sequence -= 8;
	begin(c, TAKEOVER_RECOVER);
	told(1, &ahead);
	assert_opened(c, ahead.epoch.number);
}

static void a_fork_goes_on_by_reopen_only(void **state)
{
	struct node_case *c = *state;
	struct head other = copy_of(c, 2).head;

	signing_set(&c->node, SIGNING_FORKED);
	other.epoch.tag++;
	other.sequence += 100;
	begin(c, TAKEOVER_RECOVER);
	told(2, &other);
	assert_refused_with(c, "cordonctl reopen", false);
	begin(c, TAKEOVER_REOPEN);
	told(2, &other);
	assert_opened(c, other.epoch.number);
}

static void a_stopped_list_goes_on_by_reopen_only(void **state)
{
	struct node_case *c = *state;
	struct list_copy copy = copy_of(c, 1);
	struct head later = copy.head;

	signing_set(&c->node, SIGNING_FORKED);
	copy.phase = COPY_STOPPED;
	put_copy(c, 1, &copy);
	begin(c, TAKEOVER_PROMOTE);
	assert_refused_with(c, "cordonctl reopen", false);

	/* somebody has reopened it already */
	later.epoch.number += 1000;
	begin(c, TAKEOVER_REOPEN);
	told(1, &later);
	assert_refused_with(c, "use --wait", true);
	begin(c, TAKEOVER_REOPEN);
	assert_opened(c, copy.head.epoch.number);
}

static void a_list_that_is_not_verified_is_waited_for(void **state)
{
	struct node_case *c = *state;
	struct list_copy good = copy_of(c, 1), copy = good;

	signing_set(&c->node, SIGNING_BEHIND);
	copy.mixed = true;
	put_copy(c, 1, &copy);
	begin(c, TAKEOVER_RECOVER);
	assert_refused_with(c, "--wait", true);
	copy = good;
	copy.phase = COPY_MOVING;
	copy.high = good.head;
	put_copy(c, 1, &copy);
	begin(c, TAKEOVER_RECOVER);
	assert_refused_with(c, "moving", true);
	memset(&copy.head, 0, sizeof(copy.head));
	copy.head.list = kind_id(1);
	copy.phase = COPY_LOADING;
	put_copy(c, 1, &copy);
	begin(c, TAKEOVER_RECOVER);
	assert_refused_with(c, "loading", true);
	copy.phase = COPY_STOPPED; /* and nothing in it */
	put_copy(c, 1, &copy);
	begin(c, TAKEOVER_REOPEN);
	assert_refused_with(c, "at a node that has it", false);
	put_copy(c, 1, &good);
	begin(c, TAKEOVER_RECOVER);
	assert_opened(c, good.head.epoch.number);
}

/* What no peer has and the store lacks is begun; what a peer has is not. */
static void missing_lists_are_begun_where_no_peer_has_them(void **state)
{
	struct node_case *c = node_case_create_closed("");
	struct head elsewhere = {
		.list = kind_id(1), .epoch = { 5, 6 }, .sequence = 9
	};

	(void)state;
	signing_set(&c->node, SIGNING_BEHIND);
	begin(c, TAKEOVER_RECOVER);
	told(1, &elsewhere);
	run(c);
	assert_false(takeover->done);
	assert_true(takeover->wait);
	begin(c, TAKEOVER_RECOVER);
	run(c);
	assert_true(takeover->done);
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		assert_true(takeover->lists[kind].created);
		assert_int_equal(copy_of(c, kind).head.bases_count, 0);
	}
	node_case_destroy(c);
}

/* What the node's loop has to do at a start is done. */
static int case_setup(void **state)
{
	struct node_case *c = node_case_create("");

	takeover = calloc(1, sizeof(*takeover));
	event_base_loop(c->node.base, EVLOOP_NONBLOCK);
	node_case_flush(c);
	*state = c;
	return takeover == NULL;
}

static int case_teardown(void **state)
{
	node_case_destroy(*state);
	free(takeover);
	return 0;
}

static int alone_setup(void **state)
{
	(void)state;
	takeover = calloc(1, sizeof(*takeover));
	return takeover == NULL;
}

static int alone_teardown(void **state)
{
	(void)state;
	free(takeover);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, case_setup, case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_lists_get_one_later_epoch),
		TEST(what_a_peer_holds_beyond_is_waited_for),
		TEST(a_fork_goes_on_by_reopen_only),
		TEST(a_stopped_list_goes_on_by_reopen_only),
		TEST(a_list_that_is_not_verified_is_waited_for),
		cmocka_unit_test_setup_teardown(
			missing_lists_are_begun_where_no_peer_has_them, alone_setup,
			alone_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
