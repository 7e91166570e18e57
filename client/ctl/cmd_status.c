/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/ctl/ctl.h"
#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

static json_t *verified_json(int verified)
{
	return verified < 0 ? json_null() : json_boolean(verified);
}

static json_t *lists_json(const struct cordon_status *status)
{
	json_t *array = json_array();

	for (size_t i = 0; i < status->lists_count; i++) {
		const struct cordon_list_status *l = &status->lists[i];

		output_json_add(&array,
			json_pack("{s:s, s:I, s:I, s:I, s:s?, s:o, s:o, "
				  "s:s?, s:I, s:o, s:I, s:I}",
				"list", l->list, "epoch", (json_int_t)l->epoch,
				"sequence", (json_int_t)l->sequence, "live",
				(json_int_t)l->live, "digest", l->digest, "age_s",
				l->age_s < 0 ? json_null() : json_integer(l->age_s),
				"verified", verified_json(l->verified), "state",
				l->state, "floor", (json_int_t)l->floor, "shared_with",
				output_json_texts(l->shared_with, l->shared_with_count),
				"not_understood", (json_int_t)l->not_understood,
				"loaded_sequence", (json_int_t)l->loaded_sequence));
	}
	return array;
}

static json_t *links_json(const struct cordon_status *status)
{
	json_t *array = json_array();

	for (size_t i = 0; i < status->links_count; i++) {
		const struct cordon_link_status *l = &status->links[i];

		output_json_add(&array,
			json_pack("{s:s?, s:s?, s:s, s:s?, s:I, s:I, s:I, s:I}", "peer",
				l->peer, "address", l->address, "state", l->state,
				"error", l->error, "lag", (json_int_t)l->lag, "since_s",
				(json_int_t)l->since_s, "retry_in_ms",
				(json_int_t)l->retry_in_ms, "complaints",
				(json_int_t)l->complaints));
	}
	return array;
}

static json_t *members_json(const struct cordon_status *status)
{
	json_t *array = json_array();

	for (size_t i = 0; i < status->members_count; i++) {
		const struct cordon_member_status *m = &status->members[i];

		output_json_add(
			&array, json_pack("{s:s, s:s?, s:I, s:I}", "member", m->member,
					"last_seen_node", m->last_seen_node,
					"newest_head_s", (json_int_t)m->newest_head_s,
					"keys_until_s", (json_int_t)m->keys_until_s));
	}
	return array;
}

static json_t *expiries_json(const struct cordon_status *status)
{
	json_t *array = json_array();

	for (size_t i = 0; i < status->expiries_count; i++) {
		const struct cordon_expiry *e = &status->expiries[i];

		output_json_add(
			&array, json_pack("{s:s, s:s, s:I, s:b}", "what", e->what,
					"member", e->member, "ends_s",
					(json_int_t)e->ends_s, "soon", e->soon));
	}
	return array;
}

static json_t *access_log_json(const struct cordon_access_log_status *log)
{
	if (log == NULL) {
		return json_null();
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:I}", "entries",
		(json_int_t)log->entries, "segment", (json_int_t)log->segment, "oldest",
		(json_int_t)log->oldest, "reserve_bytes",
		(json_int_t)log->reserve_bytes, "reserve_wanted_bytes",
		(json_int_t)log->reserve_wanted_bytes, "disk_free_bytes",
		(json_int_t)log->disk_free_bytes, "spent", log->spent, "damaged",
		log->damaged, "checkpoint_s", (json_int_t)log->checkpoint_s);
}

static int print_json(const struct cordon_status *status)
{
	return ctl_print_json(json_pack(
		"{s:s, s:s, s:s?, s:I, s:I, s:b, s:o, s:o, s:o, s:I, "
		"s:I, s:I, s:s?, s:s?, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:o, s:o}",
		"node", status->node, "member", status->member, "software",
		status->software, "started_s", (json_int_t)status->started_s, "now_s",
		(json_int_t)status->now_s, "signer", status->signer, "lists",
		lists_json(status), "links", links_json(status), "members",
		members_json(status), "store_bytes", (json_int_t)status->store_bytes,
		"lookups", (json_int_t)status->lookups, "connections",
		(json_int_t)status->connections, "signing", status->signing, "remedy",
		status->remedy, "put_aside", (json_int_t)status->put_aside,
		"reviews_due", (json_int_t)status->reviews_due, "names_done",
		(json_int_t)status->names_done, "names_total",
		(json_int_t)status->names_total, "held", (json_int_t)status->held,
		"clock_trusted", status->clock_trusted, "pending",
		(json_int_t)status->pending, "expiries", expiries_json(status),
		"access_log", access_log_json(status->access_log)));
}

static const char *verified_text(int verified)
{
	return verified == CORDON_VERIFIED_YES  ? "yes"
	       : verified == CORDON_VERIFIED_NO ? "NO"
						: "unchecked";
}

static void print_lists(const struct cordon_status *status)
{
	printf("\n%-22s %-10s %10s %10s %8s %-9s %s\n", "LIST", "STATE", "SEQUENCE",
		"LIVE", "AGE", "VERIFIED", "DIGEST");
	for (size_t i = 0; i < status->lists_count; i++) {
		const struct cordon_list_status *l = &status->lists[i];
		char age[24] = "never";

		if (l->age_s >= 0) {
			snprintf(age, sizeof(age), "%" PRId64 " s", l->age_s);
		}
		printf("%-22s %-10s %10" PRIu64 " %10" PRIu64 " %8s %-9s %.16s\n",
			l->list, l->state, l->sequence, l->live, age,
			verified_text(l->verified),
			l->digest == NULL ? "-" : l->digest);
		if (l->not_understood > 0) {
			printf("  %" PRIu64
			       " records of a newer member are not understood\n",
				l->not_understood);
		}
	}
}

