/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/config.h"
#include "daemon/base/config_text.h"
#include "tests/unit/base/config_texts.h"

struct refusal {
	const char *lines; /* after those of UNION; so the first is line 6 */
	const char *words; /* all of the error, or its beginning */
};

static void refused(const char *text, size_t bytes, const char *words)
{
	struct config *config = NULL;
	struct errmsg msg = { "" };
	int error = config_parse("/c", text, bytes, &config, &msg);

	if (error != CORDON_ECONFIG || config != NULL ||
		strncmp(msg.text, words, strlen(words)) != 0) {
		fail_msg("\"%s\" gave %d \"%s\", not \"%s\"", text, error, msg.text,
			words);
	}
}

static void all_refused(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[4096];

		snprintf(text, sizeof(text), UNION "%s\n", refusals[i].lines);
		refused(text, strlen(text), refusals[i].words);
	}
}

#define ALL_REFUSED(refusals)                                                          \
	all_refused(refusals, sizeof(refusals) / sizeof(refusals[0]))

static void unknown_keys_and_sections_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{ "nodes = KAZ/b", "/c:6: no such option 'nodes'" },
		{ "\n# a\n/* b\n c */ nodes = 1", "/c:9: no such option 'nodes'" },
		{ "members KAZ {}", "/c:6: no such option 'members'" },
		{ "member BLR { cert = x }", "/c:6: no such option 'cert'" },
		{ "member BLR {\nca = x\ncert = x\n}", "/c:8: no such option 'cert'" },
		{ "recognise {\nBLR = x\n}", "/c:7: no such option 'BLR'" },
		{ "ca = x", "/c:6: no such option 'ca'" },
		{ "\"member=RUS|crl\" = x", "/c:6: no such option 'crl' here" },
		{ "\"recognise|binding\" = {RUS/entry_ban}",
			"/c:6: no such option 'binding' here" },
		{ "\"\" = x", "/c:5: unreadable after this line" },
		{ "include(other.conf)", "/c:6: \"(\" here: put the value in quotes" },
	};

	(void)state;
	ALL_REFUSED(cases);
}

static void nothing_is_said_twice(void **state)
{
	static const struct refusal cases[] = {
		{ "node = KAZ/almaty-1", "/c:6: node is given again, after line 1" },
		{ "user = a\n\nuser = a", "/c:8: user is given again, after line 6" },
		{ "listen = {a:1}\nlisten = {}",
			"/c:7: listen is given again, after line 6" },
		{ "listen = {}\nlisten = {a:1}",
			"/c:7: listen is given again, after line 6" },
		{ "listen = {}\nlisten = {}",
			"/c:7: listen is given again, after line 6" },
		{ "listen = a:1\nlisten = a:1",
			"/c:7: listen is given again, after line 6" },
		{ "member RUS { ca = x }", "/c:6: found duplicate title 'RUS'" },
		{ "member BLR {\nca = x\ncrl = x\nca = y }",
			"/c:9: ca is given again, after line 7" },
		{ "recognise {\n}\nrecognise {\n}",
			"/c:8: recognise is given again, after line 6" },
		{ "recognise {\n}\nrecognise { binding = {RUS/entry_ban} }",
			"/c:8: recognise is given again, after line 6" },
		{ "listen = {a:1, b:1,\na:1}", "/c:7: listen: \"a:1\" is given twice" },
		{ "list entry_ban { share_with = {RUS, RUS} }",
			"/c:6: list entry_ban: share_with: \"RUS\" is given twice" },
	};

	(void)state;
	ALL_REFUSED(cases);
}

