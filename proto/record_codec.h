/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_RECORD_CODEC_H
#define PROTO_RECORD_CODEC_H

#include "proto/record.h"

/*
 * Records to and from protobuf (cordon.proto, message Record).
 *
 * Sealed bytes are the packed message as the owner's node made it, once, with a
 * random salt, so that their hash says nothing after the content is erased.  They
 * are stored, digested and sent on as they are; nobody encodes them again.
 */

#define RECORD_SEALED_MAX (64 * 1024)
#define RECORD_SALT_BYTES 16

/*
 * Packs record with the salt into arena memory.  internal_note is left out.
 * CORDON_ETOOBIG beyond RECORD_SEALED_MAX, CORDON_ENOMEM.
 */
int record_seal(const struct cordon_record *record, const uint8_t salt[RECORD_SALT_BYTES],
	struct arena *arena, struct bytes *sealed);

/*
 * Reads sealed bytes (or a submitted Record) into arena memory, every string
 * checked as UTF-8 text.  Unknown codes and unknown protobuf fields are kept out
 * of the way, not refused: *unknown (may be NULL) tells that there were some.
 * CORDON_ESYNTAX, CORDON_ENOMEM.
 */
int record_open(struct bytes sealed, struct arena *arena, struct cordon_record **record,
	bool *unknown, struct errmsg *msg);

/* For submitting: as record_seal but without salt and with internal_note. */
int record_pack(const struct cordon_record *record, struct arena *arena, struct bytes *packed);

#endif
