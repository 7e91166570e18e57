/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/answer.h"
#include "client/ctl/lines.h"
#include "client/ctl/output_json.h"
#include "client/ctl/query.h"

#define GROUP_MAX 256 /* questions in one request */

const struct option_spec lookup_batch_options[] = {
	QUERY_SCORE_OPTION,
	QUERY_LIMIT_OPTION,
	QUERY_CONTEXT_OPTIONS,
	{ NULL, NULL, NULL },
};

/* One line: its id, and why it is no question, or its place in the request. */
struct line {
	json_t *id;
	int error;
	struct errmsg text;
	size_t query; /* where error is 0 */
};

struct batch {
	struct ctl *ctl;
	struct cordon_context context;
	uint32_t limit, min_score; /* of questions that say nothing else */
	struct arena arena;        /* queries of the group */
	struct line lines[GROUP_MAX];
	size_t lines_count;
	struct cordon_query queries[GROUP_MAX];
	size_t queries_count;
	struct cordon_answer *answers[GROUP_MAX];
	int status;
};

static void add_line(struct batch *batch, const char *text, size_t bytes)
{
	struct line *line = &batch->lines[batch->lines_count++];
	struct cordon_query *query = &batch->queries[batch->queries_count];

	memset(&line->text, 0, sizeof(line->text));
	line->error = query_from_json(
		text, bytes, &batch->arena, query, &line->id, &line->text);
	if (line->error == 0) {
		if (query->limit == 0) {
			query->limit = batch->limit;
		}
		if (query->min_score == 0) {
			query->min_score = batch->min_score;
		}
		line->query = batch->queries_count++;
	}
}

/* Answered in its place like any other that cannot be read. */
static void add_long_line(struct batch *batch)
{
	struct line *line = &batch->lines[batch->lines_count++];

	memset(&line->text, 0, sizeof(line->text));
	line->id = NULL;
	line->error = errmsg_set(&line->text, CORDON_ESYNTAX,
		"the line is longer than %d bytes", LINES_BYTES_MAX);
}

static int print_error(
	struct batch *batch, struct line *line, int error, const char *text)
{
	int status = cordon_error_exit_status(error);
	json_t *json = json_pack("{s:{s:s, s:o}, s:O?}", "error", "code",
		cordon_error_name(error), "text", output_json_text(text), "id",
		line->id);

	batch->status = answer_worse_status(
		batch->status, status == EXIT_REFUSED ? EXIT_USAGE : status);
	return ctl_print_json(json);
}

static int print_answer(struct batch *batch, struct line *line)
{
	const struct cordon_answer *answer = batch->answers[line->query];
	json_t *json;

	if (answer->error != 0) {
		return print_error(batch, line, answer->error, answer->error_text);
	}
	batch->status = answer_worse_status(batch->status, answer_status(answer));
	json = answer_json(answer);
	if (line->id != NULL) {
		json = output_json_with(json, "id", json_incref(line->id));
	}
	return ctl_print_json(json);
}

/* Asks from a query on. */
static int ask_from(struct batch *batch, size_t first)
{
	struct ctl_patience patience = { 0 };
	int error;

	do {
		error = cordon_lookup(batch->ctl->client, &batch->context,
			batch->queries + first, batch->queries_count - first,
			batch->answers + first);
	} while (error != 0 && ctl_again(batch->ctl, &patience, error));
	return error;
}

static size_t first_sent_back(const struct batch *batch, size_t first)
{
	while (first < batch->queries_count &&
		batch->answers[first]->error != CORDON_EBUSY) {
		first++;
	}
	return first;
}

static void forget_answers(struct batch *batch, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		cordon_answer_destroy(batch->answers[i]);
	}
}

/* A node sends back what was too much for one request: that goes into another. */
static int ask(struct batch *batch)
{
	size_t next = 0, end = batch->queries_count;

	while (next < end) {
		int error = ask_from(batch, next);
		size_t rest;

		if (error != 0) {
			forget_answers(batch, 0, next);
			return error;
		}
		rest = first_sent_back(batch, next);
		if (rest == next) {
			break; /* not even one: its error is its answer */
		}
		forget_answers(batch, rest, end);
		next = rest;
	}
	return 0;
}

/* Asks what has been collected and prints a line for each line. */
static int answer_group(struct batch *batch)
{
	int error = ask(batch), status = EXIT_OK;

	for (size_t i = 0; i < batch->lines_count; i++) {
		struct line *line = &batch->lines[i];
		int printed;

		if (line->error != 0) {
			printed = print_error(batch, line, line->error,
				errmsg_text(&line->text, line->error));
		} else if (error != 0) {
			printed = print_error(batch, line, error,
				cordon_client_error_text(batch->ctl->client));
		} else {
			printed = print_answer(batch, line);
			cordon_answer_destroy(batch->answers[line->query]);
		}
		status = printed == EXIT_OK ? status : printed;
		json_decref(line->id);
		line->id = NULL;
	}
	batch->lines_count = 0;
	batch->queries_count = 0;
	arena_reset(&batch->arena);
	fflush(stdout);
	return status;
}

static int run(struct batch *batch, struct lines *lines, const char *path)
{
	const char *text;
	size_t bytes;
	int got, status = EXIT_OK;

	while (status == EXIT_OK && ((got = lines_next(lines, &text, &bytes)) > 0 ||
					    got == CORDON_ETOOBIG)) {
		if (got == CORDON_ETOOBIG) {
			add_long_line(batch);
		} else if (bytes > 0) {
			add_line(batch, text, bytes);
		}
		if (batch->lines_count == GROUP_MAX || lines_would_wait(lines)) {
			status = answer_group(batch);
		}
	}
	if (status == EXIT_OK) {
		status = answer_group(batch);
	}
	if (status == EXIT_OK && got < 0) {
		fprintf(stderr, "cordonctl: %s: line %llu: %s\n", path,
			(unsigned long long)lines->number + 1, cordon_error_text(got));
		status = EXIT_FAILED;
	}
	return status == EXIT_OK ? batch->status : status;
}

int cmd_lookup_batch(struct ctl *ctl, const struct args *args)
{
	static struct batch batch; /* large; one command a process */
	struct lines lines;
	int status;

	batch.ctl = ctl;
	if (!query_context(ctl, args, &batch.context) ||
		!args_number(args, "limit", 1, CORDON_LIMIT_MAX, &batch.limit) ||
		!args_number(
			args, "min-score", 1, CORDON_SCORE_MAX, &batch.min_score)) {
		return EXIT_USAGE;
	}
	status = ctl_connect(ctl);
	if (status != EXIT_OK) {
		return status;
	}
	if (lines_open(&lines, args->operands[0]) != 0) {
		fprintf(stderr, "cordonctl: read %s: %s\n", args->operands[0],
			strerror(errno));
		return EXIT_FAILED;
	}
	arena_init(&batch.arena, 0);
	status = run(&batch, &lines, args->operands[0]);
	arena_finish(&batch.arena);
	lines_close(&lines);
	return status;
}
