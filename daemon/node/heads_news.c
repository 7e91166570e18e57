/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/heads_news.h"

#include <string.h>

#include "daemon/core/repl/serve.h"

/* A head remembered here that is the one the asker names, and that named it. */
static int remembered(struct store_txn *txn, const struct list_id *list,
	const struct heads_known *known, const struct state *member, bool *yes)
{
	struct bytes packed;
	struct head head;
	int error = store_head_at(
		txn, list, &known->mark.epoch, known->mark.sequence, &packed);

	*yes = error == 0 && packed.size > 0 && head_parse(packed, &head, NULL) == 0 &&
	       memcmp(head.hash, known->hash, HASH_BYTES) == 0 &&
	       head_shared_with(&head, member);
	return error;
}

struct ack_search {
	const struct heads_known *known;
	const struct state *member;
	bool found;
};

static bool is_acknowledged(void *context, const struct ack *ack)
{
	struct ack_search *search = context;
	const struct heads_known *known = search->known;

	search->found = ident_state_equal(&ack->node.member, search->member) &&
			epoch_equal(&ack->epoch, &known->mark.epoch) &&
			ack->sequence == known->mark.sequence &&
			memcmp(ack->head_hash, known->hash, HASH_BYTES) == 0;
	return !search->found;
}

static int held_indeed(struct store_txn *txn, const struct list_id *list,
	const struct heads_known *known, const struct state *member, bool *yes)
{
	struct ack_search search = { .known = known, .member = member };
	int error;

	*yes = known->sent;
	if (*yes) {
		return 0;
	}
	error = remembered(txn, list, known, member, yes);
	if (error == 0 && !*yes) {
		error = store_acks(txn, list, is_acknowledged, &search);
		*yes = search.found;
	}
	return error;
}

static bool later(
	const struct heads_mark *a, const struct heads_mark *b, bool with_time)
{
	if (a->epoch.number != b->epoch.number) {
		return a->epoch.number > b->epoch.number;
	}
	if (a->sequence != b->sequence) {
		return a->sequence > b->sequence;
	}
	return with_time && a->time_s > b->time_s;
}

static struct heads_mark mark_of(const struct head *head)
{
	return (struct heads_mark){ head->epoch, head->sequence, head->time_s };
}

/* The head that says that the sharing has ended is good here. */
static int ended(struct store_txn *txn, struct served *served, bool *yes)
{
	int error;

	if (served->copy.phase != COPY_UNSHARED) {
		return served_serves(txn, served, yes);
	}
	error = store_head_get(txn, &served->list, &served->packed);
	*yes = error == 0 && served->packed.size > 0;
	return error;
}

/* The one that ended the sharing with this node: to the owner, and to who holds an
 * older one. */
static int last_head(struct store_txn *txn, const struct heads_known *known,
	const struct state *member, struct served *served, bool *yes)
{
	struct heads_mark now = mark_of(&served->copy.head);
	bool holds = known->any && later(&now, &known->mark, false);

	return serve_tells(&served->copy, member, holds) ? ended(txn, served, yes) : 0;
}

int heads_news(struct store_txn *txn, const struct heads_known *known,
	const struct state *member, struct served *served, bool *yes)
{
	struct heads_mark now = mark_of(&served->copy.head);
	int error;

	*yes = false;
	if (served_shared(&served->copy, member)) { /* 1 */
		if (known->sent && !later(&now, &known->mark, true)) {
			return 0;
		}
		if (served->copy.phase == COPY_UNSHARED) {
			return last_head(txn, known, member, served, yes); /* 3 */
		}
		return served_serves(txn, served, yes);
	}
	if (!known->any || head_shared_with(&served->copy.head, member) ||
		!later(&now, &known->mark, false)) { /* 4 */
		return 0;
	}
	error = ended(txn, served, yes); /* 2 */
	return error == 0 && *yes ? held_indeed(txn, &served->list, known, member, yes)
				  : error;
}

void heads_sent(
	struct heads_known *known, const struct head *head, const struct state *member)
{
	known->any = true;
	known->sent = head_shared_with(head, member);
	known->mark = mark_of(head);
	memcpy(known->hash, head->hash, HASH_BYTES);
}
