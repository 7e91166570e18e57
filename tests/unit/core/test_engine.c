/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/story.h"

static void a_list_is_loaded_and_followed(void **state)
{
	(void)state;
	up(0);
	EXPECT("");
	holds(0, 20);
	EXPECT("pull 0 at 0.0");
	partial(0, COPY_LOADING, 8);
	EXPECT("pull 0 at 5.8, wake 1000");
	pass(100);
	verified(0, 20);
	EXPECT("ack, pull 0 at 5.20#, wake 900");
	tick(900); /* other peers hear that it is held */
	EXPECT("watch 0");
	verified(0, 21);
	EXPECT("ack, pull 0 at 5.21#");
	assert_int_equal(engine_source(story.engine, &story.list), 0);
}

static void the_end_of_a_wait_asks_again(void **state)
{
	(void)state;
	follow();
	pass(20000);
	result(0, APPLY_SAME, true);
	EXPECT("pull 0 at 5.20#");
}

static void a_stage_is_moved_in_and_then_followed(void **state)
{
	(void)state;
	follow();
	holds(0, 30);
	pass(10);
	partial(0, COPY_STAGING, 25);
	EXPECT("pull 0 at 5.25");
	story.copy.phase = COPY_MOVING;
	result(0, APPLY_MOVE, true);
	EXPECT("move");
	holds(0, 31); /* meanwhile: nothing is pulled */
	EXPECT("");
	result(ENGINE_NOBODY, APPLY_PARTIAL, false);
	EXPECT("move");
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(30);
	result(ENGINE_NOBODY, APPLY_VERIFIED, false);
	EXPECT("ack, pull 0 at 5.30#");
}

static void a_move_that_a_stop_had_cut_goes_on_at_start(void **state)
{
	(void)state;
	story.copy.phase = COPY_MOVING;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	tick(0);
	EXPECT("move");
	tick(0);
	EXPECT("");
}

static void a_move_that_failed_is_tried_again(void **state)
{
	(void)state;
	follow();
	story.copy.phase = COPY_MOVING;
	result(0, APPLY_MOVE, true);
	EXPECT("move");
	result(ENGINE_NOBODY, APPLY_ERROR, false);
	EXPECT("wake 1000");
	tick(999);
	EXPECT("wake 1");
	tick(1);
	EXPECT("move");
}

static void own_lists_are_not_pulled(void **state)
{
	struct head head, ours, ahead;

	(void)state;
	story.list.owner = (struct state){ "RUS" };
	head = story_head(20);
	ours = story_head(19);
	up(0);
	hear(0, &head);
	EXPECT("");
	assert_true(engine_peers_ahead(story.engine, &story.list, &ours, &ahead));
	assert_int_equal(ahead.sequence, 20);
	assert_false(engine_peers_ahead(story.engine, &story.list, &head, &ahead));
	assert_int_equal(engine_peer_lag(story.engine, 0), 0);
}

static void a_node_that_stops_signing_pulls_them_until_it_signs_again(void **state)
{
	struct head head;

	(void)state;
	story.list.owner = (struct state){ "RUS" };
	head = story_head(20);
	up(0);
	hear(0, &head);
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(19);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	engine_sign(story.engine, false);
	tick(0);
	EXPECT("pull 0 at 5.19#");

	story.copy.head = story_head(30); /* it has opened an epoch of its own */
	story.copy.head.epoch.number = 6;
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	engine_sign(story.engine, true);
	tick(0);
	EXPECT("");
	result(0, APPLY_STALE, true); /* what was under way is void */
	EXPECT("");
}

static void the_members_second_node_pulls_them(void **state)
{
	struct head head;

	(void)state;
	engine_destroy(story.engine);
	assert_int_equal(story_begin(false), 0);
	story.list.owner = (struct state){ "RUS" };
	head = story_head(20);
	head.shared_with_count = 0;
	up(0);
	hear(0, &head);
	EXPECT("pull 0 at 0.0");
}

static void the_lag_counts_what_a_peer_is_ahead_by(void **state)
{
	(void)state;
	follow();
	assert_int_equal(engine_peer_lag(story.engine, 0), 0);
	holds(0, 27);
	assert_int_equal(engine_peer_lag(story.engine, 0), 7);
	down(0);
	assert_int_equal(engine_peer_lag(story.engine, 0), 0);
}

static void a_repeat_is_applied_for_its_time(void **state)
{
	struct head head;

	(void)state;
	follow();
	head = story.copy.head;
	head.time_s = 5;
	hear(0, &head);
	EXPECT("apply head 20 of 0");
	story.copy.head.time_s = 5;
	result(0, APPLY_SAME, false);
	EXPECT("");
	hear(0, &head);
	EXPECT("");
}

