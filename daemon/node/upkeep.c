/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/upkeep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/base/clock.h"
#include "daemon/node/compactor.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/upkeep_private.h"

#define DAY_S 86400

struct upkeep {
	struct node *node;
	struct event *timer;
	struct clocktrust trust;
	struct upkeep_place places[OWN_KINDS + 1]; /* the job's that is under way */
	bool busy;
	int64_t warned_day;
};

static upkeep_fn *const tasks[UPKEEP_TASKS] = {
	[UPKEEP_ENDED] = upkeep_ended,
	[UPKEEP_LAPSED] = upkeep_lapsed,
	[UPKEEP_STUBS] = upkeep_stubs,
	[UPKEEP_TOMBSTONES] = upkeep_tombstones,
	[UPKEEP_ERASE] = upkeep_erase,
	[UPKEEP_PENDING] = upkeep_pending,
};

static const char *const task_texts[UPKEEP_TASKS] = {
	[UPKEEP_ENDED] = "withdraw what has ended",
	[UPKEEP_LAPSED] = "withdraw what was not confirmed",
	[UPKEEP_STUBS] = "withdraw what was erased",
	[UPKEEP_TOMBSTONES] = "let tombstones go",
	[UPKEEP_ERASE] = "erase what has ended",
	[UPKEEP_PENDING] = "drop what nobody approved in time",
};

/* ---- the clock ------------------------------------------------------------------ */

void upkeep_heard(struct upkeep *upkeep, const struct head *head)
{
	if (upkeep != NULL && !ident_state_equal(&head->list.owner,
				      &upkeep->node->config->node.member)) {
		struct mono mono = clock_mono();
		struct wall wall = clock_wall();

		clocktrust_head(
			&upkeep->trust, &head->list.owner, head->time_s, mono, wall);
		atomic_store(&upkeep->node->upkept.clock_trusted,
			clocktrust_ask(&upkeep->trust, mono, wall));
	}
}

void upkeep_context(struct node *node, struct apply_context *context)
{
	struct wall now = clock_wall();
	bool trusted = node->upkeep != NULL &&
		       clocktrust_ask(&node->upkeep->trust, clock_mono(), now);

	*context = (struct apply_context){
		.member = node->config->node.member,
		.now_s = wall_s(now),
		.trusted = trusted,
		.erase_after_s = (int64_t)node->config->erase_after_days * DAY_S,
	};
	atomic_store(&node->upkept.clock_trusted, trusted);
}

/* A clock that is years ahead would have all own records withdrawn.  Where nobody else
 * is there is nobody to compare with. */
static bool may_withdraw(const struct upkeep_job *job)
{
	return job->context.trusted || job->node->config->peers_count == 0;
}

/* ---- one task after the other --------------------------------------------------- */

static int run(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct upkeep_job *job = (struct upkeep_job *)base;

	job->more = false;
	job->done = 0;
	/* all but the last two are the signing node's */
	if (job->task < UPKEEP_ERASE && (!atomic_load(&job->node->signs) ||
						!atomic_load(&job->node->own_open))) {
		return 0;
	}
	if ((job->task == UPKEEP_ENDED || job->task == UPKEEP_LAPSED) &&
		!may_withdraw(job)) {
		return 0;
	}
	return tasks[job->task](job, txn, msg);
}

static void done(struct commit_job *base, int error, const char *text)
{
	struct upkeep_job *job = (struct upkeep_job *)base;

	job->error = error;
	if (error != 0) {
		errmsg_set(&job->text, error, "%s", text);
	}
	mailbox_post(job->node->mailbox, &job->letter);
}

static void finish(struct upkeep_job *job)
{
	job->upkeep->busy = false;
	free(job);
}

static void post(struct upkeep_job *job)
{
	int error;

	upkeep_context(job->node, &job->context);
	error = committer_post(job->node->committer, &job->job);
	if (error != 0) {
		if (error != CORDON_ESHUTDOWN) {
			log_warning("upkeep: %s", cordon_error_text(error));
		}
		finish(job);
	}
}

