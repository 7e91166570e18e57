/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORDON_ERROR_H
#define CORDON_ERROR_H

#pragma GCC visibility push(default)

/*
 * Every error that Cordon reports, in one table.
 *
 * X(name, code, exit status, text): functions return 0 or -code as
 * CORDON_E<name>; an Error message on the wire carries the positive code;
 * cordonctl ends with the exit status (1 failed or no answer, 2 wrong usage or
 * unreadable input, 3 refused by an entry rule, 7 waits for a second pair of
 * eyes).  Codes are never reused.
 */
#define CORDON_ERRORS(X)                                                               \
	X(INVAL, 1, 2, "invalid argument")                                             \
	X(NOMEM, 2, 1, "out of memory")                                                \
	X(IO, 3, 1, "input or output failed")                                          \
	X(FULL, 4, 1, "the disk is full")                                              \
	X(CORRUPT, 5, 1, "stored data is damaged")                                     \
	X(SYNTAX, 6, 2, "unreadable input")                                            \
	X(FIELD, 7, 3, "a field breaks an entry rule")                                 \
	X(NOTFOUND, 8, 1, "not found")                                                 \
	X(DENIED, 9, 1, "not allowed for this certificate")                            \
	X(IDENTITY, 10, 1, "the certificate's identity is not accepted")               \
	X(VERSION, 11, 1, "no common protocol version")                                \
	X(PROTO, 12, 1, "the other side broke the protocol")                           \
	X(TOOBIG, 13, 1, "too large")                                                  \
	X(BUSY, 14, 1, "busy; try again later")                                        \
	X(TIMEOUT, 15, 1, "no answer in time")                                         \
	X(UNREACHABLE, 16, 1, "cannot be reached")                                     \
	X(CLOSED, 17, 1, "the connection was closed")                                  \
	X(TLS, 18, 1, "TLS failed")                                                    \
	X(CHECKDIGIT, 19, 2, "a check digit is wrong; read again")                     \
	X(NOTMRZ, 20, 2, "not a machine-readable zone")                                \
	X(OWNER, 21, 1, "only the record's owner may do this")                         \
	X(NOTSIGNER, 22, 1, "this node does not hold the signing role")                \
	X(BRAKE, 23, 1, "withdraws too large a share of the list")                     \
	X(SHUTDOWN, 24, 1, "the node is stopping")                                     \
	X(UNVERIFIED, 25, 1, "the list is not verified here")                          \
	X(EPOCH, 26, 1, "another epoch of the list is in force")                       \
	X(MISMATCH, 27, 1, "the digest differs from the signed one")                   \
	X(SIGNATURE, 28, 1, "a signature does not verify")                             \
	X(NOTSHARED, 29, 1, "the list is not shared with this member")                 \
	X(CONFIG, 30, 1, "the configuration is wrong")                                 \
	X(CLOCK, 31, 1, "the clock is in doubt")                                       \
	X(NOLOG, 32, 1, "the access log cannot be written")                            \
	X(INTERNAL, 33, 1, "internal error")                                           \
	X(CONFLICT, 34, 1, "the record changed meanwhile")                             \
	X(UNSUPPORTED, 35, 1, "not supported by this node")                            \
	X(TWOEYES, 36, 7, "waits for a second pair of eyes")                           \
	X(LIMIT, 37, 1, "over a limit of this identity or address")

enum cordon_error {
	CORDON_OK = 0,
#define CORDON_ERROR_ENUM(name, code, status, text) CORDON_E##name = -(code),
	CORDON_ERRORS(CORDON_ERROR_ENUM)
#undef CORDON_ERROR_ENUM
};

/*
 * Text for people, in English, static; never NULL, also for unknown codes.
 * error: a negative CORDON_E… or 0.
 */
const char *cordon_error_text(int error);

/* Short name as on the wire and in JSON, e.g. "CHECKDIGIT"; never NULL. */
const char *cordon_error_name(int error);

/* The exit status that cordonctl uses for it: 0 for 0, else 1, 2, 3 or 7. */
int cordon_error_exit_status(int error);

#pragma GCC visibility pop

#endif
