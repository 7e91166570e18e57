/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/heads.h"

#include <string.h>

#include "daemon/core/repl/rows.h"
#include "daemon/core/repl/simbug.h"

/* One epoch number with two tags, or one (epoch, sequence) with two contents. */
static bool contradict(const struct head *a, const struct head *b)
{
	if (a->epoch.number == 0 || a->epoch.number != b->epoch.number) {
		return false;
	}
	if (a->epoch.tag != b->epoch.tag) {
		return true;
	}
	return a->sequence == b->sequence && memcmp(a->hash, b->hash, HASH_BYTES) != 0;
}

/* What an epoch that is read already has left behind is no matter any more. */
static bool forked(const struct list_copy *copy, const struct head *head)
{
	if (copy_reads(copy) && copy->high.epoch.number > head->epoch.number) {
		return false;
	}
	return contradict(&copy->head, head) ||
	       (copy_reads(copy) && contradict(&copy->high, head));
}

static bool names(const struct head *head, uint64_t epoch_number)
{
	for (size_t i = 0; i < head->bases_count; i++) {
		if (head->bases[i].epoch.number == epoch_number) {
			return true;
		}
	}
	return false;
}

/* Where the history of a head begins, as far as it says. */
static uint64_t root_of(const struct head *head)
{
	return head->bases_count == 0 ? head->epoch.number
				      : head->bases[0].epoch.number;
}

/*
 *   1. One names the other's epoch, whatever its tag: forks are ended so.
 *   2. Both took over from the same.
 *   3. The bases that would tell have given way to later ones.
 *   4. The later one goes back further than the other does: that was begun anew beside
 *      it, and is what is to be left.
 */
bool heads_related(const struct head *a, const struct head *b)
{
	const struct head *later = a->epoch.number > b->epoch.number ? a : b;
	const struct head *earlier = later == a ? b : a;

	if (later->epoch.number == earlier->epoch.number ||
		names(later, earlier->epoch.number)) { /* 1 */
		return true;
	}
	for (size_t i = 0; i < earlier->bases_count; i++) { /* 2 */
		if (names(later, earlier->bases[i].epoch.number)) {
			return true;
		}
	}
	return (later->bases_count == HEAD_BASES_MAX && /* 3 */
		       earlier->epoch.number < later->bases[0].epoch.number) ||
	       root_of(later) < root_of(earlier); /* 4 */
}

bool heads_have_rows(const struct list_copy *copy)
{
	return copy_answers(copy) && copy->head.sequence != 0 && copy->live_count > 0;
}

bool heads_left(const struct epoch *left, const struct head *head)
{
	return left->number != 0 && root_of(head) >= left->number;
}

bool heads_strange(const struct head *held, bool rows, const struct epoch *left,
	const struct head *head)
{
	return heads_left(left, head) ||
	       (rows && head->epoch.number > held->epoch.number &&
		       !heads_related(head, held) && !SIM_BUG(follow_any_epoch));
}

/*
 * The owner ended the sharing: the rows go, the head that says so stays, and a later
 * one that says so again takes its place.
 */
static enum apply_result unshare(struct list_copy *copy, const struct feed *feed,
	const struct head *head, int *error)
{
	bool again = copy->phase == COPY_UNSHARED;
	int code;

	if (copy_head_order(head, copy_newest(copy)) <= 0) {
		return APPLY_STALE;
	}
	code = again ? 0 : rows_clear(copy, feed);
	if (code != 0) {
		*error = code;
		return APPLY_ERROR;
	}
	memset(copy, 0, sizeof(*copy));
	copy->phase = COPY_UNSHARED;
	copy->head = *head;
	return again ? APPLY_SAME : APPLY_UNSHARED;
}

/*
 *   1. It is of another list: the peer is wrong.
 *   2. Stopped lists take nothing but a new epoch.
 *   3. It contradicts what is held: evidence, whatever else it says.
 *   4. Its epoch goes back to nothing that is held: an owner's accident, not followed.
 *   5. It does not name this member: the sharing has ended, if it is news.
 *   6. It names this member again after the end, if it is news.
 */
