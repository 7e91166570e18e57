/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/evidence.h"

#include <string.h>

static bool same_hash(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

static bool follow_the_same(const struct head *a, const struct head *b)
{
	return a->has_previous == b->has_previous &&
	       (!a->has_previous || same_hash(a->previous, b->previous));
}

/*
 *   1. Of different epochs nothing speaks against both; the same head twice is one.
 *   2. One number, two tags.
 *   3. One place, two contents.
 *   4. One predecessor, two successors.
 *   5. What a list's first head is, nothing of its epoch comes before.
 */
static enum evidence_kind judge_pair(const struct head *a, const struct head *b)
{
	const struct head *later = a->sequence > b->sequence ? a : b;

	if (a->epoch.number != b->epoch.number || same_hash(a->hash, b->hash)) { /* 1 */
		return EVIDENCE_NONE;
	}
	if (a->epoch.tag != b->epoch.tag) { /* 2 */
		return EVIDENCE_TAGS;
	}
	if (a->sequence == b->sequence) { /* 3 */
		return EVIDENCE_CONTENTS;
	}
	if (follow_the_same(a, b)) { /* 4 */
		return EVIDENCE_PREVIOUS;
	}
	return later->has_previous ? EVIDENCE_NONE : EVIDENCE_BETWEEN; /* 5 */
}

/* Is middle, by its place, between head and named, which head follows?  An epoch's
 * first head follows one of an earlier epoch: all that is below it is between. */
static bool is_between(
	const struct head *named, const struct head *middle, const struct head *head)
{
	return epoch_equal(&middle->epoch, &head->epoch) &&
	       middle->sequence < head->sequence &&
	       (named->epoch.number < head->epoch.number ||
		       (epoch_equal(&named->epoch, &head->epoch) &&
			       named->sequence < middle->sequence));
}

/* By sequence, then tag, then hash: one proof, one order. */
static bool before(const struct head *a, const struct head *b)
{
	if (a->sequence != b->sequence) {
		return a->sequence < b->sequence;
	}
	return a->epoch.tag != b->epoch.tag ? a->epoch.tag < b->epoch.tag
					    : memcmp(a->hash, b->hash, HASH_BYTES) < 0;
}

static enum evidence_kind found_pair(enum evidence_kind kind, const struct head *a,
	const struct head *b, struct evidence *out)
{
	bool ordered = before(a, b);

	*out = (struct evidence){
		.kind = kind, .heads = { ordered ? a : b, ordered ? b : a }, .count = 2
	};
	return kind;
}

static bool counts(const struct head *const *heads, size_t i)
{
	return ident_list_equal(&heads[i]->list, &heads[0]->list);
}

static enum evidence_kind find_pair(
	const struct head *const *heads, size_t count, struct evidence *out)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < i; k++) {
			enum evidence_kind kind = judge_pair(heads[i], heads[k]);

			if (kind != EVIDENCE_NONE && counts(heads, i) &&
				counts(heads, k)) {
				return found_pair(kind, heads[i], heads[k], out);
			}
		}
	}
	return EVIDENCE_NONE;
}

/* The head that heads[of] follows, if it is among them. */
static const struct head *find_named(
	const struct head *const *heads, size_t count, size_t of)
{
	for (size_t i = 0; heads[of]->has_previous && i < count; i++) {
		if (counts(heads, i) &&
			same_hash(heads[i]->hash, heads[of]->previous)) {
			return heads[i];
		}
	}
	return NULL;
}

static enum evidence_kind find_between(
	const struct head *const *heads, size_t count, struct evidence *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct head *named =
			counts(heads, i) ? find_named(heads, count, i) : NULL;

		for (size_t k = 0; named != NULL && k < count; k++) {
			if (counts(heads, k) && is_between(named, heads[k], heads[i])) {
				*out = (struct evidence){ .kind = EVIDENCE_BETWEEN,
					.heads = { named, heads[k], heads[i] },
					.count = 3 };
				return EVIDENCE_BETWEEN;
			}
		}
	}
	return EVIDENCE_NONE;
}

enum evidence_kind evidence_find(
	const struct head *const *heads, size_t count, struct evidence *out)
{
	memset(out, 0, sizeof(*out));
	if (find_pair(heads, count, out) != EVIDENCE_NONE) {
		return out->kind;
	}
	return find_between(heads, count, out);
}

const char *evidence_kind_text(enum evidence_kind kind)
{
	switch (kind) {
	case EVIDENCE_TAGS:
		return "two_tags";
	case EVIDENCE_CONTENTS:
		return "two_contents";
	case EVIDENCE_PREVIOUS:
		return "two_successors";
	case EVIDENCE_BETWEEN:
		return "between";
	case EVIDENCE_NONE:
		break;
	}
	return "none";
}
