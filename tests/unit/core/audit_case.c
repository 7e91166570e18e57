/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/audit_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/head_key.h"

static const uint8_t box_key[BOX_KEY_BYTES] = { 7 };

void audit_case_init(struct audit_case *c)
{
	memset(c, 0, sizeof(*c));
	c->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_non_null(c->pkey);
	EVP_PKEY_up_ref(c->pkey);
	assert_int_equal(head_key_wrap(c->pkey, &c->key, NULL), 0);
	assert_int_equal(box_create(box_key, &c->box, NULL), 0);
	c->now_us = CASE_BEGIN_US;
	c->end.oldest = 1;
	for (size_t i = 1; i <= CASE_SEGMENTS; i++) {
		c->data[i] = calloc(1, CASE_BYTES);
		assert_non_null(c->data[i]);
	}
}

void audit_case_finish(struct audit_case *c)
{
	for (size_t i = 1; i <= CASE_SEGMENTS; i++) {
		free(c->data[i]);
	}
	box_destroy(c->box);
	head_key_destroy(c->key);
	EVP_PKEY_free(c->pkey);
}

static uint8_t *room(struct audit_case *c, size_t size)
{
	uint64_t n = c->end.segment;
	uint8_t *at = c->data[n] + c->size[n];

	assert_true(c->size[n] + size <= CASE_BYTES);
	c->size[n] += size;
	return at;
}

static void append(struct audit_case *c, const uint8_t *data, size_t size)
{
	memcpy(room(c, size), data, size);
}

void audit_case_segment(struct audit_case *c)
{
	struct audit_frame frame = {
		.at_us = c->now_us,
		.keep_empty_days = 90,
		.keep_days = 1096,
		.node = { (const uint8_t *)"cordon://KAZ/node/a", 19 },
		.envelope = { (const uint8_t *)"sealed", 6 },
	};
	uint8_t out[AUDIT_FRAME_SMALL_MAX];
	size_t used;

	c->end.segment++;
	assert_int_equal(audit_segment_write(&c->end, &frame, out, &used), 0);
	append(c, out, used);
}

void audit_case_checkpoint(struct audit_case *c, enum audit_reason reason)
{
	assert_int_equal(audit_checkpoint_write(&c->end, c->now_us, reason, c->key,
				 c->newest, &c->newest_size, NULL),
		0);
	append(c, c->newest, c->newest_size);
}

struct gathered {
	uint8_t plain[AUDIT_CLASSES][32768], secret[AUDIT_CLASSES][4096];
	struct audit_piece piece;
};

static void gather(struct gathered *g, const struct audit_case *c,
	enum audit_class class, unsigned count)
{
	struct audit_piece *piece = &g->piece;
	size_t plain = 0, secret = 0;

	for (unsigned i = 0; i < count; i++) {
		char asked[32];
		struct audit_entry entry = {
			.kind = class == AUDIT_ACT ? AUDIT_SUBMIT : AUDIT_LOOKUP,
			.at_us = c->now_us + (int64_t)i,
			.who = { (const uint8_t *)"cordon://KAZ/agency/a", 21 },
			.officer = { (const uint8_t *)"4711", 4 },
			.version = i,
			.tags = { i + 1 },
		};

		snprintf(asked, sizeof(asked), "P%07u", i);
		entry.secret.data = (const uint8_t *)asked;
		entry.secret.size = strlen(asked);
		plain += audit_entry_write(&entry, g->plain[class] + plain);
		memcpy(g->secret[class] + secret, asked, strlen(asked));
		secret += strlen(asked);
	}
	piece->plain[class] = (struct bytes){ g->plain[class], plain };
	piece->secret[class] = (struct bytes){ g->secret[class], secret };
	piece->entries[class] = count;
}

void audit_case_group(
	struct audit_case *c, unsigned empty, unsigned found, unsigned acts)
{
	struct gathered *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	gather(g, c, AUDIT_EMPTY, empty);
	gather(g, c, AUDIT_FOUND, found);
	gather(g, c, AUDIT_ACT, acts);
	assert_int_equal(audit_group_write(&c->end, c->now_us, &g->piece, 1, c->box,
				 room(c, audit_group_bytes(&g->piece, 1))),
		0);
	c->now_us += 1000;
	free(g);
}

void audit_case_fill(struct audit_case *c, bool open)
{
	audit_case_segment(c);
	audit_case_group(c, 3, 1, 0);
	audit_case_group(c, 1, 0, 2);
	audit_case_checkpoint(c, AUDIT_INTERVAL);
	audit_case_group(c, 0, 2, 0);
	audit_case_group(c, 4, 0, 0);
	audit_case_checkpoint(c, AUDIT_END);
	audit_case_segment(c);
	audit_case_group(c, 2, 2, 1);
	audit_case_group(c, 1, 1, 1);
	audit_case_checkpoint(c, open ? AUDIT_INTERVAL : AUDIT_END);
}

int audit_case_walk(
	const struct audit_case *c, struct audit_walk *walk, struct audit_fault *fault)
{
	uint64_t first = 1;

	while (c->size[first] == 0) {
		first++;
	}
	for (uint64_t i = first; i <= c->end.segment; i++) {
		int error = c->size[i] == 0 && i < c->end.segment
				    ? 0
				    : audit_walk_segment(walk, i,
					      (struct bytes){ c->data[i], c->size[i] },
					      i == c->end.segment, fault);

		if (error != 0) {
			return error;
		}
	}
	return audit_walk_finish(walk, fault);
}

int audit_case_verify(const struct audit_case *c, struct audit_fault *fault)
{
	struct audit_walk walk = { .key = c->key,
		.now_us = c->now_us,
		.newest = { c->newest, c->newest_size } };

	return audit_case_walk(c, &walk, fault);
}

struct audit_frame audit_case_frame(
	const struct audit_case *c, uint64_t segment, unsigned n)
{
	struct bytes left = { c->data[segment], c->size[segment] };
	struct audit_frame frame = { .number = 0 };

	for (unsigned i = 0; i <= n; i++) {
		assert_int_equal(audit_frame_read(left, &frame), 0);
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
	}
	return frame;
}

unsigned audit_case_frames(const struct audit_case *c, uint64_t segment)
{
	struct bytes left = { c->data[segment], c->size[segment] };
	struct audit_frame frame;
	unsigned count = 0;

	while (audit_frame_read(left, &frame) == 0) {
		left.data += frame.whole.size;
		left.size -= frame.whole.size;
		count++;
	}
	return count;
}

void audit_case_cut(struct audit_case *c, uint64_t segment, size_t offset, size_t size)
{
	uint8_t *data = c->data[segment];

	memmove(data + offset, data + offset + size, c->size[segment] - offset - size);
	c->size[segment] -= size;
}
