/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNION_H
#define TESTS_UNION_H

#include <sys/types.h>

#include <cordon/cordon.h>

/*
 * A throw-away union of real nodes for tests: cordond processes with their own stores,
 * certificates that cordonctl issued, on an address of the loopback network that no
 * other test has.  Everything is below one directory, which goes with the union, also
 * when the test dies; so do the processes.  CORDON_TEST_KEEP in the environment keeps
 * the directory and prints its name.
 *
 * Everything fails the running cmocka test when it does not work, and then shows the
 * end of the nodes' logs.  What is waited for is a condition, at most
 * UNION_PATIENCE_MS.
 */

#define UNION_PATIENCE_MS 120000
#define UNION_NODES_MAX 8
#define UNION_PATH_MAX 256

/* In the order of their numbers: entry_ban, deportation, illegal_stay,
 * invalid_document. */
#define UNION_KINDS 4

enum union_role {
	UNION_ADMIN,
	UNION_AGENCY,
	UNION_CHECKPOINT,
	UNION_AUDITOR,
	UNION_ROLES
};

struct testunion;

struct union_node {
	struct testunion *in;
	char member[4];
	char name[16];
	char dir[64]; /* its configuration, store (data) and log */
	char pki[72]; /* of the member: ca.pem, crl.pem, admin.pem, admin.key ... */
	char host[64];
	unsigned port;
	pid_t pid;       /* 0: does not run */
	size_t index;    /* in the union, from 0 */
	size_t log_from; /* where its log began when it was started last */
	struct cordon_client *clients[UNION_ROLES];
	/* The test's to change; in force at the next union_start. */
	bool follows;    /* has no head key: follows its member's signing node */
	bool standby;    /* has it, and signs only when it is promoted */
	bool access_log; /* keeps one, below its directory, in small segments */
	const char *log_reserve; /* NULL: "0B" */
	const char *log_dir;     /* NULL: access-log */
	const char *log_extra;   /* lines of its section */
	bool waits; /* does not open its lists by itself: it was lost, or has given way
		     */
	const char *share_with[UNION_KINDS]; /* "BLR, RUS"; NULL: all others */
	const char *peers; /* "KAZ/node-1 RUS/node-1"; NULL: all other nodes */
	/* The port, on the union's address, by which it reaches the node of that index;
	 * 0: that node's own. */
	unsigned via[UNION_NODES_MAX];
	unsigned metrics;           /* the port of /metrics; 0: none */
	const char *head_key_days;  /* " until 2027-12-31", for its member's head key */
	const char *extra;          /* lines of the configuration */
	const char *data_dir;       /* NULL: data, below dir */
	const char *const *wrapper; /* arguments before the program's name, NULL at the
				     * end; NULL: none */
	int netns; /* a network namespace's descriptor; -1: the test's own */
};

struct testunion *union_create(void);
/* Stops what still runs, in order, and fails when one does not end so. */
void union_destroy(struct testunion *u);

/*
 * Another node, with the PKI of its member if it is the first; does not run yet.  Nodes
 * know all that the union has when they are started.
 */
struct union_node *union_add(struct testunion *u, const char *member, const char *name);
/* The three signing nodes BLR, KAZ and RUS, running. */
void union_three(struct testunion *u, struct union_node *node[3]);
/* Where the nodes added from now on listen; default: the union's own address. */
/* Where to add nodes and lines. */
const char *union_host(const struct testunion *u);
void union_set_host(struct testunion *u, const char *host);
const char *union_dir(const struct testunion *u);
/* A port of the union's address that nobody listens on. */
unsigned union_free_port(struct testunion *u);

/* ---- a node's life ------------------------------------------------------------------
 */

/* Writes the configuration; union_start does it too. */
void union_configure(struct union_node *node);
/* Starts it and waits until it answers, and, if it signs, takes submissions. */
void union_start(struct union_node *node);
/* Starts it without waiting. */
void union_launch(struct union_node *node);
void union_await(struct union_node *node);
/* SIGTERM; waits; fails unless it ended with status 0. */
void union_stop(struct union_node *node);
/* SIGKILL; waits. */
void union_kill(struct union_node *node);
/* Its store, while it does not run: removed; kept under a name; put back from it. */
void union_erase(struct union_node *node);
void union_save(struct union_node *node, const char *name);
void union_restore(struct union_node *node, const char *name);
/* Waits for its end; returns the exit status. */
int union_wait(struct union_node *node);
void union_signal(struct union_node *node, int signal);

/* Whether its log has text in it, from offset (bytes) on. */
bool union_log_has(struct union_node *node, size_t offset, const char *text);
size_t union_log_size(struct union_node *node);
void union_await_log(struct union_node *node, size_t offset, const char *text);

/* ---- conditions
 * ----------------------------------------------------------------------- */

/*
 * for (struct union_wait w = union_waiting(u, "what"); !condition; union_pause(&w)) {}
 * fails when patience ends.
 */
