/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A relay that holds a valid certificate and lies, between real nodes: what it alters
 * is caught before anything is answered from it, the victim's answers never get worse,
 * and the list is taken from another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/digest.h"
#include "tests/lib/liar.h"

/* ---- the lies -------------------------------------------------------------------- */

static Cordon__Chunk *chunk_of(struct liar_frame *frame)
{
	return frame->header.type == MESSAGE_CHUNK && frame->message != NULL
		       ? (Cordon__Chunk *)frame->message
		       : NULL;
}

/* The last entry of a chunk that has any. */
static Cordon__Entry *last_entry(struct liar_frame *frame)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	if (chunk == NULL || chunk->n_entries == 0) {
		return NULL;
	}
	frame->altered = true;
	return chunk->entries[chunk->n_entries - 1];
}

static ProtobufCBinaryData copy_bytes(
	struct liar_frame *frame, ProtobufCBinaryData from, size_t room)
{
	uint8_t *data = arena_alloc(frame->arena, from.len + room + 1);

	if (data == NULL) {
		abort();
	}
	memcpy(data, from.data, from.len);
	return (ProtobufCBinaryData){ from.len, data };
}

static void lie_altered(struct liar_frame *frame, void **kept)
{
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->sealed = copy_bytes(frame, entry->sealed, 0);
		entry->sealed.data[entry->sealed.len - 1] ^= 1;
	}
}

static void lie_version(struct liar_frame *frame, void **kept)
{
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->version++;
	}
}

static void lie_end(struct liar_frame *frame, void **kept)
{
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->ends_at_s = 1600000000;
		entry->state = 1;
	}
}

static void lie_id(struct liar_frame *frame, void **kept)
{
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->id = copy_bytes(frame, entry->id, 2);
		entry->id.data[entry->id.len++] = 'Z';
	}
}

/* One sequence lower, where that is free. */
static void lie_renumbered(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk == NULL || chunk->n_entries == 0) {
		return;
	}
	if (chunk->n_entries == 1) {
		/* what came alone moves behind its place, and nothing verifies */
		chunk->entries[0]->sequence = chunk->after + 1;
		frame->altered = chunk->entries[0]->sequence != chunk->up_to;
		if (!frame->altered) {
			chunk->entries[0]->version += 7;
			frame->altered = true;
		}
		return;
	}
	/* two swap their numbers and their places: in order, but not as signed */
	Cordon__Entry *last = chunk->entries[chunk->n_entries - 1];
	Cordon__Entry *before = chunk->entries[chunk->n_entries - 2];
	uint64_t sequence = last->sequence;

	last->sequence = before->sequence;
	before->sequence = sequence;
	chunk->entries[chunk->n_entries - 1] = before;
	chunk->entries[chunk->n_entries - 2] = last;
	frame->altered = true;
}

static void lie_withheld(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL && chunk->n_entries > 0) {
		chunk->n_entries--;
		frame->altered = true;
	}
}

static void lie_reordered(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL && chunk->n_entries > 1) {
		Cordon__Entry *first = chunk->entries[0];

		chunk->entries[0] = chunk->entries[1];
		chunk->entries[1] = first;
		frame->altered = true;
	}
}

static void lie_twice(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL && chunk->n_entries > 1) {
		chunk->entries[0]->id = chunk->entries[1]->id;
		frame->altered = true;
	}
}

/* A live record is passed off as withdrawn. */
static void lie_tombstone(struct liar_frame *frame, void **kept)
{
	static uint8_t nothing[] = { 0x0a, 0x00 };
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->state = 2;
		entry->ends_at_s = 0;
		entry->sealed = (ProtobufCBinaryData){ sizeof(nothing), nothing };
	}
}

/* A live record is passed off as ended long ago, and erased. */
static void lie_stub(struct liar_frame *frame, void **kept)
{
	static uint8_t hash[32];
	Cordon__Entry *entry = last_entry(frame);

	(void)kept;
	if (entry != NULL) {
		entry->state = 1;
		entry->ends_at_s = 1600000000;
		entry->sealed = (ProtobufCBinaryData){ 0, NULL };
		entry->sealed_hash = (ProtobufCBinaryData){ sizeof(hash), hash };
	}
}

