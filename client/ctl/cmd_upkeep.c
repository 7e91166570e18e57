/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"

/* What an administrator does about withdrawals and the store's file. */

#define AGAIN_MS 200
#define MIB (1024.0 * 1024.0)

/* ---- the brake ------------------------------------------------------------------ */

static int print_batches_json(const struct cordon_brake *brake)
{
	json_t *array = json_array();

	for (size_t i = 0; i < brake->batches_count; i++) {
		const struct cordon_brake_batch *b = &brake->batches[i];
		json_t *ids = json_array();

		for (size_t k = 0; k < b->ids_count; k++) {
			json_array_append_new(ids, json_string(b->ids[k]));
		}
		json_array_append_new(array,
			json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:s?, s:o}", "batch",
				(json_int_t)b->batch, "list", b->list, "count",
				(json_int_t)b->count, "live", (json_int_t)b->live,
				"first_s", (json_int_t)b->first_s, "last_s",
				(json_int_t)b->last_s, "by", b->by, "ids", ids));
	}
	return ctl_print_json(json_pack("{s:o}", "batches", array));
}

static int print_batches(const struct cordon_brake *brake)
{
	if (brake->batches_count == 0) {
		puts("no withdrawals are held");
	}
	for (size_t i = 0; i < brake->batches_count; i++) {
		const struct cordon_brake_batch *b = &brake->batches[i];
		char first[OUTPUT_TIME_BYTES];

		output_time(b->first_s, first);
		printf("batch %" PRIu64 ": %" PRIu64 " withdrawals from %s (%" PRIu64
		       " live), since %s, by %s\n",
			b->batch, b->count, b->list, b->live, first,
			b->by == NULL ? "?" : b->by);
		for (size_t k = 0; k < b->ids_count; k++) {
			printf("  %s\n", b->ids[k]);
		}
		if (b->count > b->ids_count) {
			printf("  and %" PRIu64 " more\n",
				b->count - (uint64_t)b->ids_count);
		}
	}
	return EXIT_OK;
}

static int print_word(struct ctl *ctl, const struct cordon_brake *brake)
{
	if (ctl->json) {
		return ctl_print_json(json_pack("{s:I, s:I, s:I}", "withdrawn",
			(json_int_t)brake->withdrawn, "passed_over",
			(json_int_t)brake->passed_over, "dropped",
			(json_int_t)brake->dropped));
	}
	printf("%" PRIu64 " withdrawn, %" PRIu64 " dropped, %" PRIu64
	       " left because they were changed since\n",
		brake->withdrawn, brake->dropped, brake->passed_over);
	return EXIT_OK;
}

static bool read_batch(const char *text, uint64_t *batch)
{
	char *end;

	*batch = strtoull(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end != '\0') {
		fprintf(stderr,
			"cordonctl: %s: expected the number of a batch, as cordonctl "
			"brake list tells it\n",
			text);
		return false;
	}
	return true;
}

static int brake(struct ctl *ctl, enum cordon_brake_what what, const char *number)
{
	struct cordon_brake *answer;
	uint64_t batch = 0;
	int error, status;

	if (number != NULL && !read_batch(number, &batch)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_brake(ctl->client, what, batch, &answer);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	if (what != CORDON_BRAKE_LIST) {
		status = print_word(ctl, answer);
	} else {
		status = ctl->json ? print_batches_json(answer) : print_batches(answer);
	}
	cordon_brake_destroy(answer);
	return status;
}

int cmd_brake_list(struct ctl *ctl, const struct args *args)
{
	(void)args;
	return brake(ctl, CORDON_BRAKE_LIST, NULL);
}

int cmd_brake_release(struct ctl *ctl, const struct args *args)
{
	return brake(ctl, CORDON_BRAKE_RELEASE, args->operands[0]);
}

int cmd_brake_drop(struct ctl *ctl, const struct args *args)
{
	return brake(ctl, CORDON_BRAKE_DROP, args->operands[0]);
}

/* ---- compaction ----------------------------------------------------------------- */

static void draw(const struct cordon_compaction *c)
{
	uint64_t percent =
		c->total_bytes == 0 ? 0 : c->done_bytes * 100 / c->total_bytes;

	fprintf(stderr, "\r\033[Kwritten: %.1f of %.1f MiB (%d %%)",
		(double)c->done_bytes / MIB, (double)c->total_bytes / MIB,
		(int)(percent > 100 ? 100 : percent));
}

static int print_compaction(struct ctl *ctl, const struct cordon_compaction *c)
{
	if (c->error != 0) {
		return ctl_fail(ctl, c->error, c->error_text);
	}
	if (ctl->json) {
		return ctl_print_json(json_pack("{s:I, s:I, s:I}", "before_bytes",
			(json_int_t)c->before_bytes, "after_bytes",
			(json_int_t)c->after_bytes, "took_ms", (json_int_t)c->took_ms));
	}
	printf("%.1f MiB, before %.1f MiB, in %.1f s\n", (double)c->after_bytes / MIB,
		(double)c->before_bytes / MIB, (double)c->took_ms / 1000);
	return EXIT_OK;
}

int cmd_compact(struct ctl *ctl, const struct args *args)
{
	const struct timespec again = { 0, AGAIN_MS * 1000000L };
	bool terminal = !ctl->json && isatty(STDERR_FILENO) == 1;
	struct cordon_compaction *c;
	int error, status = ctl_connect(ctl);

	(void)args;
	if (status != EXIT_OK) {
		return status;
	}
	error = cordon_compact(ctl->client, true, &c);
	while (error == 0 && c->running) {
		if (terminal) {
			draw(c);
		}
		cordon_compaction_destroy(c);
		nanosleep(&again, NULL);
		error = cordon_compact(ctl->client, false, &c);
	}
	if (terminal) {
		fputs("\r\033[K", stderr);
	}
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	status = print_compaction(ctl, c);
	cordon_compaction_destroy(c);
	return status;
}
