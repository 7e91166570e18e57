/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REPL_REPAIR_H
#define CORE_REPL_REPAIR_H

#include "daemon/core/repl/patch.h"

/*
 * Finding out what differs between an own copy and a peer's, and making a patch of it,
 * with little traffic.  Pure: the carrier does what repair_step says, and hands in what
 * came of it.
 *
 *   1. Ids that are known to be suspect are fetched at once: rows whose bytes were
 * found damaged, rows beyond the base of a new epoch.  If the patch fits, that was all.
 *   2. Else digests of ranges of ids are compared, and those that differ are divided,
 *      until few rows are left in them; of these the marks (short hashes) are compared,
 *      and what differs is fetched.  One row among 1,000,000 takes 256 ranges, 256
 * more, and a few marks: some 35 kB.
 *   3. A list that does not go on here meanwhile (not "stands", patch.h) is brought up
 *      to the peer's last head: what changed after the own head is pulled before the
 *      ranges are compared, so that it is left out there, and once more at the end.
 *
 * The peer's answers are evidence of nothing: a false one makes the patch fail or the
 * repair end.  Heads must be authentic; rounds, bytes and rows are bounded.  In the end
 * only the digest that the owner signed decides.
 */
#define REPAIR_BOUNDS_MAX 1023
#define REPAIR_ROWS_MAX 2048  /* that differ; more: a whole read */
#define REPAIR_MARKS_MAX 1024 /* rows in ranges whose marks are compared */
#define REPAIR_FETCH_MAX 48   /* ids in one request: 48 of the longest records fit */
#define REPAIR_LEVELS_MAX 6
#define REPAIR_ROUNDS_MAX 160
#define REPAIR_BYTES_MAX (32u * 1024 * 1024) /* of answers */

enum repair_step {
	/* Tell all own live rows behind read_after, in the order of their sequences,
	 * from the snapshot that the repair began with: repair_row, repair_unreadable;
	 * then repair_read_end. */
	REPAIR_READ,
	REPAIR_ASK_RANGES, /* bounds, only, up_to; then repair_ranges */
	REPAIR_ASK_MARKS,  /* the same; then repair_marks */
	REPAIR_ASK_FETCH,  /* ids; then repair_fetched */
	REPAIR_ASK_PULL,   /* after, in epoch, without waiting; then repair_pulled */
	REPAIR_APPLY,      /* patch; then repair_applied */
	REPAIR_DONE,
	REPAIR_FAILED /* why */
};

struct repair_id {
	uint8_t size;
	char text[CORDON_ID_MAX];
};

struct repair_mark {
	struct repair_id id;
	uint64_t sequence; /* own ones */
	uint64_t mark;
};

struct repair_range {
	struct digest digest;
	uint64_t count;
	bool asked; /* lies where something differs */
};

/* What a peer says of one range. */
struct repair_told {
	uint64_t count;
	const uint8_t *digest; /* HASH_BYTES */
};

/* Some 3 MB; the carrier's memory.  What is not said to be read is the inside. */
struct repair {
	enum repair_step step; /* to be read */
	const char *why;       /* FAILED: to be read */
	struct list_id list;
	struct epoch epoch; /* of the peer's head: of all questions */
	bool stands;
	bool compared;           /* the ranges were, or are being, compared */
	int64_t erased_before_s; /* a live row that ended before may come erased */
	struct list_copy own;

	/* READ */
	uint64_t read_after; /* to be read */
	enum repair_reading {
		REPAIR_READ_BEYOND,
		REPAIR_READ_SAMPLE,
		REPAIR_READ_DIGESTS,
		REPAIR_READ_MARKS
	} reading;

	/* ASK_RANGES, ASK_MARKS: to be read.  only: of bounds_count + 1 ranges. */
	struct repair_id bounds[REPAIR_BOUNDS_MAX];
	size_t bounds_count;
	struct repair_range ranges[REPAIR_BOUNDS_MAX + 1];
	uint64_t up_to;
	unsigned levels;

	/* The next level's bounds: every sample_every-th id. */
	struct repair_id sample[4 * (REPAIR_BOUNDS_MAX + 1)];
	size_t sample_count;
	uint64_t sample_every, sample_seen;

	/* What own rows sum up to. */
	struct digest summed;
	uint64_t summed_live;
	struct patch_correction correction;

	struct repair_mark marks[REPAIR_MARKS_MAX];
	size_t marks_count;

	/* ASK_FETCH: ids[0 … ids_count), to be read, out of wanted. */
	const struct repair_id *ids;
	size_t ids_count;
	struct repair_id wanted[REPAIR_ROWS_MAX]; /* sorted once they are asked for */
	size_t wanted_count, wanted_at;

	/* ASK_PULL: to be read. */
	uint64_t after;
	bool pulled;      /* before the ranges */
	struct head head; /* the last told */

	/* APPLY: to be read. */
	struct patch patch;
	struct entry entries[APPLY_ENTRIES_MAX]; /* sorted by id */
	size_t entries_count;
	uint64_t gone[APPLY_ENTRIES_MAX];
	size_t gone_count;

	unsigned rounds;
	size_t bytes;
};

/*
 * Begins.  copy: as it stands in the snapshot that is read, one that answers and is not
 * MOVING; head: an authentic one that the peer holds.  CORDON_ENOTFOUND when the two
 * have no common past: a head lower than the own one, another epoch that did not take
 * over from the own one.  The first step is made by repair_start.
 */
int repair_begin(struct repair *repair, const struct list_copy *copy,
	const struct head *head, bool stands, int64_t erased_before_s);

/* Before repair_start: what a scrub found.  A row whose bytes are not those of its hash
 * … */
void repair_suspect(struct repair *repair, struct bytes id, uint64_t sequence);
/* … what the damage is (none for bytes alone) … */
void repair_correct(struct repair *repair, const struct patch_correction *correction);
/* … and, also while rows are read, what stands at sequence and cannot be read. */
void repair_unreadable(struct repair *repair, uint64_t sequence);

void repair_start(struct repair *repair);

/* READ.  0, or CORDON_EINTERNAL of libcrypto. */
int repair_row(struct repair *repair, const struct entry *row);
void repair_read_end(struct repair *repair);

/*
 * Answers, with their authentic heads and their sizes.  Entries' bytes must last until
 * the end of the repair.  None of them fails: the step says what comes of it.
 */
void repair_ranges(struct repair *repair, const struct head *head,
	const struct repair_told *ranges, size_t count, size_t bytes);
void repair_marks(struct repair *repair, const struct head *head,
	const struct repair_mark *marks, size_t count, size_t bytes);
void repair_fetched(struct repair *repair, const struct head *head,
	const struct entry *entries, size_t count, size_t bytes);
void repair_pulled(struct repair *repair, const struct chunk *chunk, size_t bytes);
/* The peer refused, or the link is gone. */
void repair_refused(struct repair *repair, const char *why);

/* What apply_patch said. */
void repair_applied(struct repair *repair, enum apply_result result);

/* The mark of an entry, and where ids sort: also what a peer that serves needs. */
int repair_mark_of(
	const struct list_id *list, const struct entry *entry, uint64_t *mark);
int repair_id_order(struct bytes a, struct bytes b);

#endif