static void values_outside_their_range_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{ "workers = 0", "/c:6: workers = \"0\": expected auto, or a number "
				 "from 1 to 64" },
		{ "workers = 65",
			"/c:6: workers = \"65\": expected auto, or a number" },
		{ "workers = many",
			"/c:6: workers = \"many\": expected auto, or a number" },
		{ "copies = 0", "/c:6: copies = \"0\": expected local, all, or a "
				"number from 1 to 64" },
		{ "copies = 65", "/c:6: copies = \"65\": expected local, all, or" },
		{ "copies = every", "/c:6: copies = \"every\": expected local, all" },
		{ "map_size = 64", "/c:6: map_size = \"64\": expected a size from "
				   "16MiB to 64TiB" },
		{ "map_size = 65TiB", "/c:6: map_size = \"65TiB\": expected a size" },
		{ "range_max = 1000000001", "/c:6: range_max = \"1000000001\": "
					    "expected a number from 1 to 1000000000" },
		{ "head_interval = 99ms", "/c:6: head_interval = \"99ms\": expected a "
					  "time from 100ms to 1h" },
		{ "head_interval = 5",
			"/c:6: head_interval = \"5\": expected a time from" },
		{ "head_interval = 49710d",
			"/c:6: head_interval = \"49710d\": expected a time" },
		{ "utc_offset = 05:00", "/c:6: utc_offset = \"05:00\": expected an "
					"offset from \"-12:00\" to" },
		{ "log_level = Info", "/c:6: log_level = \"Info\": expected error, "
				      "warning, notice, info or" },
		{ "demand_officer = true",
			"/c:6: demand_officer = \"true\": expected yes or no" },
		{ "user = \"\"",
			"/c:6: user = \"\": expected a text of 1 to 255 bytes" },
		{ "data_dir = \"\"", "/c:6: data_dir = \"\": expected a path" },
		{ "list entry_ban { retention = 10h }",
			"/c:6: list entry_ban: retention = \"10h\": expected a number "
			"of days from "
			"1d to 36525d" },
		{ "list entry_ban { retention = 0d }",
			"/c:6: list entry_ban: retention = \"0d\": expected a number "
			"of days" },
		{ "local_socket = "
		  "/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			"/c:6: local_socket = "
			"\"/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\": "
			"expected a "
			"path of at most 107 bytes" },
	};

	(void)state;
	ALL_REFUSED(cases);
}

static void names_of_no_such_form_are_refused(void **state)
{
	static const struct refusal cases[] = {
		{ "member RU { ca = x }",
			"/c:6: member RU: expected a member's code, such as KAZ" },
		{ "member rus { ca = x }",
			"/c:6: member rus: expected a member's code" },
		{ "peer moscow { address = a:1 }", "/c:6: peer moscow: expected a "
						   "member and a node's name, such as "
						   "KAZ/almaty-1" },
		{ "peer RUS/ { address = a:1 }",
			"/c:6: peer RUS/: expected a member and" },
		{ "peer RUS/a/b { address = a:1 }",
			"/c:6: peer RUS/a/b: expected a member and" },
		{ "peer RUS/a { address = a:0 }",
			"/c:6: peer RUS/a: address = \"a:0\": expected a host with a "
			"port, such as" },
		{ "peer RUS/a { address = \"*:1\" }",
			"/c:6: peer RUS/a: address = \"*:1\": expected a host with a "
			"port" },
		{ "metrics = \"*:1\"", "/c:6: metrics = \"*:1\": expected an address "
				       "with a port, such as" },
		{ "listen = {a:1, ::1:7700}", "/c:6: listen = \"::1:7700\": expected "
					      "an address with a port, such as "
					      "\"[::]:7700\"" },
		{ "list bans {}", "/c:6: list bans: expected entry_ban, deportation, "
				  "illegal_stay or "
				  "invalid_document" },
		{ "match { entry_ban = 0 }",
			"/c:6: match: entry_ban = \"0\": expected a number from 1 to "
			"1000" },
		{ "recognise { inform = {entry_ban} }",
			"/c:6: recognise: inform = \"entry_ban\": expected a member's "
			"list" },
		{ "objection RUS { why = x }",
			"/c:6: objection RUS: expected a record's id" },
		{ "agency \"a*b\" { kinds = {entry_ban} }",
			"/c:6: agency a*b: expected a name of at most 64 letters" },
		{ "agency \"**\" { kinds = {entry_ban} }",
			"/c:6: agency **: expected a name" },
		{ "agency a { kinds = {ban} }", "/c:6: agency a: kinds = \"ban\": "
						"expected entry_ban, deportation," },
		{ "agency \"\" { kinds = {entry_ban} }",
			"/c:6: agency: expected a name" },
	};

	(void)state;
	ALL_REFUSED(cases);
}

