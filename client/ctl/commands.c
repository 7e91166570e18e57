/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <cordon/version.h>
#include "client/ctl/ctl.h"
#include "client/ctl/pki.h"

const struct option_spec ctl_global_options[] = {
	{ "config", "FILE", "server, certificate, key and CA (cordonctl.conf(5))" },
	{ "server", "HOST:PORT", "the node, or the path of its local socket" },
	{ "cert", "FILE", "own certificate, PEM" },
	{ "key", "FILE", "its key, PEM" },
	{ "ca", "FILE", "the member's CA, PEM" },
	{ "json", NULL, "for programs: JSON, a line for each answer" },
	{ "timeout", "SECONDS", "longest wait for an answer (default 10)" },
	{ "help", NULL, "this text, or that of a command" },
	{ "version", NULL, "version" },
	{ NULL, NULL, NULL },
};

#define LOOKUP_STATUS                                                                  \
	"Exit status: 0 nothing found, and everything was searched; 3 found "          \
	"(possible or "                                                                \
	"match);\n4 nothing found, but a list is missing, unverified or too old; 2 "   \
	"wrong "                                                                       \
	"usage, an\nunreadable query, or a wrong check digit and nothing found; 1 no " \
	"answer.\n"

#define TAKEOVER_HELP                                                                  \
	"Opens a new epoch on all lists of the node's member, once they are read "     \
	"and all\nmembers were reached.  Exit status: 0 done, 3 not (yet), with the "  \
	"reason; 1 failed,\n2 wrong usage.\n"

#define CHANGE_STATUS                                                                  \
	"Exit status: 0 done, 3 refused by an entry rule, 5 done and kept, but not "   \
	"on as many\nmembers' disks as wanted, 6 a withdrawal that waits for an "      \
	"administrator (brake\nlist), 7 it waits for a second pair of eyes (record "   \
	"pending), 1 failed or not\nallowed, 2 wrong usage.\n"

#define WORD_STATUS                                                                    \
	"Exit status: 0 done, 3 some items could not be entered any more and go on "   \
	"waiting,\n6 withdrawals are held by the brake, 1 failed or not allowed, 2 "   \
	"wrong usage.\n"

