/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

/*
 * The story of a run.  Runs are told only when they fail: then the same is run again,
 * and its last lines are kept.
 */

void sim_trace(struct sim *sim, const char *format, ...)
{
	va_list arguments;
	char *line;
	int used;

	if (sim->options.quiet) {
		return;
	}
	if (sim->trace == NULL) {
		sim->trace = calloc(SIM_TRACE_LINES, SIM_TRACE_WIDTH);
		if (sim->trace == NULL) {
			abort();
		}
	}
	line = sim->trace[sim->trace_count++ % SIM_TRACE_LINES];
	used = snprintf(line, SIM_TRACE_WIDTH, "%9.3f ", (double)sim->now.us / 1e6);
	va_start(arguments, format);
	vsnprintf(line + used, SIM_TRACE_WIDTH - (size_t)used, format, arguments);
	va_end(arguments);
	if (sim->options.trace) {
		puts(line);
	}
}

static void tell_the_story(const struct sim *sim)
{
	size_t first = sim->trace_count > SIM_TRACE_LINES
			       ? sim->trace_count - SIM_TRACE_LINES
			       : 0;

	for (size_t i = first; !sim->options.trace && i < sim->trace_count; i++) {
		puts(sim->trace[i % SIM_TRACE_LINES]);
	}
}

void sim_fail(struct sim *sim, const char *format, ...)
{
	struct sim_options again = sim->options;
	va_list arguments;

	if (sim->options.quiet) {
		again.quiet = false;
		sim_union(&again); /* fails again, with its story */
		printf("THE STORY DOES NOT REPEAT: ");
	}
	tell_the_story(sim);
	printf("FAILED: sim%s%s --seed %llu --steps %zu: ",
		*sim_bug_name() == '\0' ? "" : " --bug ", sim_bug_name(),
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
	static char names[4][24];
	static size_t turn;
	char *name = names[turn++ % 4];

	snprintf(name, sizeof(names[0]), "%s/%s", sim->lists[list].id.owner.code,
		kinds[sim->lists[list].id.kind]);
	return name;
}
