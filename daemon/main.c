/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/thread.h>

#include "daemon/base/fault.h"
#include "daemon/node/node.h"

static const char usage[] =
	"Usage: cordond -c FILE [--check-config]\n"
	"The node of one member of a shared border watchlist; see cordond(8).\n"
	"\n"
	"  -c, --config FILE   configuration, see cordond.conf(5)\n"
	"      --check-config  check the configuration, start nothing\n"
	"  -h, --help          this text\n"
	"  -V, --version       version\n"
	"\n"
	"Runs in the foreground and logs to stderr.  SIGTERM stops it in order; "
	"SIGHUP\n"
	"reloads certificates and CRLs.  Exit status: 0 stopped in order, 1 failed,\n"
	"2 wrong usage or configuration.\n";

enum {
	OPT_CHECK = 256
};

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int run(const char *path, bool check)
{
	struct config *config;
	struct errmsg msg = { "" };
	int error = config_load(path, &config, &msg);

	if (error != 0) {
		fprintf(stderr, "cordond: %s\n", errmsg_text(&msg, error));
		return 2;
	}
	if (check) {
		printf("%s: OK\n", path);
		config_destroy(config);
		return 0;
	}
	log_init(config->log_level);
	error = node_run(config, &msg);
	if (error != 0) {
		log_error("%s", errmsg_text(&msg, error));
	}
	config_destroy(config);
	return error == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	bool check = false;
	int option;

	while ((option = getopt_long(argc, argv, "c:hV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case OPT_CHECK:
			check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			printf("%s\n", node_software());
			return 0;
		default:
			return 2;
		}
	}
	if (path == NULL || optind != argc) {
		fputs("cordond: -c FILE is missing, or there is too much; see cordond "
		      "--help\n",
			stderr);
		return 2;
	}
	/* a peer that has gone is an error of that write, not the end of the node */
	signal(SIGPIPE, SIG_IGN);
	/* a limit on files is met like a full disk: an error, and the node stays */
	signal(SIGXFSZ, SIG_IGN);
	fault_explain();
	if (evthread_use_pthreads() != 0) {
		fputs("cordond: libevent has no threads\n", stderr);
		return 1;
	}
	return run(path, check);
}
