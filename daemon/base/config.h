/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cordon/client.h>
#include "daemon/base/log.h"
#include "proto/action.h"
#include "proto/errmsg.h"
#include "proto/eyes.h"
#include "proto/ident.h"
#include "proto/head.h"
#include "proto/record.h"

/*
 * The node's configuration as read from a file (libconfuse), checked whole.
 * cordond.conf(5) documents every key; config_schema.c is the table behind it.
 * Relative paths are relative to the file's directory, made absolute here.
 */

/* A key that may sign a member's heads, and for how long. */
struct config_head_key {
	const char *path; /* PEM, public */
	int64_t from_s;   /* unix second; 0: always */
	int64_t until_s;  /* the last second; 0: no end */
};

struct config_member {
	struct state code;
	const char *ca;
	const char *crl; /* NULL: none */
	struct config_head_key head_keys[8];
	size_t head_keys_count;
};

/* A node that this one pulls from. */
struct config_peer {
	struct identity node; /* who must answer there */
	const char *host;
	uint16_t port;
};

/* One of the own member's lists. */
struct config_list {
	uint16_t kind;
	struct state share_with[HEAD_MEMBERS_MAX]; /* sorted, unique */
	size_t share_with_count;
	uint32_t retention_days;
};

enum config_recognition {
	CONFIG_INFORM = 0,
	CONFIG_BINDING
};

struct config_recognise {
	struct list_id list;
	enum config_recognition how;
};

struct config_objection {
	const char *record_id; /* this member has objected to it */
	const char *why;
};

/* Kinds that an agency certificate may submit; name: exact, or one '*' at the end. */
struct config_agency {
	const char *name;
	uint16_t kinds[8];
	size_t kinds_count;
};

/* Whose certificates an access section is about; name: as of agencies. */
struct config_certificate {
	enum role role;
	const char *name;
};

/* How much of a record a checkpoint's answers hold. */
enum config_records {
	CONFIG_RECORDS_DECISION = 0,
	CONFIG_RECORDS_WHOLE
};

/* What certificates may do besides, or not, what their role may. */
struct config_access {
	struct config_certificate certificate;
	enum action allow[16], deny[16];
	size_t allow_count, deny_count;
	uint32_t queries[4]; /* enum cordon_query_type; none: all */
	size_t queries_count;
	uint32_t lookups_daily; /* 0: without end */
	enum config_records records;
};

enum config_log_sync {
	CONFIG_LOG_SYNC_GROUP = 0, /* before the answers of a group leave */
	CONFIG_LOG_SYNC_INTERVAL   /* with each checkpoint */
};

/* The access log. */
struct config_access_log {
	const char *auditors;  /* PEM, public: what was asked is encrypted to it */
	const char *key;       /* PEM, private: signs checkpoints */
	const char *directory; /* NULL: access-log below data_dir */
	enum config_log_sync sync;
	uint32_t checkpoint_interval_ms;
	uint64_t segment_bytes;
	uint32_t segment_age_ms;
	uint64_t reserve_bytes;
	uint32_t keep_empty_days; /* lookups that found nothing */
	uint32_t keep_days;       /* everything else */
	uint64_t disk_warn_bytes;
};

struct config_address {
	const char *host;
	uint16_t port; /* 0: any free port; the log says which */
};

struct config {
	const char *path;
	struct identity node; /* node = "KAZ/almaty-1" */
	const char *data_dir;
	struct config_address listen[8];
	size_t listen_count;
	const char *local_socket;      /* NULL: none */
	struct config_address metrics; /* host NULL: none */
	const char *certificate;
	const char *key;
	const char *head_key; /* NULL: this node never signs */
	bool standby;         /* signs only after "cordonctl promote" */
	const char *ciphersuites;
	const char *groups;
	const char *user; /* NULL: stay */
	bool seccomp;
	enum log_level log_level;
	uint32_t workers;        /* threads, 1..64; default: processors */
	uint64_t map_size_bytes; /* reserved for LMDB; sparse */
	int32_t utc_offset_min;  /* of the own records' dates */
	uint64_t range_max;
	uint32_t head_interval_ms; /* idle heads are signed again this often */
	uint32_t follow_wait_ms;   /* how long a pull is held open */
	uint32_t copies; /* CORDON_COPIES_… but the default: of submissions without a
			  * wish
			  */
	uint32_t copies_timeout_ms;
	uint32_t upkeep_interval_ms;
	uint32_t tombstone_days; /* 0: acknowledged or not */
	uint32_t erase_after_days;
	uint32_t brake_percent; /* 100: no brake */
	uint32_t brake_least;
	uint32_t compact_days; /* 0: only by command */
	uint32_t scrub_days;   /* 0: never by itself */
	uint32_t two_eyes[8];  /* sets of enum eyes */
	size_t two_eyes_count;
	uint64_t two_eyes_range;
	uint32_t two_eyes_withdrawals;
	uint32_t pending_days;
	uint32_t warn_certificates_days;
	uint32_t warn_head_keys_days;
	uint32_t connections_max;
	uint32_t connections_per_identity;
	uint32_t requests_in_flight_max; /* per connection */
	/* in a second; 0: without limit */
	uint32_t handshakes_per_address, handshakes_per_identity;
	uint32_t requests_per_address, requests_per_identity, requests_per_node;
	uint64_t bytes_per_address, bytes_per_identity;
	uint32_t in_flight_per_identity;
	uint32_t connections_per_address;
	uint32_t request_timeout_ms; /* until answered whole */
	uint32_t handshake_timeout_ms;
	uint32_t frame_timeout_ms; /* a begun frame must be whole by then */
	uint32_t idle_timeout_ms;
	uint32_t reconnect_min_ms, reconnect_max_ms;
	bool demand_purpose, demand_officer, demand_checkpoint;
	/* the least score by which a name is found, by kind; 0: no such section, the
	 * standard one */
	uint32_t match_least[CORDON_KIND_INVALID_DOCUMENT];
	struct config_member *members;
	size_t members_count;
	struct config_peer *peers;
	size_t peers_count;
	struct config_list lists[CORDON_KIND_INVALID_DOCUMENT];
	size_t lists_count; /* kinds without a section: shared with nobody */
	struct config_recognise *recognise;
	size_t recognise_count;
	struct config_objection *objections;
	size_t objections_count;
	struct config_agency *agencies;
	size_t agencies_count;
	struct config_access *access;
	size_t access_count;
	struct config_access_log *access_log; /* NULL: none is kept */
	struct arena *arena;                  /* holds all strings and arrays above */
};

/*
 * On failure CORDON_ECONFIG (or CORDON_ENOMEM); msg names file, line, key, value and
 * what was expected.  Neither the files it names nor the user need exist.
 */
int config_load(const char *path, struct config **config, struct errmsg *msg);
/* The same from memory, as if it had been read from path, which need not exist. */
int config_parse(const char *path, const char *text, size_t text_bytes,
	struct config **config, struct errmsg *msg);
void config_destroy(struct config *config);

const struct config_member *config_member_find(
	const struct config *config, const struct state *code);

#endif
