/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUDIT_ENTRY_H
#define CORE_AUDIT_ENTRY_H

#include "proto/bytes.h"
#include "proto/digest.h"
#include "proto/ident.h"

/*
 * One entry of the access log: who did what, when, where and why, and what came of it.
 * The bytes are in PROTOCOL.md, "Access log".  Pure.
 */

enum audit_kind {
	AUDIT_LOOKUP = 1,
	AUDIT_SUBMIT, /* a record put, withdrawn or confirmed */
	AUDIT_EXPORT,
	AUDIT_READ,    /* a record shown, its history, what is due */
	AUDIT_CONTROL, /* a command of an administrator's or auditor's */
	AUDIT_CONFIG,  /* what the node runs with: at each start and reload */
	AUDIT_LOG      /* of the log itself: opened, closed, retention, damage */
};

/* "lookup" …; NULL when unknown. */
const char *audit_kind_text(unsigned kind);
/* 0 when unknown. */
unsigned audit_kind_parse(const char *text);

/* How long it is kept, and by whom it is asked for. */
enum audit_class {
	AUDIT_EMPTY = 0, /* lookups that found nothing */
	AUDIT_FOUND,     /* lookups that did, or that failed, or were denied */
	AUDIT_ACT,       /* everything else */
	AUDIT_CLASSES
};

/* Keyed hashes of what was asked: equal searches are seen without being read. */
enum audit_tag {
	AUDIT_TAG_DOCUMENT = 0,
	AUDIT_TAG_PERSONAL,
	AUDIT_TAG_PERSON, /* name and birth date as asked, without case */
	AUDIT_TAGS
};

#define AUDIT_TAG_KEY_BYTES 16

/*
 * SipHash-2-4 (Aumasson, Bernstein 2012) under the log's key, told apart by what is
 * hashed; never 0.  A keyed hash made for short input: it costs a lookup 30 ns.
 */
uint64_t audit_tag(const uint8_t key[AUDIT_TAG_KEY_BYTES], enum audit_tag what,
	const void *data, size_t size);
uint64_t audit_siphash(
	const uint8_t key[AUDIT_TAG_KEY_BYTES], const void *data, size_t size);

enum {
	AUDIT_INCOMPLETE = 1, /* the answer was */
	AUDIT_MORE = 2,       /* there was more than was returned, or than is listed */
	AUDIT_CUT = 4,        /* what was asked is not here whole */
	AUDIT_PACKED = 8,     /* what was asked: one Query; else a whole payload */
	AUDIT_LOCAL = 16      /* over the local socket */
};

#define AUDIT_RECORDS_MAX 256

/*
 * Text and ids are borrowed.  What is empty or 0 takes no room.  secret is what was
 * asked: it stands apart, encrypted.
 */
struct audit_entry {
	uint8_t kind;
	uint8_t flags;
	int64_t at_us;
	uint32_t took_us;
	uint16_t error;   /* positive code of include/cordon/error.h; 0: none */
	uint16_t message; /* enum message_type of the request */
	uint8_t role;
	uint8_t purpose, direction, verdict;
	uint8_t query; /* enum cordon_query_type, or item type of a submission */
	uint8_t outcome;
	uint64_t tags[AUDIT_TAGS]; /* 0: none */
	uint64_t version;
	struct bytes who; /* URI */
	struct bytes officer, checkpoint, address, lookup;
	struct bytes id;     /* of the record that is shown, or changed */
	struct bytes fields; /* changed ones, "person.names reason" */
	struct bytes text;
	struct bytes old_hash, new_hash; /* of sealed bytes: HASH_BYTES or empty */
	/* returned: ids with their lengths before them, as they stand in the entry */
	struct bytes records;
	uint16_t records_count;
	struct bytes secret; /* clear when it is written */
};

/* What it takes at most, the secret aside. */
size_t audit_entry_bytes(const struct audit_entry *entry);
/* Returns how many bytes it wrote; out holds audit_entry_bytes. */
size_t audit_entry_write(const struct audit_entry *entry, uint8_t *out);

/*
 * Reads one entry at the start of plain; *size: how much it took; *secret_bytes: of the
 * part's secrets that follow those of the entries before it.  secret is left empty.
 * False: no entry.
 */
bool audit_entry_read(struct bytes plain, struct audit_entry *entry, size_t *size,
	uint32_t *secret_bytes);

/* For records: writes one id behind the others; false: no room.  used: so far. */
bool audit_records_add(uint8_t *out, size_t size, size_t *used, struct bytes id);
/* Takes the first one off. */
struct bytes audit_records_next(struct bytes *records);

#define AUDIT_ENTRY_HEADER_BYTES 40
/* The largest whole entry, the secret aside. */
#define AUDIT_ENTRY_BYTES_MAX 32768

/*
 * A sum over one entry where it stands, which names the first altered one of a group
 * whose hash is wrong; the hash is what proves it.
 */
uint32_t audit_entry_sum(uint64_t place, struct bytes plain, struct bytes secret);
#define AUDIT_ENTRY_SUM_AT 4

#endif
