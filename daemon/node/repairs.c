/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/repairs_private.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/upkeep.h"

/* A question of a large list is answered by reading all of it. */
#define ANSWER_TIMEOUT_S 120
/* A patch whose head this node has not reached yet waits for it. */
#define TRY_AGAIN_MS 200
#define TRIES_MAX 50

static void begin_next(struct repairs *repairs);

static struct damage *found_of(struct repairs *repairs, const struct list_id *list)
{
	for (size_t i = 0; i < repairs->found_count; i++) {
		if (ident_list_equal(&repairs->found[i]->list, list)) {
			return repairs->found[i];
		}
	}
	return NULL;
}

static void forget_found(struct repairs *repairs, const struct list_id *list)
{
	for (size_t i = 0; i < repairs->found_count; i++) {
		if (ident_list_equal(&repairs->found[i]->list, list)) {
			free(repairs->found[i]);
			repairs->found[i] = repairs->found[--repairs->found_count];
			return;
		}
	}
}

void repairs_found(struct repairs *repairs, struct damage *damage)
{
	forget_found(repairs, &damage->list);
	if (repairs->found_count == ENGINE_LISTS_MAX) {
		free(damage); /* it is found by comparing */
	} else {
		repairs->found[repairs->found_count++] = damage;
	}
}

/* ---- one repair
 * ----------------------------------------------------------------------
 */

static void log_end(const struct repairs *repairs, bool good)
{
	const struct repair *repair = repairs->repair;
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

	ident_list_text(&repairs->now.list, list);
	ident_uri_text(&repairs->node->config->peers[repairs->now.peer].node, uri);
	if (good) {
		log_notice("%s: repaired from %s: %zu entries taken, %zu replaced or "
			   "removed, %zu bytes received",
			list, uri, repair->entries_count, repair->gone_count,
			repairs->bytes);
	} else {
		log_warning("%s: not repaired from %s: %s", list, uri,
			repairs->repair->why);
	}
}

static void close_run(struct repairs *repairs)
{
	event_del(repairs->timer);
	if (repairs->txn != NULL) {
		store_read_end(repairs->txn);
		repairs->txn = NULL;
	}
	arena_finish(&repairs->arena);
	free(repairs->repair);
	repairs->repair = NULL;
	repairs->request = 0;
	repairs->busy = false;
}

static void end(struct repairs *repairs)
{
	struct waiting now = repairs->now;
	bool good = repairs->repair->step == REPAIR_DONE;

	log_end(repairs, good);
	if (good) {
		atomic_fetch_add(&repairs->node->scrubbed.repairs, 1);
		atomic_fetch_add(&repairs->node->scrubbed.repaired_rows,
			repairs->repair->entries_count);
		forget_found(repairs, &now.list);
	}
	close_run(repairs);
	repairs->owner.ended(repairs->owner.context, now.peer, &now.list,
		good ? APPLY_VERIFIED : APPLY_MISMATCH, good ? &repairs->copy : NULL);
	begin_next(repairs);
}

static void wait_for(struct repairs *repairs, long s, long ms)
{
	struct timeval after = { s, ms * 1000 };

	event_add(repairs->timer, &after);
}

/* The writer has answered. */
static void take_result(struct repairs *repairs)
{
	if (repairs->result == APPLY_STALE && repairs->now.stands &&
		repairs->tries++ < TRIES_MAX) {
		wait_for(repairs, 0, TRY_AGAIN_MS);
		return;
	}
	if (repairs->result == APPLY_ERROR) {
		repair_refused(repairs->repair, repairs->text.text);
	} else {
		repair_applied(repairs->repair, repairs->result);
	}
	repairs->result = APPLY_PARTIAL;
	repairs_turn(repairs);
}

static void act(struct repairs *repairs)
{
	int error = 0;

	switch (repairs->repair->step) {
	case REPAIR_READ:
		error = repairs_read(repairs);
		break;
	case REPAIR_ASK_RANGES:
	case REPAIR_ASK_MARKS:
	case REPAIR_ASK_FETCH:
	case REPAIR_ASK_PULL:
		error = repairs_ask(repairs);
		wait_for(repairs, ANSWER_TIMEOUT_S, 0);
		break;
	case REPAIR_APPLY:
		error = repairs_patch(repairs);
		break;
	case REPAIR_DONE:
	case REPAIR_FAILED:
		end(repairs);
		return;
	}
	if (error != 0) {
		repair_refused(repairs->repair, cordon_error_text(error));
		end(repairs);
	}
}

void repairs_turn(struct repairs *repairs)
{
	if (repairs->stopped || !repairs->busy) {
		return;
	}
	if (repairs->result != APPLY_PARTIAL) {
		take_result(repairs);
		return;
	}
	if (repairs->lost && repairs->repair->step != REPAIR_DONE) {
		repair_refused(repairs->repair, "the link is gone");
	}
	act(repairs);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct repairs *repairs = context;

	(void)fd;
	(void)what;
	if (!repairs->busy) {
		return;
	}
	if (repairs->request != 0) {
		repairs->request = 0;
		repair_refused(repairs->repair, "the peer does not answer");
	}
	repairs->result = APPLY_PARTIAL;
	repairs_turn(repairs);
}

/* ---- beginning
 * -----------------------------------------------------------------------
 */

