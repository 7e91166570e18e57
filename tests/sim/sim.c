/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Within this a quiet union must agree, and so long it is watched afterwards. */
#define CONVERGE_MS 60000
#define QUIET_MS 60000
/* Pulls of one list by one node while it is watched: one each wait, and a few. */
#define QUIET_PULLS_MAX 30

/* ---- random numbers (SplitMix64) ---- */

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

/* ---- trace ---- */

void sim_trace(struct sim *sim, const char *format, ...)
{
	char *line = sim->trace[sim->trace_count++ % SIM_TRACE_LINES];
	int used = snprintf(line, SIM_TRACE_WIDTH, "%9.3f ", (double)sim->now.us / 1e6);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + used, SIM_TRACE_WIDTH - (size_t)used, format, arguments);
	va_end(arguments);
	if (sim->options.trace) {
		puts(line);
	}
}

void sim_fail(struct sim *sim, const char *format, ...)
{
	size_t first = sim->trace_count > SIM_TRACE_LINES
			       ? sim->trace_count - SIM_TRACE_LINES
			       : 0;
	va_list arguments;

	for (size_t i = first; !sim->options.trace && i < sim->trace_count; i++) {
		puts(sim->trace[i % SIM_TRACE_LINES]);
	}
	printf("FAILED: sim --seed %llu --steps %zu: ",
		(unsigned long long)sim->options.seed, sim->options.steps);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	exit(1);
}

const char *sim_list_name(const struct sim *sim, size_t list)
{
	static const char *const kinds[] = { "", "bans", "deportations" };
	static char names[4][16];
	static size_t turn;
	char *name = names[turn++ % 4];

	snprintf(name, sizeof(names[0]), "%s/%s", sim->lists[list].id.owner.code,
		kinds[sim->lists[list].id.kind]);
	return name;
}

/* ---- events ---- */

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
	if (work != NULL) {
		memfeed_finish(&work->rows);
		free(work);
	}
}

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

void sim_during(struct sim *sim, struct mono at, sim_run_fn *run, size_t subject,
	struct sim_work *work, const unsigned *life)
{
	size_t i = sim->events_count++;

	if (i == sim->events_room) {
		sim->events_room = 2 * i + 64;
		sim->events =
			realloc(sim->events, sim->events_room * sizeof(*sim->events));
		if (sim->events == NULL) {
			abort();
		}
	}
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

/* Runs what is due up to end. */
static void run_until(struct sim *sim, struct mono end)
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
}

/* ---- a run ---- */

static void finish(struct sim *sim)
{
	while (sim->events_count > 0) {
		sim_work_destroy(pop(sim).work);
	}
	free(sim->events);
	for (size_t n = 0; n < sim->nodes_count; n++) {
		engine_destroy(sim->nodes[n].engine);
		for (size_t l = 0; l < sim->lists_count; l++) {
			memfeed_finish(&sim->nodes[n].copies[l].rows);
		}
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		for (size_t i = 0; i < sim->lists[l].heads_count; i++) {
			memfeed_finish(&sim->lists[l].heads[i].rows);
		}
		free(sim->lists[l].heads);
	}
	free(sim);
}

static void converge(struct sim *sim)
{
	struct mono end = mono_after_ms(sim->now, CONVERGE_MS);
	char why[120];

	while (!sim_check_converged(sim, why, sizeof(why))) {
		if (sim->now.us >= end.us) {
			sim_fail(sim, "not converged in %d s: %s", CONVERGE_MS / 1000,
				why);
		}
		run_until(sim, mono_after_ms(sim->now, 100));
	}
	sim_trace(sim, "converged");
}

/* Nothing is to do: nobody keeps asking, and all stays as it is. */
static void stay_quiet(struct sim *sim)
{
	char why[120];

	for (size_t n = 0; n < sim->nodes_count; n++) {
		sim->nodes[n].pulls_sent = 0;
	}
	run_until(sim, mono_after_ms(sim->now, QUIET_MS));
	for (size_t n = 0; n < sim->nodes_count; n++) {
		if (sim->nodes[n].pulls_sent > sim->lists_count * QUIET_PULLS_MAX) {
			sim_fail(sim, "%s sent %zu pulls in %d s with nothing to pull",
				sim->nodes[n].name, sim->nodes[n].pulls_sent,
				QUIET_MS / 1000);
		}
	}
	if (!sim_check_converged(sim, why, sizeof(why))) {
		sim_fail(sim, "agreed, and then no more: %s", why);
	}
}

static void run(const struct sim_options *options)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	struct mono end;

	if (sim == NULL) {
		abort();
	}
	sim->options = *options;
	sim->random = options->seed;
	sim_world_create(sim);
	for (size_t i = 0; i < options->steps; i++) {
		end = mono_after_ms(sim->now, (int64_t)sim_random(sim, 120));
		run_until(sim, end);
		sim_world_step(sim, 0, NULL);
	}
	sim_world_calm(sim);
	converge(sim);
	stay_quiet(sim);
	finish(sim);
}

static bool number(const char *text, unsigned long long *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text != '\0' && *end == '\0';
}

static int usage(void)
{
	fputs("usage: sim [--seed N] [--steps M] [--runs R] [--trace]\n"
	      "Runs R unions, seeds N, N + 1 ...; each for M steps and until it is "
	      "calm.\n",
		stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct sim_options options = { .seed = 1, .steps = 150 };
	unsigned long long seed = 1, steps = 150, runs = 1;

	for (int i = 1; i < argc; i++) {
		unsigned long long *value = NULL;

		if (strcmp(argv[i], "--trace") == 0) {
			options.trace = true;
			continue;
		}
		value = strcmp(argv[i], "--seed") == 0    ? &seed
			: strcmp(argv[i], "--steps") == 0 ? &steps
			: strcmp(argv[i], "--runs") == 0  ? &runs
							  : NULL;
		if (value == NULL || ++i == argc || !number(argv[i], value)) {
			return usage();
		}
	}
	options.steps = steps;
	for (unsigned long long i = 0; i < runs; i++) {
		options.seed = seed + i;
		run(&options);
	}
	printf("%llu runs from seed %llu\n", runs, seed);
	return 0;
}
