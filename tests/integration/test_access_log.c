/* SPDX-License-Identifier: Apache-2.0 */
/* The access log of a real node, and an attacker who has its files but no key. */
#define _GNU_SOURCE
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/audit/walk.h"
#include "tests/lib/random.h"
#include "tests/lib/union.h"

#define LOOKUPS 60
#define SEGMENTS_MAX 16
#define ATTACKS 1000

static struct testunion *all;
static struct union_node *kaz;

/* A log's files in memory, by number from 1. */
struct copy {
	uint8_t *data[SEGMENTS_MAX + 1];
	size_t size[SEGMENTS_MAX + 1];
	uint64_t first, last;
	uint8_t newest[AUDIT_FRAME_SMALL_MAX];
	size_t newest_size;
	struct head_key *key;
};

static struct copy log_copy;

static int setup(void **state)
{
	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	kaz->access_log = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i <= SEGMENTS_MAX; i++) {
		free(log_copy.data[i]);
	}
	head_key_destroy(log_copy.key);
	union_destroy(all);
	return 0;
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(1 << 24);

	assert_non_null(data);
	assert_non_null(file);
	*size = fread(data, 1, 1 << 24, file);
	fclose(file);
	return data;
}

static void load_segment(const char *name)
{
	char path[UNION_PATH_MAX + 300];
	uint64_t number = strtoull(name, NULL, 10);

	assert_in_range(number, 1, SEGMENTS_MAX);
	snprintf(path, sizeof(path), "%s/access-log/%s", kaz->dir, name);
	log_copy.data[number] = read_file(path, &log_copy.size[number]);
	log_copy.last = number > log_copy.last ? number : log_copy.last;
}

static void load_log(void)
{
	char path[UNION_PATH_MAX];
	struct dirent *entry;
	uint8_t *newest;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/access-log", kaz->dir);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (size > 4 && strcmp(entry->d_name + size - 4, ".log") == 0) {
			load_segment(entry->d_name);
		}
	}
	closedir(dir);
	log_copy.first = 1;
	snprintf(path, sizeof(path), "%s/data/access-log.checkpoint", kaz->dir);
	newest = read_file(path, &log_copy.newest_size);
	memcpy(log_copy.newest, newest, log_copy.newest_size);
	free(newest);
	snprintf(path, sizeof(path), "%s/log.pem", kaz->pki);
	assert_int_equal(head_key_load_public(path, &log_copy.key, NULL), 0);
}

static int walk(audit_frame_fn *frame, void *context, struct audit_fault *fault)
{
	struct audit_walk walk = { .key = log_copy.key,
		.newest = { log_copy.newest, log_copy.newest_size },
		.frame = frame,
		.context = context };

	for (uint64_t i = log_copy.first; i <= log_copy.last; i++) {
		int error = audit_walk_segment(&walk, i,
			(struct bytes){ log_copy.data[i], log_copy.size[i] },
			i == log_copy.last, fault);

		if (error != 0) {
			return error;
		}
	}
	return audit_walk_finish(&walk, fault);
}

static int count_entries(void *context, const struct audit_frame *frame)
{
	unsigned *counts = context;

	for (size_t i = 0; frame->type == AUDIT_GROUP && i < AUDIT_CLASSES; i++) {
		counts[i] += frame->parts[i].entries;
	}
	return 0;
}

static void what_is_asked_leaves_its_trace(void **state)
{
	unsigned counts[AUDIT_CLASSES] = { 0 };
	struct audit_fault fault;

	(void)state;
	union_start(kaz);
	for (unsigned i = 0; i < LOOKUPS; i++) {
		char number[32];

		snprintf(number, sizeof(number), "C%06u", i);
		if (i % 6 == 0) {
			char id[32];

			snprintf(id, sizeof(id), "KAZ-%u", i);
			union_put(kaz, id, number);
		}
		assert_int_equal(union_verdict(kaz, number),
			i % 6 == 0 ? CORDON_VERDICT_MATCH : CORDON_VERDICT_CLEAR);
	}
	union_stop(kaz);
	load_log();
	if (walk(count_entries, counts, &fault) != 0) {
		fail_msg("%s: %s", audit_fault_text(fault.kind), fault.text.text);
	}
	assert_int_equal(counts[AUDIT_EMPTY], LOOKUPS - LOOKUPS / 6);
	assert_int_equal(counts[AUDIT_FOUND], LOOKUPS / 6);
	assert_in_range(counts[AUDIT_ACT], LOOKUPS / 6 + 1, LOOKUPS);
}

/* ---- attacks -----------------------------------------------------------------------
 */