static void use_found(struct repairs *repairs)
{
	const struct damage *damage =
		repairs->now.stands ? found_of(repairs, &repairs->now.list) : NULL;

	if (damage == NULL || damage->more || damage->unreadable_count > 0) {
		return;
	}
	for (size_t i = 0; i < damage->suspects_count; i++) {
		struct bytes id = { (const uint8_t *)damage->suspects[i].id.text,
			damage->suspects[i].id.size };

		repair_suspect(repairs->repair, id, damage->suspects[i].sequence);
	}
	repair_correct(repairs->repair, &damage->correction);
}

/* What would come erased is taken only by a clock that is to be trusted. */
static int begin_repair(struct repairs *repairs)
{
	struct apply_context context;
	struct list_copy copy;
	bool found;
	int error = store_list_get(repairs->txn, &repairs->now.list, &copy, &found);

	if (error != 0) {
		return error;
	}
	upkeep_context(repairs->node, &context);
	error = repair_begin(repairs->repair, &copy, &repairs->now.head,
		repairs->now.stands, context.trusted ? context.now_s : 0);
	if (error == 0) {
		use_found(repairs);
		repair_start(repairs->repair);
	}
	return error;
}

static int open_run(struct repairs *repairs)
{
	struct errmsg msg = { "" };
	int error;

	repairs->busy = true;
	repairs->bytes = 0;
	repairs->tries = 0;
	repairs->lost = !peer_is_up(repairs->peers[repairs->now.peer]);
	repairs->result = APPLY_PARTIAL;
	arena_init(&repairs->arena, 0);
	repairs->repair = calloc(1, sizeof(*repairs->repair));
	if (repairs->repair == NULL) {
		return CORDON_ENOMEM;
	}
	error = store_read_begin(repairs->node->store, &repairs->txn, &msg);
	return error == 0 ? begin_repair(repairs) : error;
}

static void begin_next(struct repairs *repairs)
{
	while (!repairs->busy && !repairs->stopped && repairs->waiting_count > 0) {
		int error;

		repairs->now = repairs->waiting[0];
		memmove(&repairs->waiting[0], &repairs->waiting[1],
			--repairs->waiting_count * sizeof(repairs->waiting[0]));
		error = open_run(repairs);
		if (error == 0) {
			repairs_turn(repairs);
		} else {
			struct waiting now = repairs->now;

			close_run(repairs);
			repairs->owner.ended(repairs->owner.context, now.peer,
				&now.list, APPLY_MISMATCH, NULL);
		}
	}
}

/* Not from inside the step that asks for it: its end is an event of another one. */
static void on_begin(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	begin_next(context);
}

void repairs_begin(struct repairs *repairs, const struct engine_effect *effect)
{
	struct timeval at_once = { 0, 0 };
	struct waiting *waiting = &repairs->waiting[repairs->waiting_count];

	/* the engine has no more lists than there are places, each once */
	repairs->waiting_count++;
	waiting->list = effect->list;
	waiting->peer = effect->peer;
	waiting->stands = effect->stands;
	waiting->head = effect->head;
	if (event_base_once(repairs->node->base, -1, EV_TIMEOUT, on_begin, repairs,
		    &at_once) != 0) {
		log_error("out of memory: a repair waits for the next");
	}
}

bool repairs_answer(struct repairs *repairs, size_t peer, uint16_t type,
	uint32_t request, struct bytes payload)
{
	if (!repairs->busy || repairs->request == 0 || peer != repairs->now.peer ||
		request != repairs->request) {
		return false;
	}
	repairs->request = 0;
	event_del(repairs->timer);
	repairs_take(repairs, type, payload);
	repairs_turn(repairs);
	return true;
}

bool repairs_refused(
	struct repairs *repairs, size_t peer, uint32_t request, const char *text)
{
	if (!repairs->busy || repairs->request == 0 || peer != repairs->now.peer ||
		request != repairs->request) {
		return false;
	}
	repairs->request = 0;
	event_del(repairs->timer);
	errmsg_set(&repairs->text, CORDON_EUNREACHABLE, "%s", text);
	repair_refused(repairs->repair, repairs->text.text);
	repairs_turn(repairs);
	return true;
}

void repairs_down(struct repairs *repairs, size_t peer)
{
	if (!repairs->busy || peer != repairs->now.peer) {
		return;
	}
	repairs->lost = true;
	if (repairs->request != 0) {
		repairs->request = 0;
		event_del(repairs->timer);
		repairs_turn(repairs);
	}
}

/* ---- life
 * ----------------------------------------------------------------------------
 */

int repairs_create(struct node *node, struct head_check *check, struct peer **peers,
	const struct repairs_owner *owner, struct repairs **repairs)
{
	struct repairs *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return CORDON_ENOMEM;
	}
	r->node = node;
	r->check = check;
	r->peers = peers;
	r->owner = *owner;
	r->waiting = calloc(ENGINE_LISTS_MAX, sizeof(*r->waiting));
	r->timer = evtimer_new(node->base, on_timer, r);
	if (r->waiting == NULL || r->timer == NULL) {
		repairs_destroy(r);
		return CORDON_ENOMEM;
	}
	*repairs = r;
	return 0;
}

void repairs_stop(struct repairs *repairs)
{
	repairs->stopped = true;
	event_del(repairs->timer);
	repairs_read_stop(repairs);
}

void repairs_destroy(struct repairs *repairs)
{
	if (repairs == NULL) {
		return;
	}
	if (repairs->busy) {
		close_run(repairs);
	}
	for (size_t i = 0; i < repairs->found_count; i++) {
		free(repairs->found[i]);
	}
	if (repairs->timer != NULL) {
		event_free(repairs->timer);
	}
	free(repairs->waiting);
	free(repairs);
}