static const struct command commands[] = {
	{ "lookup document", "NUMBER",
		"who or what is listed under a document's number", LOOKUP_STATUS,
		lookup_document_options, 1, 1, cmd_lookup_document },
	{ "lookup mrz", "[LINE...]",
		"the document, number and person of a machine-readable zone",
		"Lines come from standard input when none are given, or "
		"\"-\".\n" LOOKUP_STATUS,
		lookup_mrz_options, 0, 3, cmd_lookup_mrz },
	{ "lookup person", "", "a person by name, or by personal number",
		"A name is a question, never a verdict: it finds what is "
		"\"possible\".\n" LOOKUP_STATUS,
		lookup_person_options, 0, 0, cmd_lookup_person },
	{ "lookup batch", "FILE|-", "many questions, a JSON object a line",
		"Each line is one of\n"
		"  "
		"{\"id\":\"q1\",\"document\":{\"number\":\"MP1234567\",\"issuer\":"
		"\"BLR\"}}\n"
		"  {\"id\":\"q2\",\"mrz\":[\"P<UTO…\",\"L898902C3…\"]}\n"
		"  {\"id\":\"q3\",\"person\":{\"name\":\"Ivanov "
		"Sergei\",\"born\":\"1980-05-07\"}}\n"
		"A person may also have \"sex\", \"nationality\" and \"min_score\", or "
		"instead\n\"personal_number\" with \"issuer\"; each line may have "
		"\"limit\".\nEach is answered by one line, in order.  Exit status: 1 "
		"if any line "
		"got no\n"
		"answer, else 2, else 4, else 3, else 0.\n",
		lookup_batch_options, 1, 1, cmd_lookup_batch },
	{ "explain", "ID", "why a record is found by a name, or is not",
		"Every step: how the words sound, how rare they are, which stand for "
		"each other, and\nwhether the index leads there.  For agencies and "
		"administrators.  Exit status: 0\nexplained, 1 failed or not allowed, "
		"2 wrong usage.\n",
		explain_options, 1, 1, cmd_explain },
	{ "record put", "FILE|-",
		"enter or replace records of the own member, JSON lines",
		"Exit status: 0 all taken, 3 some refused, 7 some wait for a second "
		"pair of eyes,\n5 all taken and kept, but not on as many members' "
		"disks as wanted, 1 failed, 2\nwrong usage.\n",
		record_put_options, 1, 1, cmd_record_put },
	{ "record show", "ID", "a record, its version, and where it has arrived", NULL,
		NULL, 1, 1, cmd_record_show },
	{ "record withdraw", "ID", "withdraw a record for good", CHANGE_STATUS,
		record_withdraw_options, 1, 1, cmd_record_withdraw },
	{ "record confirm", "ID", "set a new review date", CHANGE_STATUS,
		record_confirm_options, 1, 1, cmd_record_confirm },
	{ "record history", "ID", "who changed which of its fields, and when",
		"From the access log of this node, as long as that is kept.  Hashes "
		"are of the\nsealed bytes before and after.\n",
		NULL, 1, 1, cmd_record_history },
	{ "access-log search", "", "who looked at what: entries of the access log",
		"What was asked is shown with --auditor-key only.  The chain is not "
		"verified: see\ncordonctl access-log verify.\n",
		access_log_search_options, 0, 0, cmd_access_log_search },
	{ "access-log verify", "", "find the first thing that is not as it was written",
		"--log-key LOG.PEM is required.  With --dir offline, by the public key "
		"alone; the\nnewest checkpoint is the node's, that beside the "
		"directory, or --newest.  Exit\nstatus: 0 good, 1 not, or it cannot be "
		"told whether the end is missing, 2 wrong\nusage.\n",
		access_log_verify_options, 0, 0, cmd_access_log_verify },
	{ "access-log report", "", "volume, hits, nights and repeated searches",
		"Of each certificate, officer and checkpoint: the patterns of "
		"misuse.\n",
		access_log_report_options, 0, 0, cmd_access_log_report },
	{ "access-log export", "", "entries as JSON lines, for a SIEM", NULL,
		access_log_search_options, 0, 0, cmd_access_log_export },
	{ "access-log checkpoint", "", "the newest checkpoint, to be kept elsewhere",
		"A line in hex, for access-log verify --newest.\n", NULL, 0, 0,
		cmd_access_log_checkpoint },
	{ "record due", "", "own records whose review date comes", NULL,
		record_due_options, 0, 0, cmd_record_due },
	{ "record pending", "[N]",
		"what waits for a second pair of eyes; change N in full", NULL, NULL, 0,
		1, cmd_record_pending },
	{ "record approve", "N...", "enter what waits as change N",
		"By another certificate than the submitter's.  " WORD_STATUS, NULL, 1,
		64, cmd_record_approve },
	{ "record reject", "N...", "give up what waits as change N",
		"By another certificate, or by the submitter's own.  " WORD_STATUS,
		NULL, 1, 64, cmd_record_reject },
	{ "import", "FILE", "enter a whole list: Cordon's JSON lines, UN XML, OFAC CSV",
		"Importing the same file twice changes nothing.  Exit status: 0 all "
		"taken, 3\n"
		"some refused, 7 some wait for a second pair of eyes, 5 all taken and "
		"kept, but not\non as many members' disks as wanted, 1 failed, 2 "
		"wrong usage.\n",
		import_options_table, 1, 1, cmd_import },
	{ "export", "", "live records as JSON lines, which import reads back", NULL,
		export_options, 0, 0, cmd_export },
	{ "status", "", "node, members, links and lists", NULL, NULL, 0, 0,
		cmd_status },
	{ "verify", "", "recompute every list's digest and compare it",
		"With the signed head, and with what each reachable peer reports.  "
		"Exit status:\n"
		"0 all equal and signed, 1 otherwise.\n",
		verify_options, 0, 0, cmd_verify },
	{ "evidence check", "FILE",
		"check proofs against an owner offline; needs no node",
		"FILE is from \"verify --evidence\".  --key HEAD.PEM is required here: "
		"the "
		"owner's\npublic head key, from the owner and not from whoever has the "
		"file.  Exit status:\n0 all proofs hold, 1 one does not (it says why), "
		"2 "
		"wrong usage.\n",
		NULL, 1, 1, cmd_evidence_check },
	{ "scrub", "", "how the scrub of the stored rows is; damage, repairs",
		"Exit status: 0 nothing is damaged that is not repaired, 1 "
		"otherwise.\n",
		scrub_options, 0, 0, cmd_scrub },
	{ "recover", "", "sign again after the node's disk was lost or restored",
		TAKEOVER_HELP, takeover_options, 0, 0, cmd_recover },
	{ "promote", "", "let this node sign in the place of one that was lost",
		TAKEOVER_HELP, takeover_options, 0, 0, cmd_promote },
	{ "reopen", "", "go on with this node's side of a forked history",
		TAKEOVER_HELP, takeover_options, 0, 0, cmd_reopen },
	{ "aside list", "", "changes that only this node had when another took over",
		NULL, NULL, 0, 0, cmd_aside_list },
	{ "aside show", "ID", "such changes of one record, in full", NULL, NULL, 1, 1,
		cmd_aside_show },
	{ "aside export", "", "as JSON lines, to be entered again where is signed now",
		"Withdrawals and erased records are no such lines: they are told on "
		"standard\nerror, and the exit status is 3.\n",
		NULL, 0, 0, cmd_aside_export },
	{ "aside drop", "[ID]", "drop them for good",
		"Exit status: 0 dropped, 3 there were none, 1 failed, 2 wrong usage.\n",
		aside_drop_options, 0, 1, cmd_aside_drop },
	{ "authz", "ACTION", "who may do what, rule by rule",
		"What the node would say to a certificate of that URI, which need not "
		"exist.\nExit status: 0 allowed, 3 denied, 1 failed, 2 wrong usage.\n",
		authz_options, 1, 1, cmd_authz },
	{ "brake list", "", "withdrawals that were too many at once and wait", NULL,
		NULL, 0, 0, cmd_brake_list },
	{ "brake release", "N", "carry out the withdrawals of batch N",
		"Records that were changed since are left as they are.\n", NULL, 1, 1,
		cmd_brake_release },
	{ "brake drop", "N", "give up the withdrawals of batch N",
		"Their records stay as they are.\n", NULL, 1, 1, cmd_brake_drop },
	{ "compact", "", "write the store anew, without what was erased from it",
		"The node goes on working meanwhile.  What was freed is not "
		"overwritten on the\ndisk: its file is removed.\n",
		NULL, 0, 0, cmd_compact },
	{ "match", "A B", "how alike two names are; needs no node",
		"By the rules of proto/MATCHING.md, weighed as without a list.  Exit "
		"status: 3\npossible, 0 not alike enough.\n",
		match_options, 2, 2, cmd_match },
	{ "mrz", "[LINE...]", "read a machine-readable zone; needs no node",
		"Lines come from standard input when none are given, or \"-\".  Exit "
		"status: 0\n"
		"valid, 3 "
		"readable with a fault, 2 no machine-readable zone.\n",
		mrz_options, 0, 3, cmd_mrz },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	puts("Usage: cordonctl [OPTION...] COMMAND ...\n"
	     "Asks and administers a node of a shared border watchlist; see "
	     "cordonctl(1).\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		char left[48];

		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			commands[i].operands);
		printf("  %-26s %s\n", left, commands[i].summary);
	}
	puts("  pki init-member|issue|revoke|list|crl|announce ...\n"
	     "                             a member's certificate authority\n");
	args_print_help(ctl_global_options);
	puts("\n\"cordonctl COMMAND --help\" tells more of each.");
}

