/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/access_log.h"
#include "daemon/node/expiry.h"
#include "daemon/node/replicator.h"
#include "daemon/node/served.h"
#include "daemon/node/signing.h"

/* What the node says of itself: its lists, links and members, from one snapshot. */

/* An answer in the making; all of it is the request's memory. */
struct status {
	struct request *request;
	struct store_txn *txn;
	struct arena *arena;
	Cordon__Control__StatusAnswer answer;
	struct store_list_info *infos;
	size_t infos_count;
	struct link_info *links;
	size_t links_count;
};

static ProtobufCBinaryData uri_data(
	struct arena *arena, const struct identity *identity)
{
	char uri[IDENT_URI_MAX];

	ident_uri_text(identity, uri);
	return message_data(arena_printf(arena, "%s", uri));
}

/* ---- lists
 * ---------------------------------------------------------------------------- */

/* One list as a message, with what it points to. */
struct list_status {
	Cordon__Control__ListStatus message;
	Cordon__ListId list;
	Cordon__Epoch epoch;
	uint8_t digest[HASH_BYTES];
	struct head head; /* lends its members' letters */
	ProtobufCBinaryData shared_with[HEAD_MEMBERS_MAX];
};

/* As lookups say it of the list's freshness; of what has no rows nothing is checked. */
static uint32_t verified(const struct list_copy *copy)
{
	if (copy->phase == COPY_EMPTY || copy->phase == COPY_UNSHARED) {
		return 0;
	}
	return copy_serves(copy) ? 1 : 2;
}

static uint64_t loaded_sequence(const struct list_copy *copy)
{
	switch (copy->phase) {
	case COPY_LOADING:
	case COPY_STAGING:
	case COPY_MOVING:
		return copy->position;
	case COPY_EMPTY:
	case COPY_FOLLOWING:
	case COPY_UNSHARED:
	case COPY_STOPPED:
		break;
	}
	return 0;
}

static const char *state_text(const struct node *node, const struct list_id *list,
	const struct list_copy *copy)
{
	bool own = atomic_load(&node->signs) &&
		   ident_state_equal(&list->owner, &node->config->node.member);

	return own && copy->phase == COPY_FOLLOWING ? "own"
						    : copy_phase_text(copy->phase);
}

static void fill_head(struct list_status *out, const struct list_copy *copy)
{
	Cordon__Control__ListStatus *message = &out->message;

	out->head = copy->head;
	message->sequence = copy->head.sequence;
	message->head_time_s = copy->head.time_s;
	message->floor = copy->head.floor;
	if (copy->head.epoch.number != 0) {
		epoch_to_message(&copy->head.epoch, &out->epoch);
		message->epoch = &out->epoch;
	}
	for (size_t i = 0; i < out->head.shared_with_count; i++) {
		out->shared_with[i] = message_data(out->head.shared_with[i].code);
	}
	message->shared_with = out->shared_with;
	message->n_shared_with = out->head.shared_with_count;
}

static int fill_list(const struct node *node, const struct store_list_info *info,
	const struct list_copy *copy, struct list_status *out)
{
	Cordon__Control__ListStatus *message = &out->message;
	struct bytes digest = { out->digest, HASH_BYTES };
	int error = digest_hash(&copy->digest, out->digest);

	if (error != 0) {
		return error;
	}
	cordon__control__list_status__init(message);
	list_to_message(&info->list, &out->list);
	message->list = &out->list;
	fill_head(out, copy);
	message->live = copy->live_count;
	message->digest = message_data_bytes(digest);
	message->verified = verified(copy);
	message->state = message_data(state_text(node, &info->list, copy));
	message->not_understood = info->not_understood;
	message->loaded_sequence = loaded_sequence(copy);
	return 0;
}

