/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/replicator_private.h"

#include <stdlib.h>

#include "daemon/node/scrub.h"

/* Between the engine, scrubs and repairs. */

static void on_ended(void *context, size_t peer, const struct list_id *list,
	enum apply_result result, const struct list_copy *copy)
{
	struct replicator *r = context;
	struct engine_event event = { .type = ENGINE_REPAIRED,
		.peer = peer,
		.list = *list,
		.result = result,
		.copy = copy };

	scrub_repaired(r->node->scrub, list, result == APPLY_VERIFIED);
	replicator_tell(r, &event);
}

int replicator_repairs_create(struct replicator *r)
{
	struct repairs_owner owner = { on_ended, r };

	return repairs_create(r->node, r->check, r->peers, &owner, &r->repairs);
}

/* Answers to pulls that are under way would change what is being repaired. */
void replicator_repair(struct replicator *r, const struct engine_effect *effect)
{
	for (size_t i = 0; i < r->pulls_count && !effect->stands; i++) {
		if (ident_list_equal(&r->pulls[i].list, &effect->list)) {
			r->pulls[i].waiting = false;
		}
	}
	repairs_begin(r->repairs, effect);
}

void replicator_reload(struct replicator *r, const struct engine_effect *effect)
{
	struct apply_job *job = replicator_job(r, ENGINE_NOBODY, &effect->list);
	char list[LIST_TEXT_MAX];

	ident_list_text(&effect->list, list);
	log_warning("%s: damaged, and no peer could repair it: it is read whole", list);
	scrub_repaired(r->node->scrub, &effect->list, true);
	if (job != NULL) {
		job->type = APPLY_JOB_RELOAD;
		replicator_post(job);
	}
}

struct damage_letter {
	struct letter letter;
	struct replicator *replicator;
	struct damage *damage;
};

static void deliver(struct letter *letter)
{
	struct damage_letter *found = (struct damage_letter *)letter;
	struct replicator *r = found->replicator;
	struct engine_event event = { .type = ENGINE_DAMAGED,
		.list = found->damage->list };

	if (r->stopped) {
		free(found->damage);
	} else {
		repairs_found(r->repairs, found->damage);
		replicator_tell(r, &event);
	}
	free(found);
}

void replicator_damaged(struct replicator *replicator, struct damage *damage)
{
	struct damage_letter *found = calloc(1, sizeof(*found));

	if (found == NULL) {
		log_error("out of memory: damage is left for the next scrub");
		free(damage);
		return;
	}
	found->letter.deliver = deliver;
	found->replicator = replicator;
	found->damage = damage;
	mailbox_post(replicator->node->mailbox, &found->letter);
}
