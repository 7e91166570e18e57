/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/opening.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/node/own_lists.h"
#include "daemon/node/committer.h"
#include "daemon/node/signing.h"

_Static_assert(sizeof(((struct opening *)0)->told) >= 64, "a place for each peer");

struct heard_job {
	struct commit_job job;
	struct node *node;
	char name[16];
};

static void heard_name(char *out, size_t bytes, const struct state *member)
{
	snprintf(out, bytes, "heard:%s", member->code);
}

static int run_heard(struct commit_job *base, struct store_txn *txn, struct errmsg *msg)
{
	struct heard_job *job = (struct heard_job *)base;
	struct bytes yes = { (const uint8_t *)"1", 1 };

	return store_meta_put(txn, job->name, yes) == 0 ? 0 : store_txn_error(txn, msg);
}

static void done_heard(struct commit_job *job, int error, const char *text)
{
	struct heard_job *heard = (struct heard_job *)job;

	if (error != 0) {
		write_log_failed(&heard->node->write_log,
			"remember whose heads were heard: %s", text);
	}
	free(job);
}

static void remember_heard(struct node *node, const struct state *member)
{
	struct heard_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		return; /* asked again at the next start */
	}
	job->node = node;
	heard_name(job->name, sizeof(job->name), member);
	job->job.run = run_heard;
	job->job.done = done_heard;
	if (committer_post(node->committer, &job->job) != 0) {
		free(job);
	}
}

static size_t member_index(const struct config *config, const struct state *member)
{
	size_t i = 0;

	while (i < config->members_count &&
		!ident_state_equal(&config->members[i].code, member)) {
		i++;
	}
	return i;
}

void opening_heard(struct opening *opening, const struct state *member)
{
	struct node *node = opening->node;
	uint64_t bit = UINT64_C(1) << member_index(node->config, member);

	if ((atomic_fetch_or(&node->heard, bit) & bit) == 0) {
		remember_heard(node, member);
	}
}

static int load_heard(struct node *node, struct errmsg *msg)
{
	struct store_txn *txn;
	int error = store_read_begin(node->store, &txn, msg);

	if (error != 0) {
		return error;
	}
	for (size_t i = 0; error == 0 && i < node->config->members_count; i++) {
		char name[16];
		struct bytes value;
		bool found;

		heard_name(name, sizeof(name), &node->config->members[i].code);
		error = store_meta_get(txn, name, &value, &found);
		if (error == 0 && found) {
			atomic_fetch_or(&node->heard, UINT64_C(1) << i);
		}
	}
	if (error != 0) {
		store_txn_error(txn, msg);
	}
	store_read_end(txn);
	return error;
}

static void open_now(struct opening *opening)
{
	enum signing signing = signing_of(opening->node);

	if ((signing != SIGNING_NEW && signing != SIGNING_YES) || opening->asked) {
		return;
	}
	opening->asked = true;
	own_lists_open(opening->node);
}

static void on_grace(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	open_now(context);
}

int opening_init(struct opening *opening, struct node *node, struct errmsg *msg)
{
	struct timeval after = { OWN_LISTS_GRACE_MS / 1000,
		OWN_LISTS_GRACE_MS % 1000 * 1000 };
	int error;

	opening->node = node;
	opening->grace = evtimer_new(node->base, on_grace, opening);
	if (opening->grace == NULL) {
		return errmsg_set(msg, CORDON_ENOMEM, "out of memory");
	}
	error = load_heard(node, msg);
	if (error != 0) {
		return error;
	}
	if (node->config->peers_count == 0) {
		after.tv_sec = 0;
		after.tv_usec = 0;
	}
	event_add(opening->grace, &after);
	return 0;
}

void opening_finish(struct opening *opening)
{
	if (opening->grace != NULL) {
		event_free(opening->grace);
		opening->grace = NULL;
	}
}

void opening_told(struct opening *opening, size_t peer)
{
	opening->told[peer] = true;
	for (size_t i = 0; i < opening->node->config->peers_count; i++) {
		if (!opening->told[i]) {
			return;
		}
	}
	open_now(opening);
}