static void print_command_help(const struct command *command)
{
	printf("Usage: cordonctl [OPTION...] %s %s\n%s.\n", command->name,
		command->operands, command->summary);
	if (command->help != NULL) {
		printf("\n%s", command->help);
	}
	if (command->options != NULL) {
		puts("\nOptions:");
		args_print_help(command->options);
	}
	puts("\nGlobal options:");
	args_print_help(ctl_global_options);
}

static bool is_word(const char *word, const char *text, size_t bytes)
{
	return strlen(word) == bytes && memcmp(word, text, bytes) == 0;
}

/* Does some command begin with this word, and have another after it? */
static bool is_group(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *space = strchr(commands[i].name, ' ');

		if (space != NULL && is_word(word, commands[i].name,
					     (size_t)(space - commands[i].name))) {
			return true;
		}
	}
	return false;
}

static const struct command *find(char *const *words, size_t count)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i].name;
		const char *space = strchr(name, ' ');
		size_t first = space == NULL ? strlen(name) : (size_t)(space - name);

		if (count == (space == NULL ? 1u : 2u) &&
			is_word(words[0], name, first) &&
			(space == NULL || strcmp(words[1], space + 1) == 0)) {
			return &commands[i];
		}
	}
	return NULL;
}

static void print_group(FILE *out, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, word, length) == 0 &&
			commands[i].name[length] == ' ') {
			fprintf(out, "  cordonctl %s %s\n      %s\n", commands[i].name,
				commands[i].operands, commands[i].summary);
		}
	}
}

