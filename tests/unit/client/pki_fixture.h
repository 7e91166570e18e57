/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PKI_FIXTURE_H
#define TESTS_PKI_FIXTURE_H

#include "client/ctl/pki_crl.h"

#define DAY_S 86400
#define PATHS 16

/* Each test has a directory of its own; KAZ's CA is in kaz/. */
struct fixture {
	char *dir;
	char paths[PATHS][256];
	unsigned next_path;
	int64_t now_s;
	struct errmsg msg;
};

/* cmocka's setup and teardown of one test; *state is the fixture. */
int fix_setup(void **state);
int fix_teardown(void **state);

#define FIX_TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

/* Absolute; good for the next few calls. */
const char *fix_path(struct fixture *f, const char *name);
const char *fix_suffixed(struct fixture *f, const char *name, const char *suffix);

/* pki_ca_init of member in dir. */
int fix_init(struct fixture *f, const char *dir, const char *member);
void fix_open(struct fixture *f, const char *dir, struct pki_ca *ca);

/* Issues to NAME.pem and NAME.key; the member is the CA's unless request says. */
int fix_try_issue(struct fixture *f, const char *dir, const struct pki_request *request,
	struct pki_issued *issued);
void fix_issue(struct fixture *f, const char *dir, enum role role, const char *name);

/* Revokes NAME.pem at kaz/ as keyCompromise. */
void fix_revoke(struct fixture *f, const char *name, struct pki_revocation *revocation);
/* kaz/crl.pem */
struct pki_crl fix_crl(struct fixture *f);

/* What a client of member, trusting dir's CA and list, makes of NAME.pem. */
int fix_accept(
	struct fixture *f, const char *name, const char *member, const char *dir);

/* The last message, or what was printed, has these words. */
void fix_says(const struct fixture *f, const char *words);

X509 *fix_certificate(const char *file);
unsigned fix_mode(const char *file);
void fix_write(const char *file, const char *text);

#endif
