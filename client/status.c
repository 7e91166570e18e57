/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_private.h"
#include "client/reading.h"

static void read_list(struct reading *r, const Cordon__Control__ListStatus *m,
	int64_t now_s, struct cordon_list_status *list)
{
	*list = (struct cordon_list_status){
		.list = reading_list(r, m->list),
		.epoch = m->epoch == NULL ? 0 : m->epoch->number,
		.epoch_tag = m->epoch == NULL ? 0 : m->epoch->tag,
		.sequence = m->sequence,
		.live = m->live,
		.digest = reading_hash(r, m->digest),
		.head_time_s = m->head_time_s,
		.age_s = reading_age_s(r, m->head_time_s, now_s),
		.verified = reading_verified(r, m->verified),
		.state = reading_text(r, m->state),
		.floor = m->floor,
		.shared_with = reading_texts(r, m->shared_with, m->n_shared_with),
		.shared_with_count = m->n_shared_with,
		.not_understood = m->not_understood,
		.loaded_sequence = m->loaded_sequence,
	};
}

static void read_lists(struct reading *r, const Cordon__Control__StatusAnswer *message,
	struct cordon_status *status)
{
	size_t count = message->n_lists;
	struct cordon_list_status *lists = reading_array(r, count, sizeof(*lists));

	for (size_t i = 0; lists != NULL && i < count; i++) {
		read_list(r, message->lists[i], message->now_s, &lists[i]);
	}
	status->lists = lists;
	status->lists_count = count;
}

static void read_links(struct reading *r, const Cordon__Control__StatusAnswer *message,
	struct cordon_status *status)
{
	size_t count = message->n_links;
	struct cordon_link_status *links = reading_array(r, count, sizeof(*links));

	for (size_t i = 0; links != NULL && i < count; i++) {
		const Cordon__Control__LinkStatus *m = message->links[i];

		links[i] = (struct cordon_link_status){
			.peer = reading_text(r, m->peer),
			.address = reading_text(r, m->address),
			.state = reading_text(r, m->state),
			.error = reading_text(r, m->error),
			.lag = m->lag,
			.since_s = m->since_s,
			.retry_in_ms = m->retry_in_ms,
			.complaints = m->complaints,
		};
	}
	status->links = links;
	status->links_count = count;
}

static void read_members(struct reading *r,
	const Cordon__Control__StatusAnswer *message, struct cordon_status *status)
{
	size_t count = message->n_members;
	struct cordon_member_status *members =
		reading_array(r, count, sizeof(*members));

	for (size_t i = 0; members != NULL && i < count; i++) {
		const Cordon__Control__MemberStatus *m = message->members[i];

		members[i] = (struct cordon_member_status){
			.member = reading_mandatory(r, m->member),
			.last_seen_node = reading_text(r, m->last_seen_node),
			.newest_head_s = m->newest_head_s,
			.keys_until_s = m->keys_until_s,
		};
	}
	status->members = members;
	status->members_count = count;
}

static void read_expiries(struct reading *r,
	const Cordon__Control__StatusAnswer *message, struct cordon_status *status)
{
	size_t count = message->n_expiries;
	struct cordon_expiry *expiries = reading_array(r, count, sizeof(*expiries));

	for (size_t i = 0; expiries != NULL && i < count; i++) {
		const Cordon__Control__Expiry *m = message->expiries[i];

		expiries[i] = (struct cordon_expiry){
			.what = reading_mandatory(r, m->what),
			.member = reading_mandatory(r, m->member),
			.ends_s = m->ends_s,
			.soon = m->soon,
		};
	}
	status->expiries = expiries;
	status->expiries_count = count;
}

static void read_access_log(struct reading *r,
	const Cordon__Control__StatusAnswer *message, struct cordon_status *status)
{
	const Cordon__Control__AccessLogStatus *m = message->access_log;
	struct cordon_access_log_status *log =
		m == NULL ? NULL : reading_array(r, 1, sizeof(*log));

	if (log != NULL) {
		*log = (struct cordon_access_log_status){
			.entries = m->entries,
			.segment = m->segment,
			.oldest = m->oldest,
			.reserve_bytes = m->reserve_bytes,
			.reserve_wanted_bytes = m->reserve_wanted_bytes,
			.disk_free_bytes = m->disk_free_bytes,
			.spent = m->spent,
			.damaged = m->damaged,
			.checkpoint_s = m->checkpoint_s,
		};
	}
	status->access_log = log;
}

static int read_answer(
	struct request *request, const struct request_frame *frame, struct errmsg *msg)
{
	const Cordon__Control__StatusAnswer *message =
		(const Cordon__Control__StatusAnswer *)frame->message;
	struct cordon_status *status = question_object(request, sizeof(*status));
	struct reading r = { NULL, "STATUS_ANSWER", msg, 0 };

	if (status == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.arena = question_arena(request);
	*status = (struct cordon_status){
		.node = reading_text(&r, message->node),
		.member = reading_text(&r, message->member),
		.software = reading_text(&r, message->software),
		.started_s = message->started_s,
		.now_s = message->now_s,
		.signer = message->signer,
		.store_bytes = message->store_bytes,
		.lookups = message->lookups,
		.connections = message->connections,
		.signing = reading_text(&r, message->signing),
		.remedy = reading_text(&r, message->remedy),
		.put_aside = message->put_aside,
		.reviews_due = message->reviews_due,
		.names_done = message->names_done,
		.names_total = message->names_total,
		.held = message->held,
		.clock_trusted = message->clock_trusted,
		.pending = message->pending,
	};
	read_expiries(&r, message, status);
	read_lists(&r, message, status);
	read_links(&r, message, status);
	read_members(&r, message, status);
	read_access_log(&r, message, status);
	return reading_end(&r);
}

static const struct request_type status_type = {
	.message = MESSAGE_STATUS,
	.answer = MESSAGE_STATUS_ANSWER,
	.read = read_answer,
	.destroy = question_destroy,
};

int cordon_status(struct cordon_client *client, struct cordon_status **status)
{
	Cordon__Control__StatusRequest message = CORDON__CONTROL__STATUS_REQUEST__INIT;
	void *object;
	int error;

	client_begin(client);
	error = client_ask(client, &status_type, &message.base, &object);
	if (error == 0) {
		*status = object;
	}
	return error;
}

void cordon_status_destroy(struct cordon_status *status)
{
	owned_destroy(status);
}
