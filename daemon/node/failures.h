/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_FAILURES_H
#define NODE_FAILURES_H

#include "proto/failure.h"

#define FAILURES_FIELD_BYTES 128
#define FAILURES_RETRY_MS 200 /* after CORDON_EBUSY and CORDON_ELIMIT */

/*
 * What is said of an error: text NULL or empty is the error's own; the field to blame
 * is read from the beginning of an entry rule's text ("person.born: …") into field;
 * when to come back, where that helps.  Borrows both.
 */
void failures_describe(int error, const char *text, char field[FAILURES_FIELD_BYTES],
	struct failure *failure);

#endif
