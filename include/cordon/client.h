/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_CLIENT_H
#define CORDON_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/error.h>
#include <cordon/lookup.h>
#include <cordon/record.h>

#pragma GCC visibility push(default)

/*
 * Asking nodes: a blocking API (cordon_client) and one on the caller's libevent
 * loop (cordon_async).
 *
 * Threads: one client, or one async, is used by one thread at a time; different
 * ones are independent.  There is no global state; nothing is printed, no signal
 * raised or changed.  What a call returns may be read and destroyed on any thread.
 * A client is of no use in a forked child.
 *
 * Connections: made at the first call, kept and used again.  All of a client's
 * nodes belong to its own member and hold the same lists.  A call that one cannot
 * answer (unreachable, closed, refused in TLS, silent for its share of the time) is
 * tried at the next, each node once, within the call's deadline; the connection then
 * stays there.  Of nodes that failed, those that failed longest ago come first, after a
 * pause of up to a second.  This is safe for submissions too: content equal to what
 * stands changes nothing, so an item that was taken before its answer was lost is
 * answered as CORDON_OUTCOME_UNCHANGED.  Only cordon_export and cordon_verify are
 * not tried again once the first piece has been handed out.
 *
 * Functions return 0 or a negative CORDON_E…; out-parameters are untouched on
 * failure.  CORDON_EUNREACHABLE, CORDON_ETIMEOUT, CORDON_ETLS, CORDON_EIDENTITY,
 * CORDON_EVERSION, CORDON_EPROTO, CORDON_ECLOSED and CORDON_EIO say what went wrong
 * with the last node tried; others come from the node (CORDON_EDENIED, CORDON_EBUSY …)
 * or say what is wrong with the arguments (CORDON_EINVAL, CORDON_EFIELD,
 * CORDON_ETOOBIG).
 */

#define CORDON_SERVERS_MAX 16
#define CORDON_TIMEOUT_DEFAULT_MS 10000
#define CORDON_CONNECT_TIMEOUT_DEFAULT_MS 3000
#define CORDON_SUBMIT_MAX 512 /* items in one request */

struct cordon_options {
	/*
	 * The nodes, the preferred one first: "host:port", "192.0.2.1:port",
	 * "[2001:db8::1]:port", or the path of a node's local socket ("/run/cordon/
	 * control"), which needs no certificate.
	 */
	const char *const *servers;
	size_t servers_count; /* 1..CORDON_SERVERS_MAX */
	/* PEM files, not needed where all servers are local sockets. */
	const char *certificate; /* says who the client is, and of which member */
	const char *key;         /* refused when others can read it */
	const char *ca;  /* of the client's own member; nodes must be of that member */
	const char *crl; /* of that CA; NULL: none is checked */
	uint32_t timeout_ms;         /* of each call; 0: CORDON_TIMEOUT_DEFAULT_MS */
	uint32_t connect_timeout_ms; /* to one node, TLS included; 0: default above */
	const char
		*software; /* for the node's log, "almaty-desk 2.1"; NULL: libcordon */
};

/* ---- blocking ------------------------------------------------------------- */

struct cordon_client;

/*
 * Reads the files; options are borrowed for the call.  Does not connect.  message
 * (message_bytes long; may be NULL/0) says what is wrong and what to do.
 * CORDON_EINVAL, CORDON_EIO, CORDON_ECONFIG, CORDON_EIDENTITY, CORDON_ENOMEM.
 */
int cordon_client_create(const struct cordon_options *options,
	struct cordon_client **client, char *message, size_t message_bytes);

/* Says goodbye to the node without waiting for it.  NULL is accepted. */
void cordon_client_destroy(struct cordon_client *client);

/* Of the calls that follow; 0: CORDON_TIMEOUT_DEFAULT_MS. */
void cordon_client_set_timeout(struct cordon_client *client, uint32_t timeout_ms);

/*
 * The last failed call's reason in words, naming node, field, value and remedy where
 * there are such; the client's, until its next call.  Never NULL.
 */