static void count(const struct upkeep_job *job)
{
	struct upkeep_counters *to = &job->node->upkept;

	switch (job->task) {
	case UPKEEP_ENDED:
	case UPKEEP_STUBS:
		atomic_fetch_add(&to->ended, job->done);
		break;
	case UPKEEP_LAPSED:
		atomic_fetch_add(&to->lapsed, job->done);
		atomic_store(&to->reviews, job->reviews);
		atomic_store(&to->held, job->held);
		break;
	case UPKEEP_TOMBSTONES:
		atomic_fetch_add(&to->purged, job->done);
		break;
	case UPKEEP_ERASE:
		atomic_fetch_add(&to->erased, job->done);
		break;
	case UPKEEP_PENDING:
		atomic_store(&to->pending, job->pending);
		break;
	case UPKEEP_TASKS:
		break;
	}
}

static void report(const struct upkeep_job *job)
{
	if (job->error != 0) {
		log_error("upkeep: %s: %s", task_texts[job->task], job->text.text);
		/* what was looked at may still be there */
		memset(job->places, 0, sizeof(job->upkeep->places));
	} else if (job->done > 0) {
		log_notice("upkeep: %s: %zu", task_texts[job->task], job->done);
	}
}

/* Once a day while there are any. */
static void warn_reviews(struct upkeep_job *job)
{
	struct upkeep *upkeep = job->upkeep;
	int64_t day = job->context.now_s / DAY_S;

	if (job->task == UPKEEP_LAPSED && job->error == 0 && job->reviews > 0 &&
		upkeep->warned_day != day) {
		upkeep->warned_day = day;
		log_warning("%" PRIu64 " own records are to be reviewed within %d "
			    "days, or they lapse; see cordonctl record due",
			job->reviews, UPKEEP_REVIEW_DAYS);
	}
}

static void on_letter(struct letter *letter)
{
	struct upkeep_job *job =
		(struct upkeep_job *)((char *)letter -
				      offsetof(struct upkeep_job, letter));

	report(job);
	if (job->error == 0) {
		count(job);
		warn_reviews(job);
	}
	if (job->error != 0 || !job->more) {
		job->task++;
	}
	if (job->task == UPKEEP_TASKS || atomic_load(&job->node->stopping)) {
		finish(job);
	} else {
		post(job);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct upkeep *upkeep = context;
	struct upkeep_job *job;

	(void)fd;
	(void)what;
	compactor_look(upkeep->node->compactor);
	if (upkeep->busy) {
		return;
	}
	job = calloc(1, sizeof(*job));
	if (job == NULL) {
		log_error("upkeep: out of memory");
		return;
	}
	job->job.run = run;
	job->job.done = done;
	job->letter.deliver = on_letter;
	job->upkeep = upkeep;
	job->node = upkeep->node;
	job->places = upkeep->places;
	upkeep->busy = true;
	post(job);
}

/* ---- life ----------------------------------------------------------------------- */

int upkeep_create(struct node *node, struct upkeep **upkeep, struct errmsg *msg)
{
	uint32_t ms = node->config->upkeep_interval_ms;
	struct timeval every = { ms / 1000, ms % 1000 * 1000 };
	struct upkeep *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	u->node = node;
	clocktrust_init(&u->trust);
	u->timer = event_new(node->base, -1, EV_PERSIST, on_timer, u);
	if (u->timer == NULL || event_add(u->timer, &every) != 0) {
		upkeep_destroy(u);
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	*upkeep = u;
	return 0;
}

void upkeep_destroy(struct upkeep *upkeep)
{
	if (upkeep == NULL) {
		return;
	}
	if (upkeep->timer != NULL) {
		event_free(upkeep->timer);
	}
	free(upkeep);
}
