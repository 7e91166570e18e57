/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIAR_H
#define TESTS_LIAR_H

#include "proto/message.h"
#include "tests/lib/union.h"

/*
 * A relay that lies.  It stands in the place of a node of the union that does not run,
 * with that node's certificate and address, and passes frames between those who dial it
 * and a real node that serves it as that node.  What comes down from the real node it
 * may alter, leave out, repeat or invent, whatever the certificate allows.  Runs in a
 * thread of its own until it is destroyed.
 */
struct liar;

/* One frame on its way down. */
struct liar_frame {
	struct frame_header header;
	struct bytes payload;
	struct arena *arena;       /* of this frame */
	ProtobufCMessage *message; /* decoded, to be altered; NULL: cannot be read */
	/* The lie's to set: */
	bool altered;    /* message goes out instead of payload */
	bool left_out;   /* nothing goes out */
	unsigned copies; /* so many more of the same */
};

/* On the liar's thread.  kept: the lie's own, NULL at first, freed with the liar. */
typedef void liar_fn(struct liar_frame *frame, void **kept);

/* Nobody lies at first; closed: those who dial are turned away. */
struct liar *liar_create(struct union_node *place, struct union_node *target);
void liar_destroy(struct liar *liar);

/* From now on; NULL: the truth.  How many frames were lied about, by this lie. */
void liar_set(struct liar *liar, liar_fn *lie);
unsigned liar_told(struct liar *liar);
/* Whether it may be dialled; closing it ends what is open. */
void liar_open(struct liar *liar, bool open);

/* Messages that the liar was sent by those who dial it, by type. */
unsigned liar_heard(struct liar *liar, enum message_type type);

#endif
