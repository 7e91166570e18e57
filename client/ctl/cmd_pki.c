/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/pki.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "client/ctl/pki_announce.h"
#include "client/ctl/pki_output.h"
#include "proto/tls_x509.h"

#define HOSTS_MAX 32
#define OPERANDS_MAX 2
#define TIMEOUT_MAX_S 86400

/* A command line as read; what a verb does not take is refused before. */
struct args {
	const char *operands[OPERANDS_MAX];
	const char *role, *name, *out, *reason;
	const char *hosts[HOSTS_MAX];
	size_t hosts_count;
	unsigned days; /* 0: not given */
	bool json;
};

struct verb {
	const char *name;
	const char *options; /* getopt's letters of the long options that it takes */
	int operands;
	int (*run)(const struct args *args, struct errmsg *msg);
	const char *help;
};

static int init_member(const struct args *args, struct errmsg *msg);
static int issue(const struct args *args, struct errmsg *msg);
static int revoke(const struct args *args, struct errmsg *msg);
static int list(const struct args *args, struct errmsg *msg);
static int renew_crl(const struct args *args, struct errmsg *msg);
static int announce(const struct args *args, struct errmsg *msg);

static const struct verb verbs[] = {
	{ "init-member", "d", 2, init_member,
		"cordonctl pki init-member XXX DIR [--days N] [--json]\n\n"
		"Makes member XXX's certificate authority in the new directory DIR: "
		"the CA\n"
		"(ca.pem, ca.key), an empty revocation list (crl.pem), and the Ed25519 "
		"key\n"
		"that signs the member's lists (head.key, head.pem); for the access "
		"log the key\n"
		"that signs it (log.key, log.pem) and the one that reads it "
		"(auditors.key,\n"
		"auditors.pem).  The CA's certificate is\n"
		"constrained to cordon://XXX/… and good for N days (default 3650).\n" },
	{ "issue", "drnHo", 1, issue,
		"cordonctl pki issue DIR --role ROLE --name NAME [--host HOST]… "
		"[--days N]\n"
		"              [--out PREFIX] [--json]\n\n"
		"Issues a certificate for cordon://XXX/ROLE/NAME with a new P-256 key, "
		"and\n"
		"writes PREFIX.pem and PREFIX.key (default DIR/ROLE-NAME); nothing is "
		"ever\n"
		"overwritten.\n\n"
		"  --role    node        a cordond; also a TLS server\n"
		"            checkpoint  asks (a border desk, a gate)\n"
		"            agency      asks, and enters records of its own member\n"
		"            auditor     reads the access log\n"
		"            admin       runs the node's control commands\n"
		"  --name    1 to 64 of a-z A-Z 0-9 . _ -, e.g. almaty-airport-1\n"
		"  --host    of a node: a DNS name or IP address that it is reached "
		"by\n"
		"  --days    default 90; 30 for auditor and admin\n" },
	{ "revoke", "dR", 2, revoke,
		"cordonctl pki revoke DIR CERT.pem [--reason REASON] [--days N] "
		"[--json]\n\n"
		"Puts the certificate on DIR/crl.pem, which every node must then be "
		"given.\n"
		"Revoking twice changes nothing.  N: days until the list must be "
		"renewed\n"
		"(default 30).  REASON: keyCompromise, affiliationChanged, "
		"superseded,\n"
		"cessationOfOperation, privilegeWithdrawn, unspecified (default).\n"
		"A copy of each issued certificate is in DIR/issued.\n" },
	{ "list", "", 1, list,
		"cordonctl pki list DIR [--json]\n\n"
		"Lists what DIR's CA has issued: state, serial, end (or revocation), "
		"URI.\n" },
	{ "crl", "d", 1, renew_crl,
		"cordonctl pki crl DIR [--days N] [--json]\n\n"
		"Signs DIR/crl.pem anew with what it holds, to be renewed in N days "
		"(default\n"
		"30).  A list past its time goes on refusing those it names; nodes "
		"warn.\n" },
	{ "announce", "o", 2, announce,
		"cordonctl pki announce DIR NEXT.pem [--out FILE] [--json]\n\n"
		"Announces a new public key for the member's heads, signed with "
		"DIR/head.key:\n"
		"FILE (default DIR/head-next.announce) takes a place among the "
		"head_keys of the\n"
		"other members' nodes, and needs no other proof there.  It holds as "
		"long as the\n"
		"present key is configured beside it.\n" },
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct option options[] = {
	{ "days", required_argument, NULL, 'd' },
	{ "role", required_argument, NULL, 'r' },
	{ "name", required_argument, NULL, 'n' },
	{ "host", required_argument, NULL, 'H' },
	{ "out", required_argument, NULL, 'o' },
	{ "reason", required_argument, NULL, 'R' },
	{ "json", no_argument, NULL, 'j' },
	{ "timeout", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int64_t now(void)
{
	return (int64_t)time(NULL);
}

static int read_terms(struct pki_ca *ca, struct pki_terms *terms, struct errmsg *msg)
{
	struct pki_crl crl;
	int error = pki_crl_load(ca, &crl, msg);

	if (error == 0) {
		*terms = (struct pki_terms){
			.ca_ends_s = tls_x509_time_s(
				X509_get0_notAfter(ca->signer.certificate)),
			.crl_ends_s = crl.next_update_s,
			.crl_number = crl.number,
		};
		pki_crl_finish(&crl);
	}
	return error;
}

static int init_member(const struct args *args, struct errmsg *msg)
{
	struct pki_init init = {
		.dir = args->operands[1], .days = args->days, .now_s = now()
	};
	struct pki_terms terms;
	struct pki_ca ca;
	int error;

	if (!ident_member_valid(args->operands[0])) {
		return errmsg_set(msg, CORDON_EINVAL,
			"member \"%s\": its ICAO 9303 code is three capital letters, "
			"such as KAZ",
			args->operands[0]);
	}
	ident_state_set(&init.member, args->operands[0], 3);
	error = pki_ca_init(&init, msg);
	error = error != 0 ? error : pki_ca_open(&ca, init.dir, init.now_s, msg);
	if (error != 0) {
		return error;
	}
	error = read_terms(&ca, &terms, msg);
	error = error != 0 ? error : pki_print_made(&ca, &terms, args->json);
	pki_ca_close(&ca);
	return error;
}

static int identify(const struct args *args, struct identity *id, struct errmsg *msg)
{
	if (args->role == NULL || args->name == NULL) {
		return errmsg_set(msg, CORDON_EINVAL, "--role and --name are needed");
	}
	id->role = ident_role_parse(args->role);
	if (id->role == ROLE_NONE) {
		return errmsg_set(msg, CORDON_EINVAL,
			"role \"%s\": one of node, checkpoint, agency, auditor, admin "
			"is expected",
			args->role);
	}
	if (strlen(args->name) > IDENT_NAME_MAX) {
		return errmsg_set(msg, CORDON_EINVAL,
			"the name is longer than %d characters", IDENT_NAME_MAX);
	}
	strcpy(id->name, args->name);
	return 0;
}

static int issue(const struct args *args, struct errmsg *msg)
{
	struct pki_request request = { .hosts = args->hosts,
		.hosts_count = args->hosts_count,
		.days = args->days,
		.prefix = args->out };
	struct pki_issued issued;
	struct pki_ca ca;
	int error = identify(args, &request.id, msg);

	error = error != 0 ? error : pki_ca_open(&ca, args->operands[0], now(), msg);
	if (error != 0) {
		return error;
	}
	request.id.member = ca.member;
	error = pki_ca_issue(&ca, &request, &issued, msg);
	error = error != 0 ? error : pki_print_issued(&issued, args->json);
	pki_ca_close(&ca);
	return error;
}

static int revoke(const struct args *args, struct errmsg *msg)
{
	const char *text = args->reason == NULL ? "unspecified" : args->reason;
	int reason = pki_reason_parse(text);
	struct pki_revocation revocation;
	struct pki_terms terms;
	struct pki_ca ca;
	int error;

	if (reason < 0) {
		return errmsg_set(msg, CORDON_EINVAL,
			"reason \"%s\": one of keyCompromise, affiliationChanged, "
			"superseded, "
			"cessationOfOperation, privilegeWithdrawn, unspecified is "
			"expected",
			text);
	}
	error = pki_ca_open(&ca, args->operands[0], now(), msg);
	if (error != 0) {
		return error;
	}
	error = pki_ca_revoke(
		&ca, args->operands[1], reason, args->days, &revocation, msg);
	error = error != 0 ? error : read_terms(&ca, &terms, msg);
	error = error != 0 ? error
			   : pki_print_revoked(&ca, &revocation, &terms, args->json);
	pki_ca_close(&ca);
	return error;
}

static int list(const struct args *args, struct errmsg *msg)
{
	struct pki_entry *entries;
	struct pki_ca ca;
	size_t count;
	int error = pki_ca_open(&ca, args->operands[0], now(), msg);

	if (error != 0) {
		return error;
	}
	error = pki_list_read(&ca, &entries, &count, msg);
	if (error == 0) {
		error = pki_print_list(&ca, entries, count, args->json);
		free(entries);
	}
	pki_ca_close(&ca);
	return error;
}

static int renew_crl(const struct args *args, struct errmsg *msg)
{
	struct pki_terms terms;
	struct pki_ca ca;
	int error = pki_ca_open(&ca, args->operands[0], now(), msg);

	if (error != 0) {
		return error;
	}
	error = pki_ca_renew_crl(&ca, args->days, msg);
	error = error != 0 ? error : read_terms(&ca, &terms, msg);
	error = error != 0 ? error : pki_print_renewed(&ca, &terms, args->json);
	pki_ca_close(&ca);
	return error;
}

static int announce(const struct args *args, struct errmsg *msg)
{
	char standard[4096];
	const char *out = args->out;
	struct pki_ca ca;
	int size, error = pki_ca_open(&ca, args->operands[0], now(), msg);

	if (error != 0) {
		return error;
	}
	size = snprintf(
		standard, sizeof(standard), "%s/head-next.announce", args->operands[0]);
	if (out == NULL) {
		out = standard;
	}
	error = out == standard && (size < 0 || (size_t)size >= sizeof(standard))
			? errmsg_set(msg, CORDON_EINVAL, "%.64s…: too long a path",
				  args->operands[0])
			: pki_announce(&ca, args->operands[1], out, msg);
	error = error != 0
			? error
			: pki_print_announced(&ca, args->operands[1], out, args->json);
	pki_ca_close(&ca);
	return error;
}

static int read_count(const char *option, const char *text, unsigned max, unsigned *out,
	struct errmsg *msg)
{
	char *end;
	unsigned long count;

	errno = 0;
	count = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' ||
		count == 0 || count > max) {
		return errmsg_set(msg, CORDON_EINVAL,
			"%s \"%s\": a number from 1 to %u is expected", option, text,
			max);
	}
	*out = (unsigned)count;
	return 0;
}

static int add_host(struct args *args, const char *host, struct errmsg *msg)
{
	if (args->hosts_count == HOSTS_MAX) {
		return errmsg_set(msg, CORDON_EINVAL, "more than %d --host", HOSTS_MAX);
	}
	args->hosts[args->hosts_count++] = host;
	return 0;
}

static int take_option(
	struct args *args, int letter, const char *value, struct errmsg *msg)
{
	switch (letter) {
	case 'd':
		return read_count("--days", value, PKI_DAYS_MAX, &args->days, msg);
	case 'H':
		return add_host(args, value, msg);
	case 'r':
		args->role = value;
		return 0;
	case 'n':
		args->name = value;
		return 0;
	case 'o':
		args->out = value;
		return 0;
	default:
		args->reason = value;
		return 0;
	}
}

/* 0, an error, or 1 when help was asked for. */
static int read_args(const struct verb *verb, int argc, char **argv, struct args *args,
	struct errmsg *msg)
{
	int letter, error = 0;

	opterr = 0;
	optind = 0; /* glibc: start anew, whatever was read before */
	while (error == 0 &&
		(letter = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (letter == 'h') {
			return 1;
		}
		if (letter == 'j') {
			args->json = true;
		} else if (letter == 't') {
			/* as every command takes it; none of these waits */
			error = read_count("--timeout", optarg, TIMEOUT_MAX_S,
				&(unsigned){ 0 }, msg);
		} else if (letter == ':') {
			error = errmsg_set(msg, CORDON_EINVAL, "%s needs a value",
				argv[optind - 1]);
		} else if (letter == '?' || strchr(verb->options, letter) == NULL) {
			error = errmsg_set(msg, CORDON_EINVAL, "unknown option %s",
				argv[optind - 1]);
		} else {
			error = take_option(args, letter, optarg, msg);
		}
	}
	if (error == 0 && argc - optind != verb->operands) {
		error = errmsg_set(msg, CORDON_EINVAL,
			"%d operand%s expected, %d given", verb->operands,
			verb->operands == 1 ? " is" : "s are", argc - optind);
	}
	for (int i = 0; error == 0 && i < verb->operands; i++) {
		args->operands[i] = argv[optind + i];
	}
	return error;
}

static int run(const struct verb *verb, int argc, char **argv, bool json)
{
	struct args args = { .json = json };
	struct errmsg msg = { "" };
	int error = read_args(verb, argc, argv, &args, &msg);

	if (error > 0) {
		fputs(verb->help, stdout);
		return 0;
	}
	if (error != 0) {
		fprintf(stderr, "cordonctl pki %s: %s\n\nUsage: %s", verb->name,
			msg.text, verb->help);
		return 2;
	}
	error = verb->run(&args, &msg);
	if (error != 0) {
		fprintf(stderr, "cordonctl pki %s: %s\n", verb->name,
			errmsg_text(&msg, error));
	}
	return cordon_error_exit_status(error);
}

static void print_help(FILE *out)
{
	fputs("cordonctl pki: a member's own certificate authority.  No connection is "
	      "made.\n\n",
		out);
	for (size_t i = 0; i < VERBS; i++) {
		fprintf(out, "%s%s", i == 0 ? "" : "\n", verbs[i].help);
	}
}

int cmd_pki(int argc, char **argv, bool json)
{
	for (size_t i = 0; argc > 0 && i < VERBS; i++) {
		if (strcmp(argv[0], verbs[i].name) == 0) {
			return run(&verbs[i], argc, argv, json);
		}
	}
	if (argc > 0 &&
		(strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
		print_help(stdout);
		return 0;
	}
	if (argc > 0) {
		fprintf(stderr, "cordonctl pki: no such verb: %s\n\n", argv[0]);
	}
	print_help(stderr);
	return 2;
}
