/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_ACKS_CASE_H
#define TEST_ACKS_CASE_H

#include "tests/lib/testpki.h"
#include "tests/unit/node/serve_case.h"

/* Acknowledgements signed and sent to the node of a serve_case, which has a writer. */
struct acks_case {
	struct serve_case *c;
	struct testpki *pki;
	struct arena arena;
	char last[32]; /* certificate that signed last */
	const char *last_member;
};

int acks_setup(void **state);
int acks_teardown(void **state);

/* Who signs, and what; zero: as it should be. */
struct acks_signer {
	const char *member, *uri;
	const char *certified; /* another URI in the certificate */
	bool revoked;
};

extern const struct acks_signer acks_moscow;

/* Of what head says, by the node. */
struct ack acks_make(const struct head *head, const char *uri);
/* Packed, in the case's arena; each with a new key. */
struct bytes acks_sign(
	struct acks_case *a, const struct ack *ack, const struct acks_signer *signer);
/* The certificate that signed last is revoked from now on. */
void acks_revoke(struct acks_case *a);
/* One frame that has it so many times; acks_deliver: once, signed. */
void acks_send(struct acks_case *a, struct bytes packed, size_t times);
void acks_deliver(
	struct acks_case *a, const struct ack *ack, const struct acks_signer *signer);

/* What the store has, once the writer is done; it takes no more after that. */
struct acks_found {
	size_t count;
	struct ack last;
};
struct acks_found acks_stored(struct acks_case *a, const struct list_id *list);

#endif
