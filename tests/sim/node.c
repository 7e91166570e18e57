/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* The client side of a node: the engine and its links. */

static size_t list_index(const struct sim *sim, const struct list_id *id)
{
	for (size_t i = 0; i < sim->lists_count; i++) {
		if (ident_list_equal(&sim->lists[i].id, id)) {
			return i;
		}
	}
	abort();
}

/* ---- effects ---- */

static void send_pull(struct sim *sim, size_t n, const struct engine_effect *effect)
{
	struct sim_node *node = &sim->nodes[n];
	size_t list = list_index(sim, &effect->list);
	struct sim_link *link = &sim->links[node->links[effect->peer]];
	struct sim_work *work = sim_work_create(list);

	if (!link->up) {
		sim_fail(sim, "%s pulls from %s, which is down", node->name,
			sim->nodes[link->server].name);
	}
	node->pulls[list] = (struct sim_pull){
		.waiting = true, .peer = effect->peer, .request = ++node->requests
	};
	node->pulls_sent++;
	work->request = node->requests;
	work->position = effect->position;
	sim_trace(sim, "%s %s: pull from %s at %llu.%llu", node->name,
		sim_list_name(sim, list), sim->nodes[link->server].name,
		(unsigned long long)effect->position.epoch.number,
		(unsigned long long)effect->position.after);
	sim_send(sim, node->links[effect->peer], true, sim_server_pull, work);
}

static void send_watch(struct sim *sim, size_t l)
{
	const struct sim_node *node = &sim->nodes[sim->links[l].client];
	struct sim_work *work = sim_work_create(0);

	work->held = calloc(SIM_LISTS_MAX, sizeof(*work->held));
	if (work->held == NULL) {
		abort();
	}
	for (size_t i = 0; i < sim->lists_count; i++) {
		const struct head *head = copy_newest(&node->copies[i].copy);

		work->held[i].epoch = head->epoch;
		work->held[i].sequence = head->sequence;
		memcpy(work->held[i].hash, head->hash, HASH_BYTES);
	}
	sim_send(sim, l, true, sim_server_watch, work);
}

/* A head for the writer comes as it was signed. */
static void post(struct sim *sim, size_t n, const struct engine_effect *effect,
	const struct sim_paper *paper)
{
	struct sim_work *job = sim_work_create(list_index(sim, &effect->list));

	job->type = effect->type == ENGINE_MOVE ? SIM_APPLY_MOVE : SIM_APPLY_HEAD;
	job->peer = effect->peer;
	if (job->type == SIM_APPLY_HEAD) {
		job->paper = *paper;
	}
	sim_job_post(sim, n, job);
}

static void carry_out(struct sim *sim, size_t n, const struct engine_effect *effect,
	const struct sim_paper *paper)
{
	struct sim_node *node = &sim->nodes[n];
	size_t list;

	switch (effect->type) {
	case ENGINE_PULL:
		send_pull(sim, n, effect);
		break;
	case ENGINE_APPLY_HEAD:
	case ENGINE_MOVE:
		post(sim, n, effect, paper);
		break;
	case ENGINE_TRACE:
		sim_trace_peer(
			sim, node->links[effect->peer], list_index(sim, &effect->list));
		break;
	case ENGINE_ASIDE:
		list = list_index(sim, &effect->list);
		sim_trace(sim, "%s %s: sets %s aside", node->name,
			sim_list_name(sim, list),
			sim->nodes[sim->links[node->links[effect->peer]].server].name);
		sim_check_blame(sim, n, node->links[effect->peer], list);
		break;
	case ENGINE_FORKED:
		list = list_index(sim, &effect->list);
		if (!sim->lists[list].forked) {
			sim_fail(sim, "%s calls %s forked", node->name,
				sim_list_name(sim, list));
		}
		break;
	case ENGINE_WATCH:
		send_watch(sim, node->links[effect->peer]);
		break;
	case ENGINE_ACK:
	case ENGINE_UNSHARED:
	default:
		break;
	}
}

static void on_wake(struct sim *sim, size_t n, struct sim_work *work)
{
	struct engine_event event = { .type = ENGINE_TICK };

	(void)work;
	sim_node_step(sim, n, &event);
}

