/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/node/committer.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/replicator.h"
#include "daemon/node/signing.h"

struct sign_job {
	struct commit_job job;
	struct node *node;
	bool open; /* create, share, and let submissions in; else only sign again */
	bool idle; /* it was not this node's to do */
};

void own_lists_create(struct own_lists *lists, uint16_t kind, const struct epoch *epoch)
{
	struct list_id id = { .owner = lists->node->config->node.member, .kind = kind };
	struct own_list *list = &lists->kinds[kind];

	own_create(&list->copy, &id, *epoch);
	own_begin(&list->change, &list->copy, &list->feed);
	list->loaded = true;
}

static int create(struct own_lists *lists, uint16_t kind, struct errmsg *msg)
{
	struct epoch epoch = { .number = (uint64_t)wall_s(clock_wall()) };

	if (RAND_bytes((uint8_t *)&epoch.tag, sizeof(epoch.tag)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	own_lists_create(lists, kind, &epoch);
	return 0;
}

void own_lists_share(struct own_lists *lists, uint16_t kind)
{
	const struct config *config = lists->node->config;
	const struct config_list *section = NULL;

	for (size_t i = 0; i < config->lists_count; i++) {
		if (config->lists[i].kind == kind) {
			section = &config->lists[i];
		}
	}
	own_share(&lists->kinds[kind].change,
		section == NULL ? NULL : section->share_with,
		section == NULL ? 0 : section->share_with_count);
}

/* A new node begins only where nothing is known of its lists. */
static int open_lists(struct own_lists *lists, bool begin, struct errmsg *msg)
{
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		struct own_list *list;
		bool found;
		int error = own_lists_load(lists, kind, &list, &found, msg);

		if (error == 0 && begin && found) {
			return errmsg_set(msg, CORDON_ENOTSIGNER,
				"meanwhile a peer has told of them");
		}
		if (error == 0 && !found) {
			error = create(lists, kind, msg);
		}
		if (error != 0) {
			return error;
		}
		own_lists_share(lists, kind);
	}
	return 0;
}

static int open_and_sign(struct sign_job *sign, struct own_lists *lists,
	struct store_txn *txn, struct errmsg *msg)
{
	bool begin = signing_of(sign->node) == SIGNING_NEW;
	int error = 0;

	if (sign->open) {
		lists->opening = begin;
		error = open_lists(lists, begin, msg);
	}
	if (error == 0 && sign->open && begin && signing_put(txn, SIGNING_YES) != 0) {
		error = store_txn_error(txn, msg);
	}
	return error == 0 ? own_lists_publish(lists, true, msg) : error;
}

/* A node that has stopped signing meanwhile has nothing to do. */
static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct sign_job *sign = (struct sign_job *)job;
	bool begins = sign->open && signing_of(sign->node) == SIGNING_NEW;
	struct own_lists *lists;
	int error;

	sign->idle = !begins && !atomic_load(&sign->node->signs);
	if (sign->idle) {
		return 0;
	}
	error = own_lists_begin(sign->node, txn, &lists, msg);
	if (error != 0) {
		return error;
	}
	error = open_and_sign(sign, lists, txn, msg);
	own_lists_end(lists);
	return error;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct sign_job *sign = (struct sign_job *)job;

	if (error != 0) {
		write_log_failed(&sign->node->write_log, "own lists: %s: %s",
			sign->open ? "not opened" : "not signed", text);
		atomic_store(&sign->node->own_reopen,
			sign->open && error != CORDON_ENOTSIGNER);
	} else if (sign->open && !sign->idle) {
		struct node *node = sign->node;
		bool began = signing_of(node) == SIGNING_NEW;

		if (began) { /* else main may have stopped it meanwhile */
			signing_set(node, SIGNING_YES);
		}
		atomic_store(&node->own_open, true);
		log_notice("own lists are open");
		if (began) {
			replicator_role_changed(node->replicator);
		}
	}
	free(sign);
}

static void post(struct node *node, bool open)
{
	struct sign_job *sign = calloc(1, sizeof(*sign));
	int error = CORDON_ENOMEM;

	if (sign != NULL) {
		sign->job.run = run;
		sign->job.done = done;
		sign->node = node;
		sign->open = open;
		error = committer_post(node->committer, &sign->job);
	}
	if (error != 0 && error != CORDON_ESHUTDOWN) {
		log_error("own lists: %s", cordon_error_text(error));
	}
	if (error != 0) {
		free(sign);
	}
}

void own_lists_open(struct node *node)
{
	post(node, true);
}

void own_lists_sign_idle(struct node *node)
{
	post(node, false);
}