enum apply_result heads_take(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error)
{
	if (!ident_list_equal(&head->list, &feed->list)) { /* 1 */
		return APPLY_BROKEN;
	}
	if (copy->phase == COPY_STOPPED &&
		head->epoch.number <= copy_stopped_epoch(copy)) { /* 2 */
		return APPLY_STALE;
	}
	if (forked(copy, head)) { /* 3 */
		return APPLY_FORK;
	}
	if (heads_strange(&copy->head, heads_have_rows(copy), &copy->left, head)) {
		return APPLY_STRANGE; /* 4 */
	}
	if (!head_shared_with(head, member)) { /* 5 */
		return unshare(copy, feed, head, error);
	}
	if (copy->phase == COPY_UNSHARED && !SIM_BUG(accept_after_end) &&
		copy_head_order(head, &copy->head) <= 0) { /* 6 */
		return APPLY_STALE;
	}
	return APPLY_PARTIAL;
}

enum apply_result apply_head(struct list_copy *copy, const struct feed *feed,
	const struct head *head, const struct state *member, int *error)
{
	enum apply_result result = heads_take(copy, feed, head, member, error);
	int news;

	if (result != APPLY_PARTIAL) {
		return result;
	}
	news = copy_head_order(head, &copy->head);
	if (news > 0) {
		return APPLY_PARTIAL;
	}
	/* while a stage is moved in, what is kept with the rows is of the next head */
	if (news < 0 || head->time_s <= copy->head.time_s ||
		copy->phase == COPY_MOVING ||
		memcmp(head->hash, copy->head.hash, HASH_BYTES) != 0) {
		return APPLY_STALE;
	}
	copy->head.time_s = head->time_s;
	return APPLY_SAME;
}

bool heads_go_on(const struct list_copy *copy, const struct head *head)
{
	if (epoch_equal(&copy->head.epoch, &head->epoch)) {
		return true;
	}
	for (size_t i = 0; i < head->bases_count; i++) {
		const struct head_base *base = &head->bases[i];

		if (epoch_equal(&base->epoch, &copy->head.epoch) &&
			base->sequence == copy->head.sequence &&
			memcmp(base->hash, copy->head.hash, HASH_BYTES) == 0) {
			return true;
		}
	}
	return false;
}

/* What is half done is ended first: a stage that is being moved in was signed. */
static int end_read(struct list_copy *copy, const struct feed *feed)
{
	enum apply_result result = APPLY_VERIFIED;
	int error = 0;

	switch (copy->phase) {
	case COPY_EMPTY:
	case COPY_LOADING:
		/* nothing answers; what ended an earlier sharing is not forgotten */
		copy->high = copy->head;
		memset(&copy->head, 0, sizeof(copy->head));
		return rows_clear(copy, feed);
	case COPY_STAGING:
		return feed->ops->clear(feed->context, FEED_STAGE);
	case COPY_MOVING:
		result = apply_move(copy, feed, SIZE_MAX, &error);
		break;
	case COPY_FOLLOWING:
	case COPY_UNSHARED:
	case COPY_STOPPED:
		break;
	}
	if (result == APPLY_MISMATCH) {
		copy->mixed = true;
		error = feed->ops->clear(feed->context, FEED_STAGE);
	}
	return error;
}

enum apply_result apply_stop(struct list_copy *copy, const struct feed *feed,
	const struct epoch *epoch, int *error)
{
	int code;

	if (copy_newest(copy)->epoch.number > epoch->number) {
		return APPLY_SAME;
	}
	code = end_read(copy, feed);
	if (code != 0) {
		*error = code;
		return APPLY_ERROR;
	}
	/* nothing is held of an unshared list, and nothing taken that is not news */
	if (copy->phase != COPY_UNSHARED) {
		copy->phase = COPY_STOPPED;
		if (copy_stopped_epoch(copy) < epoch->number) {
			copy->read_epoch = *epoch;
		}
	}
	return APPLY_FORK;
}