/* The same, with its own end and hash: all is true but that it is over. */
static void lie_live_stub(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);
	uint8_t *hash = arena_alloc(frame->arena, HASH_BYTES);
	size_t i = chunk == NULL ? 0 : chunk->n_entries;

	(void)kept;
	while (i > 0 && chunk->entries[i - 1]->state != 1) {
		i--;
	}
	if (i == 0 || hash == NULL ||
		hash_bytes(chunk->entries[i - 1]->sealed.data,
			chunk->entries[i - 1]->sealed.len, hash) != 0) {
		return;
	}
	chunk->entries[i - 1]->sealed = (ProtobufCBinaryData){ 0, NULL };
	chunk->entries[i - 1]->sealed_hash = (ProtobufCBinaryData){ HASH_BYTES, hash };
	frame->altered = true;
}

/* The head of another list, or of another moment. */
static void lie_head(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);
	struct kept_head {
		size_t size;
		uint8_t bytes[];
	} *old = *kept;

	if (chunk == NULL || chunk->head == NULL) {
		return;
	}
	if (old == NULL) {
		size_t size = cordon__head__get_packed_size(chunk->head);

		old = malloc(sizeof(*old) + size);
		if (old == NULL) {
			abort();
		}
		old->size = cordon__head__pack(chunk->head, old->bytes);
		*kept = old;
		return;
	}
	frame->altered = message_unpack(&cordon__head__descriptor,
				 (struct bytes){ old->bytes, old->size }, frame->arena,
				 (ProtobufCMessage **)&chunk->head, NULL) == 0;
}

static void forge(struct liar_frame *frame, Cordon__Head *head)
{
	head->content = copy_bytes(frame, head->content, 0);
	head->content.data[head->content.len / 2] ^= 4;
	frame->altered = true;
}

static void lie_forged_head(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL && chunk->head != NULL) {
		forge(frame, chunk->head);
	}
}

/* Told in the watch: nobody signed that it is later. */
static void lie_future(struct liar_frame *frame, void **kept)
{
	(void)kept;
	if (frame->header.type == MESSAGE_HEADS && frame->message != NULL) {
		Cordon__Heads *heads = (Cordon__Heads *)frame->message;

		for (size_t i = 0; i < heads->n_heads; i++) {
			heads->heads[i]->time_s += 86400;
			frame->altered = true;
		}
	}
}

static void lie_flood(struct liar_frame *frame, void **kept)
{
	(void)kept;
	if (frame->header.type == MESSAGE_HEADS) {
		frame->copies = 5000;
	}
}

static void lie_forged_flood(struct liar_frame *frame, void **kept)
{
	(void)kept;
	if (frame->header.type == MESSAGE_HEADS && frame->message != NULL) {
		Cordon__Heads *heads = (Cordon__Heads *)frame->message;

		for (size_t i = 0; i < heads->n_heads; i++) {
			forge(frame, heads->heads[i]);
		}
		frame->copies = 2000;
	}
}

/* It knows of nothing new. */
static void lie_silence(struct liar_frame *frame, void **kept)
{
	(void)kept;
	frame->left_out = frame->header.type == MESSAGE_HEADS ||
			  frame->header.type == MESSAGE_CHUNK;
}

/* Heads come, rows never. */
static void lie_no_rows(struct liar_frame *frame, void **kept)
{
	(void)kept;
	frame->left_out = frame->header.type == MESSAGE_CHUNK;
}

static void lie_refusal(struct liar_frame *frame, void **kept)
{
	Cordon__Error *error = arena_alloc(frame->arena, sizeof(*error));

	(void)kept;
	if (frame->header.type != MESSAGE_CHUNK || error == NULL) {
		return;
	}
	*error = (Cordon__Error)CORDON__ERROR__INIT;
	error->code = 14;
	error->retry_after_ms = 1;
	frame->header.type = MESSAGE_ERROR;
	frame->message = &error->base;
	frame->altered = true;
}

/* The catch-up goes on, one entry at a time, and never comes to its end. */
static void lie_endless(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL && chunk->n_entries > 1) {
		chunk->n_entries = 1;
		chunk->up_to = chunk->entries[0]->sequence;
		frame->altered = true;
	} else if (chunk != NULL && chunk->n_entries == 1) {
		frame->left_out = true;
	}
}

