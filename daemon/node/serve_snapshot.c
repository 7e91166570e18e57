/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/serve_snapshot.h"

#include "daemon/base/clock.h"

int snapshot_open(struct service *service, struct store_txn **txn, struct errmsg *msg)
{
	int error;

	if (service->serve.snapshots >= SNAPSHOTS_PER_WORKER) {
		return errmsg_set(msg, CORDON_EBUSY,
			"%d long answers are under way; try again when one is done",
			SNAPSHOTS_PER_WORKER);
	}
	error = store_read_begin(service->node->store, txn, msg);
	if (error == 0) {
		service->serve.snapshots++;
	}
	return error;
}

void snapshot_close(struct service *service, struct store_txn *txn)
{
	if (txn == NULL) {
		return;
	}
	store_read_end(txn);
	service->serve.snapshots--;
}

struct mono snapshot_slice(void)
{
	return (struct mono){ clock_mono().us + SNAPSHOT_SLICE_US };
}

bool snapshot_slice_over(struct mono until)
{
	return clock_mono().us >= until.us;
}