static void what_must_be_there_is_missed(void **state)
{
	static const struct refusal cases[] = {
		{ "\nmember BLR {\ncrl = x\n}",
			"/c:7: member BLR: ca is missing. The member's" },
		{ "member BLR {}", "/c:6: member BLR: ca is missing." },
		{ "peer RUS/a { }",
			"/c:6: peer RUS/a: address is missing. Where it listens." },
		{ "objection RUS-1 { }", "/c:6: objection RUS-1: why is missing." },
		{ "access_log { auditors = a key = b keep = 20d }",
			"/c:6: access_log: keep is 20d, less than keep_empty (90d)" },
		{ "access_log { auditors = a key = b sync = never }",
			"/c:6: access_log: sync = \"never\": expected group or "
			"interval" },
		{ "access_log { key = b }", "/c:6: access_log: auditors is missing." },
		{ "agency a { kinds = {} }", "/c:6: agency a: kinds is missing." },
		{ "listen = {}", "/c:6: listen is empty" },
	};

	(void)state;
	ALL_REFUSED(cases);
	refused("", 0, "/c: node is missing. Who this node is");
	refused("node = KAZ/a\nkey = k\n", 21, "/c: certificate is missing.");
}

static void what_does_not_go_together_is_refused_by_both_names(void **state)
{
	static const struct refusal cases[] = {
		{ "peer BLR/a { address = a:1 }",
			"/c:6: peer BLR/a: there is no section \"member BLR\"" },
		{ "peer KAZ/almaty-1 { address = a:1 }",
			"/c:6: peer KAZ/almaty-1 is this node itself (node = "
			"KAZ/almaty-1)" },
		{ "list entry_ban {\nshare_with = {RUS,\nBLR}\n}",
			"/c:8: list entry_ban: share_with names BLR, and there is no "
			"section "
			"\"member BLR\"" },
		{ "list entry_ban { share_with = {RUS, KAZ} }",
			"/c:6: list entry_ban: share_with names KAZ, the own member "
			"(node)" },
		{ "recognise { binding = {BLR/entry_ban} }",
			"/c:6: recognise: binding names BLR/entry_ban, and there is no "
			"section "
			"\"member BLR\"" },
		{ "metrics = \"[::]:7700\"",
			"/c:6: metrics is an address that listen has too" },
		{ "recognise { inform = {RUS/entry_ban,\nKAZ/deportation} }",
			"/c:7: recognise: inform names KAZ/deportation, a list of the "
			"own member" },
		{ "recognise { binding = {RUS/deportation}\ninform = {RUS/deportation} "
		  "}",
			"/c:7: recognise: RUS/deportation is in both binding (line 6) "
			"and inform" },
		{ "objection KAZ-1 { why = x }", "/c:6: objection KAZ-1 is to a record "
						 "of the own member (node)" },
		{ "objection BLR-1 { why = x }",
			"/c:6: objection BLR-1: there is no section \"member BLR\"" },
		{ "member ARM { ca = x head_keys = \"k until 2026-02-30\" }",
			"/c:6: member ARM: head_keys = \"k until 2026-02-30\": "
			"expected a path, with" },
		{ "member ARM { ca = x head_keys = \"k from 2027-01-02 until "
		  "2027-01-01\" }",
			"/c:6: member ARM: head_keys" },
		{ "head_key = x",
			"/c:6: head_key signs heads, and member KAZ has no head_keys" },
		{ "reconnect_min = 2s\nreconnect_max = 1s",
			"/c:6: reconnect_min = 2s: expected no more than reconnect_max "
			"= 1s" },
		{ "reconnect_min = 1min", "/c:6: reconnect_min = 1min: expected no "
					  "more than reconnect_max = 30s "
					  "(the default)" },
		{ "idle_timeout = 20s", "/c:6: follow_wait = 20s (the default): "
					"expected less than idle_timeout = "
					"20s" },
		{ "copies_timeout = 10min",
			"/c:6: copies_timeout = 10min: expected less than idle_timeout "
			"= 5min (the default)" },
		{ "connections_max = 10", "/c:6: connections_per_identity = 64 (the "
					  "default): expected no more than "
					  "connections_max = 10" },
		{ "listen = {a:2, a:1}\nmetrics = a:1",
			"/c:7: metrics is an address that listen has too" },
	};
	static const char stranger[] = "node = ARM/a\ncertificate = c\nkey = k\n"
				       "member KAZ { ca = c }";

	(void)state;
	ALL_REFUSED(cases);
	refused(stranger, strlen(stranger),
		"/c:1: node is of ARM, and there is no section \"member ARM\"");
}

