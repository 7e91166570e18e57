/* SPDX-License-Identifier: Apache-2.0 */
#include "client/ctl/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/ctl/output.h"

/* Patterns of misuse: who looks up how much, with how many hits, at night, and the same
 * person again and again. */

#define DAY_S 86400
#define HOUR_S 3600
#define TEXT_BYTES 128

struct asker {
	char who[TEXT_BYTES], officer[TEXT_BYTES], checkpoint[TEXT_BYTES];
	uint64_t lookups, found, failed, out_of_hours, repeated;
};

/* One search, to count equal ones. */
struct search {
	size_t asker;
	uint64_t tag;
};

struct counting {
	const struct audit_report *report;
	struct asker *askers;
	size_t askers_count, askers_room;
	struct search *searches;
	size_t searches_count, searches_room;
	size_t last; /* asker of the entry before: mostly the same */
};

static void copy(struct bytes text, char out[TEXT_BYTES])
{
	size_t size = text.size < TEXT_BYTES ? text.size : TEXT_BYTES - 1;

	if (size > 0) {
		memcpy(out, text.data, size);
	}
	out[size] = '\0';
}

static bool is(const struct asker *a, const struct asker *b)
{
	return strcmp(a->who, b->who) == 0 && strcmp(a->officer, b->officer) == 0 &&
	       strcmp(a->checkpoint, b->checkpoint) == 0;
}

/* count * 2 + 64 where it is full; NULL: no memory (the old one stays). */
static bool room_for(void **array, size_t count, size_t *room, size_t item)
{
	void *grown;

	if (count < *room) {
		return true;
	}
	grown = realloc(*array, (2 * count + 64) * item);
	if (grown == NULL) {
		return false;
	}
	*array = grown;
	*room = 2 * count + 64;
	return true;
}

static struct asker *asker_of(struct counting *c, const struct audit_entry *entry)
{
	struct asker asker = { .lookups = 0 };
	void *askers = c->askers;

	copy(entry->who, asker.who);
	copy(entry->officer, asker.officer);
	copy(entry->checkpoint, asker.checkpoint);
	if (c->last < c->askers_count && is(&c->askers[c->last], &asker)) {
		return &c->askers[c->last];
	}
	for (size_t i = 0; i < c->askers_count; i++) {
		if (is(&c->askers[i], &asker)) {
			c->last = i;
			return &c->askers[i];
		}
	}
	if (!room_for(&askers, c->askers_count, &c->askers_room, sizeof(asker))) {
		return NULL;
	}
	c->askers = askers;
	c->last = c->askers_count;
	c->askers[c->askers_count] = asker;
	return &c->askers[c->askers_count++];
}

static bool note_search(struct counting *c, const struct audit_entry *entry)
{
	void *searches = c->searches;

	for (size_t i = 0; i < AUDIT_TAGS; i++) {
		if (entry->tags[i] == 0) {
			continue;
		}
		if (!room_for(&searches, c->searches_count, &c->searches_room,
			    sizeof(*c->searches))) {
			return false;
		}
		c->searches = searches;
		c->searches[c->searches_count++] =
			(struct search){ c->last, entry->tags[i] };
		break; /* one of a zone's is enough */
	}
	return true;
}

static bool out_of_hours(const struct audit_report *report, int64_t at_us)
{
	unsigned hour = (unsigned)(at_us / 1000000 % DAY_S / HOUR_S);

	return hour < report->hour_from || hour >= report->hour_until;
}

static int count_entry(void *context, const struct audit_entry *entry, uint64_t number,
	const json_t *asked)
{
	struct counting *c = context;
	struct asker *asker;

	(void)number;
	(void)asked;
	if (entry->kind != AUDIT_LOOKUP) {
		return 0;
	}
	asker = asker_of(c, entry);
	if (asker == NULL) {
		return CORDON_ENOMEM;
	}
	asker->lookups++;
	asker->found += entry->records_count > 0;
	asker->failed += entry->error != 0;
	asker->out_of_hours += out_of_hours(c->report, entry->at_us);
	return note_search(c, entry) ? 0 : CORDON_ENOMEM;
}

static int compare_searches(const void *a, const void *b)
{
	const struct search *x = a, *y = b;

	if (x->asker != y->asker) {
		return x->asker < y->asker ? -1 : 1;
	}
	return (x->tag > y->tag) - (x->tag < y->tag);
}

static void count_repeated(struct counting *c)
{
	size_t from = 0;

	if (c->searches_count > 0) {
		qsort(c->searches, c->searches_count, sizeof(*c->searches),
			compare_searches);
	}
	for (size_t i = 1; i <= c->searches_count; i++) {
		if (i < c->searches_count &&
			compare_searches(&c->searches[from], &c->searches[i]) == 0) {
			continue;
		}
		if (i - from >= c->report->repeated) {
			c->askers[c->searches[from].asker].repeated++;
		}
		from = i;
	}
}

static int compare_askers(const void *a, const void *b)
{
	const struct asker *x = a, *y = b;

	return (x->lookups < y->lookups) - (x->lookups > y->lookups);
}

static int print_asker(const struct audit_report *report, const struct asker *asker)
{
	if (report->json) {
		return ctl_print_json(json_pack(
			"{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "who", asker->who,
			"officer", asker->officer, "checkpoint", asker->checkpoint,
			"lookups", (json_int_t)asker->lookups, "found",
			(json_int_t)asker->found, "failed", (json_int_t)asker->failed,
			"out_of_hours", (json_int_t)asker->out_of_hours,
			"repeated_persons", (json_int_t)asker->repeated));
	}
	printf("%9" PRIu64 " %7.2f%% %7" PRIu64 " %12" PRIu64 " %9" PRIu64 "  ",
		asker->lookups, 100.0 * (double)asker->found / (double)asker->lookups,
		asker->failed, asker->out_of_hours, asker->repeated);
	output_text(stdout, asker->officer[0] == '\0' ? "-" : asker->officer);
	printf("  ");
	output_text(stdout, asker->checkpoint[0] == '\0' ? "-" : asker->checkpoint);
	printf("  ");
	output_text(stdout, asker->who);
	putchar('\n');
	return EXIT_OK;
}

int audit_report(struct audit_reading *reading, const struct audit_report *report)
{
	struct counting c = { .report = report };
	int status;

	reading->entry = count_entry;
	reading->context = &c;
	status = audit_read_all(reading);
	if (status == EXIT_OK) {
		count_repeated(&c);
	}
	if (c.askers_count > 0) {
		qsort(c.askers, c.askers_count, sizeof(*c.askers), compare_askers);
	}
	if (status == EXIT_OK && !report->json) {
		puts("  lookups    found  failed out of hours  repeated  officer  "
		     "checkpoint  certificate");
	}
	for (size_t i = 0; i < c.askers_count && status == EXIT_OK; i++) {
		status = print_asker(report, &c.askers[i]);
	}
	free(c.askers);
	free(c.searches);
	return status;
}
