/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/repl/own_news.h"

#include <string.h>

#include "daemon/core/repl/heads.h"

enum own_news own_news(const struct list_copy *copy, const struct head *head)
{
	const struct head *own = &copy->head;
	int order = copy_head_order(head, own);

	if (heads_left(&copy->left, head)) {
		return OWN_NEWS_NONE;
	}
	if (own->sequence == 0) {
		return OWN_NEWS_BEHIND;
	}
	if (head->epoch.number < own->epoch.number && head->live_count > 0 &&
		!heads_related(own, head)) {
		return OWN_NEWS_LOST;
	}
	if (head->epoch.number == own->epoch.number &&
		(head->epoch.tag != own->epoch.tag ||
			(order == 0 &&
				memcmp(head->hash, own->hash, HASH_BYTES) != 0))) {
		return OWN_NEWS_FORK;
	}
	if (order <= 0) {
		return OWN_NEWS_NONE;
	}
	return head->epoch.number > own->epoch.number ? OWN_NEWS_LATER
						      : OWN_NEWS_BEHIND;
}

const struct head_base *own_base(const struct head *later, const struct epoch *epoch)
{
	for (size_t i = 0; i < later->bases_count; i++) {
		if (epoch_equal(&later->bases[i].epoch, epoch)) {
			return &later->bases[i];
		}
	}
	return NULL;
}

/*
 *   1. Theirs took over from our own epoch: at their base, if we got so far.
 *   2. Else from the latest epoch that both left: at the earlier of the two bases.
 */
bool own_common(const struct head *ours, const struct head *theirs, uint64_t *sequence)
{
	const struct head_base *base = own_base(theirs, &ours->epoch);

	if (base != NULL) { /* 1 */
		if (base->sequence > ours->sequence) {
			return false;
		}
		*sequence = base->sequence;
		return true;
	}
	for (size_t i = ours->bases_count; i > 0; i--) { /* 2 */
		const struct head_base *left = &ours->bases[i - 1];

		base = own_base(theirs, &left->epoch);
		if (base != NULL && base->sequence == left->sequence &&
			memcmp(base->hash, left->hash, HASH_BYTES) != 0) {
			return false;
		}
		if (base != NULL) {
			*sequence = left->sequence < base->sequence ? left->sequence
								    : base->sequence;
			return true;
		}
	}
	return false;
}

uint64_t own_opening(const struct head *head)
{
	uint64_t opening = 0;

	for (size_t i = 0; i < head->bases_count; i++) {
		if (head->bases[i].sequence > opening) {
			opening = head->bases[i].sequence;
		}
	}
	return opening;
}
