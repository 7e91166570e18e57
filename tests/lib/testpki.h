/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TESTPKI_H
#define TESTS_TESTPKI_H

#include "proto/tls_profile.h"

/*
 * A throw-away PKI of two members, KAZ and RUS, in a temporary directory, for
 * tests: good certificates and every faulty one.  Fails the running cmocka test when
 * something does not work.
 */
struct testpki;

struct testpki *testpki_create(void);
/* Removes the directory. */
void testpki_destroy(struct testpki *pki);

/* Absolute path of a file in it; pki's, good for the next few calls. */
const char *testpki_path(struct testpki *pki, const char *name);

/* What is left zero is as it should be. */
struct testpki_leaf {
	const char *signer; /* "KAZ" or "RUS"; NULL: self-signed */
	const char *uri;    /* NULL: none */
	const char *second_uri;
	int64_t starts_in_s; /* from now; 0: an hour ago */
	int64_t ends_in_s;   /* from now; 0: in an hour */
	bool no_client_auth, no_server_auth;
};

/* Writes NAME.pem and NAME.key. */
void testpki_issue(
	struct testpki *pki, const char *name, const struct testpki_leaf *leaf);

/* Puts NAME.pem on the CRL of member, whose file is written again. */
void testpki_revoke(struct testpki *pki, const char *member, const char *name);
/* Writes member's CRL again, ended an hour ago. */
void testpki_age_crl(struct testpki *pki, const char *member);

/* A profile of certificate NAME; trusted: the one member it knows, NULL for both. */
struct tls_profile *testpki_profile(
	struct testpki *pki, bool server, const char *name, const char *trusted);
/* The same, but failures are returned. */
int testpki_try_profile(struct testpki *pki, bool server, const char *name,
	const char *trusted, struct tls_profile **profile, struct errmsg *msg);

#endif