static int unknown(char *const *words, size_t count)
{
	if (count == 0) {
		fputs("cordonctl: a command is missing; see cordonctl --help\n",
			stderr);
	} else if (!is_group(words[0])) {
		fprintf(stderr,
			"cordonctl: %s: no such command; see cordonctl --help\n",
			words[0]);
	} else if (count == 1) {
		fprintf(stderr, "cordonctl: %s: one of these is meant:\n", words[0]);
		print_group(stderr, words[0]);
	} else {
		fprintf(stderr, "cordonctl: %s %s: no such command, but:\n", words[0],
			words[1]);
		print_group(stderr, words[0]);
	}
	return EXIT_USAGE;
}

static int run_command(struct ctl *ctl, const struct command *command,
	struct args *args, int argc, char **argv)
{
	int status;

	args_allow(args, command->options);
	if (args_read(args, argc, argv, false) < 0) {
		fprintf(stderr, "cordonctl: see cordonctl %s --help\n", command->name);
		return EXIT_USAGE;
	}
	if (args_given(args, "help")) {
		print_command_help(command);
		return EXIT_OK;
	}
	if (args->operands_count < command->operands_min ||
		args->operands_count > command->operands_max) {
		fprintf(stderr,
			"cordonctl: usage: cordonctl %s %s; see cordonctl %s --help\n",
			command->name, command->operands, command->name);
		return EXIT_USAGE;
	}
	status = ctl_configure(ctl, args);
	return status == EXIT_OK ? command->run(ctl, args) : status;
}

/* What is left of the command line. */
struct rest {
	int argc;
	char **argv;
};

/*
 * Global options and the words of the command, which they may stand between.  How many
 * words there are (0 to 2), or -1 after a message.
 */
static int read_words(struct args *args, struct rest *rest, char **words)
{
	int count = 0;

	while (count == 0 || (count == 1 && is_group(words[0]))) {
		int read = args_read(args, rest->argc, rest->argv, true);

		if (read < 0) {
			fputs("cordonctl: see cordonctl --help\n", stderr);
			return -1;
		}
		rest->argc -= read;
		rest->argv += read;
		if (rest->argc == 0) {
			break;
		}
		words[count++] = *rest->argv++;
		rest->argc--;
	}
	return count;
}

/* It has a table of its own, for what stands behind the verb. */
static int run_pki(struct args *args, const struct rest *rest)
{
	char *help[] = { (char *)"--help", NULL };
	int read = args_read(args, rest->argc, rest->argv, true);

	if (read < 0) {
		fputs("cordonctl: see cordonctl pki --help\n", stderr);
		return EXIT_USAGE;
	}
	if (args_given(args, "help")) {
		return cmd_pki(1, help, false);
	}
	return cmd_pki(rest->argc - read, rest->argv + read, args_given(args, "json"));
}

int ctl_main(struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .count = 0 };
	struct rest rest = { argc, argv };
	const struct command *command;
	char *words[2] = { NULL, NULL };
	int count;

	args_allow(&args, ctl_global_options);
	count = read_words(&args, &rest, words);
	if (count < 0) {
		return EXIT_USAGE;
	}
	if (args_given(&args, "version")) {
		puts("cordonctl " CORDON_VERSION);
		return EXIT_OK;
	}
	if (count > 0 && strcmp(words[0], "pki") == 0) {
		return run_pki(&args, &rest);
	}
	command = find(words, (size_t)count);
	if (command != NULL) {
		return run_command(ctl, command, &args, rest.argc, rest.argv);
	}
	if (!args_given(&args, "help") || (count > 0 && !is_group(words[0]))) {
		return unknown(words, (size_t)count);
	}
	if (count == 0) {
		print_help();
	} else {
		print_group(stdout, words[0]);
	}
	return EXIT_OK;
}