static void print_links(const struct cordon_status *status)
{
	printf("\n%-36s %-22s %-11s %8s %s\n", "LINK", "ADDRESS", "STATE", "LAG", "");
	for (size_t i = 0; i < status->links_count; i++) {
		const struct cordon_link_status *l = &status->links[i];

		printf("%-36s %-22s %-11s %8" PRIu64 " ",
			l->peer == NULL ? "?" : l->peer,
			l->address == NULL ? "?" : l->address, l->state, l->lag);
		output_text(stdout, l->error);
		if (l->complaints > 0) {
			printf(" complained %" PRIu64 " times of what this node serves",
				l->complaints);
		}
		putchar('\n');
	}
}

static void print_signing(const struct cordon_status *status)
{
	if (status->remedy != NULL) {
		output_text(stdout, status->remedy);
		putchar('\n');
	}
	if (status->put_aside > 0) {
		printf("%" PRIu64 " changes are put aside: cordonctl aside list\n",
			status->put_aside);
	}
}

/* What wants somebody's eye. */
static void print_upkeep(const struct cordon_status *status)
{
	if (status->names_total > 0) {
		printf("The index of names is being made anew, %" PRIu64 " of %" PRIu64
		       " records are in it: until then no lookup by name is "
		       "complete\n",
			status->names_done, status->names_total);
	}
	if (status->reviews_due > 0) {
		printf("%" PRIu64 " own records are to be reviewed within 90 days: "
		       "cordonctl record due\n",
			status->reviews_due);
	}
	if (status->held > 0) {
		printf("%" PRIu64 " withdrawals are HELD for an administrator's word: "
		       "cordonctl brake list\n",
			status->held);
	}
	if (status->pending > 0) {
		printf("%" PRIu64 " items wait for a second pair of eyes: cordonctl "
		       "record pending\n",
			status->pending);
	}
	if (!status->clock_trusted) {
		puts("its clock is not confirmed by another member's heads");
	}
}

static void print_access_log(const struct cordon_access_log_status *log)
{
	char signed_at[OUTPUT_TIME_BYTES] = "never";

	if (log == NULL) {
		puts("access log: none is kept");
		return;
	}
	if (log->checkpoint_s > 0) {
		output_time(log->checkpoint_s, signed_at);
	}
	printf("access log: %" PRIu64 " entries, segments %" PRIu64 " to %" PRIu64
	       ", signed %s, reserve %.0f of %.0f MiB\n",
		log->entries, log->oldest, log->segment, signed_at,
		(double)log->reserve_bytes / (1024 * 1024),
		(double)log->reserve_wanted_bytes / (1024 * 1024));
	if (log->spent) {
		puts("access log: CANNOT BE WRITTEN: lookups and changes are refused "
		     "until there is space, or its disk works");
	}
	if (log->damaged) {
		puts("access log: WAS CHANGED while the node did not run: cordonctl "
		     "access-log verify");
	}
}

/* What ends soon, or has ended. */
static void print_expiries(const struct cordon_status *status)
{
	static const char *const names[][2] = { { "certificate",
							"the node's certificate" },
		{ "ca", "a CA certificate" }, { "crl", "the revocation list" },
		{ "head_key", "a head key" } };
	char ends[OUTPUT_TIME_BYTES];

	for (size_t i = 0; i < status->expiries_count; i++) {
		const struct cordon_expiry *e = &status->expiries[i];
		const char *name = e->what;

		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			name = strcmp(names[k][0], e->what) == 0 ? names[k][1] : name;
		}
		if (e->soon) {
			output_time(e->ends_s, ends);
			printf("%s of %s %s %s\n", name, e->member,
				e->ends_s <= status->now_s ? "ENDED" : "ENDS SOON:",
				ends);
		}
	}
}

static int print_text(const struct cordon_status *status)
{
	char started[OUTPUT_TIME_BYTES], newest[OUTPUT_TIME_BYTES];

	output_time(status->started_s, started);
	printf("%s (%s), member %s, %s, since %s\n", status->node,
		status->software == NULL ? "?" : status->software, status->member,
		status->signer ? "signs its member's lists" : "follows", started);
	printf("%" PRIu64 " lookups, %" PRIu64 " connections, store %.1f MiB\n",
		status->lookups, status->connections,
		(double)status->store_bytes / (1024 * 1024));
	print_signing(status);
	print_upkeep(status);
	print_access_log(status->access_log);
	print_expiries(status);
	print_lists(status);
	print_links(status);
	printf("\n%-8s %-36s %s\n", "MEMBER", "NODE SEEN", "NEWEST HEAD");
	for (size_t i = 0; i < status->members_count; i++) {
		const struct cordon_member_status *m = &status->members[i];

		output_time(m->newest_head_s, newest);
		printf("%-8s %-36s %s\n", m->member,
			m->last_seen_node == NULL ? "-" : m->last_seen_node, newest);
	}
	return EXIT_OK;
}

int cmd_status(struct ctl *ctl, const struct args *args)
{
	struct cordon_status *status;
	int error, exit_status = ctl_connect(ctl);

	(void)args;
	if (exit_status != EXIT_OK) {
		return exit_status;
	}
	error = cordon_status(ctl->client, &status);
	if (error != 0) {
		return ctl_client_failed(ctl, error);
	}
	exit_status = ctl->json ? print_json(status) : print_text(status);
	cordon_status_destroy(status);
	return exit_status;
}
