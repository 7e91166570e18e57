/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/copies.h"

#include <string.h>

#include "daemon/node/arrivals.h"
#include "daemon/node/served.h"
#include "proto/failure.h"

/* ---- 1: what is wanted ------------------------------------------------------------
 */

static bool is_wish(uint32_t copies)
{
	return copies <= CORDON_COPIES_MAX || copies == CORDON_COPIES_LOCAL ||
	       copies == CORDON_COPIES_ALL;
}

static uint32_t bounded(uint32_t configured_ms, uint32_t most_ms)
{
	return most_ms > 0 && most_ms < configured_ms ? most_ms : configured_ms;
}

int copies_read(const struct config *config, const Cordon__SubmitRequest *message,
	struct copies *copies, struct errmsg *msg)
{
	uint32_t ms = message->timeout_ms;

	if (!is_wish(message->copies)) {
		return errmsg_set(msg, CORDON_EINVAL,
			"copies: %u: expected 1 to %u members, %u (local), %u (all), "
			"or 0 (as the node is configured)",
			message->copies, CORDON_COPIES_MAX, CORDON_COPIES_LOCAL,
			CORDON_COPIES_ALL);
	}
	copies->configured = message->copies == CORDON_COPIES_DEFAULT;
	copies->wanted = copies->configured ? config->copies : message->copies;
	if (copies->configured) {
		copies->timeout_ms = bounded(config->copies_timeout_ms, ms);
		return 0;
	}
	copies->timeout_ms = ms == 0 ? config->copies_timeout_ms : ms;
	if (copies_wanted(copies) && copies->timeout_ms >= config->idle_timeout_ms) {
		return errmsg_set(msg, CORDON_EINVAL,
			"timeout_ms: %u: expected less than %u, after which this node "
			"closes a connection without traffic (idle_timeout)",
			ms, config->idle_timeout_ms);
	}
	return 0;
}

bool copies_wanted(const struct copies *copies)
{
	return copies->wanted != CORDON_COPIES_LOCAL;
}

static struct list_id own_list(const struct node *node, uint16_t kind)
{
	return (struct list_id){ .owner = node->config->node.member, .kind = kind };
}

/* "BLR, RUS"; "nobody" for none. */
static const char *name_members(
	struct arena *arena, const struct state *members, size_t count)
{
	const char *text = count == 0 ? "nobody" : members[0].code;

	for (size_t i = 1; i < count && text != NULL; i++) {
		text = arena_printf(arena, "%s, %s", text, members[i].code);
	}
	return text == NULL ? "" : text;
}

