/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/submitter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/ctl/copies.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"
#include "proto/record_codec.h"

#define GROUP_BYTES_MAX (2u * 1024 * 1024)

struct place {
	const char *path;
	uint64_t line;
};

struct submitter {
	struct ctl *ctl;
	struct submitter_options options;
	struct arena arena; /* records of the group */
	struct cordon_item items[CORDON_SUBMIT_MAX];
	struct place places[CORDON_SUBMIT_MAX];
	size_t count;
	size_t bytes;
	struct submitter_counts counts;
	char pending_told[256]; /* the last that was said of what waits */
	/* Of the first group whose copies were not there, else of the last; or NULL. */
	struct cordon_results *copies;
};

struct submitter *submitter_create(
	struct ctl *ctl, const struct submitter_options *options)
{
	struct submitter *submitter = calloc(1, sizeof(*submitter));

	if (submitter != NULL) {
		submitter->ctl = ctl;
		submitter->options = *options;
		arena_init(&submitter->arena, 0);
	}
	return submitter;
}

void submitter_destroy(struct submitter *submitter)
{
	if (submitter == NULL) {
		return;
	}
	cordon_results_destroy(submitter->copies);
	arena_finish(&submitter->arena);
	free(submitter);
}

const struct submitter_counts *submitter_counts(const struct submitter *submitter)
{
	return &submitter->counts;
}

/* ---- lines ------------------------------------------------------------------------
 */

void submitter_tell(struct submitter *submitter, const struct submitter_line *line)
{
	if (submitter->ctl->json) {
		ctl_print_json(json_pack("{s:s, s:o, s:I, s:o, s:o}", "outcome",
			line->outcome, "file", output_json_text(line->path), "line",
			(json_int_t)line->line, "id", output_json_text(line->id),
			"text", output_json_text(line->text)));
		return;
	}
	output_text(stderr, line->path);
	fprintf(stderr, ":%" PRIu64 ": ", line->line);
	if (line->id != NULL) {
		output_text(stderr, line->id);
		fputs(": ", stderr);
	}
	fprintf(stderr, "%s: ", line->outcome);
	output_text(stderr, line->text);
	fputc('\n', stderr);
}

void submitter_refuse(struct submitter *submitter, const char *path, uint64_t line,
	const char *reference, const char *reason)
{
	const struct submitter_line told = { path, line, reference, "refused", reason };

	submitter->counts.refused++;
	submitter_tell(submitter, &told);
}

static void warn(struct submitter *submitter, const struct place *place,
	const struct cordon_result *result)
{
	const struct submitter_line told = { place->path, place->line, result->id,
		"warning", result->warning };

	submitter_tell(submitter, &told);
}

/* People are told once of each change, by its first item. */
static void tell_pending(struct submitter *submitter, const struct place *place,
	const struct cordon_result *result)
{
	const char *text = result->error_text == NULL ? "" : result->error_text;
	const struct submitter_line told = { place->path, place->line, result->id,
		"pending", text };

	submitter->counts.pending++;
	if (submitter->ctl->json || strncmp(text, submitter->pending_told,
					    sizeof(submitter->pending_told) - 1) != 0) {
		submitter_tell(submitter, &told);
	}
	snprintf(submitter->pending_told, sizeof(submitter->pending_told), "%s", text);
}

static void report(struct submitter *submitter, const struct place *place,
	const struct cordon_result *result)
{
	switch (result->outcome) {
	case CORDON_OUTCOME_CREATED:
		submitter->counts.created++;
		break;
	case CORDON_OUTCOME_CHANGED:
		submitter->counts.changed++;
		break;
	case CORDON_OUTCOME_UNCHANGED:
		submitter->counts.unchanged++;
		break;
	case CORDON_OUTCOME_HELD:
		submitter->counts.held++;
		break;
	case CORDON_OUTCOME_PENDING:
		tell_pending(submitter, place, result);
		break;
	default:
		submitter_refuse(submitter, place->path, place->line, result->id,
			result->error_text == NULL ? cordon_error_text(result->error)
						   : result->error_text);
		break;
	}
	if (result->warning != NULL) {
		warn(submitter, place, result);
	}
}

/* Keeps what is told of copies at the end; the results are the submitter's then. */
static void keep_copies(struct submitter *submitter, struct cordon_results *results)
{
	bool failed_before =
		submitter->copies != NULL && submitter->copies->copies_error != 0;

	if (results->copies_error != 0) {
		for (size_t i = 0; i < results->count; i++) {
			submitter->counts.short_of_copies +=
				results->results[i].error == 0;
		}
		submitter->options.copies_timeout_ms = 1;
	}
	if (!copies_matter(results) || failed_before) {
		cordon_results_destroy(results);
		return;
	}
	cordon_results_destroy(submitter->copies);
	submitter->copies = results;
	if (results->copies_error != 0 && !submitter->ctl->json) {
		copies_warn(results);
	}
}

