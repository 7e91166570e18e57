/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_EYES_H
#define PROTO_EYES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What may be demanded to be seen by a second pair of eyes.  X(symbol, bit, name, what)
 */
#define EYES(X)                                                                        \
	X(DETAIN, 0, "detain", "the action detain")                                    \
	X(RANGES, 1, "ranges", "a wide range of document numbers")                     \
	X(EXCEPTIONS, 2, "exceptions", "an exception")                                 \
	X(DISTINGUISHED, 3, "distinguished", "a distinguished person")                 \
	X(WITHDRAWALS, 4, "withdrawals", "many withdrawals at once")                   \
	X(EXPORT, 5, "export", "an export beyond the own lists")

enum eyes {
#define EYES_ENUM(symbol, bit, name, what) EYES_##symbol = 1 << (bit),
	EYES(EYES_ENUM)
#undef EYES_ENUM
	EYES_ALL = 0x3f
};

#define EYES_COUNT 6

/* "detain"; "all" for EYES_ALL.  False: none is called that. */
bool eyes_parse(const char *name, uint32_t *eyes);
/* "the action detain, an exception"; out: EYES_TEXT_MAX bytes. */
#define EYES_TEXT_MAX 192
void eyes_text(uint32_t eyes, char *out);
/* The name of one bit; NULL: none. */
const char *eyes_name(uint32_t eye);

#endif
