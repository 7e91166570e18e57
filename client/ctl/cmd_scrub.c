/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

#define AGAIN_MS 250
/* How long a repair may bring nothing new before it is left to go on by itself. */
#define REPAIR_PATIENCE_MS 60000

const struct option_spec scrub_options[] = {
	{ "now", NULL, "read all rows now, and wait for what is repaired" },
	{ NULL, NULL, NULL },
};

static void draw(const struct cordon_scrub *s, bool *shown)
{
	if (!isatty(STDERR_FILENO)) {
		return;
	}
	*shown = true;
	if (s->running) {
		fprintf(stderr,
			"\r\033[K%" PRIu32 " of %" PRIu32 " lists, %" PRIu64
			" rows: %s",
			s->lists_done, s->lists_count, s->rows,
			s->list == NULL ? "" : s->list);
	} else {
		fprintf(stderr, "\r\033[K%" PRIu32 " lists wait for repair",
			s->repairs_wanted);
	}
}

static void print_time(const char *what, int64_t at_s)
{
	time_t at = (time_t)at_s;
	char text[32] = "never";
	struct tm tm;

	if (at_s != 0 && gmtime_r(&at, &tm) != NULL) {
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	}
	printf("%-20s %s\n", what, text);
}

static void print_text(const struct cordon_scrub *s)
{
	if (s->running) {
		printf("running: %" PRIu32 " of %" PRIu32 " lists\n", s->lists_done,
			s->lists_count);
	}
	print_time("begun", s->begun_s);
	print_time("last finished", s->finished_s);
	printf("%-20s %" PRIu64 "\n", "rows read", s->rows);
	printf("%-20s %" PRIu64 "\n", "damaged", s->damaged);
	printf("%-20s %" PRIu64 "\n", "index keys mended", s->indexes);
	printf("%-20s %" PRIu64 " lists, %" PRIu64 " entries\n", "repaired",
		s->repaired_lists, s->repaired_entries);
	if (s->repairs_wanted > 0) {
		printf("%" PRIu32
		       " lists are damaged and not repaired yet; the node's log "
		       "says why\n",
			s->repairs_wanted);
	}
}

static int print(const struct ctl *ctl, const struct cordon_scrub *s)
{
	if (!ctl->json) {
		print_text(s);
		return EXIT_OK;
	}
	return ctl_print_json(json_pack(
		"{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s?, s:I, s:I, s:I}",
		"running", s->running, "begun_s", (json_int_t)s->begun_s, "finished_s",
		(json_int_t)s->finished_s, "lists_done", (json_int_t)s->lists_done,
		"lists_count", (json_int_t)s->lists_count, "rows", (json_int_t)s->rows,
		"damaged", (json_int_t)s->damaged, "indexes", (json_int_t)s->indexes,
		"list", s->list, "repairs_wanted", (json_int_t)s->repairs_wanted,
		"repaired_lists", (json_int_t)s->repaired_lists, "repaired_entries",
		(json_int_t)s->repaired_entries));
}

/* Until all rows were read and what was damaged is repaired. */
static int follow(struct ctl *ctl, struct cordon_scrub **out)
{
	const struct timespec pause = { 0, AGAIN_MS * 1000000L };
	int64_t waited_ms = 0;
	struct cordon_scrub *s;
	bool shown = false;
	int error = cordon_scrub(ctl->client, true, &s);

	while (error == 0 && (s->running || (s->repairs_wanted > 0 &&
						    waited_ms < REPAIR_PATIENCE_MS))) {
		waited_ms = s->running ? 0 : waited_ms + AGAIN_MS;
		draw(s, &shown);
		cordon_scrub_destroy(s);
		nanosleep(&pause, NULL);
		error = cordon_scrub(ctl->client, false, &s);
	}
	if (shown) {
		fputs("\r\033[K", stderr);
	}
	if (error == 0) {
		*out = s;
	}
	return error;
}

int scrub_and_repair(struct ctl *ctl)
{
	struct cordon_scrub *s;
	int error = follow(ctl, &s);
	int status;

	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	status = print(ctl, s);
	if (status == EXIT_OK && s->repairs_wanted > 0) {
		status = EXIT_FAILED;
	}
	cordon_scrub_destroy(s);
	return status;
}

int cmd_scrub(struct ctl *ctl, const struct args *args)
{
	struct cordon_scrub *s;
	int error, status = ctl_connect(ctl);

	if (status != EXIT_OK) {
		return status;
	}
	if (args_given(args, "now")) {
		return scrub_and_repair(ctl);
	}
	error = cordon_scrub(ctl->client, false, &s);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	status = print(ctl, s);
	if (status == EXIT_OK && s->repairs_wanted > 0) {
		status = EXIT_FAILED;
	}
	cordon_scrub_destroy(s);
	return status;
}
