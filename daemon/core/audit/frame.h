/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_AUDIT_FRAME_H
#define CORE_AUDIT_FRAME_H

#include "daemon/core/audit/entry.h"
#include "proto/envelope.h"
#include "proto/head.h"

/*
 * The log is one chain of frames, cut into segment files: each frame holds the hash of
 * the one before.  A segment begins with SEGMENT and ends with a signed CHECKPOINT;
 * between them stand GROUPs of entries, synced together, and a CHECKPOINT now and then.
 *
 * A group keeps its entries in parts by class, and its hash is over the parts' hashes:
 * a part whose time is over can go, and the chain still holds.
 */
enum audit_type {
	AUDIT_SEGMENT = 1,
	AUDIT_GROUP,
	AUDIT_CHECKPOINT
};

enum audit_reason {
	AUDIT_INTERVAL = 1,
	AUDIT_END,      /* the segment ends with it */
	AUDIT_RECOVERED /* so too, after the node had not ended in order */
};

struct audit_part {
	uint32_t entries;
	uint32_t plain_bytes, secret_bytes; /* the tag of the secrets aside */
	uint8_t hash[HASH_BYTES];           /* of what stands in the file */
	bool dropped;
	struct bytes plain, secret, tag; /* unless dropped */
};

struct audit_frame {
	enum audit_type type;
	uint64_t number; /* counts all frames, from 1 */
	uint8_t previous[HASH_BYTES];
	uint8_t hash[HASH_BYTES]; /* as it stands in the file */
	int64_t at_us;
	uint64_t entries; /* before this frame, in the whole log */
	struct bytes whole;
	/* SEGMENT, CHECKPOINT */
	uint64_t segment; /* counts from 1 */
	uint64_t oldest;  /* the oldest segment that is kept */
	/* SEGMENT */
	struct bytes node;     /* URI */
	struct bytes envelope; /* AUDIT_SECRET_BYTES, to the auditors */
	uint16_t keep_empty_days, keep_days;
	/* CHECKPOINT */
	enum audit_reason reason;
	struct bytes key_id, signature;
	/* GROUP */
	struct audit_part parts[AUDIT_CLASSES];
};

/* In the envelope: the key of the segment's boxes, then that of the tags. */
#define AUDIT_SECRET_BYTES (BOX_KEY_BYTES + AUDIT_TAG_KEY_BYTES)

#define AUDIT_FRAME_HEADER_BYTES 64
#define AUDIT_GROUP_FIXED_BYTES                                                        \
	(AUDIT_FRAME_HEADER_BYTES + AUDIT_CLASSES * (12 + HASH_BYTES) + HASH_BYTES)
/* Frames other than groups are no longer than this. */
#define AUDIT_FRAME_SMALL_MAX 4096

/*
 * Reads the frame at the start of data; everything in it is borrowed.  0: a frame,
 * frame->whole says how long; CORDON_ECLOSED: nothing but zeros follow, or nothing at
 * all; CORDON_ECORRUPT: no frame; CORDON_ETOOBIG: it goes on behind the end of data.
 * Neither hashes nor signature are checked.
 */
int audit_frame_read(struct bytes data, struct audit_frame *frame);

/* The hash as it must be. */
int audit_frame_hash(const struct audit_frame *frame, uint8_t hash[HASH_BYTES]);
/* The same of a part, from what stands in the file. */
int audit_part_hash(const struct audit_part *part, uint8_t hash[HASH_BYTES]);

/* The signature of a CHECKPOINT.  CORDON_ESIGNATURE. */
int audit_checkpoint_verify(const struct audit_frame *frame, const struct head_key *key,
	struct errmsg *msg);

/* ---- writing ----------------------------------------------------------------------
 */

/* Where a log's end is: what the next frame needs. */
struct audit_end {
	uint64_t number; /* of the last frame */
	uint8_t hash[HASH_BYTES];
	uint64_t entries;
	uint64_t segment, oldest;
};

/* Entries of one source, in order. */
struct audit_piece {
	struct bytes plain[AUDIT_CLASSES], secret[AUDIT_CLASSES];
	uint32_t entries[AUDIT_CLASSES];
};

size_t audit_group_bytes(const struct audit_piece *pieces, size_t count);
/* Writes audit_group_bytes to out, encrypts the secrets and moves *end on. */
int audit_group_write(struct audit_end *end, int64_t at_us,
	const struct audit_piece *pieces, size_t count, struct box *box, uint8_t *out);

/* Writes at most AUDIT_FRAME_SMALL_MAX bytes, moves *end on; *used tells how many.
 * frame: at_us, node, envelope and the keep_ days; the rest is *end's.  */
int audit_segment_write(struct audit_end *end, const struct audit_frame *frame,
	uint8_t *out, size_t *used);
int audit_checkpoint_write(struct audit_end *end, int64_t at_us,
	enum audit_reason reason, const struct head_key *key, uint8_t *out,
	size_t *used, struct errmsg *msg);

/*
 * Drops the part of a class from every group of a segment that is at or before
 * until_us: in place; returns what is left of size.  The segment must be whole.
 */
size_t audit_drop(
	uint8_t *segment, size_t size, enum audit_class which, int64_t until_us);

#endif
