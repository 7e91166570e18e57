/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/complaint.h"

#include "daemon/base/clock.h"

void complaint_send(struct peer *peer, struct log_quota *quota,
	const struct list_id *list, int error, const char *text)
{
	Cordon__Complaint message = CORDON__COMPLAINT__INIT;
	Cordon__ListId list_message;
	uint64_t left_out;

	if (!log_quota_take(quota, clock_mono(), &left_out)) {
		return;
	}
	list_to_message(list, &list_message);
	message.list = &list_message;
	message.code = (uint32_t)-error;
	message.text = message_data(text);
	peer_send(peer, MESSAGE_COMPLAINT, 0, &message.base);
}
