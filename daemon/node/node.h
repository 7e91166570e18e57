/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/base/config.h"
#include "daemon/base/log.h"
#include "daemon/core/authz/policy.h"
#include "daemon/net/conn.h"
#include "daemon/node/allowance.h"
#include "daemon/node/mailbox.h"
#include "daemon/node/write_log.h"
#include "daemon/store/store.h"
#include "proto/tls_rule.h"

struct committer;
struct worker;
struct replicator;
struct ack_in;
struct registry;
struct scrub;
struct upkeep;
struct brake;
struct compactor;
struct access_log;
struct access_keys;
struct rights;

/* Counted by any thread, read by status and metrics. */
struct node_counters {
	atomic_uint_fast64_t lookups; /* queries answered */
	atomic_uint_fast64_t lookup_errors;
	atomic_uint_fast64_t verdicts[4];           /* by enum cordon_verdict */
	atomic_uint_fast64_t lookup_us;             /* sum over queries */
	atomic_uint_fast64_t submitted;             /* items taken */
	atomic_uint_fast64_t refused;               /* items refused */
	atomic_uint_fast64_t denied;                /* requests not allowed */
	atomic_uint_fast64_t denied_by[RULE_COUNT]; /* the same, by enum authz_rule */
	atomic_uint_fast64_t limited[LIMIT_COUNT];  /* over one, by enum limit */
	/* connections refused for their certificate, by enum tls_rule */
	atomic_uint_fast64_t refused_by[TLS_RULE_COUNT];
	atomic_uint_fast64_t connections; /* open now */
	atomic_uint_fast64_t connections_total;
	atomic_uint_fast64_t handshake_failures;
	atomic_uint_fast64_t protocol_errors;
	atomic_uint_fast64_t commits;
	atomic_uint_fast64_t entries_applied; /* from peers */
	atomic_uint_fast64_t copies_waiting;  /* submissions that want copies, now */
	atomic_uint_fast64_t mismatches;
	atomic_uint_fast64_t strange_epochs;
	atomic_uint_fast64_t complaints; /* of peers, of what is served here */
};

/* Counted by scrubs and repairs, read by any thread. */
struct scrub_counters {
	atomic_uint_fast64_t rows;          /* read */
	atomic_uint_fast64_t damaged_rows;  /* found */
	atomic_uint_fast64_t indexes;       /* keys that named no row */
	atomic_uint_fast64_t repairs;       /* lists, from a peer */
	atomic_uint_fast64_t repaired_rows; /* entries taken for it */
};

/* Counted by the upkeep, read by any thread. */
struct upkeep_counters {
	atomic_uint_fast64_t ended;   /* own records withdrawn: expired */
	atomic_uint_fast64_t lapsed;  /* own records withdrawn: review_lapsed */
	atomic_uint_fast64_t erased;  /* other owners' records, content erased */
	atomic_uint_fast64_t purged;  /* own tombstones that went */
	atomic_uint_fast64_t reviews; /* own records to be reviewed within 90 days */
	atomic_uint_fast64_t held;    /* withdrawals that wait for an admin */
	atomic_uint_fast64_t pending; /* items that wait for a second pair of eyes */
	atomic_bool clock_trusted;
};

/*
 * What all parts of one running node share.  Threads: main (listeners, signals, links
 * to peers), workers (sessions), writer (the only write transactions).  Everything here
 * is fixed before the threads start, except what says otherwise.
 */
struct node {
	const struct config *config;
	struct state *members; /* the configured ones' codes; config->members_count */
	struct store *store;
	struct event_base *base; /* main's */
	struct mailbox *mailbox; /* main's */
	struct committer *committer;
	struct worker **workers;
	/* Those that run; grows at the start, when the writer runs already. */
	atomic_size_t workers_count;
	struct registry *registry; /* connections by identity and address */
	struct rights *rights;     /* who may do what */
	struct replicator *replicator;
	/* acknowledgements that wait for the writer (ack_in.c), the newest first */
	_Atomic(struct ack_in *) acks_waiting;
	atomic_size_t acks_waiting_count; /* frames */
	struct head_key *head_key;        /* NULL: this node never signs */
	int64_t started_s;
	struct node_counters counters;
	struct upkeep *upkeep; /* main's */
	struct upkeep_counters upkept;
	struct persons_maker *persons_maker; /* main's */
	struct scrub *scrub;
	struct scrub_counters scrubbed;
	struct write_log write_log;
	struct brake *brake; /* the writer's */
	struct compactor *compactor;
	struct access_log *access_log; /* NULL: none is kept */
	/* One bit per configured member (its index): a node of it has told us its heads
	 * at least once, so that lists we do not know of are lists we do not get. */
	atomic_uint_fast64_t heard;
	/* This node, and no other of its member, signs the own lists (signing.h). */
	atomic_bool signs;
	atomic_int signing; /* enum signing */
	/* It signs, and the lists may be changed (own_lists.h). */
	atomic_bool own_open;
	/* They could not be opened, which may have been the disk's fault: once more. */
	atomic_bool own_reopen;
	atomic_bool stopping;
	/* The store can no longer be read or written (store_is_broken): the node ends
	 * with an error, so that the service manager starts it again. */
	atomic_bool broken;
	/* node_profile and node_profile_set only. */
	struct tls_profile *profile;
	struct tls_profile *link_profile; /* the same files, for links to peers */
	pthread_mutex_t profile_lock;
};

/* The TLS profile in force for those who connect, and for links to peers, referenced
 * for the caller; any thread. */
struct tls_profile *node_profile(struct node *node);
struct tls_profile *node_link_profile(struct node *node);

/* After a commit that changed lists: wakes whoever holds pulls and watches.  Any
 * thread. */
void node_lists_changed(struct node *node);

/* "cordond 0.1.0" */
const char *node_software(void);

/*
 * Opens everything, runs until SIGTERM or SIGINT, stops in order: no new connections or
 * requests, answers what is in flight, commits what was taken.  0, or the reason why it
 * could not start (msg).
 */
int node_run(const struct config *config, struct errmsg *msg);

#endif
