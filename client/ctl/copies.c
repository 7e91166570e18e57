/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/copies.h"

#include <inttypes.h>
#include <string.h>

#include <openssl/evp.h>

#include "client/ctl/output.h"
#include "client/ctl/output_json.h"

/* ---- the wish ---------------------------------------------------------------------
 */

bool copies_read(const struct ctl *ctl, const struct args *args,
	struct cordon_submission *submission)
{
	const char *text = args_value(args, "copies");

	submission->copies = CORDON_COPIES_DEFAULT;
	submission->copies_timeout_ms = 0;
	if (text == NULL) {
		return true;
	}
	submission->copies_timeout_ms = ctl->timeout_ms;
	if (strcmp(text, "local") == 0) {
		submission->copies = CORDON_COPIES_LOCAL;
		return true;
	}
	if (strcmp(text, "all") == 0) {
		submission->copies = CORDON_COPIES_ALL;
		return true;
	}
	if (text[0] < '0' || text[0] > '9') {
		fprintf(stderr,
			"cordonctl: --copies %s: expected local, all, or a number from "
			"1 to %u\n",
			text, CORDON_COPIES_MAX);
		return false;
	}
	return args_number(args, "copies", 1, CORDON_COPIES_MAX, &submission->copies);
}

/* ---- one arrival ------------------------------------------------------------------
 */

/* A signed acknowledgement in base64; null where there is none. */
static json_t *ack_json(const struct cordon_arrival *arrival)
{
	size_t room = 4 * (arrival->ack_bytes / 3 + 1) + 1;
	unsigned char *text;
	json_t *json;

	if (arrival->ack == NULL) {
		return json_null();
	}
	text = OPENSSL_malloc(room);
	if (text == NULL) {
		return NULL;
	}
	EVP_EncodeBlock(text, arrival->ack, (int)arrival->ack_bytes);
	json = json_string((const char *)text);
	OPENSSL_free(text);
	return json;
}

static json_t *arrival_json(const struct cordon_arrival *a)
{
	json_t *json = json_pack("{s:s, s:s?, s:b, s:I, s:I, s:I}", "member", a->member,
		"node", a->node, "arrived", a->arrived, "sequence",
		(json_int_t)a->sequence, "epoch", (json_int_t)a->epoch, "time_s",
		(json_int_t)a->time_s);

	if (a->list != NULL) {
		json = output_json_with(json, "list", json_string(a->list));
		return output_json_with(
			json, "expected", json_integer((json_int_t)a->expected));
	}
	json = output_json_with(json, "ack", ack_json(a));
	return output_json_with(json, "fault", output_json_text(a->fault));
}

json_t *copies_arrivals_json(
	const struct cordon_arrival *arrivals, size_t arrivals_count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < arrivals_count; i++) {
		output_json_add(&array, arrival_json(&arrivals[i]));
	}
	return array;
}

/* The name in its URI, cordon://RUS/node/moscow-1; the URI where it is none. */
static const char *node_name(const char *uri)
{
	const char *slash = strrchr(uri, '/');

	return slash == NULL ? uri : slash + 1;
}

void copies_print_arrival(FILE *out, const struct cordon_arrival *arrival,
	uint64_t expected, uint64_t epoch)
{
	char when[OUTPUT_TIME_BYTES];

	output_text(out, arrival->member);
	if (arrival->node != NULL) {
		fputc(' ', out);
		output_text(out, node_name(arrival->node));
	}
	output_time(arrival->time_s, when);
	if (arrival->arrived) {
		bool exact = arrival->sequence == expected;

		fprintf(out, ": arrived %s%s", exact ? "" : "by ", when);
	} else if (arrival->time_s == 0) {
		fputs(": not yet (it has acknowledged nothing)", out);
	} else if (epoch != 0 && arrival->epoch != epoch) {
		fprintf(out, ": not yet (last acknowledged in another epoch, %s)",
			when);
	} else {
		fprintf(out, ": not yet (at sequence %" PRIu64 " of %" PRIu64 ", %s)",
			arrival->sequence, expected, when);
	}
	if (arrival->fault != NULL) {
		fputs("; ", out);
		output_text(out, arrival->fault);
	}
	fputc('\n', out);
}

/* ---- what became of the wish ------------------------------------------------------
 */

bool copies_matter(const struct cordon_results *results)
{
	return results->copies_error != 0 ||
	       (results->copies != CORDON_COPIES_DEFAULT &&
		       results->copies != CORDON_COPIES_LOCAL);
}

static json_t *wanted_json(uint32_t copies)
{
	switch (copies) {
	case CORDON_COPIES_DEFAULT:
		return json_null(); /* the node does not know of copies */
	case CORDON_COPIES_LOCAL:
		return json_string("local");
	case CORDON_COPIES_ALL:
		return json_string("all");
	default:
		return json_integer(copies);
	}
}

json_t *copies_json(const struct cordon_results *results)
{
	json_t *json = json_pack("{s:o, s:b, s:o}", "wanted",
		wanted_json(results->copies), "reached", results->copies_error == 0,
		"arrivals",
		copies_arrivals_json(results->arrivals, results->arrivals_count));

	if (results->copies_error != 0) {
		json = output_json_with(json, "error",
			json_pack("{s:s, s:o}", "code",
				cordon_error_name(results->copies_error), "text",
				output_json_text(results->copies_text)));
	}
	return json;
}

/* Has some node of the member everything, of every list? */
static bool has_all(const struct cordon_results *results, const char *member)
{
	for (size_t i = 0; i < results->arrivals_count; i++) {
		const struct cordon_arrival *list = &results->arrivals[i];
		bool arrived = false;

		for (size_t j = 0; j < results->arrivals_count; j++) {
			const struct cordon_arrival *a = &results->arrivals[j];

			arrived = arrived ||
				  (a->arrived && strcmp(a->member, member) == 0 &&
					  strcmp(a->list, list->list) == 0);
		}
		if (!arrived) {
			return false;
		}
	}
	return true;
}

static bool is_first(const struct cordon_results *results, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(results->arrivals[i].member,
			    results->arrivals[index].member) == 0) {
			return false;
		}
	}
	return true;
}

void copies_print_members(FILE *out, const struct cordon_results *results)
{
	const char *separator = " (held by ";
	bool any = false;

	for (size_t i = 0; i < results->arrivals_count; i++) {
		const char *member = results->arrivals[i].member;

		if (is_first(results, i) && has_all(results, member)) {
			fputs(separator, out);
			output_text(out, member);
			separator = ", ";
			any = true;
		}
	}
	fputs(any ? ")" : " (shared with nobody)", out);
}

void copies_warn(const struct cordon_results *results)
{
	fputs("cordonctl: kept on this node, but not on as many other members' disks "
	      "as wanted: ",
		stderr);
	output_text(stderr, results->copies_text);
	fputc('\n', stderr);
	for (size_t i = 0; i < results->arrivals_count; i++) {
		const struct cordon_arrival *a = &results->arrivals[i];

		if (!a->arrived) {
			fprintf(stderr, "  %s: ", a->list);
			copies_print_arrival(stderr, a, a->expected, 0);
		}
	}
}
