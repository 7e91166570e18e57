/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/aside.h"

#include <string.h>

#include "daemon/base/clock.h"

#define MARK_BYTES 24

struct mark {
	struct epoch epoch;
	uint64_t from;
};

/* ---- the mark -----------------------------------------------------------------------
 */

static void mark_name(char name[32], const struct list_id *list)
{
	snprintf(name, 32, "given-up:%u", (unsigned)list->kind);
}

static int get_mark(struct store_txn *txn, const struct list_id *list,
	struct mark *mark, bool *marked)
{
	struct bytes value;
	struct reader r;
	char name[32];
	bool found;
	int error;

	*marked = false;
	mark_name(name, list);
	error = store_meta_get(txn, name, &value, &found);
	if (error != 0 || !found || value.size != MARK_BYTES) {
		return error;
	}
	reader_init(&r, value.data, value.size);
	mark->epoch.number = reader_u64(&r);
	mark->epoch.tag = reader_u64(&r);
	mark->from = reader_u64(&r);
	*marked = true;
	return 0;
}

static int put_mark(
	struct store_txn *txn, const struct list_id *list, const struct mark *mark)
{
	uint8_t value[MARK_BYTES];
	struct writer w;
	char name[32];

	mark_name(name, list);
	writer_init(&w, value, sizeof(value));
	writer_u64(&w, mark->epoch.number);
	writer_u64(&w, mark->epoch.tag);
	writer_u64(&w, mark->from);
	return store_meta_put(txn, name, (struct bytes){ value, w.used });
}

int aside_unmark(struct store_txn *txn, const struct list_id *list)
{
	char name[32];
	struct bytes value;
	bool found;
	int error;

	mark_name(name, list);
	error = store_meta_get(txn, name, &value, &found);
	return error != 0 || !found || value.size == 0
		       ? error
		       : store_meta_put(txn, name, (struct bytes){ NULL, 0 });
}

/* ---- 1 ------------------------------------------------------------------------------
 */

struct acknowledged {
	const struct head *head;
	uint64_t up_to;
};

static bool note_ack(void *context, const struct ack *ack)
{
	struct acknowledged *acknowledged = context;

	if (epoch_equal(&ack->epoch, &acknowledged->head->epoch) &&
		ack->sequence > acknowledged->up_to) {
		acknowledged->up_to = ack->sequence;
	}
	return true;
}

static int mark_list(struct store_txn *txn, const struct list_id *list, bool forked)
{
	struct list_copy copy;
	struct acknowledged acknowledged = { &copy.head, 0 };
	struct mark mark;
	bool found;
	int error = store_list_get(txn, list, &copy, &found);

	if (error != 0 || !found || copy.head.sequence == 0) {
		return error;
	}
	acknowledged.up_to = own_opening(&copy.head);
	if (!forked) {
		error = store_acks(txn, list, note_ack, &acknowledged);
	}
	mark.epoch = copy.head.epoch;
	mark.from = acknowledged.up_to;
	return error == 0 ? put_mark(txn, list, &mark) : error;
}

int aside_mark(
	struct node *node, struct store_txn *txn, bool forked, struct errmsg *msg)
{
	for (uint16_t kind = 1; kind <= CORDON_KIND_INVALID_DOCUMENT; kind++) {
		struct list_id list = { .owner = node->config->node.member,
			.kind = kind };

		if (mark_list(txn, &list, forked) != 0) {
			return store_txn_error(txn, msg);
		}
	}
	return 0;
}

/* ---- 2 ------------------------------------------------------------------------------
 */

static int put(struct store_txn *txn, const struct list_id *list,
	const struct epoch *epoch, const struct entry *row)
{
	const struct store_aside aside = { .list = *list,
		.epoch = *epoch,
		.kept_at_s = wall_s(clock_wall()),
		.entry = *row };

	return store_aside_put(txn, &aside);
}

