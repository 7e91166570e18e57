/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_takeover.h"

#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/replicator_private.h"

/*
 * What main sees to before the writer looks at the lists:
 *   1. This node may sign at all, and does not yet; reopen goes on where it does.
 *   2. Of every other member a node was reached and has told its heads, or the
 *      administrator names the member: what nobody could be asked may be lost, or
 *      signed again.
 *   3. Peers were listened to for long enough to hear another node of this member that
 *      signs, whose heads come in every head_interval.
 *   4. No such node was heard, or the administrator names the own member.
 */

/* Two of the other node's intervals, taken to be as long as ours, and a second. */
static int64_t listen_ms(const struct replicator *r)
{
	return 2 * (int64_t)r->node->config->head_interval_ms + 1000;
}

/* ---- who else signs
 * ------------------------------------------------------------------
 */

static bool is_newer(const struct own_seen *seen, const struct head *head)
{
	if (seen->epoch_number != head->epoch.number) {
		return head->epoch.number > seen->epoch_number;
	}
	if (seen->sequence != head->sequence) {
		return head->sequence > seen->sequence;
	}
	return head->time_s > seen->time_s;
}

void replicator_own_alive(struct replicator *r, size_t peer, const struct head *head)
{
	r->own.alive = true;
	r->own.alive_at = clock_mono();
	r->own.alive_peer = peer;
	r->own.alive_list = head->list;
}

/* Only what comes after what was known tells that somebody signs now. */
void replicator_own_seen(struct replicator *r, size_t peer, const struct head *head)
{
	struct own_seen *seen;

	if (head->list.kind == 0 || head->list.kind > OWN_KINDS) {
		return;
	}
	seen = &r->own.seen[head->list.kind];
	if (!is_newer(seen, head)) {
		return;
	}
	if (seen->epoch_number != 0 && !atomic_load(&r->node->signs)) {
		replicator_own_alive(r, peer, head);
	}
	seen->epoch_number = head->epoch.number;
	seen->sequence = head->sequence;
	seen->time_s = head->time_s;
}

void replicator_own_told(struct replicator *r, size_t peer)
{
	if (!r->own.listening) {
		r->own.listening = true;
		r->own.listening_since = clock_mono();
	}
	r->own.told[peer] = true;
}

/* ---- the checks -------------------------------------------------------------------
 */

/* 1 */
static bool may_sign(struct replicator *r, struct takeover *t)
{
	const char *member = r->node->config->node.member.code;

	if (r->node->head_key == NULL) {
		takeover_refuse(t, false,
			"this node has no head_key: name the key of %s in cordond.conf "
			"and start it again",
			member);
		return false;
	}
	if (t->what != TAKEOVER_REOPEN && atomic_load(&r->node->signs)) {
		takeover_refuse(
			t, false, "this node signs the lists of %s already", member);
		return false;
	}
	return true;
}

static void find_member(struct replicator *r, struct takeover_member *member)
{
	for (size_t i = 0; i < r->peers_count && !member->reached; i++) {
		const struct identity *node = peer_identity(r->peers[i]);

		if (ident_state_equal(&node->member, &member->code) &&
			peer_is_up(r->peers[i]) && r->own.told[i]) {
			member->reached = true;
			member->node = *node;
		}
	}
}

static bool has_peer(struct replicator *r, const struct state *member)
{
	bool has = false;

	for (size_t i = 0; i < r->peers_count; i++) {
		has = has ||
		      ident_state_equal(&peer_identity(r->peers[i])->member, member);
	}
	return has;
}

/* 2 */
static bool all_reached(struct replicator *r, struct takeover *t)
{
	const struct state *own = &r->node->config->node.member;

	for (size_t i = 0; i < t->members_count; i++) {
		struct takeover_member *m = &t->members[i];

		find_member(r, m);
		if (m->reached || m->forced || ident_state_equal(&m->code, own)) {
			continue;
		}
		takeover_refuse(t, has_peer(r, &m->code),
			"no node of %s %s: it may hold changes that would be lost; %s, "
			"or go on without it by --force %s",
			m->code.code,
			has_peer(r, &m->code) ? "is reached" : "is a peer of this one",
			has_peer(r, &m->code) ? "see to the link (cordonctl status)"
					      : "name one in cordond.conf",
			m->code.code);
	}
	return t->reason.text[0] == '\0';
}

static bool own_forced(const struct takeover *t, const struct state *own)
{
	bool forced = false;

	for (size_t i = 0; i < t->members_count; i++) {
		forced = forced || (t->members[i].forced &&
					   ident_state_equal(&t->members[i].code, own));
	}
	return forced;
}

