/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/bytes.h"

static void reader_turns_bad_once_and_gives_zeros_after(void **state)
{
	const uint8_t data[] = { 1, 2, 3 };
	struct reader r;

	(void)state;
	reader_init(&r, data, sizeof(data));
	assert_int_equal(reader_u16(&r), 0x0102);
	assert_int_equal(reader_u32(&r), 0);
	assert_true(r.bad);
	assert_int_equal(reader_u8(&r), 0);
	assert_false(reader_done(&r));
}

static void writer_and_reader_agree(void **state)
{
	uint8_t buffer[15];
	struct writer w;
	struct reader r;

	(void)state;
	writer_init(&w, buffer, sizeof(buffer));
	writer_u8(&w, 7);
	writer_u16(&w, 0xfffe);
	writer_u32(&w, 0x01020304);
	writer_u64(&w, UINT64_MAX - 1);
	assert_false(w.bad);
	writer_u8(&w, 1);
	assert_true(w.bad);
	reader_init(&r, buffer, w.used);
	assert_int_equal(reader_u8(&r), 7);
	assert_int_equal(reader_u16(&r), 0xfffe);
	assert_int_equal(reader_u32(&r), 0x01020304);
	assert_true(reader_u64(&r) == UINT64_MAX - 1);
	assert_true(reader_done(&r));
}

static void text_is_refused_where_it_is_no_utf8(void **state)
{
	static const char *const good[] = { "", "Иванов", "a b", "Жақыпов",
		"\xf0\x90\x8d\x88" };
	static const char *const bad[] = { "\xc0\xaf", "\xed\xa0\x80",
		"\xf5\x80\x80\x80", "a\nb", "\xd0", "\x7f", "\xc2\x85", "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(bytes_are_text(good[i], strlen(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(bytes_are_text(bad[i], strlen(bad[i])));
	}
	assert_false(bytes_are_text("a\0b", 3));
}

static void hex_goes_there_and_back(void **state)
{
	uint8_t data[3] = { 0, 0xab, 0xff };
	uint8_t back[3];
	char text[7];

	(void)state;
	bytes_to_hex(data, sizeof(data), text);
	assert_string_equal(text, "00abff");
	assert_true(bytes_from_hex(text, back, sizeof(back)));
	assert_memory_equal(data, back, sizeof(data));
	assert_false(bytes_from_hex("00abf", back, sizeof(back)));
	assert_false(bytes_from_hex("00abfg", back, sizeof(back)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_turns_bad_once_and_gives_zeros_after),
		cmocka_unit_test(writer_and_reader_agree),
		cmocka_unit_test(text_is_refused_where_it_is_no_utf8),
		cmocka_unit_test(hex_goes_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
