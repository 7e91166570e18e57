/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_EXPLAIN_H
#define NODE_EXPLAIN_H

#include "daemon/node/lookup_private.h"

/* The inside of EXPLAIN: one question beside one record, every step shown.  Nothing is
 * computed here that a lookup would not compute in the same way. */

struct explaining {
	struct lookup_run *run;
	struct arena *arena; /* the request's: all of the answer */
	const struct cordon_query *query;
	const struct question *question;
	struct compare_person asked; /* the question's, with the lists' weights */
	struct posting_source *source;
	struct store_row row;
	const struct cordon_record *record;
	struct card card; /* the record's; names_count 0 where it is about nobody */
	bool indexed;     /* card is the index's */
	struct errmsg *msg;
};

/* What the question is asked by, and what each of the record's names says of it. */
int explain_names(struct explaining *e, Cordon__ExplainAnswer *answer);
/* The keys of both, and whether the record's postings are under its own. */
int explain_keys(struct explaining *e, Cordon__ExplainAnswer *answer);
/* "1980-05-07", in arena memory; NULL for no date or without memory. */
const char *explain_born_text(struct explaining *e, uint32_t born);

#endif