static void the_end_of_the_sharing_is_applied(void **state)
{
	struct head head;

	(void)state;
	follow();
	head = story_head(21);
	head.shared_with_count = 0;
	hear(0, &head);
	EXPECT("apply head 21 of 0");
	memset(&story.copy, 0, sizeof(story.copy));
	story.copy.phase = COPY_UNSHARED;
	story.copy.head = head;
	result(0, APPLY_UNSHARED, false);
	EXPECT("unshared");
	hear(0, &head);
	EXPECT("");
	holds(1, 20); /* a relay that has not heard */
	up(1);
	EXPECT("");
	holds(0, 22); /* named again */
	EXPECT("pull 0 at 0.0");
}

static void a_head_that_failed_to_apply_is_asked_for_again(void **state)
{
	struct head head;

	(void)state;
	follow();
	head = story_head(21);
	head.shared_with_count = 0;
	hear(0, &head);
	result(0, APPLY_ERROR, false);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("watch 0");
}

static void a_contradiction_is_applied_and_stops_the_list(void **state)
{
	struct head head;

	(void)state;
	follow();
	head = story_head(20);
	head.hash[0] ^= 1;
	hear(1, &head);
	EXPECT("apply head 20 of 1");
	head = story_head(7);
	head.epoch.tag++;
	hear(1, &head);
	EXPECT("apply head 7 of 1");
	story.copy.phase = COPY_STOPPED;
	result(1, APPLY_FORK, false);
	EXPECT("forked"); /* and the open pull is void */
	hear(1, &head);   /* enough was seen of this epoch */
	EXPECT("");
	holds(0, 25);
	EXPECT("");
	pass(10);
	head = story_head(26);
	head.epoch.number = EPOCH + 1;
	hear(0, &head);
	EXPECT("pull 0 at 5.20#");
}

/* A list that is not shared any more cannot be stopped as well. */
static void contradictions_of_an_unshared_list_do_not_run_hot(void **state)
{
	struct head head;

	(void)state;
	story.copy.phase = COPY_UNSHARED;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	up(0);
	head = story_head(21);
	head.epoch.tag++;
	hear(0, &head);
	EXPECT("apply head 21 of 0, pull 0 at 0.0");
	result(0, APPLY_FORK, false);
	EXPECT("forked, wake 1000");
	result(0, APPLY_FORK, true);
	EXPECT("forked, wake 2000");
}

static void a_list_that_is_stored_stopped_stays_so(void **state)
{
	(void)state;
	story.copy.phase = COPY_STOPPED;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	up(0);
	holds(0, 25);
	EXPECT("");
}

static void lists_beyond_the_most_are_refused(void **state)
{
	struct head head = story_head(20);
	struct engine_effects effects;
	struct engine_event event = { .type = ENGINE_HEAD, .head = &head };

	(void)state;
	up(0);
	for (unsigned i = 1; i <= ENGINE_LISTS_MAX + 1; i++) {
		head.list.kind = (uint16_t)i;
		event.list = head.list;
		assert_int_equal(engine_step(story.engine, story.now, &event, &effects),
			i <= ENGINE_LISTS_MAX ? 0 : CORDON_ETOOBIG);
	}
	down(0); /* every list wants something at once */
	EXPECT("");
}

static void too_many_peers_are_refused(void **state)
{
	const struct state member = { "RUS" };
	struct engine *engine = NULL;

	(void)state;
	assert_int_equal(engine_create(&member, true, ENGINE_PEERS_MAX + 1, &engine),
		CORDON_ETOOBIG);
	assert_null(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_list_is_loaded_and_followed),
		STORY(the_end_of_a_wait_asks_again),
		STORY(a_stage_is_moved_in_and_then_followed),
		STORY(a_move_that_a_stop_had_cut_goes_on_at_start),
		STORY(a_move_that_failed_is_tried_again),
		STORY(own_lists_are_not_pulled),
		STORY(a_node_that_stops_signing_pulls_them_until_it_signs_again),
		STORY(the_members_second_node_pulls_them),
		STORY(the_lag_counts_what_a_peer_is_ahead_by),
		STORY(a_repeat_is_applied_for_its_time),
		STORY(the_end_of_the_sharing_is_applied),
		STORY(a_head_that_failed_to_apply_is_asked_for_again),
		STORY(a_contradiction_is_applied_and_stops_the_list),
		STORY(contradictions_of_an_unshared_list_do_not_run_hot),
		STORY(a_list_that_is_stored_stopped_stays_so),
		STORY(lists_beyond_the_most_are_refused),
		STORY(too_many_peers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
