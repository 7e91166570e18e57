/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "tests/unit/client/pki_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "proto/tls_profile.h"
#include "proto/tls_x509.h"

const char *fix_path(struct fixture *f, const char *name)
{
	char *out = f->paths[f->next_path++ % PATHS];

	snprintf(out, sizeof(f->paths[0]), "%s/%s", f->dir, name);
	return out;
}

int fix_init(struct fixture *f, const char *dir, const char *member)
{
	struct pki_init init = { .dir = fix_path(f, dir), .now_s = f->now_s };

	assert_true(ident_state_set(&init.member, member, 3));
	return pki_ca_init(&init, &f->msg);
}

int fix_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->dir = strdup("/tmp/cordon-ca-XXXXXX");
	assert_non_null(f->dir);
	assert_non_null(mkdtemp(f->dir));
	f->now_s = (int64_t)time(NULL);
	assert_int_equal(fix_init(f, "kaz", "KAZ"), 0);
	*state = f;
	return 0;
}

static int remove_one(
	const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

int fix_teardown(void **state)
{
	struct fixture *f = *state;

	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f->dir);
	free(f);
	return 0;
}

void fix_open(struct fixture *f, const char *dir, struct pki_ca *ca)
{
	if (pki_ca_open(ca, fix_path(f, dir), f->now_s, &f->msg) != 0) {
		fail_msg("%s", f->msg.text);
	}
}

/* Issues DIR's cordon://…/ROLE/NAME to NAME.pem and NAME.key. */
int fix_try_issue(struct fixture *f, const char *dir, const struct pki_request *request,
	struct pki_issued *issued)
{
	struct pki_request complete = *request;
	struct pki_ca ca;
	int error;

	fix_open(f, dir, &ca);
	if (complete.id.member.code[0] == '\0') {
		complete.id.member = ca.member;
	}
	if (complete.prefix == NULL) {
		complete.prefix = fix_path(f, complete.id.name);
	}
	error = pki_ca_issue(&ca, &complete, issued, &f->msg);
	pki_ca_close(&ca);
	return error;
}

void fix_issue(struct fixture *f, const char *dir, enum role role, const char *name)
{
	struct pki_request request = { .id = { .role = role } };
	struct pki_issued issued;

	strcpy(request.id.name, name);
	if (fix_try_issue(f, dir, &request, &issued) != 0) {
		fail_msg("%s", f->msg.text);
	}
}

const char *fix_suffixed(struct fixture *f, const char *name, const char *suffix)
{
	char file[128];

	snprintf(file, sizeof(file), "%s%s", name, suffix);
	return fix_path(f, file);
}

/* What a node of member, trusting ca and crl, makes of NAME.pem. */
int fix_accept(struct fixture *f, const char *name, const char *member, const char *dir)
{
	struct tls_member trusted = { .ca = fix_suffixed(f, dir, "/ca.pem"),
		.crl = fix_suffixed(f, dir, "/crl.pem") };
	struct tls_options options = {
		.certificate = fix_suffixed(f, name, ".pem"),
		.key = fix_suffixed(f, name, ".key"),
		.members = &trusted,
		.members_count = 1,
	};
	struct tls_profile *profile;
	int error;

	assert_true(ident_state_set(&trusted.member, member, 3));
	error = tls_profile_create(&options, &profile, &f->msg);
	if (error == 0) {
		tls_profile_unref(profile);
	}
	return error;
}

void fix_says(const struct fixture *f, const char *words)
{
	if (strstr(f->msg.text, words) == NULL) {
		fail_msg("\"%s\" lacks \"%s\"", f->msg.text, words);
	}
}

X509 *fix_certificate(const char *file)
{
	STACK_OF(X509) * all;
	X509 *one;

	assert_int_equal(tls_x509_load_certificates(file, &all, NULL), 0);
	one = sk_X509_shift(all);
	sk_X509_pop_free(all, X509_free);
	return one;
}

void fix_revoke(struct fixture *f, const char *name, struct pki_revocation *revocation)
{
	struct pki_ca ca;

	fix_open(f, "kaz", &ca);
	if (pki_ca_revoke(&ca, fix_suffixed(f, name, ".pem"), CRL_REASON_KEY_COMPROMISE,
		    0, revocation, &f->msg) != 0) {
		fail_msg("%s", f->msg.text);
	}
	pki_ca_close(&ca);
}

struct pki_crl fix_crl(struct fixture *f)
{
	struct pki_crl crl;
	struct pki_ca ca;

	fix_open(f, "kaz", &ca);
	assert_int_equal(pki_crl_load(&ca, &crl, &f->msg), 0);
	pki_ca_close(&ca);
	return crl;
}

unsigned fix_mode(const char *file)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_mode & 07777;
}

void fix_write(const char *file, const char *text)
{
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}