static void what_does_not_end_is_refused_where_it_begins(void **state)
{
	static const struct refusal cases[] = {
		{ "user = \"a\n\"",
			"/c:6: a text in quotes that does not end on its line" },
		{ "user = 'a", "/c:6: a text in quotes that does not end on its line" },
		{ "user = 'a\\'",
			"/c:6: a text in quotes that does not end on its line" },
		{ "user = \"a\\\"",
			"/c:6: a text in quotes that does not end on its line" },
		{ "\n/* a\n * b\n", "/c:7: a comment that does not end" },
		{ "/*/", "/c:6: a comment that does not end" },
		{ "\nmember BLR {\nca = x\n", "/c:7: a brace that is not closed" },
		{ "listen = {a:1,\n", "/c:6: a brace that is not closed" },
		{ "}", "/c:6: a closing brace without an opening one" },
		{ "member BLR { ca = x }}",
			"/c:6: a closing brace without an opening one" },
		{ "list entry_ban { share_with = {{RUS}} }",
			"/c:6: a section or list inside a list" },
		{ "user", "/c:7: premature end of file" },
		{ "user =", "/c:7: premature end of file" },
		{ "user = {a}", "/c:6: unexpected token '{'" },
		{ "user {a = b}", "/c:6: missing equal sign after option 'user'" },
		{ "member { ca = x }", "/c:6: missing title for section 'member'" },
		{ "member = BLR", "/c:6: missing title for section 'member'" },
		{ "recognise BLR {}",
			"/c:6: missing opening brace for section 'recognise'" },
	};

	(void)state;
	ALL_REFUSED(cases);
}

static void what_libconfuse_would_drop_or_replace_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{ "listen = *:7700", "/c:6: \"*\" here: put the value in quotes" },
		{ "listen += {a:1}", "/c:6: \"+\" here: put the value in quotes" },
		{ "user = a#b", "/c:6: \"#\" here: put the value in quotes" },
		{ "user = a\"b\"", "/c:6: \"\"\" here: put the value in quotes" },
		{ "user = \"a\"b", "/c:6: \"b\" here: put the value in quotes" },
		{ "user = a/*b*/", "/c:6: \"*\" here: put the value in quotes" },
		{ "user = a;", "/c:6: \";\" here: put the value in quotes" },
		{ "user = $USER", "/c:6: \"$\" here: put the value in quotes" },
		{ "user = Ю", "/c:6: \"Ю\" here: put the value in quotes" },
		{ "user = \"${USER}\"",
			"/c:6: \"${\" in a text: variables of the environment" },
		{ "user = \"a\\n\"", "/c:6: \"\\\" in a text: only \"\\\\\" and "
				     "\"\\\"\" are known" },
		{ "user = \"a\xff\"", "/c:6: control characters, or not UTF-8" },
		{ "user = \"a\x1b[1m\"", "/c:6: control characters, or not UTF-8" },
		{ "# \xc0\xaf", "/c:6: control characters, or not UTF-8" },
		{ "user = a\rlisten = b:1", "/c:6: control characters, or not UTF-8" },
	};
	static const char nul[] = UNION "user = a\0b\n";

	(void)state;
	ALL_REFUSED(cases);
	refused(nul, sizeof(nul) - 1, "/c:6: control characters, or not UTF-8");
	refused("\xef\xbb\xbfnode = KAZ/a", 15, "/c:1: \"\xef\xbb\xbf\" here");
}