/* paper: of an event HEAD, for the writer. */
static void step(struct sim *sim, size_t n, const struct engine_event *event,
	const struct sim_paper *paper)
{
	struct sim_node *node = &sim->nodes[n];
	struct engine_effects effects;
	int error = engine_step(node->engine, sim->now, event, &effects);

	if (error != 0) {
		sim_fail(sim, "engine: %s", cordon_error_text(error));
	}
	for (size_t i = 0; i < effects.count; i++) {
		carry_out(sim, n, &effects.effects[i], paper);
	}
	node->wake++;
	if (effects.wake) {
		if (effects.wake_at.us <= sim->now.us) {
			sim_fail(sim, "%s wants to be woken in the past", node->name);
		}
		sim_during(sim, effects.wake_at, on_wake, n, NULL, &node->wake);
	}
}

void sim_node_step(struct sim *sim, size_t n, const struct engine_event *event)
{
	step(sim, n, event, NULL);
}

/* ---- what arrives ---- */

void sim_client_head(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];
	const struct head *head = &work->paper.head;
	struct sim_node *node = &sim->nodes[link->client];
	struct engine_event event = {
		.type = ENGINE_HEAD,
		.peer = link->peer,
		.list = head->list,
		.head = head,
	};

	if (!sim_authentic(&work->paper)) {
		sim_trace(sim, "%s %s: a head that nobody signed, from %s", node->name,
			sim_list_name(sim, work->list), sim->nodes[link->server].name);
		return;
	}
	work->list = list_index(sim, &head->list);
	if (copy_head_order(&node->copies[work->list].copy.head, head) < 0) {
		sim_trace(sim, "%s %s: hears of %llu.%llu from %s", node->name,
			sim_list_name(sim, work->list),
			(unsigned long long)head->epoch.number,
			(unsigned long long)head->sequence,
			sim->nodes[link->server].name);
	}
	sim_upkeep_hears(sim, link->client, head);
	if (sim->lists[work->list].member == node->member_index) {
		sim_signer_hears(sim, link->client, work->list, head,
			&sim->nodes[link->server].member);
	}
	if (sim_suspect(sim, link->client, link->peer, work->list, head)) {
		return;
	}
	step(sim, link->client, &event, &work->paper);
}

void sim_client_told(struct sim *sim, size_t l, struct sim_work *work)
{
	(void)work;
	sim->links[l].told = true;
	sim_signer_told(sim, sim->links[l].client);
}

static bool answered(
	struct sim *sim, const struct sim_link *link, const struct sim_work *work)
{
	struct sim_pull *pull = &sim->nodes[link->client].pulls[work->list];

	if (!pull->waiting || pull->peer != link->peer ||
		pull->request != work->request) {
		return false; /* void meanwhile */
	}
	pull->waiting = false;
	return true;
}

static void refused(struct sim *sim, const struct sim_link *link,
	const struct sim_work *work, enum engine_event_type type)
{
	size_t list = work->list;
	struct engine_event event = {
		.type = type,
		.peer = link->peer,
		.list = sim->lists[list].id,
		.differs = work->differs,
	};

	sim_trace(sim, "%s %s: refused by %s", sim->nodes[link->client].name,
		sim_list_name(sim, list), sim->nodes[link->server].name);
	sim_node_step(sim, link->client, &event);
}

static void post_chunk(struct sim *sim, const struct sim_link *link,
	const struct sim_work *work, bool pull_answer)
{
	struct sim_work *job = sim_work_create(work->list);

	job->paper = work->paper;
	job->after = work->after;
	job->up_to = work->up_to;
	job->rows = malloc((work->rows_count + 1) * sizeof(struct memfeed_row *));
	if (job->rows == NULL) {
		abort();
	}
	for (size_t i = 0; i < work->rows_count; i++) {
		work->rows[i]->holders++;
		job->rows[job->rows_count++] = work->rows[i];
	}
	job->type = SIM_APPLY_CHUNK;
	job->peer = link->peer;
	job->pull_answer = pull_answer;
	sim_job_post(sim, link->client, job);
}