const char *cordon_client_error_text(const struct cordon_client *client);
/* The field to blame, as in the JSON form ("person.born"); NULL: none. */
const char *cordon_client_error_field(const struct cordon_client *client);
/* After CORDON_EBUSY: when to come back; 0: the node did not say. */
uint32_t cordon_client_retry_after_ms(const struct cordon_client *client);

/* What a node said about itself when the connection was made. */
struct cordon_kind_policy {
	uint32_t kind;
	uint32_t retention_days; /* longest validity of a record of that kind */
};

struct cordon_node_info {
	const char *server; /* as in the options */
	const char *node;   /* URI: cordon://KAZ/node/almaty-1; NULL: it did not say */
	const char *software;
	uint32_t protocol; /* version agreed on */
	const struct cordon_kind_policy *policies;
	size_t policies_count; /* 0 for a node that does not say */
	bool demands_purpose;  /* lookups without it are refused */
	bool demands_officer;
};

/* Connects where there is no connection.  *info is the client's, until its next call.
 */
int cordon_client_node(
	struct cordon_client *client, const struct cordon_node_info **info);

/*
 * Asks count questions (1..CORDON_BATCH_MAX) in one request.  context may be NULL.
 * answers: the caller's array of count pointers; each is set to an answer that the
 * caller destroys with cordon_answer_destroy.  Their memory is one piece, wiped and
 * freed with the last of them.  A query that the node could not answer has
 * answer->error, the others are not touched by it.  CORDON_EBUSY there, never of the
 * first: the queries before it were as much as one request may ask of a node, common
 * names say; ask that one and those after it again.
 */
int cordon_lookup(struct cordon_client *client, const struct cordon_context *context,
	const struct cordon_query *queries, size_t count,
	struct cordon_answer **answers);

/*
 * Why a record is found by a question about a person (query->type
 * CORDON_QUERY_PERSON), or is not.  For agencies and administrators.  context may be
 * NULL.  CORDON_ENOTFOUND: no such record at this node.  *explanation is the caller's.
 */
int cordon_explain(struct cordon_client *client, const struct cordon_context *context,
	const struct cordon_query *query, const char *id,
	struct cordon_explanation **explanation);

enum cordon_item_type {
	CORDON_ITEM_PUT = 1, /* creates or replaces */
	CORDON_ITEM_WITHDRAW,
	CORDON_ITEM_CONFIRM /* sets a new review date */
};

struct cordon_item {
	enum cordon_item_type type;
	const struct cordon_record *record; /* put */
	bool from_public_list;    /* put: import of a public list, may be weak */
	const char *id;           /* withdraw, confirm */
	uint32_t reason;          /* withdraw: enum cordon_withdrawal */
	const char *text;         /* withdraw: kept at the owner; or NULL */
	struct cordon_date until; /* confirm: new review_by */
};

enum cordon_outcome {
	CORDON_OUTCOME_CREATED = 1,
	CORDON_OUTCOME_CHANGED,
	CORDON_OUTCOME_UNCHANGED, /* the same stood there before */
	CORDON_OUTCOME_WITHDRAWN,
	CORDON_OUTCOME_REFUSED,
	CORDON_OUTCOME_HELD, /* a withdrawal, one of many: waits for an admin's word */
	/* waits until a second certificate of the member has approved it */
	CORDON_OUTCOME_PENDING
};

struct cordon_result {
	const char *id;   /* NULL where the item has none */
	uint32_t outcome; /* enum cordon_outcome */
	int error; /* refused: CORDON_EFIELD …; pending: CORDON_ETWOEYES; else 0 */
	const char *error_text; /* refused, pending */
	const char *field;      /* the one to blame, or NULL */
	const char *warning;    /* taken, but look at this; or NULL */
	uint64_t version;       /* of the record now; 0 when refused */
	uint64_t sequence;      /* in its list */
};

/*
 * How far a change, or a record as it stands, has come: one of each node of the owner's
 * peers that has acknowledged something of the list or might, and of each member that
 * shares it and has no such node.
 */