/* count times piece, after UNION. */
static char *repeated(const char *piece, size_t count)
{
	size_t size = strlen(UNION), step = strlen(piece);
	char *text = malloc(size + count * step + 1);

	assert_non_null(text);
	memcpy(text, UNION, size);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + size + i * step, piece, step);
	}
	text[size + count * step] = '\0';
	return text;
}

static void too_much_of_anything_is_refused_soon(void **state)
{
	static const struct {
		const char *piece;
		size_t count;
		const char *words;
	} cases[] = {
		{ "\n", CONFIG_FILE_MAX_BYTES, "/c: more than 1048576 bytes" },
		{ "m a{}\n", 2000, "/c:1028: more than 1024 sections" },
		{ "{", 100000, "/c:6: a section or list inside a list" },
		{ "x ", 100000, "/c:6: no such option 'x'" },
	};
	static const char head_keys[] =
		UNION "member BLR { ca = x head_keys = {a,b,c,d,e,f,g,h,i} }";
	static const char listen[] =
		UNION "listen = {a:1,a:2,a:3,a:4,a:5,a:6,a:7,a:8,\na:9}";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = repeated(cases[i].piece, cases[i].count);

		refused(text, strlen(text), cases[i].words);
		free(text);
	}
	refused(head_keys, strlen(head_keys),
		"/c:6: member BLR: head_keys: more than 8 values");
	refused(listen, strlen(listen), "/c:7: listen: more than 8 values");
}

static void more_members_than_a_head_can_name_are_refused(void **state)
{
	char text[8192] = "node = AAA/a\ncertificate = c\nkey = k\n";

	(void)state;
	for (int i = 0; i <= HEAD_MEMBERS_MAX + 1; i++) {
		char line[64];

		snprintf(line, sizeof(line), "member A%c%c { ca = c }\n", 'A' + i / 26,
			'A' + i % 26);
		strcat(text, line);
	}
	refused(text, strlen(text), "/c:69: more than 65 members");
}

static void a_long_value_is_cut_in_the_error(void **state)
{
	char text[4096] = UNION "workers = ";
	struct errmsg msg = { "" };
	struct config *config;

	(void)state;
	memset(text + strlen(text), '9', 3000);
	assert_int_equal(
		config_parse("/c", text, strlen(text), &config, &msg), CORDON_ECONFIG);
	assert_non_null(
		strstr(msg.text, "9\": expected auto, or a number from 1 to 64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_keys_and_sections_are_refused),
		cmocka_unit_test(nothing_is_said_twice),
		cmocka_unit_test(values_outside_their_range_are_refused),
		cmocka_unit_test(names_of_no_such_form_are_refused),
		cmocka_unit_test(what_must_be_there_is_missed),
		cmocka_unit_test(what_does_not_go_together_is_refused_by_both_names),
		cmocka_unit_test(what_does_not_end_is_refused_where_it_begins),
		cmocka_unit_test(what_libconfuse_would_drop_or_replace_is_refused),
		cmocka_unit_test(too_much_of_anything_is_refused_soon),
		cmocka_unit_test(more_members_than_a_head_can_name_are_refused),
		cmocka_unit_test(a_long_value_is_cut_in_the_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