/* All frames of the log, where they stand. */
struct place {
	uint64_t segment, number;
	size_t at, size;
	bool group;
};

#define PLACES_MAX 4096
static struct place places[PLACES_MAX];
static size_t places_count;

static void find_places(void)
{
	places_count = 0;
	for (uint64_t i = log_copy.first; i <= log_copy.last; i++) {
		struct bytes left = { log_copy.data[i], log_copy.size[i] };
		struct audit_frame frame;

		while (audit_frame_read(left, &frame) == 0) {
			assert_true(places_count < PLACES_MAX);
			places[places_count++] = (struct place){ i, frame.number,
				(size_t)(left.data - log_copy.data[i]),
				frame.whole.size, frame.type == AUDIT_GROUP };
			left.data += frame.whole.size;
			left.size -= frame.whole.size;
		}
	}
}

static uint64_t edit(const struct place *at, uint64_t *random)
{
	size_t offset = at->at + random_below(random, (uint32_t)at->size);

	log_copy.data[at->segment][offset] ^= (uint8_t)(1u << random_below(random, 8));
	return at->number;
}

static uint64_t cut_out(const struct place *at, size_t from, size_t size)
{
	uint8_t *data = log_copy.data[at->segment];
	size_t *all_bytes = &log_copy.size[at->segment];

	memmove(data + from, data + from + size, *all_bytes - from - size);
	*all_bytes -= size;
	return at->number;
}

/* One entry's bytes, or the frame. */
static uint64_t remove_some(const struct place *at, uint64_t *random)
{
	struct bytes whole = { log_copy.data[at->segment] + at->at, at->size };
	struct audit_entry entry;
	struct audit_frame frame;
	uint32_t secret;
	size_t size;

	assert_int_equal(audit_frame_read(whole, &frame), 0);
	for (size_t i = 0; at->group && i < AUDIT_CLASSES; i++) {
		struct bytes plain = frame.parts[i].plain;

		if (random_below(random, 2) == 0 &&
			audit_entry_read(plain, &entry, &size, &secret)) {
			return cut_out(at,
				(size_t)(plain.data - log_copy.data[at->segment]),
				size);
		}
	}
	return cut_out(at, at->at, at->size);
}

static uint64_t swap(const struct place *at)
{
	const struct place *next = at + 1;
	uint8_t *data = log_copy.data[at->segment];
	uint8_t *kept;

	if (next == places + places_count || next->segment != at->segment) {
		at--;
		next--;
		data = log_copy.data[at->segment];
	}
	kept = malloc(at->size);
	memcpy(kept, data + at->at, at->size);
	memmove(data + at->at, data + next->at, next->size);
	memcpy(data + at->at + next->size, kept, at->size);
	free(kept);
	return at->number;
}

/* At a frame's end as often as within. */
static uint64_t truncate_at(const struct place *at, uint64_t *random)
{
	size_t within = random_below(random, 2) == 0
				? 0
				: random_below(random, (uint32_t)at->size);

	log_copy.size[at->segment] = at->at + within;
	return at->number;
}

static uint64_t attack(const struct place *at, uint64_t *random)
{
	switch (random_below(random, 4)) {
	case 0:
		return edit(at, random);
	case 1:
		return remove_some(at, random);
	case 2:
		return swap(at);
	default:
		return truncate_at(at, random);
	}
}

static void a_thousand_attacks_are_found_at_their_places(void **state)
{
	uint64_t random = 20261125;
	struct audit_fault fault;

	(void)state;
	find_places();
	assert_true(places_count > 30);
	for (unsigned i = 0; i < ATTACKS; i++) {
		size_t which = random_below(&random, (uint32_t)places_count);
		uint64_t segment = places[which].segment;
		size_t size = log_copy.size[segment];
		uint8_t *kept = malloc(size);
		uint64_t frame;

		memcpy(kept, log_copy.data[segment], size);
		frame = attack(&places[which], &random);
		assert_int_equal(walk(NULL, NULL, &fault), CORDON_ECORRUPT);
		if (fault.frame != frame || fault.segment != segment) {
			fail_msg("attack %u on frame %" PRIu64 " was told of frame "
				 "%" PRIu64 ": %s, %s",
				i, frame, fault.frame, audit_fault_text(fault.kind),
				fault.text.text);
		}
		memcpy(log_copy.data[segment], kept, size);
		log_copy.size[segment] = size;
		free(kept);
	}
	assert_int_equal(walk(NULL, NULL, &fault), 0);
}

/* ---- the tool ----------------------------------------------------------------------
 */

static const char *in_pki(const char *name)
{
	static char paths[4][UNION_PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, UNION_PATH_MAX, "%s/%s", kaz->pki, name);
	return path;
}

