/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sys/random.h>

#include "tests/lib/load_private.h"
#include "tests/lib/random.h"
#include "tests/lib/union_private.h"

#define RETRY_MS 20
#define REFUSED_IN 50  /* one item of so many is one that must be refused */
#define WITHDRAWN_IN 6 /* one change of a live record */

/* One request, until it is answered. */
struct load_request {
	LIST_ENTRY(load_request) next;
	struct load_owner *owner;
	unsigned batch;
	struct event *again;
	struct cordon_item items[CORDON_SUBMIT_MAX];
	struct cordon_record *records[CORDON_SUBMIT_MAX];
	char ids[CORDON_SUBMIT_MAX][32];
	bool must_fail[CORDON_SUBMIT_MAX];
};

static void send_request(struct load_request *request);
static void fill(struct load *load);

uint64_t load_seed(void)
{
	const char *given = getenv("CORDON_TEST_SEED");
	uint64_t seed;

	if (given != NULL) {
		seed = strtoull(given, NULL, 10);
	} else {
		assert_int_equal(getrandom(&seed, sizeof(seed), 0), sizeof(seed));
		seed >>= 16; /* easier to type */
	}
	print_message("seed: CORDON_TEST_SEED=%" PRIu64 "\n", seed);
	return seed;
}

void load_record_id(const struct load_owner *owner, unsigned record, char id[32])
{
	snprintf(id, 32, "%s-LOAD-%06u", owner->node->member, record);
}

void load_number(const struct load_owner *owner, uint32_t number, char text[16])
{
	snprintf(text, 16, "%c%07u", owner->node->member[0], number);
}

/* ---- one request
 * -------------------------------------------------------------------------- */

static struct cordon_record *ban(
	struct load_owner *owner, const char *id, uint32_t number, const char *nation)
{
	char text[16];
	char *json;
	struct cordon_record *record;

	load_number(owner, number, text);
	assert_true(
		asprintf(&json,
			"{\"id\":\"%s\",\"kind\":\"entry_ban\",\"reason\":\"overstay\","
			"\"valid_from\":\"2026-01-01\",\"valid_until\":\"2029-12-31\","
			"\"actions\":[\"refuse_entry\"],\"person\":{\"names\":[{"
			"\"type\":\"primary\",\"surname\":\"TESTOV\",\"given\":\"MARK\""
			"}],\"born\":\"1990-01-01\",\"nationalities\":[\"%s\"],"
			"\"documents\":[{\"type\":\"P\",\"number\":\"%s\",\"issuer\":"
			"\"UZB\"}]}}",
			id, nation, text) > 0);
	record = union_record(owner->load->in, json);
	free(json);
	return record;
}

/* What is to become of one record of the batch. */
static void make_item(struct load_request *request, unsigned n)
{
	struct load_owner *owner = request->owner;
	struct load *load = owner->load;
	unsigned index = request->batch * load->options.batch + n;
	struct load_record *record = &owner->records[index];
	struct cordon_item *item = &request->items[n];
	bool fails = random_below(&load->random, REFUSED_IN) == 0;

	load_record_id(owner, index, request->ids[n]);
	record->perhaps = record->stands;
	request->must_fail[n] = fails;
	if (!fails && record->stands != 0 &&
		random_below(&load->random, WITHDRAWN_IN) == 0) {
		record->perhaps = 0;
		*item = (struct cordon_item){ .type = CORDON_ITEM_WITHDRAW,
			.id = request->ids[n],
			.reason = CORDON_WITHDRAWAL_ERROR };
		return;
	}
	owner->numbers++;
	/* a member cannot ban its own nationals */
	request->records[n] = ban(owner, request->ids[n], owner->numbers,
		fails ? owner->node->member : "UZB");
	record->perhaps = fails ? record->stands : owner->numbers;
	*item = (struct cordon_item){ .type = CORDON_ITEM_PUT,
		.record = request->records[n] };
}

static void free_request(struct load_request *request)
{
	unsigned count = request->owner->load->options.batch;

	for (unsigned n = 0; n < count; n++) {
		cordon_record_destroy(request->records[n]);
	}
	LIST_REMOVE(request, next);
	event_free(request->again);
	free(request);
}

static void take_results(
	struct load_request *request, const struct cordon_results *results)
{
	struct load_owner *owner = request->owner;
	struct load *load = owner->load;

	assert_int_equal(results->count, load->options.batch);
	for (unsigned n = 0; n < load->options.batch; n++) {
		const struct cordon_result *result = &results->results[n];
		struct load_record *record =
			&owner->records[request->batch * load->options.batch + n];

		if (request->must_fail[n] != (result->error != 0)) {
			union_fail(load->in, "%s: %s", request->ids[n],
				result->error == 0 ? "was not refused"
						   : result->error_text);
		}
		assert_int_not_equal(result->outcome, CORDON_OUTCOME_HELD);
		load->refused += result->error != 0;
		load->acknowledged += result->error == 0;
		if (result->error == 0) {
			record->stands = record->perhaps;
			record->version = result->version;
		}
	}
}

