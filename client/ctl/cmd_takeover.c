/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/ctl/ctl.h"

/* recover, promote, reopen: one request, which is asked again with --wait while the
 * node says that what stands in the way may pass by itself. */

#define FORCE_MAX 64
#define AGAIN_MS 500

const struct option_spec takeover_options[] = {
	{ "force", "MEMBER,...",
		"members that need not be reached; the own one: although another of "
		"its nodes signs" },
	{ "wait", NULL, "until the lists are read and the members reached" },
	{ NULL, NULL, NULL },
};

struct forced {
	char *text;
	const char *members[FORCE_MAX];
	size_t count;
};

static int read_force(const struct args *args, struct forced *forced)
{
	const char *value = args_value(args, "force");

	forced->text = value == NULL ? NULL : strdup(value);
	if (value != NULL && forced->text == NULL) {
		fputs("cordonctl: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	for (char *rest = forced->text, *word; value != NULL;) {
		word = strtok_r(rest, ", ", &rest);
		if (word == NULL) {
			break;
		}
		if (forced->count == FORCE_MAX) {
			fprintf(stderr, "cordonctl: --force: more than %d members\n",
				FORCE_MAX);
			return EXIT_USAGE;
		}
		forced->members[forced->count++] = word;
	}
	return EXIT_OK;
}

/* ---- what came of it ----------------------------------------------------------------
 */

static json_t *lists_json(const struct cordon_takeover *t)
{
	json_t *array = json_array();

	for (size_t i = 0; i < t->lists_count; i++) {
		const struct cordon_takeover_list *l = &t->lists[i];

		json_array_append_new(array,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:s?}",
				"list", l->list, "old_epoch", (json_int_t)l->old_epoch,
				"old_sequence", (json_int_t)l->old_sequence, "epoch",
				(json_int_t)l->epoch, "sequence",
				(json_int_t)l->sequence, "live", (json_int_t)l->live,
				"created", l->created, "wanted", (json_int_t)l->wanted,
				"state", l->state));
	}
	return array;
}

static json_t *members_json(const struct cordon_takeover *t)
{
	json_t *array = json_array();

	for (size_t i = 0; i < t->members_count; i++) {
		const struct cordon_takeover_member *m = &t->members[i];

		json_array_append_new(
			array, json_pack("{s:s, s:b, s:b, s:s?}", "member", m->member,
				       "reached", m->reached, "forced", m->forced,
				       "node", m->node));
	}
	return array;
}

static int print_json(const struct cordon_takeover *t)
{
	return ctl_print_json(json_pack("{s:b, s:b, s:s?, s:o, s:o}", "done", t->done,
		"wait", t->wait, "reason", t->reason, "lists", lists_json(t), "members",
		members_json(t)));
}

static void print_list(const struct cordon_takeover_list *l)
{
	if (l->created) {
		printf("%-22s begun anew, for no peer holds it: epoch %" PRIu64 "\n",
			l->list, l->epoch);
	} else {
		printf("%-22s epoch %" PRIu64 ", sequence %" PRIu64 " -> epoch %" PRIu64
		       ", sequence %" PRIu64 "; %" PRIu64 " live\n",
			l->list, l->old_epoch, l->old_sequence, l->epoch, l->sequence,
			l->live);
	}
}

static void print_text(const struct cordon_takeover *t)
{
	for (size_t i = 0; i < t->lists_count; i++) {
		print_list(&t->lists[i]);
	}
	for (size_t i = 0; i < t->members_count; i++) {
		const struct cordon_takeover_member *m = &t->members[i];

		if (m->reached) {
			printf("%s was reached at %s\n", m->member, m->node);
		} else if (m->forced) {
			printf("%s was NOT reached (--force)\n", m->member);
		}
	}
	puts("this node signs now");
}

static int finish(struct ctl *ctl, const struct cordon_takeover *t)
{
	int status = EXIT_OK;

	if (ctl->json) {
		status = print_json(t);
	} else if (t->done) {
		print_text(t);
	}
	if (!t->done) {
		fprintf(stderr, "cordonctl: %s\n", t->reason);
	}
	return status == EXIT_OK && !t->done ? EXIT_REFUSED : status;
}

/* ---- waiting ------------------------------------------------------------------------
 */

struct waiting {
	bool shown;
	char *said; /* the last reason, off a terminal */
};

static void draw(struct waiting *waiting, const struct cordon_takeover *t)
{
	uint64_t here = 0, wanted = 0;

	for (size_t i = 0; i < t->lists_count; i++) {
		const struct cordon_takeover_list *l = &t->lists[i];

		wanted += l->wanted;
		here += l->sequence < l->wanted ? l->sequence : l->wanted;
	}
	fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " read: %.*s", here, wanted,
		48, t->reason);
	waiting->shown = true;
}

/* A line each time that it is another one. */
static void say(struct waiting *waiting, const struct cordon_takeover *t)
{
	if (waiting->said != NULL && strcmp(waiting->said, t->reason) == 0) {
		return;
	}
	free(waiting->said);
	waiting->said = strdup(t->reason);
	fprintf(stderr, "cordonctl: waiting: %s\n", t->reason);
}

static void pause_for(struct waiting *waiting, const struct cordon_takeover *t)
{
	const struct timespec pause = { 0, AGAIN_MS * 1000000L };

	if (isatty(STDERR_FILENO)) {
		draw(waiting, t);
	} else {
		say(waiting, t);
	}
	nanosleep(&pause, NULL);
}

static void end_waiting(struct waiting *waiting)
{
	if (waiting->shown) {
		fputs("\r\033[K", stderr);
	}
	free(waiting->said);
}

static int ask(struct ctl *ctl, enum cordon_takeover_what what,
	const struct forced *forced, bool wait)
{
	struct waiting waiting = { false, NULL };
	struct cordon_takeover *takeover;
	int error, status;

	for (;;) {
		error = cordon_takeover(
			ctl->client, what, forced->members, forced->count, &takeover);
		if (error != 0 || takeover->done || !wait || !takeover->wait) {
			break;
		}
		pause_for(&waiting, takeover);
		cordon_takeover_destroy(takeover);
	}
	end_waiting(&waiting);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	status = finish(ctl, takeover);
	cordon_takeover_destroy(takeover);
	return status;
}

static int take_over(
	struct ctl *ctl, const struct args *args, enum cordon_takeover_what what)
{
	struct forced forced = { .count = 0 };
	int status = read_force(args, &forced);

	if (status == EXIT_OK) {
		status = ctl_connect(ctl);
	}
	if (status == EXIT_OK) {
		status = ask(ctl, what, &forced, args_given(args, "wait"));
	}
	free(forced.text);
	return status;
}

int cmd_recover(struct ctl *ctl, const struct args *args)
{
	return take_over(ctl, args, CORDON_TAKEOVER_RECOVER);
}

int cmd_promote(struct ctl *ctl, const struct args *args)
{
	return take_over(ctl, args, CORDON_TAKEOVER_PROMOTE);
}

int cmd_reopen(struct ctl *ctl, const struct args *args)
{
	return take_over(ctl, args, CORDON_TAKEOVER_REOPEN);
}
