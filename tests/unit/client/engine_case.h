/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLIENT_ENGINE_CASE_H
#define TESTS_CLIENT_ENGINE_CASE_H

#include "client/engine.h"
#include "client/lookup.h"
#include "tests/unit/client/fake_node.h"

/* An engine and fake nodes on local sockets, in one thread, on a clock of the test's.
 */
#define CASE_NODES_MAX 3

struct engine_case {
	struct engine engine;
	int64_t now_ms;
	struct fake_node nodes[CASE_NODES_MAX];
	size_t nodes_count;
};

void case_init(struct engine_case *c, size_t nodes);
void case_finish(struct engine_case *c);

/* Steps engine and nodes at the time as it is until none has anything to do. */
void case_run(struct engine_case *c);
/* The same, later. */
void case_pass(struct engine_case *c, int64_t ms);
/* Lets time pass until the request is finished, from one wish of the engine's to
 * the next; fails beyond its deadline. */
void case_until_finished(struct engine_case *c, const struct lookup_request *lookup);

/* Asks for a document; number becomes the lookup's id in the answer. */
struct lookup_request *case_ask(struct engine_case *c, const char *number);
/* It is finished well, with its own answer; destroys it. */
void case_answered(
	struct engine_case *c, struct lookup_request *lookup, const char *number);
/* All of that: asks, runs, is answered. */
void case_asked(struct engine_case *c, const char *number);
/* The answer of one that is finished well, the caller's; destroys the request. */
struct cordon_answer *case_answer(struct engine_case *c, struct lookup_request *lookup);
/* It is finished with error and its text has words; destroys it. */
void case_failed(struct engine_case *c, struct lookup_request *lookup, int error,
	const char *words);
bool case_waits(const struct lookup_request *lookup);

#define CASE_TIMEOUT_MS 10000

#endif
