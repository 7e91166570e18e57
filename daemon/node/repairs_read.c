/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/repairs_private.h"

#include <stddef.h>

/* Own rows, on a thread of their own: a large list takes seconds. */

static int read_rows(struct repairs *repairs)
{
	uint64_t after = repairs->repair->read_after;

	while (!atomic_load(&repairs->end_reading)) {
		struct store_walked walked;
		int error =
			store_walk(repairs->txn, &repairs->now.list, after, &walked);

		if (error != 0 || !walked.found) {
			return error == 0 ? 0
					  : store_txn_error(
						    repairs->txn, &repairs->read_text);
		}
		after = walked.sequence;
		if (walked.readable) {
			error = repair_row(repairs->repair, &walked.entry);
		} else {
			repair_unreadable(repairs->repair, walked.sequence);
		}
		if (error != 0) {
			return errmsg_set(
				&repairs->read_text, error, "digest of an entry");
		}
	}
	return CORDON_ESHUTDOWN;
}

static void *run(void *context)
{
	struct repairs *repairs = context;

	repairs->read_error = read_rows(repairs);
	mailbox_post(repairs->node->mailbox, &repairs->read_letter);
	return NULL;
}

static void deliver(struct letter *letter)
{
	struct repairs *repairs =
		(struct repairs *)((char *)letter -
				   offsetof(struct repairs, read_letter));

	if (repairs->reading) {
		pthread_join(repairs->thread, NULL);
		repairs->reading = false;
	}
	if (repairs->stopped) {
		return;
	}
	if (repairs->read_error != 0) {
		repair_refused(repairs->repair,
			errmsg_text(&repairs->read_text, repairs->read_error));
	} else {
		repair_read_end(repairs->repair);
	}
	repairs_turn(repairs);
}

int repairs_read(struct repairs *repairs)
{
	repairs->read_letter.deliver = deliver;
	repairs->read_text.text[0] = '\0';
	if (pthread_create(&repairs->thread, NULL, run, repairs) != 0) {
		return CORDON_ENOMEM;
	}
	repairs->reading = true;
	return 0;
}

void repairs_read_stop(struct repairs *repairs)
{
	if (repairs->reading) {
		atomic_store(&repairs->end_reading, true);
		pthread_join(repairs->thread, NULL);
		repairs->reading = false;
	}
}