struct cordon_arrival {
	const char *node;  /* URI; NULL: no node of the member is known */
	bool arrived;      /* has acknowledged what it is about */
	uint64_t sequence; /* acknowledged up to here; 0: nothing */
	int64_t time_s; /* unix second of that, by the node's clock; 0: never.  With a
			 * sequence above the record's: it was there by then. */
	const char *member;
	uint64_t epoch; /* that sequence is of; 0: none */
	/* cordon_record_show: the signed acknowledgement (message Ack of the protocol),
	 * which proves it to others; NULL: none. */
	const unsigned char *ack;
	size_t ack_bytes;
	/* cordon_record_show: why it proves less than when it came (the certificate has
	 * ended or was revoked, the list is not shared any more); NULL: it does not */
	const char *fault;
	/* Submissions: the list and the sequence that it is about. */
	const char *list;
	uint64_t expected;
};

struct cordon_results {
	const struct cordon_result *results; /* one per item, in order */
	size_t count;
	/* What was waited for: a number of members, CORDON_COPIES_ALL or _LOCAL; 0: the
	 * node is too old to say, and waits for none. */
	uint32_t copies;
	/*
	 * 0: they are there (or none were wanted).  Else the changes stand on the
	 * node's disk all the same, and: CORDON_ETIMEOUT the time was up,
	 * CORDON_ENOTSHARED fewer members share the list by now, CORDON_EEPOCH another
	 * epoch is in force, without them, CORDON_ESHUTDOWN the node is stopping,
	 * CORDON_EUNSUPPORTED it is too old to wait.  The text names who has them and
	 * who has not.
	 */
	int copies_error;
	const char *copies_text;
	const struct cordon_arrival *arrivals; /* where copies were waited for */
	size_t arrivals_count;
};

/*
 * How many members besides the owner must hold a change on their disks, and have said
 * so with their signature, before its submitter is answered: 1..CORDON_COPIES_MAX, or
 * one of these.  It is about members, however many nodes they have.
 */
#define CORDON_COPIES_DEFAULT                                                          \
	0u /* as the node is configured; local unless it says so */
#define CORDON_COPIES_MAX 64u
#define CORDON_COPIES_LOCAL 254u /* none: the node's own disk is enough */
#define CORDON_COPIES_ALL 255u   /* every member that the list is shared with */

/*
 * Enters items (1..CORDON_SUBMIT_MAX) in one request.  On success all that were
 * taken are on the node's disk; refused ones say why and do not stop the others.
 * CORDON_ETOOBIG: too much for one request (4 MiB; records are at most 64 KiB), send
 * fewer at a time.  On any other failure send the same again: see above.
 */
int cordon_submit(struct cordon_client *client, const struct cordon_item *items,
	size_t count, struct cordon_results **results);
/* Wipes and frees; NULL is accepted. */
void cordon_results_destroy(struct cordon_results *results);

/* Items, and what is wanted of them. */
struct cordon_submission {
	const struct cordon_item *items;
	size_t count;    /* 1..CORDON_SUBMIT_MAX */
	uint32_t copies; /* CORDON_COPIES_…, or a number of members */
	/*
	 * The longest wait for the copies; the call may take so much longer than it
	 * could otherwise.  0: as long as one node's answer may take otherwise.  With
	 * CORDON_COPIES_DEFAULT the node waits as it is configured, and no longer than
	 * this; 0: so that its answer is there in time.
	 */
	uint32_t copies_timeout_ms;
};

/*
 * As cordon_submit, and answered when enough members hold the changes, or when the
 * time for that is up: a success, too, and results say how far they have come.
 * CORDON_EINVAL where that many members do not share the list: nothing was changed.
 */
int cordon_submit_with(struct cordon_client *client,
	const struct cordon_submission *submission, struct cordon_results **results);

enum cordon_record_state {
	CORDON_RECORD_LIVE = 1,
	CORDON_RECORD_WITHDRAWN,
	CORDON_RECORD_ERASED /* ended; its content is gone */
};

/* A record as it stands in its list. */
struct cordon_record_entry {
	const char *id;
	const char *list; /* "KAZ/entry_ban" */
	uint64_t epoch;
	uint64_t sequence;
	uint64_t version;
	uint32_t state;                     /* enum cordon_record_state */
	const struct cordon_record *record; /* live: with internal_note if allowed */
	bool not_understood; /* live: a newer member's record, read in part */
	uint32_t withdrawal; /* withdrawn: enum cordon_withdrawal */
	int64_t withdrawn_s; /* withdrawn: unix second */
	const struct cordon_arrival *arrivals; /* at the owner's node only */
	size_t arrivals_count;
};