static bool passed(struct mono since, int64_t ms)
{
	return clock_mono().us >= mono_after_ms(since, ms).us;
}

/* 3, 4 */
static bool nobody_signs(struct replicator *r, struct takeover *t)
{
	const struct state *own = &r->node->config->node.member;
	char list[LIST_TEXT_MAX], uri[IDENT_URI_MAX];

	if (atomic_load(&r->node->signs) || own_forced(t, own)) {
		return true;
	}
	if (r->own.alive && !passed(r->own.alive_at, listen_ms(r))) {
		ident_list_text(&r->own.alive_list, list);
		ident_uri_text(peer_identity(r->peers[r->own.alive_peer]), uri);
		takeover_refuse(t, !passed(r->own.listening_since, 2 * listen_ms(r)),
			"another node of %s signs now: %s has told a new head of %s; "
			"stop that node, or fence it off by --force %s",
			own->code, uri, list, own->code);
		return false;
	}
	if (r->own.listening && !passed(r->own.listening_since, listen_ms(r))) {
		takeover_refuse(t, true,
			"the node listens whether another one of %s signs; try again "
			"in %lld s",
			own->code, (long long)(listen_ms(r) / 1000));
		return false;
	}
	return true;
}

/* A peer whose sharing has ended holds the head that says so, and no rows: nothing is
 * to be had from it, and its epoch is still to be outdone. */
static void look_at_head(
	struct takeover_list *list, const struct state *member, const struct head *head)
{
	if (head->epoch.number > list->seen) {
		list->seen = head->epoch.number;
	}
	if (head_shared_with(head, member) &&
		(!list->told || copy_head_order(head, &list->highest) > 0)) {
		list->told = true;
		list->highest = *head;
	}
}

static void find_highest(struct replicator *r, struct takeover *t)
{

	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		const struct list_id id = { .owner = r->node->config->node.member,
			.kind = kind };

		t->lists[kind].told = false;
		for (size_t i = 0; i < r->peers_count; i++) {
			struct head head;

			if (engine_peer_head(r->engine, &id, i, &head)) {
				look_at_head(&t->lists[kind],
					&peer_identity(r->peers[i])->member, &head);
			}
		}
	}
}

/* ---- on its way -------------------------------------------------------------------
 */

static void answer(struct takeover *t)
{
	mailbox_post(t->asker, &t->answer);
}

static void log_done(const struct takeover *t)
{
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		const struct takeover_list *list = &t->lists[kind];
		const struct list_id id = { .owner = t->node->config->node.member,
			.kind = kind };
		char name[LIST_TEXT_MAX];

		ident_list_text(&id, name);
		log_notice("%s: %s: epoch %llu from sequence %llu of epoch %llu on, "
			   "%llu live%s",
			takeover_text(t->what), name,
			(unsigned long long)list->epoch.number,
			(unsigned long long)list->old_sequence,
			(unsigned long long)list->old_epoch.number,
			(unsigned long long)list->live,
			list->created ? ", begun anew" : "");
	}
	log_notice("own lists are open");
}

/* From the writer. */
static void deliver_done(struct letter *letter)
{
	struct takeover *t =
		(struct takeover *)((char *)letter - offsetof(struct takeover, letter));

	if (t->done) {
		log_done(t);
		if (!t->node->replicator->stopped) {
			replicator_own_changed(t->node->replicator);
		}
	} else if (t->error != 0) {
		log_error("%s: %s", takeover_text(t->what), t->reason.text);
	}
	answer(t);
}

/* From the worker. */
static void deliver_request(struct letter *letter)
{
	struct takeover *t =
		(struct takeover *)((char *)letter - offsetof(struct takeover, letter));
	struct replicator *r = t->node->replicator;
	int error;

	if (r->stopped) {
		t->error = CORDON_ESHUTDOWN;
		answer(t);
		return;
	}
	find_highest(r, t);
	if (!may_sign(r, t) || !all_reached(r, t) || !nobody_signs(r, t)) {
		answer(t);
		return;
	}
	t->letter.deliver = deliver_done;
	/* it is the writer's from here on, unless it failed */
	error = takeover_post(t);
	if (error != 0) {
		t->error = error;
		answer(t);
	}
}

void replicator_takeover(struct replicator *replicator, struct takeover *takeover)
{
	takeover->letter.deliver = deliver_request;
	mailbox_post(replicator->node->mailbox, &takeover->letter);
}
