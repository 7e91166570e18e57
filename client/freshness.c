/* SPDX-License-Identifier: Apache-2.0 */
#include "client/freshness.h"

#include <string.h>

#include "client/reading.h"

/* Far more than a union has lists. */
#define ARENA_BYTES_MAX (4 * 1024 * 1024)

void freshness_init(struct freshness *freshness)
{
	*freshness = (struct freshness){ .known = false };
	arena_init(&freshness->arena, ARENA_BYTES_MAX);
}

void freshness_finish(struct freshness *freshness)
{
	arena_finish(&freshness->arena);
	freshness->known = false;
}

static void read_list(struct reading *r, const Cordon__ListFreshness *message,
	int64_t at_s, struct cordon_freshness *out)
{
	out->list = reading_list(r, message->list);
	out->epoch = message->epoch == NULL ? 0 : message->epoch->number;
	out->sequence = message->sequence;
	out->verified = reading_verified(r, message->verified);
	out->age_s = reading_age_s(r, message->head_time_s, at_s);
}

int freshness_take(struct freshness *freshness, const Cordon__Freshness *message,
	int64_t now_ms, struct errmsg *msg)
{
	struct reading r = { &freshness->arena, "FRESHNESS", msg, 0 };
	struct cordon_freshness *lists;

	freshness->known = false;
	arena_reset(&freshness->arena);
	lists = reading_array(&r, message->n_lists, sizeof(*lists));
	for (size_t i = 0; lists != NULL && i < message->n_lists; i++) {
		read_list(&r, message->lists[i], message->at_s, &lists[i]);
	}
	if (reading_end(&r) != 0) {
		return r.error;
	}
	freshness->known = true;
	freshness->generation = message->generation;
	freshness->lists = lists;
	freshness->lists_count = message->n_lists;
	freshness->received_ms = now_ms;
	return 0;
}

int freshness_copy(const struct freshness *freshness, uint64_t generation,
	int64_t now_ms, struct arena *arena, const struct cordon_freshness **lists,
	struct errmsg *msg)
{
	size_t count = freshness->lists_count;
	int64_t since_s = (now_ms - freshness->received_ms) / 1000;
	struct cordon_freshness *out;

	if (!freshness->known || freshness->generation != generation) {
		return errmsg_set(msg, CORDON_EPROTO,
			"the node's answer names a freshness that it did not send");
	}
	out = arena_array(arena, count, sizeof(*out));
	for (size_t i = 0; out != NULL && i < count; i++) {
		const char *list = freshness->lists[i].list;

		out[i] = freshness->lists[i];
		out[i].list = arena_text(arena, list, strlen(list));
		out[i].age_s += out[i].age_s < 0 ? 0 : since_s;
	}
	if (arena->failed) {
		return errmsg_set(
			msg, CORDON_ENOMEM, "the answer needs too much memory");
	}
	*lists = out;
	return 0;
}
