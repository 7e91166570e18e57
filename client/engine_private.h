/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_ENGINE_PRIVATE_H
#define CLIENT_ENGINE_PRIVATE_H

#include "client/engine.h"

/*
 * Between engine.c (requests, deadlines), engine_server.c (the choice), engine_link.c
 * (making the connection) and engine_exchange.c (using it).
 */

/* Finished with error; msg and field of the request say more. */
void engine_end_request(struct engine *e, struct request *request, int error);
/* The request's deadlines count from now on. */
void engine_expect_end(struct engine *e, const struct request *request);

/* How many servers are left for the request. */
uint32_t engine_choices(const struct engine *e, const struct request *request);
/* Rule 2: the request's share of time for one more server. */
int64_t engine_share_ms(
	const struct engine *e, const struct request *request, int64_t now_ms);
/* Rule 1: the server to try next for the request; servers_count: none. */
size_t engine_pick(
	const struct engine *e, const struct request *request, int64_t now_ms);
/* The current server makes a pause. */
void engine_punish(struct engine *e, int64_t now_ms);
/* Blames the current server, which text names; true when the request ended because it
 * was the last. */
bool engine_blame(
	struct engine *e, struct request *request, int error, const char *text);

/* One move in each phase; true when another may follow without waiting. */
bool engine_choose(struct engine *e, int64_t now_ms);
bool engine_go_on_dialing(struct engine *e, int64_t now_ms);
bool engine_go_on_opening(struct engine *e, int64_t now_ms);
bool engine_exchange(struct engine *e, int64_t now_ms);

/* The open connection has failed: its requests are given back (rule 4). */
void engine_lose(struct engine *e, int64_t now_ms, int error, const char *text);
/* Back to ENGINE_IDLE; the session lists no requests any more. */
void engine_disconnect(struct engine *e);

#endif