struct union_waiting {
	struct testunion *in;
	const char *what;
	int64_t until_ms;
};
struct union_waiting union_waiting(struct testunion *u, const char *what);
void union_pause(struct union_waiting *waiting);
#define union_until(u, what, condition)                                                \
	do {                                                                           \
		struct union_waiting waiting_ = union_waiting((u), (what));            \
		/* asked again and again */                                            \
		while (!(condition)) {                                                 \
			union_pause(&waiting_);                                        \
		}                                                                      \
	} while (0)

/* Every running node has all that the running owners share with it, verified. */
void union_settle(struct testunion *u);
/* Shows the ends of the logs and fails. */
_Noreturn void union_fail(struct testunion *u, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* From a clock that never goes back. */
int64_t union_now_ms(void);

/* ---- commands
 * ------------------------------------------------------------------------- */

struct union_output {
	int status; /* 128 + the signal that killed it */
	char *out;
	char *err;
};

void union_output_finish(struct union_output *output);

/* Runs a program (argv, NULL at its end) to its end; input: its stdin, or NULL. */
void union_run(struct testunion *u, const char *input, const char *const *argv,
	struct union_output *output);
/* cordonctl at this node with the certificate of role; arguments until NULL. */
void union_ctl(struct union_node *node, enum union_role role, const char *input,
	struct union_output *output, ...) __attribute__((sentinel));
const char *union_cordonctl(void);
const char *union_cordond(void);
/* DIR/name of the union's directory with this content; good for the next few calls. */
const char *union_file(struct testunion *u, const char *name, const char *content);

/* ---- through libcordon
 * ------------------------------------------------------------------ */

/* The node's; kept until it is stopped. */
struct cordon_client *union_client(struct union_node *node, enum union_role role);
const char *union_role_text(enum union_role role);
/* The caller's. */
struct cordon_async *union_async(
	struct union_node *node, enum union_role role, struct event_base *base);

/* An entry ban of an invented person with a passport of UZB; JSON, the caller's. */
char *union_ban(const char *id, const char *surname, const char *number);
/* Closes what union_client made. */
void union_forget_clients(struct union_node *node);

/* From JSON; the caller's. */
struct cordon_record *union_record(struct testunion *u, const char *json);
/* Of the member that id begins with; fails unless it is taken. */
void union_put(struct union_node *node, const char *id, const char *number);
/* KAZ-PREFIX-00001 with passport "A" GENERATION 00001, and so on. */
void union_put_many(
	struct union_node *node, const char *prefix, unsigned count, char generation);
/* What the node said: 0, or an item's or the request's CORDON_E…; text: of 512. */
int union_try_put(
	struct union_node *node, enum union_role role, const char *json, char *text);
void union_withdraw(struct union_node *node, const char *id);

/* What a checkpoint is answered for a passport of UZB. */
enum cordon_verdict union_verdict(struct union_node *node, const char *number);
void union_await_verdict(
	struct union_node *node, const char *number, enum cordon_verdict verdict);

/* Fails unless all lists' digests are equal and signed. */
void union_verify(struct union_node *node);
/* The same of its access log, by an auditor. */
void union_verify_access_log(struct union_node *node);
/* SHA-256 in hex of the sorted lines of the export; owner may be NULL. */
void union_export_digest(struct union_node *node, const char *owner, char hex[65]);
/* Of list ("KAZ/entry_ban"), as status tells; *present false: it knows of none. */
struct union_list {
	bool present;
	uint64_t epoch, sequence, live;
	int verified;
	char state[16];
	char digest[65];
};
struct union_list union_list(struct union_node *node, const char *list);

/* Whether the node's data file has these bytes anywhere. */
bool union_data_has(struct union_node *node, const char *text);
/* Writes to, of the same length, in every place that has text, pages that LMDB has
 * freed included; in how many.  While the node does not run. */
size_t union_data_alter(struct union_node *node, const char *text, const char *to);
/* What /metrics shows of a family and its labels, "entries_applied_total" or
 * "link_up{peer=\"cordon://KAZ/node/node-1\"}"; 0: nothing. */
uint64_t union_metric(struct union_node *node, const char *name);

/* ---- faulty certificates
 * -------------------------------------------------------------------- */

struct union_leaf {
	const char *uri;     /* NULL: none */
	bool self_signed;    /* else by the CA of the node's member */
	int64_t starts_in_s; /* from now; 0: an hour ago */
	int64_t ends_in_s;   /* from now; 0: in an hour */
};

/* Writes NAME.pem and NAME.key to the member's pki directory. */
void union_issue(
	struct union_node *node, const char *name, const struct union_leaf *leaf);
/* A client with that certificate; trusts the CA of at's member.  The caller's. */
struct cordon_client *union_client_with(
	struct union_node *at, const char *certificate_pki, const char *name);

#endif
