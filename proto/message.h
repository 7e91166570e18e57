/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "proto/arena.h"
#include "proto/bytes.h"
#include "proto/errmsg.h"
#include "proto/frame.h"
#include "proto/cordon.pb-c.h"
#include "proto/control.pb-c.h"

#define PROTOCOL_MIN 1
#define PROTOCOL_MAX 1
#define PROTOCOL_ALPN "cordon/1"

/*
 * Message types: X(symbol, number, descriptor prefix).  1..31 every connection,
 * 32..63 clients, 64..95 replication, 96..127 control.  Numbers are never reused.
 */
#define MESSAGE_TYPES(X)                                                               \
	X(HELLO, 1, cordon__hello)                                                     \
	X(ERROR, 2, cordon__error)                                                     \
	X(LOOKUP, 32, cordon__lookup_request)                                          \
	X(LOOKUP_ANSWER, 33, cordon__lookup_answer)                                    \
	X(FRESHNESS, 34, cordon__freshness)                                            \
	X(SUBMIT, 35, cordon__submit_request)                                          \
	X(SUBMIT_ANSWER, 36, cordon__submit_answer)                                    \
	X(RECORD, 37, cordon__record_request)                                          \
	X(RECORD_ANSWER, 38, cordon__record_answer)                                    \
	X(EXPORT, 39, cordon__export_request)                                          \
	X(EXPORT_CHUNK, 40, cordon__export_chunk)                                      \
	X(DUE, 41, cordon__due_request)                                                \
	X(DUE_ANSWER, 42, cordon__due_answer)                                          \
	X(PENDING, 43, cordon__pending_request)                                        \
	X(PENDING_ANSWER, 44, cordon__pending_answer)                                  \
	X(HISTORY, 47, cordon__history_request)                                        \
	X(HISTORY_ANSWER, 48, cordon__history_answer)                                  \
	X(EXPLAIN, 49, cordon__explain_request)                                        \
	X(EXPLAIN_ANSWER, 50, cordon__explain_answer)                                  \
	X(HEADS_WATCH, 64, cordon__heads_request)                                      \
	X(HEADS, 65, cordon__heads)                                                    \
	X(PULL, 66, cordon__pull_request)                                              \
	X(CHUNK, 67, cordon__chunk)                                                    \
	X(FETCH, 68, cordon__fetch_request)                                            \
	X(FETCH_ANSWER, 69, cordon__fetch_answer)                                      \
	X(RANGES, 70, cordon__ranges_request)                                          \
	X(RANGES_ANSWER, 71, cordon__ranges_answer)                                    \
	X(ACKS, 72, cordon__acks)                                                      \
	X(COMPLAINT, 73, cordon__complaint)                                            \
	X(HEADS_AT, 74, cordon__heads_at_request)                                      \
	X(HEADS_AT_ANSWER, 75, cordon__heads_at_answer)                                \
	X(MARKS, 76, cordon__ranges_request)                                           \
	X(MARKS_ANSWER, 77, cordon__marks_answer)                                      \
	X(STATUS, 96, cordon__control__status_request)                                 \
	X(STATUS_ANSWER, 97, cordon__control__status_answer)                           \
	X(VERIFY, 98, cordon__control__verify_request)                                 \
	X(VERIFY_ANSWER, 99, cordon__control__verify_answer)                           \
	X(TAKEOVER, 100, cordon__control__takeover_request)                            \
	X(TAKEOVER_ANSWER, 101, cordon__control__takeover_answer)                      \
	X(COMPACT, 102, cordon__control__compact_request)                              \
	X(COMPACT_ANSWER, 103, cordon__control__compact_answer)                        \
	X(EVIDENCE, 104, cordon__control__evidence_request)                            \
	X(EVIDENCE_ANSWER, 105, cordon__control__evidence_answer)                      \
	X(ASIDE, 106, cordon__control__aside_request)                                  \
	X(ASIDE_ANSWER, 107, cordon__control__aside_answer)                            \
	X(BRAKE, 108, cordon__control__brake_request)                                  \
	X(BRAKE_ANSWER, 109, cordon__control__brake_answer)                            \
	X(SCRUB, 110, cordon__control__scrub_request)                                  \
	X(SCRUB_ANSWER, 111, cordon__control__scrub_answer)                            \
	X(AUTHZ, 112, cordon__control__authz_request)                                  \
	X(AUTHZ_ANSWER, 113, cordon__control__authz_answer)                            \
	X(ACCESS_LOG, 114, cordon__control__access_log_request)                        \
	X(ACCESS_LOG_ANSWER, 115, cordon__control__access_log_answer)

enum message_type {
#define MESSAGE_ENUM(name, number, prefix) MESSAGE_##name = (number),
	MESSAGE_TYPES(MESSAGE_ENUM)
#undef MESSAGE_ENUM
};

/* "LOOKUP_ANSWER"; NULL when unknown. */
const char *message_type_text(uint16_t type);

/*
 * Decodes a payload into arena memory (nothing else to free; valid until the
 * arena is reset).  The result points at the message struct of that type, e.g.
 * Cordon__LookupRequest.  Memory is bounded by the arena's limit, depth by the
 * schema (no message holds itself).  CORDON_EPROTO, CORDON_ENOMEM; NULL then.
 */
int message_decode(uint16_t type, struct bytes payload, struct arena *arena,
	ProtobufCMessage **message, struct errmsg *msg);

/* The same for a message that is carried as bytes inside another (Record,
 * HeadContent …). */
int message_unpack(const ProtobufCMessageDescriptor *descriptor, struct bytes packed,
	struct arena *arena, ProtobufCMessage **message, struct errmsg *msg);

/* Packs into arena memory.  CORDON_ENOMEM. */
int message_pack(
	const ProtobufCMessage *message, struct arena *arena, struct bytes *packed);

/* Bytes of header and payload together. */
size_t message_frame_bytes(const ProtobufCMessage *message);

/*
 * Writes header and payload to out, which holds message_frame_bytes.  Returns
 * how many bytes it wrote.
 */
size_t message_frame_write(uint16_t type, uint16_t flags, uint32_t request,
	const ProtobufCMessage *message, uint8_t *out);

/* Text in arena memory, checked with bytes_are_text; NULL when empty, and *bad
 * set when it is no text.  Sticky: callers check several fields and look once. */
const char *message_text(ProtobufCBinaryData data, struct arena *arena, bool *bad);

/* Borrowed bytes of a C string (NULL gives empty) and of struct bytes. */
ProtobufCBinaryData message_data(const char *text);
ProtobufCBinaryData message_data_bytes(struct bytes bytes);

#endif
