/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/verify_list.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/node/replicator.h"
#include "daemon/node/serve_snapshot.h"
#include "daemon/node/served.h"

/* Lines of one list; more of the same tell nothing new. */
#define LINES_MAX 100
/* Rows between two looks at the clock. */
#define ROWS_PER_LOOK 32

static void __attribute__((format(printf, 2, 3)))
differs(struct verify_list *v, const char *format, ...)
{
	char text[512];
	va_list args;

	if (v->lines_count == LINES_MAX) {
		v->unsaid++;
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	v->lines[v->lines_count] = arena_printf(&v->arena, "%s", text);
	v->lines_count += v->lines[v->lines_count] != NULL;
}

/* ---- 1, 4
 * -------------------------------------------------------------------------------- */

static void check_phase(struct verify_list *v)
{
	switch (v->copy.phase) {
	case COPY_EMPTY:
		differs(v, "nothing was loaded yet");
		break;
	case COPY_LOADING:
		differs(v, "still being loaded, up to sequence %llu",
			(unsigned long long)v->copy.position);
		break;
	case COPY_MOVING:
		differs(v, "a verified catch-up is being moved in just now; verify "
			   "again in a moment");
		break;
	case COPY_STOPPED:
		differs(v, "stopped: its owner signed two histories");
		break;
	case COPY_FOLLOWING:
	case COPY_STAGING:
	case COPY_UNSHARED:
		break;
	}
}

static int check_head(
	struct verify_list *v, struct head_check *check, struct errmsg *msg)
{
	struct errmsg why = { "" };
	struct bytes packed;
	struct head head;
	int error;

	if (!copy_serves(&v->copy)) {
		return 0; /* the head belongs to what is to come, or there is none */
	}
	if (store_head_get(v->txn, &v->list, &packed) != 0) {
		return served_failed(v->txn, msg);
	}
	if (packed.size == 0) {
		differs(v, "there is no signed head");
		return 0;
	}
	error = head_check_open(check, packed, 0, &head, &why);
	if (error != 0) {
		differs(v, "the head: %s", errmsg_text(&why, error));
	} else if (memcmp(head.hash, v->copy.head.hash, HASH_BYTES) != 0) {
		differs(v, "the signed head is of sequence %llu, the list at %llu",
			(unsigned long long)head.sequence,
			(unsigned long long)v->copy.head.sequence);
	}
	return 0;
}

int verify_list_begin(struct verify_list *v, struct store_txn *txn,
	struct head_check *check, const struct list_id *list, struct errmsg *msg)
{
	bool found;

	memset(v, 0, sizeof(*v));
	v->txn = txn;
	v->list = *list;
	arena_init(&v->arena, 0);
	v->lines = arena_array(&v->arena, LINES_MAX + 1, sizeof(*v->lines));
	if (v->lines == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	if (store_list_get(txn, list, &v->copy, &found) != 0) {
		return served_failed(txn, msg);
	}
	check_phase(v);
	return check_head(v, check, msg);
}

void verify_list_finish(struct verify_list *v)
{
	arena_finish(&v->arena);
}

/* ---- 2
 * -----------------------------------------------------------------------------------
 */

static int check_row(struct verify_list *v, const struct entry *row)
{
	struct entry computed = *row;
	struct digest element;
	int error = 0;

	if (row->sealed.size > 0) {
		error = hash_bytes(
			row->sealed.data, row->sealed.size, computed.sealed_hash);
	}
	if (error == 0 &&
		memcmp(computed.sealed_hash, row->sealed_hash, HASH_BYTES) != 0) {
		differs(v,
			"%.*s: its stored bytes are not those whose hash stands beside "
			"them",
			(int)row->id.size, (const char *)row->id.data);
	}
	if (error == 0) {
		error = digest_element(&v->list, &computed, &element);
	}
	if (error == 0) {
		digest_add(&v->digest, &element);
		v->live_count += row->state == ENTRY_LIVE;
		v->entries++;
	}
	return error;
}

/* What cannot be read is a difference; the rows behind it are not reached. */
static int next_row(struct verify_list *v, const struct feed *feed, struct errmsg *msg)
{
	struct errmsg why = { "" };
	struct entry row;
	bool found;
	int error =
		feed->ops->next(feed->context, FEED_LIVE, v->position, &row, &found);

	if (error == CORDON_ECORRUPT) {
		store_txn_error(v->txn, &why);
		differs(v, "%s", errmsg_text(&why, error));
		v->done = true;
		return 0;
	}
	if (error != 0) {
		return served_failed(v->txn, msg);
	}
	if (!found) {
		v->done = true;
		return 0;
	}
	v->position = row.sequence;
	return check_row(v, &row) == 0
		       ? 0
		       : errmsg_set(msg, CORDON_EINTERNAL, "digest of an entry");
}

int verify_list_slice(struct verify_list *v, struct mono until, struct errmsg *msg)
{
	struct feed feed;

	if (store_feed(v->txn, &v->list, &feed) != 0) {
		return served_failed(v->txn, msg);
	}
	do {
		for (int i = 0; i < ROWS_PER_LOOK && !v->done; i++) {
			int error = next_row(v, &feed, msg);

			if (error != 0) {
				return error;
			}
		}
	} while (!v->done && !snapshot_slice_over(until));
	return 0;
}

/* ---- 3, 5
 * -------------------------------------------------------------------------------- */

struct verdict {
	uint8_t stored[HASH_BYTES], computed[HASH_BYTES];
	Cordon__Control__VerifyAnswer message;
	Cordon__ListId list;
};

static void compare_digests(struct verify_list *v, const struct verdict *verdict)
{
	if (memcmp(verdict->stored, verdict->computed, HASH_BYTES) != 0) {
		differs(v, "the entries do not have the digest that is kept of them");
	}
	if (v->live_count != v->copy.live_count) {
		differs(v, "%llu live entries are stored, %llu are counted",
			(unsigned long long)v->live_count,
			(unsigned long long)v->copy.live_count);
	}
	if (!copy_serves(&v->copy)) {
		return;
	}
	if (memcmp(verdict->computed, v->copy.head.digest, HASH_BYTES) != 0) {
		differs(v, "the entries do not have the digest that the owner signed");
	}
	if (v->live_count != v->copy.head.live_count) {
		differs(v, "%llu live entries are stored, the owner signed %llu",
			(unsigned long long)v->live_count,
			(unsigned long long)v->copy.head.live_count);
	}
}

/* One peer's statement as a message, with what it points to. */
struct peer_digest {
	Cordon__Control__PeerDigest message;
	Cordon__Epoch epoch;
	char uri[IDENT_URI_MAX];
};

static void fill_peer(struct peer_digest *out, const struct peer_head *peer)
{
	struct bytes digest = { peer->digest, HASH_BYTES };

	cordon__control__peer_digest__init(&out->message);
	ident_uri_text(&peer->peer, out->uri);
	out->message.peer = message_data(out->uri);
	out->message.reachable = peer->reachable;
	if (peer->reachable && peer->holds) {
		epoch_to_message(&peer->epoch, &out->epoch);
		out->message.epoch = &out->epoch;
		out->message.sequence = peer->sequence;
		out->message.digest = message_data_bytes(digest);
	}
}

bool verify_list_is_behind(const struct list_copy *copy, const struct epoch *epoch,
	uint64_t sequence, int64_t now_s)
{
	const struct head *head = &copy->head;
	bool later = epoch->number > head->epoch.number ||
		     (epoch_equal(epoch, &head->epoch) && sequence > head->sequence);

	return copy_serves(copy) && later && now_s - head->time_s > VERIFY_NEWS_S;
}

static void compare_peer(struct verify_list *v, const struct peer_head *peer)
{
	const struct head *head = &v->copy.head;
	int64_t now_s = wall_s(clock_wall());
	char uri[IDENT_URI_MAX];

	if (!peer->reachable || !peer->holds) {
		return;
	}
	if (verify_list_is_behind(&v->copy, &peer->epoch, peer->sequence, now_s)) {
		ident_uri_text(&peer->peer, uri);
		differs(v,
			"%s holds it up to sequence %llu, this node up to %llu, signed "
			"%llds ago; its log says why",
			uri, (unsigned long long)peer->sequence,
			(unsigned long long)head->sequence,
			(long long)(now_s - head->time_s));
	}
	if (copy_serves(&v->copy) && epoch_equal(&peer->epoch, &head->epoch) &&
		peer->sequence == head->sequence &&
		memcmp(peer->digest, head->digest, HASH_BYTES) != 0) {
		ident_uri_text(&peer->peer, uri);
		differs(v, "%s reports another digest of sequence %llu", uri,
			(unsigned long long)head->sequence);
	}
}

static int add_peers(struct verify_list *v, struct node *node, struct arena *arena,
	Cordon__Control__VerifyAnswer *answer)
{
	struct peer_digest *peers;
	struct peer_head *heads;
	size_t count;
	int error = replicator_peer_heads(
		node->replicator, &v->list, arena, &heads, &count);

	if (error != 0) {
		return error;
	}
	peers = arena_array(arena, count + 1, sizeof(*peers));
	answer->peers = arena_array(arena, count + 1, sizeof(*answer->peers));
	if (arena->failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		compare_peer(v, &heads[i]);
		fill_peer(&peers[i], &heads[i]);
		answer->peers[i] = &peers[i].message;
	}
	answer->n_peers = count;
	return 0;
}

static int add_lines(const struct verify_list *v, struct arena *arena,
	Cordon__Control__VerifyAnswer *answer)
{
	ProtobufCBinaryData *lines =
		arena_array(arena, v->lines_count + 2, sizeof(*lines));

	if (lines == NULL || v->arena.failed) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < v->lines_count; i++) {
		lines[i] = message_data(v->lines[i]);
	}
	answer->differences = lines;
	answer->n_differences = v->lines_count;
	if (v->unsaid > 0) {
		lines[answer->n_differences++] = message_data(
			arena_printf(arena, "and %zu more differences", v->unsaid));
	}
	answer->ok = answer->n_differences == 0;
	return arena->failed ? CORDON_ENOMEM : 0;
}

static void fill(struct verify_list *v, struct verdict *verdict)
{
	Cordon__Control__VerifyAnswer *answer = &verdict->message;
	struct bytes stored = { verdict->stored, HASH_BYTES };
	struct bytes computed = { verdict->computed, HASH_BYTES };
	struct bytes is_signed = { v->copy.head.digest, HASH_BYTES };

	cordon__control__verify_answer__init(answer);
	list_to_message(&v->list, &verdict->list);
	answer->list = &verdict->list;
	answer->entries = v->entries;
	answer->digest_stored = message_data_bytes(stored);
	answer->digest_computed = message_data_bytes(computed);
	if (v->copy.head.epoch.number != 0) {
		answer->digest_signed = message_data_bytes(is_signed);
	}
}

int verify_list_answer(struct verify_list *v, struct node *node, struct held *held,
	uint16_t flags, struct errmsg *msg)
{
	struct verdict verdict;
	size_t lines_before = v->lines_count, unsaid_before = v->unsaid;
	struct arena arena;
	int error;

	arena_init(&arena, 0);
	if (digest_hash(&v->copy.digest, verdict.stored) != 0 ||
		digest_hash(&v->digest, verdict.computed) != 0) {
		return errmsg_set(msg, CORDON_EINTERNAL, "digest of a list");
	}
	fill(v, &verdict);
	compare_digests(v, &verdict);
	error = add_peers(v, node, &arena, &verdict.message);
	if (error == 0) {
		error = add_lines(v, &arena, &verdict.message);
	}
	if (error == 0) {
		error = session_answer(held_session(held), held_request(held),
			MESSAGE_VERIFY_ANSWER, flags, &verdict.message.base);
	}
	arena_finish(&arena);
	if (error != 0) {
		v->lines_count = lines_before;
		v->unsaid = unsaid_before;
	}
	return error;
}