int copies_check_kind(struct request *request, const struct copies *copies,
	uint16_t kind, struct errmsg *msg)
{
	struct list_id list = own_list(request->service->node, kind);
	char text[LIST_TEXT_MAX];
	struct store_txn *txn;
	struct list_copy copy;
	bool found;
	int error;

	if (copies->wanted > CORDON_COPIES_MAX) {
		return 0;
	}
	error = request_txn(request, &txn, msg);
	if (error != 0) {
		return error;
	}
	if (store_list_get(txn, &list, &copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	if (found && copies->wanted <= copy.head.shared_with_count) {
		return 0;
	}
	ident_list_text(&list, text);
	return errmsg_set(msg, CORDON_EINVAL,
		"copies: %u members are to hold it%s, and %s is shared with %zu (%s); "
		"ask for fewer, or for all",
		copies->wanted, copies->configured ? " as this node is configured" : "",
		text, found ? copy.head.shared_with_count : 0,
		found ? name_members(request->arena, copy.head.shared_with,
				copy.head.shared_with_count)
		      : "nobody");
}

int copies_enter(struct node *node, struct copies *copies, struct errmsg *msg)
{
	if (!copies_wanted(copies)) {
		return 0;
	}
	copies->counted = true;
	if (atomic_fetch_add(&node->counters.copies_waiting, 1) < COPIES_WAITING_MAX) {
		return 0;
	}
	copies_leave(node, copies);
	return errmsg_set(msg, CORDON_EBUSY,
		"%d submissions wait for copies at other members already; try again, "
		"or without waiting (local)",
		COPIES_WAITING_MAX);
}

void copies_leave(struct node *node, struct copies *copies)
{
	if (copies->counted) {
		atomic_fetch_sub(&node->counters.copies_waiting, 1);
		copies->counted = false;
	}
}

/* ---- 2: what is to be acknowledged ------------------------------------------------
 */

void copies_note(struct copies *copies, const struct own_result *result)
{
	struct copies_need *need = &copies->needs[result->kind];
	bool taken = result->error == 0 && result->outcome != CORDON_OUTCOME_HELD &&
		     result->outcome != CORDON_OUTCOME_PENDING;

	if (taken && result->sequence > need->sequence) {
		need->epoch = result->epoch;
		need->sequence = result->sequence;
	}
}

void copies_start(struct copies *copies, struct mono now)
{
	copies->until = mono_after_ms(now, copies->timeout_ms);
}

/* ---- 3: is it over? ---------------------------------------------------------------
 */

/* The acknowledgements of an own list, read once per renewal of the worker's
 * transaction, however many wait. */
static int read_acks(struct service *service, uint16_t kind, struct list_acks **acks,
	struct errmsg *msg)
{
	struct serve_state *state = &service->serve;
	struct list_id list = own_list(service->node, kind);
	struct store_txn *txn;
	struct list_acks *out;
	bool found = false;
	int error = service_txn(service, &txn, msg);

	if (error != 0) {
		return error;
	}
	if (state->acks_snapshot != service->snapshot) {
		memset(state->acks, 0, sizeof(state->acks));
		arena_reset(&state->acks_arena);
		state->acks_snapshot = service->snapshot;
	}
	if (state->acks[kind] == NULL) {
		out = arena_alloc(&state->acks_arena, sizeof(*out));
		if (out == NULL || arrivals_read(txn, &state->acks_arena, &list, out,
					   &found) != 0) {
			state->acks_snapshot = 0;
			return served_failed(txn, msg);
		}
		state->acks[kind] = found ? out : NULL;
	}
	*acks = state->acks[kind];
	return *acks != NULL ? 0
			     : errmsg_set(msg, CORDON_EINTERNAL, "own list is gone");
}

/* Is what was changed part of the list in the epoch that is in force? */
static bool stands(const struct copies_need *need, const struct head *head)
{
	struct ack last = { .epoch = need->epoch, .sequence = need->sequence };

	return arrivals_covers(&last, head, need->sequence);
}

enum outcome {
	REACHED,
	LACKING,
	HOPELESS
};

static enum outcome judge(struct copies *copies, const struct copies_need *need,
	const struct list_acks *acks)
{
	size_t shared = acks->head.shared_with_count;
	size_t wanted = copies->wanted == CORDON_COPIES_ALL ? shared : copies->wanted;
	char list[LIST_TEXT_MAX];

	ident_list_text(&acks->head.list, list);
	if (!stands(need, &acks->head)) {
		copies->error = errmsg_set(&copies->text, CORDON_EEPOCH,
			"%s: another epoch is in force, which took over without this "
			"change",
			list);
		return HOPELESS;
	}
	if (wanted > shared) {
		copies->error = errmsg_set(&copies->text, CORDON_ENOTSHARED,
			"%s: it is shared with %zu members by now, and %zu were to "
			"hold it",
			list, shared, wanted);
		return HOPELESS;
	}
	return arrivals_count(acks, need->sequence) >= wanted ? REACHED : LACKING;
}

static enum outcome look(struct service *service, struct copies *copies)
{
	enum outcome all = REACHED;

	for (uint16_t kind = 1; kind <= COPIES_KINDS; kind++) {
		const struct copies_need *need = &copies->needs[kind];
		struct list_acks *acks;
		enum outcome one;

		if (need->sequence == 0) {
			continue;
		}
		copies->error = read_acks(service, kind, &acks, &copies->text);
		if (copies->error != 0) {
			return HOPELESS;
		}
		one = judge(copies, need, acks);
		if (one == HOPELESS) {
			return one;
		}
		all = one == LACKING ? LACKING : all;
	}
	return all;
}

/* "KAZ/entry_ban: BLR has it, RUS has not; " for each list. */
static void describe(struct service *service, struct copies *copies, const char *why)
{
	struct arena *arena = &service->serve.acks_arena;
	const char *text = why;

	for (uint16_t kind = 1; kind <= COPIES_KINDS && text != NULL; kind++) {
		const struct copies_need *need = &copies->needs[kind];
		struct state have[HEAD_MEMBERS_MAX], lack[HEAD_MEMBERS_MAX];
		size_t have_count = 0, lack_count = 0;
		struct list_acks *acks;
		char list[LIST_TEXT_MAX];

		if (need->sequence == 0 || read_acks(service, kind, &acks, NULL) != 0) {
			continue;
		}
		for (size_t i = 0; i < acks->head.shared_with_count; i++) {
			const struct state *member = &acks->head.shared_with[i];

			if (arrivals_member_has(acks, member, need->sequence)) {
				have[have_count++] = *member;
			} else {
				lack[lack_count++] = *member;
			}
		}
		ident_list_text(&acks->head.list, list);
		text = arena_printf(arena, "%s; %s is held by %s, not yet by %s", text,
			list, name_members(arena, have, have_count),
			name_members(arena, lack, lack_count));
	}
	errmsg_set(&copies->text, 0, "%s", text == NULL ? why : text);
}

bool copies_over(struct service *service, struct copies *copies, struct mono now)
{
	char why[64];

	switch (look(service, copies)) {
	case REACHED:
		copies->error = 0;
		return true;
	case HOPELESS:
		return true;
	case LACKING:
		break;
	}
	if (now.us < copies->until.us) {
		return false;
	}
	snprintf(why, sizeof(why), "not acknowledged within %u ms", copies->timeout_ms);
	describe(service, copies, why);
	copies->error = CORDON_ETIMEOUT;
	return true;
}

void copies_stop(struct service *service, struct copies *copies)
{
	if (look(service, copies) == LACKING) {
		describe(service, copies, "the node is stopping");
		copies->error = CORDON_ESHUTDOWN;
	}
}

/* ---- 4: the answer ----------------------------------------------------------------
 */

static int add_arrivals(
	struct service *service, struct copies *copies, struct arrivals *arrivals)
{
	for (uint16_t kind = 1; kind <= COPIES_KINDS; kind++) {
		const struct copies_need *need = &copies->needs[kind];
		size_t from = arrivals->count;
		struct list_acks *acks;
		Cordon__ListId *list;
		int error;

		if (need->sequence == 0) {
			continue;
		}
		error = read_acks(service, kind, &acks, NULL);
		if (error == 0) {
			error = arrivals_add(arrivals, acks, need->sequence);
		}
		list = arena_alloc(arrivals->arena, sizeof(*list));
		if (error != 0 || list == NULL) {
			return error == 0 ? CORDON_ENOMEM : error;
		}
		cordon__list_id__init(list);
		list->owner = message_data(service->node->config->node.member.code);
		list->kind = kind;
		for (size_t i = from; i < arrivals->count; i++) {
			arrivals->messages[i]->list = list;
		}
	}
	return 0;
}

int copies_answer(struct service *service, struct copies *copies, struct arena *arena,
	Cordon__SubmitAnswer *answer)
{
	struct arrivals arrivals = { .arena = arena, .config = service->node->config };
	int error;

	answer->copies = copies->wanted;
	if (!copies_wanted(copies)) {
		return 0;
	}
	error = add_arrivals(service, copies, &arrivals);
	if (error != 0) {
		return error;
	}
	answer->arrivals = arrivals.messages;
	answer->n_arrivals = arrivals.count;
	if (copies->error != 0) {
		struct failure failure = {
			.error = copies->error,
			.text = copies->text.text,
		};
		Cordon__Error *message = arena_alloc(arena, sizeof(*message));

		if (message == NULL) {
			return CORDON_ENOMEM;
		}
		failure_to_message(&failure, message);
		answer->copies_error = message;
	}
	return 0;
}
