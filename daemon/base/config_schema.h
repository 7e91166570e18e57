/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONFIG_SCHEMA_H
#define BASE_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/config.h"
#include "daemon/base/config_units.h"
#include "proto/ident.h"

/*
 * Every key of the configuration, in one table.  What reads values, what describes
 * them in errors, and the test of cordond.conf(5) all go by it.
 */

enum config_type {
	CONFIG_NUMBER,     /* uint32_t or uint64_t */
	CONFIG_THREADS,    /* uint32_t; "auto": one per processor */
	CONFIG_TIME_MS,    /* uint32_t; "5s" */
	CONFIG_DAYS,       /* uint32_t; "30d" */
	CONFIG_SIZE_BYTES, /* uint64_t; "64GiB" */
	CONFIG_OFFSET_MIN, /* int32_t; "+05:00" */
	CONFIG_SWITCH,     /* bool */
	CONFIG_COPIES,     /* uint32_t as CORDON_COPIES_…; "local", "2", "all" */
	CONFIG_TEXT,       /* const char * */
	CONFIG_PATH,       /* const char *, made absolute */
	CONFIG_HEAD_KEY,   /* struct config_head_key; "a.pem until 2027-12-31" */
	CONFIG_SOCKET,     /* const char *, a path that fits sockaddr_un */
	CONFIG_LISTEN,     /* struct config_address; "*" is every address, port 0 any */
	CONFIG_LOCAL,      /* struct config_address; port 0 any */
	CONFIG_HOST,       /* struct config_address to connect to */
	CONFIG_NODE,       /* struct identity; "KAZ/almaty-1" */
	CONFIG_LEVEL,      /* enum log_level */
	CONFIG_MEMBER_CODE, /* struct state */
	CONFIG_KIND,        /* uint16_t */
	CONFIG_LIST_NAME,   /* struct list_id; "RUS/entry_ban" */
	CONFIG_RECORD_ID,   /* const char * */
	CONFIG_LOG_SYNC,    /* enum config_log_sync */
	CONFIG_AGENCY_NAME, /* const char *; may end in '*' */
	CONFIG_CERTIFICATE, /* struct config_certificate; "checkpoint/almaty-*" */
	CONFIG_ACTION,      /* enum action */
	CONFIG_QUERY,       /* uint32_t, enum cordon_query_type */
	CONFIG_RECORDS,     /* enum config_records */
	CONFIG_EYES         /* uint32_t, a set of enum eyes */
};

/* What a key takes, and where in its section's struct that goes. */
struct config_key {
	const char *name;
	enum config_type type;
	bool required;
	uint64_t min, max;    /* of numbers, in the type's unit; of text, bytes */
	const char *standard; /* default, as one would write it; NULL: none */
	size_t offset;
	size_t value_bytes;  /* of one value */
	size_t values_max;   /* of a list; 0: no list */
	size_t count_offset; /* of the size_t that counts a list's values */
	const char *help;    /* a sentence */
};

enum config_section_id {
	CONFIG_TOP,
	CONFIG_MEMBER,
	CONFIG_PEER,
	CONFIG_LIST,
	CONFIG_RECOGNISE,
	CONFIG_OBJECTION,
	CONFIG_AGENCY,
	CONFIG_ACCESS,
	CONFIG_ACCESS_LOG,
	CONFIG_MATCH,
	CONFIG_SECTIONS
};

#define CONFIG_KEYS_MAX 96

struct config_section {
	const char *name; /* "": the top of the file */
	bool titled;      /* and may then occur several times */
	struct config_key title;
	const struct config_key *keys;
	size_t keys_count; /* at most CONFIG_KEYS_MAX */
	const char *help;
};

extern const struct config_section config_sections[CONFIG_SECTIONS];

/* The recognise section as written, before it becomes config.recognise. */
#define CONFIG_RECOGNISE_MAX 256
struct config_recognise_lists {
	struct list_id binding[CONFIG_RECOGNISE_MAX];
	size_t binding_count;
	struct list_id inform[CONFIG_RECOGNISE_MAX];
	size_t inform_count;
};

/* The units that its numbers are written in. */
const struct config_unit *config_key_units(const struct config_key *key);

/* A peer section as written, before it becomes one of config.peers. */
struct config_peer_text {
	struct identity node;
	struct config_address address;
};

/* What a value must be, for people: "a number from 1 to 64". */
#define CONFIG_EXPECTED_MAX 160
void config_key_expected(const struct config_key *key, char *out, size_t out_bytes);

#endif
