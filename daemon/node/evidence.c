/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/evidence.h"

#include "daemon/base/log.h"

static void tell(const struct evidence_case *found)
{
	const struct evidence *evidence = found->evidence;
	const struct head *last = evidence->heads[evidence->count - 1];
	char list[LIST_TEXT_MAX], hash[2 * HASH_BYTES + 1];

	ident_list_text(&last->list, list);
	for (size_t i = 0; i < evidence->count; i++) {
		const struct head *head = evidence->heads[i];

		bytes_to_hex(head->hash, HASH_BYTES, hash);
		log_error(
			"%s: evidence (%s): head of epoch %llu, sequence %llu, signed "
			"at %lld, hash %s",
			list, evidence_kind_text(evidence->kind),
			(unsigned long long)head->epoch.number,
			(unsigned long long)head->sequence, (long long)head->time_s,
			hash);
	}
	log_error("%s: the %zu heads above, all signed by %s, contradict each other; "
		  "brought by %s; kept for \"cordonctl verify --evidence\"",
		list, evidence->count, last->list.owner.code, found->from);
}

int evidence_keep(struct store_txn *txn, struct list_copy *copy,
	const struct evidence_case *found, enum apply_result *result,
	struct errmsg *msg)
{
	const struct head *first = found->evidence->heads[0];
	enum apply_result stopped = APPLY_SAME;
	struct feed feed;
	bool added = false;
	int failed = 0;
	int error = store_evidence_put(txn, first, found->packed, &added);

	if (error == 0) {
		error = store_feed(txn, &first->list, &feed);
	}
	if (error == 0 && found->follows) {
		stopped = apply_stop(copy, &feed, &first->epoch, &failed);
	}
	if (stopped == APPLY_ERROR) {
		return errmsg_set(msg, failed, "stop the list");
	}
	if (error == 0 && stopped == APPLY_FORK) {
		error = store_list_put(txn, &first->list, copy);
	}
	if (error != 0) {
		return store_txn_error(txn, msg);
	}
	if (added) {
		tell(found);
	}
	*result = stopped;
	return 0;
}