static void assert_says(const struct union_output *output, int status, const char *text)
{
	if (output->status != status || strstr(output->out, text) == NULL) {
		fail_msg("%d, not %d, or no \"%s\":\n%s%s", output->status, status,
			text, output->out, output->err);
	}
}

static void auditors_read_it_and_others_do_not(void **state)
{
	struct union_output output;

	(void)state;
	union_start(kaz);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "search",
		"--verdict", "match", "--auditor-key", in_pki("auditors.key"), NULL);
	assert_says(&output, 0, "record KAZ-6 ");
	assert_non_null(strstr(output.out, "\"number\":\"C000006\""));
	assert_null(strstr(output.out, "KAZ-7"));
	union_output_finish(&output);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "search",
		"--document", "c 000011", "--auditor-key", in_pki("auditors.key"),
		NULL);
	assert_says(&output, 0, "\"number\":\"C000011\"");
	assert_ptr_equal(strchr(output.out, '\n'), strrchr(output.out, '\n'));
	union_output_finish(&output);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "search", NULL);
	assert_int_equal(output.status, 0);
	assert_null(strstr(output.out, "C0000")); /* nobody without the key */
	union_output_finish(&output);
	union_ctl(kaz, UNION_ADMIN, NULL, &output, "access-log", "search", NULL);
	assert_int_equal(output.status, 1);
	assert_non_null(strstr(output.err, "role admin may not read the access log"));
	union_output_finish(&output);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "search", "--kind",
		"control", NULL);
	assert_says(&output, 0, "DENIED");
	union_output_finish(&output);
}

static void a_running_nodes_log_verifies(void **state)
{
	struct union_output output;

	(void)state;
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "verify",
		"--log-key", in_pki("log.pem"), NULL);
	assert_says(&output, 0, "good: ");
	union_output_finish(&output);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "report",
		"--repeated", "2", "--json", NULL);
	assert_says(&output, 0, "\"lookups\":60");
	union_output_finish(&output);
}

static void the_history_of_a_record_is_told(void **state)
{
	struct union_output output;

	(void)state;
	union_put(kaz, "KAZ-6", "C999999");
	union_withdraw(kaz, "KAZ-6");
	union_ctl(kaz, UNION_AGENCY, NULL, &output, "record", "history", "KAZ-6", NULL);
	assert_says(&output, 0, "changed person.documents");
	assert_non_null(strstr(output.out, "withdraw version 3"));
	union_output_finish(&output);
	union_ctl(kaz, UNION_CHECKPOINT, NULL, &output, "record", "history", "KAZ-6",
		NULL);
	assert_int_equal(output.status, 1);
	union_output_finish(&output);
}

static void verify_works_offline_and_finds_a_cut(void **state)
{
	char dir[UNION_PATH_MAX], command[2 * UNION_PATH_MAX];
	struct union_output output;

	(void)state;
	union_stop(kaz);
	snprintf(dir, sizeof(dir), "%s/access-log", kaz->dir);
	snprintf(command, sizeof(command), "cp %s/data/access-log.checkpoint %s/",
		kaz->dir, kaz->dir);
	assert_int_equal(system(command), 0);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "verify", "--dir",
		dir, "--log-key", in_pki("log.pem"), NULL);
	assert_says(&output, 0, "good: ");
	union_output_finish(&output);
	/* the newest segment goes, as if it had never been */
	snprintf(command, sizeof(command), "rm \"$(ls %s/*.log | tail -n 1)\"", dir);
	assert_int_equal(system(command), 0);
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "verify", "--dir",
		dir, "--log-key", in_pki("log.pem"), NULL);
	assert_says(&output, 1, "truncated: ");
	union_output_finish(&output);
}

static void a_log_that_was_cut_is_noticed_at_the_start(void **state)
{
	struct union_output output;

	(void)state;
	union_start(kaz);
	assert_true(union_log_has(kaz, kaz->log_from, "it was changed while the node"));
	union_ctl(kaz, UNION_AUDITOR, NULL, &output, "access-log", "verify",
		"--log-key", in_pki("log.pem"), NULL);
	assert_int_equal(output.status, 1);
	union_output_finish(&output);
	union_stop(kaz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_leaves_its_trace),
		cmocka_unit_test(a_thousand_attacks_are_found_at_their_places),
		cmocka_unit_test(auditors_read_it_and_others_do_not),
		cmocka_unit_test(a_running_nodes_log_verifies),
		cmocka_unit_test(the_history_of_a_record_is_told),
		cmocka_unit_test(verify_works_offline_and_finds_a_cut),
		cmocka_unit_test(a_log_that_was_cut_is_noticed_at_the_start),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
