/* SPDX-License-Identifier: Apache-2.0 */
#include "client/engine_private.h"

/* The pause after failures: short, since an officer waits. */
#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 1000

void engine_punish(struct engine *e, int64_t now_ms)
{
	struct engine_server *server = &e->servers[e->current];
	int64_t pause_ms = PAUSE_MIN_MS;

	for (uint32_t i = 0; i < server->failures && pause_ms < PAUSE_MAX_MS; i++) {
		pause_ms *= 2;
	}
	server->failures++;
	server->bad_until_ms =
		now_ms + (pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS);
}

static bool has_tried(const struct request *request, size_t server)
{
	return (request->tried >> server & 1) != 0;
}

uint32_t engine_choices(const struct engine *e, const struct request *request)
{
	uint32_t count = 0;

	for (size_t i = 0; i < e->settings.servers_count; i++) {
		count += !has_tried(request, i);
	}
	return count;
}

int64_t engine_share_ms(
	const struct engine *e, const struct request *request, int64_t now_ms)
{
	uint32_t count = engine_choices(e, request);
	int64_t left_ms = request->end_ms - now_ms;
	int64_t shared_ms = left_ms - request->patience_ms;

	if (shared_ms <= 0) {
		return left_ms;
	}
	return shared_ms / (count > 1 ? count : 1) + request->patience_ms;
}

bool engine_blame(
	struct engine *e, struct request *request, int error, const char *text)
{
	request_blame(request, e->current, error, text);
	if (engine_choices(e, request) > 0 && !request->started) {
		return false;
	}
	engine_end_request(e, request, error);
	return true;
}

size_t engine_pick(
	const struct engine *e, const struct request *request, int64_t now_ms)
{
	size_t count = e->settings.servers_count, best = count;

	for (size_t i = 0; i < count; i++) {
		int64_t until = e->servers[i].bad_until_ms;

		if (has_tried(request, i)) {
			continue;
		}
		if (until <= now_ms) {
			return i;
		}
		if (best == count || until < e->servers[best].bad_until_ms) {
			best = i;
		}
	}
	return best;
}
