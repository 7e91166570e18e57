/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/metrics_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/core/repl/copy.h"
#include "daemon/node/access_log.h"
#include "daemon/node/replicator.h"

/*
 * Prometheus' text form: a family is a HELP and a TYPE line and its samples.  Label
 * values are codes, list names and URIs, which need no escaping.
 */

/* ---- counters
 * ------------------------------------------------------------------------------ */

#define COUNTERS(X)                                                                    \
	X(lookups, "lookups_total", "Queries answered.")                               \
	X(lookup_errors, "lookup_errors_total", "Queries that had no answer.")         \
	X(submitted, "submitted_total", "Submitted items taken.")                      \
	X(refused, "refused_total", "Submitted items refused by an entry rule.")       \
	X(denied, "denied_total", "Requests and submitted items that a rule denies.")  \
	X(connections_total, "connections_total", "Connections accepted.")             \
	X(handshake_failures, "handshake_failures_total",                              \
		"TLS handshakes that failed.")                                         \
	X(protocol_errors, "protocol_errors_total",                                    \
		"Messages and acknowledgements that broke the protocol.")              \
	X(commits, "commits_total", "Transactions committed.")                         \
	X(entries_applied, "entries_applied_total", "Entries taken from other nodes.") \
	X(mismatches, "mismatches_total",                                              \
		"Times that what a node sent was not what the owner signed.")          \
	X(strange_epochs, "strange_epochs_total",                                      \
		"Epochs not followed, since they go back to nothing that is held.")    \
	X(complaints, "complaints_total",                                              \
		"Times that a node complained of what this one serves.")

static void counters(struct text *text)
{
	const struct node_counters *from = &text->node->counters;

#define COUNTER(field, name, help)                                                     \
	metrics_single(text, name, "counter", help, atomic_load(&from->field));
	COUNTERS(COUNTER)
#undef COUNTER
	metrics_single(text, "connections", "gauge", "Connections open now.",
		atomic_load(&from->connections));
	metrics_single(text, "copies_waiting", "gauge",
		"Submissions under way that want other members' copies.",
		atomic_load(&from->copies_waiting));
}

static void limits(struct text *text)
{
	const struct node_counters *from = &text->node->counters;

	metrics_family(text, "limited_total", "counter",
		"Connections and requests over a limit, by the limit's name.");
	for (int limit = 0; limit < LIMIT_COUNT; limit++) {
		metrics_add(text, "cordon_limited_total{limit=\"%s\"} %" PRIu64 "\n",
			limit_name((enum limit)limit),
			(uint64_t)atomic_load(&from->limited[limit]));
	}
}

static void upkeep(struct text *text)
{
	const struct upkeep_counters *from = &text->node->upkept;

	metrics_single(text, "ended_total", "counter",
		"Own records withdrawn at their end.", atomic_load(&from->ended));
	metrics_single(text, "lapsed_total", "counter",
		"Own records withdrawn because nobody confirmed them.",
		atomic_load(&from->lapsed));
	metrics_single(text, "erased_total", "counter",
		"Other members' records whose content was erased.",
		atomic_load(&from->erased));
	metrics_single(text, "tombstones_purged_total", "counter",
		"Own tombstones let go.", atomic_load(&from->purged));
	metrics_single(text, "reviews_due", "gauge",
		"Own records to be reviewed within 90 days.",
		atomic_load(&from->reviews));
	metrics_single(text, "withdrawals_held", "gauge",
		"Withdrawals that wait for an administrator.",
		atomic_load(&from->held));
	metrics_single(text, "changes_pending", "gauge",
		"Submitted items and exports that wait for a second pair of eyes.",
		atomic_load(&from->pending));
	metrics_single(text, "clock_trusted", "gauge",
		"1 when other members' heads agree with the node's clock.",
		atomic_load(&from->clock_trusted) ? 1 : 0);
}

static void access_log(struct text *text)
{
	struct access_log_state *state = arena_alloc(&text->arena, sizeof(*state));

	metrics_single(text, "access_log_on", "gauge", "An access log is kept.",
		text->node->access_log != NULL);
	if (text->node->access_log == NULL || state == NULL) {
		return;
	}
	access_log_state(text->node->access_log, state);
	metrics_single(text, "access_log_entries_total", "counter",
		"Entries in the access log.", state->entries);
	metrics_single(text, "access_log_groups_total", "counter",
		"Groups of entries written since the start.", state->groups);
	metrics_single(text, "access_log_syncs_total", "counter",
		"Times that the access log was synced.", state->syncs);
	metrics_single(text, "access_log_sync_us_total", "counter",
		"Microseconds that these took.", state->sync_us);
	metrics_single(text, "access_log_refused_total", "counter",
		"Requests refused, since they could not be logged.", state->refused);
	metrics_single(text, "access_log_checkpoint_seconds", "gauge",
		"Unix time of the newest checkpoint.", (uint64_t)state->checkpoint_s);
	metrics_single(text, "access_log_reserve_bytes", "gauge",
		"Space made ready for when the disk is full.", state->reserve_bytes);
	metrics_single(text, "access_log_reserve_wanted_bytes", "gauge",
		"What that is to be.", state->reserve_wanted_bytes);
	metrics_single(text, "access_log_disk_free_bytes", "gauge",
		"Free space of the access log's file system.", state->disk_free_bytes);
	metrics_single(text, "access_log_spent", "gauge",
		"Nothing can be logged: requests are refused.", state->spent);
	metrics_single(text, "access_log_damaged", "gauge",
		"The log was not as it was left when the node started.",
		state->damaged);
}

