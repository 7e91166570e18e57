/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ACTION_H
#define PROTO_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a certificate can ask of a node, as rules, configurations and people name it.
 *
 * X(symbol, name, text): text goes on after "may ".
 */
#define ACTIONS(X)                                                                     \
	X(LOOKUP, "lookup", "look up")                                                 \
	X(SUBMIT, "submit", "submit records") /* put, withdraw, confirm */             \
	X(RECORD_SHOW, "record_show", "show records")                                  \
	X(EXPORT, "export", "export records")                                          \
	X(DUE, "due", "list records due for review")                                   \
	X(STATUS, "status", "read the status")                                         \
	X(VERIFY, "verify", "verify lists")                                            \
	/* recover, promote, reopen */                                                 \
	X(TAKEOVER, "takeover", "make a node sign its member's lists")                 \
	/* what a signer that gave way had alone */                                    \
	X(ASIDE, "aside", "see and drop what was put aside")                           \
	/* the brake, and writing the store anew */                                    \
	X(UPKEEP, "upkeep", "work the brake or compact the store")                     \
	X(SCRUB, "scrub", "scrub the store") /* begin one, see how it is */            \
	/* heads, pulls, fetches, ranges, acknowledgements */                          \
	X(REPLICATE, "replicate", "replicate lists")                                   \
	/* what waits for a second pair of eyes */                                     \
	X(PENDING, "pending", "see changes that wait for a second pair of eyes")       \
	X(APPROVE, "approve", "approve or reject changes that wait")                   \
	X(APPROVE_EXPORT, "approve_export", "approve or reject exports that wait")     \
	X(AUTHZ, "authz", "ask who may do what")                                       \
	X(ACCESS_LOG, "access_log", "read the access log")                             \
	X(HISTORY, "history", "see who changed a record")                              \
	/* of one record, for a name: it shows the record's names */                   \
	X(EXPLAIN, "explain", "ask why a record is found")

enum action {
#define ACTION_ENUM(symbol, name, text) ACTION_##symbol,
	ACTIONS(ACTION_ENUM)
#undef ACTION_ENUM
	ACTION_COUNT
};

_Static_assert(ACTION_COUNT <= 64, "sets of actions are 64 bits");

static inline uint64_t action_bit(enum action action)
{
	return UINT64_C(1) << action;
}

/* "record_show"; "?" for none. */
const char *action_name(enum action action);
/* "show records"; "do that" for none. */
const char *action_text(enum action action);
/* False: none is called that. */
bool action_parse(const char *name, enum action *action);

#endif