/* CORDON_ENOTFOUND: no such record at this node.  *entry is the caller's. */
int cordon_record_show(struct cordon_client *client, const char *id,
	struct cordon_record_entry **entry);
/* Wipes and frees; NULL is accepted. */
void cordon_record_entry_destroy(struct cordon_record_entry *entry);

/*
 * Called for each record; valid during the call.  Non-zero ends the export, which
 * returns it.
 */
typedef int cordon_export_fn(void *data, const struct cordon_record *record);

/*
 * All live records of owner (NULL: all) and kind (0: all), as of one moment.  The
 * time limit is for each piece of the stream, not for the whole.
 */
int cordon_export(struct cordon_client *client, const char *owner, uint32_t kind,
	cordon_export_fn *record, void *data);

struct cordon_due_record {
	const char *id;
	struct cordon_date review_by;
	struct cordon_date valid_until;
};

struct cordon_due {
	const struct cordon_due_record *records; /* the earliest first */
	size_t count;
	bool more; /* there are further ones */
};

/* The own member's records whose review date comes within so many days. */
int cordon_due(
	struct cordon_client *client, uint32_t within_days, struct cordon_due **due);
void cordon_due_destroy(struct cordon_due *due);

/* Three-state answers: has a list's digest been compared with the signed one? */
enum cordon_verified {
	CORDON_VERIFIED_NO = 0,
	CORDON_VERIFIED_YES = 1,
	CORDON_VERIFIED_UNKNOWN = -1 /* not checked yet */
};

struct cordon_list_status {
	const char *list; /* "KAZ/entry_ban" */
	uint64_t epoch;
	uint64_t epoch_tag; /* tells forks of one number apart */
	uint64_t sequence;
	uint64_t live;       /* records */
	const char *digest;  /* 64 hex characters; NULL: none */
	int64_t head_time_s; /* of the newest signed head; 0: never */
	int64_t age_s;       /* since then, by the node's clock; -1: never */
	int verified;        /* enum cordon_verified */
	const char *state;   /* "own", "following", "loading", "staging" … */
	uint64_t floor;
	const char *const *shared_with; /* members */
	size_t shared_with_count;
	uint64_t not_understood;  /* records kept but not searched here */
	uint64_t loaded_sequence; /* while loading or staging */
};

struct cordon_link_status {
	const char *peer; /* URI; NULL: not known yet */
	const char *address;
	const char *state; /* "up", "connecting", "waiting" */
	const char *error; /* the last; NULL: none */
	uint64_t lag;      /* sequences that the peer is known to be ahead, all lists */
	int64_t since_s;   /* unix second of the state's beginning */
	uint32_t retry_in_ms;
	uint64_t complaints; /* of what the node serves the peer, since its start */
};

struct cordon_member_status {
	const char *member;
	const char *last_seen_node; /* URI; NULL: never */
	int64_t newest_head_s;      /* unix second; 0: never */
	int64_t keys_until_s;       /* when its first head key ends; 0: none does */
};

/* Something that the node trusts in, and that ends. */
struct cordon_expiry {
	const char *what; /* "certificate" (its own), "ca", "crl", "head_key" */
	const char *member;
	int64_t ends_s; /* unix second */
	bool soon;      /* or past: worth a warning, as the node is configured */
};

/* Of the node's access log. */
struct cordon_access_log_status {
	uint64_t entries;         /* so far */
	uint64_t segment, oldest; /* the one being written, the oldest kept */
	uint64_t reserve_bytes, reserve_wanted_bytes; /* made ready, to be made ready */
	uint64_t disk_free_bytes;
	bool spent;   /* nothing can be logged: lookups and changes fail (NOLOG) */
	bool damaged; /* it was not as it was left when the node started */
	int64_t checkpoint_s; /* when it was last signed, unix seconds; 0: never */
};

