/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/story.h"

static void another_peer_is_asked_when_the_link_goes(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 20);
	EXPECT("");
	down(0);
	EXPECT("pull 1 at 5.20#");
	down(1);
	EXPECT("");
	assert_int_equal(engine_source(story.engine, &story.list), ENGINE_NOBODY);
}

/* The answer of a link that is gone was at the writer already. */
static void an_answer_after_the_link_is_gone_renews_the_pull(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 22);
	EXPECT("wake 250");
	down(0);
	EXPECT("pull 1 at 5.20#");
	verified(0, 21);
	EXPECT("ack, pull 1 at 5.21#");
	verified(1, 22);
	EXPECT("ack, pull 1 at 5.22#");
}

static void a_peer_with_less_than_ours_is_not_asked(void **state)
{
	(void)state;
	follow();
	down(0);
	up(1);
	holds(1, 19);
	EXPECT("");
	holds(1, 20);
	EXPECT("pull 1 at 5.20#");
}

static void a_peer_that_was_first_to_tell_is_asked_next(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 20);
	pass(5);
	holds(1, 21); /* a source that is slower by less than the patience is kept … */
	EXPECT("wake 250");
	pass(5);
	holds(0, 21);
	pass(1);
	verified(0, 21); /* … but the faster one is asked for the next */
	EXPECT("ack, pull 1 at 5.21#");
}

static void a_source_that_does_not_deliver_is_changed(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 21);
	EXPECT("wake 250");
	tick(249);
	EXPECT("wake 1");
	tick(1);
	EXPECT("pull 1 at 5.20#");
}

/* All hold the same, and the one that was asked says nothing. */
static void a_silent_source_is_changed_even_when_nobody_holds_more(void **state)
{
	(void)state;
	up(0);
	up(1);
	holds(0, 20);
	EXPECT("pull 0 at 0.0");
	holds(1, 20);
	EXPECT("wake 250");
	tick(250);
	EXPECT("pull 1 at 0.0, wake 500");
}

/* On a link that needs longer than the patience an endless change would bring nothing.
 */
static void patience_grows_with_each_change_that_brings_nothing(void **state)
{
	(void)state;
	up(0);
	up(1);
	holds(0, 20);
	holds(1, 20);
	tick(250);
	EXPECT("pull 1 at 0.0, wake 500");
	tick(500);
	EXPECT("pull 0 at 0.0, wake 1000");
	tick(1000);
	EXPECT("pull 1 at 0.0, wake 2000");
	pass(1500);
	partial(1, COPY_LOADING, 8);
	EXPECT("pull 1 at 5.8, wake 1000");
	tick(1000);
	EXPECT("watch 0, watch 1, wake 1000");
}

static void a_wait_for_news_is_not_cut_short(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 20);
	EXPECT("");
	tick(10000);
	EXPECT("");
}

static void a_read_keeps_its_source(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(0, 40);
	holds(1, 45);
	pass(10);
	partial(0, COPY_STAGING, 25);
	EXPECT("pull 0 at 5.25, wake 250");
	partial(0, COPY_STAGING, 40); /* its end: the other has more */
	EXPECT("pull 1 at 5.40");
}

static void a_read_that_nobody_goes_on_with_is_given_up(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 30);
	holds(0, 40);
	partial(0, COPY_STAGING, 35);
	EXPECT("pull 0 at 5.35");
	down(0); /* the other is behind what was read, and ahead of what is held */
	EXPECT("wake 30000");
	tick(29999);
	EXPECT("wake 1");
	tick(1);
	EXPECT("pull 1 at 5.20#, wake 30000");
	partial(1, COPY_STAGING, 28);
	EXPECT("pull 1 at 5.28");
}

static void a_load_that_nobody_goes_on_with_starts_from_nothing(void **state)
{
	(void)state;
	up(0);
	up(1);
	holds(1, 30);
	EXPECT("pull 1 at 0.0");
	down(1);
	holds(0, 40);
	EXPECT("pull 0 at 0.0");
	partial(0, COPY_LOADING, 35);
	EXPECT("pull 0 at 5.35, wake 1000");
	tick(1000);
	up(1);
	holds(1, 30);
	down(0);
	EXPECT("wake 30000");
	tick(30000);
	EXPECT("pull 1 at 0.0, wake 30000");
}

static void lower_epochs_are_lower_whatever_their_sequence(void **state)
{
	struct head head;

	(void)state;
	follow();
	up(1);
	head = story_head(3);
	head.epoch.number = 9;
	hear(1, &head);
	EXPECT("wake 250");
	tick(250);
	EXPECT("pull 1 at 5.20#");
	head.epoch.number = 4;
	head.sequence = 100;
	hear(0, &head);
	down(1);
	EXPECT("");
}