void sim_client_chunk(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];
	bool counts = answered(sim, link, work);

	if (!sim_authentic(&work->paper) ||
		!ident_list_equal(&work->paper.head.list, &sim->lists[work->list].id)) {
		if (counts) {
			refused(sim, link, work, ENGINE_RUBBISH);
		}
		return;
	}
	if (sim_suspect(sim, link->client, link->peer, work->list, &work->paper.head)) {
		if (counts) {
			refused(sim, link, work, ENGINE_REFUSED);
		}
		return;
	}
	if (counts) {
		post_chunk(sim, link, work, true);
	}
	/* one that is void, or comes again, changes nothing for the worse */
	if (sim_chance(sim, 100)) {
		post_chunk(sim, link, work, false);
	}
}

void sim_client_refused(struct sim *sim, size_t l, struct sim_work *work)
{
	const struct sim_link *link = &sim->links[l];

	if (answered(sim, link, work)) {
		refused(sim, link, work, ENGINE_REFUSED);
	}
}

/* ---- life ---- */

void sim_link_up(struct sim *sim, size_t l)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->client];
	struct engine_event event = { .type = ENGINE_PEER_UP, .peer = link->peer };

	link->up = true;
	link->life++;
	link->watched = link->told = false;
	memset(link->lists, 0, sizeof(link->lists));
	sim_trace(sim, "%s to %s: up", node->name, sim->nodes[link->server].name);
	send_watch(sim, l);
	sim_node_step(sim, link->client, &event);
}

void sim_link_down(struct sim *sim, size_t l)
{
	struct sim_link *link = &sim->links[l];
	struct sim_node *node = &sim->nodes[link->client];
	struct engine_event event = { .type = ENGINE_PEER_DOWN, .peer = link->peer };

	link->up = false;
	link->mute_until = sim->now;
	link->life++;
	sim_trace(sim, "%s to %s: down", node->name, sim->nodes[link->server].name);
	if (node->up) {
		sim_node_step(sim, link->client, &event);
	}
}

static void start_engine(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	if (engine_create(&node->member, node->signs, node->links_count,
		    &node->engine) != 0) {
		abort();
	}
	for (size_t i = 0; i < sim->lists_count; i++) {
		if (node->copies[i].copy.phase != COPY_EMPTY &&
			engine_restore(node->engine, &sim->lists[i].id,
				&node->copies[i].copy) != 0) {
			abort();
		}
	}
}

void sim_node_start(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];
	struct engine_event event = { .type = ENGINE_TICK };

	node->up = true;
	node->open = node->behind = false;
	node->writer_free = node->told = sim->now;
	clocktrust_init(&node->trust);
	memset(node->pulls, 0, sizeof(node->pulls));
	start_engine(sim, n);
	sim_trace(sim, "%s starts, its clock %lld s off", node->name,
		(long long)node->clock_s);
	sim_node_step(sim, n, &event);
	sim_signer_start(sim, n);
	if (sim->erases) {
		sim_upkeep_turn(sim, n, NULL);
	}
}

void sim_node_crash(struct sim *sim, size_t n)
{
	struct sim_node *node = &sim->nodes[n];

	sim_trace(sim, "%s crashes", node->name);
	node->up = node->open = false;
	node->life++;
	node->wake++;
	engine_destroy(node->engine);
	node->engine = NULL;
	for (size_t i = 0; i < sim->links_count; i++) {
		struct sim_link *link = &sim->links[i];

		if (link->up && (link->client == n || link->server == n)) {
			sim_link_down(sim, i);
		}
	}
}

void sim_node_sign(struct sim *sim, size_t n, bool signs)
{
	struct sim_node *node = &sim->nodes[n];
	struct engine_event event = { .type = ENGINE_TICK };

	node->signs = signs;
	for (size_t i = 0; i < sim->lists_count; i++) {
		if (sim->lists[i].member != node->member_index) {
			continue;
		}
		node->pulls[i].waiting = false;
		if (node->copies[i].copy.phase != COPY_EMPTY &&
			engine_restore(node->engine, &sim->lists[i].id,
				&node->copies[i].copy) != 0) {
			abort();
		}
	}
	engine_sign(node->engine, signs);
	sim_node_step(sim, n, &event);
}
