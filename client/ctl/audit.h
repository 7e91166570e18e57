/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include "client/ctl/ctl.h"
#include "daemon/core/audit/walk.h"

/*
 * An access log, from a node or from a directory with its files, and what is read out
 * of it.
 */
struct audit_source {
	struct ctl *ctl;
	const char *dir;   /* NULL: the node's */
	uint64_t *numbers; /* of the segments, the oldest first */
	int64_t *last_s;   /* of each; 0: not known */
	char (*names)[32]; /* of the files, with dir */
	size_t count;
	uint8_t newest[AUDIT_FRAME_SMALL_MAX]; /* checkpoint */
	size_t newest_bytes;
};

/* EXIT_OK, or a status after a message. */
int audit_source_open(struct audit_source *source, struct ctl *ctl, const char *dir);
/* One segment by its index, decompressed; malloc'd. */
int audit_source_load(
	struct audit_source *source, size_t index, uint8_t **data, size_t *size);
void audit_source_close(struct audit_source *source);
/* Another newest checkpoint, from a file (raw, or hex as status prints it). */
int audit_source_newest(struct audit_source *source, const char *path);

/* What entries are asked for; what is empty or 0 is not looked at. */
struct audit_filter {
	const char *record, *officer, *checkpoint, *document, *personal_number;
	unsigned verdict; /* enum cordon_verdict */
	unsigned kind;    /* enum audit_kind */
	int64_t from_us, to_us;
};

/* One entry that fits; asked: NULL where it cannot be read. */
typedef int audit_entry_fn(void *context, const struct audit_entry *entry,
	uint64_t number, const json_t *asked);

struct audit_reading {
	struct audit_source *source;
	struct audit_filter filter;
	EVP_PKEY *auditor; /* NULL: what was asked stays closed */
	audit_entry_fn *entry;
	void *context;
};

/* Every entry of every segment; the chain is not verified.  EXIT_OK or a status after a
 * message. */
int audit_read_all(struct audit_reading *reading);

/* All of it; the caller's reference. */
json_t *audit_entry_json(
	const struct audit_entry *entry, uint64_t number, const json_t *asked);
void audit_entry_print(
	const struct audit_entry *entry, uint64_t number, const json_t *asked);

/* "match" …; NULL and 0 when unknown. */
const char *audit_verdict_text(unsigned verdict);
unsigned audit_verdict_parse(const char *text);

/* What a request or one packed query asked; NULL: it cannot be told. */
json_t *audit_asked_json(const struct audit_entry *entry, struct bytes secret);

/* Per certificate, officer and checkpoint: volume, hits, lookups out of hours (UTC,
 * from <= hour < until), and searches of one person at least repeated times. */
struct audit_report {
	bool json;
	unsigned repeated, hour_from, hour_until;
};

int audit_report(struct audit_reading *reading, const struct audit_report *report);

#endif
