/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <cordon/mrz.h>
#include "proto/entry.h"
#include "proto/head.h"

/* clang-format off */
/*
 * Every table, its key and its value.  Numbers are big-endian unless said otherwise, so
 * that keys sort as people count; native ones are LMDB's integer keys.
 *
 *   table      key                                    value
 *   meta       name                                   bytes
 *   lists      LIST                                   number:2 and more (lists.c)
 *   numbers    number:2                               LIST
 *   parts      LIST part:1                            a part of its state (lists.c)
 *   feed       REF, native                            row (row.h)
 *   ids        number:2 id                            REF:8
 *   stage      REF, native                            row
 *   stage_ids  number:2 id                            REF:8
 *   documents  1 skeleton of a document's number      REFs, native, sorted
 *              2 skeleton of a personal number        "
 *              3 length:1 skeleton of a block         "
 *   lengths    length:1                               41 counts:4 of blocks, by bytes
 *   postings   key of a word or date, native          born:4 signature:4 REF:8, sorted
 *   cards      REF, native                            card (match/card.h)
 *   due        1 owner:3 review day:8                 REFs, native, sorted
 *              2 owner:3 second of the end:8          "
 *   heads      LIST                                   packed head of the live rows
 *              LIST epoch number:8 tag:8 sequence:8   packed head, as first put
 *   evidence   LIST epoch number:8 sequence:8 hash:8  heads (evidence.c)
 *   acks       LIST URI of the node                   ack (acks.c)
 *   notes      id                                     text
 *   aside      LIST epoch number:8 tag:8 sequence:8   second:8 row (aside.c)
 *   held       batch:8 LIST id                        withdrawal (braked.c)
 *   pending    1 number:8 position:4                  change (pending.c)
 *              2 id                                   number:8 position:4
 *
 * LIST is owner:3 (NUL-padded) kind:2.  A list's number is given when its first row or
 * state is written, from 1, and never again to another.
 * REF is number << 48 | sequence: a row of the list, until its record changes.
 * Signed values (days, seconds) have their highest bit turned, so that they sort.
 */
/* clang-format on */
#define TABLES(X)                                                                      \
	X(META, meta, 0)                                                               \
	X(LISTS, lists, 0)                                                             \
	X(NUMBERS, numbers, 0)                                                         \
	X(PARTS, parts, 0)                                                             \
	X(FEED, feed, MDB_INTEGERKEY)                                                  \
	X(IDS, ids, 0)                                                                 \
	X(STAGE, stage, MDB_INTEGERKEY)                                                \
	X(STAGE_IDS, stage_ids, 0)                                                     \
	X(DOCUMENTS, documents, MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP)           \
	X(LENGTHS, lengths, 0)                                                         \
	X(POSTINGS, postings, MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED)             \
	X(CARDS, cards, MDB_INTEGERKEY)                                                \
	X(DUE, due, MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP)                       \
	X(HEADS, heads, 0)                                                             \
	X(EVIDENCE, evidence, 0)                                                       \
	X(ACKS, acks, 0)                                                               \
	X(NOTES, notes, 0)                                                             \
	X(ASIDE, aside, 0)                                                             \
	X(HELD, held, 0)                                                               \
	X(PENDING, pending, 0)

enum table {
#define TABLE_ENUM(symbol, name, flags) TABLE_##symbol,
	TABLES(TABLE_ENUM)
#undef TABLE_ENUM
	TABLE_COUNT
};

enum document_tag {
	TAG_DOCUMENT = 1,
	TAG_PERSONAL = 2,
	TAG_BLOCK = 3
};

enum due_tag {
	TAG_REVIEW = 1,
	TAG_END = 2
};

enum pending_tag {
	TAG_CHANGE = 1,
	TAG_CHANGED_ID = 2
};

#define KEY_MAX 128
#define LIST_KEY_BYTES 5
#define REF_BYTES 8
#define REF_SEQUENCE_MAX ((UINT64_C(1) << 48) - 1)

struct key {
	uint8_t data[KEY_MAX];
	uint8_t size;
};

/* A key as the bytes that the tables take; borrowed from key. */
struct bytes key_bytes(const struct key *key);
/* True when key begins with prefix. */
bool key_has_prefix(struct bytes key, struct bytes prefix);
/* True when a sorts behind b. */
bool key_after(struct bytes a, struct bytes b);

void key_list(struct key *key, const struct list_id *list);
bool key_list_read(struct bytes key, struct list_id *list);
void key_number(struct key *key, uint16_t number);
void key_part(struct key *key, const struct list_id *list, uint8_t part);
/* id: at most CORDON_ID_MAX bytes. */
void key_id(struct key *key, uint16_t number, struct bytes id);

/* Native, as in feed, stage and names, and as the REFs in the indexes. */
void key_native(struct key *key, uint64_t value);
bool key_native_read(struct bytes key, uint64_t *value);
/* Big-endian, as in ids. */
void ref_write(uint64_t ref, uint8_t out[REF_BYTES]);
bool ref_read(struct bytes value, uint64_t *ref);

static inline uint64_t ref_make(uint16_t number, uint64_t sequence)
{
	return (uint64_t)number << 48 | sequence;
}

static inline uint16_t ref_number(uint64_t ref)
{
	return (uint16_t)(ref >> 48);
}

static inline uint64_t ref_sequence(uint64_t ref)
{
	return ref & REF_SEQUENCE_MAX;
}

/* skeleton: at most CORDON_NUMBER_MAX bytes. */
void key_skeleton(struct key *key, enum document_tag tag, const char *skeleton);
/* Blocks of numbers that are length characters long and begin with the first bytes
 * of skeleton. */
void key_block(struct key *key, uint8_t length, const char *skeleton, size_t bytes);
void key_length(struct key *key, uint8_t length);

void key_due(
	struct key *key, enum due_tag tag, const struct state *owner, int64_t when);
/* The prefix of all of an owner's keys of one tag. */
void key_due_owner(struct key *key, enum due_tag tag, const struct state *owner);
bool key_due_read(struct bytes key, int64_t *when);

void key_head(struct key *key, const struct list_id *list, const struct epoch *epoch,
	uint64_t sequence);
/* By the first head's list, epoch and sequence, and a hash of all. */
void key_evidence(struct key *key, const struct head *head);
void key_held(
	struct key *key, uint64_t batch, const struct list_id *list, struct bytes id);
void key_pending(struct key *key, uint64_t number, uint32_t position);
void key_pending_id(struct key *key, struct bytes id);
void key_ack(struct key *key, const struct list_id *list, const struct identity *node);

#endif
