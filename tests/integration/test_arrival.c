/* SPDX-License-Identifier: Apache-2.0 */
/* What one member enters is found at the others, as it stands now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/union.h"

static struct testunion *all;
static struct union_node *node[3];
static struct union_node *kaz;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	union_three(all, node);
	kaz = node[1];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	union_destroy(all);
	return 0;
}

static void everywhere(const char *number, enum cordon_verdict verdict)
{
	for (size_t i = 0; i < 3; i++) {
		union_await_verdict(node[i], number, verdict);
	}
}

static void verify_everywhere(void)
{
	union_settle(all);
	for (size_t i = 0; i < 3; i++) {
		union_verify(node[i]);
	}
}

static void entered_at_one_it_is_found_at_all(void **state)
{
	(void)state;
	everywhere("AA11111", CORDON_VERDICT_CLEAR);
	union_put(kaz, "KAZ-1", "AA11111");
	everywhere("AA11111", CORDON_VERDICT_MATCH);
	verify_everywhere();
}

static void changed_it_is_found_by_its_new_number_only(void **state)
{
	(void)state;
	union_put(kaz, "KAZ-2", "AA22222");
	everywhere("AA22222", CORDON_VERDICT_MATCH);
	union_put(kaz, "KAZ-2", "BB22222");
	everywhere("BB22222", CORDON_VERDICT_MATCH);
	everywhere("AA22222", CORDON_VERDICT_CLEAR);
	verify_everywhere();
}

static void withdrawn_it_is_found_nowhere(void **state)
{
	(void)state;
	union_put(kaz, "KAZ-3", "AA33333");
	everywhere("AA33333", CORDON_VERDICT_MATCH);
	union_withdraw(kaz, "KAZ-3");
	everywhere("AA33333", CORDON_VERDICT_CLEAR);
	verify_everywhere();
}

static void put_again_after_a_withdrawal_it_is_found_again(void **state)
{
	(void)state;
	union_put(kaz, "KAZ-4", "AA44444");
	union_withdraw(kaz, "KAZ-4");
	everywhere("AA44444", CORDON_VERDICT_CLEAR);
	union_put(kaz, "KAZ-4", "AA44444");
	everywhere("AA44444", CORDON_VERDICT_MATCH);
	verify_everywhere();
}

static void each_member_finds_what_any_of_them_entered(void **state)
{
	(void)state;
	union_put(node[0], "BLR-5", "AA50000");
	union_put(node[1], "KAZ-5", "AA50001");
	union_put(node[2], "RUS-5", "AA50002");
	everywhere("AA50000", CORDON_VERDICT_MATCH);
	everywhere("AA50001", CORDON_VERDICT_MATCH);
	everywhere("AA50002", CORDON_VERDICT_MATCH);
	verify_everywhere();
}

static void the_owner_sees_where_a_record_has_arrived(void **state)
{
	struct cordon_client *client = union_client(kaz, UNION_AGENCY);
	size_t arrived = 0;

	(void)state;
	union_put(kaz, "KAZ-6", "AA66666");
	struct union_waiting waiting = union_waiting(all, "both have acknowledged");
	while (arrived < 2) {
		struct cordon_record_entry *entry;

		union_pause(&waiting);
		assert_int_equal(cordon_record_show(client, "KAZ-6", &entry), 0);
		arrived = 0;
		for (size_t i = 0; i < entry->arrivals_count; i++) {
			arrived += entry->arrivals[i].arrived ? 1 : 0;
		}
		cordon_record_entry_destroy(entry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entered_at_one_it_is_found_at_all),
		cmocka_unit_test(changed_it_is_found_by_its_new_number_only),
		cmocka_unit_test(withdrawn_it_is_found_nowhere),
		cmocka_unit_test(put_again_after_a_withdrawal_it_is_found_again),
		cmocka_unit_test(each_member_finds_what_any_of_them_entered),
		cmocka_unit_test(the_owner_sees_where_a_record_has_arrived),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