static void scrubs(struct text *text)
{
	const struct scrub_counters *from = &text->node->scrubbed;

	metrics_single(text, "scrubbed_rows_total", "counter",
		"Stored rows read by scrubs.", atomic_load(&from->rows));
	metrics_single(text, "damaged_rows_total", "counter",
		"Stored rows found damaged.", atomic_load(&from->damaged_rows));
	metrics_single(text, "mended_index_keys_total", "counter",
		"Index keys removed that named no row.", atomic_load(&from->indexes));
	metrics_single(text, "repairs_total", "counter",
		"Lists repaired by id from another node.", atomic_load(&from->repairs));
	metrics_single(text, "repaired_rows_total", "counter",
		"Entries taken from other nodes for repairs.",
		atomic_load(&from->repaired_rows));
}

static void lookups(struct text *text)
{
	static const char *const verdicts[] = { NULL, "clear", "possible", "match" };
	const struct node_counters *from = &text->node->counters;
	uint64_t us = atomic_load(&from->lookup_us);

	metrics_family(text, "lookup_verdicts_total", "counter", "Answers by verdict.");
	for (size_t i = 1; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		metrics_add(text,
			"cordon_lookup_verdicts_total{verdict=\"%s\"} %" PRIu64 "\n",
			verdicts[i], (uint64_t)atomic_load(&from->verdicts[i]));
	}
	metrics_family(text, "lookup_seconds_total", "counter",
		"Time spent on queries; by lookups_total, the mean.");
	metrics_add(text, "cordon_lookup_seconds_total %" PRIu64 ".%06u\n",
		us / 1000000, (unsigned)(us % 1000000));
}

/* ---- lists
 * -----------------------------------------------------------------------------------
 */

struct list_sample {
	struct store_list_info info;
	char name[LIST_TEXT_MAX];
	uint64_t live;
};

static uint64_t age_s(const struct list_sample *list)
{
	int64_t age = wall_s(clock_wall()) - list->info.head_time_s;

	return age > 0 ? (uint64_t)age : 0; /* a clock ahead of ours */
}

static uint64_t is_verified(const struct list_sample *list)
{
	const struct list_copy copy = { .phase = list->info.phase };

	return copy_serves(&copy);
}

static uint64_t sequence(const struct list_sample *list)
{
	return list->info.sequence;
}

static uint64_t live(const struct list_sample *list)
{
	return list->live;
}

static uint64_t not_understood(const struct list_sample *list)
{
	return list->info.not_understood;
}

static const struct list_gauge {
	const char *name, *help;
	uint64_t (*value)(const struct list_sample *list);
	bool needs_head; /* says nothing of a list that was never loaded */
} list_gauges[] = {
	{ "list_sequence", "Sequence of the newest verified head.", sequence, false },
	{ "list_age_seconds", "Time since the owner signed the newest head.", age_s,
		true },
	{ "list_live_records", "Live records.", live, false },
	{ "list_verified", "1: exactly what the owner signed.", is_verified, false },
	{ "list_not_understood",
		"Live records of a newer version, kept but not found by lookups.",
		not_understood, false },
};

static void list_samples(
	struct text *text, const struct list_sample *lists, size_t count)
{
	size_t gauges = sizeof(list_gauges) / sizeof(list_gauges[0]);

	for (size_t g = 0; g < gauges; g++) {
		const struct list_gauge *gauge = &list_gauges[g];

		metrics_family(text, gauge->name, "gauge", gauge->help);
		for (size_t i = 0; i < count; i++) {
			if (gauge->needs_head && lists[i].info.head_time_s == 0) {
				continue;
			}
			metrics_add(text, "cordon_%s{list=\"%s\"} %" PRIu64 "\n",
				gauge->name, lists[i].name, gauge->value(&lists[i]));
		}
	}
}

static int names(struct text *text, struct store_txn *txn)
{
	struct store_persons_progress progress;
	int error = store_persons_progress(txn, &progress);

	if (error == 0) {
		metrics_single(text, "names_left", "gauge",
			"Records not yet in the index of names, which is being made "
			"anew.",
			progress.partial ? progress.total - progress.done : 0);
	}
	return error;
}