/* The first chunk of each kind, again and again. */
static void lie_replayed(struct liar_frame *frame, void **kept)
{
	struct kept_chunk {
		size_t size;
		uint8_t bytes[];
	} *old = *kept;
	Cordon__Chunk *chunk = chunk_of(frame);

	if (chunk == NULL) {
		return;
	}
	if (old == NULL) {
		old = malloc(sizeof(*old) + frame->payload.size);
		if (old == NULL) {
			abort();
		}
		old->size = frame->payload.size;
		memcpy(old->bytes, frame->payload.data, old->size);
		*kept = old;
		return;
	}
	message_decode(MESSAGE_CHUNK, (struct bytes){ old->bytes, old->size },
		frame->arena, &frame->message, NULL);
	frame->altered = frame->message != NULL;
}

static void lie_garbage(struct liar_frame *frame, void **kept)
{
	Cordon__Chunk *chunk = chunk_of(frame);

	(void)kept;
	if (chunk != NULL) {
		chunk->list->owner = copy_bytes(frame, chunk->list->owner, 0);
		memset(chunk->list->owner.data, 0xff, chunk->list->owner.len);
		for (size_t i = 0; i < chunk->n_entries; i++) {
			chunk->entries[i]->state = 99;
		}
		chunk->after = UINT64_MAX;
		frame->altered = true;
	}
}

/* What it sent is wrong; asked which heads it remembers, it knows of none, or of such
 * as nobody signed: it is no fork of the owner's, and no excuse. */
static void lie_no_heads_at(struct liar_frame *frame, void **kept)
{
	lie_altered(frame, kept);
	if (frame->header.type == MESSAGE_HEADS_AT_ANSWER && frame->message != NULL) {
		((Cordon__HeadsAtAnswer *)frame->message)->n_heads = 0;
		frame->altered = true;
	}
}

static void lie_forged_heads_at(struct liar_frame *frame, void **kept)
{
	lie_altered(frame, kept);
	if (frame->header.type == MESSAGE_HEADS_AT_ANSWER && frame->message != NULL) {
		Cordon__HeadsAtAnswer *at = (Cordon__HeadsAtAnswer *)frame->message;

		for (size_t i = 0; i < at->n_heads; i++) {
			forge(frame, at->heads[i]);
		}
	}
}

static const struct lie {
	const char *name;
	liar_fn *fn;
	bool blamed; /* it is proven: the liar is set aside by name */
} lies[] = {
	{ "altered", lie_altered, true },
	{ "another version", lie_version, true },
	{ "another end", lie_end, true },
	{ "another id", lie_id, true },
	{ "renumbered", lie_renumbered, true },
	{ "withheld", lie_withheld, true },
	{ "reordered", lie_reordered, true },
	{ "one id twice", lie_twice, true },
	{ "forged tombstone", lie_tombstone, true },
	{ "forged stub", lie_stub, true },
	{ "a live ban as a stub", lie_live_stub, true },
	{ "another head", lie_head, false },
	{ "a forged head", lie_forged_head, true },
	{ "heads from the future", lie_future, false },
	{ "a flood of heads", lie_flood, false },
	{ "a flood of forged heads", lie_forged_flood, false },
	{ "silence", lie_silence, false },
	{ "heads without rows", lie_no_rows, false },
	{ "refusal", lie_refusal, false },
	{ "an endless catch-up", lie_endless, false },
	{ "replayed", lie_replayed, false },
	{ "garbage", lie_garbage, true },
	{ "no remembered heads", lie_no_heads_at, true },
	{ "forged remembered heads", lie_forged_heads_at, true },
};

/* ---- a union with a liar --------------------------------------------------------- */

#define BANS "KAZ/entry_ban"
#define LIARS_NAME "cordon://BLR/node/node-1 is not asked for it"

static struct testunion *all;
static struct union_node *kaz, *rus;
static struct liar *liar, *honest;
static unsigned turn;

/* RUS has two ways to KAZ: over BLR, who lies, and over ARM, who does not. */
static int setup(void **state)
{
	struct union_node *blr, *arm;

	(void)state;
	all = union_create();
	kaz = union_add(all, "KAZ", "node-1");
	blr = union_add(all, "BLR", "node-1");
	arm = union_add(all, "ARM", "node-1");
	rus = union_add(all, "RUS", "node-1");
	kaz->peers = "RUS/node-1";
	rus->peers = "BLR/node-1 ARM/node-1";
	rus->follows = true; /* no lists of its own to wait for */
	union_start(kaz);
	union_put_many(kaz, "K", 3, 'K');
	liar = liar_create(blr, kaz);
	honest = liar_create(arm, kaz);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	liar_destroy(liar);
	liar_destroy(honest);
	union_destroy(all);
	return 0;
}