struct cordon_status {
	const char *node; /* URI */
	const char *member;
	const char *software;
	int64_t started_s; /* unix seconds, node's clock */
	int64_t now_s;
	bool signer; /* holds its member's signing role */
	const struct cordon_list_status *lists;
	size_t lists_count;
	const struct cordon_link_status *links;
	size_t links_count;
	const struct cordon_member_status *members;
	size_t members_count;
	uint64_t store_bytes;
	uint64_t lookups;     /* since the start */
	uint64_t connections; /* open now */
	/* "signs", "opening", "standby", "behind", "superseded", "forked", "follows";
	 * NULL: an older node's */
	const char *signing;
	const char *remedy;   /* why it does not sign, and what to do; or NULL */
	uint64_t put_aside;   /* changes that wait for cordon_aside */
	uint64_t reviews_due; /* own records to be reviewed within 90 days */
	uint64_t names_done, names_total; /* records in the index of names, which is
					     being made anew; total 0: it is whole */
	uint64_t held;      /* withdrawals that wait for an admin; see cordon_brake */
	bool clock_trusted; /* other members' heads agree with the node's clock */
	uint64_t pending;   /* items that wait for a second pair of eyes */
	const struct cordon_expiry *expiries; /* the first to end first */
	size_t expiries_count;
	const struct cordon_access_log_status *access_log; /* NULL: none is kept */
};

int cordon_status(struct cordon_client *client, struct cordon_status **status);
void cordon_status_destroy(struct cordon_status *status);

/* Withdrawals of one list that were too many at once. */
struct cordon_brake_batch {
	uint64_t batch;   /* its number, which is never used again */
	const char *list; /* "KAZ/entry_ban" */
	uint64_t count;
	uint64_t live;           /* records in the list now */
	int64_t first_s, last_s; /* when they were submitted, unix seconds */
	const char *by;          /* URI of the first submitter */
	const char *const *ids;  /* the first few of them */
	size_t ids_count;
};

struct cordon_brake {
	const struct cordon_brake_batch *batches; /* list */
	size_t batches_count;
	uint64_t withdrawn;   /* release */
	uint64_t passed_over; /* release: changed since, and left as they are */
	uint64_t dropped;     /* drop: their records stay as they are */
};

enum cordon_brake_what {
	CORDON_BRAKE_LIST = 1,
	CORDON_BRAKE_RELEASE,
	CORDON_BRAKE_DROP
};

/* An administrator's; batch: of release and drop, else 0.  CORDON_ENOTFOUND for a batch
 * that is not there; CORDON_EINVAL unless the client has exactly one server. */
int cordon_brake(struct cordon_client *client, enum cordon_brake_what what,
	uint64_t batch, struct cordon_brake **brake);
void cordon_brake_destroy(struct cordon_brake *brake);

/* One item of a change that waits for a second pair of eyes. */
struct cordon_pending_item {
	uint32_t position; /* in the change, from 1 */
	enum cordon_item_type type;
	const char *id;
	const struct cordon_record *record; /* put; with internal_note if allowed */
	uint32_t reason;                    /* withdraw: enum cordon_withdrawal */
	const char *text;                   /* withdraw */
	struct cordon_date until;           /* confirm */
	const char *const *why;             /* "detain", "exceptions" … */
	size_t why_count;
};

/* What of one request waits until another certificate of the member approves it. */
struct cordon_pending_change {
	uint64_t number; /* never used again */
	const char *by;  /* URI of the submitter */
	int64_t at_s, expires_s;
	uint64_t count; /* items; on a page of one change, those of the page */
	const char *const *why;
	size_t why_count;
	const char *const *ids; /* the first of them */
	size_t ids_count;
	const struct cordon_pending_item *items; /* where one change was asked for */
	size_t items_count;
	/* An export of owner's (NULL: everybody's) records of kind (0: all). */
	bool is_export;
	const char *owner;
	uint32_t kind;
	const char *approved_by; /* an export's: its submitter may do it once */
};

struct cordon_pending {
	const struct cordon_pending_change *changes; /* list */
	size_t changes_count;
	bool more; /* list: ask again, after the last number, or item */
	const struct cordon_result *results; /* approve, reject: one per item */
	size_t results_count;
};

