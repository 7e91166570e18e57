/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/export_permit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/committer.h"
#include "daemon/node/pending.h"
#include "daemon/node/rights.h"

/* The worker's until it is posted, then the writer's until its letter. */
struct export_permit {
	struct commit_job job; /* first */
	struct letter letter;
	struct service *service;
	export_permit_fn *decided; /* NULL: forgotten */
	void *context;
	char by[IDENT_URI_MAX];
	struct arena arena; /* holds packed */
	struct bytes packed;
	uint64_t number; /* of the change that it waits in; 0: it may be done */
	int error;
	struct errmsg text;
};

bool export_permit_needed(const struct node *node, const struct state *owner)
{
	bool beyond =
		owner == NULL || !ident_state_equal(owner, &node->config->node.member);

	return beyond && (rights_eyes(node->rights) & EYES_EXPORT) != 0;
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct export_permit *permit = (struct export_permit *)job;
	struct bytes by = { (const uint8_t *)permit->by, strlen(permit->by) };

	return pending_export(permit->service->node, txn, by, permit->packed,
		       &permit->number) == 0
		       ? 0
		       : store_txn_error(txn, msg);
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct export_permit *permit = (struct export_permit *)job;

	permit->error = error;
	errmsg_set(&permit->text, error, "%s", text);
	mailbox_post(permit->service->mailbox, &permit->letter);
}

static void destroy(struct export_permit *permit)
{
	arena_finish(&permit->arena);
	free(permit);
}

static void on_letter(struct letter *letter)
{
	struct export_permit *permit =
		(struct export_permit *)((char *)letter -
					 offsetof(struct export_permit, letter));
	const struct node *node = permit->service->node;

	if (permit->error == 0 && permit->number != 0) {
		log_notice("change %" PRIu64 " of %s waits for a second pair of eyes: "
			   "an export beyond the own lists",
			permit->number, permit->by);
		permit->error = errmsg_set(&permit->text, CORDON_ETWOEYES,
			"an export beyond the own lists waits for a second pair of "
			"eyes as change %" PRIu64 ": another certificate of %s "
			"approves it (cordonctl record approve %" PRIu64
			"), then export again",
			permit->number, node->config->node.member.code, permit->number);
	}
	if (permit->decided != NULL) {
		permit->decided(permit->context, permit->error, &permit->text);
	}
	destroy(permit);
}

int export_permit_ask(struct request *request, export_permit_fn *decided, void *context,
	struct export_permit **permit, struct errmsg *msg)
{
	struct export_permit *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	arena_init(&p->arena, 0);
	p->service = request->service;
	p->decided = decided;
	p->context = context;
	p->job.run = run;
	p->job.done = done;
	p->letter.deliver = on_letter;
	ident_uri_text(&request->asker->identity, p->by);
	error = message_pack(request->message, &p->arena, &p->packed);
	if (error == 0) {
		error = committer_post(request->service->node->committer, &p->job);
	}
	if (error != 0) {
		destroy(p);
		return error;
	}
	*permit = p;
	return 0;
}

void export_permit_forget(struct export_permit *permit)
{
	if (permit != NULL) {
		permit->decided = NULL;
	}
}