/* This turn's name for a record, or passport number. */
static const char *name(const char *format)
{
	static char names[4][32];
	static unsigned next;
	char *text = names[next++ % 4];

	snprintf(text, sizeof(names[0]), format, turn);
	return text;
}

static void forget_all(struct union_node *node)
{
	char data[UNION_PATH_MAX];
	const char *rm[] = { "rm", "-rf", data, NULL };
	struct union_output output;

	snprintf(data, sizeof(data), "%s/data", node->dir);
	union_run(all, NULL, rm, &output);
	assert_int_equal(output.status, 0);
	union_output_finish(&output);
}

/* What is verified is what KAZ signed, and nobody is taken for a forger of histories.
 */
static void check_honour(size_t log)
{
	struct union_list held = union_list(rus, BANS);
	struct union_list own = union_list(kaz, BANS);

	if (held.present && held.verified == 1 && held.sequence == own.sequence) {
		assert_string_equal(held.digest, own.digest);
	}
	assert_false(union_log_has(rus, log, "STOPPED"));
}

static bool caught(const struct lie *lie, size_t log)
{
	return liar_told(liar) > 0 &&
	       (!lie->blamed || union_log_has(rus, log, LIARS_NAME));
}

/* The other way is open now: all comes, though the liar goes on. */
static void heals(void)
{
	liar_open(honest, true);
	union_await_verdict(rus, name("AB%05u"), CORDON_VERDICT_MATCH);
	union_await_verdict(rus, name("AA%05u"), CORDON_VERDICT_CLEAR);
	union_until(all, "RUS has what KAZ has",
		union_list(rus, BANS).sequence == union_list(kaz, BANS).sequence);
	union_verify(rus);
	assert_int_equal(union_verdict(rus, "AK00001"), CORDON_VERDICT_MATCH);
	liar_open(honest, false);
}

/* RUS has a verified copy; then the relay begins to lie, and KAZ goes on. */
static void answers_get_no_worse(const struct lie *lie)
{
	size_t log;

	union_await_verdict(rus, "AK00001", CORDON_VERDICT_MATCH);
	union_put(kaz, name("KAZ-OLD-%05u"), name("AA%05u"));
	union_await_verdict(rus, name("AA%05u"), CORDON_VERDICT_MATCH);
	log = union_log_size(rus);
	liar_set(liar, lie->fn);
	union_put_many(kaz, name("N%05u"), 5, 'N');
	union_put(kaz, name("KAZ-NEW-%05u"), name("AB%05u"));
	union_put_many(kaz, name("M%05u"), 5, 'M');
	union_until(all, lie->name, caught(lie, log));
	check_honour(log);
	assert_int_equal(union_verdict(rus, "AK00001"), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, name("AA%05u")), CORDON_VERDICT_MATCH);
	assert_int_equal(union_verdict(rus, "ZZ99999"), CORDON_VERDICT_CLEAR);
	union_withdraw(kaz, name("KAZ-OLD-%05u"));
	heals();
	check_honour(log);
}

/* RUS has nothing; the relay lies from the first byte. */
static void a_first_load_is_not_fooled(const struct lie *lie)
{
	size_t log;

	union_stop(rus);
	forget_all(rus);
	liar_set(liar, lie->fn);
	log = union_log_size(rus);
	union_launch(rus);
	union_await(rus);
	union_until(all, lie->name, liar_told(liar) > 0);
	check_honour(log);
	heals();
	check_honour(log);
}

static void a_lie_is_caught(void **state)
{
	const struct lie *lie = *state;

	turn++;
	liar_set(liar, NULL);
	liar_open(honest, false);
	if (rus->pid != 0) { /* of a test that failed */
		union_kill(rus);
	}
	forget_all(rus);
	union_start(rus);
	answers_get_no_worse(lie);
	a_first_load_is_not_fooled(lie);
	union_stop(rus);
}

#define LIES (sizeof(lies) / sizeof(lies[0]))

/* With an argument: the lies of these names only (with * and ?). */
int main(int argc, char **argv)
{
	struct CMUnitTest tests[LIES];

	if (argc > 1) {
		cmocka_set_test_filter(argv[1]);
	}

	for (size_t i = 0; i < LIES; i++) {
		tests[i] = (struct CMUnitTest){ .name = lies[i].name,
			.test_func = a_lie_is_caught,
			.initial_state = (void *)&lies[i] };
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