static int put_behind(struct store_txn *txn, const struct list_copy *copy,
	const struct feed *feed, uint64_t after)
{
	struct entry row;
	bool found = true;
	int error = 0;

	while (error == 0 && found) {
		error = feed->ops->next(feed->context, FEED_LIVE, after, &row, &found);
		if (error == 0 && found) {
			after = row.sequence;
			error = put(txn, &feed->list, &copy->head.epoch, &row);
		}
	}
	return error;
}

/* Does the later epoch take over at a head that this node signed?  *yes false also when
 * that is not known any more; *forked: it is another one. */
static int is_ours(struct store_txn *txn, const struct list_copy *copy,
	const struct head *later, bool *yes, bool *forked)
{
	const struct head_base *base = own_base(later, &copy->head.epoch);
	struct bytes packed = { NULL, 0 };
	struct head head;
	int error = 0;

	*forked = false;
	*yes = base == NULL; /* from an earlier epoch on, which both left */
	if (base != NULL && base->sequence == 0) {
		*yes = true; /* nothing of ours goes on */
	} else if (base != NULL) {
		error = store_head_at(
			txn, &copy->head.list, &base->epoch, base->sequence, &packed);
	}
	if (error == 0 && packed.size > 0 && head_parse(packed, &head, NULL) == 0) {
		*yes = memcmp(head.hash, base->hash, HASH_BYTES) == 0;
		*forked = !*yes;
	}
	return error;
}

static int settle(struct store_txn *txn, const struct list_copy *copy,
	const struct feed *feed, const struct head *later)
{
	struct mark all = { copy->head.epoch, own_opening(&copy->head) };
	bool ours, forked;
	uint64_t common;
	int error = is_ours(txn, copy, later, &ours, &forked);

	if (error == 0 && forked) {
		return put_mark(txn, &feed->list, &all);
	}
	if (error != 0 || !ours || !own_common(&copy->head, later, &common)) {
		return error;
	}
	error = put_behind(txn, copy, feed, common);
	return error == 0 ? aside_unmark(txn, &feed->list) : error;
}

int aside_all(
	struct store_txn *txn, const struct list_copy *copy, const struct feed *feed)
{
	return put_behind(txn, copy, feed, 0);
}

int aside_settle(struct store_txn *txn, const struct list_copy *copy,
	const struct feed *feed, const struct head *later, struct errmsg *msg)
{
	struct mark mark;
	bool marked;
	int error = get_mark(txn, &feed->list, &mark, &marked);

	if (error == 0 && marked && epoch_equal(&mark.epoch, &copy->head.epoch) &&
		copy_answers(copy) && copy->phase != COPY_MOVING &&
		own_news(copy, later) == OWN_NEWS_LATER) {
		error = settle(txn, copy, feed, later);
	}
	return error == 0 ? 0 : store_txn_error(txn, msg);
}

int aside_verified(struct store_txn *txn, const struct list_copy *copy)
{
	struct mark mark;
	bool marked;
	int error = get_mark(txn, &copy->head.list, &mark, &marked);

	return error == 0 && marked && copy->phase == COPY_FOLLOWING && !copy->mixed
		       ? aside_unmark(txn, &copy->head.list)
		       : error;
}

/* ---- 3 ------------------------------------------------------------------------------
 */

static bool same(const struct entry *a, const struct entry *b)
{
	return a->version == b->version && a->state == b->state &&
	       memcmp(a->sealed_hash, b->sealed_hash, HASH_BYTES) == 0;
}

/* At the end of a move the new list's own tombstones are purged: nothing is left of the
 * stage. */
static int is_purge(struct aside_wrap *wrap, bool *yes)
{
	struct entry row;
	bool found;
	int error = 0;

	*yes = false;
	if (wrap->copy->phase == COPY_MOVING && !wrap->copy->whole) {
		error = wrap->inner.ops->next(
			wrap->inner.context, FEED_STAGE, 0, &row, &found);
		*yes = error == 0 && !found;
	}
	return error;
}

