/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_RECORD_ENTRY_H
#define CLIENT_RECORD_ENTRY_H

#include "client/reading.h"

/* A record as it stands in a list, in the messages that tell of one. */
struct record_entry_parts {
	const Cordon__ListId *list;
	const Cordon__Epoch *epoch;
	const Cordon__Entry *entry;
	ProtobufCBinaryData note; /* internal; empty: none */
};

/* All but the arrivals, in r's arena.  *entry is zeroed before. */
void record_entry_read(struct reading *r, const struct record_entry_parts *parts,
	struct cordon_record_entry *entry);

#endif