static void who_refuses_rests_longer_each_time(void **state)
{
	(void)state;
	follow();
	refused(0);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("pull 0 at 5.20#");
	refused(0);
	EXPECT("wake 2000");
	tick(2000);
	refused(0);
	EXPECT("wake 4000");
	tick(4000);
	refused(0);
	EXPECT("wake 8000");
	tick(8000);
	refused(0);
	EXPECT("wake 8000");
	holds(0, 21); /* a new head: it has something to give again */
	EXPECT("pull 0 at 5.20#");
	refused(0);
	EXPECT("wake 1000");
}

static void who_sends_rubbish_is_set_aside_whatever_it_holds(void **state)
{
	(void)state;
	follow();
	rubbish(0);
	EXPECT("aside 0, wake 60000");
	holds(0, 21);
	EXPECT("wake 60000");
}

static void who_refuses_is_passed_over_for_another(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 20);
	refused(0);
	EXPECT("pull 1 at 5.20#, wake 1000");
	tick(1000);
	EXPECT("");
}

static void answers_that_bring_nothing_at_once_do_not_run_hot(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_SAME, true); /* may happen once */
	EXPECT("pull 0 at 5.20#");
	result(0, APPLY_SAME, true);
	EXPECT("wake 1000");
	tick(1000);
	result(0, APPLY_STALE, true);
	EXPECT("pull 0 at 5.20#");
	result(0, APPLY_STALE, true);
	EXPECT("wake 2000");
}

/* With a clock in doubt nobody is to blame: another may have the content. */
static void who_sends_what_the_clock_cannot_judge_rests_unblamed(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(0, 21);
	holds(1, 21);
	result(0, APPLY_UNSURE, true);
	EXPECT("pull 1 at 5.20#, wake 1000");
	result(1, APPLY_UNSURE, true);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("pull 0 at 5.20#, wake 250");
	result(0, APPLY_UNSURE, true);
	EXPECT("pull 1 at 5.20#, wake 2000"); /* longer each time */
}

static void who_sends_what_is_not_signed_is_set_aside(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 21);
	holds(0, 21);
	result(0, APPLY_MISMATCH, true);
	EXPECT("trace 0, pull 1 at 5.20#, wake 5000");
	traced(0, ENGINE_TRACE_SAME); /* on top of the same head: its rows are wrong */
	EXPECT("aside 0, wake 60000");
	holds(0, 22); /* new heads do not help it … */
	EXPECT("wake 60000");
	down(0); /* … nor a new link */
	up(0);
	holds(0, 22);
	verified(1, 21);
	EXPECT("ack, pull 1 at 5.21#, wake 60000");
	tick(60000);
	EXPECT("pull 0 at 5.21#");
}

static void who_breaks_the_order_is_set_aside(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_BROKEN, true);
	EXPECT("aside 0, wake 60000");
	tick(60000);
	EXPECT("pull 0 at 5.20#");
}

static void the_last_of_several_sources_is_not_blamed(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 40);
	holds(0, 30);
	partial(0, COPY_STAGING, 30);
	EXPECT("pull 1 at 5.30");
	story.copy.position = 0;
	story.copy.whole = true;
	pass(10);
	result(1, APPLY_MISMATCH, true); /* whose rows were wrong? */
	EXPECT("pull 0 at 0.0, wake 1000");
	story.copy.position = 30;
	result(0, APPLY_PARTIAL, true);
	tick(1000);
	EXPECT("pull 1 at 5.20#"); /* not at 30, where 0 got to: from one alone */
	story.copy.position = 0;
	result(1, APPLY_MISMATCH, true);
	EXPECT("trace 1, pull 0 at 0.0, wake 5000");
}

static void a_read_that_a_restart_cut_blames_nobody(void **state)
{
	(void)state;
	story.copy.phase = COPY_STAGING;
	story.copy.head = story_head(20);
	story.copy.read_epoch = story.copy.head.epoch;
	story.copy.position = 30;
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	up(0);
	holds(0, 40);
	EXPECT("pull 0 at 5.30");
	story.copy.position = 0;
	result(0, APPLY_MISMATCH, true);
	EXPECT("wake 1000");
}

static void who_says_nothing_is_asked_again(void **state)
{
	(void)state;
	follow();
	holds(0, 21);
	tick(ENGINE_SILENCE_MS - 1);
	EXPECT("");
	tick(1);
	EXPECT("pull 0 at 5.20#");
	tick(2 * ENGINE_SILENCE_MS - 1); /* twice as long */
	EXPECT("");
	tick(1);
	EXPECT("pull 0 at 5.20#");
	verified(0, 21);
	EXPECT("ack, pull 0 at 5.21#");
}

