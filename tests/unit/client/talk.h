/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLIENT_TALK_H
#define TESTS_CLIENT_TALK_H

#include "proto/entry.h"
#include "tests/lib/testpki.h"
#include "tests/unit/client/fake_node.h"

/* The blocking API over TLS, against nodes that run in a thread. */

/* Of the group: a PKI with the certificates "node" (KAZ), "moscow" (a node of RUS) and
 * "desk" (a checkpoint of KAZ). */
int talk_make_pki(void **state);
int talk_remove_pki(void **state);
extern struct testpki *talk_pki;
extern struct tls_profile *talk_node_profile; /* of KAZ's node */
extern struct arena talk_arena; /* the test's records, as long as the group */

/* A client with the certificate NAME, of one node or two (second may be NULL). */
struct cordon_client *talk_client(const char *name, const struct fake_node *first,
	const struct fake_node *second);

/* A node and a client, "desk". */
struct talk {
	struct fake_node node;
	struct cordon_client *client;
};

/* request NULL: fake_answer. */
void talk_init(struct talk *t, fake_request_fn *request);
void talk_finish(struct talk *t);

/* The last error's text has these words. */
void talk_says(const struct cordon_client *client, const char *words);

/* The record of records_entry_ban as entry 17 of its list, in version 2. */
void talk_entry(struct entry *entry);

#endif
