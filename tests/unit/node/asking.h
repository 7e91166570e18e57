/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include "proto/channel.h"
#include "proto/failure.h"
#include "tests/unit/node/node_case.h"

/*
 * A client of a node_case, in the test's own thread, on a socketpair.  Waits for what
 * it expects, and fails the running cmocka test when it does not come.
 */
struct asking {
	struct channel *channel;
	struct arena arena;          /* frames and messages; until asking_finish */
	struct frame *first, **last; /* come, not yet taken */
	int error;                   /* what ended the channel */
	struct errmsg msg;
	uint32_t request;                   /* the last one's id */
	const Cordon__Freshness *freshness; /* that came last; NULL: none yet */
};

/* With certificate NAME of the case's PKI (NULL: the local socket), Hello exchanged. */
void asking_connect(struct asking *a, struct node_case *c, const char *name);
/* Without a word said. */
void asking_connect_silent(struct asking *a, struct node_case *c, const char *name);
/* The same with a profile of the test's own. */
void asking_connect_with(
	struct asking *a, struct node_case *c, struct tls_profile *profile);
void asking_say_hello(struct asking *a, uint32_t frame_max);
void asking_finish(struct asking *a);

/* A request with the next id, which is returned. */
uint32_t asking_send(struct asking *a, uint16_t type, const ProtobufCMessage *message);
/* Any frame at all. */
void asking_send_frame(struct asking *a, uint16_t type, uint16_t flags,
	uint32_t request, const ProtobufCMessage *message);
/* Writes what waits; what does not fit into the socket stays. */
void asking_flush(struct asking *a);

/* The next frame, which must be of that type; decoded, in the arena. */
const ProtobufCMessage *asking_take(struct asking *a, uint16_t type, uint32_t request);
/* The next frame is an Error with these words; request 0 for the whole connection. */
void asking_refused(struct asking *a, uint32_t request, int error, const char *words);
/* As it came. */
const struct failure *asking_take_error(struct asking *a, uint32_t request);
/* Nothing more comes but the end; ours follows. */
void asking_ended(struct asking *a);
/* The type of the next frame; 0 at the end. */
uint16_t asking_next_type(struct asking *a);

/* ---- lookups ----------------------------------------------------------------------
 */

/* By number and issuer. */
Cordon__Query *asking_document(
	struct asking *a, const char *number, const char *issuer);
Cordon__Query *asking_person(struct asking *a, const char *name, const char *born);

/* Asks one query and takes the answer, Freshness before it if it comes. */
const Cordon__Answer *asking_lookup(struct asking *a, Cordon__Query *query);
const Cordon__LookupAnswer *asking_lookup_all(struct asking *a,
	const Cordon__Context *context, Cordon__Query **queries, size_t count);
bool data_is(ProtobufCBinaryData data, const char *text);
bool data_has(ProtobufCBinaryData data, const char *words);

/* ---- submissions ------------------------------------------------------------------
 */

Cordon__SubmitItem *asking_put(struct asking *a, const struct cordon_record *record);
Cordon__SubmitItem *asking_withdraw(struct asking *a, const char *id, uint32_t reason);
Cordon__SubmitItem *asking_confirm(
	struct asking *a, const char *id, struct cordon_date until);
uint32_t asking_submit_begin(
	struct asking *a, Cordon__SubmitItem **items, size_t count);
const Cordon__SubmitAnswer *asking_submit_end(
	struct asking *a, uint32_t request, size_t count);
/* One item, and its result. */
const Cordon__SubmitResult *asking_submit(struct asking *a, Cordon__SubmitItem *item);

#endif
