/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/ctl/reasons.h"
#include "daemon/core/match/reasons.h"

static void each_reason_has_words(void **state)
{
	static const char *const codes[] = {
#define X(name, text) text,
		MATCH_REASONS(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(reason_text(codes[i]), codes[i]) == 0) {
			fail_msg("%s has no words", codes[i]);
		}
	}
}

static void a_newer_code_stays_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(reason_text("iris:left"), "iris:left");
	assert_string_equal(narrow_text("fingerprint"), "fingerprint");
	assert_string_not_equal(narrow_text("birth_date"), "birth_date");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_words),
		cmocka_unit_test(a_newer_code_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
