/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "daemon/base/clock.h"
#include "daemon/node/complaint.h"
#include "daemon/node/replicator.h"
#include "daemon/node/served.h"

/* A peer complains of what this node serves.  Of lists that it may not have, nothing is
 * said at all. */

static int check_shared(struct store_txn *txn, const struct state *member,
	const struct list_id *list, bool *yes, struct errmsg *msg)
{
	struct list_copy copy;
	bool found;

	if (store_list_get(txn, list, &copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	*yes = found && served_shared(&copy, member);
	return 0;
}

/* Others can provoke the line at will. */
static void tell(struct request *request, const struct list_id *list, int error,
	const char *text)
{
	struct serve_state *state = &request->service->serve;
	char list_text[LIST_TEXT_MAX], uri[IDENT_URI_MAX];
	uint64_t left_out;

	if (state->complaints.max == 0) {
		log_quota_init(&state->complaints, COMPLAINT_QUOTA);
	}
	if (!log_quota_take(&state->complaints, clock_mono(), &left_out)) {
		return;
	}
	if (left_out > 0) {
		log_warning("%" PRIu64 " more complaints of peers were counted only",
			left_out);
	}
	ident_list_text(list, list_text);
	ident_uri_text(&request->asker->identity, uri);
	log_warning("%s: %s complains of what this node serves (%s): %s; \"cordonctl "
		    "verify --list %s\" tells whether this copy is sound",
		list_text, uri, cordon_error_name(error), text, list_text);
}

int handle_complaint(struct request *request, struct errmsg *msg)
{
	const Cordon__Complaint *message = (const Cordon__Complaint *)request->message;
	struct node *node = request->service->node;
	const char *text;
	struct list_id list;
	struct store_txn *txn;
	bool bad = false, yes = false;
	int error = served_list(message->list, &list, msg);

	text = message_text(message->text, request->arena, &bad);
	if (error == 0 && (bad || message->text.len > COMPLAINT_TEXT_MAX ||
				  message->code == 0 || message->code > INT32_MAX)) {
		error = errmsg_set(msg, CORDON_EPROTO,
			"a complaint without a code, or with a text that is none");
	}
	if (error == 0) {
		error = request_txn(request, &txn, msg);
	}
	if (error == 0) {
		error = check_shared(txn, request_member(request), &list, &yes, msg);
	}
	if (error == 0 && yes) {
		atomic_fetch_add(&node->counters.complaints, 1);
		replicator_complained(node->replicator, &request->asker->identity);
		tell(request, &list, -(int)message->code,
			text == NULL ? "it gives no reason" : text);
	}
	return error;
}
