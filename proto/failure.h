/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_FAILURE_H
#define PROTO_FAILURE_H

#include "proto/message.h"

/* An Error message: why a request, or the whole connection, failed. */
struct failure {
	int error;         /* negative; codes of newer versions are kept */
	const char *text;  /* for people; never NULL once read */
	const char *field; /* NULL: none is to blame */
	uint32_t retry_after_ms;
};

/* The message borrows text and field. */
void failure_to_message(const struct failure *failure, Cordon__Error *message);

/*
 * Strings are in arena memory.  Cannot fail: what is unreadable is replaced, so
 * that an error stays the error it is.
 */
void failure_from_message(
	const Cordon__Error *message, struct arena *arena, struct failure *failure);

#endif
