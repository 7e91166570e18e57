/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/evidence_file.h"
#include "client/ctl/output.h"

char *evidence_head_text(const struct head *head)
{
	char list[LIST_TEXT_MAX], signed_at[OUTPUT_TIME_BYTES];
	char hash[2 * HASH_BYTES + 1], previous[2 * HASH_BYTES + 1] = "none";
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out == NULL) {
		return NULL;
	}
	ident_list_text(&head->list, list);
	output_time(head->time_s, signed_at);
	bytes_to_hex(head->hash, HASH_BYTES, hash);
	if (head->has_previous) {
		bytes_to_hex(head->previous, HASH_BYTES, previous);
	}
	fprintf(out,
		"on the list %s, epoch %" PRIu64 " (tag %016" PRIx64 "), as of its "
		"change number %" PRIu64 ": %" PRIu64
		" records in force; signed %s; fingerprint of the statement %s; of the "
		"one before it %s",
		list, head->epoch.number, head->epoch.tag, head->sequence,
		head->live_count, signed_at, hash, previous);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

const char *evidence_explanation(enum evidence_kind kind)
{
	switch (kind) {
	case EVIDENCE_TAGS:
		return "Each run of statements on a list (an epoch) has a number, and "
		       "a tag drawn once when the run is begun. These statements have "
		       "one number and two tags: their signer began the same run "
		       "twice, and kept two versions of the list.";
	case EVIDENCE_CONTENTS:
		return "Each statement says what the list is after a numbered change. "
		       "These are about the same change of the same list, and say two "
		       "different things: their signer kept two versions of the list.";
	case EVIDENCE_PREVIOUS:
		return "Each statement names, by its fingerprint, the one before it, "
		       "so "
		       "that all of them form one chain. These two are different and "
		       "name the same one (or both none, as only the very first may): "
		       "their signer continued the list in two ways.";
	case EVIDENCE_BETWEEN:
		return "Each statement names, by its fingerprint, the one before it, "
		       "so "
		       "that all of them form one chain. The last of these names the "
		       "first (or none, as only the very first may), and the other, by "
		       "its number, lies between, where by the signer's own word "
		       "there was nothing: the list was continued in two ways.";
	case EVIDENCE_NONE:
		break;
	}
	return "These statements do not contradict each other.";
}
