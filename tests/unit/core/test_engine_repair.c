/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/story.h"

/* When a list is repaired by id, from whom, and what comes after. */

static int setup(void **state)
{
	if (story_setup(state) != 0) {
		return -1;
	}
	engine_repairs(story.engine);
	return 0;
}

static void damage_is_repaired_while_the_list_goes_on(void **state)
{
	(void)state;
	follow();
	damaged();
	EXPECT("repair 0 standing");
	verified(0, 21); /* news come meanwhile */
	EXPECT("ack, pull 0 at 5.21#");
	repaired(0, APPLY_VERIFIED);
	EXPECT("");
}

static void damage_waits_for_who_can_help(void **state)
{
	(void)state;
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	damaged();
	EXPECT("");
	up(1);
	EXPECT("");
	holds(1, 20);
	EXPECT("repair 1 standing, pull 1 at 5.20#");
}

static void each_peer_is_tried_then_the_list_is_read_whole(void **state)
{
	(void)state;
	follow();
	up(1);
	holds(1, 20);
	damaged();
	EXPECT("repair 0 standing");
	repaired(0, APPLY_MISMATCH);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("repair 1 standing");
	repaired(1, APPLY_MISMATCH);
	EXPECT("wake 1000");
	tick(1000);
	EXPECT("reload, wake 600000");
}

static void an_own_list_is_repaired_and_never_read_whole(void **state)
{
	struct head head;

	(void)state;
	story.list.owner = (struct state){ "RUS" };
	head = story_head(19); /* a little behind */
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	up(0);
	hear(0, &head);
	EXPECT("");
	damaged();
	EXPECT("repair 0 standing");
	repaired(0, APPLY_MISMATCH);
	tick(1000);
	EXPECT("wake 600000");
	tick(600000);
	EXPECT("repair 0 standing");
	repaired(0, APPLY_VERIFIED);
	EXPECT("");
}

static void own_rows_that_do_not_add_up_are_repaired_before_a_whole_read(void **state)
{
	(void)state;
	follow();
	story.copy.phase = COPY_STAGING; /* as apply_again leaves it */
	story.copy.mixed = true;
	story.copy.position = 0;
	result(0, APPLY_RESTART, true);
	EXPECT("repair 0");
	holds(0, 22);
	EXPECT("");
	story.copy.phase = COPY_FOLLOWING;
	story.copy.mixed = false;
	story.copy.head = story_head(22);
	repaired(0, APPLY_VERIFIED);
	EXPECT("ack, pull 0 at 5.22#");
}

static void a_repair_that_fails_is_followed_by_a_whole_read(void **state)
{
	(void)state;
	follow();
	story.copy.phase = COPY_STAGING;
	story.copy.mixed = true;
	story.copy.position = 0;
	result(0, APPLY_RESTART, true);
	EXPECT("repair 0");
	holds(0, 23);
	EXPECT(""); /* nothing is pulled meanwhile */
	repaired(0, APPLY_MISMATCH);
	EXPECT("pull 0 at 0.0");
}

static struct head later_epoch(uint64_t base)
{
	struct head head = story_head(130);

	head.epoch = (struct epoch){ EPOCH + 1, 66 };
	head.bases_count = 1;
	head.bases[0].epoch = (struct epoch){ EPOCH, 55 };
	head.bases[0].sequence = base;
	memset(head.bases[0].hash, (int)base, HASH_BYTES);
	return head;
}

static void who_is_beyond_a_new_epochs_base_repairs_itself(void **state)
{
	struct head head = later_epoch(15);

	(void)state;
	follow();
	up(1);
	hear(1, &head);
	EXPECT("repair 1");
	repaired(1, APPLY_MISMATCH);
	EXPECT("pull 1 at 5.20#");
}

static void who_stands_at_the_base_just_goes_on(void **state)
{
	struct head head = later_epoch(20);

	(void)state;
	follow();
	up(1);
	hear(1, &head);
	EXPECT("wake 250");
}

static void a_damaged_row_in_the_way_of_a_change_is_repaired(void **state)
{
	(void)state;
	follow();
	failed(0, CORDON_ECORRUPT);
	EXPECT("repair 0 standing, wake 1000");
}

#define REPAIR_STORY(function)                                                         \
	cmocka_unit_test_setup_teardown(function, setup, story_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPAIR_STORY(damage_is_repaired_while_the_list_goes_on),
		REPAIR_STORY(damage_waits_for_who_can_help),
		REPAIR_STORY(each_peer_is_tried_then_the_list_is_read_whole),
		REPAIR_STORY(an_own_list_is_repaired_and_never_read_whole),
		REPAIR_STORY(
			own_rows_that_do_not_add_up_are_repaired_before_a_whole_read),
		REPAIR_STORY(a_repair_that_fails_is_followed_by_a_whole_read),
		REPAIR_STORY(who_is_beyond_a_new_epochs_base_repairs_itself),
		REPAIR_STORY(who_stands_at_the_base_just_goes_on),
		REPAIR_STORY(a_damaged_row_in_the_way_of_a_change_is_repaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