static int add_lists(struct status *status, struct errmsg *msg)
{
	struct list_status *lists;
	size_t count;

	if (store_list_infos(status->txn, status->arena, &status->infos,
		    &status->infos_count) != 0) {
		return served_failed(status->txn, msg);
	}
	count = status->infos_count;
	lists = arena_array(status->arena, count + 1, sizeof(*lists));
	status->answer.lists =
		arena_array(status->arena, count + 1, sizeof(*status->answer.lists));
	if (status->arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct store_list_info *info = &status->infos[i];
		struct list_copy copy;
		bool found;

		if (store_list_get(status->txn, &info->list, &copy, &found) != 0) {
			return served_failed(status->txn, msg);
		}
		if (fill_list(status->request->service->node, info, &copy, &lists[i]) !=
			0) {
			return errmsg_set(msg, CORDON_EINTERNAL, "digest of a list");
		}
		status->answer.lists[i] = &lists[i].message;
	}
	status->answer.n_lists = count;
	return 0;
}

/* ---- links and members
 * ------------------------------------------------------------------ */

static int add_links(struct status *status)
{
	struct node *node = status->request->service->node;
	Cordon__Control__LinkStatus *messages;
	size_t count;
	int error = replicator_links(
		node->replicator, status->arena, &status->links, &status->links_count);

	if (error != 0) {
		return error;
	}
	count = status->links_count;
	messages = arena_array(status->arena, count + 1, sizeof(*messages));
	status->answer.links =
		arena_array(status->arena, count + 1, sizeof(*status->answer.links));
	if (status->arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct link_info *link = &status->links[i];
		Cordon__Control__LinkStatus *message = &messages[i];

		cordon__control__link_status__init(message);
		message->peer = uri_data(status->arena, &link->peer);
		message->address = message_data(link->address);
		message->state = message_data(link->state);
		message->error = message_data(link->error);
		message->lag = link->lag;
		message->since_s = link->since_s;
		message->retry_in_ms = link->retry_in_ms;
		message->complaints = link->complaints;
		status->answer.links[i] = message;
	}
	status->answer.n_links = count;
	return 0;
}

/* A node of the member whose link is up, else one that has been tried; NULL: none. */
static const struct link_info *link_to(
	const struct status *status, const struct state *member)
{
	const struct link_info *found = NULL;

	for (size_t i = 0; i < status->links_count; i++) {
		const struct link_info *link = &status->links[i];

		if (ident_state_equal(&link->peer.member, member) &&
			(found == NULL || strcmp(link->state, "up") == 0)) {
			found = link;
		}
	}
	return found;
}

/* When the first of its head keys ends; 0: none does. */
static int64_t keys_until_s(const struct config_member *member)
{
	int64_t until_s = 0;

	for (size_t i = 0; i < member->head_keys_count; i++) {
		int64_t ends_s = member->head_keys[i].until_s;

		if (ends_s != 0 && (until_s == 0 || ends_s < until_s)) {
			until_s = ends_s;
		}
	}
	return until_s;
}

static void fill_member(struct status *status, const struct state *code,
	Cordon__Control__MemberStatus *message)
{
	const struct link_info *link = link_to(status, code);

	cordon__control__member_status__init(message);
	message->member = message_data(code->code);
	if (link != NULL) {
		message->last_seen_node = uri_data(status->arena, &link->peer);
	}
	for (size_t i = 0; i < status->infos_count; i++) {
		const struct store_list_info *info = &status->infos[i];

		if (ident_state_equal(&info->list.owner, code) &&
			info->head_time_s > message->newest_head_s) {
			message->newest_head_s = info->head_time_s;
		}
	}
}

static int add_members(struct status *status)
{
	const struct config *config = status->request->service->node->config;
	size_t count = config->members_count;
	Cordon__Control__MemberStatus *messages =
		arena_array(status->arena, count + 1, sizeof(*messages));

	status->answer.members =
		arena_array(status->arena, count + 1, sizeof(*status->answer.members));
	if (status->arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		fill_member(status, &config->members[i].code, &messages[i]);
		messages[i].keys_until_s = keys_until_s(&config->members[i]);
		status->answer.members[i] = &messages[i];
	}
	status->answer.n_members = count;
	return status->arena->failed ? CORDON_ENOMEM : 0;
}