static int submit(struct submitter *submitter, struct cordon_results **results)
{
	struct cordon_submission submission = {
		.items = submitter->items,
		.count = submitter->count,
		.copies = submitter->options.copies,
		.copies_timeout_ms = submitter->options.copies_timeout_ms,
	};
	struct ctl_patience patience = { 0 };
	int error;

	do {
		error = cordon_submit_with(
			submitter->ctl->client, &submission, results);
	} while (error != 0 && ctl_again(submitter->ctl, &patience, error));
	return error;
}

int submitter_flush(struct submitter *submitter)
{
	struct cordon_results *results;
	int error;

	if (submitter->count == 0) {
		return EXIT_OK;
	}
	error = submit(submitter, &results);
	if (error != 0) {
		return ctl_client_failed(submitter->ctl, error) == EXIT_USAGE
			       ? EXIT_USAGE
			       : EXIT_FAILED;
	}
	for (size_t i = 0; i < results->count && i < submitter->count; i++) {
		report(submitter, &submitter->places[i], &results->results[i]);
	}
	keep_copies(submitter, results);
	submitter->count = 0;
	submitter->bytes = 0;
	arena_reset(&submitter->arena);
	return EXIT_OK;
}

int submitter_add(struct submitter *submitter, const struct cordon_record *record,
	const char *path, uint64_t line)
{
	struct cordon_item *item = &submitter->items[submitter->count];
	struct cordon_record *copy;
	struct bytes packed;
	struct errmsg msg = { "" };
	int error = record_pack(record, &submitter->arena, &packed);

	if (error == 0) {
		error = record_open(packed, &submitter->arena, &copy, NULL, &msg);
	}
	if (error == CORDON_ETOOBIG || error == CORDON_ESYNTAX) {
		submitter_refuse(
			submitter, path, line, record->id, errmsg_text(&msg, error));
		return EXIT_OK;
	}
	if (error != 0) {
		return ctl_fail(submitter->ctl, error, errmsg_text(&msg, error));
	}
	memset(item, 0, sizeof(*item));
	item->type = CORDON_ITEM_PUT;
	item->record = copy;
	item->from_public_list = submitter->options.from_public_list;
	submitter->places[submitter->count++] = (struct place){ path, line };
	submitter->bytes += packed.size;
	if (submitter->count == CORDON_SUBMIT_MAX ||
		submitter->bytes >= GROUP_BYTES_MAX) {
		return submitter_flush(submitter);
	}
	return EXIT_OK;
}

/* ---- the end ----------------------------------------------------------------------
 */

static int print_json(
	const struct submitter *submitter, const struct submitter_besides *besides)
{
	const struct submitter_counts *c = &submitter->counts;
	json_t *summary = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"created", (json_int_t)c->created, "changed", (json_int_t)c->changed,
		"unchanged", (json_int_t)c->unchanged, "refused",
		(json_int_t)c->refused, "pending", (json_int_t)c->pending, "held",
		(json_int_t)c->held, "short_of_copies", (json_int_t)c->short_of_copies,
		"left_out", (json_int_t)(besides == NULL ? 0 : besides->left_out),
		"remarks", (json_int_t)(besides == NULL ? 0 : besides->remarks));

	if (submitter->copies != NULL) {
		summary = output_json_with(
			summary, "copies", copies_json(submitter->copies));
	}
	return ctl_print_json(json_pack("{s:o}", "summary", summary));
}

static void print_text(
	const struct submitter *submitter, const struct submitter_besides *besides)
{
	const struct submitter_counts *c = &submitter->counts;

	printf("%" PRIu64 " created, %" PRIu64 " changed, %" PRIu64
	       " unchanged, %" PRIu64 " refused",
		c->created, c->changed, c->unchanged, c->refused);
	if (besides != NULL) {
		printf(", %" PRIu64 " left out (no persons)", besides->left_out);
	}
	if (c->pending > 0) {
		printf(", %" PRIu64 " WAIT for a second pair of eyes", c->pending);
	}
	if (c->held > 0) {
		printf(", %" PRIu64 " HELD for an administrator", c->held);
	}
	if (c->short_of_copies > 0) {
		printf(", %" PRIu64 " kept but short of copies", c->short_of_copies);
	} else if (submitter->copies != NULL &&
		   c->created + c->changed + c->unchanged > 0) {
		copies_print_members(stdout, submitter->copies);
	}
	putchar('\n');
}

int submitter_end(struct submitter *submitter, int status,
	const struct submitter_besides *besides)
{
	if (!submitter->ctl->json) {
		print_text(submitter, besides);
	} else if (print_json(submitter, besides) != EXIT_OK) {
		return EXIT_FAILED;
	}
	if (status != EXIT_OK) {
		return status;
	}
	if (submitter->counts.refused > 0) {
		return EXIT_REFUSED;
	}
	if (submitter->counts.pending > 0) {
		return EXIT_TWOEYES;
	}
	if (submitter->counts.held > 0) {
		return EXIT_HELD;
	}
	return submitter->copies != NULL && submitter->copies->copies_error != 0
		       ? EXIT_COPIES
		       : EXIT_OK;
}
