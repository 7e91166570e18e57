/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/node/acks_case.h"

#include <semaphore.h>

#include "daemon/node/committer.h"

/* Acknowledgements that come while the writer does something else, or nothing more. */

/* The writer stands until it is let go. */
struct standing {
	struct commit_job job;
	sem_t stands, go_on;
};

static int stand(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct standing *s = (struct standing *)job;

	(void)txn;
	(void)msg;
	sem_post(&s->stands);
	while (sem_wait(&s->go_on) != 0) {
	}
	return 0;
}

static void stood(struct commit_job *job, int error, const char *text)
{
	(void)job;
	(void)error;
	(void)text;
}

static void make_writer_stand(struct acks_case *a, struct standing *s)
{
	*s = (struct standing){ .job = { .run = stand, .done = stood } };
	assert_int_equal(sem_init(&s->stands, 0, 0), 0);
	assert_int_equal(sem_init(&s->go_on, 0, 0), 0);
	assert_int_equal(committer_post(a->c->node.committer, &s->job), 0);
	while (sem_wait(&s->stands) != 0) {
	}
}

static void what_comes_while_the_writer_is_busy_is_one_commit(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct standing s;
	struct acks_found found;

	make_writer_stand(a, &s);
	for (unsigned i = 0; i < 5; i++) {
		struct ack ack = acks_make(&head, acks_moscow.uri);

		ack.time_s += i;
		acks_deliver(a, &ack, &acks_moscow);
	}
	assert_int_equal(atomic_load(&a->c->node.acks_waiting_count), 5);
	sem_post(&s.go_on);
	found = acks_stored(a, &kaz_bans);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.last.sequence, head.sequence);
	assert_int_equal(atomic_load(&a->c->node.counters.commits), 2);
	assert_int_equal(atomic_load(&a->c->node.acks_waiting_count), 0);
	sem_destroy(&s.stands);
	sem_destroy(&s.go_on);
}

static void frames_without_end_do_not_pile_up(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);
	struct bytes packed = acks_sign(a, &ack, &acks_moscow);
	struct standing s;

	make_writer_stand(a, &s);
	for (unsigned i = 0; i < 1100; i++) {
		acks_send(a, packed, 1);
	}
	assert_int_equal(atomic_load(&a->c->node.acks_waiting_count), 1024);
	sem_post(&s.go_on);
	assert_int_equal(acks_stored(a, &kaz_bans).count, 1);
	sem_destroy(&s.stands);
	sem_destroy(&s.go_on);
}

static void a_writer_that_takes_no_more_leaves_nothing_behind(void **state)
{
	struct acks_case *a = *state;
	struct head head = case_publish(a->c, &kaz_bans, "RUS", "KAZ-1");
	struct ack ack = acks_make(&head, acks_moscow.uri);

	committer_stop(a->c->node.committer);
	acks_deliver(a, &ack, &acks_moscow);
	assert_int_equal(atomic_load(&a->c->node.acks_waiting_count), 0);
	assert_null(atomic_load(&a->c->node.acks_waiting));
	assert_int_equal(acks_stored(a, &kaz_bans).count, 0);
}

#define ACKS(name) cmocka_unit_test_setup_teardown(name, acks_setup, acks_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ACKS(what_comes_while_the_writer_is_busy_is_one_commit),
		ACKS(frames_without_end_do_not_pile_up),
		ACKS(a_writer_that_takes_no_more_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