/* Lists whose sharing has ended are no longer watched. */
static int lists(struct text *text, struct store_txn *txn)
{
	struct store_list_info *infos;
	struct list_sample *samples;
	size_t count, kept = 0;
	int error = store_list_infos(txn, &text->arena, &infos, &count);

	if (error != 0) {
		return error;
	}
	samples = arena_array(&text->arena, count + 1, sizeof(*samples));
	if (samples == NULL) {
		return CORDON_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		struct list_sample *sample = &samples[kept];
		struct list_copy copy;
		bool found;

		if (infos[i].phase == COPY_UNSHARED) {
			continue;
		}
		error = store_list_get(txn, &infos[i].list, &copy, &found);
		if (error != 0) {
			return error;
		}
		sample->info = infos[i];
		sample->live = copy.live_count;
		ident_list_text(&infos[i].list, sample->name);
		kept++;
	}
	list_samples(text, samples, kept);
	return 0;
}

/* ---- links and the node
 * ---------------------------------------------------------------------- */

static uint64_t link_up(const struct link_info *link)
{
	return strcmp(link->state, "up") == 0;
}

static uint64_t link_lag(const struct link_info *link)
{
	return link->lag;
}

static uint64_t link_entries(const struct link_info *link)
{
	return link->entries;
}

static uint64_t link_bytes(const struct link_info *link)
{
	return link->bytes;
}

static uint64_t link_complaints(const struct link_info *link)
{
	return link->complaints;
}

static const struct link_metric {
	const char *name, *type, *help;
	uint64_t (*value)(const struct link_info *link);
} link_metrics[] = {
	{ "link_up", "gauge", "1: the link to the node is up.", link_up },
	{ "link_lag_sequences", "gauge",
		"Sequences that the node is known to be ahead, over all lists.",
		link_lag },
	{ "link_entries_total", "counter", "Entries pulled from the node.",
		link_entries },
	{ "link_complaints_total", "counter",
		"Times that the node complained of what this one serves.",
		link_complaints },
	{ "link_bytes_total", "counter", "Bytes of the chunks pulled from the node.",
		link_bytes },
};

/* Keys without an end are left out. */
static int links(struct text *text)
{
	struct link_info *infos;
	size_t count;
	int error =
		replicator_links(text->node->replicator, &text->arena, &infos, &count);

	if (error != 0) {
		return error;
	}
	for (size_t m = 0; m < sizeof(link_metrics) / sizeof(link_metrics[0]); m++) {
		const struct link_metric *metric = &link_metrics[m];

		metrics_family(text, metric->name, metric->type, metric->help);
		for (size_t i = 0; i < count; i++) {
			char uri[IDENT_URI_MAX];

			ident_uri_text(&infos[i].peer, uri);
			metrics_add(text, "cordon_%s{peer=\"%s\"} %" PRIu64 "\n",
				metric->name, uri, metric->value(&infos[i]));
		}
	}
	return 0;
}

static void about(struct text *text)
{
	struct tls_profile *profile = node_profile(text->node);
	char uri[IDENT_URI_MAX];

	ident_uri_text(&text->node->config->node, uri);
	metrics_family(text, "info", "gauge", "1; who this is.");
	metrics_add(text, "cordon_info{node=\"%s\",software=\"%s\"} 1\n", uri,
		node_software());
	metrics_family(text, "start_time_seconds", "gauge", "Unix time of the start.");
	metrics_add(
		text, "cordon_start_time_seconds %" PRId64 "\n", text->node->started_s);
	metrics_family(text, "certificate_expiry_seconds", "gauge",
		"Unix time at which the node's own certificate ends.");
	metrics_add(text, "cordon_certificate_expiry_seconds %" PRId64 "\n",
		tls_profile_ends_s(profile));
	tls_profile_unref(profile);
	metrics_single(text, "store_bytes", "gauge", "Bytes used in the store.",
		store_used_bytes(text->node->store));
	metrics_single(text, "signs", "gauge", "1: this node signs its member's lists.",
		atomic_load(&text->node->signs));
	metrics_single(text, "own_lists_open", "gauge",
		"1: the own lists may be changed at this node.",
		atomic_load(&text->node->own_open));
}

int metrics_text(struct node *node, struct store_txn *txn, struct evbuffer *body)
{
	struct text text = { .node = node, .body = body };
	int error;

	arena_init(&text.arena, 0);
	about(&text);
	counters(&text);
	metrics_refusals(&text);
	limits(&text);
	upkeep(&text);
	scrubs(&text);
	access_log(&text);
	lookups(&text);
	error = metrics_expiries(&text);
	if (error == 0) {
		error = lists(&text, txn);
	}
	if (error == 0) {
		error = names(&text, txn);
	}
	if (error == 0) {
		error = links(&text);
	}
	arena_finish(&text.arena);
	return error == 0 && text.failed ? CORDON_ENOMEM : error;
}