enum cordon_pending_what {
	CORDON_PENDING_LIST = 1,
	CORDON_PENDING_APPROVE, /* by another certificate than the submitter's */
	CORDON_PENDING_REJECT   /* also by the submitter's own */
};

/*
 * number: of the change to approve or reject; of a list: 0 for all, without their
 * items, or one, with them.  after: 0, or where the next page begins: behind that
 * number, or (of one change) behind the item of that position.  An item that cannot be
 * entered any more has its error in results and goes on waiting.  CORDON_ENOTFOUND: no
 * such change waits; CORDON_EDENIED: not for this certificate.
 */
int cordon_pending(struct cordon_client *client, enum cordon_pending_what what,
	uint64_t number, uint64_t after, struct cordon_pending **pending);
/* Wipes and frees; NULL is accepted. */
void cordon_pending_destroy(struct cordon_pending *pending);

/* Who may do what at a node. */
struct cordon_authz_question {
	const char *identity; /* URI of a certificate, which need not exist */
	const char *action;   /* "lookup", "submit", "export" … */
	const char *owner;    /* of the records; NULL: nobody's in particular */
	uint32_t kind;        /* of the records; 0: none in particular */
	uint32_t query_type;  /* lookup: enum cordon_query_type; 0: none in particular
			       */
};

struct cordon_authz_step {
	const char *rule; /* "role", "kinds" … */
	bool passed;
	const char *text; /* why not; NULL */
};

struct cordon_authz {
	bool allowed;
	const struct cordon_authz_step *steps; /* all rules; the first that denies
						* decides */
	size_t steps_count;
	const char *const *eyes; /* allowed, but these wait: see cordon_pending */
	size_t eyes_count;
	const char *section; /* of the configuration that counts; NULL: none */
};

/* An administrator's or auditor's. */
int cordon_authz(struct cordon_client *client,
	const struct cordon_authz_question *question, struct cordon_authz **authz);
void cordon_authz_destroy(struct cordon_authz *authz);

/* The node's store being written anew, without what was erased from it. */
struct cordon_compaction {
	uint64_t runs; /* begun since the node's start */
	bool running;
	uint64_t done_bytes, total_bytes; /* of the copy */
	uint64_t before_bytes, after_bytes;
	uint64_t took_ms;
	int error; /* not running: why the last one failed; 0 */
	const char *error_text;
};

/* start: begins one, unless one is under way; else only tells how far it is.
 * CORDON_EINVAL unless the client has exactly one server. */
int cordon_compact(struct cordon_client *client, bool start,
	struct cordon_compaction **compaction);
void cordon_compaction_destroy(struct cordon_compaction *compaction);

/* A change that a node had accepted, and that nobody else had, when another took over.
 */
struct cordon_aside {
	struct cordon_record_entry
		entry; /* as it stood in the list; without arrivals */
	int64_t kept_at_s;
};

/* As cordon_export_fn. */
typedef int cordon_aside_fn(void *data, const struct cordon_aside *change);

/*
 * What the node has put aside: of one record, or (id NULL) of all, in order.  They are
 * to be entered again at the node that signs now, or dropped.  Both are CORDON_EINVAL
 * unless the client has exactly one server.
 */
int cordon_aside(struct cordon_client *client, const char *id, cordon_aside_fn *change,
	void *data);
/* id NULL: everything.  *dropped: how many went. */
int cordon_aside_drop(struct cordon_client *client, const char *id, uint64_t *dropped);

/* Why a node is to sign its member's lists from now on. */
enum cordon_takeover_what {
	CORDON_TAKEOVER_RECOVER =
		1,               /* its disk was lost, or restored from older times */
	CORDON_TAKEOVER_PROMOTE, /* the node that signed was lost */
	CORDON_TAKEOVER_REOPEN   /* two histories were signed: this one goes on */
};

struct cordon_takeover_list {
	const char *list;   /* "KAZ/entry_ban" */
	uint64_t old_epoch; /* taken over from; 0: none */
	uint64_t old_sequence;
	uint64_t epoch;    /* done: the new one */
	uint64_t sequence; /* done: of its first head; else read so far */
	uint64_t live;
	bool created;      /* no peer holds it and the store lacked it */
	uint64_t wanted;   /* the highest sequence that a reached peer holds */
	const char *state; /* not done: as in cordon_list_status */
};

