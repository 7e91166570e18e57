/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/agency.h"

#include "tests/lib/union_private.h"

#define RECORDS_MAX 20000
#define TIMEOUT_MS 2000

static void id_of(const struct agency *agency, unsigned number, char id[32])
{
	snprintf(id, 32, "%s-%s-%05u", agency->at->member, agency->prefix, number);
}

static bool submit(struct agency *agency, unsigned number)
{
	struct cordon_item item = { .type = CORDON_ITEM_PUT };
	struct cordon_results *results;
	struct cordon_record *record;
	char id[32], passport[16];
	char *json;
	int error;

	id_of(agency, number, id);
	snprintf(passport, sizeof(passport), "%s%05u", agency->prefix, number);
	json = union_ban(id, "TESTOV", passport);
	record = union_record(agency->at->in, json);
	item.record = record;
	error = cordon_submit(agency->client, &item, 1, &results);
	if (error == 0) {
		error = results->results[0].error;
		cordon_results_destroy(results);
	}
	cordon_record_destroy(record);
	free(json);
	return error == 0;
}

static void *work(void *context)
{
	struct agency *agency = context;

	for (unsigned i = 0; i < RECORDS_MAX && submit(agency, i); i++) {
		atomic_fetch_add(&agency->acknowledged, 1);
	}
	return NULL;
}

void agency_begin(struct agency *agency, struct union_node *at, const char *prefix)
{
	agency->at = at;
	agency->prefix = prefix;
	atomic_store(&agency->acknowledged, 0);
	agency->client = union_client_with(at, at->pki, "agency");
	cordon_client_set_timeout(agency->client, TIMEOUT_MS);
	assert_int_equal(pthread_create(&agency->thread, NULL, work, agency), 0);
}

void agency_end(struct agency *agency)
{
	assert_int_equal(pthread_join(agency->thread, NULL), 0);
	cordon_client_destroy(agency->client);
}

bool agency_holds(const struct agency *agency, struct union_node *at, unsigned number)
{
	struct cordon_record_entry *entry;
	char id[32];
	int error;

	id_of(agency, number, id);
	error = cordon_record_show(union_client(at, UNION_ADMIN), id, &entry);
	if (error == 0) {
		cordon_record_entry_destroy(entry);
	} else if (error != CORDON_ENOTFOUND) {
		union_fail(at->in, "%s: %s", id,
			cordon_client_error_text(union_client(at, UNION_ADMIN)));
	}
	return error == 0;
}
