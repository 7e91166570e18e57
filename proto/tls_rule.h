/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_TLS_RULE_H
#define PROTO_TLS_RULE_H

/*
 * The rules that a certificate may break, as refusals name them (proto/rule.h):
 * X(symbol, name), in the order in which they are asked.
 */
#define TLS_RULES(X)                                                                   \
	X(NO_CERTIFICATE, "no-certificate") /* none was sent */                        \
	X(IDENTITY, "identity")             /* one cordon:// URI, in form */           \
	X(UNKNOWN_MEMBER, "unknown-member")                                            \
	X(SELF_SIGNED, "self-signed")                                                  \
	X(FOREIGN_CA, "foreign-ca") /* not of the member's CA that is known here */    \
	X(SIGNATURE, "signature")                                                      \
	X(EXPIRED, "expired")                                                          \
	X(NOT_YET_VALID, "not-yet-valid")                                              \
	X(CA_EXPIRED, "ca-expired")                                                    \
	X(REVOKED, "revoked")                                                          \
	X(NO_CRL, "no-crl")                                                            \
	X(WEAK_KEY, "weak-key")                                                        \
	X(WEAK_DIGEST, "weak-digest")                                                  \
	X(CRITICAL_EXTENSION, "critical-extension")                                    \
	X(NAME_CONSTRAINTS, "name-constraints")                                        \
	X(PATH_LENGTH, "path-length")                                                  \
	X(CHAIN, "chain") /* anything else that OpenSSL finds */                       \
	X(CA_AS_LEAF, "ca-as-leaf")                                                    \
	X(KEY_USAGE, "key-usage")                                                      \
	X(EXTENDED_KEY_USAGE, "extended-key-usage")                                    \
	X(SERVER_ROLE, "server-role") /* only nodes are servers */

enum tls_rule {
#define TLS_RULE_ENUM(symbol, name) TLS_RULE_##symbol,
	TLS_RULES(TLS_RULE_ENUM)
#undef TLS_RULE_ENUM
	TLS_RULE_COUNT
};

/* "expired" */
const char *tls_rule_name(enum tls_rule rule);
/* TLS_RULE_COUNT: none is called that. */
enum tls_rule tls_rule_parse(const char *name);

#endif