static void on_done(
	void *data, int error, const char *text, struct cordon_results *results)
{
	struct load_request *request = data;
	struct load_owner *owner = request->owner;
	struct load *load = owner->load;
	const struct timeval after = { 0, RETRY_MS * 1000 };

	(void)text;
	if (load->abandoned) {
		cordon_results_destroy(results);
		return; /* load_destroy frees it */
	}
	if (error != 0) {
		load->repeated += error != CORDON_EBUSY;
		event_add(request->again, &after);
		return;
	}
	take_results(request, results);
	cordon_results_destroy(results);
	owner->busy[request->batch] = false;
	owner->in_flight--;
	free_request(request);
	if (load->options.pause_ms == 0) {
		fill(load);
	}
}

static void on_again(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	send_request(context);
}

static void send_request(struct load_request *request)
{
	struct load *load = request->owner->load;
	int error = cordon_async_submit(request->owner->async, request->items,
		load->options.batch, on_done, request, NULL);

	if (error != 0) {
		union_fail(load->in, "submit: %s", cordon_error_text(error));
	}
}

/* ---- all of them
 * -------------------------------------------------------------------------- */

static bool finished(struct load *load)
{
	return load->acknowledged >= load->wanted &&
	       (load->over == NULL || load->over(load->context));
}

static void begin_request(struct load_owner *owner)
{
	struct load *load = owner->load;
	unsigned batches = load->options.records / load->options.batch;
	unsigned batch = (unsigned)random_below(&load->random, batches);
	struct load_request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	while (owner->busy[batch]) {
		batch = (batch + 1) % batches;
	}
	request->owner = owner;
	request->batch = batch;
	request->again = evtimer_new(load->base, on_again, request);
	assert_non_null(request->again);
	for (unsigned n = 0; n < load->options.batch; n++) {
		make_item(request, n);
	}
	LIST_INSERT_HEAD(&owner->requests, request, next);
	owner->busy[batch] = true;
	owner->in_flight++;
	send_request(request);
}

static void fill(struct load *load)
{
	size_t under_way = 0;

	load->ending = load->ending || finished(load);
	for (size_t i = 0; i < load->owners_count; i++) {
		struct load_owner *owner = &load->owners[i];

		while (!load->ending && owner->in_flight < load->options.in_flight) {
			begin_request(owner);
		}
		under_way += owner->in_flight;
	}
	if (under_way == 0) {
		event_base_loopbreak(load->base);
	}
}

static void on_paced(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	fill(context);
}

struct load *load_create(struct testunion *u, struct union_node *const *owners,
	size_t owners_count, const struct load_options *options)
{
	struct load *load = calloc(1, sizeof(*load));

	assert_non_null(load);
	assert_true(options->batch <= CORDON_SUBMIT_MAX &&
		    options->records % options->batch == 0 &&
		    options->records / options->batch > options->in_flight);
	load->in = u;
	load->options = *options;
	load->random = options->seed;
	load->base = event_base_new();
	load->owners_count = owners_count;
	assert_non_null(load->base);
	load->paced = event_new(load->base, -1, EV_PERSIST, on_paced, load);
	assert_non_null(load->paced);
	for (size_t i = 0; i < owners_count; i++) {
		struct load_owner *owner = &load->owners[i];

		owner->load = load;
		owner->node = owners[i];
		owner->records = calloc(options->records, sizeof(*owner->records));
		owner->busy = calloc(options->records / options->batch, sizeof(bool));
		owner->async = union_async(owners[i], UNION_AGENCY, load->base);
		assert_non_null(owner->records);
		assert_non_null(owner->busy);
	}
	return load;
}

void load_destroy(struct load *load)
{
	load->abandoned = true;
	for (size_t i = 0; i < load->owners_count; i++) {
		struct load_request *request;

		cordon_async_destroy(load->owners[i].async);
		while ((request = LIST_FIRST(&load->owners[i].requests)) != NULL) {
			free_request(request);
		}
		free(load->owners[i].records);
		free(load->owners[i].busy);
	}
	event_free(load->paced);
	event_base_free(load->base);
	free(load);
}

struct event_base *load_base(struct load *load)
{
	return load->base;
}

void load_run(
	struct load *load, uint64_t changes, bool (*over)(void *context), void *context)
{
	unsigned pace_ms = load->options.pause_ms != 0 ? load->options.pause_ms : 50;
	const struct timeval pace = { pace_ms / 1000, pace_ms % 1000 * 1000 };

	load->wanted = changes;
	load->over = over;
	load->context = context;
	load->ending = false;
	assert_int_equal(event_add(load->paced, &pace), 0);
	fill(load);
	event_base_dispatch(load->base);
	event_del(load->paced);
}

void load_pause(struct load *load)
{
	event_base_loopbreak(load->base);
}

uint64_t load_acknowledged(const struct load *load)
{
	return load->acknowledged;
}

uint64_t load_refused(const struct load *load)
{
	return load->refused;
}

uint64_t load_repeated(const struct load *load)
{
	return load->repeated;
}