struct cordon_takeover_member {
	const char *member;
	bool reached;
	bool forced;
	const char *node; /* URI of the one that was reached; NULL: none */
};

struct cordon_takeover {
	bool done;          /* the new epoch is on disk, and the node signs */
	bool wait;          /* not done, but asked again it may be */
	const char *reason; /* not done: why, and what to do */
	const struct cordon_takeover_list *lists;
	size_t lists_count;
	const struct cordon_takeover_member *members;
	size_t members_count;
};

/*
 * Makes the node open a new epoch on all lists of its member and sign them.  force:
 * codes of members of which no node need be reached; the own member's: although another
 * of its nodes signs.  0 says that the node has judged, not that it did (done).
 * CORDON_EINVAL unless the client has exactly one server: which node is to sign must
 * not be left to chance.
 */
int cordon_takeover(struct cordon_client *client, enum cordon_takeover_what what,
	const char *const *force, size_t count, struct cordon_takeover **takeover);
void cordon_takeover_destroy(struct cordon_takeover *takeover);

/* How the scrub of a node's stored rows is. */
struct cordon_scrub {
	bool running;
	uint64_t runs;      /* finished since the node was started */
	int64_t begun_s;    /* unix second; 0: never */
	int64_t finished_s; /* of the last whole one; 0: never */
	uint32_t lists_done, lists_count;
	uint64_t rows;             /* read in this run, or in the last */
	uint64_t damaged;          /* rows found damaged in it */
	uint64_t indexes;          /* index keys that it made good */
	const char *list;          /* the one that is read; NULL: none */
	uint32_t repairs_wanted;   /* damaged lists that are not repaired yet */
	uint64_t repaired_lists;   /* since the node was started … */
	uint64_t repaired_entries; /* … with so many entries from peers */
};

/* Asks for it; now: begins one, or lets the one that runs go on without pauses. */
int cordon_scrub(struct cordon_client *client, bool now, struct cordon_scrub **scrub);
void cordon_scrub_destroy(struct cordon_scrub *scrub);

/* A file of a node's access log. */
struct cordon_access_segment {
	uint64_t number;
	int64_t first_s, last_s; /* unix seconds; last 0: it is being written */
	uint64_t bytes;          /* in the file */
	bool compressed;
};

struct cordon_access_log {
	const struct cordon_access_segment *segments; /* the oldest first */
	size_t segments_count;
	const uint8_t *data; /* of the segment asked for, from the offset on */
	size_t data_bytes;
	uint64_t segment_bytes;    /* of all of it, so far */
	const uint8_t *checkpoint; /* the newest, signed: worth keeping elsewhere */
	size_t checkpoint_bytes;
	int64_t checkpoint_s;
};

/* For auditors: segment 0 lists the segments, else a piece of one.  PROTOCOL.md has the
 * bytes; what was asked in them is encrypted to the auditors' key. */
int cordon_access_log(struct cordon_client *client, uint64_t segment, uint64_t offset,
	struct cordon_access_log **log);
void cordon_access_log_destroy(struct cordon_access_log *log);

/* Who changed a record, as the access log of its member's node tells. */
struct cordon_history_change {
	int64_t at_us;
	const char *who;
	uint32_t type;    /* enum cordon_item_type */
	uint32_t outcome; /* enum cordon_outcome */
	int error;        /* refused: CORDON_E… */
	uint64_t version;
	const char *fields;              /* names that changed, or NULL */
	const char *old_hash, *new_hash; /* of the sealed bytes; hex, or NULL */
};

struct cordon_history {
	const struct cordon_history_change *changes; /* the oldest first */
	size_t changes_count;
	bool more; /* there are older ones */
};

int cordon_history(
	struct cordon_client *client, const char *id, struct cordon_history **history);
void cordon_history_destroy(struct cordon_history *history);

struct cordon_peer_digest {
	const char *peer; /* URI */
	bool reachable;
	uint64_t epoch;
	uint64_t sequence;
	const char *digest; /* 64 hex characters; NULL: none */
};

