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
 * Packs record with the salt into arena memory, sets of codes in the order of their
 * numbers.  internal_note is left out; a NULL salt, too, for what is shown and not
 * stored.  CORDON_ETOOBIG beyond RECORD_SEALED_MAX,
 * CORDON_ENOMEM.
 */
int record_seal(const struct cordon_record *record,
	const uint8_t salt[RECORD_SALT_BYTES], struct arena *arena,
	struct bytes *sealed);

/*
 * Reads sealed bytes (or a submitted Record) into arena memory, every string
 * checked as UTF-8 text, every date as one that exists.  Unknown codes (their
 * numbers stay) and unknown protobuf fields are not refused: *unknown (may be NULL)
 * tells that there were some.  CORDON_ESYNTAX with field and reason, CORDON_ENOMEM.
 */
int record_open(struct bytes sealed, struct arena *arena, struct cordon_record **record,
	bool *unknown, struct errmsg *msg);

/* The same into memory of its own, for cordon_record_destroy. */
int record_open_own(
	struct bytes sealed, struct cordon_record **record, struct errmsg *msg);

/* For submitting: as record_seal but without salt and version, and with
 * internal_note. */
int record_pack(
	const struct cordon_record *record, struct arena *arena, struct bytes *packed);

#endif
