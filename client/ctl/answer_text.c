/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/output.h"
#include "client/ctl/reasons.h"
#include "proto/record.h"

#define OBJECTION "objection:"

int answer_status(const struct cordon_answer *answer)
{
	if (answer->error != 0) {
		int status = cordon_error_exit_status(answer->error);

		/* a query is not refused by an entry rule: it cannot be read */
		return status == EXIT_REFUSED ? EXIT_USAGE : status;
	}
	if (answer->verdict != CORDON_VERDICT_CLEAR) {
		return 3;
	}
	if (answer->mrz != NULL &&
		(answer->mrz->checks.number == CORDON_CHECK_WRONG ||
			answer->mrz->checks.born == CORDON_CHECK_WRONG ||
			answer->mrz->checks.expires == CORDON_CHECK_WRONG ||
			answer->mrz->checks.optional == CORDON_CHECK_WRONG ||
			answer->mrz->checks.composite == CORDON_CHECK_WRONG)) {
		return EXIT_USAGE;
	}
	return answer->complete ? 0 : 4;
}

int answer_worse_status(int a, int b)
{
	static const int rank[] = { [0] = 0, [3] = 1, [4] = 2, [2] = 3, [1] = 4 };

	return rank[a] >= rank[b] ? a : b;
}

static void print_part(const char *part)
{
	if (part != NULL) {
		putchar(' ');
		output_line(stdout, part);
	}
}

static void print_name(const struct cordon_name *name)
{
	print_part(name->surname);
	print_part(name->given);
	print_part(name->patronymic);
	print_part(name->full);
}

static void print_person(const struct cordon_person *person)
{
	char born[16];

	for (size_t i = 0; i < person->names_count; i++) {
		const struct cordon_name *name = &person->names[i];

		printf("    %-12s", output_code(CORDON_CODES_NAME_TYPE, name->type));
		print_name(name);
		putchar('\n');
	}
	if (!date_absent(&person->born)) {
		date_text(&person->born, born);
		printf("    born         %s%s\n", born,
			person->born_approximate ? " (approximately)" : "");
	}
	for (size_t i = 0; i < person->markers_count; i++) {
		printf("    marker       %s\n",
			output_code(CORDON_CODES_MARKER, person->markers[i]));
	}
}

static void print_reason(const char *code)
{
	if (strncmp(code, OBJECTION, strlen(OBJECTION)) == 0) {
		fputs(" this member objects:", stdout);
		print_part(code + strlen(OBJECTION));
	} else {
		print_part(reason_text(code));
	}
	putchar('\n');
}

static void print_reasons(const struct cordon_match *match)
{
	for (size_t i = 0; i < match->because_count; i++) {
		printf("    %-12s", i == 0 ? "because" : "");
		print_reason(match->because[i]);
	}
	if (match->name != NULL) {
		printf("    %-12s %u %% of the name agrees, best with", "",
			(match->name_permille + 5) / 10);
		print_name(match->name);
		putchar('\n');
	}
}

static void print_text(const char *title, const char *text)
{
	if (text != NULL) {
		printf("    %-12s", title);
		print_part(text);
		putchar('\n');
	}
}

static void print_match(const struct cordon_match *match)
{
	const struct cordon_record *record = match->record;
	char until[16];

	date_text(&record->valid_until, until);
	printf("  %s  %s: %s by %s, score %u\n", match->id,
		output_code(CORDON_CODES_KIND, match->kind),
		cordon_verdict_text(match->verdict), cordon_basis_text(match->basis),
		match->score);
	print_reasons(match);
	printf("    effect       %s;", cordon_effect_text(match->effect));
	for (size_t i = 0; i < match->actions_count; i++) {
		print_part(output_code(CORDON_CODES_ACTION, match->actions[i]));
	}
	printf("\n    reason       %s, until %s\n",
		output_code(CORDON_CODES_REASON, record->reason), until);
	if (record->person != NULL) {
		print_person(record->person);
	}
	print_text("WARNING", record->warning);
	print_text("note", record->note);
	print_text("contact", record->contact);
}

static void print_missing(const struct cordon_answer *answer)
{
	if (answer->complete) {
		return;
	}
	printf("INCOMPLETE: not searched as asked:");
	for (size_t i = 0; i < answer->missing_count; i++) {
		print_part(answer->missing[i]);
	}
	putchar('\n');
}

static void print_reading_faults(const struct cordon_answer *answer)
{
	if (answer->mrz != NULL && !answer->mrz->valid) {
		printf("READ AGAIN: %s\n", answer->mrz->fault);
	}
}

static void print_more(const struct cordon_answer *answer)
{
	if (answer->namesakes > 1) {
		printf("  %" PRIu64
		       " persons in the lists have a name that agrees as well "
		       "as the best one's\n",
			answer->namesakes);
	}
	if (answer->cut) {
		puts("  CUT: the question is too common to look at everybody; only the "
		     "likeliest are shown");
	} else if (answer->more) {
		puts("  there are more than are shown");
	}
	for (size_t i = 0; i < answer->narrow_count; i++) {
		fputs(answer->matches_count > 0 ? "    to narrow it:"
						: "    too little to go by:",
			stdout);
		print_part(narrow_text(answer->narrow[i]));
		putchar('\n');
	}
}

void answer_print(const struct cordon_answer *answer)
{
	if (answer->error != 0) {
		fputs("no answer:", stdout);
		print_part(answer->error_text);
		putchar('\n');
		return;
	}
	print_reading_faults(answer);
	if (answer->verdict == CORDON_VERDICT_CLEAR) {
		printf("nothing found in %zu lists\n", answer->freshness_count);
	} else if (answer->verdict == CORDON_VERDICT_MATCH) {
		printf("MATCH: %zu found\n", answer->matches_count);
	} else {
		printf("POSSIBLE: %zu found; an officer decides\n",
			answer->matches_count);
	}
	print_missing(answer);
	for (size_t i = 0; i < answer->matches_count; i++) {
		print_match(&answer->matches[i]);
	}
	print_more(answer);
	for (size_t i = 0; i < answer->cleared_count; i++) {
		printf("  cleared of %s:", answer->cleared[i].id);
		print_part(answer->cleared[i].why);
		putchar('\n');
	}
	printf("lookup %s, %" PRIu32 " us\n",
		answer->lookup == NULL ? "(no id)" : answer->lookup, answer->took_us);
}