/* Then it is not the peers that are suspect, but what is built upon. */
static void two_mismatches_in_a_row_read_from_nothing(void **state)
{
	(void)state;
	follow();
	up(1);
	up(2);
	holds(1, 21);
	holds(2, 21);
	holds(0, 21);
	result(0, APPLY_MISMATCH, true);
	EXPECT("trace 0, pull 1 at 5.20#, wake 250");
	result(1, APPLY_MISMATCH, true);
	EXPECT("aside 0, trace 1, pull 2 at 0.0, wake 5000");
	verified(2, 21);
	EXPECT("ack, pull 2 at 5.21#, wake 5000");
}

static void who_shows_no_heads_in_time_is_set_aside(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_MISMATCH, true);
	EXPECT("trace 0, wake 5000");
	tick(5000);
	EXPECT("aside 0, wake 60000");
	traced(0, ENGINE_TRACE_UNKNOWN); /* too late */
	EXPECT("wake 60000");
}

static void who_goes_away_instead_of_showing_heads_is_set_aside(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_MISMATCH, true);
	down(0);
	EXPECT("aside 0");
	up(0);
	holds(0, 22);
	EXPECT("wake 60000");
}

/* Then it may be either's history that is not the owner's: all of it is read. */
static void where_nothing_leads_from_head_to_head_all_is_read(void **state)
{
	(void)state;
	follow();
	holds(0, 30);
	result(0, APPLY_MISMATCH, true);
	EXPECT("trace 0, wake 5000");
	traced(0, ENGINE_TRACE_UNKNOWN);
	EXPECT("pull 0 at 0.0");
	result(0, APPLY_MISMATCH, true); /* which rests on nothing but what it sent */
	EXPECT("aside 0, wake 60000");
}

static void a_fork_that_the_heads_show_blames_nobody(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_MISMATCH, true);
	traced(0, ENGINE_TRACE_FORK);
	story.copy.phase = COPY_STOPPED;
	result(0, APPLY_FORK, false);
	EXPECT("forked");
	tick(5000);
	EXPECT("");
}

static void who_remembers_another_head_is_asked_for_it(void **state)
{
	(void)state;
	follow();
	differs(0);
	EXPECT("trace 0, wake 1000");
	differs(0);
	EXPECT("wake 2000");
	traced(0, ENGINE_TRACE_UNKNOWN); /* it only rests */
	EXPECT("wake 2000");
	tick(2000);
	EXPECT("pull 0 at 5.20#");
}

static void an_error_of_the_own_disk_blames_nobody(void **state)
{
	(void)state;
	follow();
	result(0, APPLY_ERROR, true);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("pull 0 at 5.20#");
}

static void a_failed_move_blames_nobody(void **state)
{
	(void)state;
	follow();
	story.copy.phase = COPY_MOVING;
	result(0, APPLY_MOVE, true);
	story.copy.phase = COPY_STAGING;
	story.copy.mixed = story.copy.whole = true;
	story.copy.position = 0;
	result(ENGINE_NOBODY, APPLY_RESTART, false);
	EXPECT("pull 0 at 0.0"); /* from the very head that is held, if need be */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(another_peer_is_asked_when_the_link_goes),
		STORY(an_answer_after_the_link_is_gone_renews_the_pull),
		STORY(a_peer_with_less_than_ours_is_not_asked),
		STORY(a_peer_that_was_first_to_tell_is_asked_next),
		STORY(a_source_that_does_not_deliver_is_changed),
		STORY(a_silent_source_is_changed_even_when_nobody_holds_more),
		STORY(patience_grows_with_each_change_that_brings_nothing),
		STORY(a_wait_for_news_is_not_cut_short),
		STORY(a_read_keeps_its_source),
		STORY(a_read_that_nobody_goes_on_with_is_given_up),
		STORY(a_load_that_nobody_goes_on_with_starts_from_nothing),
		STORY(lower_epochs_are_lower_whatever_their_sequence),
		STORY(who_refuses_rests_longer_each_time),
		STORY(who_sends_rubbish_is_set_aside_whatever_it_holds),
		STORY(who_refuses_is_passed_over_for_another),
		STORY(answers_that_bring_nothing_at_once_do_not_run_hot),
		STORY(who_sends_what_the_clock_cannot_judge_rests_unblamed),
		STORY(who_sends_what_is_not_signed_is_set_aside),
		STORY(who_breaks_the_order_is_set_aside),
		STORY(who_shows_no_heads_in_time_is_set_aside),
		STORY(who_goes_away_instead_of_showing_heads_is_set_aside),
		STORY(where_nothing_leads_from_head_to_head_all_is_read),
		STORY(a_fork_that_the_heads_show_blames_nobody),
		STORY(who_remembers_another_head_is_asked_for_it),
		STORY(a_read_that_a_restart_cut_blames_nobody),
		STORY(who_says_nothing_is_asked_again),
		STORY(the_last_of_several_sources_is_not_blamed),
		STORY(two_mismatches_in_a_row_read_from_nothing),
		STORY(an_error_of_the_own_disk_blames_nobody),
		STORY(a_failed_move_blames_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