/* What verifying one list found. */
struct cordon_list_check {
	const char *list;
	bool ok;                   /* all equal and signed */
	uint64_t entries;          /* looked at */
	const char *digest_stored; /* 64 hex characters each; NULL: none */
	const char *digest_computed;
	const char *digest_signed;
	const char *const *differences; /* a line each, for people */
	size_t differences_count;
	const struct cordon_peer_digest *peers;
	size_t peers_count;
};

/* As cordon_export_fn. */
typedef int cordon_verify_fn(void *data, const struct cordon_list_check *check);

/*
 * Lets the node recompute digests from its stored entries: of list ("KAZ/entry_ban"),
 * or of all (NULL).  0 says that the node went through all of them; what it found
 * is in the checks.  The time limit is for each list.
 */
int cordon_verify(struct cordon_client *client, const char *list,
	cordon_verify_fn *check, void *data);

/* Heads that one owner signed and that contradict each other, each as it was sent
 * (message Head): 2 or 3 of them. */
struct cordon_proof {
	const char *list; /* "KAZ/entry_ban" */
	const unsigned char *heads[3];
	size_t heads_bytes[3];
	size_t heads_count;
};

struct cordon_evidence {
	const struct cordon_proof *proofs;
	size_t count;
	bool more; /* others are held: ask list by list */
};

/* What the node holds against owners of list ("KAZ/entry_ban"), or of all (NULL).  It
 * is for the reader to check. */
int cordon_evidence(struct cordon_client *client, const char *list,
	struct cordon_evidence **evidence);
void cordon_evidence_destroy(struct cordon_evidence *evidence);

/* ---- on the caller's event loop --------------------------------------------- */

struct event_base;
struct cordon_async;
struct cordon_request;

/* Requests of one cordon_async that may wait for an answer; beyond: CORDON_EBUSY. */
#define CORDON_ASYNC_REQUESTS_MAX 4096

/*
 * As cordon_client_create.  All happens on the thread that runs base, which outlives
 * the cordon_async.  Host names are looked up by a short-lived thread, so that the
 * loop never waits.  While a connection is kept, the loop does not run out of events.
 */
int cordon_async_create(struct event_base *base, const struct cordon_options *options,
	struct cordon_async **async, char *message, size_t message_bytes);

/*
 * Calls back every request that waits, with CORDON_ECLOSED, then closes.  May be called
 * inside a callback.  NULL is accepted.
 */
void cordon_async_destroy(struct cordon_async *async);

/*
 * The end of a request, called once, from the loop or from cordon_async_destroy.
 * error 0: count answers, one per query, each the callee's to destroy; the array is
 * valid during the call.  Else answers is NULL and error_text says why.  Requests may
 * be answered in another order than asked.
 */
typedef void cordon_lookup_fn(void *data, int error, const char *error_text,
	struct cordon_answer *const *answers, size_t count);

/*
 * As cordon_lookup, but pipelined: does not wait for earlier requests.  Arguments are
 * borrowed for the call.  *request (may be NULL) is good until done is called.  On
 * failure, such as CORDON_EBUSY, done is not called.
 */
int cordon_async_lookup(struct cordon_async *async,
	const struct cordon_context *context, const struct cordon_query *queries,
	size_t count, cordon_lookup_fn *done, void *data,
	struct cordon_request **request);

/* As cordon_lookup_fn; results are the callee's. */
typedef void cordon_submit_fn(
	void *data, int error, const char *error_text, struct cordon_results *results);

int cordon_async_submit(struct cordon_async *async, const struct cordon_item *items,
	size_t count, cordon_submit_fn *done, void *data,
	struct cordon_request **request);

/* As cordon_submit_with; what submission points to is borrowed for the call. */
int cordon_async_submit_with(struct cordon_async *async,
	const struct cordon_submission *submission, cordon_submit_fn *done, void *data,
	struct cordon_request **request);

/* Forgets a request: its callback is not called.  The node may still answer it. */
void cordon_request_cancel(struct cordon_request *request);

/* Requests that wait for their answer. */
size_t cordon_async_waiting(const struct cordon_async *async);

#pragma GCC visibility pop

#endif
