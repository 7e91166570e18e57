/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SERVE_CASE_H
#define TEST_SERVE_CASE_H

#include "daemon/node/replicator.h"
#include "daemon/node/session.h"
#include "tests/unit/store/fixture.h"

/*
 * Handlers called directly: a node of KAZ (n1, signing) with a real store, sessions
 * that only keep what they are answered, held requests and a clock that the test moves,
 * and links that say what the test wants.  cmocka's state points to a struct
 * serve_case.
 */

#define CASE_ANSWERS_MAX 128
#define CASE_NOW_S 1780000000
#define CASE_WAIT_MS 5000     /* follow_wait_ms */
#define CASE_INTERVAL_MS 2000 /* head_interval_ms */

struct answer {
	uint32_t request;
	uint16_t type, flags;
	ProtobufCMessage *message; /* of its own memory */
	uint8_t *packed;
	size_t size;
};

struct session {
	struct serve_case *c;
	struct asker asker;
	struct answer answers[CASE_ANSWERS_MAX];
	size_t count;
	bool full; /* no room for more */
	uint32_t frame_max;
	uint32_t last_request;
};

struct forwarded {
	struct list_id list;
	size_t size;
};

struct serve_case {
	struct fixture *f;
	struct config config;
	struct config_member members[3]; /* BLR, KAZ, RUS */
	struct config_peer peers[2];     /* of BLR, of RUS */
	struct config_list own;
	struct head_key *keys[3];
	char key_paths[3][96];
	struct node node;
	struct service service;
	struct store_txn *txn;
	bool renewed;
	struct held *held;
	struct arena arena; /* the request's */
	struct session blr, rus, kaz, agency;
	/* what the fakes of the replicator tell, and were told */
	struct link_info links[2];
	struct peer_head heads[2];
	struct forwarded forwarded[16];
	size_t forwarded_count;
	size_t complaints; /* told to the replicator */
};

#define CASE(name) cmocka_unit_test_setup_teardown(name, case_setup, case_teardown)

extern const struct list_id blr_bans;

int case_setup(void **state);
int case_teardown(void **state);

/*
 * One change of a list by its owner, signed: shared names the members ("BLR RUS", ""),
 * ids the records that are put ("KAZ-1 KAZ-2") or withdrawn ("-KAZ-1").  A list that is
 * not there yet is made.  Held requests are not told.  Returns the head.
 */
struct head case_publish(struct serve_case *c, const struct list_id *list,
	const char *shared, const char *ids);
/* The same with records KAZ-1 to KAZ-count (or of the list's owner). */
struct head case_publish_many(struct serve_case *c, const struct list_id *list,
	const char *shared, size_t count);
/* A new epoch that takes over from the standing head. */
struct head case_new_epoch(struct serve_case *c, const struct list_id *list);
/* The same head, signed a second later. */
struct head case_sign_again(struct serve_case *c, const struct list_id *list);
/* The owner (another member) ends the sharing with this node's member, as the
 * replicator takes it. */
struct head case_unshare(
	struct serve_case *c, const struct list_id *list, const char *shared);
void case_set_phase(
	struct serve_case *c, const struct list_id *list, enum copy_phase phase);
struct list_copy case_copy(struct serve_case *c, const struct list_id *list);
/* Inside one write transaction: change(context, txn), then the commit. */
void case_write(struct serve_case *c,
	void (*change)(struct serve_case *c, struct store_txn *txn));

/* As a session would: decodes, calls the handler, refuses what it returns; then what is
 * due at once has its turn.  Returns the request id. */
uint32_t case_ask(struct session *session, uint16_t type, request_fn *handle,
	const ProtobufCMessage *message);
/* Lists have changed. */
void case_changed(struct serve_case *c);
/* Time goes by; timers fire in their order. */
void case_pass(struct serve_case *c, uint32_t ms);
size_t case_held(const struct serve_case *c);
/* The session ends. */
void case_end(struct session *session);
/* Each look at the clock takes so long. */
void case_clock_step(int64_t us);

/* The only answer, or the last; fails when it is of another type.  error: its code. */
const ProtobufCMessage *last_answer(const struct session *session, uint16_t type);
void assert_refused(const struct session *session, int error);
void forget_answers(struct session *session);

/* Parts of messages; static memory, good for a few calls. */
Cordon__ListId *list_message(const struct list_id *list);
Cordon__Epoch *epoch_message(uint64_t number, uint64_t tag);
ProtobufCBinaryData data_of(const void *data, size_t size);

#endif
