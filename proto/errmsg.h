/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_ERRMSG_H
#define PROTO_ERRMSG_H

#include <stdarg.h>
#include <stddef.h>

#include <cordon/error.h>

/*
 * Text of an error, for people, collected where it is known and wrapped outward:
 * "load certs/kaz.pem: not valid before 2027-01-01".  Every function takes a
 * NULL errmsg and does nothing with it.  Zeroed is empty.
 */
struct errmsg {
	char text[512];
};

/* Sets the text and returns error, so that "return errmsg_set(…)" fails. */
int errmsg_set(struct errmsg *msg, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " before the text and returns error. */
int errmsg_wrap(struct errmsg *msg, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The text, or the error's own where none was set. */
const char *errmsg_text(const struct errmsg *msg, int error);

/* The same into the caller's buffer, cut between characters where it must be.  A NULL
 * or empty buffer is left alone. */
void errmsg_copy(const struct errmsg *msg, int error, char *out, size_t out_bytes);

#endif
