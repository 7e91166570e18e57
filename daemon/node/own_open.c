/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "daemon/base/clock.h"
#include "daemon/node/own_lists_state.h"
#include "daemon/node/committer.h"

struct sign_job {
	struct commit_job job;
	struct node *node;
	bool open; /* create, share, and let submissions in; else only sign again */
};

static int create(struct own_lists *lists, struct own_list *list, uint16_t kind,
	struct errmsg *msg)
{
	struct list_id id = { .owner = lists->node->config->node.member, .kind = kind };
	struct epoch epoch = { .number = (uint64_t)wall_s(clock_wall()) };

	if (RAND_bytes((uint8_t *)&epoch.tag, sizeof(epoch.tag)) != 1) {
		return errmsg_set(msg, CORDON_EINTERNAL, "no random numbers");
	}
	own_create(&list->copy, &id, epoch);
	own_begin(&list->change, &list->copy, &list->feed);
	list->loaded = true;
	return 0;
}

static void share(const struct config *config, struct own_list *list, uint16_t kind)
{
	const struct config_list *section = NULL;

	for (size_t i = 0; i < config->lists_count; i++) {
		if (config->lists[i].kind == kind) {
			section = &config->lists[i];
		}
	}
	own_share(&list->change, section == NULL ? NULL : section->share_with,
		section == NULL ? 0 : section->share_with_count);
}

static int open_lists(struct own_lists *lists, struct errmsg *msg)
{
	for (uint16_t kind = 1; kind <= OWN_KINDS; kind++) {
		struct own_list *list;
		bool found;
		int error = own_lists_load(lists, kind, &list, &found, msg);

		if (error == 0 && !found) {
			error = create(lists, list, kind, msg);
		}
		if (error != 0) {
			return error;
		}
		share(lists->node->config, list, kind);
	}
	return 0;
}

static int run(struct commit_job *job, struct store_txn *txn, struct errmsg *msg)
{
	struct sign_job *sign = (struct sign_job *)job;
	struct own_lists *lists;
	int error = own_lists_begin(sign->node, txn, &lists, msg);

	if (error != 0) {
		return error;
	}
	if (sign->open) {
		error = open_lists(lists, msg);
	}
	if (error == 0) {
		error = own_lists_publish(lists, true, msg);
	}
	own_lists_end(lists);
	return error;
}

static void done(struct commit_job *job, int error, const char *text)
{
	struct sign_job *sign = (struct sign_job *)job;

	if (error != 0) {
		log_error("own lists: %s: %s", sign->open ? "not opened" : "not signed",
			text);
	} else if (sign->open) {
		atomic_store(&sign->node->own_open, true);
		log_notice("own lists are open");
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