/* The live row of id goes; by takes its place, NULL: perhaps one of the stage. */
static int keep(struct aside_wrap *wrap, struct bytes id, const struct entry *by)
{
	const struct feed *inner = &wrap->inner;
	struct entry live, staged;
	bool found, purge, has = by != NULL;
	int error = is_purge(wrap, &purge);

	if (error == 0 && !purge) {
		error = inner->ops->find(inner->context, FEED_LIVE, id, &live, &found);
	}
	if (error != 0 || purge || !found || live.sequence <= wrap->from) {
		return error;
	}
	if (by == NULL) {
		error = inner->ops->find(inner->context, FEED_STAGE, id, &staged, &has);
		by = &staged;
	}
	if (error != 0 || (has && same(&live, by))) {
		return error;
	}
	return put(wrap->txn, &inner->list, &wrap->epoch, &live);
}

static int wrap_find(void *context, enum feed_area area, struct bytes id,
	struct entry *row, bool *found)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->find(wrap->inner.context, area, id, row, found);
}

static int wrap_next(void *context, enum feed_area area, uint64_t after,
	struct entry *row, bool *found)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->next(wrap->inner.context, area, after, row, found);
}

static int wrap_put(void *context, enum feed_area area, const struct entry *row)
{
	struct aside_wrap *wrap = context;
	int error = area == FEED_LIVE ? keep(wrap, row->id, row) : 0;

	return error == 0 ? wrap->inner.ops->put(wrap->inner.context, area, row)
			  : error;
}

static int wrap_remove(void *context, enum feed_area area, struct bytes id)
{
	struct aside_wrap *wrap = context;
	int error = area == FEED_LIVE ? keep(wrap, id, NULL) : 0;

	return error == 0 ? wrap->inner.ops->remove(wrap->inner.context, area, id)
			  : error;
}

static int wrap_promote(void *context, uint64_t sequence)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->promote(wrap->inner.context, sequence);
}

static int wrap_clear(void *context, enum feed_area area)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->clear(wrap->inner.context, area);
}

static int wrap_locate(void *context, struct bytes id, uint64_t *sequence, bool *found)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->locate(wrap->inner.context, id, sequence, found);
}

static int wrap_peek(void *context, uint64_t sequence, struct entry *row, bool *found)
{
	struct aside_wrap *wrap = context;

	return wrap->inner.ops->peek(wrap->inner.context, sequence, row, found);
}

/* What is no row any more cannot be kept. */
static int wrap_scrap(void *context, struct bytes id, uint64_t sequence)
{
	struct aside_wrap *wrap = context;
	struct entry row;
	bool found = false;
	int error = 0;

	if (sequence > wrap->from) {
		error = wrap_peek(wrap, sequence, &row, &found);
	}
	if (error == 0 && found) {
		error = put(wrap->txn, &wrap->inner.list, &wrap->epoch, &row);
	}
	return error == 0 ? wrap->inner.ops->scrap(wrap->inner.context, id, sequence)
			  : error;
}

static const struct feed_ops wrap_ops = {
	.find = wrap_find,
	.next = wrap_next,
	.put = wrap_put,
	.remove = wrap_remove,
	.promote = wrap_promote,
	.clear = wrap_clear,
	.locate = wrap_locate,
	.peek = wrap_peek,
	.scrap = wrap_scrap,
};

int aside_feed(struct aside_wrap *wrap, struct store_txn *txn,
	const struct list_copy *copy, const struct feed *inner, struct feed *outer,
	bool *marked)
{
	struct mark mark = { .from = 0 };
	int error = get_mark(txn, &inner->list, &mark, marked);

	if (error != 0) {
		return error;
	}
	*outer = *inner;
	if (*marked) {
		*wrap = (struct aside_wrap){ .inner = *inner,
			.txn = txn,
			.copy = copy,
			.epoch = mark.epoch,
			.from = mark.from };
		outer->ops = &wrap_ops;
		outer->context = wrap;
	}
	return 0;
}
