/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/config_address.h"
#include "daemon/base/config_units.h"

static void units_multiply(void **state)
{
	static const struct {
		const struct config_unit *units;
		const char *text;
		uint64_t value;
	} cases[] = {
		{ config_units_none, "0", 0 },
		{ config_units_none, "18446744073709551615", UINT64_MAX },
		{ config_units_none, "007", 7 },
		{ config_units_ms, "250ms", 250 },
		{ config_units_ms, "5s", 5000 },
		{ config_units_ms, "2min", 120000 },
		{ config_units_ms, "1h", 3600000 },
		{ config_units_ms, "1d", 86400000 },
		{ config_units_days, "3650d", 3650 },
		{ config_units_bytes, "512B", 512 },
		{ config_units_bytes, "1KiB", 1024 },
		{ config_units_bytes, "3MiB", 3145728 },
		{ config_units_bytes, "1GiB", 1073741824 },
		{ config_units_bytes, "1TiB", 1099511627776 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 1;

		assert_true(config_units_parse(cases[i].units, cases[i].text, &value));
		assert_true(value == cases[i].value);
	}
}

static void what_is_no_number_with_a_unit_is_refused(void **state)
{
	static const struct {
		const struct config_unit *units;
		const char *text;
	} cases[] = {
		{ config_units_none, "" },
		{ config_units_none, "-1" },
		{ config_units_none, "+1" },
		{ config_units_none, " 1" },
		{ config_units_none, "1 " },
		{ config_units_none, "0x10" },
		{ config_units_none, "1e3" },
		{ config_units_none, "1.5" },
		{ config_units_none, "18446744073709551616" },
		{ config_units_none, "99999999999999999999999999" },
		{ config_units_none, "1s" },
		{ config_units_ms, "5" },
		{ config_units_ms, "s" },
		{ config_units_ms, "5 s" },
		{ config_units_ms, "5S" },
		{ config_units_ms, "5sec" },
		{ config_units_ms, "5m" },
		{ config_units_ms, "18446744073709551615s" },
		{ config_units_days, "1h" },
		{ config_units_bytes, "1GB" },
		{ config_units_bytes, "1gib" },
		{ config_units_bytes, "18014398509481984KiB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 77;

		if (config_units_parse(cases[i].units, cases[i].text, &value)) {
			fail_msg("\"%s\" was taken for %lu", cases[i].text,
				(unsigned long)value);
		}
		assert_true(value == 77);
	}
}

static void a_value_is_written_in_its_largest_whole_unit(void **state)
{
	static const struct {
		const struct config_unit *units;
		uint64_t value;
		const char *text;
	} cases[] = {
		{ config_units_none, 65536, "65536" },
		{ config_units_ms, 0, "0ms" },
		{ config_units_ms, 1500, "1500ms" },
		{ config_units_ms, 90000, "90s" },
		{ config_units_ms, 86400000, "1d" },
		{ config_units_bytes, UINT64_C(1) << 46, "64TiB" },
		{ config_units_bytes, UINT64_MAX, "18446744073709551615B" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[CONFIG_UNITS_TEXT_MAX];

		config_units_text(cases[i].units, cases[i].value, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void offsets_are_signed_hours_and_minutes(void **state)
{
	static const struct {
		const char *text;
		int32_t minutes;
	} good[] = {
		{ "+00:00", 0 },
		{ "-00:00", 0 },
		{ "+05:00", 300 },
		{ "+05:45", 345 },
		{ "-03:30", -210 },
		{ "-12:00", -720 },
		{ "+14:00", 840 },
	};
	static const char *const bad[] = { "", "0", "Z", "05:00", "+5:00", "+0500",
		"+05:60", "+05:0", "+05:000", "+14:01", "-12:01", "+99:00", "+0a:00",
		"*05:00" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int32_t minutes = 1;

		assert_true(config_offset_parse(good[i].text, &minutes));
		assert_int_equal(minutes, good[i].minutes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int32_t minutes = 77;

		assert_false(config_offset_parse(bad[i], &minutes));
		assert_int_equal(minutes, 77);
	}
}

static void addresses_have_a_host_and_a_port(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} cases[] = {
		{ "127.0.0.1:7700", "127.0.0.1", 7700 },
		{ "node.example:1", "node.example", 1 },
		{ "a:65535", "a", 65535 },
		{ "3com.example:0", "3com.example", 0 },
		{ "[::]:7700", "::", 7700 },
		{ "[2001:db8::7]:7700", "2001:db8::7", 7700 },
		{ "[::ffff:192.0.2.1]:7", "::ffff:192.0.2.1", 7 },
		{ "[fe80::1%eth0]:7700", "fe80::1%eth0", 7700 },
		{ "*:7700", "*", 7700 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char host[CONFIG_HOST_MAX + 1];
		uint16_t port;

		assert_true(config_address_parse(cases[i].text, host, &port));
		assert_string_equal(host, cases[i].host);
		assert_int_equal(port, cases[i].port);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", ":", "a", "a:", ":7700", "a:x", "a:-1",
		"a:65536", "a:7700 ", "a b:7700", "::1:7700", "[::1]", "[::1]7700",
		"[]:7700", "[::1:7700", "::1]:7700", "[::g]:7700", "[127.0.0.1]:7700",
		"[fe80::1%]:7700", "[fe80::1%a/b]:7700", "256.0.0.1:7700", "1.2.3:7700",
		"1:7700", ".a:7700", "-a:7700", "a..b:7700", "a/b:7700", "**:7700",
		"http://a:7700",
		"[1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:1:2:3:4:5:6:7:8:9:0]:7700" };
	char long_name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char host[CONFIG_HOST_MAX + 1] = "untouched";
		uint16_t port = 77;

		if (config_address_parse(bad[i], host, &port)) {
			fail_msg("\"%s\" was taken for an address", bad[i]);
		}
		assert_string_equal(host, "untouched");
		assert_int_equal(port, 77);
	}
	memset(long_name, 'a', sizeof(long_name));
	memcpy(long_name + CONFIG_HOST_MAX, ":7", 3);
	assert_true(config_address_parse(
		long_name, (char[CONFIG_HOST_MAX + 1]){ "" }, &(uint16_t){ 0 }));
	memcpy(long_name + CONFIG_HOST_MAX, "a:7", 4);
	assert_false(config_address_parse(
		long_name, (char[CONFIG_HOST_MAX + 1]){ "" }, &(uint16_t){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_multiply),
		cmocka_unit_test(what_is_no_number_with_a_unit_is_refused),
		cmocka_unit_test(a_value_is_written_in_its_largest_whole_unit),
		cmocka_unit_test(offsets_are_signed_hours_and_minutes),
		cmocka_unit_test(addresses_have_a_host_and_a_port),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