static int add_expiries(struct status *status)
{
	struct expiry *list;
	size_t count;
	int error = expiry_list(status->request->service->node, status->answer.now_s,
		status->arena, &list, &count);
	Cordon__Control__Expiry *messages;

	if (error != 0) {
		return error;
	}
	messages = arena_array(status->arena, count, sizeof(*messages));
	status->answer.expiries =
		arena_array(status->arena, count, sizeof(*status->answer.expiries));
	if (status->arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		cordon__control__expiry__init(&messages[i]);
		messages[i].what = message_data(list[i].what);
		messages[i].member = message_data(list[i].member.code);
		messages[i].ends_s = list[i].ends_s;
		messages[i].soon = list[i].soon;
		status->answer.expiries[i] = &messages[i];
	}
	status->answer.n_expiries = count;
	return 0;
}

/* ---- the answer
 * ------------------------------------------------------------------------- */

static void add_node(struct status *status)
{
	struct node *node = status->request->service->node;
	Cordon__Control__StatusAnswer *answer = &status->answer;

	answer->node = uri_data(status->arena, &node->config->node);
	answer->member = message_data(node->config->node.member.code);
	answer->software = message_data(node_software());
	answer->started_s = node->started_s;
	answer->now_s = wall_s(clock_wall());
	answer->signer = atomic_load(&node->signs);
	answer->store_bytes = store_used_bytes(node->store);
	answer->lookups = atomic_load(&node->counters.lookups);
	answer->connections = atomic_load(&node->counters.connections);
	answer->reviews_due = atomic_load(&node->upkept.reviews);
	answer->held = atomic_load(&node->upkept.held);
	answer->pending = atomic_load(&node->upkept.pending);
	answer->clock_trusted = atomic_load(&node->upkept.clock_trusted);
}

static bool count_aside(void *context, const struct store_aside *aside)
{
	uint64_t *count = context;

	(void)aside;
	++*count;
	return true;
}

static int add_signing(struct status *status, struct errmsg *msg)
{
	struct node *node = status->request->service->node;
	enum signing signing = signing_of(node);
	struct errmsg remedy = { "" };

	status->answer.signing = message_data(signing_text(signing));
	if (signing != SIGNING_YES && signing != SIGNING_NEW &&
		signing != SIGNING_NEVER) {
		signing_refuse(node, &remedy);
		status->answer.remedy =
			message_data(arena_printf(status->arena, "%s", remedy.text));
	}
	return store_asides(
		       status->txn, NULL, count_aside, &status->answer.put_aside) == 0
		       ? 0
		       : served_failed(status->txn, msg);
}

static int add_names(struct status *status, struct errmsg *msg)
{
	struct store_persons_progress progress;

	if (store_persons_progress(status->txn, &progress) != 0) {
		return served_failed(status->txn, msg);
	}
	if (progress.partial) {
		status->answer.names_done = progress.done;
		status->answer.names_total = progress.total;
	}
	return 0;
}

int handle_status(struct request *request, struct errmsg *msg)
{
	struct status status = { .request = request, .arena = request->arena };
	int error = request_txn(request, &status.txn, msg);

	cordon__control__status_answer__init(&status.answer);
	if (error == 0) {
		add_node(&status);
		error = add_signing(&status, msg);
	}
	if (error == 0) {
		error = add_names(&status, msg);
	}
	if (error == 0) {
		error = add_lists(&status, msg);
	}
	if (error == 0) {
		error = add_links(&status);
	}
	if (error == 0) {
		error = add_members(&status);
	}
	if (error == 0 && request->service->node->access_log != NULL) {
		status.answer.access_log = access_log_status_message(
			request->service->node->access_log, request->arena);
		error = status.answer.access_log == NULL ? CORDON_ENOMEM : 0;
	}
	if (error == 0) {
		error = add_expiries(&status);
	}
	if (error == 0) {
		error = session_answer(request->session, request->id,
			MESSAGE_STATUS_ANSWER, 0, &status.answer.base);
	}
	return error;
}
