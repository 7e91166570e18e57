/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/scrub_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/replicator.h"

/* One list, from one snapshot. */

/* Lines about single rows; the count says the rest. */
#define LINES_MAX 20

struct reading {
	struct scrub *scrub;
	struct list_id list;
	struct list_copy copy;
	struct damage *damage;
	struct digest summed;
	uint64_t live_count, damaged;
	char text[LIST_TEXT_MAX];
};

static void note_suspect(struct reading *r, const struct entry *row)
{
	struct damage *damage = r->damage;
	size_t at = damage->suspects_count;

	if (r->damaged++ < LINES_MAX) {
		log_error("%s: %.*s: its stored bytes are damaged", r->text,
			(int)row->id.size, (const char *)row->id.data);
	}
	if (at == DAMAGE_SUSPECTS_MAX) {
		damage->more = true;
		return;
	}
	memcpy(damage->suspects[at].id.text, row->id.data, row->id.size);
	damage->suspects[at].id.size = (uint8_t)row->id.size;
	damage->suspects[at].sequence = row->sequence;
	damage->suspects_count++;
}

static void note_unreadable(struct reading *r, uint64_t sequence)
{
	struct damage *damage = r->damage;

	if (r->damaged++ < LINES_MAX) {
		log_error("%s: what stands at sequence %" PRIu64 " cannot be read",
			r->text, sequence);
	}
	if (damage->unreadable_count == DAMAGE_SUSPECTS_MAX) {
		damage->more = true;
	} else {
		damage->unreadable[damage->unreadable_count++] = sequence;
	}
}

static int take_row(struct reading *r, const struct entry *row)
{
	uint8_t hash[HASH_BYTES];
	struct digest element;
	int error = digest_element(&r->list, row, &element);

	if (error == 0) {
		digest_add(&r->summed, &element);
		r->live_count += row->state == ENTRY_LIVE;
	}
	if (error == 0 && row->sealed.size > 0) {
		error = hash_bytes(row->sealed.data, row->sealed.size, hash);
		if (error == 0 && memcmp(hash, row->sealed_hash, HASH_BYTES) != 0) {
			note_suspect(r, row);
		}
	}
	return error;
}

static int read_rows(struct reading *r, struct errmsg *msg)
{
	struct scrub *scrub = r->scrub;
	uint64_t after = 0;

	for (;;) {
		struct store_walked walked;
		int error = store_walk(scrub->txn, &r->list, after, &walked);

		if (error != 0) {
			return store_txn_error(scrub->txn, msg);
		}
		if (!walked.found) {
			return 0;
		}
		after = walked.sequence;
		if (!walked.readable) {
			note_unreadable(r, walked.sequence);
		} else if (take_row(r, &walked.entry) != 0) {
			return errmsg_set(msg, CORDON_EINTERNAL, "digest of an entry");
		}
		if (!scrub_breathe(scrub, 1)) {
			return CORDON_ESHUTDOWN;
		}
	}
}

/* Rows that can be read and are not what was counted: which they are, only a comparison
 * with a peer tells. */
static bool judge(struct reading *r)
{
	struct damage *damage = r->damage;

	patch_correction_make(&damage->correction, &r->summed, r->live_count, &r->copy);
	if (r->damaged == 0 && !patch_correction_none(&damage->correction)) {
		r->damaged = 1;
		log_error(
			"%s: its rows do not add up to what is kept of them", r->text);
	}
	return r->damaged > 0;
}

static void hand_over(struct scrub *scrub, const struct reading *r)
{
	uint32_t *count = &scrub->state.repairs_wanted, i = 0;

	pthread_mutex_lock(&scrub->lock);
	scrub->state.damaged += r->damaged;
	while (i < *count && !ident_list_equal(&scrub->waiting[i], &r->list)) {
		i++;
	}
	if (i == *count && *count < ENGINE_LISTS_MAX) {
		scrub->waiting[(*count)++] = r->list;
	}
	pthread_mutex_unlock(&scrub->lock);
}

static void conclude(struct reading *r)
{
	struct scrub *scrub = r->scrub;

	if (!judge(r)) {
		return;
	}
	log_error("%s: %" PRIu64 " rows are damaged; a repair from a peer is asked for",
		r->text, r->damaged);
	atomic_fetch_add(&scrub->node->scrubbed.damaged_rows, r->damaged);
	hand_over(scrub, r);
	replicator_damaged(scrub->node->replicator, r->damage);
	r->damage = NULL;
}

int scrub_list(struct scrub *scrub, const struct list_id *list, struct errmsg *msg)
{
	struct reading r = { .scrub = scrub, .list = *list };
	bool found;
	int error;

	ident_list_text(list, r.text);
	if (store_list_get(scrub->txn, list, &r.copy, &found) != 0) {
		return store_txn_error(scrub->txn, msg);
	}
	/* live is nothing that can be told to be damaged: loading, moving, reloading */
	if (!copy_answers(&r.copy) || r.copy.phase == COPY_MOVING || r.copy.mixed) {
		return 0;
	}
	r.damage = calloc(1, sizeof(*r.damage));
	if (r.damage == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	r.damage->list = *list;
	error = read_rows(&r, msg);
	if (error == 0) {
		conclude(&r);
	}
	free(r.damage);
	return error;
}
