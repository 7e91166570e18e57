/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/node/lookup_private.h"

#include "daemon/core/authz/sight.h"
#include "daemon/node/rights.h"
#include "proto/record_codec.h"

/* What a certificate may ask, how often, and what of a record it is shown. */

/* The types of the queries; what is none of them is the query's own error. */
static uint32_t types_of(const Cordon__LookupRequest *message)
{
	static const uint32_t types[] = {
		[CORDON__QUERY__WHAT_DOCUMENT] = CORDON_QUERY_DOCUMENT,
		[CORDON__QUERY__WHAT_PERSONAL_NUMBER] = CORDON_QUERY_PERSONAL_NUMBER,
		[CORDON__QUERY__WHAT_MRZ] = CORDON_QUERY_MRZ,
		[CORDON__QUERY__WHAT_PERSON] = CORDON_QUERY_PERSON,
	};
	uint32_t set = 0;

	for (size_t i = 0; i < message->n_queries; i++) {
		size_t what = (size_t)message->queries[i]->what_case;

		if (what < sizeof(types) / sizeof(types[0])) {
			set |= 1u << types[what];
		}
	}
	return set & ~1u;
}

int lookup_may(struct lookup_run *run, const Cordon__LookupRequest *message,
	struct errmsg *msg)
{
	struct rights *rights = run->request->service->node->rights;
	const struct asker *asker = run->request->asker;
	struct authz_question question = { .action = ACTION_LOOKUP };
	int error;

	if (authz_access_of(rights_authz(rights), &asker->identity) == NULL) {
		return 0; /* the table has been asked already */
	}
	question.queries = types_of(message);
	question.lookups_today = rights_count_lookups(rights, asker, message->n_queries,
		run->now_s, run->config->utc_offset_min);
	error = request_may(run->request, question, msg);
	if (error != 0) {
		rights_forget_lookups(rights, asker, message->n_queries);
	}
	return error;
}

int lookup_sight(const struct lookup_run *run, struct bytes sealed, struct bytes *shown)
{
	const struct request *request = run->request;
	struct cordon_record *record, reduced;
	struct cordon_person person;
	struct arena *scratch = &run->lookups->scratch;
	int error;

	if (authz_whole_records(
		    rights_authz(request->service->node->rights), request->asker)) {
		*shown = sealed;
		return 0;
	}
	error = record_open(sealed, scratch, &record, NULL, NULL);
	if (error != 0) {
		return error;
	}
	sight_reduce(record, &reduced, &person);
	return record_seal(&reduced, NULL, request->arena, shown);
}
