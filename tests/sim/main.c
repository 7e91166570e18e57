/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/sim.h"

/* Within this a quiet union must agree, and so long it is watched afterwards. */
#define CONVERGE_MS 240000
#define QUIET_MS 20000
/* Within this two histories are noticed where they meet: where what is remembered does
 * not tell, a node reads from nothing after two mismatches, the second when the peer is
 * asked again after ENGINE_ASIDE_MS; one neighbour after the other. */
#define NOTICE_MS 600000
/* Pulls of one list by one node while it is watched: one each wait, and a few. */
#define QUIET_PULLS_MAX 12

static void free_copies(struct sim *sim, struct sim_copy *copies)
{
	for (size_t l = 0; copies != NULL && l < sim->lists_count; l++) {
		memfeed_finish(&copies[l].rows);
	}
}

static void finish(struct sim *sim)
{
	sim_drop_events(sim);
	for (size_t n = 0; n < sim->nodes_count; n++) {
		struct sim_node *node = &sim->nodes[n];

		engine_destroy(node->engine);
		free_copies(sim, node->copies);
		free_copies(sim, node->backup);
		free_copies(sim, node->twins);
		free(node->backup);
		free(node->twins);
	}
	for (size_t l = 0; l < sim->lists_count; l++) {
		for (size_t i = 0; i < sim->lists[l].heads_count; i++) {
			memfeed_finish(&sim->lists[l].heads[i].rows);
		}
		free(sim->lists[l].heads);
	}
	free(sim->trace);
	free(sim);
}

/* An owner's two histories, before a new epoch ends them. */
static void notice(struct sim *sim)
{
	for (size_t l = 0; l < sim->lists_count; l++) {
		if (sim->lists[l].forked) {
			sim_run_until(sim, mono_after_ms(sim->now, NOTICE_MS));
			sim_agree_noticed(sim);
			return;
		}
	}
}

static void converge(struct sim *sim)
{
	struct mono end = mono_after_ms(sim->now, CONVERGE_MS);
	char why[120];

	while (!sim_agree(sim, why, sizeof(why))) {
		if (sim->now.us >= end.us) {
			sim_fail(
				sim, "not agreed in %d s: %s", CONVERGE_MS / 1000, why);
		}
		sim_run_until(sim, mono_after_ms(sim->now, 100));
	}
	sim_trace(sim, "agreed");
	sim_agree_kept(sim);
}

/* Nothing is to do: nobody keeps asking, and all stays as it is. */
static void stay_quiet(struct sim *sim)
{
	for (size_t n = 0; n < sim->nodes_count; n++) {
		sim->nodes[n].pulls_sent = 0;
	}
	sim_run_until(sim, mono_after_ms(sim->now, QUIET_MS));
	for (size_t n = 0; !sim->hostile && !sim->erases && n < sim->nodes_count; n++) {
		if (sim->nodes[n].pulls_sent > sim->lists_count * QUIET_PULLS_MAX) {
			sim_fail(sim, "%s sent %zu pulls in %d s with nothing to pull",
				sim->nodes[n].name, sim->nodes[n].pulls_sent,
				QUIET_MS / 1000);
		}
	}
	converge(sim);
}

uint64_t sim_union(const struct sim_options *options)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	uint64_t fingerprint;

	if (sim == NULL) {
		abort();
	}
	sim->options = *options;
	sim->random = options->seed;
	sim_world_create(sim);
	for (size_t i = 0; i < options->steps; i++) {
		sim_run_until(
			sim, mono_after_ms(sim->now, (int64_t)sim_random(sim, 120)));
		sim_fault_step(sim);
	}
	sim_fault_calm(sim);
	notice(sim);
	sim_fault_repent(sim);
	converge(sim);
	stay_quiet(sim);
	fingerprint = sim->fingerprint;
	finish(sim);
	return fingerprint;
}

/* ---- the command line ---- */

struct command {
	struct sim_options options;
	unsigned long long seed, steps, runs, seconds;
};

static int usage(void)
{
	fputs("usage: sim [--seed N] [--steps M] [--runs R] [--seconds S] [--trace]"
	      " [--bug NAME] [--bugs]\n"
	      "Runs R unions, seeds N, N + 1 ...; each for M steps and until it is "
	      "calm; begins none after S seconds.\n",
		stderr);
	return 2;
}

#ifdef CORDON_SIM_BUGS
enum sim_bug sim_bug;

static const char *const bug_names[] = { [SIM_BUG_none] = "",
#define NAME(name) [SIM_BUG_##name] = #name,
	SIM_BUGS(NAME)
#undef NAME
};

#define BUGS_COUNT (sizeof(bug_names) / sizeof(bug_names[0]))

const char *sim_bug_name(void)
{
	return bug_names[sim_bug];
}

static bool set_bug(const char *name)
{
	for (size_t i = 1; i < BUGS_COUNT; i++) {
		if (strcmp(name, bug_names[i]) == 0) {
			sim_bug = (enum sim_bug)i;
			return true;
		}
	}
	fprintf(stderr, "no bug is called %s\n", name);
	return false;
}

static void list_bugs(void)
{
	for (size_t i = 1; i < BUGS_COUNT; i++) {
		puts(bug_names[i]);
	}
}
#else
const char *sim_bug_name(void)
{
	return "";
}

static bool set_bug(const char *name)
{
	fprintf(stderr, "this program has no bug %s\n", name);
	return false;
}

static void list_bugs(void)
{
}
#endif

static bool number(const char *text, unsigned long long *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text != '\0' && *end == '\0';
}

static unsigned long long *place_of(struct command *command, const char *name)
{
	return strcmp(name, "--seed") == 0      ? &command->seed
	       : strcmp(name, "--steps") == 0   ? &command->steps
	       : strcmp(name, "--runs") == 0    ? &command->runs
	       : strcmp(name, "--seconds") == 0 ? &command->seconds
						: NULL;
}

static bool read_command(int argc, char **argv, struct command *command)
{
	for (int i = 1; i < argc; i++) {
		unsigned long long *value = place_of(command, argv[i]);

		if (strcmp(argv[i], "--trace") == 0) {
			command->options.trace = true;
			command->options.quiet = false;
		} else if (strcmp(argv[i], "--bug") == 0 && i + 1 < argc) {
			if (!set_bug(argv[++i])) {
				return false;
			}
		} else if (value == NULL || i + 1 == argc ||
			   !number(argv[++i], value)) {
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct command command = { .options = { .quiet = true },
		.seed = 1,
		.steps = 150,
		.runs = 1,
		.seconds = 1000000 };
	uint64_t fingerprint = 0;
	unsigned long long done = 0;
	time_t begun = time(NULL);

	if (argc == 2 && strcmp(argv[1], "--bugs") == 0) {
		list_bugs();
		return 0;
	}
	if (!read_command(argc, argv, &command)) {
		return usage();
	}
	command.options.steps = command.steps;
	while (done < command.runs && time(NULL) - begun < (time_t)command.seconds) {
		command.options.seed = command.seed + done++;
		fingerprint = 31 * fingerprint + sim_union(&command.options);
	}
	printf("%llu runs from seed %llu, fingerprint %016llx\n", done, command.seed,
		(unsigned long long)fingerprint);
	return 0;
}
