/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/story.h"

struct story story;

struct head story_head(uint64_t sequence)
{
	struct head head;

	memset(&head, 0, sizeof(head));
	head.list = story.list;
	head.epoch = (struct epoch){ EPOCH, 55 };
	head.sequence = sequence;
	head.shared_with[0] = (struct state){ "RUS" };
	head.shared_with_count = 1;
	memset(head.hash, (int)sequence, HASH_BYTES);
	return head;
}

int story_begin(bool signer)
{
	const struct state member = { "RUS" };

	memset(&story, 0, sizeof(story));
	story.now.us = 1000000;
	story.list = (struct list_id){ .owner = { "KAZ" }, .kind = 1 };
	return engine_create(&member, signer, PEERS, &story.engine);
}

int story_setup(void **state)
{
	(void)state;
	return story_begin(true);
}

int story_teardown(void **state)
{
	(void)state;
	engine_destroy(story.engine);
	return 0;
}

static void tell(const char *format, ...)
{
	size_t used = strlen(story.told);
	va_list arguments;

	if (used > 0) {
		story.told[used++] = ',';
		story.told[used++] = ' ';
	}
	va_start(arguments, format);
	vsnprintf(story.told + used, sizeof(story.told) - used, format, arguments);
	va_end(arguments);
}

static void tell_effect(const struct engine_effect *effect)
{
	switch (effect->type) {
	case ENGINE_PULL:
		tell("pull %zu at %u.%u%s", effect->peer,
			(unsigned)effect->position.epoch.number,
			(unsigned)effect->position.after,
			effect->position.has_hash ? "#" : "");
		break;
	case ENGINE_APPLY_HEAD:
		tell("apply head %u of %zu", (unsigned)effect->head.sequence,
			effect->peer);
		break;
	case ENGINE_MOVE:
		tell("move");
		break;
	case ENGINE_ACK:
		tell("ack");
		break;
	case ENGINE_TRACE:
		tell("trace %zu", effect->peer);
		break;
	case ENGINE_REPAIR:
		tell("repair %zu%s", effect->peer, effect->stands ? " standing" : "");
		break;
	case ENGINE_RELOAD:
		tell("reload");
		break;
	case ENGINE_ASIDE:
		tell("aside %zu", effect->peer);
		break;
	case ENGINE_STRANGE:
		tell("strange %zu", effect->peer);
		break;
	case ENGINE_FORKED:
		tell("forked");
		break;
	case ENGINE_UNSHARED:
		tell("unshared");
		break;
	case ENGINE_WATCH:
		tell("watch %zu", effect->peer);
		break;
	}
}

static void step(const struct engine_event *event)
{
	struct engine_effects effects;

	story.told[0] = '\0';
	assert_int_equal(engine_step(story.engine, story.now, event, &effects), 0);
	for (size_t i = 0; i < effects.count; i++) {
		tell_effect(&effects.effects[i]);
	}
	if (effects.wake) {
		assert_true(effects.wake_at.us > story.now.us);
		tell("wake %d", (int)((effects.wake_at.us - story.now.us) / 1000));
	}
}

void story_expect(const char *expected, int line)
{
	if (strcmp(story.told, expected) != 0) {
		fail_msg("line %d: \"%s\" instead of \"%s\"", line, story.told,
			expected);
	}
}

void up(size_t peer)
{
	step(&(struct engine_event){ .type = ENGINE_PEER_UP, .peer = peer });
}

void down(size_t peer)
{
	step(&(struct engine_event){ .type = ENGINE_PEER_DOWN, .peer = peer });
}

void hear(size_t peer, const struct head *head)
{
	step(&(struct engine_event){
		.type = ENGINE_HEAD, .peer = peer, .list = head->list, .head = head });
}

void holds(size_t peer, uint64_t sequence)
{
	struct head head = story_head(sequence);

	hear(peer, &head);
}

void refused(size_t peer)
{
	step(&(struct engine_event){
		.type = ENGINE_REFUSED, .peer = peer, .list = story.list });
}

void rubbish(size_t peer)
{
	step(&(struct engine_event){ .type = ENGINE_RUBBISH,
		.peer = peer,
		.list = story.list,
		.result = APPLY_BROKEN });
}

void differs(size_t peer)
{
	step(&(struct engine_event){ .type = ENGINE_REFUSED,
		.peer = peer,
		.list = story.list,
		.differs = true });
}

void traced(size_t peer, enum engine_trace trace)
{
	step(&(struct engine_event){ .type = ENGINE_TRACED,
		.peer = peer,
		.list = story.list,
		.trace = trace });
}

void damaged(void)
{
	step(&(struct engine_event){ .type = ENGINE_DAMAGED, .list = story.list });
}

void repaired(size_t peer, enum apply_result result)
{
	step(&(struct engine_event){ .type = ENGINE_REPAIRED,
		.peer = peer,
		.list = story.list,
		.result = result,
		.copy = result == APPLY_VERIFIED ? &story.copy : NULL });
}

void failed(size_t peer, int error)
{
	step(&(struct engine_event){ .type = ENGINE_APPLIED,
		.peer = peer,
		.list = story.list,
		.result = APPLY_ERROR,
		.error = error,
		.pull_answer = true });
}

void pass(int64_t ms)
{
	story.now = mono_after_ms(story.now, ms);
}

void tick(int64_t ms)
{
	pass(ms);
	step(&(struct engine_event){ .type = ENGINE_TICK });
}

/* of: the sequence of a chunk's head; 0: no chunk, or one of a head already told. */
static void chunk_result(
	size_t peer, enum apply_result result, uint64_t of, bool pull_answer)
{
	struct head head = story_head(of);

	step(&(struct engine_event){ .type = ENGINE_APPLIED,
		.peer = peer,
		.head = of == 0 ? NULL : &head,
		.list = story.list,
		.result = result,
		.copy = result == APPLY_ERROR ? NULL : &story.copy,
		.pull_answer = pull_answer });
}

void result(size_t peer, enum apply_result result, bool pull_answer)
{
	chunk_result(peer, result, 0, pull_answer);
}

void verified(size_t peer, uint64_t sequence)
{
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(sequence);
	chunk_result(peer, APPLY_VERIFIED, sequence, true);
}

void partial(size_t peer, enum copy_phase phase, uint64_t position)
{
	story.copy.phase = phase;
	story.copy.read_epoch = (struct epoch){ EPOCH, 55 };
	story.copy.position = position;
	chunk_result(peer, APPLY_PARTIAL, 0, true);
}

void follow(void)
{
	story.copy.phase = COPY_FOLLOWING;
	story.copy.head = story_head(20);
	assert_int_equal(engine_restore(story.engine, &story.list, &story.copy), 0);
	up(0);
	EXPECT("");
	holds(0, 20);
	EXPECT("pull 0 at 5.20#");
}
