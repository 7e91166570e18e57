/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/base/config_schema.h"

#include <stdio.h>

#define FIELD(type, member) (((struct type *)0)->member)
#define AT(type, member)                                                               \
	.offset = offsetof(struct type, member),                                       \
	.value_bytes = sizeof(FIELD(type, member))
#define LIST(type, member)                                                             \
	.offset = offsetof(struct type, member),                                       \
	.value_bytes = sizeof(FIELD(type, member[0])),                                 \
	.values_max = sizeof(FIELD(type, member)) / sizeof(FIELD(type, member[0])),    \
	.count_offset = offsetof(struct type, member##_count)

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define MIB (UINT64_C(1) << 20)
#define TIB (UINT64_C(1) << 40)

static const struct config_key top_keys[] = {
	{ "node", CONFIG_NODE, .required = true, AT(config, node),
		.help = "Who this node is: its member and its name, as in its "
			"certificate." },
	{ "data_dir", CONFIG_PATH, .standard = "/var/lib/cordon", AT(config, data_dir),
		.help = "The directory of the store." },
	{ "listen", CONFIG_LISTEN, .standard = "[::]:7700", LIST(config, listen),
		.help = "Where clients and peers connect to." },
	{ "local_socket", CONFIG_SOCKET, AT(config, local_socket),
		.help = "The socket for an administrator on the host." },
	{ "metrics", CONFIG_LOCAL, AT(config, metrics),
		.help = "Where /metrics and /healthz are served, without TLS." },
	{ "certificate", CONFIG_PATH, .required = true, AT(config, certificate),
		.help = "The node's certificate, PEM." },
	{ "key", CONFIG_PATH, .required = true, AT(config, key),
		.help = "The certificate's private key, PEM, for the node alone." },
	{ "head_key", CONFIG_PATH, AT(config, head_key),
		.help = "The key that signs the own lists' heads, PEM." },
	{ "standby", CONFIG_SWITCH, .standard = "no", AT(config, standby),
		.help = "Whether the node signs only after cordonctl promote." },
	{ "ciphersuites", CONFIG_TEXT, .min = 1, .max = 1024, AT(config, ciphersuites),
		.help = "The TLS 1.3 cipher suites, as OpenSSL names them." },
	{ "groups", CONFIG_TEXT, .min = 1, .max = 1024, AT(config, groups),
		.help = "The groups for TLS key agreement, as OpenSSL names them." },
	{ "user", CONFIG_TEXT, .min = 1, .max = 255, AT(config, user),
		.help = "The user that a node started by root becomes." },
	{ "seccomp", CONFIG_SWITCH, .standard = "yes", AT(config, seccomp),
		.help = "Whether the node gives up all system calls that it does not "
			"need." },
	{ "log_level", CONFIG_LEVEL, .standard = "info", AT(config, log_level),
		.help = "The least important lines that are logged." },
	{ "workers", CONFIG_THREADS, .min = 1, .max = 64, .standard = "auto",
		AT(config, workers), .help = "Threads that answer clients." },
	{ "map_size", CONFIG_SIZE_BYTES, .min = 16 * MIB, .max = 64 * TIB,
		.standard = "256GiB", AT(config, map_size_bytes),
		.help = "Address space for the store, and so its largest size." },
	{ "utc_offset", CONFIG_OFFSET_MIN, .standard = "+00:00",
		AT(config, utc_offset_min),
		.help = "The offset from UTC of the own records' days." },
	{ "range_max", CONFIG_NUMBER, .min = 1, .max = 1000000000,
		.standard = "1000000", AT(config, range_max),
		.help = "The most document numbers that one record may span." },
	{ "head_interval", CONFIG_TIME_MS, .min = 100, .max = HOUR, .standard = "5s",
		AT(config, head_interval_ms),
		.help = "How often the heads of idle lists are signed again." },
	{ "follow_wait", CONFIG_TIME_MS, .min = 10, .max = 10 * MINUTE,
		.standard = "20s", AT(config, follow_wait_ms),
		.help = "How long a peer may hold a pull open until there is news." },
	{ "copies", CONFIG_COPIES, .min = 1, .max = CORDON_COPIES_MAX,
		.standard = "local", AT(config, copies),
		.help = "The members that must hold a change before its submitter is "
			"answered." },
	{ "copies_timeout", CONFIG_TIME_MS, .min = 1, .max = HOUR, .standard = "5s",
		AT(config, copies_timeout_ms),
		.help = "How long a submitter waits for them." },
	{ "upkeep_interval", CONFIG_TIME_MS, .min = 100, .max = 24 * HOUR,
		.standard = "1min", AT(config, upkeep_interval_ms),
		.help = "How often the node looks for what has ended, lapsed, or is to "
			"be erased." },
	{ "tombstone_days", CONFIG_DAYS, .min = 0, .max = 3650, .standard = "90d",
		AT(config, tombstone_days),
		.help = "How long tombstones wait for nodes that do not acknowledge "
			"them." },
	{ "erase_after", CONFIG_DAYS, .min = 3, .max = 3650, .standard = "3d",
		AT(config, erase_after_days),
		.help = "How long after its end a record's content is kept that its "
			"owner has not withdrawn." },
	{ "brake_percent", CONFIG_NUMBER, .min = 1, .max = 100, .standard = "10",
		AT(config, brake_percent),
		.help = "The share of a list that may be withdrawn within an hour." },
	{ "brake_least", CONFIG_NUMBER, .min = 0, .max = 1000000000, .standard = "50",
		AT(config, brake_least),
		.help = "The withdrawals within an hour that are never braked." },
	{ "two_eyes", CONFIG_EYES, .standard = "all", LIST(config, two_eyes),
		.help = "What waits until a second certificate has approved it." },
	{ "two_eyes_range", CONFIG_NUMBER, .min = 1, .max = 1000000000,
		.standard = "1000", AT(config, two_eyes_range),
		.help = "The most numbers that a range spans which is not wide." },
	{ "two_eyes_withdrawals", CONFIG_NUMBER, .min = 1, .max = 512, .standard = "10",
		AT(config, two_eyes_withdrawals),
		.help = "The most withdrawals of one request that are not many." },
	{ "pending_expires", CONFIG_DAYS, .min = 1, .max = 90, .standard = "7d",
		AT(config, pending_days),
		.help = "How long a change waits to be approved before it is "
			"dropped." },
	{ "warn_certificates", CONFIG_DAYS, .min = 1, .max = 365, .standard = "14d",
		AT(config, warn_certificates_days),
		.help = "How long before its end a certificate or CRL is warned of." },
	{ "warn_head_keys", CONFIG_DAYS, .min = 1, .max = 365, .standard = "30d",
		AT(config, warn_head_keys_days),
		.help = "How long before its end a head key is warned of." },
	{ "compact_interval", CONFIG_DAYS, .min = 0, .max = 365, .standard = "7d",
		AT(config, compact_days),
		.help = "How often the store is written anew, without what was "
			"erased." },
	{ "scrub_interval", CONFIG_DAYS, .min = 0, .max = 3650, .standard = "7d",
		AT(config, scrub_days),
		.help = "How often all stored rows are read and compared with their "
			"hashes." },
	{ "connections_max", CONFIG_NUMBER, .min = 1, .max = 65536, .standard = "1024",
		AT(config, connections_max),
		.help = "The most connections at a time." },
	{ "connections_per_identity", CONFIG_NUMBER, .min = 1, .max = 65536,
		.standard = "64", AT(config, connections_per_identity),
		.help = "The most connections of one certificate's identity at a "
			"time." },
	{ "requests_in_flight_max", CONFIG_NUMBER, .min = 1, .max = 65536,
		.standard = "256", AT(config, requests_in_flight_max),
		.help = "The most requests that one connection may have unanswered." },
	{ "connections_per_address", CONFIG_NUMBER, .min = 1, .max = 65536,
		.standard = "512", AT(config, connections_per_address),
		.help = "The most connections from one address at a time." },
	{ "handshakes_per_address", CONFIG_NUMBER, .min = 0, .max = 1000000,
		.standard = "200", AT(config, handshakes_per_address),
		.help = "New connections from one address in a second." },
	{ "handshakes_per_identity", CONFIG_NUMBER, .min = 0, .max = 1000000,
		.standard = "50", AT(config, handshakes_per_identity),
		.help = "New connections of one certificate's identity in a second." },
	{ "requests_per_address", CONFIG_NUMBER, .min = 0, .max = 1000000000,
		.standard = "20000", AT(config, requests_per_address),
		.help = "Requests of one address's clients in a second, each query of "
			"a lookup one." },
	{ "requests_per_identity", CONFIG_NUMBER, .min = 0, .max = 1000000000,
		.standard = "5000", AT(config, requests_per_identity),
		.help = "Requests of one client's identity in a second, each query of "
			"a lookup one." },
	{ "requests_per_node", CONFIG_NUMBER, .min = 0, .max = 1000000000,
		.standard = "20000", AT(config, requests_per_node),
		.help = "Requests of one other node in a second." },
	{ "bytes_per_address", CONFIG_SIZE_BYTES, .min = 0, .max = TIB,
		.standard = "128MiB", AT(config, bytes_per_address),
		.help = "Bytes from and to one address's clients in a second." },
	{ "bytes_per_identity", CONFIG_SIZE_BYTES, .min = 0, .max = TIB,
		.standard = "64MiB", AT(config, bytes_per_identity),
		.help = "Bytes from and to one client's identity in a second." },
	{ "in_flight_per_identity", CONFIG_NUMBER, .min = 1, .max = 1000000,
		.standard = "1024", AT(config, in_flight_per_identity),
		.help = "The most requests that all connections of one client's "
			"identity may have unanswered." },
	{ "handshake_timeout", CONFIG_TIME_MS, .min = 100, .max = 5 * MINUTE,
		.standard = "10s", AT(config, handshake_timeout_ms),
		.help = "How long a connection may take until it is open." },
	{ "frame_timeout", CONFIG_TIME_MS, .min = 100, .max = 10 * MINUTE,
		.standard = "30s", AT(config, frame_timeout_ms),
		.help = "How long a frame that has begun may take to arrive." },
	{ "request_timeout", CONFIG_TIME_MS, .min = SECOND, .max = 24 * HOUR,
		.standard = "30min", AT(config, request_timeout_ms),
		.help = "How long a request may take until it is answered whole." },
	{ "idle_timeout", CONFIG_TIME_MS, .min = SECOND, .max = 24 * HOUR,
		.standard = "5min", AT(config, idle_timeout_ms),
		.help = "How long a connection may be without a byte." },
	{ "reconnect_min", CONFIG_TIME_MS, .min = 10, .max = HOUR, .standard = "200ms",
		AT(config, reconnect_min_ms),
		.help = "The first wait before a lost peer is called again." },
	{ "reconnect_max", CONFIG_TIME_MS, .min = 10, .max = 24 * HOUR,
		.standard = "30s", AT(config, reconnect_max_ms),
		.help = "The longest wait before a lost peer is called again." },
	{ "demand_purpose", CONFIG_SWITCH, .standard = "no", AT(config, demand_purpose),
		.help = "Whether a lookup must say its purpose." },
	{ "demand_officer", CONFIG_SWITCH, .standard = "no", AT(config, demand_officer),
		.help = "Whether a lookup must name the officer." },
	{ "demand_checkpoint", CONFIG_SWITCH, .standard = "no",
		AT(config, demand_checkpoint),
		.help = "Whether a lookup must name the checkpoint." },
};

static const struct config_key member_keys[] = {
	{ "ca", CONFIG_PATH, .required = true, AT(config_member, ca),
		.help = "The member's certificate authorities, PEM." },
	{ "crl", CONFIG_PATH, AT(config_member, crl),
		.help = "Their certificate revocation lists, PEM." },
	{ "head_keys", CONFIG_HEAD_KEY, LIST(config_member, head_keys),
		.help = "The public keys that may sign the heads of its lists, PEM." },
};

static const struct config_key peer_keys[] = {
	{ "address", CONFIG_HOST, .required = true, AT(config_peer_text, address),
		.help = "Where it listens." },
};

static const struct config_key list_keys[] = {
	{ "share_with", CONFIG_MEMBER_CODE, LIST(config_list, share_with),
		.help = "The other members that get the list." },
	{ "retention", CONFIG_DAYS, .min = 1, .max = 36525, .standard = "1826d",
		AT(config_list, retention_days),
		.help = "The longest validity of a record." },
};

static const struct config_key recognise_keys[] = {
	{ "binding", CONFIG_LIST_NAME, LIST(config_recognise_lists, binding),
		.help = "Lists whose actions this member's officers carry out." },
	{ "inform", CONFIG_LIST_NAME, LIST(config_recognise_lists, inform),
		.help = "Lists that only inform, as those not named here do." },
};

static const struct config_key objection_keys[] = {
	{ "why", CONFIG_TEXT, .required = true, .min = 1, .max = 1024,
		AT(config_objection, why),
		.help = "The reason, shown to the officer." },
};

static const struct config_key agency_keys[] = {
	{ "kinds", CONFIG_KIND, .required = true, LIST(config_agency, kinds),
		.help = "The kinds of records that it may submit." },
};

static const struct config_key access_keys[] = {
	{ "allow", CONFIG_ACTION, LIST(config_access, allow),
		.help = "What they may do besides what their role may." },
	{ "deny", CONFIG_ACTION, LIST(config_access, deny),
		.help = "What they may not do, although their role may." },
	{ "queries", CONFIG_QUERY, LIST(config_access, queries),
		.help = "The questions that they may ask; none named: all." },
	{ "lookups_daily", CONFIG_NUMBER, .min = 0, .max = 1000000000, .standard = "0",
		AT(config_access, lookups_daily),
		.help = "The most questions of each of them in a day; 0: without "
			"end." },
	{ "records", CONFIG_RECORDS, .standard = "decision", AT(config_access, records),
		.help = "How much of a record a checkpoint's answers hold." },
};

static const struct config_key access_log_keys[] = {
	{ "auditors", CONFIG_PATH, .required = true, AT(config_access_log, auditors),
		.help = "The auditors' public key, PEM: what was asked is encrypted to "
			"it." },
	{ "key", CONFIG_PATH, .required = true, AT(config_access_log, key),
		.help = "The key that signs the log's checkpoints, PEM." },
	{ "directory", CONFIG_PATH, AT(config_access_log, directory),
		.help = "Where the log is kept." },
	{ "sync", CONFIG_LOG_SYNC, .standard = "group", AT(config_access_log, sync),
		.help = "When entries are on disk." },
	{ "checkpoint_interval", CONFIG_TIME_MS, .min = 100, .max = MINUTE,
		.standard = "1s", AT(config_access_log, checkpoint_interval_ms),
		.help = "How often what was logged is signed." },
	{ "segment_size", CONFIG_SIZE_BYTES, .min = 8 * MIB, .max = 1024 * MIB,
		.standard = "32MiB", AT(config_access_log, segment_bytes),
		.help = "How large a file of the log becomes." },
	{ "segment_age", CONFIG_TIME_MS, .min = SECOND, .max = 30 * 24 * HOUR,
		.standard = "1d", AT(config_access_log, segment_age_ms),
		.help = "How old a file of the log becomes." },
	{ "reserve", CONFIG_SIZE_BYTES, .min = 0, .max = TIB, .standard = "256MiB",
		AT(config_access_log, reserve_bytes),
		.help = "Disk space made ready for when the disk is full." },
	{ "keep_empty", CONFIG_DAYS, .min = 1, .max = 36525, .standard = "90d",
		AT(config_access_log, keep_empty_days),
		.help = "How long lookups that found nothing are kept." },
	{ "keep", CONFIG_DAYS, .min = 1, .max = 36525, .standard = "1096d",
		AT(config_access_log, keep_days),
		.help = "How long everything else is kept." },
	{ "disk_warn", CONFIG_SIZE_BYTES, .min = 0, .max = 64 * TIB, .standard = "1GiB",
		AT(config_access_log, disk_warn_bytes),
		.help = "The free disk space below which the node warns." },
};

#define LEAST(kind) AT(config, match_least[kind])

static const struct config_key match_keys[] = {
	{ "entry_ban", CONFIG_NUMBER, .min = 1, .max = CORDON_SCORE_MAX,
		.standard = "500", LEAST(CORDON_KIND_ENTRY_BAN),
		.help = "The least score by which a name finds an entry ban." },
	{ "deportation", CONFIG_NUMBER, .min = 1, .max = CORDON_SCORE_MAX,
		.standard = "500", LEAST(CORDON_KIND_DEPORTATION),
		.help = "The same for a deportation." },
	{ "illegal_stay", CONFIG_NUMBER, .min = 1, .max = CORDON_SCORE_MAX,
		.standard = "500", LEAST(CORDON_KIND_ILLEGAL_STAY),
		.help = "The same for an illegal stay." },
};

#define KEYS(table) .keys = table, .keys_count = sizeof(table) / sizeof(table[0])

const struct config_section config_sections[CONFIG_SECTIONS] = {
	[CONFIG_TOP] = { "", KEYS(top_keys),
		.help = "What stands outside any section." },
	[CONFIG_MEMBER] = { "member", .titled = true,
		.title = { "member", CONFIG_MEMBER_CODE, AT(config_member, code) },
		KEYS(member_keys), .help = "A member of the union; the own one too." },
	[CONFIG_PEER] = { "peer", .titled = true,
		.title = { "peer", CONFIG_NODE, AT(config_peer_text, node) },
		KEYS(peer_keys), .help = "A node that this one takes lists from." },
	[CONFIG_LIST] = { "list", .titled = true,
		.title = { "list", CONFIG_KIND, AT(config_list, kind) },
		KEYS(list_keys),
		.help = "One of the own member's lists, by its kind." },
	[CONFIG_RECOGNISE] = { "recognise", KEYS(recognise_keys),
		.help = "What the other members' lists mean to this one." },
	[CONFIG_OBJECTION] = { "objection", .titled = true,
		.title = { "objection", CONFIG_RECORD_ID,
			AT(config_objection, record_id) },
		KEYS(objection_keys),
		.help = "Another member's record that this one objects to." },
	[CONFIG_AGENCY] = { "agency", .titled = true,
		.title = { "agency", CONFIG_AGENCY_NAME, AT(config_agency, name) },
		KEYS(agency_keys),
		.help = "What an agency of the own member may submit." },
	[CONFIG_ACCESS] = { "access", .titled = true,
		.title = { "access", CONFIG_CERTIFICATE,
			AT(config_access, certificate) },
		KEYS(access_keys),
		.help = "What certificates of the own member may do, by role and "
			"name." },
	[CONFIG_ACCESS_LOG] = { "access_log", KEYS(access_log_keys),
		.help = "The access log: who looked at what, when, where and why." },
	[CONFIG_MATCH] = { "match", KEYS(match_keys),
		.help = "How much a name must agree to be shown." },
};

_Static_assert(sizeof(top_keys) / sizeof(top_keys[0]) <= CONFIG_KEYS_MAX,
	"the top of the file has more keys than a block can hold");

const struct config_unit *config_key_units(const struct config_key *key)
{
	switch (key->type) {
	case CONFIG_TIME_MS:
		return config_units_ms;
	case CONFIG_DAYS:
		return config_units_days;
	case CONFIG_SIZE_BYTES:
		return config_units_bytes;
	default:
		return config_units_none;
	}
}

/* With the limits still to be filled in, where the type has any. */
static const char *const expectations[] = {
	[CONFIG_NUMBER] = "a number from %s to %s",
	[CONFIG_THREADS] = "auto, or a number from %s to %s",
	[CONFIG_TIME_MS] = "a time from %s to %s",
	[CONFIG_DAYS] = "a number of days from %s to %s",
	[CONFIG_SIZE_BYTES] = "a size from %s to %s",
	[CONFIG_OFFSET_MIN] = "an offset from \"-12:00\" to \"+14:00\"",
	[CONFIG_SWITCH] = "yes or no",
	[CONFIG_LOG_SYNC] = "group or interval",
	[CONFIG_COPIES] = "local, all, or a number from %s to %s",
	[CONFIG_TEXT] = "a text of %s to %s bytes",
	[CONFIG_PATH] = "a path of at most 4095 bytes",
	[CONFIG_HEAD_KEY] =
		"a path, with \" from DATE\", \" until DATE\" or both behind it",
	[CONFIG_SOCKET] = "a path of at most 107 bytes",
	[CONFIG_LISTEN] = "an address with a port, such as \"[::]:7700\"",
	[CONFIG_LOCAL] = "an address with a port, such as 127.0.0.1:7780",
	[CONFIG_HOST] = ("a host with a port, such as node.example:7700 or "
			 "\"[2001:db8::7]:7700\""),
	[CONFIG_NODE] = "a member and a node's name, such as KAZ/almaty-1",
	[CONFIG_LEVEL] = "error, warning, notice, info or debug",
	[CONFIG_MEMBER_CODE] = "a member's code, such as KAZ",
	[CONFIG_KIND] = "entry_ban, deportation, illegal_stay or invalid_document",
	[CONFIG_LIST_NAME] = "a member's list, such as RUS/entry_ban",
	[CONFIG_RECORD_ID] = "a record's id, such as RUS-2026-000123",
	[CONFIG_AGENCY_NAME] =
		"a name of at most 64 letters, digits, . _ -, or its beginning and *",
	[CONFIG_CERTIFICATE] =
		"a role and a name or its beginning and *, such as checkpoint/gate-*",
	[CONFIG_ACTION] = "an action, such as record_show or export",
	[CONFIG_QUERY] = "document, personal_number, mrz or person",
	[CONFIG_RECORDS] = "decision or whole",
	[CONFIG_EYES] = "all, detain, ranges, exceptions, distinguished, withdrawals "
			"or export",
};

void config_key_expected(const struct config_key *key, char *out, size_t out_bytes)
{
	const struct config_unit *units = config_key_units(key);
	char least[CONFIG_UNITS_TEXT_MAX], most[CONFIG_UNITS_TEXT_MAX];

	config_units_text(units, key->min, least);
	config_units_text(units, key->max, most);
	/* formats without limits leave them out (C11 7.21.6.1: excess arguments) */
	snprintf(out, out_bytes, expectations[key->type], least, most);
}
