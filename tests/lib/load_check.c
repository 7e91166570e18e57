/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>

#include "tests/lib/load_private.h"
#include "tests/lib/union_private.h"

/* What clients of one owner were told against what a node holds. */
struct comparison {
	struct load_owner *owner;
	struct union_node *at;
	bool *seen;
};

static void compare(
	struct comparison *c, unsigned index, const char *number, uint64_t version)
{
	struct load *load = c->owner->load;
	struct load_record *record = &c->owner->records[index];
	bool busy = c->owner->busy[index / load->options.batch];
	char stands[16], perhaps[16], id[32];

	load_record_id(c->owner, index, id);
	load_number(c->owner, record->stands, stands);
	load_number(c->owner, record->perhaps, perhaps);
	if ((record->stands == 0 || strcmp(number, stands) != 0) &&
		(!busy || record->perhaps == 0 || strcmp(number, perhaps) != 0)) {
		union_fail(load->in, "%s holds %s with %s: clients were told %s%s%s",
			c->at->dir, id, number,
			record->stands == 0 ? "that it is none" : stands,
			busy ? ", or not told yet " : "", busy ? perhaps : "");
	}
	if (!busy && record->version != version) {
		union_fail(load->in,
			"%s holds version %" PRIu64 " of %s: clients were told "
			"%" PRIu64,
			c->at->dir, version, id, record->version);
	}
	c->seen[index] = true;
}

static int on_record(void *data, const struct cordon_record *record)
{
	struct comparison *c = data;
	char prefix[32];
	unsigned index;

	load_record_id(c->owner, 0, prefix);
	prefix[strlen(prefix) - 6] = '\0';
	if (strncmp(record->id, prefix, strlen(prefix)) != 0) {
		return 0; /* the test's own */
	}
	index = (unsigned)strtoul(record->id + strlen(prefix), NULL, 10);
	assert_true(index < c->owner->load->options.records);
	assert_non_null(record->person);
	assert_int_equal(record->person->documents_count, 1);
	compare(c, index, record->person->documents[0].number, record->version);
	return 0;
}

static void none_is_lost(struct comparison *c)
{
	struct load *load = c->owner->load;

	for (unsigned i = 0; i < load->options.records; i++) {
		struct load_record *record = &c->owner->records[i];
		bool busy = c->owner->busy[i / load->options.batch];
		char id[32];

		if (!c->seen[i] && record->stands != 0 &&
			!(busy && record->perhaps == 0)) {
			load_record_id(c->owner, i, id);
			union_fail(load->in, "%s was acknowledged and %s lacks it", id,
				c->at->dir);
		}
	}
}

void load_check(struct load *load, struct union_node *node)
{
	struct cordon_client *client = union_client(node, UNION_ADMIN);

	for (size_t i = 0; i < load->owners_count; i++) {
		struct load_owner *owner = &load->owners[i];
		struct comparison c = { .owner = owner, .at = node };

		c.seen = calloc(load->options.records, sizeof(bool));
		assert_non_null(c.seen);
		if (cordon_export(client, owner->node->member, 0, on_record, &c) != 0) {
			union_fail(load->in, "export at %s: %s", node->dir,
				cordon_client_error_text(client));
		}
		none_is_lost(&c);
		free(c.seen);
	}
}
