/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/submitter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record_codec.h"

#define GROUP_BYTES_MAX (2u * 1024 * 1024)

struct place {
	const char *path;
	uint64_t line;
};

struct submitter {
	struct ctl *ctl;
	bool from_public_list;
	struct arena arena; /* records of the group */
	struct cordon_item items[CORDON_SUBMIT_MAX];
	struct place places[CORDON_SUBMIT_MAX];
	size_t count;
	size_t bytes;
	struct submitter_counts counts;
};

struct submitter *submitter_create(struct ctl *ctl, bool from_public_list)
{
	struct submitter *submitter = calloc(1, sizeof(*submitter));

	if (submitter != NULL) {
		submitter->ctl = ctl;
		submitter->from_public_list = from_public_list;
		arena_init(&submitter->arena, 0);
	}
	return submitter;
}

void submitter_destroy(struct submitter *submitter)
{
	if (submitter == NULL) {
		return;
	}
	arena_finish(&submitter->arena);
	free(submitter);
}

const struct submitter_counts *submitter_counts(const struct submitter *submitter)
{
	return &submitter->counts;
}

static void print_json(const char *path, uint64_t line, const char *id,
	const char *what, const char *text)
{
	ctl_print_json(json_pack("{s:s, s:s, s:I, s:s?, s:s?}", "outcome", what, "file",
		path, "line", (json_int_t)line, "id", id, "text", text));
}

void submitter_refuse(struct submitter *submitter, const char *path, uint64_t line,
	const char *reference, const char *reason)
{
	submitter->counts.refused++;
	if (submitter->ctl->json) {
		print_json(path, line, reference, "refused", reason);
		return;
	}
	fprintf(stderr, "%s:%" PRIu64 ": %s%srefused: %s\n", path, line,
		reference == NULL ? "" : reference, reference == NULL ? "" : ": ",
		reason);
}

static void warn(struct submitter *submitter, const struct place *place,
	const struct cordon_result *result)
{
	if (submitter->ctl->json) {
		print_json(place->path, place->line, result->id, "warning",
			result->warning);
		return;
	}
	fprintf(stderr, "%s:%" PRIu64 ": %s: warning: %s\n", place->path, place->line,
		result->id, result->warning);
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

int submitter_flush(struct submitter *submitter)
{
	struct ctl_patience patience = { 0 };
	struct cordon_results *results;
	int error;

	if (submitter->count == 0) {
		return EXIT_OK;
	}
	do {
		error = cordon_submit(submitter->ctl->client, submitter->items,
			submitter->count, &results);
	} while (error != 0 && ctl_again(submitter->ctl, &patience, error));
	if (error != 0) {
		return ctl_client_failed(submitter->ctl, error) == EXIT_USAGE
			       ? EXIT_USAGE
			       : EXIT_FAILED;
	}
	for (size_t i = 0; i < results->count && i < submitter->count; i++) {
		report(submitter, &submitter->places[i], &results->results[i]);
	}
	cordon_results_destroy(results);
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
	item->from_public_list = submitter->from_public_list;
	submitter->places[submitter->count++] = (struct place){ path, line };
	submitter->bytes += packed.size;
	if (submitter->count == CORDON_SUBMIT_MAX ||
		submitter->bytes >= GROUP_BYTES_MAX) {
		return submitter_flush(submitter);
	}
	return EXIT_OK;
}
