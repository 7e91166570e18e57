/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* Random numbers, and events in the order of their time. */

/* SplitMix64. */
uint64_t sim_random(struct sim *sim, uint64_t below)
{
	uint64_t z = (sim->random += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

bool sim_chance(struct sim *sim, unsigned permille)
{
	return sim_random(sim, 1000) < permille;
}

void sim_mark(struct sim *sim, uint64_t value)
{
	uint64_t z = (sim->fingerprint ^ value) * 0xff51afd7ed558ccdu;

	sim->fingerprint = z ^ (z >> 32);
}

/* ---- work ---- */

struct sim_work *sim_work_create(size_t list)
{
	struct sim_work *work = calloc(1, sizeof(*work));

	if (work == NULL) {
		abort();
	}
	work->list = list;
	return work;
}

void sim_work_destroy(struct sim_work *work)
{
	if (work == NULL) {
		return;
	}
	for (size_t i = 0; i < work->rows_count; i++) {
		memfeed_row_release(work->rows[i]);
	}
	free(work->rows);
	free(work->copy);
	free(work->held);
	free(work->places);
	free(work);
}

/* ---- the heap ---- */

static bool earlier(const struct sim_event *a, const struct sim_event *b)
{
	return a->at.us != b->at.us ? a->at.us < b->at.us : a->serial < b->serial;
}

static void swap(struct sim_event *a, struct sim_event *b)
{
	struct sim_event c = *a;

	*a = *b;
	*b = c;
}

static size_t new_place(struct sim *sim)
{
	if (sim->events_count == sim->events_room) {
		sim->events_room = 2 * sim->events_room + 64;
		sim->events =
			realloc(sim->events, sim->events_room * sizeof(*sim->events));
		if (sim->events == NULL) {
			abort();
		}
	}
	return sim->events_count++;
}

void sim_during(struct sim *sim, struct mono at, sim_run_fn *run, size_t subject,
	struct sim_work *work, const unsigned *life)
{
	size_t i = new_place(sim);

	sim->events[i] = (struct sim_event){
		.at = at,
		.serial = sim->serial++,
		.run = run,
		.subject = subject,
		.life = life,
		.life_then = *life,
		.work = work,
	};
	while (i > 0 && earlier(&sim->events[i], &sim->events[(i - 1) / 2])) {
		swap(&sim->events[i], &sim->events[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

void sim_at(struct sim *sim, struct mono at, sim_run_fn *run, size_t subject,
	struct sim_work *work)
{
	sim_during(sim, at, run, subject, work, &sim->always);
}

static struct sim_event pop(struct sim *sim)
{
	struct sim_event first = sim->events[0];
	size_t i = 0;

	sim->events[0] = sim->events[--sim->events_count];
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
			if (child < sim->events_count &&
				earlier(&sim->events[child], &sim->events[least])) {
				least = child;
			}
		}
		if (least == i) {
			return first;
		}
		swap(&sim->events[i], &sim->events[least]);
		i = least;
	}
}

void sim_run_until(struct sim *sim, struct mono end)
{
	while (sim->events_count > 0 && sim->events[0].at.us <= end.us) {
		struct sim_event event = pop(sim);

		sim->now = event.at;
		if (*event.life == event.life_then) {
			event.run(sim, event.subject, event.work);
		}
		sim_work_destroy(event.work);
	}
	sim->now = end;
	sim_mark(sim, (uint64_t)end.us ^ sim->serial);
}

void sim_drop_events(struct sim *sim)
{
	while (sim->events_count > 0) {
		sim_work_destroy(pop(sim).work);
	}
	free(sim->events);
	sim->events = NULL;
}
